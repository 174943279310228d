"""Records that REDCap cannot answer for: pulled around, tried again, and told to a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select

from breakthrough.store.bulk import upsert
from breakthrough.store.tables import quarantine as table


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One of them. What the store holds of it is as it was before `since`; `why` is the kind of error."""

    record: str
    why: str
    since: dt.datetime
    last_at: dt.datetime
    attempts: int


def put(connection: Connection, project: str, record: str, why: str, at: dt.datetime) -> None:
    """Notes that REDCap could not answer for that record, this once or once more."""
    before = connection.execute(select(table).where(table.c.project == project, table.c.record == record)).first()
    line = {
        "project": project,
        "record": record,
        "why": why,
        "since": before.since if before else at,
        "last_at": at,
        "attempts": before.attempts + 1 if before else 1,
    }
    upsert(connection, table, ("project", "record"), [line])


def release(connection: Connection, project: str, records: Collection[str]) -> int:
    """How many of those records were in quarantine, and are so no longer: REDCap has answered for them."""
    inside = {one.record for one in of(connection, project)} & set(records)
    for record in inside:
        connection.execute(table.delete().where(table.c.project == project, table.c.record == record))
    return len(inside)


def of(connection: Connection, project: str) -> tuple[Quarantined, ...]:
    """The project's quarantined records, by name."""
    columns = (table.c.record, table.c.why, table.c.since, table.c.last_at, table.c.attempts)
    found = connection.execute(select(*columns).where(table.c.project == project).order_by(table.c.record))
    return tuple(Quarantined(*row) for row in found)
