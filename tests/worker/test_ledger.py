"""Figures as lines: the same for the same figures, and what is another one is found."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from breakthrough.worker import ledger

COLUMNS = ["team", "measure", "month", "state", "numerator", "denominator", "value", "versus_numerator", "versus_denominator"]  # fmt: skip
NAN = float("nan")
ROWS = [
    ("T002", "ca_day", "2026-03", "reported", 41.0, 230.0, 17.82608695652174, NAN, NAN),
    ("T001", "ca_day", "2026-03", "missing", NAN, NAN, NAN, NAN, NAN),
    ("T001", "ca_day", "2026-02", "reported", 1.0, 3.0, 100 / 3, 2.0, 9.0),
]


def written(rows: Sequence[tuple[object, ...]]) -> bytes:
    return ledger.written(ledger.lines(pd.DataFrame(rows, columns=COLUMNS)))


def test_figures_are_written_in_one_order_with_every_digit_and_none_where_there_is_none() -> None:
    assert written(ROWS).decode() == (
        "team,measure,month,state,numerator,denominator,value,versus_numerator,versus_denominator\r\n"
        "T001,ca_day,2026-02,reported,1.0,3.0,33.333333333333336,2.0,9.0\r\n"
        "T001,ca_day,2026-03,missing,,,,,\r\n"
        "T002,ca_day,2026-03,reported,41.0,230.0,17.82608695652174,,\r\n"
    )
    assert written(ROWS[::-1]) == written(ROWS)


def test_what_was_41_of_230_and_is_44_of_232_is_found_and_so_is_what_came_and_what_went() -> None:
    before = written(ROWS)
    late = ("T002", "ca_day", "2026-03", "reported", 44.0, 232.0, 4400 / 232, NAN, NAN)
    new = ("T003", "ca_day", "2026-03", "reported", 1.0, 2.0, 50.0, NAN, NAN)
    assert ledger.moved(before, before) == ()
    assert ledger.moved(before, written([late, ROWS[1], new])) == (
        ("T001", "ca_day", "2026-02"),
        ("T002", "ca_day", "2026-03"),
        ("T003", "ca_day", "2026-03"),
    )


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6)
NUMBER = st.floats(allow_infinity=False)


@given(st.dictionaries(st.tuples(TEXT, TEXT, TEXT), st.tuples(TEXT, *[NUMBER] * 5), max_size=6))
def test_whatever_stands_in_a_frame_can_be_read_back(rows: dict[tuple[str, str, str], tuple[object, ...]]) -> None:
    content = written([(*key, *line) for key, line in rows.items()])
    assert ledger.read(content).keys() == rows.keys()
    for key, line in ledger.read(content).items():
        assert line[0] == rows[key][0]
        numbers = [float(cell) if cell else NAN for cell in line[1:]]
        assert pd.Series(numbers).equals(pd.Series(rows[key][1:], dtype=float))
    assert len(list(csv.reader(io.StringIO(content.decode(), newline="")))) == len(rows) + 1


def test_a_row_without_any_figure_then_and_now_is_no_figure_that_was_put_right() -> None:
    before = written(ROWS)
    joined = ("T003", "ca_day", "2026-03", "missing", NAN, NAN, NAN, NAN, NAN)
    told = ("T001", "ca_day", "2026-03", "not_collected", NAN, NAN, NAN, NAN, NAN)
    now = written([ROWS[0], told, ROWS[2], joined])
    assert ledger.moved(before, now) == (("T001", "ca_day", "2026-03"), ("T003", "ca_day", "2026-03"))
    assert ledger.restated(before, now) == ()


def test_a_figure_that_came_went_or_counts_no_more_was_put_right() -> None:
    before = written(ROWS)
    came = ("T001", "ca_day", "2026-03", "reported", 5.0, 50.0, 10.0, NAN, NAN)
    went = ("T001", "ca_day", "2026-02", "missing", NAN, NAN, NAN, NAN, NAN)
    excluded = ("T002", "ca_day", "2026-03", "excluded", *ROWS[0][4:])
    now = written([excluded, came, went])
    assert ledger.restated(before, now) == ledger.moved(before, now)
    assert len(ledger.restated(before, now)) == 3
