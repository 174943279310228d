"""Which REDCap project a name of ours stands for, and which data dictionaries it has had."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select

from breakthrough.errors import WrongProject
from breakthrough.store.columns import canonical
from breakthrough.store.tables import project as projects
from breakthrough.store.tables import schema_version


def claim(
    connection: Connection, project: str, server: str, redcap_project_id: int, at: dt.datetime, *, dag_scope: str = ""
) -> None:
    """Notes, at the first pull, which REDCap project this is; later, holds every pull to it.

    `dag_scope` is the data access group that the token's user is in: it sees no other records, so it makes another
    truth. Raises WrongProject when the store was filled from another project, server or scope: its rows would be taken
    for gone.
    """
    found = connection.execute(select(projects).where(projects.c.id == project)).first()
    if found is None:
        connection.execute(
            projects.insert().values(
                id=project, server=server, redcap_project_id=redcap_project_id, dag_scope=dag_scope, first_seen=at
            )
        )
    elif (found.server, found.redcap_project_id) != (server, redcap_project_id):
        raise WrongProject(
            f"The token belongs to project {redcap_project_id} at {server}, but what the store knows as '{project}' "
            f"was pulled from project {found.redcap_project_id} at {found.server}. Nothing was pulled. Correct the "
            "token or the address, or name another store for this project."
        )
    elif found.dag_scope != dag_scope:
        raise WrongProject(
            f"The token sees {_scope(dag_scope)} of the project '{project}', but the store was filled with "
            f"{_scope(found.dag_scope)}. Nothing was pulled. Give the token's user back what it could see, or name "
            "another store."
        )


def _scope(dag: str) -> str:
    return f"the data access group '{dag}' alone" if dag else "all data access groups"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a project of ours is: the API's address, REDCap's number for it, and the server's version as last seen.

    `in_production` is None where that was not noted yet.
    """

    server: str
    redcap_project_id: int
    redcap_version: str
    dag_scope: str = ""
    in_production: bool | None = None


def place(connection: Connection, project: str) -> Place | None:
    """The place of that project; None before its first pull."""
    found = connection.execute(select(projects).where(projects.c.id == project)).first()
    if found is None:
        return None
    return Place(found.server, found.redcap_project_id, found.redcap_version, found.dag_scope, found.in_production)


def names(connection: Connection) -> tuple[str, ...]:
    """Our names of all projects of which something was pulled, in order."""
    return tuple(connection.scalars(select(projects.c.id).order_by(projects.c.id)))


def note_version(connection: Connection, project: str, version: str) -> None:
    """Notes which version of REDCap the server runs now."""
    connection.execute(projects.update().where(projects.c.id == project).values(redcap_version=version))


def note_production(connection: Connection, project: str, in_production: bool) -> bool:
    """Notes whether the project is in production; True where that is not what it was when last noted."""
    before = connection.execute(select(projects.c.in_production).where(projects.c.id == project)).scalar()
    connection.execute(projects.update().where(projects.c.id == project).values(in_production=in_production))
    return before is not None and before != in_production


@dataclass(frozen=True, slots=True)
class Design:
    """What a project was like, and what was asked of it.

    `dictionary` has its rows in REDCap's API names; `asked` the fields asked for, None for all of them; `events` the
    forms of each event by its unique name, in REDCap's order, None where the project has none.
    """

    dictionary: Sequence[Mapping[str, str]]
    asked: frozenset[str] | None = None
    events: Mapping[str, tuple[str, ...]] | None = None
    missing_codes: frozenset[str] = frozenset()


def note_design(connection: Connection, project: str, design: Design, at: dt.datetime) -> int:
    """The number of this design among those the project has had; a new one gets the next number.

    Asking for other fields is as good as another dictionary: what is in the store was read under the former one.
    """
    rows = [dict(row) for row in design.dictionary]
    fields = None if design.asked is None else sorted(design.asked)
    events = None if design.events is None else [[name, list(forms)] for name, forms in design.events.items()]
    codes = sorted(design.missing_codes) or None
    parts = [part for part in (rows, fields, events, codes) if part is not None]
    digest = hashlib.sha256(canonical(rows if len(parts) == 1 else [rows, fields, events, codes]).encode()).hexdigest()
    of_project = select(schema_version.c.version, schema_version.c.digest).where(schema_version.c.project == project)
    newest = connection.execute(of_project.order_by(schema_version.c.version.desc()).limit(1)).first()
    if newest and newest.digest == digest:
        return int(newest.version)
    version = newest.version + 1 if newest else 1
    connection.execute(
        schema_version.insert().values(
            project=project,
            version=version,
            digest=digest,
            dictionary=rows,
            seen_at=at,
            asked=fields,
            events=events,
            missing_codes=codes,
        )
    )
    return int(version)


def designed(connection: Connection, project: str, version: int | None = None) -> Design:
    """The project's newest design, or that version; one without a field before the first pull."""
    found = select(*(schema_version.c[name] for name in ("dictionary", "asked", "events", "missing_codes")))
    found = found.where(schema_version.c.project == project)
    if version is not None:
        found = found.where(schema_version.c.version == version)
    row = connection.execute(found.order_by(schema_version.c.version.desc()).limit(1)).first()
    if row is None:
        return Design(())
    return Design(
        row.dictionary,
        None if row.asked is None else frozenset(row.asked),
        None if row.events is None else {name: tuple(forms) for name, forms in row.events},
        frozenset(row.missing_codes or ()),
    )


def version(connection: Connection, project: str, at: dt.datetime | None = None) -> int | None:
    """The number of the project's dictionary in force at that time, else of the newest; None before the first."""
    wanted = [schema_version.c.project == project]
    if at is not None:
        wanted.append(schema_version.c.seen_at <= at)
    newest = select(schema_version.c.version).where(*wanted).order_by(schema_version.c.version.desc()).limit(1)
    return connection.execute(newest).scalar()


def in_force(connection: Connection, project: str, at: dt.datetime) -> tuple[int, dt.datetime]:
    """The number of the project's dictionary in force at that time, and when it was first seen; (0, at) before any."""
    wanted = (schema_version.c.project == project, schema_version.c.seen_at <= at)
    columns = (schema_version.c.version, schema_version.c.seen_at)
    row = connection.execute(select(*columns).where(*wanted).order_by(schema_version.c.version.desc()).limit(1)).first()
    return (int(row.version), row.seen_at) if row else (0, at)


def dictionary(connection: Connection, project: str, version: int | None = None) -> list[dict[str, str]]:
    """The project's data dictionary, the newest or that version, in REDCap's API names; empty before the first pull."""
    found = _of(schema_version.c.dictionary, connection, project, version)
    return list(found) if isinstance(found, list) else []


def asked(connection: Connection, project: str, version: int | None = None) -> frozenset[str] | None:
    """The fields asked for under the newest or that version of the dictionary; None where it was all of them."""
    found = _of(schema_version.c.asked, connection, project, version)
    return frozenset(found) if isinstance(found, list) else None


def _of(column: ColumnElement[object], connection: Connection, project: str, version: int | None) -> object:
    found = select(column).where(schema_version.c.project == project)
    if version is not None:
        found = found.where(schema_version.c.version == version)
    return connection.execute(found.order_by(schema_version.c.version.desc()).limit(1)).scalar()
