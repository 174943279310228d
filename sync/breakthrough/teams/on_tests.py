"""Flags about a team's tests of change: none, stuck, too big to begin with, drivers nobody has touched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from breakthrough.english import capital, many, short_day, spelled
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
        last = f"The last test began or ended on {short_day(max(dates))}" if dates else "No test has begun"
        evidence = f"{last}; {many((case.today - since).days, 'day')} have passed since {_point(case, since, dates)}."
        move = "Plan one small test on the next call: one person, one day, one prediction."
        yield case.flag("no_test", "medium", since + dt.timedelta(case.limits.test_days), evidence, move)


def stuck_test(case: Case) -> Iterator[Flag]:
    """A test that began more than 30 days ago, is not closed, and whose result is not written; the oldest."""
    stuck = [cycle for cycle in case.pdsas if _stuck(case, cycle)]
    if stuck:
        oldest = min(stuck, key=lambda cycle: cycle.start or case.today)
        began = oldest.start or case.today
        more = f" {capital(spelled(len(stuck) - 1))} more like it." if len(stuck) > 1 else ""
        evidence = (
            f"{_name(oldest)} began on {short_day(began)}, {many((case.today - began).days, 'day')} ago; "
            f"what came out is not written.{more}"
        )
        move = "Ask for three lines on what happened, or close the test as abandoned."
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
        evidence = f"{_name(newest)} is the first of its ramp and already takes in {_SCALES[newest.scale]}."
        move = "Suggest a try with one person or one class before that."
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
        number, of = spelled(len(untouched)), spelled(len(case.collaborative.drivers))
        named = "; ".join(driver.title for driver in untouched)  # titles hold commas of their own
        which = (
            f"{number} of {of} drivers: {named}"
            if len(untouched) < len(case.collaborative.drivers)
            else f"any of the {of} drivers"
        )
        evidence = f"No test yet on {which}."
        move = f"Ask which idea they could try next, such as “{untouched[0].ideas[0].title}”."
        yield case.flag("driver_gap", "low", second, evidence, move)


def _worked_on(case: Case) -> set[str]:
    """The change ideas that stand at the stage asked for: a test that has begun is stage 3."""
    least = case.limits.driver_stage
    said = {one.idea: one.stage for one in sorted(case.statements, key=lambda one: one.month)}
    begun = {cycle.idea for cycle in case.pdsas if cycle.start and cycle.start <= case.today}
    return {idea for idea, stage in said.items() if stage >= least} | (begun if least <= _TESTING else set())


_TESTING = 3  # cs_stage
_SCALES = {
    1: "one person",
    2: "a few people",
    3: "a whole class",
    4: "several classes",
    5: "the whole pilot site",
    6: "more than the pilot site",
}


def _point(case: Case, since: dt.date, dates: list[dt.date]) -> str:
    if since in dates:
        return "then"
    return "the team joined" if since == case.team.joined else "the first learning session"


def _stuck(case: Case, cycle: Pdsa) -> bool:
    old = cycle.start is not None and (case.today - cycle.start).days > case.limits.stuck_days
    return old and not (cycle.decision or cycle.met or cycle.result.written or cycle.result_number is not None)


def _name(cycle: Pdsa) -> str:
    """`Test 4, Friday calls`: the title only where it may be printed, and never a code of the team's own making."""
    kind = {"implement": "Implementation", "spread": "Spread"}.get(cycle.kind, "Test")
    title = cycle.title.printable
    return f"{kind} {cycle.cycle}, “{title}”," if title else f"{kind} {cycle.cycle}"
