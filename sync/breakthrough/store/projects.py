"""Which REDCap project a name of ours stands for, and which data dictionaries it has had."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from breakthrough.errors import WrongProject
from breakthrough.store.engine import canonical
from breakthrough.store.tables import project as projects
from breakthrough.store.tables import schema_version


def claim(connection: Connection, project: str, server: str, redcap_project_id: int, at: dt.datetime) -> None:
    """Notes, at the first pull, which REDCap project this is; later, holds every pull to it.

    Raises WrongProject when the store was filled from another project or server: its rows would be taken for gone.
    """
    found = connection.execute(select(projects).where(projects.c.id == project)).first()
    if found is None:
        connection.execute(
            projects.insert().values(id=project, server=server, redcap_project_id=redcap_project_id, first_seen=at)
        )
    elif (found.server, found.redcap_project_id) != (server, redcap_project_id):
        raise WrongProject(
            f"The token belongs to project {redcap_project_id} at {server}, but what the store knows as '{project}' "
            f"was pulled from project {found.redcap_project_id} at {found.server}. Nothing was pulled. Correct the "
            "token or the address, or name another store for this project."
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a project of ours is: the API's address, REDCap's number for it, and the server's version as last seen."""

    server: str
    redcap_project_id: int
    redcap_version: str


def place(connection: Connection, project: str) -> Place | None:
    """The place of that project; None before its first pull."""
    found = connection.execute(select(projects).where(projects.c.id == project)).first()
    return Place(found.server, found.redcap_project_id, found.redcap_version) if found else None


def note_version(connection: Connection, project: str, version: str) -> None:
    """Notes which version of REDCap the server runs now."""
    connection.execute(projects.update().where(projects.c.id == project).values(redcap_version=version))


def note_dictionary(
    connection: Connection, project: str, dictionary: Sequence[Mapping[str, str]], at: dt.datetime
) -> int:
    """The number of this data dictionary among those the project has had; a new one gets the next number."""
    rows = [dict(row) for row in dictionary]
    digest = hashlib.sha256(canonical(rows).encode()).hexdigest()
    of_project = select(schema_version.c.version, schema_version.c.digest).where(schema_version.c.project == project)
    newest = connection.execute(of_project.order_by(schema_version.c.version.desc()).limit(1)).first()
    if newest and newest.digest == digest:
        return int(newest.version)
    version = newest.version + 1 if newest else 1
    connection.execute(
        schema_version.insert().values(project=project, version=version, digest=digest, dictionary=rows, seen_at=at)
    )
    return int(version)


def dictionary(connection: Connection, project: str, version: int | None = None) -> list[dict[str, str]]:
    """The project's data dictionary, the newest or that version, in REDCap's API names; empty before the first pull."""
    found = select(schema_version.c.dictionary).where(schema_version.c.project == project)
    if version is not None:
        found = found.where(schema_version.c.version == version)
    rows = connection.execute(found.order_by(schema_version.c.version.desc()).limit(1)).scalar()
    return list(rows or [])
