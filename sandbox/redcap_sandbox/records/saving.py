"""Checked rows → stored documents and the lines of the log. Only what differs is written and logged."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple

import orjson

from redcap_sandbox.design.dictionary import status_name
from redcap_sandbox.design.project import Project
from redcap_sandbox.people.members import Member
from redcap_sandbox.records import calculating, missing, names, reading
from redcap_sandbox.records.calculating import Calculation, Computed, Written
from redcap_sandbox.records.incoming import NEW, Incoming
from redcap_sandbox.records.reading import Selection
from redcap_sandbox.records.sight import Sight
from redcap_sandbox.store.journal import Note
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.refusals import Refusal

_CHUNK = 1000
_OWN = ""  # the form of the document that is the record's own row at an event
_EMPTY = "{}"

_Place = tuple[int, int, str, int]  # record's number, event, form, instance
_Document = dict[str, str]
_Change = tuple[str, str]  # document key, new value or ''


@dataclass(frozen=True)
class Manner:
    """How the log words that a record was created and changed."""

    created: str = "Create record (API)"
    updated: str = "Update record (API)"


API = Manner()


class _Stored(NamedTuple):
    """A record as it was before the import."""

    folded: str
    id: int
    name: str
    group: int | None
    is_locked: int


@dataclass
class _Held:
    """A record being written."""

    id: int
    name: str
    group: int | None
    is_new: bool


@dataclass(frozen=True)
class _Write:
    """A row with the record it goes to and the instance it is, and the documents it writes."""

    row: Incoming
    record: _Held
    instance: int
    places: Mapping[str, _Place]  # by form


class Saving:
    """Writes an import into one project on behalf of one user; `log` takes each chunk's lines.

    `fields` are those of the import: calculations that read one of them are done again.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        project: Project,
        caller: Member,
        log: Callable[[Iterable[Note]], None],
        fields: Collection[str] = (),
        sight: Sight | None = None,
        manner: Manner = API,
    ) -> None:
        self._db = db
        self._project = project
        self._caller = caller
        self._log = log
        self._manner = manner
        codes = chain.from_iterable(missing.boxes(project).values())
        self._boxes = frozenset(one.key for one in chain(project.dictionary.columns, codes) if one.is_checkbox)
        self._sight = sight
        self._calculations: tuple[Calculation, ...] = ()
        self._fields = frozenset(fields) | {project.dictionary.record_id}
        if sight is not None:
            self._calculations = calculating.affected(calculating.found(project.dictionary), self._fields)

    def save(self, rows: Sequence[Incoming]) -> list[str]:
        """The names of the records touched, in order, each once. Refusal if the user may not write one of them."""
        touched: dict[str, None] = {}
        remaining = iter(rows)
        while chunk := list(islice(remaining, _CHUNK)):
            touched.update(dict.fromkeys(self._chunk(chunk)))
        return list(touched)

    def _chunk(self, rows: Sequence[Incoming]) -> list[str]:
        held = self._records(rows)
        writes = list(self._placed(rows, held))
        documents = self._documents({place for write in writes for place in write.places.values()})
        changed: set[_Place] = set()
        notes: list[Note] = []
        for write in writes:
            changes: list[_Change] = []
            for form, place in write.places.items():
                if place not in documents:
                    documents[place] = {}
                    if form == _OWN:
                        changed.add(place)
                of_form = _merge(documents[place], form, write.row.values.get(form, {}))
                changes += of_form
                if of_form:
                    changed.add(place)
            notes += self._data_notes(write, changes)
            notes += self._group_notes(write.record, write.row.group)
            write.record.is_new = False
        self._store({place: documents[place] for place in changed})
        self._log(notes)
        self._calculate(writes)
        return [write.record.name for write in writes]

    def barred(self, wanted: Iterable[str]) -> frozenset[str]:
        """The folded names of those records that `save` would refuse to write: what a background import leaves out."""
        asked = {names.folded(name) for name in wanted}
        stored = self._stored(asked)
        barred = {one.folded for one in stored if one.is_locked or self._is_foreign(one)}
        new = asked.difference(one.folded for one in stored)
        return frozenset(barred if self._caller.may("record_create") else barred | new)

    def _records(self, rows: Sequence[Incoming]) -> dict[str, _Held]:
        """The records of the rows by folded name; those that are missing are made."""
        wanted: dict[str, str] = {}
        for row in rows:
            wanted.setdefault(names.folded(row.record), row.record)
        stored = self._stored(wanted)
        if locked := [one.name for one in stored if one.is_locked]:
            raise refusals.locked(locked, status_name(self._project.dictionary.forms[0].name))
        if any(map(self._is_foreign, stored)):
            raise Refusal(
                400, "One or more of the records provided do not belong to your Data Access Group: nothing was saved."
            )
        held = {one.folded: _Held(one.id, one.name, one.group, is_new=False) for one in stored}
        missing = {folded: name for folded, name in wanted.items() if folded not in held}
        if missing and not self._caller.may("record_create"):
            raise refusals.no_create_right()
        return held | {folded: self._create(folded, name) for folded, name in missing.items()}

    def _stored(self, folded: Iterable[str]) -> list[_Stored]:
        rows = self._db.execute(
            "SELECT folded, id, name, access_group, locked FROM record WHERE project = ? "
            "AND folded IN (SELECT value FROM json_each(?))",
            (self._project.id, json.dumps(list(folded))),
        )
        return [_Stored(*row) for row in rows]

    def _is_foreign(self, stored: _Stored) -> bool:
        """Whether the user sits in a group and the record is not in it."""
        return self._caller.group is not None and stored.group != self._caller.group

    def _create(self, folded: str, name: str) -> _Held:
        added = self._db.execute(
            "INSERT INTO record (project, name, folded, sort_key) VALUES (?, ?, ?, ?) RETURNING id",
            (self._project.id, name, folded, names.sort_key(name)),
        )
        return _Held(added.fetchone()[0], name, None, is_new=True)

    def _placed(self, rows: Sequence[Incoming], held: Mapping[str, _Held]) -> Iterator[_Write]:
        """Each row with what it writes; `new` becomes the next free instance.

        The record's own row is written in every event that the record has data in: REDCap stores the record id there.
        """
        instances = _Instances(self._db)
        for row in rows:
            record = held[names.folded(row.record)]
            instance = instances.number(record.id, row.event, row.form, row.instance)
            places = {form: (record.id, row.event, form, instance) for form in row.values}
            places[_OWN] = (record.id, row.event, _OWN, 1 if row.form else instance)
            yield _Write(row, record, instance, places)

    def _documents(self, places: set[_Place]) -> dict[_Place, _Document]:
        rows = self._db.execute(
            "SELECT document.record, document.event, document.form, document.instance, document.content "
            "FROM json_each(?) AS place JOIN document ON document.record = json_extract(place.value, '$[0]') "
            "AND document.event = json_extract(place.value, '$[1]') "
            "AND document.form = json_extract(place.value, '$[2]') "
            "AND document.instance = json_extract(place.value, '$[3]')",
            (json.dumps(list(places)),),
        )
        return {tuple(place): {} if content == _EMPTY else orjson.loads(content) for *place, content in rows}

    def _store(self, documents: Mapping[_Place, _Document]) -> None:
        self._db.executemany(
            "INSERT INTO document (record, event, form, instance, content) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (record, event, form, instance) DO UPDATE SET content = excluded.content",
            (
                (*place, orjson.dumps(document).decode() if document else _EMPTY)
                for place, document in documents.items()
                if document or place[2] == _OWN
            ),
        )
        self._db.executemany(
            "DELETE FROM document WHERE record = ? AND event = ? AND form = ? AND instance = ?",
            [place for place, document in documents.items() if not document and place[2] != _OWN],
        )

    def _calculate(self, writes: Iterable[_Write]) -> None:
        """Does the calculations that read what was written. A result alone makes no form Incomplete (assumed)."""
        if not self._calculations or self._sight is None:
            return
        places: dict[int, set[calculating.Place]] = {}
        for write in writes:
            places.setdefault(write.record.id, set()).update(place[1:] for place in write.places.values())
        everything = reading.read(self._db, self._project.id, Selection(ids=sorted(places)))
        for record in everything:
            documents = {(one.event, one.form, one.instance): dict(one.values) for one in record.documents}
            written = Written(self._project, self._fields, places[record.id])
            results = list(calculating.computed(record, self._calculations, self._project, self._sight, written))
            changed: dict[_Place, _Document] = {}
            for result in results:
                place = (result.event, result.form, result.instance)
                changed[record.id, *place] = document = documents.setdefault(place, {})
                if result.value:
                    document[result.key] = result.value
                else:
                    document.pop(result.key, None)
            self._store(changed)
            self._log(self._calculation_notes(record.name, results))

    def _calculation_notes(self, record: str, results: Iterable[Computed]) -> Iterator[Note]:
        """One line for each event and instance that results belong to."""
        told: dict[tuple[int, int], list[str]] = {}
        for result in results:
            told.setdefault((result.event, result.instance), []).append(f"{result.key} = '{result.value}'")
        for (event, instance), details in told.items():
            if instance > 1:
                details.insert(0, f"[instance = {instance}]")
            action = f"Update record (Auto calculation) {record}{self._project.logged_event(event)}"
            yield Note("record_edit", action, ", ".join(details), record)

    def _data_notes(self, write: _Write, changes: Sequence[_Change]) -> Iterator[Note]:
        record = write.record
        if not changes and not record.is_new:
            return
        boxes = self._boxes
        details = [
            f"{key} = '{value}'" if key not in boxes else f"{key} = {'checked' if value else 'unchecked'}"
            for key, value in changes
        ]
        if record.is_new:
            details.insert(0, f"{self._project.dictionary.record_id} = '{record.name}'")
        if write.instance > 1:
            details.insert(0, f"[instance = {write.instance}]")
        verb = self._manner.created if record.is_new else self._manner.updated
        yield Note(
            kind="record_add" if record.is_new else "record_edit",
            action=f"{verb} {record.name}{self._project.logged_event(write.row.event)}",
            details=", ".join(details),
            record=record.name,
        )

    def _group_notes(self, record: _Held, asked: str | None) -> Iterator[Note]:
        """Puts the record into its group: the one asked for, or for a new record its maker's."""
        if asked is not None:
            group = self._project.group_by_unique[asked].id if asked else None
        else:
            group = self._caller.group if record.is_new else record.group
        if group == record.group:
            return
        self._db.execute("UPDATE record SET access_group = ? WHERE id = ?", (group, record.id))
        unique = "" if group is None else self._project.group_by_id[group].unique
        verb = "Assign record to" if unique else "Remove record from"
        record.group = group
        yield Note(
            kind="record_edit",
            action=f"{self._manner.updated} {record.name}",
            details=f"{verb} Data Access Group (redcap_data_access_group = '{unique}')",
            record=record.name,
        )


class _Instances:
    """Numbers for the instances of an import."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._sent: dict[tuple[int, int, str], int] = {}

    def number(self, record: int, event: int, form: str, instance: int | str) -> int:
        """The instance's number; for `new`, one more than the highest stored or sent so far."""
        place = (record, event, form)
        sent = self._sent.get(place, 0)
        number = 1 + max(sent, self._highest(*place)) if instance == NEW else int(instance)
        self._sent[place] = max(sent, number)
        return number

    def _highest(self, record: int, event: int, form: str) -> int:
        (highest,) = self._db.execute(
            "SELECT coalesce(max(instance), 0) FROM document WHERE record = ? AND event = ? AND form = ?",
            (record, event, form),
        ).fetchone()
        return int(highest)


def _merge(document: _Document, form: str, values: Mapping[str, str]) -> list[_Change]:
    """What the values change in the document, done. A form that gets its first data becomes Incomplete."""
    if document:
        changes = [(key, value) for key, value in values.items() if document.get(key, "") != value]
        for key, value in changes:
            if value:
                document[key] = value
            else:
                del document[key]
    else:
        changes = [change for change in values.items() if change[1]]
        document.update(changes)
    if not changes or not document or form == _OWN:
        return changes
    status = status_name(form)
    if status not in document and status not in values:
        document[status] = "0"
        changes.append((status, "0"))
    return changes
