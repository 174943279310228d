"""How a measure stands against its goal: met by three plotted points running, touched by one alone.

Compared exactly: 6.5 of 100 is at a goal of 6.5 %, whatever a division makes of it in its last bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import takewhile
from math import isclose
from typing import Literal

from breakthrough.collaborative import Measure
from breakthrough.measures.values import Chart, Point

Standing = Literal["met", "touched", "not met", "unknown", "none"]

RUNNING = 3  # plotted points at the goal that make it met


def standing(chart: Chart, measure: Measure) -> Standing:
    """Where the newest points are against the goals in force then; `none` without a goal, `unknown` without a point."""
    if chart.goal is None or measure.direction == "neither":
        return "none"
    if next(_plotted(chart), None) is None:
        return "unknown"
    points = running(chart, measure)
    if points >= RUNNING:
        return "met"
    return "touched" if points else "not met"


def running(chart: Chart, measure: Measure) -> int:
    """How many of the newest plotted points in a row are at the goal that was in force then; 0 without a goal."""
    if chart.goal is None or measure.direction == "neither":
        return 0
    return sum(1 for _ in takewhile(lambda one: reached(measure, *one), _plotted(chart)))


def reached(measure: Measure, point: Point, goal: float | None) -> bool:
    """Whether that point is at the goal or beyond it, in the direction that is better; False without either."""
    if point.value is None or goal is None or measure.direction == "neither":
        return False
    lower, top, bottom = measure.direction == "lower", point.numerator, point.denominator
    if not measure.of_cases or top is None or not bottom:
        # of two rates apart the last bit may be off
        return _near(point.value, goal) or (point.value < goal if lower else point.value > goal)
    value = top * measure.multiply / bottom
    if not _near(value, goal):
        return value < goal if lower else value > goal
    exact = _exact(top) * _exact(measure.multiply) / _exact(bottom)
    return exact <= _exact(goal) if lower else exact >= _exact(goal)


def _near(figure: float, other: float) -> bool:
    """Whether they are so close that only exact numbers tell which is the larger."""
    return isclose(figure, other, rel_tol=1e-9, abs_tol=1e-9)


def _exact(figure: float) -> Fraction:
    """The decimal number that was written: 6.1, not the binary one beside it."""
    return Fraction(repr(figure))


def _plotted(chart: Chart) -> Iterator[tuple[Point, float | None]]:
    """The points that can meet a goal, newest first, with the goal of then: none of the history, none set aside."""
    goals = chart.goals or (chart.goal,) * len(chart.points)
    for point, goal in zip(reversed(chart.points), reversed(goals), strict=True):
        if point.value is not None and point.state != "excluded" and point.kind != "history":
            yield point, goal
