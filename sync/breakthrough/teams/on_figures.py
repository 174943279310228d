"""Flags about what a team sends and what its figures show: silence, lateness, worsening, doubts, open requests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from breakthrough.collaborative import Measure
from breakthrough.english import capital, listed, many, short_day, spelled
from breakthrough.measures import Chart, Signal
from breakthrough.month import Month
from breakthrough.teams.case import Case
from breakthrough.teams.values import Ask, Flag


def ask_open(case: Case) -> Iterator[Flag]:
    """A request for help open for more than a week; the oldest, and how many more."""
    old = [ask for ask in case.asks if ask.age(case.today) > case.limits.ask_days]
    if old:
        ask = min(old, key=lambda one: one.since)
        whom = f"Asked {_whom(ask.of)} for help" if ask.of else "Asked for help"
        more = f" {capital(spelled(len(old) - 1))} more open." if len(old) > 1 else ""
        evidence = f"{whom} on {short_day(ask.since)}, {many(ask.age(case.today), 'day')} ago. {_standing(ask)}{more}"
        yield case.flag("ask_open", "high", ask.since, evidence, "Answer the request, or say who will and by when.")


def silent(case: Case) -> Iterator[Flag]:
    """Two months or more, past their due day, with no figures and no report."""
    quiet = _quiet(case)
    if len(quiet) >= case.limits.silent_months:
        evidence = f"Neither figures nor a report for {_months(quiet)}."
        since = case.collaborative.calendar.due(quiet[0])
        move = "Ring the team: is the work going on, and what would help them back?"
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
        evidence = f"Not sent for {case.month.label}: {names}. It was due on {short_day(since)}."
        move = "Ask who enters the counts and what stands in the way this month."
        yield case.flag("late", "medium", since, evidence, move)


def worse(case: Case) -> Iterator[Flag]:
    """A worsening signal that stands, on an outcome or balancing measure; one flag for each measure."""
    for code, measure in case.measures("outcome", "balancing"):
        chart = case.charts.get(code)
        signal = _worsening(chart) if chart and chart.verdict == "worsening" else None
        if chart and signal:
            months = _beyond_in_a_row(chart, signal) if signal.rule == "limits" else signal.months
            evidence = f"{measure.name}: worsening signal. {_seen(signal, months, measure)}"
            move = f"Look at the chart together: what changed in {months[0].label}? Check the counts first."
            yield case.flag("worse", "high", months[0].first, evidence, move, about=code)


def data_odd(case: Case) -> Iterator[Flag]:
    """Figures of the month to look at again; the first of them, and how many more."""
    if case.doubts:
        more = len(case.doubts) - 1
        evidence = case.doubts[0].evidence + (f" {capital(spelled(more))} more to check." if more else "")
        move = f"Ask the data lead to check the counts for {case.month.label} in REDCap."
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
        "It was passed on, and not answered yet."
        if ask.state == "passed on"
        else "Nothing here says that it is answered."
    )


def _whom(of: str) -> str:
    return {"faculty": "the faculty", "other team": "another team"}.get(of, f"the {of}")


def _months(months: tuple[Month, ...]) -> str:
    if len(months) <= 3:
        return listed([month.label for month in months])
    return f"{spelled(len(months))} months, {months[0].label} to {months[-1].label}"


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
    side = "above" if measure.direction == "lower" else "below"
    stretch = f"{months[0].label} to {months[-1].label}"
    if signal.rule == "limits":
        lie = f"{months[0].label} lies" if len(months) == 1 else f"{stretch} lie"
        return f"{lie} {side} the limits around the {signal.line}."
    if signal.rule == "trend":
        way = "rising" if measure.direction == "lower" else "falling"
        return f"{capital(spelled(signal.count))} months in a row {way}, {stretch}."
    if signal.rule == "two_of_three":
        return f"{capital(spelled(signal.count))} months close to the limit {side} the {signal.line}, {stretch}."
    return f"{capital(spelled(signal.count))} months in a row {side} the {signal.line}, {stretch}."
