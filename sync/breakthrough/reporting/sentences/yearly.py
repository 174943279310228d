"""Measures that add up over the year: compared with the same month last year, since no signal rule fits them."""

from __future__ import annotations

from breakthrough.collaborative import Measure
from breakthrough.language import say
from breakthrough.measures.values import Chart, Point
from breakthrough.reporting import figures
from breakthrough.reporting.parts import Chip
from breakthrough.reporting.sentences import goals
from breakthrough.reporting.sentences.words import joined


def before(chart: Chart) -> Point | None:
    """The same month a year before the latest value, where it has one."""
    latest = chart.latest
    if latest is None:
        return None
    return next((p for p in chart.points if p.month == latest.month + -12 and p.value is not None), None)


def _apart(chart: Chart, measure: Measure) -> float | None:
    latest, then = chart.latest, before(chart)
    if latest is None or then is None or latest.value is None or then.value is None:
        return None
    return figures.apart(measure, latest.value, then.value)


def chip(chart: Chart, measure: Measure) -> Chip:
    """`– 0.5 below last March`."""
    apart = _apart(chart, measure)
    if chart.latest is None or apart is None:
        return Chip("–", say("No value a year ago"))
    size, month = figures.size(measure, apart), chart.latest.month.word
    if not apart:
        return Chip("–", say("same as last {month}", month=month))
    if apart > 0:
        return Chip("–", say("{size} above last {month}", size=size, month=month))
    return Chip("–", say("{size} below last {month}", size=size, month=month))


def word(chart: Chart, measure: Measure) -> str:
    """The comparison for a cell: `0.5 below last year`."""
    apart = _apart(chart, measure)
    if apart is None:
        return say("no value a year ago")
    size = figures.size(measure, apart)
    if not apart:
        return say("same as last year")
    return say("{size} above last year", size=size) if apart > 0 else say("{size} below last year", size=size)


def heading(chart: Chart, measure: Measure) -> str:
    """`0.5 points lower than a year ago, 0.9 points from the goal`."""
    latest = chart.latest
    if latest is None or latest.value is None:
        return say("Nothing to compare yet")
    return _to_goal(chart, measure, _compared(chart, measure, latest, latest.value))


def _compared(chart: Chart, measure: Measure, latest: Point, value: float) -> str:
    apart = _apart(chart, measure)
    if apart is None:
        return say(
            "{value} in {month}; there is no value a year ago",
            value=figures.value(measure, value),
            month=latest.month.word,
        )
    if not apart:
        return say("The same as a year ago")
    size = figures.difference(measure, apart)
    if apart > 0:
        return say("{size} higher than a year ago", size=size)
    return say("{size} lower than a year ago", size=size)


def meaning(chart: Chart, measure: Measure) -> str:
    """Why there is no signal, and the two figures compared."""
    latest, then = chart.latest, before(chart)
    why = say(
        "This measure adds up over the year, so no signal rule fits it: a month is held against the same one last year."
    )
    if latest is None or then is None:
        return why
    compared = say(
        "{month}: {value}; {earlier}: {before}.",
        month=latest.month.label,
        value=figures.value(measure, latest.value),
        earlier=then.month.label,
        before=figures.value(measure, then.value),
    )
    return joined(why, compared)


def _to_goal(chart: Chart, measure: Measure, compared: str) -> str:
    latest = chart.latest
    if chart.goal is None or latest is None or latest.value is None:
        return compared
    match goals.standing(chart, measure):
        case "met" | "touched":
            goal = figures.goal(measure, chart.goal)
            return say("{compared}, at the goal of {goal}", compared=compared, goal=goal)
        case "not met":
            away = goals.distance(measure, latest.value, chart.goal)
            return say("{compared}, {away} from the goal", compared=compared, away=away)
        case _:
            return compared
