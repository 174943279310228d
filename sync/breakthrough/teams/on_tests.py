"""Flags about a team's tests of change: none, stuck, too big to begin with, drivers nobody has touched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from breakthrough.language import capital, message_as, say, say_as, says, short_day, spelled, worded
from breakthrough.teams.case import Case
from breakthrough.teams.ramps import is_first
from breakthrough.teams.values import Flag, Pdsa


def no_test(case: Case) -> Iterator[Flag]:
    """No test begun or ended for 45 days in session, after the first learning session and before sustaining."""
    first = case.session(1)
    if first is None or case.collaborative.calendar.stage(case.today) == "sustaining":
        return
    dates = [date for cycle in case.pdsas for date in (cycle.start, cycle.end) if date and date <= case.today]
    since = max([*dates, first, case.team.joined])
    if case.in_session_days(since) > case.limits.test_days:
        evidence = _untested(case, since, max(dates, default=None))
        move = say("Plan one small test on the next call: one person, one day, one prediction.")
        yield case.flag("no_test", "medium", since + dt.timedelta(case.limits.test_days), evidence, move)


def stuck_test(case: Case) -> Iterator[Flag]:
    """A test that began more than 30 days ago, is not closed, and whose result is not written; the oldest."""
    stuck = [cycle for cycle in case.pdsas if _stuck(case, cycle)]
    if stuck:
        oldest = min(stuck, key=lambda cycle: cycle.start or case.today)
        began = oldest.start or case.today
        evidence = says(
            "{test} began on {day}, {n} day ago; what came out is not written.",
            "{test} began on {day}, {n} days ago; what came out is not written.",
            (case.today - began).days,
            test=_name(oldest),
            day=short_day(began),
        )
        if len(stuck) > 1:
            more = worded("{n} more like it.", "{n} more like it.", len(stuck) - 1)
            evidence = f"{evidence} {capital(more)}"
        move = say("Ask for three lines on what happened, or close the test as abandoned.")
        yield case.flag("stuck_test", "medium", began + dt.timedelta(case.limits.stuck_days), evidence, move)


def big_first(case: Case) -> Iterator[Flag]:
    """A ramp that begins with several classes at once or more, while that first test is open or recent; the newest."""
    recent = case.today - dt.timedelta(case.limits.test_days)
    big = [
        cycle
        for cycle in case.pdsas
        if cycle.kind in {"test", ""}
        and cycle.scale >= case.limits.big_scale
        and (cycle.status != "closed" or (cycle.start is not None and cycle.start >= recent))
        and is_first(cycle, case.pdsas)
    ]
    if big:
        newest = max(big, key=lambda cycle: cycle.start or cycle.planned_on or dt.date.min)
        since = newest.start or newest.planned_on or case.today
        evidence = say(
            "{test} is the first of its ramp and already takes in {scale}.",
            test=_name(newest),
            scale=say_as(*_SCALES[newest.scale]),
        )
        move = say("Suggest a try with one person or one class before that.")
        yield case.flag("big_first", "low", since, evidence, move)


def driver_gap(case: Case) -> Iterator[Flag]:
    """From the second learning session on, primary drivers none of whose ideas has been tested, or is said to be."""
    second = case.session(case.limits.driver_session)
    if second is None:
        return
    begun = _worked_on(case)
    untouched = [
        driver
        for driver in case.collaborative.drivers
        if driver.ideas and not begun & {idea.code for idea in driver.ideas}
    ]
    if untouched:
        of = spelled(len(case.collaborative.drivers))
        named = "; ".join(driver.title for driver in untouched)  # titles hold commas of their own
        evidence = (
            worded(
                "No test yet on {n} of {of} drivers: {drivers}.",
                "No test yet on {n} of {of} drivers: {drivers}.",
                len(untouched),
                of=of,
                drivers=named,
            )
            if len(untouched) < len(case.collaborative.drivers)
            else say("No test yet on any of the {of} drivers.", of=of)
        )
        move = say("Ask which idea they could try next, such as “{idea}”.", idea=untouched[0].ideas[0].title)
        yield case.flag("driver_gap", "low", second, evidence, move)


def _worked_on(case: Case) -> set[str]:
    """The change ideas that stand at the stage asked for: a test that has begun is stage 3."""
    least = case.limits.driver_stage
    said = {one.idea: one.stage for one in sorted(case.statements, key=lambda one: one.month)}
    begun = {cycle.idea for cycle in case.pdsas if cycle.start and cycle.start <= case.today}
    return {idea for idea, stage in said.items() if stage >= least} | (begun if least <= _TESTING else set())


_TESTING = 3  # cs_stage
_SCALES = {
    1: message_as("what a first test takes in", "one person"),
    2: message_as("what a first test takes in", "a few people"),
    3: message_as("what a first test takes in", "a whole class"),
    4: message_as("what a first test takes in", "several classes"),
    5: message_as("what a first test takes in", "the whole pilot site"),
    6: message_as("what a first test takes in", "more than the pilot site"),
}


def _untested(case: Case, since: dt.date, last: dt.date | None) -> str:
    """When the last test began or ended, and how long ago, counted from what came last."""
    number = (case.today - since).days
    if last == since:
        return says(
            "The last test began or ended on {day}; {n} day have passed since then.",
            "The last test began or ended on {day}; {n} days have passed since then.",
            number,
            day=short_day(since),
        )
    joined = since == case.team.joined
    if last is None and joined:
        return says(
            "No test has begun; {n} day have passed since the team joined.",
            "No test has begun; {n} days have passed since the team joined.",
            number,
        )
    if last is None:
        return says(
            "No test has begun; {n} day have passed since the first learning session.",
            "No test has begun; {n} days have passed since the first learning session.",
            number,
        )
    if joined:
        return says(
            "The last test began or ended on {day}; {n} day have passed since the team joined.",
            "The last test began or ended on {day}; {n} days have passed since the team joined.",
            number,
            day=short_day(last),
        )
    return says(
        "The last test began or ended on {day}; {n} day have passed since the first learning session.",
        "The last test began or ended on {day}; {n} days have passed since the first learning session.",
        number,
        day=short_day(last),
    )


def _stuck(case: Case, cycle: Pdsa) -> bool:
    old = cycle.start is not None and (case.today - cycle.start).days > case.limits.stuck_days
    return old and not (cycle.decision or cycle.met or cycle.result.written or cycle.result_number is not None)


def _name(cycle: Pdsa) -> str:
    """`Test 4, Friday calls`: the title only where it may be printed, and never a code of the team's own making."""
    title, number = cycle.title.printable, cycle.cycle
    if title:
        match cycle.kind:
            case "implement":
                return say("Implementation {cycle}, “{title}”,", cycle=number, title=title)
            case "spread":
                return say("Spread {cycle}, “{title}”,", cycle=number, title=title)
            case _:
                return say("Test {cycle}, “{title}”,", cycle=number, title=title)
    match cycle.kind:
        case "implement":
            return say("Implementation {cycle}", cycle=number)
        case "spread":
            return say("Spread {cycle}", cycle=number)
        case _:
            return say("Test {cycle}", cycle=number)
