"""REDCap's rows in the store: takes a chunk in, lets records go, reads what is there now."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, func, select

from breakthrough.entry import Entry, EntryKey
from breakthrough.store import bulk, known
from breakthrough.store.columns import canonical, moment, of_records
from breakthrough.store.tables import ROW_KEY, row_current, row_history

Op = Literal["I", "U", "D"]

# Why a row changed. `entered` new, `returned` there again after it had gone; `edited` its values, `moved` its data
# access group alone; `row` it has gone while its record has not (a form, event or repeat instance was deleted or
# blanked), `record` with its record, `renamed` with a record that has another name now; `schema` the dictionary, or
# what is asked for, has changed. '' in what version 1 wrote.
Cause = Literal["entered", "returned", "edited", "moved", "row", "record", "renamed", "schema", ""]

_CURRENT = ("dag", "data", "digest", "schema_version", "run", "deleted_at", *ROW_KEY)
_HISTORY = (*ROW_KEY, "valid_from_run", "seen_at", "op", "dag", "data", "digest", "schema_version", "cause")


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
class Seen:
    """When, by which run and under which dictionary something was seen."""

    run: int
    at: dt.datetime
    schema_version: int


def apply(
    connection: Connection,
    project: str,
    records: Collection[str],
    entries: Sequence[Entry],
    seen: Seen,
    *,
    present: Mapping[str, str] | None = None,
    cause: Cause = "",
) -> Tally:
    """Makes those records of the store equal to `entries`, which is the whole truth about them; says what that took.

    Entries that differ are written, entries the store has beside them are marked as gone, and each of these changes is
    added to the history. Equal ones are not touched, so the same chunk twice, or chunks in any order, change nothing.

    `present` are those of the records that REDCap has, with their data access groups, also where nothing of them is of
    use to us; without it, the records that entries name. `cause` says why, where the caller knows better than the rows
    tell. Raises ValueError for an entry of another project or record.
    """
    wanted = frozenset(records)
    if any(entry.key.project != project or entry.key.record not in wanted for entry in entries):
        raise ValueError("an entry of another project or record was to be stored")
    there = {entry.key.record: entry.dag for entry in entries} | dict(present or {})
    known.note(connection, project, wanted, there, seen.run, seen.at)
    changes = _changes(entries, _held(connection, project, wanted), there)
    _write(connection, project, changes, seen, cause)
    ops = Counter(change.op for change in changes)
    written = ops["I"] + ops["U"]
    return Tally(ops["I"], ops["U"], ops["D"], len(entries) - written)


def let_go(
    connection: Connection, project: str, records: Collection[str], seen: Seen, *, cause: Cause = "record"
) -> Tally:
    """Marks every entry of those records, and the records themselves, as gone."""
    return apply(connection, project, records, [], seen, cause=cause)


def current(connection: Connection, project: str, instrument: str | None = None) -> Iterator[Entry]:
    """The entries now in REDCap, by record, event, instrument and instance."""
    found = (
        select(*(row_current.c[name] for name in (*ROW_KEY, "dag", "data")))
        .where(row_current.c.project == project, row_current.c.deleted_at.is_(None))
        .order_by(*(row_current.c[name] for name in ROW_KEY))
    )
    if instrument is not None:
        found = found.where(row_current.c.instrument == instrument)
    yield from bulk.entries(connection, found)


def counts(connection: Connection, project: str) -> dict[str, int]:
    """How many entries of each instrument are now in REDCap, by instrument in order."""
    there = (row_current.c.project == project, row_current.c.deleted_at.is_(None))
    found = select(row_current.c.instrument, func.count()).where(*there).group_by(row_current.c.instrument)
    return dict(sorted((str(instrument), int(number)) for instrument, number in connection.execute(found)))


def records(connection: Connection, project: str) -> set[str]:
    """The records that REDCap has, as last seen."""
    return set(known.groups(connection, project))


def has_groups(connection: Connection, project: str) -> bool:
    """Whether any record now in the store belongs to a data access group."""
    return known.has_groups(connection, project)


class _Change(NamedTuple):
    op: Op
    cause: Cause
    fresh: bool  # there is no line of this key yet
    entry: Entry
    digest: str


class _Held(NamedTuple):
    digest: str  # '' where it has gone
    dag: str


def _changes(entries: Sequence[Entry], held: dict[EntryKey, _Held], there: Collection[str]) -> list[_Change]:
    """What has to be written; takes the entries that are there out of `held`."""
    changes = []
    for entry in entries:
        digest, before = entry.digest, held.pop(entry.key, None)
        if before is None:
            changes.append(_Change("I", "entered", True, entry, digest))
        elif not before.digest:
            changes.append(_Change("I", "returned", False, entry, digest))
        elif before.digest != digest:
            changes.append(_Change("U", _why(entry, before), False, entry, digest))
    for key, before in held.items():
        if before.digest:
            cause: Cause = "row" if key.record in there else "record"
            changes.append(_Change("D", cause, False, Entry(key, "", {}), ""))
    return changes


def _why(entry: Entry, before: _Held) -> Cause:
    """Whether an entry that differs differs in its group alone: with the former group it would be the former entry."""
    moved = entry.dag != before.dag and Entry(entry.key, before.dag, entry.values).digest == before.digest
    return "moved" if moved else "edited"


def _held(connection: Connection, project: str, wanted: Collection[str]) -> dict[EntryKey, _Held]:
    """What is known of every entry of those records that was ever there."""
    found = of_records(connection, row_current, (*ROW_KEY, "digest", "dag"), project, wanted)
    return {EntryKey(*key): _Held(digest, dag) for *key, digest, dag in connection.execute(found)}


def _write(connection: Connection, project: str, changes: Sequence[_Change], seen: Seen, cause: Cause) -> None:
    if not changes:
        return
    at = moment(connection, seen.at)
    fresh: list[tuple[Any, ...]] = []
    former: list[tuple[Any, ...]] = []
    then: list[tuple[Any, ...]] = []
    for op, why, is_new, entry, digest in changes:
        key, data = entry.key, canonical(dict(entry.values))
        place = (project, key.record, key.event, key.instrument, key.instance)
        gone = at if op == "D" else None
        now = (entry.dag, data, digest, seen.schema_version, seen.run, gone, *place)
        (fresh if is_new else former).append(now)
        then.append((*place, seen.run, at, op, entry.dag, data, digest, seen.schema_version, cause or why))
    bulk.insert(connection, row_current, _CURRENT, fresh)
    bulk.replace(connection, row_current, ROW_KEY, _CURRENT, former)
    bulk.insert(connection, row_history, _HISTORY, then)
