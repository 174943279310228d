"""Measures that add up over the year: compared with the same month last year, since no signal rule fits them."""

from __future__ import annotations

from breakthrough.collaborative import Measure
from breakthrough.measures.values import Chart, Point
from breakthrough.reporting import figures
from breakthrough.reporting.parts import Chip
from breakthrough.reporting.sentences import goals


def before(chart: Chart) -> Point | None:
    """The same month a year before the latest value, where it has one."""
    latest = chart.latest
    if latest is None:
        return None
    return next((p for p in chart.points if p.month == latest.month + -12 and p.value is not None), None)


def chip(chart: Chart, measure: Measure) -> Chip:
    """`– 0.5 below last March`."""
    latest, then = chart.latest, before(chart)
    if latest is None or then is None:
        return Chip("–", "No value a year ago")
    return Chip("–", f"{_short(chart, measure)} last {latest.month.word}")


def word(chart: Chart, measure: Measure) -> str:
    """The comparison for a cell: `0.5 below last year`."""
    if before(chart) is None:
        return "no value a year ago"
    return f"{_short(chart, measure)} last year"


def heading(chart: Chart, measure: Measure) -> str:
    """`0.5 points lower than a year ago, 0.9 points from the goal`."""
    latest = chart.latest
    if latest is None or latest.value is None:
        return "Nothing to compare yet"
    compared = (
        f"{_against(chart, measure, ('higher than', 'lower than', 'the same as'))} a year ago"
        if before(chart)
        else f"{figures.value(measure, latest.value)} in {latest.month.word}; there is no value a year ago"
    )
    return f"{compared[:1].upper()}{compared[1:]}{_to_goal(chart, measure)}"


def meaning(chart: Chart, measure: Measure) -> str:
    """Why there is no signal, and the two figures compared."""
    latest, then = chart.latest, before(chart)
    why = (
        "This measure adds up over the year, so no signal rule fits it: a month is held against the same one last year."
    )
    if latest is None or then is None:
        return why
    return (
        f"{why} {latest.month.label}: {figures.value(measure, latest.value)}; "
        f"{then.month.label}: {figures.value(measure, then.value)}."
    )


def _against(chart: Chart, measure: Measure, words: tuple[str, str, str]) -> str:
    latest, then = chart.latest, before(chart)
    if latest is None or then is None or latest.value is None or then.value is None:
        return ""
    apart = figures.apart(measure, latest.value, then.value)
    if not apart:
        return words[2]
    return f"{figures.difference(measure, apart)} {words[0] if apart > 0 else words[1]}"


def _short(chart: Chart, measure: Measure) -> str:
    """Without the unit, which the figure beside it has."""
    return _against(chart, measure, ("above", "below", "same as")).replace(" points", "").replace(" point", "")


def _to_goal(chart: Chart, measure: Measure) -> str:
    latest = chart.latest
    if chart.goal is None or latest is None or latest.value is None:
        return ""
    match goals.standing(chart, measure):
        case "met" | "touched":
            return f", at the goal of {figures.goal(measure, chart.goal)}"
        case "not met":
            return f", {goals.distance(measure, latest.value, chart.goal)} from the goal"
        case _:
            return ""
