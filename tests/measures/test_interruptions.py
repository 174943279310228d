"""Before and after as a table: each line apart, months in their places, cumulative measures left out."""

from __future__ import annotations

import numpy as np
import pytest
from tests.measures.sheets import collaborative

from breakthrough.measures.interrupted import interrupted
from breakthrough.measures.interruptions import ALL, INTERRUPTED, interruptions
from breakthrough.month import Month

START, UNTIL = Month("2025-09"), Month("2026-06")  # the first month with data is 2024-09
NOISE = (0.3, -0.2, 0.1, -0.4, 0.2, 0.0, -0.1, 0.4, -0.3, 0.2, -0.1, 0.1) * 2


def line(*, jump: float, slope: float = 0.0) -> dict[Month, float]:
    """Twelve months about 20, then ten that have jumped and go on by `slope` a month; a little noise."""
    months = list(Month("2024-09").to(UNTIL))
    return {month: 20 + (jump + slope * (n - 12) if n >= 12 else 0.0) + NOISE[n] for n, month in enumerate(months)}


def test_a_jump_is_found_where_there_is_one_and_in_no_other_line() -> None:
    lines = {("rate", ALL): line(jump=-4.0), ("rate", "T001"): line(jump=0.0)}
    found = interruptions(lines, collaborative(), START, UNTIL)

    assert list(found.columns) == list(INTERRUPTED)
    assert found[["measure", "team", "interrupted_at"]].to_numpy().tolist() == [
        ["rate", ALL, "2025-09"],
        ["rate", "T001", "2025-09"],
    ]
    assert found["months_before"].tolist() == [12, 12]
    assert found["months_after"].tolist() == [10, 10]
    assert found["level"].tolist() == pytest.approx([-4.0, 0.0], abs=0.4)
    assert found["level_high"][0] < -3
    assert found["level_low"][1] < 0 < found["level_high"][1]


def test_the_figures_are_those_of_the_regression_of_that_series() -> None:
    given = line(jump=-2.0, slope=-0.5)
    gone = {month: value for month, value in given.items() if month != Month("2025-08")}
    (row,) = interruptions({("rate", "T001"): gone}, collaborative(), START, UNTIL).to_dict("records")
    series = np.array([given[month] if month in gone else np.nan for month in given])
    own = interrupted(series, 12)

    assert own.level is not None
    assert own.slope is not None
    assert (row["level"], row["level_low"], row["slope"], row["slope_p"]) == (
        own.level.value,
        own.level.low,
        own.slope.value,
        own.slope.p,
    )
    assert (row["months_before"], row["expected_last"], row["fitted_last"]) == (11, own.expected[-1], own.fitted[-1])


def test_a_line_with_too_few_months_has_no_figures_and_says_why() -> None:
    few = {month: value for month, value in line(jump=-4.0).items() if month < Month("2025-11")}
    (row,) = interruptions({("rate", ALL): few}, collaborative(), START, UNTIL).to_dict("records")

    assert (row["months_before"], row["months_after"], row["level"]) == (12, 2, None)
    assert row["warnings"].startswith("There are")


def test_cumulative_measures_are_left_out() -> None:
    found = interruptions({("sofar", ALL): line(jump=-4.0)}, collaborative(), START, UNTIL)
    assert found.empty
