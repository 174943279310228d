"""From which state of which projects reports were made: a run of each, under one name."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from breakthrough.errors import StoreError
from breakthrough.store import projects, runs
from breakthrough.store.columns import canonical
from breakthrough.store.tables import snapshot as table


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`runs` by project: what the store held after that run is what the report was made from.

    `versions` are the server's versions of REDCap by project, as links in the report name them.
    """

    id: str
    runs: Mapping[str, int]
    versions: Mapping[str, str]
    frozen_at: dt.datetime


def taken(connection: Connection, wanted: Mapping[str, int], at: dt.datetime) -> Snapshot:
    """The snapshot of those runs by project, which is kept nowhere yet. Raises StoreError for one never pulled."""
    versions = {}
    for project in wanted:
        place = projects.place(connection, project)
        if place is None:
            raise StoreError(f"The project '{project}' was never pulled, so there is nothing to make a report of.")
        versions[project] = place.redcap_version
    content = canonical([dict(wanted), versions])
    return Snapshot(hashlib.sha256(content.encode()).hexdigest()[:16], dict(wanted), versions, at)


def keep(connection: Connection, snapshot: Snapshot) -> Snapshot:
    """The snapshot as it is kept from now on; the same one however often it is.

    It takes no room: what the store held after a run can be read back at any time.
    """
    if connection.execute(select(table.c.id).where(table.c.id == snapshot.id)).first() is None:
        lines = [
            {
                "id": snapshot.id,
                "project": project,
                "as_of_run": run,
                "frozen_at": snapshot.frozen_at,
                "redcap_version": snapshot.versions[project],
            }
            for project, run in snapshot.runs.items()
        ]
        connection.execute(table.insert(), lines)
    return of(connection, snapshot.id)


def freeze(connection: Connection, wanted: Mapping[str, int], at: dt.datetime) -> Snapshot:
    """The snapshot of those runs by project, kept. Raises StoreError for a project that was never pulled."""
    return keep(connection, taken(connection, wanted, at))


def newest(connection: Connection, wanted: Collection[str], at: dt.datetime | None = None) -> Mapping[str, int]:
    """The newest complete run of each of those projects, that had ended by `at`; those without one are left out."""
    found = {project: runs.newest(connection, project, before=at) for project in wanted}
    return {project: run.id for project, run in found.items() if run}


def of(connection: Connection, name: str) -> Snapshot:
    """The snapshot of that name. Raises StoreError where there is none."""
    rows = connection.execute(select(table).where(table.c.id == name).order_by(table.c.project)).all()
    if not rows:
        raise StoreError(f"There is no snapshot {name} in the store, so what was made of it cannot be made again.")
    return Snapshot(
        name,
        {row.project: row.as_of_run for row in rows},
        {row.project: row.redcap_version for row in rows},
        rows[0].frozen_at,
    )
