"""REDCap's rows in the store: takes a chunk in, lets records go, reads what is there now and what was seen before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from breakthrough.entry import Entry, EntryKey
from breakthrough.store.tables import ROW_KEY, row_current, row_history

Op = Literal["I", "U", "D"]

_IDS_A_QUERY = 500
_ROWS_A_FETCH = 1000


@dataclass(frozen=True, slots=True)
class Tally:
    """How many entries a pull has added, changed, let go and found as they were."""

    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    unchanged: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.inserted + other.inserted,
            self.updated + other.updated,
            self.deleted + other.deleted,
            self.unchanged + other.unchanged,
        )


@dataclass(frozen=True, slots=True)
class Version:
    """An entry as it was seen from some run on. Where `op` is D it was gone from then on, and the values are none."""

    entry: Entry
    op: Op
    run: int
    seen_at: dt.datetime
    schema_version: int


@dataclass(frozen=True, slots=True)
class Seen:
    """When, by which run and under which dictionary something was seen."""

    run: int
    at: dt.datetime
    schema_version: int


def apply(
    connection: Connection, project: str, records: Collection[str], entries: Sequence[Entry], seen: Seen
) -> Tally:
    """Makes those records of the store equal to `entries`, which is the whole truth about them; says what that took.

    Entries that differ are written, entries the store has beside them are marked as gone, and each of these changes is
    added to the history. Equal ones are not touched, so the same chunk twice, or chunks in any order, change nothing.
    Raises ValueError for an entry of another project or record.
    """
    if any(entry.key.project != project or entry.key.record not in records for entry in entries):
        raise ValueError("an entry of another project or record was to be stored")
    known = _digests(connection, project, records)
    changes: list[tuple[Op, Entry]] = []
    for entry in entries:
        before = known.pop(entry.key, None)
        if before != entry.digest:
            changes.append(("U" if before else "I", entry))
    unchanged = len(entries) - len(changes)
    changes += [("D", Entry(key, "", {})) for key, digest in known.items() if digest]
    _write(connection, changes, seen)
    ops = [op for op, _ in changes]
    return Tally(ops.count("I"), ops.count("U"), ops.count("D"), unchanged)


def let_go(connection: Connection, project: str, records: Collection[str], seen: Seen) -> Tally:
    """Marks every entry of those records as gone."""
    return apply(connection, project, records, [], seen)


def current(connection: Connection, project: str, instrument: str | None = None) -> Iterator[Entry]:
    """The entries now in REDCap, by record, event, instrument and instance."""
    found = (
        select(row_current)
        .where(row_current.c.project == project, row_current.c.deleted_at.is_(None))
        .order_by(*(row_current.c[name] for name in ROW_KEY))
    )
    if instrument is not None:
        found = found.where(row_current.c.instrument == instrument)
    for row in connection.execution_options(yield_per=_ROWS_A_FETCH).execute(found):
        yield _entry(row)


def history(
    connection: Connection, project: str, record: str | None = None, instrument: str | None = None
) -> Iterator[Version]:
    """Every version of every entry that was ever seen, in the order in which they were seen."""
    found = select(row_history).where(row_history.c.project == project).order_by(row_history.c.seq)
    if record is not None:
        found = found.where(row_history.c.record == record)
    if instrument is not None:
        found = found.where(row_history.c.instrument == instrument)
    for row in connection.execution_options(yield_per=_ROWS_A_FETCH).execute(found):
        yield Version(_entry(row), row.op, row.valid_from_run, row.seen_at, row.schema_version)


def records(connection: Connection, project: str) -> set[str]:
    """The records of which something is in the store and not gone."""
    found = select(row_current.c.record).where(row_current.c.project == project, row_current.c.deleted_at.is_(None))
    return set(connection.scalars(found.distinct()))


def has_groups(connection: Connection, project: str) -> bool:
    """Whether any entry now in the store belongs to a data access group."""
    grouped = (row_current.c.project == project, row_current.c.deleted_at.is_(None), row_current.c.dag != "")
    return connection.execute(select(row_current.c.record).where(*grouped).limit(1)).first() is not None


def _digests(connection: Connection, project: str, wanted: Collection[str]) -> dict[EntryKey, str]:
    """The digest of every entry of those records that was ever there; '' for one that is gone."""
    columns = (*(row_current.c[name] for name in ROW_KEY), row_current.c.digest)
    found: dict[EntryKey, str] = {}
    ids = sorted(wanted)
    for start in range(0, len(ids), _IDS_A_QUERY):
        some = row_current.c.record.in_(ids[start : start + _IDS_A_QUERY])
        rows = connection.execute(select(*columns).where(row_current.c.project == project, some))
        found.update({EntryKey(*row[:-1]): row[-1] for row in rows})
    return found


def _write(connection: Connection, changes: Sequence[tuple[Op, Entry]], seen: Seen) -> None:
    if not changes:
        return
    now, then = [], []
    for op, entry in changes:
        shared = _columns(entry, "" if op == "D" else entry.digest, seen)
        now.append({**shared, "run": seen.run, "deleted_at": seen.at if op == "D" else None})
        then.append({**shared, "op": op, "valid_from_run": seen.run, "seen_at": seen.at})
    upsert(connection, row_current, ROW_KEY, now)
    connection.execute(row_history.insert(), then)


def _columns(entry: Entry, digest: str, seen: Seen) -> dict[str, Any]:
    key = {name: getattr(entry.key, name) for name in ROW_KEY}
    return {
        **key,
        "dag": entry.dag,
        "data": dict(entry.values),
        "digest": digest,
        "schema_version": seen.schema_version,
    }


def upsert(connection: Connection, table: Table, key: Collection[str], values: Sequence[Mapping[str, Any]]) -> None:
    """Writes those rows in place of the ones that have the same key, or beside the others. Same on both databases."""
    dialect = {"sqlite": sqlite, "postgresql": postgresql}[connection.dialect.name]
    statement = dialect.insert(table)
    replaced = {name: statement.excluded[name] for name in values[0] if name not in key}
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=replaced), list(values))


def _entry(row: Row[Any]) -> Entry:
    return Entry(EntryKey(row.project, row.record, row.event, row.instrument, row.instance), row.dag, row.data)
