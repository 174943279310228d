"""Records that somebody is working on, as REDCap's data-entry trigger tells us. One may be lost; none is relied on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import Connection, func, select

from breakthrough.store.bulk import upsert
from breakthrough.store.tables import hint as table

QUIET = dt.timedelta(minutes=2)  # so long nobody must have saved: a form is often saved several times in a row
LONGEST = dt.timedelta(minutes=15)  # and so long it may be put off at most


def note(
    connection: Connection,
    project: str,
    record: str,
    at: dt.datetime,
    *,
    quiet: dt.timedelta = QUIET,
    longest: dt.timedelta = LONGEST,
) -> dt.datetime:
    """When the record is due to be pulled, after one more save at `at`: `quiet` later, `longest` after the first."""
    known = select(table.c.first_at).where(table.c.project == project, table.c.record == record)
    first = connection.execute(known).scalar() or at
    due_at = min(at + quiet, first + longest)
    line = {"project": project, "record": record, "first_at": first, "last_at": at, "due_at": due_at}
    upsert(connection, table, ("project", "record"), [line])
    return due_at


def due(connection: Connection, project: str, now: dt.datetime) -> tuple[str, ...]:
    """The records that are due to be pulled, the one that has waited longest first."""
    found = select(table.c.record).where(table.c.project == project, table.c.due_at <= now)
    return tuple(connection.scalars(found.order_by(table.c.first_at, table.c.record)))


def taken(connection: Connection, project: str, records: Collection[str], asked_at: dt.datetime) -> None:
    """Forgets the hints at those records, save the ones that came after REDCap was asked for the record."""
    for record in records:
        old = (table.c.project == project, table.c.record == record, table.c.last_at <= asked_at)
        connection.execute(table.delete().where(*old))


def next_due(connection: Connection, project: str) -> dt.datetime | None:
    """When the first hint of that project is due, which may be over; None where there is no hint."""
    return connection.execute(select(func.min(table.c.due_at)).where(table.c.project == project)).scalar()
