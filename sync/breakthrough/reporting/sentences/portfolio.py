"""The coach's sentences: whom to begin with, who has sent, what the collaborative's line says, what went well."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from breakthrough.collaborative import Measure
from breakthrough.language import capital, listed, message_as, say, say_as, says, worded
from breakthrough.measures import saying
from breakthrough.measures.values import Chart, Pooled
from breakthrough.month import Month
from breakthrough.reporting import figures
from breakthrough.reporting.clean import line
from breakthrough.reporting.sentences import lines, patterns, verdicts
from breakthrough.reporting.sentences.words import days, joined, named, shortened, span
from breakthrough.teams.values import Flag, Pdsa

_FLAGS = {
    "ask_open": message_as("a flag in the coach’s grid", "ask open"),
    "silent2": message_as("a flag in the coach’s grid", "silent two months"),
    "worse": message_as("a flag in the coach’s grid", "worsening signal"),
    "late": message_as("a flag in the coach’s grid", "counts late"),
    "no_test": message_as("a flag in the coach’s grid", "no test under way"),
    "stuck_test": message_as("a flag in the coach’s grid", "test without result"),
    "big_first": message_as("a flag in the coach’s grid", "first test large"),
    "gap": message_as("a flag in the coach’s grid", "ratings apart"),
    "claim": message_as("a flag in the coach’s grid", "rating without data"),
    "plateau": message_as("a flag in the coach’s grid", "rating unmoved"),
    "absent": message_as("a flag in the coach’s grid", "missed two events"),
    "leader": message_as("a flag in the coach’s grid", "no leader contact"),
    "driver_gap": message_as("a flag in the coach’s grid", "driver untouched"),
    "data_odd": message_as("a flag in the coach’s grid", "data doubt"),
    "unrated": message_as("a flag in the coach’s grid", "not rated"),
}
_OF = {
    "coach": message_as("whom an ask is for", "you"),
    "senior leader": message_as("whom an ask is for", "senior leader"),
    "faculty": message_as("whom an ask is for", "faculty"),
    "other team": message_as("whom an ask is for", "another team"),
}


def flag(one: Flag) -> str:
    """A flag in two or three words."""
    return say_as(*_FLAGS[one.code]) if one.code in _FLAGS else one.code.replace("_", " ")


def asked_of(whom: str) -> str:
    """Whom an ask is for, as the coach reads it."""
    return say_as(*_OF[whom]) if whom in _OF else say_as("whom an ask is for", "anyone")


def headline(first: str, improving: int, worsening: int, of: int) -> str:
    """`Begin with Sunderland. Four of twelve teams show an improving signal; none is worsening.`."""
    begin = say("Begin with {team}.", team=first) if first else say("No team raises a flag this month.")
    return joined(begin, say("{improving}; {worsening}.", improving=_up(improving, of), worsening=_down(worsening)))


def _up(number: int, of: int) -> str:
    if not number:
        return say("No team shows an improving signal")
    teams = worded("{n} team", "{n} teams", of)
    return capital(
        worded(
            "{n} of {teams} shows an improving signal", "{n} of {teams} show an improving signal", number, teams=teams
        )
    )


def _down(number: int) -> str:
    if not number:
        return say("none is worsening")
    return worded("{n} shows a worsening one", "{n} show a worsening one", number)


def sent(month: Month, here: int, of: int, on_time: int | None, due: str) -> str:
    """`10 of 12 teams have sent March, 8 of them by the due day, Fri 10 April.`."""
    if of == 0:
        return say("No team owes counts for {month}.", month=month.word)
    places = {"of": of, "month": month.word, "day": due}
    if on_time is None or here == 0:
        return says("{n} of {of} teams has sent {month}.", "{n} of {of} teams have sent {month}.", here, **places)
    if on_time == here:
        return says(
            "{n} of {of} teams has sent {month}, all of them by the due day, {day}.",
            "{n} of {of} teams have sent {month}, all of them by the due day, {day}.",
            here,
            **places,
        )
    return says(
        "{n} of {of} teams has sent {month}, {some} of them by the due day, {day}.",
        "{n} of {of} teams have sent {month}, {some} of them by the due day, {day}.",
        here,
        some=on_time,
        **places,
    )


def not_sent(
    absent: Sequence[tuple[str, Sequence[Month]]], partly: Sequence[str], silent: Sequence[str], now: Month
) -> str:
    """Which teams' months are not here, and who has sent neither counts nor a report for two months."""
    names = [f"{name} ({listed([named(month, now) for month in months])})" for name, months in absent]
    return joined(
        say("Not sent: {teams}.", teams=shortened(names, 6)) if absent else "",
        say("In part: {teams}.", teams=shortened(partly, 6)) if partly else "",
        say("Silent, neither counts nor a report for two months: {teams}.", teams=shortened(silent, 6))
        if silent
        else "",
    )


def pooled_heading(now: Pooled, measure: Measure) -> str:
    """`Pooled 7.2%, median of teams 7.0%; no team at the goal of 6.5%`."""
    month = now.month.word
    if now.suppressed == "all":
        return say("The pooled figure of {month} is withheld, so that no small number can be told from it", month=month)
    if now.reporting == 0:
        return say("No team has a figure for {month} yet", month=month)
    pooled = figures.value(measure, now.pooled) if now.pooled is not None else ""
    if now.at_goal is None:
        if not pooled:
            return say("The median of teams is withheld, so that no small number can be told from it")
        return say(
            "Pooled {figure}; the median of teams is withheld, so that no small number can be told from it",
            figure=pooled,
        )
    middle = figures.value(measure, now.median)
    head = (
        say("Pooled {figure}, median of teams {median}", figure=pooled, median=middle)
        if pooled
        else say("Median of teams {median}", median=middle)
    )
    goal, _ = measure.goal_at(now.month)
    if goal is None:
        return head
    wanted = figures.goal(measure, goal)
    if not now.at_goal:
        return say("{figures}; no team at the goal of {goal}", figures=head, goal=wanted)
    return worded(
        "{figures}; {n} team at the goal of {goal}",
        "{figures}; {n} teams at the goal of {goal}",
        now.at_goal,
        figures=head,
        goal=wanted,
    )


def pooled_meaning(now: Pooled, measure: Measure, finding: verdicts.Verdict) -> str:
    """What the pooled figure is made of, whether it is final, and whether the collaborative's line shows a signal."""
    made = pooled_sums(now, measure)
    waiting = now.expected - now.reporting - now.no_cases
    return joined(made, _waited_for(now, waiting) if waiting > 0 else "", f"{finding.heading}.", finding.meaning)


def pooled_sums(now: Pooled, measure: Measure) -> str:
    """`Pooled is 90,000 of 1,200,000, in 11 of 12 teams.`; '' where the figure is not of cases."""
    if now.pooled is None or not measure.of_cases:
        return ""
    sums = figures.of(now.numerator, now.denominator)
    return say("Pooled is {sums}, in {here} of {of} teams.", sums=sums, here=now.reporting, of=now.expected)


def _waited_for(now: Pooled, number: int) -> str:
    month = now.month.word
    if now.provisional:
        return worded(
            "Provisional: {n} team has no figure for {month} yet.",
            "Provisional: {n} teams have no figure for {month} yet.",
            number,
            month=month,
        )
    return capital(
        worded(
            "{n} team has no figure for {month} yet.", "{n} teams have no figure for {month} yet.", number, month=month
        )
    )


def bright(chart: Chart, measure: Measure, cycles: Sequence[Pdsa]) -> str:
    """`Held below the line: 7 above its baseline median since September. Tested before or meanwhile: D1b, D1c.`."""
    now = chart.points[-1].month
    signal = verdicts.newest(chart)
    if signal is None:
        return ""
    since = named(signal.since, now)
    if signal.rule == "limits":
        found = say("{months} beyond the limit on the good side", months=span(signal.months, now))
        before = _before(cycles, signal.since)
        tested = _untested(cycles) if not before else _began(before, since)
    else:
        before = _before(cycles, signal.months[-1])
        tested = _untested(cycles) if not before else _meanwhile(before)
        if signal.rule in {"trend", "two_of_three"}:
            found = say("{pattern}, from {month}", pattern=patterns.short(chart, signal), month=since)
        else:
            places = {
                "points": saying.counted(signal.count, chart.each),
                "line": lines.name(chart, "its"),
                "month": since,
            }
            found = (
                say("{points} in a row above {line}, from {month}", **places)
                if lines.side(chart, signal.months) == "above"
                else say("{points} in a row below {line}, from {month}", **places)
            )
    return joined(say("{measure}: {finding}.", measure=measure.name, finding=found), tested)


def full_logs(closed: Sequence[tuple[str, int]]) -> str:
    """Teams whose tests closed this month were all fully documented."""
    if not closed:
        return ""
    names = [worded("{team} ({n} test)", "{team} ({n} tests)", number, team=name) for name, number in closed]
    return say("Closed this month with all eight points of a well-kept log: {teams}.", teams=shortened(names, 4))


def _before(cycles: Sequence[Pdsa], last: Month) -> list[Pdsa]:
    """What was tested up to that month: a shift builds up, so what began meanwhile counts."""
    return [one for one in cycles if one.start is not None and Month.of(one.start) <= last]


def _untested(cycles: Sequence[Pdsa]) -> str:
    if not cycles:
        return say("No test on record bears on it: ask what they did.")
    return say("No test on record came before it: ask what they did.")


def _meanwhile(before: Sequence[Pdsa]) -> str:
    """A sequence of events, never put forward as their cause."""
    return capital(
        worded(
            "{n} test of {ideas} came before or meanwhile; that is sequence, not proof.",
            "{n} tests of {ideas} came before or meanwhile; that is sequence, not proof.",
            len(before),
            ideas=_ideas(before),
        )
    )


def _began(before: Sequence[Pdsa], month: str) -> str:
    """A month beyond a limit is there from the first on, so what began meanwhile does not count."""
    return capital(
        worded(
            "{n} test of {ideas} began in {month} or before; that is sequence, not proof.",
            "{n} tests of {ideas} began in {month} or before; that is sequence, not proof.",
            len(before),
            ideas=_ideas(before),
            month=month,
        )
    )


def _ideas(cycles: Sequence[Pdsa]) -> str:
    ideas = dict.fromkeys(line(one.idea or one.ramp, 24) or say("an idea without code") for one in cycles)
    return shortened(list(ideas), 4)


def contact(last: dt.date | None, today: dt.date) -> str:
    """`Last contact 12 days ago`."""
    if last is None:
        return say("No contact noted yet")
    if last == today:
        return say("Last contact today")
    return say("Last contact {days} ago", days=days((today - last).days))


def counted(newest: Month | None, now: Month) -> str:
    """`counts up to March`, or how far they are behind."""
    if newest is None:
        return say("no counts yet")
    told = named(newest, now)
    if newest >= now:
        return say("counts up to {month}", month=told)
    return worded(
        "counts up to {month}, {n} month behind", "counts up to {month}, {n} months behind", now - newest, month=told
    )
