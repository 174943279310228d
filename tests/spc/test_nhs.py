"""The NHS's patterns and icons. Every point of a pattern is marked, under the first rule that applies to it."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from breakthrough import spc
from breakthrough.spc.limits import Limits

COMMON, BEYOND, TREND, TWO, SHIFT = (int(each) for each in spc.Pattern)
NAN = np.nan


def chart(values: list[float]) -> Limits:
    """Points about a mean of 0 with sigma 1, so limits at 3 and near limits at 2: drawn from a baseline before them."""
    points = np.array([values], dtype=float)
    line = np.zeros(points.shape)
    with np.errstate(invalid="ignore"):
        beyond = (points > 3).astype(np.int64) - (points < -3).astype(np.int64)
    return Limits(
        "xmr",
        points,
        line,
        line - 3,
        line + 3,
        line - 2,
        line + 2,
        line * NAN,
        beyond,
        line.astype(bool),
        screened=True,
    )


def told(values: list[float]) -> list[int]:
    return [int(each) for each in spc.patterns(chart(values)).pattern[0]]


def test_seven_points_on_one_side_are_a_shift_and_six_are_not() -> None:
    assert told([0.5, 1, 0.5, 1, 0.5, 1, 0.5]) == [SHIFT] * 7
    assert told([0.5, 1, 0.5, 1, 0.5, 1, -0.5]) == [COMMON] * 7


def test_a_point_on_the_mean_or_a_missing_one_breaks_a_shift() -> None:
    assert COMMON in told([0.5, 1, 0.5, 0, 1, 0.5, 1, 0.5])
    assert told([0.5, 1, 0.5, NAN, 1, 0.5, 1, 0.5]) == [COMMON] * 8


def test_seven_points_each_higher_than_the_last_are_a_trend_and_a_tie_breaks_it() -> None:
    assert told([-1.5, -1, -0.5, 0.2, 0.5, 1, 1.5]) == [TREND] * 7
    assert told([-1.5, -1, -0.5, -0.5, 0.5, 1, 1.5]) == [COMMON] * 7


def test_a_trend_has_the_direction_of_its_slope_and_a_turning_point_that_of_what_follows() -> None:
    up = [-1.5, -1, -0.5, 0.2, 0.5, 1, 1.5]
    found = spc.patterns(chart(up + up[-2::-1]))
    assert found.pattern[0].tolist() == [TREND] * 13
    assert found.direction[0].tolist() == [1] * 6 + [-1] * 7


def test_two_of_three_near_a_limit_are_told_only_if_all_three_are_on_that_side() -> None:
    assert told([2.5, 0.5, 2.5, -1]) == [TWO, COMMON, TWO, COMMON]
    assert told([2.5, -0.5, 2.5, -1]) == [COMMON] * 4
    assert told([2.5, 2.5]) == [COMMON] * 2


def test_a_point_beyond_the_limits_does_not_count_towards_two_of_three() -> None:
    assert told([2.5, 3.5, 0.5, -1]) == [COMMON, BEYOND, COMMON, COMMON]


def test_a_point_is_told_under_the_first_rule_that_applies() -> None:
    assert told([0.5, 0.7, 0.9, 1.1, 1.3, 2.2, 3.5]) == [TREND] * 6 + [BEYOND]
    assert told([0.5, 1, 0.5, 2.5, 2.2, 1, 0.5]) == [SHIFT] * 3 + [TWO] * 2 + [SHIFT] * 2


def test_no_pattern_reaches_across_phases() -> None:
    limits = chart([0.5, 1, 0.5, 1, 0.5, 1, 0.5])
    assert not spc.patterns(limits, spc.cut(7, [3])).pattern.any()


@pytest.mark.parametrize(
    ("improvement", "icon"),
    [("increase", spc.Variation.IMPROVEMENT), ("decrease", spc.Variation.CONCERN), ("neutral", spc.Variation.HIGH)],
)
def test_the_variation_icon_is_what_the_last_point_says(
    improvement: Literal["increase", "decrease", "neutral"], icon: spc.Variation
) -> None:
    limits = chart([-0.5, 0.5, 0.5, 3.5])
    assert spc.variation(spc.patterns(limits), limits.value, improvement).tolist() == [icon]
    calm = chart([3.5, 0.5])
    assert spc.variation(spc.patterns(calm), calm.value, improvement).tolist() == [spc.Variation.COMMON]


def test_a_month_not_yet_reported_leaves_the_icon_of_the_last_reported_one() -> None:
    limits = chart([0.5, -3.5, NAN])
    assert spc.variation(spc.patterns(limits), limits.value, "increase").tolist() == [spc.Variation.CONCERN]
    assert spc.variation(spc.patterns(limits), limits.value, "neutral").tolist() == [spc.Variation.LOW]


@pytest.mark.parametrize(
    ("target", "improvement", "icon"),
    [
        (3.5, "increase", spc.Assurance.FAIL),
        (3.5, "decrease", spc.Assurance.PASS),
        (-3.5, "increase", spc.Assurance.PASS),
        (-3.5, "decrease", spc.Assurance.FAIL),
        (3.0, "increase", spc.Assurance.HIT_OR_MISS),
        (0.0, "decrease", spc.Assurance.HIT_OR_MISS),
        (3.5, "neutral", spc.Assurance.NONE),
        (None, "increase", spc.Assurance.NONE),
    ],
)
def test_the_assurance_icon_sets_the_target_against_the_last_limits(
    target: float | None, improvement: Literal["increase", "decrease", "neutral"], icon: spc.Assurance
) -> None:
    assert spc.assurance(chart([0.5, 1]), target, improvement).tolist() == [icon]


def test_without_limits_there_is_no_assurance() -> None:
    assert spc.assurance(spc.xmr([[5.0, 5.0, 5.0]]), 9, "increase").tolist() == [spc.Assurance.NONE]
    assert spc.assurance(spc.xmr(np.empty((1, 0))), 9, "increase").tolist() == [spc.Assurance.NONE]


def test_targets_may_differ_by_series() -> None:
    values = [[1.0, 2, 1, 2], [1.0, 2, 1, 2]]
    icons = spc.assurance(spc.xmr(values), [99, 1.5], "increase").tolist()
    assert icons == [spc.Assurance.FAIL, spc.Assurance.HIT_OR_MISS]


def test_an_unknown_direction_of_improvement_is_refused() -> None:
    limits = chart([0.5, 1])
    with pytest.raises(spc.InputError, match="Known: increase, decrease, neutral"):
        spc.variation(spc.patterns(limits), limits.value, "up")  # type: ignore[arg-type]
