"""Figures that an earlier frame gave otherwise: what is told of them, and what is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakthrough.measures import COLUMNS, Restated, Result, restated
from breakthrough.month import Month

FEBRUARY = Month("2026-02")
REPORTED = ("reported", 41.0, 230.0, 17.8)
CORRECTED = ("reported", 44.0, 232.0, 19.0)
NOT_SENT = ("missing", np.nan, np.nan, np.nan)


def frame(*rows: tuple[str, str, str, tuple[Any, ...]]) -> pd.DataFrame:
    """Rows of (team, month, measure, (state, numerator, denominator, value))."""
    blank = dict.fromkeys(COLUMNS, "") | {"versus_numerator": np.nan, "versus_denominator": np.nan, "copies": 1}
    lines = [
        blank
        | {"team": team, "month": month, "measure": measure}
        | dict(zip(("state", "numerator", "denominator", "value"), figure, strict=True))
        for team, month, measure, figure in rows
    ]
    return pd.DataFrame(lines, columns=list(COLUMNS))


def one(figure: tuple[Any, ...], month: str = "2026-01") -> pd.DataFrame:
    return frame(("T001", month, "ca_day", figure))


def result(figure: tuple[Any, ...]) -> Result:
    state, *numbers = figure
    return Result(state, *(None if np.isnan(number) else number for number in numbers))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (REPORTED, CORRECTED),
        (NOT_SENT, REPORTED),
        (("late", np.nan, np.nan, np.nan), REPORTED),
        (REPORTED, NOT_SENT),
        (("no_cases", 0.0, 0.0, np.nan), REPORTED),
        (REPORTED, ("no_cases", 0.0, 0.0, np.nan)),
        (("invalid", 300.0, 230.0, np.nan), REPORTED),
        (("not_collected", np.nan, np.nan, np.nan), REPORTED),
    ],
)
def test_counts_that_came_late_or_were_corrected_or_taken_back_are_restated(
    before: tuple[Any, ...], after: tuple[Any, ...]
) -> None:
    found = restated(one(before), one(after), FEBRUARY)

    assert found == (Restated("T001", "ca_day", Month("2026-01"), result(before), result(after)),)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (REPORTED, REPORTED),
        (NOT_SENT, NOT_SENT),
        (NOT_SENT, ("late", np.nan, np.nan, np.nan)),
        (("not_due", np.nan, np.nan, np.nan), REPORTED),
        (("not_due", np.nan, np.nan, np.nan), NOT_SENT),
    ],
)
def test_what_is_as_it_was_or_was_not_due_yet_is_no_restatement(
    before: tuple[Any, ...], after: tuple[Any, ...]
) -> None:
    assert restated(one(before), one(after), FEBRUARY) == ()


def test_months_after_the_last_report_are_new_and_not_restated() -> None:
    assert restated(one(NOT_SENT, "2026-03"), one(REPORTED, "2026-03"), FEBRUARY) == ()
    assert len(restated(one(NOT_SENT, "2026-02"), one(REPORTED, "2026-02"), FEBRUARY)) == 1


def test_teams_and_measures_that_only_one_frame_has_are_passed_over() -> None:
    before = frame(("T001", "2026-01", "ca_day", REPORTED), ("T002", "2026-01", "ca_day", REPORTED))
    after = frame(("T001", "2026-01", "ca_new", CORRECTED), ("T003", "2026-01", "ca_day", CORRECTED))

    assert restated(before, after, FEBRUARY) == ()


_FIGURES = st.sampled_from([REPORTED, CORRECTED, NOT_SENT, ("not_due", np.nan, np.nan, np.nan)])
_FRAMES = st.dictionaries(st.tuples(st.sampled_from(["T1", "T2"]), st.sampled_from(["2026-01", "2026-02"])), _FIGURES)


@given(_FRAMES, _FRAMES)
def test_each_figure_is_told_once_with_what_each_frame_says(
    before: dict[tuple[str, str], Any], after: dict[tuple[str, str], Any]
) -> None:
    frames = [
        frame(*((team, month, "m", figure) for (team, month), figure in some.items())) for some in (before, after)
    ]
    found = restated(frames[0], frames[1], FEBRUARY)

    expected = {
        place
        for place in before.keys() & after.keys()
        if before[place] is not after[place]
        and before[place][0] != "not_due"
        and "reported" in {before[place][0], after[place][0]}
    }
    assert {(r.team, r.month.name) for r in found} == expected
    assert len(found) == len(expected)
    assert all(
        (r.before, r.after) == (result(before[p]), result(after[p])) for r in found for p in [(r.team, r.month.name)]
    )
