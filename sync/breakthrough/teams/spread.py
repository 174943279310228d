"""Where changes go and whether they will last: the places they are spread to, and the checks of what sustains them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from breakthrough.entry import Entry
from breakthrough.month import Month
from breakthrough.teams.forms import Form, newest
from breakthrough.teams.records import Check, SpreadUnit, SustainCheck, UnitStage

LIVE: frozenset[UnitStage] = frozenset({"started", "daily work"})

_STAGE: Mapping[str, UnitStage] = {
    "0": "named",
    "1": "agreed",
    "2": "prepared",
    "3": "started",
    "4": "daily work",
    "5": "stopped",
}
_CHECK: Mapping[str, Check] = {
    "1": "session 3",
    "2": "end",
    "3": "3 months later",
    "4": "6 months later",
    "5": "12 months later",
}
CHECKS = tuple(_CHECK.values())  # in the order of time
_ANSWER = {str(level): level for level in range(5)}
ITEMS = tuple(
    f"su_{name}"
    for name in ("measure", "owner", "train", "written", "leader", "wanted", "cost", "fit", "adapt", "means")
)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far changes have spread: places reached of those intended, people served, places with figures of their own.

    A place is intended unless it has stopped; it is reached once it has started. `people` counts those of places
    reached whose size is known, of `sized` places; a place that takes up two changes is two here.
    """

    intended: int
    reached: int
    daily: int  # of the reached ones, those where it is daily work
    stopped: int
    own_data: int  # of the reached ones
    people: int
    sized: int


def units(forms: Iterable[Entry]) -> tuple[SpreadUnit, ...]:
    """Every place a change is to go to, by team and form."""
    found = [_unit(Form(entry)) for entry in forms]
    return tuple(sorted(found, key=lambda one: (one.team, one.entry.instance)))


def sustain_checks(forms: Iterable[Entry]) -> tuple[SustainCheck, ...]:
    """One for each team, change and occasion, in that order: the last entered of several.

    A form that does not say which check it is, or without any answer, is left out.
    """
    found = [one for form in map(Form, forms) if (one := _check(form)) and one.answered]
    kept = newest(found, of=lambda one: (one.team, one.idea, one.when), rank=lambda one: one.entry.instance)
    return tuple(sorted(kept, key=lambda one: (one.team, one.idea, CHECKS.index(one.when))))


def reach(found: Iterable[SpreadUnit]) -> Reach:
    """How far the changes have spread to those places."""
    places = tuple(found)
    live = [one for one in places if one.stage in LIVE]
    stopped = sum(one.stage == "stopped" for one in places)
    sizes = [one.size for one in live if one.size is not None]
    return Reach(
        intended=len(places) - stopped,
        reached=len(live),
        daily=sum(one.stage == "daily work" for one in live),
        stopped=stopped,
        own_data=sum(one.own_data is True for one in live),
        people=sum(sizes),
        sized=len(sizes),
    )


def check_days(session_3: dt.date | None, end: dt.date) -> dict[Check, dt.date]:
    """The day of each check: at session 3, where there is one, at the end, then 3, 6 and 12 months after it."""
    days = (session_3, end, _later(end, 3), _later(end, 6), _later(end, 12))
    return {check: day for check, day in zip(CHECKS, days, strict=True) if day is not None}


def _later(day: dt.date, months: int) -> dt.date:
    return (Month.of(day) + months).day(day.day)


def _unit(form: Form) -> SpreadUnit:
    size = form.number("sp_size")
    return SpreadUnit(
        team=form.team,
        idea=form.text("sp_change"),
        size=int(size) if size is not None and size >= 0 else None,
        stage=form.choice("sp_stage", _STAGE),
        planned=form.day("sp_start_plan"),
        started=form.day("sp_start"),
        own_data=form.yes("sp_data"),
        entry=form.key,
    )


def _check(form: Form) -> SustainCheck | None:
    when = form.choice("su_when", _CHECK)
    if when is None:
        return None
    return SustainCheck(
        team=form.team,
        idea=form.text("su_change"),
        when=when,
        answers={item.removeprefix("su_"): form.choice(item, _ANSWER) for item in ITEMS},
        entry=form.key,
    )
