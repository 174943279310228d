"""Stored records → the entries of a project XML: what is asked for, as far as the caller may see it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from breakthrough.instruments.odm import Entry, File
from redcap_sandbox.design.dictionary import Column, timestamp_column, timestamp_name
from redcap_sandbox.design.events import Event
from redcap_sandbox.design.project import Project
from redcap_sandbox.files import uploads
from redcap_sandbox.records import access
from redcap_sandbox.records.access import Access
from redcap_sandbox.records.layout import SURVEY_IDENTIFIER
from redcap_sandbox.records.reading import Document, Record
from redcap_sandbox.records.rows import Keep, keep_all

_OWN = ""  # the form of the record's own row at an event
_NOTHING: Mapping[str, str] = {}
_LONGEST_NUMBER = 19  # digits of a whole number that the database takes


@dataclass(frozen=True)
class Wanted:
    """What is asked for: columns and events; and whether groups, what surveys add, and the content of files are."""

    columns: Sequence[Column]
    events: Sequence[Event]
    groups: bool = False
    surveys: bool = False
    files: bool = False


@dataclass(frozen=True)
class _Sheet:
    """A form's items by document key, those that hold files and those whose dates are shifted, and untouched boxes."""

    form: str
    items: Mapping[str, str]
    untouched: Mapping[str, str]
    files: frozenset[str]
    shifted: frozenset[str]
    has_timestamp: bool
    shifts_timestamp: bool


@dataclass(frozen=True)
class _Plan:
    """The forms of an event: those of the record's own row, those that repeat, and one that stands for an empty row."""

    event: Event
    single: Sequence[_Sheet]
    repeating: Mapping[str, _Sheet]
    repeats: bool
    empty: _Sheet | None


class Entries:
    """Makes the entries of one project's records, one record at a time."""

    def __init__(
        self, db: sqlite3.Connection, project: Project, wanted: Wanted, rights: Access, keep: Keep = keep_all
    ) -> None:
        self._db = db
        self._project = project
        self._wanted = wanted
        self._rights = rights
        self._keep = keep
        self._first = project.dictionary.forms[0].name
        self._groups = {group.id: group.unique for group in project.groups} if wanted.groups else {}
        self._identifiers = wanted.surveys and rights.sees_survey_identifiers
        sheets = [self._sheet(form.name) for form in project.dictionary.forms]
        self._plans = [self._plan(event, sheets) for event in wanted.events]

    def of(self, records: Iterable[Record]) -> Iterator[Entry]:
        """The entries of the records: of each, those of its own rows at all events, then of forms that repeat.

        A form of the record's own row has an entry if it holds anything, has a checkbox, whose boxes are always
        written, or is the first, which has the record's name. So the row is never without one, unless all forms repeat
        there.
        """
        for record in records:
            entries = list(self._record(record))
            group = self._groups.get(record.group or 0, "")
            if group and entries and not any(entry.form == self._first for entry in entries):
                entries[0] = replace(entries[0], group=group)
            yield from entries

    def _sheet(self, form: str) -> _Sheet:
        columns = [column for column in self._wanted.columns if column.form == form]
        timestamp = timestamp_column(form)
        return _Sheet(
            form=form,
            items={column.key: column.name for column in columns if column.kind != "file"},
            untouched={column.name: "0" for column in columns if column.is_checkbox},
            files=frozenset(column.key for column in columns if column.kind == "file" and self._wanted.files),
            shifted=frozenset(column.name for column in columns if self._rights.shifts(column)),
            has_timestamp=self._wanted.surveys and form in self._project.surveys and self._rights.allows(timestamp),
            shifts_timestamp=self._rights.shifts(timestamp),
        )

    def _plan(self, event: Event, sheets: Sequence[_Sheet]) -> _Plan:
        here = self._project.forms_of(event.id)
        whole = self._project.repeats(event.id)
        again = {sheet.form for sheet in sheets if not whole and self._project.repeats(event.id, sheet.form)}
        alone = [sheet for sheet in sheets if sheet.form not in again]
        single = [sheet for sheet in alone if sheet.form in here]
        asked = [sheet for sheet in sheets if sheet.form in here and (sheet.items or sheet.files)]
        return _Plan(
            event=event,
            single=[sheet for sheet in single if sheet in asked or sheet.form == self._first],
            repeating={sheet.form: sheet for sheet in asked if sheet.form in again},
            repeats=whole,
            empty=next(iter([*single, *alone]), None),
        )

    def _record(self, record: Record) -> Iterator[Entry]:
        held: dict[int, list[Document]] = {}
        for document in record.documents:
            held.setdefault(document.event, []).append(document)
        for plan in self._plans:
            if plan.event.id in held:
                yield from self._own_rows(record, plan, held[plan.event.id])
        for plan in self._plans:
            if plan.repeating and plan.event.id in held:
                yield from self._repeats(record, plan, held[plan.event.id])

    def _own_rows(self, record: Record, plan: _Plan, documents: Iterable[Document]) -> Iterator[Entry]:
        """The entries of the record's own row at the event; where that repeats as a whole, of each instance."""
        instances: dict[int, dict[str, Mapping[str, str]]] = {}
        for document in documents:
            if plan.repeats or document.instance == 1:
                instances.setdefault(document.instance, {})[document.form] = document.values
        for instance, forms in sorted(instances.items()):
            here = plan.repeats or _OWN in forms
            if here and self._keep(record, plan.event.id, "", instance if plan.repeats else None):
                yield from self._row(record, plan, instance, forms)

    def _row(
        self, record: Record, plan: _Plan, instance: int, forms: Mapping[str, Mapping[str, str]]
    ) -> Iterator[Entry]:
        identifier = forms.get(_OWN, _NOTHING).get(SURVEY_IDENTIFIER, "") if self._identifiers else ""
        shown = [sheet for sheet in plan.single if sheet.form in forms or sheet.untouched or sheet.form == self._first]
        for sheet in shown or ([plan.empty] if plan.empty else []):
            entry = self._entry(record, plan.event, sheet, instance, forms.get(sheet.form, _NOTHING))
            yield replace(entry, identifier=identifier) if identifier else entry
            identifier = ""

    def _repeats(self, record: Record, plan: _Plan, documents: Iterable[Document]) -> Iterator[Entry]:
        found = [document for document in documents if document.form in plan.repeating]
        order = list(plan.repeating)
        for document in sorted(found, key=lambda one: (order.index(one.form), one.instance)):
            if self._keep(record, document.event, document.form, document.instance):
                sheet = plan.repeating[document.form]
                yield self._entry(record, plan.event, sheet, document.instance, document.values)

    def _entry(self, record: Record, event: Event, sheet: _Sheet, instance: int, stored: Mapping[str, str]) -> Entry:
        values = dict(sheet.untouched)
        items = sheet.items
        for key, value in stored.items():
            if key in items:
                values[items[key]] = value
        for item in sheet.shifted & values.keys():
            values[item] = access.shifted(self._project.id, record.name, values[item])
        timestamp = stored.get(timestamp_name(sheet.form), "") if sheet.has_timestamp else ""
        if timestamp and sheet.shifts_timestamp:
            timestamp = access.shifted(self._project.id, record.name, timestamp)
        name = access.hashed(self._project.id, record.name) if self._rights.hides_records else record.name
        return Entry(
            record=name,
            form=sheet.form,
            event=event.unique_name if self._project.is_longitudinal else "",
            instance=instance,
            values=values,
            files=self._files(sheet, stored) if sheet.files else {},
            group=self._groups.get(record.group or 0, "") if sheet.form == self._first else "",
            timestamp=timestamp,
        )

    def _files(self, sheet: _Sheet, stored: Mapping[str, str]) -> dict[str, File]:
        """The files that the form holds, by field."""
        found: dict[str, File] = {}
        for name in sheet.files & stored.keys():
            number = stored[name]  # or a text, in a field that has become one for files
            if number.isascii() and number.isdigit() and len(number) < _LONGEST_NUMBER:
                file = uploads.get(self._db, self._project.id, int(number))
                found |= {name: File(file.name, file.mime, file.content)} if file else {}
        return found
