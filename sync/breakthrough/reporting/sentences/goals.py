"""How a measure stands against its goal: met by three plotted months running, touched by one alone (domain §11.4)."""

from __future__ import annotations

from itertools import takewhile
from math import ceil, floor
from typing import Literal

from breakthrough.collaborative import Measure
from breakthrough.measures.values import Chart, Point
from breakthrough.reporting import figures
from breakthrough.reporting.sentences import lines
from breakthrough.reporting.sentences.words import plural

Standing = Literal["met", "touched", "not met", "unknown", "none"]
_RUNNING = 3


def standing(chart: Chart, measure: Measure) -> Standing:
    """Where the newest points are; `none` without a goal, `unknown` without a point."""
    if chart.goal is None or measure.direction == "neither":
        return "none"
    if not _values(chart):
        return "unknown"
    months = running(chart, measure)
    if months >= _RUNNING:
        return "met"
    return "touched" if months else "not met"


def running(chart: Chart, measure: Measure) -> int:
    """How many of the newest plotted months in a row are at the goal; 0 without a goal."""
    goal = chart.goal
    if goal is None:
        return 0
    return sum(1 for _ in takewhile(lambda value: _reached(measure, value, goal), reversed(_values(chart))))


def wanted(chart: Chart, measure: Measure) -> str:
    """`goal 6.5% by July 2026`; '' without a goal."""
    if chart.goal is None:
        return ""
    by = f" by {chart.goal_by.label}" if chart.goal_by else ""
    return f"goal {figures.goal(measure, chart.goal)}{by}"


def sentence(chart: Chart, measure: Measure) -> str:
    """`The goal of 6.5% by July 2026 is 0.3 points away.`, or that it is touched or met; '' without goal or point."""
    latest = chart.latest
    if chart.goal is None or latest is None or latest.value is None:
        return ""
    goal = f"The goal of {wanted(chart, measure).removeprefix('goal ')}"
    match standing(chart, measure):
        case "met":
            return f"{goal} is met: {plural(running(chart, measure), 'month')} running."
        case "touched":
            return f"{goal} was touched in {latest.month.word}; met means three months running."
        case "not met":
            return f"{goal} is {distance(measure, latest.value, chart.goal)} away.{_at_goal(chart, measure, latest)}"
        case _:
            return ""


def _values(chart: Chart) -> list[float]:
    """The figures that can meet a goal, oldest first: none from before the baseline, none that was set aside."""
    return [point.value for point in lines.counted(chart) if point.value is not None and point.kind != "history"]


def _reached(measure: Measure, value: float, goal: float) -> bool:
    return value <= goal if measure.direction == "lower" else value >= goal


def distance(measure: Measure, value: float, goal: float) -> str:
    """`0.3 points`: the value as it is shown against the goal as it was set."""
    smallest = 10.0**-measure.decimals
    away = round(value, measure.decimals) - goal
    if abs(away) < smallest / 2:
        return f"less than {figures.difference(measure, smallest)}"
    return figures.difference(measure, away)


def _at_goal(chart: Chart, measure: Measure, latest: Point) -> str:
    """The distance in cases, which people can act on: ` There it would be 2,621 of 14,559: 137 fewer.`."""
    if not measure.is_proportion or chart.goal is None or not latest.denominator or latest.numerator is None:
        return ""
    exact = chart.goal * latest.denominator / measure.multiply
    there = floor(exact + 1e-9) if measure.direction == "lower" else ceil(exact - 1e-9)
    apart = round(abs(latest.numerator - there))
    if not apart:
        return ""
    word = "fewer" if measure.direction == "lower" else "more"
    return f" There it would be {figures.of(there, latest.denominator)}: {figures.count(apart)} {word}."
