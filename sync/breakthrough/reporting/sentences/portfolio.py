"""The coach's sentences: whom to begin with, who has sent, what the collaborative's line says, what went well."""

from __future__ import annotations

from collections.abc import Sequence

from breakthrough.collaborative import Measure
from breakthrough.measures.values import Chart, Pooled
from breakthrough.month import Month
from breakthrough.reporting import figures
from breakthrough.reporting.clean import line
from breakthrough.reporting.sentences import lines, patterns, verdicts
from breakthrough.reporting.sentences.words import capital, listed, named, plural, shortened, span
from breakthrough.teams.values import Flag, Pdsa

_FLAGS = {
    "ask_open": "ask open",
    "silent2": "silent two months",
    "worse": "worsening signal",
    "late": "counts late",
    "no_test": "no test under way",
    "stuck_test": "test without result",
    "big_first": "first test large",
    "gap": "ratings apart",
    "claim": "rating without data",
    "plateau": "rating unmoved",
    "absent": "missed two events",
    "leader": "no leader contact",
    "driver_gap": "driver untouched",
    "data_odd": "data doubt",
    "unrated": "not rated",
}
_OF = {"coach": "you", "senior leader": "senior leader", "faculty": "faculty", "other team": "another team"}


def flag(one: Flag) -> str:
    """A flag in two or three words."""
    return _FLAGS.get(one.code, one.code.replace("_", " "))


def asked_of(whom: str) -> str:
    """Whom an ask is for, as the coach reads it."""
    return _OF.get(whom, "anyone")


def headline(first: str, improving: int, worsening: int, of: int) -> str:
    """`Begin with Sunderland. Four of twelve teams show an improving signal; none is worsening.`."""
    begin = f"Begin with {first}. " if first else "No team raises a flag this month. "
    up = (
        "no team shows" if not improving else f"{figures.spelled(improving)} of {plural(of, 'team')} {_show(improving)}"
    )
    down = "none is worsening" if not worsening else f"{figures.spelled(worsening)} {_show(worsening)} a worsening one"
    return f"{begin}{capital(up)} an improving signal; {down}."


def _show(number: int) -> str:
    return "shows" if number == 1 else "show"


def sent(month: Month, here: int, of: int, on_time: int | None, due: str) -> str:
    """`10 of 12 teams have sent March, 8 of them by the due day, Fri 10 April.`."""
    if of == 0:
        return f"No team owes counts for {month.word}."
    verb = "has" if here == 1 else "have"
    many = "all" if on_time == here else str(on_time)
    time = "" if on_time is None or here == 0 else f", {many} of them by the due day, {due}"
    return f"{here} of {of} teams {verb} sent {month.word}{time}."


def not_sent(
    absent: Sequence[tuple[str, Sequence[Month]]], partly: Sequence[str], silent: Sequence[str], now: Month
) -> str:
    """Which teams' months are not here, and who has sent neither counts nor a report for two months."""
    told = []
    if absent:
        names = [f"{name} ({listed([named(month, now) for month in months])})" for name, months in absent]
        told.append(f"Not sent: {shortened(names, 6)}.")
    if partly:
        told.append(f"In part: {shortened(partly, 6)}.")
    if silent:
        told.append(f"Silent, neither counts nor a report for two months: {shortened(silent, 6)}.")
    return " ".join(told)


def pooled_heading(now: Pooled, measure: Measure) -> str:
    """`Pooled 7.2%, median of teams 7.0%; no team at the goal of 6.5%`."""
    if now.suppressed == "all":
        return f"The pooled figure of {now.month.word} is withheld, so that no small number can be told from it"
    if now.reporting == 0:
        return f"No team has a figure for {now.month.word} yet"
    head = f"Pooled {figures.value(measure, now.pooled)}" if now.pooled is not None else ""
    if now.at_goal is None:
        told = "the median of teams is withheld, so that no small number can be told from it"
        return f"{head}; {told}" if head else capital(told)
    middle = f"median of teams {figures.value(measure, now.median)}"
    head = f"{head}, {middle}" if head else capital(middle)
    goal, _ = measure.goal_at(now.month)
    if goal is None:
        return head
    there = plural(now.at_goal, "team") if now.at_goal else "no team"
    return f"{head}; {there} at the goal of {figures.goal(measure, goal)}"


def pooled_meaning(now: Pooled, measure: Measure, finding: verdicts.Verdict) -> str:
    """What the pooled figure is made of, whether it is final, and whether the collaborative's line shows a signal."""
    parts = []
    if now.pooled is not None and measure.of_cases:
        sums = figures.of(now.numerator, now.denominator)
        parts.append(f"Pooled is {sums}, in {now.reporting} of {now.expected} teams.")
    waiting = now.expected - now.reporting - now.no_cases
    if waiting > 0:
        verb = "has" if waiting == 1 else "have"
        still = f"{plural(waiting, 'team')} {verb} no figure for {now.month.word} yet."
        parts.append(f"Provisional: {still}" if now.provisional else capital(still))
    parts.append(f"{finding.heading}. {finding.meaning}".strip())
    return " ".join(parts)


def bright(chart: Chart, measure: Measure, cycles: Sequence[Pdsa]) -> str:
    """`Held below the line: 7 above its baseline median since September. Tested before or meanwhile: D1b, D1c.`."""
    now = chart.points[-1].month
    signal = verdicts.newest(chart)
    if signal is None:
        return ""
    if signal.rule == "limits":
        found = f"{span(signal.months, now)} beyond the limit on the good side"
        tested = _tested(cycles, signal.since, f"began in {named(signal.since, now)} or before")
    elif signal.rule in {"trend", "two_of_three"}:
        found = f"{patterns.short(chart, signal)}, from {named(signal.since, now)}"
        tested = _tested(cycles, signal.months[-1], "came before or meanwhile")
    else:
        side = lines.side(chart, signal.months)
        months = f"{plural(signal.count, chart.each)} in a row {side} {lines.name(chart, 'its')}"
        found = f"{months}, from {named(signal.since, now)}"
        tested = _tested(cycles, signal.months[-1], "came before or meanwhile")
    return f"{measure.name}: {found}. {tested}"


def full_logs(closed: Sequence[tuple[str, int]]) -> str:
    """Teams whose tests closed this month were all fully documented."""
    if not closed:
        return ""
    names = [f"{name} ({plural(number, 'test')})" for name, number in closed]
    return f"Closed this month with all eight points of a well-kept log: {shortened(names, 4)}."


def _tested(cycles: Sequence[Pdsa], last: Month, when: str) -> str:
    """What was tested up to that month, and `when` that was: a sequence of events, never put forward as their cause.

    A shift builds up over months, so what began meanwhile counts; a month beyond a limit is there from the first on.
    """
    before = [one for one in cycles if one.start is not None and Month.of(one.start) <= last]
    if not before:
        return f"No test on record {'bears on it' if not cycles else 'came before it'}: ask what they did."
    ideas = dict.fromkeys(line(one.idea or one.ramp, 24) or "an idea without code" for one in before)
    tests = plural(len(before), "test")
    return f"{capital(tests)} of {shortened(list(ideas), 4)} {when}; that is sequence, not proof."
