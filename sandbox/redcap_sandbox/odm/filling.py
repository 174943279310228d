"""The records of a project XML, stored in the project that was made from it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice
from typing import NamedTuple

from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments import odm
from redcap_sandbox.design.dictionary import status_name, timestamp_name
from redcap_sandbox.design.project import Project
from redcap_sandbox.files import uploads
from redcap_sandbox.people import members
from redcap_sandbox.records.incoming import Incoming
from redcap_sandbox.records.layout import SURVEY_IDENTIFIER
from redcap_sandbox.records.saving import Saving
from redcap_sandbox.store.journal import Note
from redcap_sandbox.wire.refusals import Refusal

_CHUNK = 1000  # rows that are in memory at once
_OWN = ""  # the form of the record's own row at an event
_COMPUTED = "calc"
_FILE = "file"

Values = dict[str, dict[str, str]]


class _Place(NamedTuple):
    """Where an entry belongs: the row of which record, at which event, of which repeating form ('' for none)."""

    record: str
    event: int
    form: str
    instance: int


def fill(
    db: sqlite3.Connection, project: Project, parsed: odm.Project, at: str, log: Callable[[Iterable[Note]], None]
) -> None:
    """Stores the records, a thousand rows at a time.

    Values are stored as they are, valid or not; those of calculated fields are left out, and computed when the record
    is next saved. Items and forms that the project does not have are passed over, and so are groups. Refusal (assumed)
    for a record without a name, for an event that the XML does not define, and where the XML cannot be read.
    """
    rows = _Rows(db, project, at).of(odm.entries(parsed))
    saving = Saving(db, project, members.creator(), log)
    try:
        while chunk := list(islice(rows, _CHUNK)):
            saving.save(chunk)
    except DictionaryInvalid as error:
        raise Refusal(400, str(error)) from None


class _Rows:
    """Entries → rows as an import would bring them."""

    def __init__(self, db: sqlite3.Connection, project: Project, at: str) -> None:
        self._db = db
        self._project = project
        self._at = at
        self._keys: dict[str, dict[str, str]] = {form.name: {} for form in project.dictionary.forms}
        self._files: dict[str, set[str]] = {form.name: set() for form in project.dictionary.forms}
        for name, column in project.dictionary.column_names.items():
            if column.kind == _FILE:
                self._files[column.form].add(name)
            elif column.kind != _COMPUTED and column.field != project.dictionary.record_id:
                self._keys[column.form][name] = column.key
        self._boxes = {column.name for column in project.dictionary.columns if column.is_checkbox}

    def of(self, entries: Iterable[odm.Entry]) -> Iterator[Incoming]:
        """A row for each run of entries that belong to one."""
        for place, run in groupby(entries, key=self._place):
            values: Values = {}
            identifier, group = "", None
            for entry in run:
                if entry.form in self._keys:
                    values.setdefault(entry.form, {}).update(self._values(entry))
                identifier = entry.identifier or identifier
                group = entry.group if entry.group in self._project.group_by_unique else group
            if identifier and not place.form:
                values[_OWN] = {SURVEY_IDENTIFIER: identifier}
            yield Incoming(*place, group, values)
            if identifier and place.form:
                yield Incoming(place.record, place.event, _OWN, 1, None, {_OWN: {SURVEY_IDENTIFIER: identifier}})

    def _place(self, entry: odm.Entry) -> _Place:
        record = entry.record.strip()
        if not record:
            raise Refusal(400, "The project XML has a record whose name is blank.")
        project = self._project
        event = project.event_by_unique.get(entry.event) if entry.event else project.first_event
        if event is None:
            raise Refusal(400, f"The project XML has records of the event '{entry.event}', which it does not define.")
        form = entry.form if project.repeats(event.id, entry.form) else _OWN
        return _Place(record, event.id, form, entry.instance)

    def _values(self, entry: odm.Entry) -> dict[str, str]:
        """What to store of the form, by document key; an unchecked box is blank.

        A status that is not told stays unsaid: a real server's XML has forms with values and without a status.
        """
        keys, boxes = self._keys[entry.form], self._boxes
        values = {
            keys[item]: value
            for item, value in entry.values.items()
            if item in keys and not (value == "0" and item in boxes)
        }
        if entry.timestamp:
            values[timestamp_name(entry.form)] = entry.timestamp
        for name, file in entry.files.items():
            if name in self._files[entry.form]:
                values[name] = str(
                    uploads.add(self._db, self._project.id, self._at, file.name, file.mime, file.content)
                )
        values.setdefault(status_name(entry.form), "")
        return values
