"""Taking data away: whole records, what they hold in an arm or event or of one form, and renaming them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from redcap_sandbox.design.dictionary import Column
from redcap_sandbox.design.project import Project
from redcap_sandbox.records import names
from redcap_sandbox.store.journal import Note
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.refusals import Refusal

# The project's setting under which deleting a record may delete its traces in the log as well.
FORGETS = "allow_delete_record_from_log"


@dataclass(frozen=True)
class Stored:
    """A record by its number and its name as stored."""

    id: int
    name: str


@dataclass(frozen=True)
class Part:
    """What of a record is to go: events by number, None for all; a form, '' for all; an instance, None for all."""

    events: Collection[int] | None = None
    form: str = ""
    instance: int | None = None

    @property
    def is_all(self) -> bool:
        """Whether it is the whole record."""
        return self.events is None and not self.form and self.instance is None


def find(
    db: sqlite3.Connection,
    project: int,
    wanted: Sequence[str],
    group: int | None,
    events: Collection[int] | None = None,
    refusal: Callable[[Sequence[str]], Refusal] = refusals.unknown_records,
) -> list[Stored]:
    """The records of these names, each once.

    Refusal if one of them does not exist, not in the caller's group, or in none of these events.
    """
    found = []
    missing = []
    for folded, name in {names.folded(name.strip()): name for name in wanted}.items():
        row = db.execute(
            "SELECT id, name FROM record WHERE project = ? AND folded = ? AND (? IS NULL OR access_group = ?)",
            (project, folded, group, group),
        ).fetchone()
        if row and (events is None or _is_in(db, row[0], events)):
            found.append(Stored(*row))
        else:
            missing.append(name)
    if missing:
        raise refusal(missing)
    return found


def delete(db: sqlite3.Connection, project: Project, records: Sequence[Stored], part: Part) -> Iterator[Note]:
    """Deletes that part of each record; a record of which nothing is left is gone as a whole.

    The log calls the loss of a part an update that blanks every field.
    """
    for record in records:
        if part.is_all:
            db.execute("DELETE FROM record WHERE id = ?", (record.id,))
        else:
            yield from _delete_part(db, project, record, part)
        if part.is_all or not _holds_anything(db, record.id):
            db.execute("DELETE FROM record WHERE id = ?", (record.id,))
            yield Note(
                kind="record_delete",
                action=f"Delete record {record.name}",
                details=f"{project.dictionary.record_id} = '{record.name}'",
                record=record.name,
            )


def _holds_anything(db: sqlite3.Connection, record: int) -> bool:
    (found,) = db.execute("SELECT EXISTS (SELECT 1 FROM document WHERE record = ?)", (record,)).fetchone()
    return bool(found)


def _delete_part(db: sqlite3.Connection, project: Project, record: Stored, part: Part) -> Iterator[Note]:
    """Only what can be seen: of a project that was longitudinal once, data in events that are no longer shown stay."""
    events = project.event_by_id.keys() if part.events is None else part.events
    stored = db.execute("SELECT event, form, instance FROM document WHERE record = ?", (record.id,)).fetchall()
    gone = [
        (event, form, instance)
        for event, form, instance in sorted(stored)
        if event in events
        and (not part.form or form == part.form)
        and (part.instance is None or instance == part.instance)
    ]
    db.executemany(
        "DELETE FROM document WHERE record = ? AND event = ? AND form = ? AND instance = ?",
        [(record.id, *place) for place in gone],
    )
    for event, form, instance in gone:
        if form:
            yield Note(
                kind="record_edit",
                action=f"Update record {record.name}{project.logged_event(event)}",
                details=_blanked(project, form, instance),
                record=record.name,
            )


def _blanked(project: Project, form: str, instance: int) -> str:
    columns: Sequence[Column] = [column for column in project.dictionary.columns if column.form == form]
    texts = [
        f"{column.logged} = unchecked" if column.is_checkbox else f"{column.logged} = ''"
        for column in columns
        if column.field != project.dictionary.record_id
    ]
    return ", ".join([f"[instance = {instance}]", *texts] if instance > 1 else texts)


def forget(db: sqlite3.Connection, project: int, records: Iterable[Stored]) -> None:
    """Deletes every line of the log about these records (that nothing at all remains is assumed)."""
    db.executemany(
        "DELETE FROM journal WHERE project = ? AND record = ?", [(project, record.name) for record in records]
    )


def arm_events(project: Project, arm: int) -> frozenset[int]:
    """The numbers of the arm's events."""
    return frozenset(event.id for event in project.events if event.arm == arm)


def rename(
    db: sqlite3.Connection, project: Project, record: Stored, name: str, events: Collection[int] | None = None
) -> Note:
    """Gives the record that name, in these events or in all; Refusal (text assumed) if the name is taken there.

    A record that is in other events too stays there under its old name. Otherwise its earlier lines in the log go with
    it (assumed).
    """
    other = _other(db, project.id, record, name)
    if other is not None and (events is None or _is_in(db, other, events)):
        raise Refusal(400, f"The record cannot be renamed, for a record named {name} exists already")
    if events is None or (other is None and not _is_beyond(db, record.id, events)):
        db.execute(
            "UPDATE record SET name = ?, folded = ?, sort_key = ? WHERE id = ?",
            (name, names.folded(name), names.sort_key(name), record.id),
        )
    else:
        _move(db, record, _other_or_new(db, record, name, other), events)
    if events is None or not _is_beyond(db, record.id, events):
        db.execute("UPDATE journal SET record = ? WHERE project = ? AND record = ?", (name, project.id, record.name))
    details = f"{project.dictionary.record_id} = '{name}'"
    return Note("record_edit", f"Update record {record.name}", details, name)


def _other(db: sqlite3.Connection, project: int, record: Stored, name: str) -> int | None:
    """The number of another record of that name."""
    row = db.execute(
        "SELECT id FROM record WHERE project = ? AND folded = ? AND id <> ?", (project, names.folded(name), record.id)
    ).fetchone()
    return int(row[0]) if row else None


def _other_or_new(db: sqlite3.Connection, record: Stored, name: str, other: int | None) -> int:
    """The number of the record to move into: the one of that name in another arm, or one that is made for it."""
    if other is not None:
        return other
    added = db.execute(
        "INSERT INTO record (project, name, folded, sort_key, access_group, locked) "
        "SELECT project, ?, ?, ?, access_group, locked FROM record WHERE id = ? RETURNING id",
        (name, names.folded(name), names.sort_key(name), record.id),
    )
    return int(added.fetchone()[0])


def _move(db: sqlite3.Connection, record: Stored, target: int, events: Collection[int]) -> None:
    """Moves what the record holds in these events, its survey links too, to another record."""
    for table in ("document", "survey_link"):
        db.executemany(
            f"UPDATE OR REPLACE {table} SET record = ? WHERE record = ? AND event = ?",  # noqa: S608  (constants)
            [(target, record.id, event) for event in events],
        )
    if not _holds_anything(db, record.id):
        db.execute("DELETE FROM record WHERE id = ?", (record.id,))


def _is_in(db: sqlite3.Connection, record: int, events: Collection[int]) -> bool:
    return any(event in events for event in _held(db, record))


def _is_beyond(db: sqlite3.Connection, record: int, events: Collection[int]) -> bool:
    return any(event not in events for event in _held(db, record))


def _held(db: sqlite3.Connection, record: int) -> list[int]:
    return [event for (event,) in db.execute("SELECT DISTINCT event FROM document WHERE record = ?", (record,))]
