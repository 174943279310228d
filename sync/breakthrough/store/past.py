"""What the store held before: after any run, and how one value came to be what it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, Connection, and_, func, select

from breakthrough.entry import Entry, EntryKey
from breakthrough.store import bulk, projects, runs
from breakthrough.store.rows import Cause, Op
from breakthrough.store.tables import ROW_KEY, row_history

_KEY = tuple(row_history.c[name] for name in ROW_KEY)


@dataclass(frozen=True, slots=True)
class Version:
    """An entry as it was seen from some run on. Where `op` is D it was gone from then on, and the values are none."""

    entry: Entry
    op: Op
    run: int
    seen_at: dt.datetime
    schema_version: int
    cause: Cause = ""


# Why a value is another one than before: `entered` with its row or into it, `edited`, `blanked` while its row stayed,
# `gone` with its row, `field_removed` from REDCap's dictionary, `not_asked` for any more.
Kind = Literal["entered", "edited", "blanked", "gone", "field_removed", "not_asked"]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one value. `before` and `after` are '' where it is blank or not there."""

    kind: Kind
    cause: Cause  # why its row changed
    before: str
    after: str
    run: int
    seen_at: dt.datetime
    schema_version: int


@dataclass(frozen=True, slots=True)
class Trace:
    """How one value came about: its changes, the oldest first, and when it was last found to be so.

    `detected` is the end of the newest complete run, which would have noticed a change; `checked` that of the newest
    one which read every record. Both are None before the first of its kind.
    """

    key: EntryKey
    field: str
    changes: tuple[Change, ...]
    detected: dt.datetime | None
    checked: dt.datetime | None

    @property
    def value(self) -> str:
        """The value at the end; '' where it is blank, gone or was never seen."""
        return self.changes[-1].after if self.changes else ""

    @property
    def first_seen(self) -> dt.datetime | None:
        """When the field first held something; None where it never did."""
        return self.changes[0].seen_at if self.changes else None

    @property
    def since(self) -> dt.datetime | None:
        """When the value was first seen to be what it is at the end."""
        return self.changes[-1].seen_at if self.changes else None


def history(
    connection: Connection, project: str, record: str | None = None, instrument: str | None = None
) -> Iterator[Version]:
    """Every version of every entry that was ever seen, in the order in which they were seen."""
    wanted = [row_history.c.project == project]
    if record is not None:
        wanted.append(row_history.c.record == record)
    if instrument is not None:
        wanted.append(row_history.c.instrument == instrument)
    yield from _versions(connection, *wanted)


def entries(connection: Connection, project: str, run: int, instrument: str | None = None) -> Iterator[Entry]:
    """The entries as they were after that run, in content and order what `rows.current` gave then."""
    wanted = [row_history.c.project == project, row_history.c.valid_from_run <= run]
    if instrument is not None:
        wanted.append(row_history.c.instrument == instrument)
    newest = select(func.max(row_history.c.seq)).where(*wanted).group_by(*_KEY)
    found = (
        select(*_KEY, row_history.c.dag, row_history.c.data)
        .where(row_history.c.seq.in_(newest), row_history.c.op != "D")
        .order_by(*_KEY)
    )
    yield from bulk.entries(connection, found)


def trace(connection: Connection, key: EntryKey, field: str, run: int | None = None) -> Trace:
    """How that column of that entry came to be what it is, or, with `run`, what it was after that run.

    Two edits between two pulls are seen as one. A checkbox's columns (`field___code`) are traced one by one.
    """
    wanted = [column == getattr(key, name) for name, column in zip(ROW_KEY, _KEY, strict=True)]
    if run is not None:
        wanted.append(row_history.c.valid_from_run <= run)
    changes, before = [], ""
    for version in _versions(connection, *wanted):
        after = version.entry.values.get(field, "")
        if after != before:
            kind = _kind(connection, version, field, before, after)
            changes.append(
                Change(kind, version.cause, before, after, version.run, version.seen_at, version.schema_version)
            )
        before = after
    detected = runs.newest(connection, key.project, until=run)
    checked = runs.newest(connection, key.project, until=run, modes=runs.WHOLE)
    return Trace(
        key,
        field,
        tuple(changes),
        detected.finished_at if detected else None,
        checked.finished_at if checked else None,
    )


def records(connection: Connection, project: str, run: int) -> set[str]:
    """The records of which the store held an entry after that run."""
    wanted = and_(row_history.c.project == project, row_history.c.valid_from_run <= run)
    newest = select(func.max(row_history.c.seq)).where(wanted).group_by(*_KEY)
    found = select(row_history.c.record).where(row_history.c.seq.in_(newest), row_history.c.op != "D").distinct()
    return set(connection.scalars(found))


def _kind(connection: Connection, version: Version, field: str, before: str, after: str) -> Kind:
    if after:
        return "edited" if before else "entered"
    if version.cause in {"record", "renamed"}:
        return "gone"
    project, number = version.entry.key.project, version.schema_version
    name = field.split("___", maxsplit=1)[0]
    names = {row.get("field_name", "") for row in projects.dictionary(connection, project, number)}
    if names and name not in names and not name.endswith("_complete"):
        return "field_removed"
    asked = projects.asked(connection, project, number)
    if asked is not None and name not in asked:
        return "not_asked"
    return "gone" if version.op == "D" else "blanked"


def _versions(connection: Connection, *wanted: ColumnElement[bool]) -> Iterator[Version]:
    found = select(row_history).where(*wanted).order_by(row_history.c.seq)
    for row in bulk.stream(connection, found):
        key = EntryKey(row.project, row.record, row.event, row.instrument, row.instance)
        entry = Entry(key, row.dag, row.data)
        yield Version(entry, row.op, row.valid_from_run, row.seen_at, row.schema_version, row.cause)
