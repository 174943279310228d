"""How a measure stands against its goal: met by three plotted months running, touched by one alone (domain §11.4)."""

from __future__ import annotations

from math import ceil, floor

from breakthrough.collaborative import Measure
from breakthrough.language import count, say
from breakthrough.measures import saying
from breakthrough.measures.goals import RUNNING, Standing, running, standing
from breakthrough.measures.values import Chart, Each, Point
from breakthrough.reporting import figures
from breakthrough.reporting.sentences.words import joined

__all__ = ["Standing", "distance", "running", "sentence", "standing", "wanted"]


def wanted(chart: Chart, measure: Measure) -> str:
    """`goal 6.5% by July 2026`; '' without a goal."""
    if chart.goal is None:
        return ""
    return say("goal {goal}", goal=_goal(chart, measure, chart.goal))


def _goal(chart: Chart, measure: Measure, goal: float) -> str:
    """`6.5% by July 2026`."""
    exact = figures.goal(measure, goal)
    return say("{goal} by {month}", goal=exact, month=chart.goal_by.label) if chart.goal_by else exact


def sentence(chart: Chart, measure: Measure) -> str:
    """`The goal of 6.5% by July 2026 is 0.3 points away.`, or that it is touched or met; '' without goal or point."""
    latest = chart.latest
    if chart.goal is None or latest is None or latest.value is None:
        return ""
    goal = _goal(chart, measure, chart.goal)
    match standing(chart, measure):
        case "met":
            points = saying.counted(running(chart, measure), each(chart))
            return say("The goal of {goal} is met: {points} running.", goal=goal, points=points)
        case "touched":
            return say(
                "The goal of {goal} was touched in {month}; met means {points} running.",
                goal=goal,
                month=latest.month.word,
                points=saying.counted(RUNNING, each(chart)),
            )
        case "not met":
            away = distance(measure, latest.value, chart.goal)
            told = say("The goal of {goal} is {away} away.", goal=goal, away=away)
            return joined(told, _at_goal(chart, measure, latest))
        case _:
            return ""


def each(chart: Chart) -> Each:
    """What a point of the chart is; of events, the goal is held against months."""
    return "month" if chart.each == "event" else chart.each


def distance(measure: Measure, value: float, goal: float) -> str:
    """`0.3 points`: the value as it is shown against the goal as it was set."""
    smallest = 10.0**-measure.decimals
    away = round(value, measure.decimals) - goal
    if abs(away) < smallest / 2:
        return say("less than {size}", size=figures.difference(measure, smallest))
    return figures.difference(measure, away)


def _at_goal(chart: Chart, measure: Measure, latest: Point) -> str:
    """The distance in cases, which people can act on: `There it would be 2,621 of 14,559: 137 fewer.`."""
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
    counts, cases = figures.of(there, latest.denominator), count(apart)
    if measure.direction == "lower":
        return say("There it would be {counts}: {cases} fewer.", counts=counts, cases=cases)
    return say("There it would be {counts}: {cases} more.", counts=counts, cases=cases)
