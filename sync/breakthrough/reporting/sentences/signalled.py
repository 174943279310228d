"""A signal in words: months in a row on one side of the line, crossings of it, and months beyond a limit."""

from __future__ import annotations

from math import isclose

from breakthrough.collaborative import Measure
from breakthrough.language import capital, say, says, spelled
from breakthrough.measures import saying
from breakthrough.measures.saying import Whose
from breakthrough.measures.signals import FADED
from breakthrough.measures.values import Chart, Signal
from breakthrough.month import Month
from breakthrough.reporting import figures
from breakthrough.reporting.sentences import lines, patterns, seasons
from breakthrough.reporting.sentences.patterns import a_signal
from breakthrough.reporting.sentences.words import joined, named, series, span, times


def told(chart: Chart, measure: Measure, signal: Signal, whose: Whose) -> tuple[str, str]:
    """Heading and meaning of a signal: what was counted, against what, and what would change the verdict."""
    match signal.rule:
        case "shift":
            return _shift(chart, measure, signal, whose)
        case "crossings":
            return _crossings(chart, measure, signal, whose)
        case "trend":
            return patterns.trend(chart, measure, signal)
        case "two_of_three":
            return patterns.two_of_three(chart, measure, signal, whose)
        case "few_runs" | "many_runs":
            return patterns.runs(chart, measure, signal, whose)
        case _:
            return _limits(chart, measure, signal, whose)


def _shift(chart: Chart, measure: Measure, signal: Signal, whose: Whose) -> tuple[str, str]:
    now, where = chart.points[-1].month, lines.side(chart, signal.months)
    ended = chart.run is not None and chart.run.months[-1] > signal.months[-1]
    places = {
        "points": capital(saying.counted(signal.count, chart.each)),
        "line": lines.name(chart, whose),
        "until": named(signal.months[-1], now),
        "finding": a_signal(signal.direction) if chart.verdict == signal.direction else say("it has faded since"),
    }
    if ended and where == "above":
        heading = say("{points} in a row above {line}, until {until}: {finding}", **places)
    elif ended:
        heading = say("{points} in a row below {line}, until {until}: {finding}", **places)
    elif where == "above":
        heading = say("{points} in a row above {line}: {finding}", **places)
    else:
        heading = say("{points} in a row below {line}: {finding}", **places)
    return heading, joined(
        _against_chance(chart, measure, signal, whose),
        seasons.doubt(chart, measure, signal),
        say("Something changed; the chart cannot say what."),
        _since(chart, where) if ended else _ending(chart, where),
    )


def _against_chance(chart: Chart, measure: Measure, signal: Signal, whose: Whose) -> str:
    above = lines.side(chart, signal.months) == "above"
    places = {
        "span": capital(span(signal.months, chart.points[-1].month)),
        "line": lines.with_height(chart, measure, whose),
        "number": spelled(signal.needed - 1 if chart.rules == "anhoej" else signal.needed),
    }
    if chart.rules == "anhoej":
        told = (
            say("{span} lay above {line}; chance alone explains up to {number} in a row.", **places)
            if above
            else say("{span} lay below {line}; chance alone explains up to {number} in a row.", **places)
        )
    else:  # fixed lengths, which chance exceeds more often in longer series
        told = (
            say("{span} lay above {line}; the rules in use take {number} in a row for a signal.", **places)
            if above
            else say("{span} lay below {line}; the rules in use take {number} in a row for a signal.", **places)
        )
    points = capital(saying.several(chart.each))
    aside = say("{points} on the line itself are not counted.", points=points) if _touches(chart, signal) else ""
    return joined(told, aside)


def _touches(chart: Chart, signal: Signal) -> bool:
    """Whether a month between the signal's first and last lies on the line: it neither counts nor breaks the run."""
    first, last = signal.months[0], signal.months[-1]
    between = [
        (point.value, height)
        for point, height in zip(chart.points, chart.centre, strict=True)
        if first < point.month < last and point.month not in signal.months
    ]
    return any(value is not None and height is not None and isclose(value, height) for value, height in between)


def _ending(chart: Chart, where: lines.Side) -> str:
    if chart.rules != "nhs":
        return _again(chart, where)
    point = saying.one(chart.each)
    if where == "above":
        return say("One {point} below the line would end the signal.", point=point)
    return say("One {point} above the line would end the signal.", point=point)


def _again(chart: Chart, where: lines.Side) -> str:
    points = capital(saying.counted(FADED, chart.each))
    if where == "above":
        return say("{points} in a row below the line would end the signal.", points=points)
    return say("{points} in a row above the line would end the signal.", points=points)


def _since(chart: Chart, where: lines.Side) -> str:
    """What has come after a shift whose last month has passed."""
    if chart.run is None or chart.run.side in {"none", where}:
        return _again(chart, where)
    back = len(chart.run.months)
    points, above = saying.counted(back, chart.each), chart.run.side == "above"
    if back < FADED:
        faded = spelled(FADED)
        if above:
            return says(
                "Since then {points} in a row lies above; at {faded} the signal would end.",
                "Since then {points} in a row lie above; at {faded} the signal would end.",
                back,
                points=points,
                faded=faded,
            )
        return says(
            "Since then {points} in a row lies below; at {faded} the signal would end.",
            "Since then {points} in a row lie below; at {faded} the signal would end.",
            back,
            points=points,
            faded=faded,
        )
    needed = spelled(chart.run.needed)
    if above:
        return say(
            "Since then {points} in a row lie above; {needed} would be a signal the other way.",
            points=points,
            needed=needed,
        )
    return say(
        "Since then {points} in a row lie below; {needed} would be a signal the other way.",
        points=points,
        needed=needed,
    )


def _crossings(chart: Chart, measure: Measure, signal: Signal, whose: Whose) -> tuple[str, str]:
    places = {
        "points": saying.several(chart.each),
        "line": lines.name(chart, whose),
        "times": times(signal.count),
        "finding": a_signal(signal.direction),
    }
    heading = (
        say("The {points} have crossed {line} only {times}: {finding}", **places)
        if signal.count
        else say("The {points} have never crossed {line}: {finding}", **places)
    )
    return heading, joined(
        say(
            "{counted} were counted against {line}.",
            counted=capital(saying.counted(chart.n_useful, chart.each)),
            line=lines.with_height(chart, measure, whose),
        ),
        say("By chance alone they would cross it {times} or more.", times=times(signal.needed)),
        _latest_run(chart),
        say("The rules do not say what that means."),
    )


def _latest_run(chart: Chart) -> str:
    if chart.run is None or chart.run.side == "none" or len(chart.run.months) < 2:
        return patterns.long_stretches(chart)
    number = spelled(len(chart.run.months))
    if chart.run.side == "above":
        return say("The latest {number} in a row lie above.", number=number)
    return say("The latest {number} in a row lie below.", number=number)


def _limits(chart: Chart, measure: Measure, signal: Signal, whose: Whose) -> tuple[str, str]:
    now, where, last = chart.points[-1].month, lines.side(chart, signal.months), signal.months[-1]
    number, months = len(signal.months), capital(series(signal.months, now))
    finding, point = a_signal(signal.direction), saying.one(chart.each)
    places = {
        "month": named(last, now),
        "value": figures.value(measure, lines.farthest(chart, last, where)),
        "bound": figures.value(measure, _bound(chart, last, where)),
        "line": lines.with_height(chart, measure, whose),
    }
    if where == "above":
        heading = says(
            "{months} lies above the upper limit: {finding}",
            "{months} lie above the upper limit: {finding}",
            number,
            months=months,
            finding=finding,
        )
        told = say("{month} is {value}; the upper limit then is {bound}, three sigma from {line}.", **places)
    else:
        heading = says(
            "{months} lies below the lower limit: {finding}",
            "{months} lie below the lower limit: {finding}",
            number,
            months=months,
            finding=finding,
        )
        told = say("{month} is {value}; the lower limit then is {bound}, three sigma from {line}.", **places)
    lasting = (
        say(
            "{points} running is no accident of one; the chart cannot say why.",
            points=capital(saying.counted(number, chart.each)),
        )
        if number > 1
        else say(
            "One {point} alone asks what was different then; more of them would show a lasting change.", point=point
        )
    )
    return heading, joined(told, say("Chance alone rarely goes that far."), lasting)


def _bound(chart: Chart, month: Month, where: lines.Side) -> float | None:
    bounds = chart.upper if where == "above" else chart.lower
    return next((b for point, b in zip(chart.points, bounds, strict=True) if point.month == month), None)
