"""Interrupted time series: against a published example, and a computation of its own with nothing but arrays."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakthrough.measures.interrupted import Estimate, Interrupted, interrupted, interrupted_each

# Packs of cigarettes sold per head in California, 1970 to 2000; Proposition 99 took effect in 1989. Abadie, Diamond &
# Hainmueller 2010, JASA 105:493-505, the data that Linden's itsa (Stata Journal 15:480-500, 2015) is shown on.
CALIFORNIA = [
    123.0, 121.0, 123.5, 124.4, 126.7, 127.1, 128.0, 126.4, 126.1, 121.9, 120.2, 118.6, 115.4, 110.8, 104.8, 102.8,
    99.7, 97.5, 90.1, 82.4, 77.8, 68.7, 67.5, 63.4, 58.6, 56.4, 54.5, 53.8, 52.3, 47.2, 41.6,
]  # fmt: skip
PROPOSITION_99 = 1989 - 1970
T_27 = 2.0518305164802856  # 97.5 % of Student's t with 27 degrees of freedom, from any table: 2.052


def by_hand(values: list[float] | np.ndarray, start: int, lag: int) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and their Newey-West errors, written out: sums over pairs of months, no library's regression."""
    y = np.asarray(values, dtype=float)
    t = np.arange(len(y))
    there = ~np.isnan(y)
    x = np.stack([np.ones(len(y)), t, t >= start, np.maximum(t - start, 0)], axis=1)[there]
    y = y[there]
    bread = np.linalg.inv(x.T @ x)
    b = bread @ x.T @ y
    e = y - x @ b
    meat = np.zeros((4, 4))
    for one in range(len(y)):
        for other in range(len(y)):
            weight = max(0.0, 1 - abs(one - other) / (lag + 1))
            meat += weight * e[one] * e[other] * np.outer(x[one], x[other])
    return b, bread @ meat @ bread * len(y) / (len(y) - 4)


def test_linden_2015_cigarette_sales_in_california_have_the_published_coefficients() -> None:
    # As itsa prints them: slope before -1.779474, level -20.0581, slope after -3.274126, constant 132.2258.
    found = interrupted(CALIFORNIA, PROPOSITION_99, lag=1)
    assert value(found.slope_before) == pytest.approx(-1.779474, abs=5e-7)
    assert value(found.level) == pytest.approx(-20.0581, abs=5e-5)
    assert value(found.slope_after) == pytest.approx(-3.274126, abs=5e-7)
    assert found.fitted[0] == pytest.approx(132.2258, abs=5e-5)
    assert value(found.slope) == pytest.approx(-3.274126 + 1.779474, abs=1e-6)
    assert (found.before, found.after, found.lag) == (19, 12, 1)


def test_errors_and_intervals_are_newey_and_wests_with_students_t() -> None:
    found = interrupted(CALIFORNIA, PROPOSITION_99, lag=1)
    b, covariance = by_hand(CALIFORNIA, PROPOSITION_99, 1)
    assert found.level is not None
    assert found.level.error == pytest.approx(math.sqrt(covariance[2, 2]), rel=1e-9)
    assert found.level.low == pytest.approx(b[2] - T_27 * math.sqrt(covariance[2, 2]), rel=1e-9)
    assert found.level.high == pytest.approx(b[2] + T_27 * math.sqrt(covariance[2, 2]), rel=1e-9)
    assert found.slope_after is not None
    together = covariance[1, 1] + covariance[3, 3] + 2 * covariance[1, 3]
    assert found.slope_after.error == pytest.approx(math.sqrt(together), rel=1e-9)
    assert found.level.p < 0.001


@pytest.mark.parametrize(
    ("points", "lag"), [(12, 2), (24, 2), (36, 3), (60, 3), (100, 4)], ids="Newey-and-West-1994-n{}".format
)
def test_errors_reach_as_far_as_the_rule_of_newey_and_west_says(points: int, lag: int) -> None:
    values = np.random.default_rng(points).standard_normal(points)
    assert interrupted(values, points // 2).lag == lag


@given(
    seed=st.integers(0, 2**32 - 1),
    points=st.integers(14, 60),
    lag=st.integers(0, 6),
    missing=st.sampled_from([0.0, 0.1, 0.25]),
)
@settings(max_examples=40, deadline=None)
def test_any_series_has_the_figures_of_the_computation_by_hand(
    seed: int, points: int, lag: int, missing: float
) -> None:
    rng = np.random.default_rng(seed)
    values, start = rng.normal(50, 5, points), int(rng.integers(5, points - 5))
    values[rng.random(points) < missing] = np.nan
    found = interrupted(values, start, lag=lag)
    if found.level is None:
        assert min(found.before, found.after) < 3
        return
    b, covariance = by_hand(values, start, lag)
    for estimate, place in ((found.level, 2), (found.slope, 3), (found.slope_before, 1)):
        assert estimate is not None
        assert estimate.value == pytest.approx(b[place], rel=1e-7, abs=1e-9)
        assert estimate.error == pytest.approx(math.sqrt(max(0, covariance[place, place])), rel=1e-6, abs=1e-9)
    assert found.fitted[start] - found.expected[0] == pytest.approx(b[2], rel=1e-7, abs=1e-8)
    assert len(found.fitted) == points
    assert len(found.expected) == points - start


def test_a_planted_change_of_level_and_slope_is_found_again() -> None:
    months = np.arange(48)
    rng = np.random.default_rng(99)
    planted = 20 - 0.1 * months - np.where(months >= 24, 4 + 0.3 * (months - 24), 0)
    caught = [0, 0]
    for _ in range(200):
        found = interrupted(planted + rng.normal(0, 1, 48), 24)
        for place, (estimate, truth) in enumerate(((found.level, -4), (found.slope, -0.3))):
            assert estimate is not None
            caught[place] += estimate.low <= truth <= estimate.high
    assert all(170 <= times <= 200 for times in caught), "intervals of 95 % hold the truth about that often"


def test_a_wider_confidence_widens_the_interval_and_nothing_else() -> None:
    usual, wide = (interrupted(CALIFORNIA, PROPOSITION_99, confidence=how) for how in (0.95, 0.99))
    assert usual.level is not None
    assert wide.level is not None
    assert wide.level.low < usual.level.low < usual.level.high < wide.level.high
    assert (usual.level.value, usual.level.error) == (wide.level.value, wide.level.error)
    assert (usual.confidence, wide.confidence) == (0.95, 0.99)


def test_missing_months_are_left_out_and_time_goes_on_through_them() -> None:
    months = np.arange(20.0)
    values = 3 + 0.5 * months + np.where(months >= 10, 2, 0) + np.tile([0.1, -0.1], 10)
    values[[4, 13]] = np.nan
    found = interrupted(values, 10)
    assert (found.before, found.after) == (9, 9)
    assert value(found.slope_before) == pytest.approx(0.5, abs=0.03)
    assert value(found.level) == pytest.approx(2, abs=0.2)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (12, 12, None),
        (12, 11, "12 before and 11 after the interruption. With under 12 on either side"),
        (7, 20, "There are few points, 7 before and 20 after"),
        (2, 20, "too few points for a model: 2 before and 20 after the interruption, and 3 are needed"),
        (20, 0, "too few points for a model: 20 before and 0 after"),
    ],
)
def test_few_points_are_told_and_too_few_give_no_figures(before: int, after: int, words: str | None) -> None:
    values = np.random.default_rng(3).standard_normal(before + max(after, 1))
    values[before + after :] = np.nan
    found = interrupted(values, before)
    told = [one for one in found.warnings if not one.startswith("Months that follow")]
    if words is None:
        assert told == []
    else:
        assert [words in one for one in told] == [True]
    assert (found.level is None) == (min(before, after) < 3)
    if found.level is None:
        assert (found.slope, found.fitted, found.expected, found.lag) == (None, (), (), None)


def test_months_that_resemble_their_neighbours_are_told() -> None:
    slow = 10 + 3 * np.sin(np.arange(40) / 3)
    assert any("are alike (autocorrelation 0." in one for one in interrupted(slow, 20).warnings)
    assert interrupted(np.random.default_rng(11).standard_normal(40), 20).warnings == ()


def test_points_that_all_lie_on_the_lines_have_no_error_and_a_warning() -> None:
    found = interrupted([1.0, 2, 3, 4, 9, 10, 11, 12], 4)
    assert found.level is None
    assert "look for figures that were made up" in found.warnings[-1]
    assert interrupted([7.0] * 30, 15).level is None


def test_teams_are_worked_out_each_apart() -> None:
    rng = np.random.default_rng(4)
    rows = rng.normal(50, 4, (3, 24))
    rows[2, 12:] = np.nan
    found = interrupted_each(rows, 12)
    assert found[:2] == tuple(interrupted(row, 12) for row in rows[:2])
    assert found[2].level is None
    with pytest.raises(ValueError, match="two axes, teams and months"):
        interrupted_each(rows[0], 12)


def test_a_result_is_made_of_plain_python_values() -> None:
    found = interrupted(CALIFORNIA, PROPOSITION_99)
    assert {type(getattr(found.level, field.name)) for field in fields(Estimate)} == {float}
    assert {type(one) for one in (*found.fitted, *found.expected)} == {float}
    assert isinstance(found, Interrupted)
    assert (type(found.lag), type(found.autocorrelation)) == (int, float)


@pytest.mark.parametrize(
    ("values", "start", "options", "words"),
    [
        ([1.0] * 9, 0, {}, "not inside the series of 9"),
        ([1.0] * 9, 9, {}, "not inside the series of 9"),
        ([1.0, math.inf, 2.0, 3.0], 2, {}, "infinite"),
        ([[1.0, 2.0]], 1, {}, "use interrupted_each"),
        ([1.0] * 9, 4, {"lag": -1}, "fewer than 0 months"),
        ([1.0] * 9, 4, {"confidence": 95}, "between 0 and 1"),
    ],
)
def test_what_cannot_be_worked_out_is_refused(
    values: list[float], start: int, options: dict[str, float], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        interrupted(values, start, **options)  # type: ignore[arg-type]


def test_importing_the_measures_does_not_load_statsmodels() -> None:
    told = "import sys, breakthrough.measures.interrupted; print('statsmodels' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def value(estimate: Estimate | None) -> float:
    assert estimate is not None
    return estimate.value
