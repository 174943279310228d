"""Projects whose token or address REDCap has refused: asking on could get this computer banned."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, select

from breakthrough.store.bulk import upsert
from breakthrough.store.tables import refusal as table


@dataclass(frozen=True, slots=True)
class Refusal:
    """Since when a project is refused, the kind of error, and when its owner was told (None: not yet)."""

    project: str
    since: dt.datetime
    last_at: dt.datetime
    note: str
    told_at: dt.datetime | None


def note(connection: Connection, project: str, note: str, at: dt.datetime) -> Refusal:
    """The refusal, after this one more; the project need not be known yet. `note` is the kind of error alone."""
    before = of(connection, project)
    now = Refusal(project, before.since if before else at, at, note, before.told_at if before else None)
    line = {name: getattr(now, name) for name in Refusal.__dataclass_fields__}
    upsert(connection, table, ("project",), [line])
    return now


def of(connection: Connection, project: str) -> Refusal | None:
    """The project's refusal; None where REDCap lets us in, or was never asked."""
    columns = [table.c[name] for name in Refusal.__dataclass_fields__]
    row = connection.execute(select(*columns).where(table.c.project == project)).first()
    return Refusal(*row) if row else None


def told(connection: Connection, project: str, at: dt.datetime) -> None:
    """Notes that the project's owner has been told, so that it happens once."""
    connection.execute(table.update().where(table.c.project == project).values(told_at=at))


def clear(connection: Connection, project: str) -> bool:
    """Whether the project was refused; it counts as let in from now on."""
    return connection.execute(table.delete().where(table.c.project == project)).rowcount == 1
