"""Jobs that fail on end: since when each does, how often it was tried, and whether anybody was told.

Kept in the store, so that a restart, or a scheduler that starts us anew each time, begins no outage again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from breakthrough.store import marks

_SINCE = "outage since "
_TOLD = "outage told "


@dataclass(frozen=True, slots=True)
class Outage:
    """A job that failed each time since then. `told`: somebody was told of it, which happens once."""

    job: str
    since: dt.datetime
    tries: int
    told: bool


def going_on(connection: Connection) -> tuple[Outage, ...]:
    """The outages that are not over, by job."""
    return tuple(one for job in marks.named(connection, _SINCE) if (one := _of(connection, job)))


def note(
    connection: Connection, tried: Collection[str], failed: Collection[str], now: dt.datetime
) -> tuple[tuple[Outage, ...], tuple[Outage, ...]]:
    """The outages of the jobs that have failed now, this time counted; and those of jobs that are well again.

    A job that was not tried is neither. What is well again stays noted until `end`.
    """
    for job in failed:
        before = _of(connection, job)
        # a clock that was set back must not make an outage that begins tomorrow
        marks.put(connection, _SINCE + job, min(before.since, now) if before else now)
        marks.count(connection, _SINCE + job, before.tries + 1 if before else 1)
    failing = tuple(one for job in sorted(failed) if (one := _of(connection, job)))
    well = tuple(one for job in sorted(set(tried) - set(failed)) if (one := _of(connection, job)))
    return failing, well


def told(connection: Connection, outage: Outage, now: dt.datetime) -> None:
    """Notes that somebody was told of it."""
    marks.put(connection, _TOLD + outage.job, now)


def end(connection: Connection, outage: Outage) -> None:
    """Forgets it: the next failure begins another one."""
    marks.forget(connection, _SINCE + outage.job)
    marks.forget(connection, _TOLD + outage.job)


def _of(connection: Connection, job: str) -> Outage | None:
    since = marks.at(connection, _SINCE + job)
    if since is None:
        return None
    tries = marks.counted(connection, _SINCE + job) or 0
    return Outage(job, since, tries, marks.at(connection, _TOLD + job) is not None)
