"""Records that REDCap's list lacks, and that stay until a second list, or a person, says the same.

An empty or a short list must never delete: that is the guard's decision, in the pull. Here is only what it remembers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select

from breakthrough.store import bulk
from breakthrough.store.columns import moment
from breakthrough.store.tables import pending_deletion as table

_COLUMNS = ("run", "first_at", "last_at", "lists", "confirmed_at", "confirmed_by", "project", "record")


@dataclass(frozen=True, slots=True)
class Pending:
    """A record that waits to be let go. `lists` in a row were without it, the first of them at `first_at`.

    `lists` is 0 where no list but an empty one was, which does not count.
    """

    record: str
    run: int
    first_at: dt.datetime
    last_at: dt.datetime
    lists: int
    confirmed_at: dt.datetime | None
    confirmed_by: str


def note(
    connection: Connection, project: str, missing: Collection[str], run: int, at: dt.datetime, *, counts: bool = True
) -> tuple[Pending, ...]:
    """What waits now, by record, after another whole list that lacks exactly those records.

    A record that is on the list again no longer waits, and a person's word for it is forgotten. Without `counts`
    the list is not believed: a person may confirm what it says, and it agrees with no other.
    """
    before = {one.record: one for one in of(connection, project)}
    fresh, former = [], []
    for record in sorted(missing):
        known = before.pop(record, None)
        if known is None:
            when = moment(connection, at)
            fresh.append((run, when, when, int(counts), None, "", project, record))
        else:
            first, confirmed = moment(connection, known.first_at if known.lists else at), known.confirmed_at
            told = moment(connection, confirmed) if confirmed else None
            last = moment(connection, at)
            lists = known.lists + counts
            former.append((known.run, first, last, lists, told, known.confirmed_by, project, record))
    bulk.insert(connection, table, _COLUMNS, fresh)
    bulk.replace(connection, table, ("project", "record"), _COLUMNS, former)
    forget(connection, project, before)
    return of(connection, project)


def confirm(connection: Connection, project: str, by: str, at: dt.datetime) -> int:
    """How many records that wait a person has now said have really gone; `by` is who."""
    waiting = table.update().where(table.c.project == project, table.c.confirmed_at.is_(None))
    return connection.execute(waiting.values(confirmed_at=at, confirmed_by=by)).rowcount


def forget(connection: Connection, project: str, records: Collection[str]) -> None:
    """Those records no longer wait: they are back, or have been let go."""
    for record in records:
        connection.execute(table.delete().where(table.c.project == project, table.c.record == record))


def of(connection: Connection, project: str) -> tuple[Pending, ...]:
    """The project's records that wait, by name."""
    columns = [table.c[name] for name in Pending.__dataclass_fields__]
    found = connection.execute(select(*columns).where(table.c.project == project).order_by(table.c.record))
    return tuple(Pending(*row) for row in found)
