"""How a measure stands against its goal: met by three plotted months running, touched by one alone (domain §11.4)."""

from __future__ import annotations

from math import ceil, floor

from breakthrough.collaborative import Measure
from breakthrough.measures.goals import RUNNING, Standing, running, standing
from breakthrough.measures.values import Chart, Point
from breakthrough.reporting import figures
from breakthrough.reporting.sentences.words import plural

__all__ = ["Standing", "distance", "running", "sentence", "standing", "wanted"]


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
            return f"{goal} is met: {plural(running(chart, measure), _noun(chart))} running."
        case "touched":
            met = f"{figures.spelled(RUNNING)} {_noun(chart)}s running"
            return f"{goal} was touched in {latest.month.word}; met means {met}."
        case "not met":
            return f"{goal} is {distance(measure, latest.value, chart.goal)} away.{_at_goal(chart, measure, latest)}"
        case _:
            return ""


def _noun(chart: Chart) -> str:
    """What a point of the chart is; of events, the goal is held against months."""
    return "month" if chart.each == "event" else chart.each


def distance(measure: Measure, value: float, goal: float) -> str:
    """`0.3 points`: the value as it is shown against the goal as it was set."""
    smallest = 10.0**-measure.decimals
    away = round(value, measure.decimals) - goal
    if abs(away) < smallest / 2:
        return f"less than {figures.difference(measure, smallest)}"
    return figures.difference(measure, away)


def _at_goal(chart: Chart, measure: Measure, latest: Point) -> str:
    """The distance in cases, which people can act on: ` There it would be 2,621 of 14,559: 137 fewer.`."""
    if (
        measure.type not in {"proportion", "all_or_none"}
        or chart.goal is None
        or not latest.denominator
        or latest.numerator is None
    ):
        return ""
    exact = chart.goal * latest.denominator / measure.multiply
    there = floor(exact + 1e-9) if measure.direction == "lower" else ceil(exact - 1e-9)
    apart = round(abs(latest.numerator - there))
    if not apart:
        return ""
    word = "fewer" if measure.direction == "lower" else "more"
    return f" There it would be {figures.of(there, latest.denominator)}: {figures.count(apart)} {word}."
