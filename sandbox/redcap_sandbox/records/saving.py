"""Checked rows → stored documents and the lines of the log. Only what differs is written and logged."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from redcap_sandbox.design.dictionary import status_name
from redcap_sandbox.design.project import Project
from redcap_sandbox.people.members import Member
from redcap_sandbox.records import names
from redcap_sandbox.records.incoming import NEW, Incoming
from redcap_sandbox.store.journal import Note
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.answers import json_text
from redcap_sandbox.wire.refusals import Refusal

_CHUNK = 1000

_Place = tuple[int, str, int]  # record's number, form, instance
_Document = dict[str, str]
_Change = tuple[str, str]  # document key, new value or ''


@dataclass
class _Held:
    """A record being written."""

    id: int
    name: str
    group: int | None
    is_new: bool


class Saving:
    """Writes an import into one project on behalf of one user; `log` takes each chunk's lines."""

    def __init__(
        self, db: sqlite3.Connection, project: Project, caller: Member, log: Callable[[Iterable[Note]], None]
    ) -> None:
        self._db = db
        self._project = project
        self._caller = caller
        self._log = log
        self._columns = {column.key: column for column in project.dictionary.columns}

    def save(self, rows: Sequence[Incoming]) -> list[str]:
        """The names of the records touched, in order, each once. Refusal if the user may not write one of them."""
        touched: dict[str, None] = {}
        remaining = iter(rows)
        while chunk := list(islice(remaining, _CHUNK)):
            touched.update(dict.fromkeys(self._chunk(chunk)))
        return list(touched)

    def _chunk(self, rows: Sequence[Incoming]) -> list[str]:
        held = self._records(rows)
        placed = list(self._placed(rows, held))
        documents = self._documents({place for _, _, places in placed for place in places})
        changed: set[_Place] = set()
        notes: list[Note] = []
        for row, record, places in placed:
            changes: list[_Change] = []
            for place in places:
                of_form = _merge(documents.setdefault(place, {}), place[1], row.values[place[1]])
                changes += of_form
                if of_form:
                    changed.add(place)
            notes += self._data_notes(record, places, changes)
            notes += self._group_notes(record, row.group)
            record.is_new = False
        self._store({place: documents[place] for place in changed})
        self._log(notes)
        return [record.name for _, record, _ in placed]

    def _records(self, rows: Sequence[Incoming]) -> dict[str, _Held]:
        """The records of the rows by folded name; those that are missing are made."""
        wanted: dict[str, str] = {}
        for row in rows:
            wanted.setdefault(names.folded(row.record), row.record)
        found = self._db.execute(
            "SELECT folded, id, name, access_group FROM record WHERE project = ? "
            "AND folded IN (SELECT value FROM json_each(?))",
            (self._project.id, json.dumps(list(wanted))),
        )
        held = {folded: _Held(number, name, group, is_new=False) for folded, number, name, group in found}
        self._check_group(held.values())
        missing = {folded: name for folded, name in wanted.items() if folded not in held}
        if missing and not self._caller.may("record_create"):
            raise refusals.no_create_right()
        return held | {folded: self._create(folded, name) for folded, name in missing.items()}

    def _check_group(self, held: Iterable[_Held]) -> None:
        group = self._caller.group
        if group is not None and any(record.group != group for record in held):
            raise Refusal(
                400, "One or more of the records provided do not belong to your Data Access Group: nothing was saved."
            )

    def _create(self, folded: str, name: str) -> _Held:
        added = self._db.execute(
            "INSERT INTO record (project, name, folded, sort_key) VALUES (?, ?, ?, ?) RETURNING id",
            (self._project.id, name, folded, names.sort_key(name)),
        )
        return _Held(added.fetchone()[0], name, None, is_new=True)

    def _placed(
        self, rows: Sequence[Incoming], held: Mapping[str, _Held]
    ) -> Iterator[tuple[Incoming, _Held, list[_Place]]]:
        """Each row with its record and the documents it writes; `new` becomes the next free instance."""
        instances = _Instances(self._db)
        for row in rows:
            record = held[names.folded(row.record)]
            yield (
                row,
                record,
                [(record.id, form, instances.number(record.id, form, row.instance)) for form in row.values],
            )

    def _documents(self, places: set[_Place]) -> dict[_Place, _Document]:
        rows = self._db.execute(
            "SELECT document.record, document.form, document.instance, document.content "
            "FROM json_each(?) AS place JOIN document ON document.record = json_extract(place.value, '$[0]') "
            "AND document.event = 1 AND document.form = json_extract(place.value, '$[1]') "
            "AND document.instance = json_extract(place.value, '$[2]')",
            (json.dumps(list(places)),),
        )
        return {(record, form, instance): json.loads(content) for record, form, instance, content in rows}

    def _store(self, documents: Mapping[_Place, _Document]) -> None:
        self._db.executemany(
            "INSERT INTO document (record, form, instance, content) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (record, event, form, instance) DO UPDATE SET content = excluded.content",
            ((*place, json_text(document)) for place, document in documents.items() if document),
        )
        self._db.executemany(
            "DELETE FROM document WHERE record = ? AND event = 1 AND form = ? AND instance = ?",
            [place for place, document in documents.items() if not document],
        )

    def _data_notes(self, record: _Held, places: Sequence[_Place], changes: Sequence[_Change]) -> Iterator[Note]:
        if not changes and not record.is_new:
            return
        details = [self._logged(key, value) for key, value in changes]
        if record.is_new:
            details.insert(0, f"{self._project.dictionary.record_id} = '{record.name}'")
        instance = max((number for *_, number in places), default=1)
        if instance > 1:
            details.insert(0, f"[instance = {instance}]")
        yield Note(
            kind="record_add" if record.is_new else "record_edit",
            action=f"{'Create' if record.is_new else 'Update'} record (API) {record.name}",
            details=", ".join(details),
            record=record.name,
        )

    def _logged(self, key: str, value: str) -> str:
        column = self._columns[key]
        if column.is_checkbox:
            return f"{column.logged} = {'checked' if value else 'unchecked'}"
        return f"{column.logged} = '{value}'"

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
            action=f"Update record (API) {record.name}",
            details=f"{verb} Data Access Group (redcap_data_access_group = '{unique}')",
            record=record.name,
        )


class _Instances:
    """Numbers for the instances of an import."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._sent: dict[tuple[int, str], int] = {}

    def number(self, record: int, form: str, instance: int | str) -> int:
        """The instance's number; for `new`, one more than the highest stored or sent so far."""
        sent = self._sent.get((record, form), 0)
        number = 1 + max(sent, self._highest(record, form)) if instance == NEW else int(instance)
        self._sent[record, form] = max(sent, number)
        return number

    def _highest(self, record: int, form: str) -> int:
        (highest,) = self._db.execute(
            "SELECT coalesce(max(instance), 0) FROM document WHERE record = ? AND event = 1 AND form = ?",
            (record, form),
        ).fetchone()
        return int(highest)


def _merge(document: _Document, form: str, values: Mapping[str, str]) -> list[_Change]:
    """What the values change in the document, done. A form that gets its first data becomes Incomplete."""
    changes = [(key, value) for key, value in values.items() if document.get(key, "") != value]
    for key, value in changes:
        if value:
            document[key] = value
        else:
            del document[key]
    status = status_name(form)
    if changes and document and status not in document and status not in values:
        document[status] = "0"
        changes.append((status, "0"))
    return changes
