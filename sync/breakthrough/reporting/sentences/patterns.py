"""Signals of the rule sets `ihi` and `nhs` that `anhoej` does not have: trends, two of three, the number of runs."""

from __future__ import annotations

from breakthrough.collaborative import Measure
from breakthrough.language import capital, say, spelled, worded
from breakthrough.measures import saying
from breakthrough.measures.saying import Whose
from breakthrough.measures.values import Chart, Direction, Signal
from breakthrough.reporting import figures
from breakthrough.reporting.sentences import lines
from breakthrough.reporting.sentences.words import joined, series, span


def a_signal(direction: Direction) -> str:
    """`an improving signal`."""
    match direction:
        case "improving":
            return say("an improving signal")
        case "worsening":
            return say("a worsening signal")
        case _:
            return say("an unusual pattern")


def trend(chart: Chart, measure: Measure, signal: Signal) -> tuple[str, str]:
    """`Five months in a row rising: a worsening signal`, from which value to which, and what would end it."""
    now, rising = chart.points[-1].month, lines.way(chart, signal.months) == "rising"
    values = {point.month: point.value for point in chart.points}
    first, last = (figures.value(measure, values.get(month)) for month in (signal.months[0], signal.months[-1]))
    points, finding = capital(saying.counted(signal.count, chart.each)), a_signal(signal.direction)
    heading = (
        say("{points} in a row rising: {finding}", points=points, finding=finding)
        if rising
        else say("{points} in a row falling: {finding}", points=points, finding=finding)
    )
    places = {
        "span": span(signal.months, now),
        "first": first,
        "last": last,
        "point": saying.one(chart.each),
        "number": spelled(signal.needed),
    }
    went = (
        say(
            "From {span} the figure went from {first} to {last}, each {point} higher than the one before; the rules in "
            "use take {number} in a row for a signal.",
            **places,
        )
        if rising
        else say(
            "From {span} the figure went from {first} to {last}, each {point} lower than the one before; the rules in "
            "use take {number} in a row for a signal.",
            **places,
        )
    )
    return heading, joined(went, say("Something changed; the chart cannot say what."), _end(chart, rising=rising))


def two_of_three(chart: Chart, measure: Measure, signal: Signal, whose: Whose) -> tuple[str, str]:
    """`January and March lie close to the upper limit: a worsening signal`, and what close means."""
    now, above = chart.points[-1].month, lines.side(chart, signal.months) == "above"
    months, finding = capital(series(signal.months, now)), a_signal(signal.direction)
    points, line = saying.several(chart.each), lines.with_height(chart, measure, whose)
    if above:
        heading = say("{months} lie close to the upper limit: {finding}", months=months, finding=finding)
        told = say(
            "Of three {points} running, all above {line}, two lie more than two sigma away from it; the limit is at "
            "three.",
            points=points,
            line=line,
        )
    else:
        heading = say("{months} lie close to the lower limit: {finding}", months=months, finding=finding)
        told = say(
            "Of three {points} running, all below {line}, two lie more than two sigma away from it; the limit is at "
            "three.",
            points=points,
            line=line,
        )
    return heading, joined(told, say("That is rare by chance alone."), say("The chart cannot say why."))


def runs(chart: Chart, measure: Measure, signal: Signal, whose: Whose) -> tuple[str, str]:
    """`The months make only two runs about your baseline median: an unusual pattern`, and what chance makes."""
    few, points = signal.rule == "few_runs", saying.several(chart.each)
    places = {"points": points, "line": lines.name(chart, whose), "finding": a_signal(signal.direction)}
    counted = say(
        "{counted} were counted against {line}; a run is the {points} between two crossings of it.",
        counted=capital(saying.counted(chart.n_useful, chart.each)),
        line=lines.with_height(chart, measure, whose),
        points=points,
    )
    number = spelled(signal.needed)
    if few:
        heading = worded(
            "The {points} make only {n} run about {line}: {finding}",
            "The {points} make only {n} runs about {line}: {finding}",
            signal.count,
            **places,
        )
        chance, why = say("By chance alone they make {number} or more.", number=number), long_stretches(chart)
    else:
        heading = worded(
            "The {points} make {n} run about {line}: {finding}",
            "The {points} make {n} runs about {line}: {finding}",
            signal.count,
            **places,
        )
        chance = say("By chance alone they make {number} or fewer.", number=number)
        why = say(
            "{which} jump from side to side, as where two kinds of {points} take turns.",
            which=capital(points),
            points=points,
        )
    return heading, joined(counted, chance, why, say("The rules do not say what that means."))


def long_stretches(chart: Chart) -> str:
    """What few runs and few crossings look like."""
    return say("{points} keep to one side for long stretches.", points=capital(saying.several(chart.each)))


def short(chart: Chart, signal: Signal) -> str:
    """Two or three words for a cell: `5 rising`, `near upper limit`, `few runs`."""
    if signal.rule == "trend":
        rising = lines.way(chart, signal.months) == "rising"
        return say("{n} rising", n=signal.count) if rising else say("{n} falling", n=signal.count)
    if signal.rule == "two_of_three":
        above = lines.side(chart, signal.months) == "above"
        return say("near upper limit") if above else say("near lower limit")
    return say("few runs") if signal.rule == "few_runs" else say("many runs")


def _end(chart: Chart, *, rising: bool) -> str:
    if chart.each == "event":
        if rising:
            return say("An event lower than the one before would end the signal.")
        return say("An event higher than the one before would end the signal.")
    point = saying.one(chart.each)
    if rising:
        return say("A {point} lower than the one before would end the signal.", point=point)
    return say("A {point} higher than the one before would end the signal.", point=point)
