"""Flags over time: since when each has stood, when it cleared, and whether its coach has looked into it.

A flag that nobody ever sees begin or end becomes wallpaper. All of it follows from the flags of each look and from the
coach's contacts; nothing is kept beside them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from breakthrough.teams.records import Contact
from breakthrough.teams.values import Flag


@dataclass(frozen=True, slots=True)
class Look:
    """The flags of all teams as they were on a day, worked out from what was known by then."""

    day: dt.date
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """One flag from the look that first raised it to the one that no longer did.

    `first_seen` is the day of the look that raised it; for one that the first look of all raised, the day from which
    its condition held, as nobody looked before. `cleared` is the day of the first look without it, None while it
    stands. `flag` is as last seen. `acknowledged` is the last day on which the coach noted having looked into it,
    while it stood.
    """

    flag: Flag
    first_seen: dt.date
    cleared: dt.date | None
    looks: int  # how many looks running have raised it
    acknowledged: dt.date | None


def standings(looks: Iterable[Look], contacts: Sequence[Contact]) -> tuple[Standing, ...]:
    """Every flag that any look raised, in the order in which they were first seen; one that came back is another.

    A flag is the same from look to look where team, code and what it is about are.
    """
    ordered = sorted(looks, key=lambda look: look.day)
    standing: dict[tuple[str, str, str], Standing] = {}
    ended: list[Standing] = []
    for number, look in enumerate(ordered):
        raised = {_same(flag): flag for flag in look.flags}
        gone = [key for key in standing if key not in raised]
        ended += [_ended(standing.pop(key), look.day) for key in gone]
        for key, flag in raised.items():
            before = standing.get(key)
            first = before.first_seen if before else (min(flag.since, look.day) if number == 0 else look.day)
            standing[key] = Standing(flag, first, None, before.looks + 1 if before else 1, None)
    found = sorted([*ended, *standing.values()], key=lambda one: (one.first_seen, one.flag.team, one.flag.code))
    return tuple(_acknowledged(one, contacts) for one in found)


def _same(flag: Flag) -> tuple[str, str, str]:
    return flag.team, flag.code, flag.about


def _ended(one: Standing, day: dt.date) -> Standing:
    return Standing(one.flag, one.first_seen, day, one.looks, None)


def _acknowledged(one: Standing, contacts: Sequence[Contact]) -> Standing:
    """A flag is looked into from the day its condition began, as a coach may hear of it before a report tells."""
    began, end = min(one.first_seen, one.flag.since), one.cleared or dt.date.max
    days = [
        contact.day
        for contact in contacts
        if contact.team == one.flag.team and one.flag.code in contact.flags and began <= contact.day <= end
    ]
    return Standing(one.flag, one.first_seen, one.cleared, one.looks, max(days, default=None))
