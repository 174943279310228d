from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from breakthrough.logic import Setting, frame, parse

SETTING = Setting.at(datetime(2026, 3, 10))  # noqa: DTZ001
DATA = pd.DataFrame({"age": ["17", "18", "", "x", "30"], "sex": ["1", "2", "2", "2", None], "box___1": list("10100")})


def test_a_condition_gives_a_bool_for_every_row() -> None:
    found = frame.holds(parse("[age] >= 18 and [sex] = '2'"), DATA, SETTING)
    assert found.dtype == np.bool_
    assert found.tolist() == [False, True, False, False, False]


def test_a_calculation_gives_a_double_for_every_row_and_nan_for_blank() -> None:
    found = frame.numbers(parse("[age] * 2"), DATA, SETTING)
    assert found.dtype == np.float64
    assert found[[0, 1, 4]].tolist() == [34.0, 36.0, 60.0]
    assert np.isnan(found[[2, 3]]).all()


def test_a_text_result_gives_a_text_for_every_row() -> None:
    found = frame.results(parse("if([sex] = '2', concat('f', [age]), '')"), DATA, SETTING)
    assert found.tolist() == ["", "f18", "f", "fx", ""]


def test_what_pandas_holds_to_be_missing_is_blank() -> None:
    assert frame.holds(parse("[sex] = ''"), DATA, SETTING).tolist() == [False] * 4 + [True]


def test_a_constant_is_the_same_in_every_row() -> None:
    assert frame.holds(parse("1 = 1"), DATA, SETTING).tolist() == [True] * 5
    assert frame.results(parse("'x'"), DATA, SETTING).tolist() == ["x"] * 5


def test_a_field_without_a_column_is_blank_and_a_box_unchecked() -> None:
    assert frame.holds(parse("[none] = '' and [none(1)] = '0' and [box(1)] = '1'"), DATA, SETTING).tolist() == [
        True,
        False,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    "ages",
    [
        pd.Series([17, 18, 40]),
        pd.Series([17.0, 18.0, 40.0]),
        pd.Series(["17", "18", "40"], dtype="category"),
        pd.Series([17, 18, 40], dtype="Int64"),
        pd.Series(["17", "18", "40"], dtype=object),
        [17, 18, 40],
        np.array(["17", "18", "40"]),
    ],
)
def test_columns_of_any_type_are_read(ages: object) -> None:
    assert frame.holds(parse("[age] >= 18"), {"age": ages}, SETTING).tolist() == [False, True, True]


def test_bools_are_1_and_0_and_gaps_in_numbers_blank() -> None:
    data = pd.DataFrame({"done": [True, False], "n": [np.nan, 5.0]})
    assert frame.holds(parse("[done] = '1'"), data, SETTING).tolist() == [True, False]
    assert frame.results(parse("concat([done], '/', [n])"), data, SETTING).tolist() == ["1/", "0/5"]


def test_dates_of_pandas_are_read_as_datetimes() -> None:
    data = pd.DataFrame({"d": [pd.Timestamp("2026-03-09"), pd.NaT]})
    assert frame.results(parse("datediff([d], 'today', 'd')"), data, SETTING).tolist() == ["1", ""]


def test_a_frame_without_rows_has_no_results() -> None:
    assert frame.holds(parse("[a] = 1 and round([b]) > sum([a], 2)"), DATA.head(0), SETTING).tolist() == []
    assert frame.results(parse("concat([age], 'x')"), DATA.head(0), SETTING).tolist() == []


def test_a_table_may_be_asked_many_times() -> None:
    table = frame.Table(DATA)
    assert frame.holds(parse("[age] > 17"), table, SETTING).sum() == 2
    assert frame.holds(parse("[age] = 'x'"), table, SETTING).sum() == 1
