"""Flags about what a team sends and what its figures show: silence, lateness, worsening, doubts, open requests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from breakthrough.collaborative import Measure
from breakthrough.language import capital, listed, say, says, short_day, worded
from breakthrough.measures import Chart, Signal, saying
from breakthrough.month import Month
from breakthrough.teams.case import Case
from breakthrough.teams.values import Ask, Flag


def ask_open(case: Case) -> Iterator[Flag]:
    """A request for help open for more than a week; the oldest, and how many more."""
    old = [ask for ask in case.asks if ask.age(case.today) > case.limits.ask_days]
    if old:
        ask = min(old, key=lambda one: one.since)
        places = {"day": short_day(ask.since), "n": ask.age(case.today)}
        evidence = " ".join([_asked(ask.of, ask.age(case.today), places), _standing(ask), *_more_open(len(old) - 1)])
        move = say("Answer the request, or say who will and by when.")
        yield case.flag("ask_open", "high", ask.since, evidence, move)


def _asked(of: str, days: int, places: dict[str, object]) -> str:
    match of:
        case "":
            return says(
                "Asked for help on {day}, {n} day ago.", "Asked for help on {day}, {n} days ago.", days, **places
            )
        case "faculty":
            return says(
                "Asked the faculty for help on {day}, {n} day ago.",
                "Asked the faculty for help on {day}, {n} days ago.",
                days,
                **places,
            )
        case "other team":
            return says(
                "Asked another team for help on {day}, {n} day ago.",
                "Asked another team for help on {day}, {n} days ago.",
                days,
                **places,
            )
        case "coach":
            return says(
                "Asked the coach for help on {day}, {n} day ago.",
                "Asked the coach for help on {day}, {n} days ago.",
                days,
                **places,
            )
        case _:
            return says(
                "Asked the senior leader for help on {day}, {n} day ago.",
                "Asked the senior leader for help on {day}, {n} days ago.",
                days,
                **places,
            )


def _more_open(number: int) -> list[str]:
    return [capital(worded("{n} more open.", "{n} more open.", number))] if number else []


def silent(case: Case) -> Iterator[Flag]:
    """Two months or more, past their due day, with no figures and no report."""
    quiet = _quiet(case)
    if len(quiet) >= case.limits.silent_months:
        evidence = say("Neither figures nor a report for {months}.", months=_months(quiet))
        since = case.collaborative.calendar.due(quiet[0])
        move = say("Ring the team: is the work going on, and what would help them back?")
        yield case.flag("silent2", "high", since, evidence, move)


def late(case: Case) -> Iterator[Flag]:
    """Key figures of the month not there after the due day and its grace; silence says it already, and more."""
    if len(_quiet(case)) >= case.limits.silent_months:
        return
    calendar = case.collaborative.calendar
    owed = [
        (measure.name, calendar.due(case.month, measure.lag))
        for code, measure in case.collaborative.key_measures.items()
        if case.states.get((code, case.month)) in {"missing", "late"}
        and case.today > calendar.due(case.month, measure.lag) + dt.timedelta(calendar.grace_days)
    ]
    if owed:
        since = min(due for _, due in owed)
        names = listed([name for name, _ in owed])
        evidence = say(
            "Not sent for {month}: {measures}. It was due on {day}.",
            month=case.month.label,
            measures=names,
            day=short_day(since),
        )
        move = say("Ask who enters the counts and what stands in the way this month.")
        yield case.flag("late", "medium", since, evidence, move)


def worse(case: Case) -> Iterator[Flag]:
    """A worsening signal that stands, on an outcome or balancing measure; one flag for each measure."""
    for code, measure in case.measures("outcome", "balancing"):
        chart = case.charts.get(code)
        signal = _worsening(chart) if chart and chart.verdict == "worsening" else None
        if chart and signal:
            months = _beyond_in_a_row(chart, signal) if signal.rule == "limits" else signal.months
            seen = _seen(signal, months, measure)
            evidence = say("{measure}: worsening signal. {seen}", measure=measure.name, seen=seen)
            move = say(
                "Look at the chart together: what changed in {month}? Check the counts first.", month=months[0].label
            )
            yield case.flag("worse", "high", months[0].first, evidence, move, about=code)


def data_odd(case: Case) -> Iterator[Flag]:
    """Figures of the month to look at again; the first of them, and how many more."""
    if case.doubts:
        more = len(case.doubts) - 1
        evidence = case.doubts[0].evidence
        if more:
            further = worded("{n} more to check.", "{n} more to check.", more)
            evidence = f"{evidence} {capital(further)}"
        move = say("Ask the data lead to check the counts for {month} in REDCap.", month=case.month.label)
        yield case.flag("data_odd", "low", (case.month + 1).first, evidence, move)


def _quiet(case: Case) -> tuple[Month, ...]:
    """The newest months in a row that are due and of which nothing has come, oldest first."""
    calendar = case.collaborative.calendar
    quiet: list[Month] = []
    for month in reversed(case.months):
        owed = case.team.expected(month) and month >= Month.of(case.team.joined)
        if month in case.sent or month in case.narratives or not owed:
            break
        if case.today > calendar.due(month):
            quiet.insert(0, month)
    return tuple(quiet)


def _standing(ask: Ask) -> str:
    return (
        say("It was passed on, and not answered yet.")
        if ask.state == "passed on"
        else say("Nothing here says that it is answered.")
    )


def _months(months: tuple[Month, ...]) -> str:
    if len(months) <= 3:
        return listed([month.label for month in months])
    return worded(
        "{n} month, {first} to {last}",
        "{n} months, {first} to {last}",
        len(months),
        first=months[0].label,
        last=months[-1].label,
    )


def _worsening(chart: Chart) -> Signal | None:
    """The newest worsening signal; a shift tells more than a point beyond the limits."""
    worsening = [signal for signal in chart.signals if signal.direction == "worsening"]
    return max(worsening, key=lambda signal: (signal.months[-1], signal.rule == "shift"), default=None)


def _beyond_in_a_row(chart: Chart, newest: Signal) -> tuple[Month, ...]:
    """The month beyond the limits and those right before it that lie beyond the same one: it began with the first."""
    beyond = {one.since for one in chart.signals if one.rule == "limits" and one.direction == newest.direction}
    months: list[Month] = []
    for point in reversed(chart.points):
        if point.month <= newest.since and point.state == "reported":
            if point.month not in beyond:
                break
            months.insert(0, point.month)
    return tuple(months) or newest.months


def _seen(signal: Signal, months: tuple[Month, ...], measure: Measure) -> str:
    above = measure.direction == "lower"  # worse is above, where lower is better
    if signal.rule == "limits":
        return _beyond(signal, months, above=above)
    places = {
        "line": saying.line(signal.line, "the"),
        "first": months[0].label,
        "last": months[-1].label,
    }
    number = signal.count
    if signal.rule == "trend":
        told = (
            worded(
                "{n} month in a row rising, {first} to {last}.",
                "{n} months in a row rising, {first} to {last}.",
                number,
                **places,
            )
            if above
            else worded(
                "{n} month in a row falling, {first} to {last}.",
                "{n} months in a row falling, {first} to {last}.",
                number,
                **places,
            )
        )
    elif signal.rule == "two_of_three":
        told = (
            worded(
                "{n} month close to the limit above {line}, {first} to {last}.",
                "{n} months close to the limit above {line}, {first} to {last}.",
                number,
                **places,
            )
            if above
            else worded(
                "{n} month close to the limit below {line}, {first} to {last}.",
                "{n} months close to the limit below {line}, {first} to {last}.",
                number,
                **places,
            )
        )
    else:
        told = (
            worded(
                "{n} month in a row above {line}, {first} to {last}.",
                "{n} months in a row above {line}, {first} to {last}.",
                number,
                **places,
            )
            if above
            else worded(
                "{n} month in a row below {line}, {first} to {last}.",
                "{n} months in a row below {line}, {first} to {last}.",
                number,
                **places,
            )
        )
    return capital(told)


def _beyond(signal: Signal, months: tuple[Month, ...], *, above: bool) -> str:
    which = (
        months[0].label if len(months) == 1 else say("{first} to {last}", first=months[0].label, last=months[-1].label)
    )
    line = saying.line(signal.line, "the")
    if above:
        return says(
            "{months} lies above the limits around {line}.",
            "{months} lie above the limits around {line}.",
            len(months),
            months=which,
            line=line,
        )
    return says(
        "{months} lies below the limits around {line}.",
        "{months} lie below the limits around {line}.",
        len(months),
        months=which,
        line=line,
    )
