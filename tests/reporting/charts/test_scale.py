"""Round gridlines, four at most, over an axis that says where it starts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reporting.charts import made

from breakthrough.reporting.charts.scale import fitted

CASES = [
    # values, axis, gridlines
    ([6.1, 9.0, 6.5], 5.5, (6, 7, 8, 9)),
    ([41.0, 59.0], 38, (40, 45, 50, 55)),
    ([0.4, 4.0], 0, (1, 2, 3, 4)),
    ([3.0, 97.0], 0, (20, 40, 60, 80)),
    ([68.0, 100.0], 65, (70, 80, 90, 100)),
]


@pytest.mark.parametrize(("values", "axis", "gridlines"), CASES)
def test_gridlines_are_round(values: list[float], axis: float, gridlines: tuple[float, ...]) -> None:
    scale = fitted(values, made.measure(), 166)
    assert (scale.low, scale.gridlines) == (axis, gridlines)


def test_a_difference_may_lie_below_zero() -> None:
    versus = {"numerator": "ch_swd", "denominator": "en_swd"}
    scale = fitted([-3.0, 5.0], made.measure(versus=versus, unit=" points"), 166)
    assert scale.low < -3
    assert 0 in scale.gridlines


def test_a_share_does_not_go_below_zero_or_over_a_hundred() -> None:
    scale = fitted([0.0, 100.0], made.measure(), 166)
    assert (scale.low, scale.high) == (0, 100)


def test_values_rise_upwards_and_the_highest_keeps_room_for_a_ring() -> None:
    scale = fitted([6.0, 9.0], made.measure(), 166)
    assert scale.y(9.0) == pytest.approx(10)
    assert scale.y(scale.low) == 166
    assert scale.y(7.0) > scale.y(8.0)


def test_a_value_beyond_the_scale_stands_at_its_end() -> None:
    scale = fitted([6.0, 9.0], made.measure(), 166)
    assert scale.y(500) == scale.y(9.0)
    assert scale.y(-500) == 166


def test_the_axis_goes_down_to_a_round_value_and_never_under_zero() -> None:
    scale = fitted([41.0, 59.0], made.measure(), 166)
    y, value = scale.lowered(30, 0.0)
    assert value == 33
    assert y - scale.bottom == pytest.approx(5 * scale.unit)
    assert fitted([0.0, 4.0], made.measure(), 166).lowered(30, 0.0) == (196, None)
    assert scale.lowered(0, 0.0) == (166, 38)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.floats(0, 1e6).map(lambda v: round(v, 3)), min_size=1, max_size=30), st.sampled_from((146.0, 166.0)))
def test_every_value_is_inside_and_at_least_one_and_at_most_four_lines_help(values: list[float], height: float) -> None:
    scale = fitted(values, made.measure(unit="d"), height)
    assert 1 <= len(scale.gridlines) <= 4
    assert scale.low <= min(values) <= max(values) <= scale.high + 1e-9
    assert all(10 - 1e-6 <= scale.y(value) <= height for value in values)
