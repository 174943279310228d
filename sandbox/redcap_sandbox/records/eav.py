"""Stored records → the rows of an export of type `eav`: one stored value each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from redcap_sandbox.design.dictionary import Column
from redcap_sandbox.design.project import Project
from redcap_sandbox.records import access, calculating
from redcap_sandbox.records.layout import EVENT, GROUP, REPEAT_INSTANCE, REPEAT_INSTRUMENT, SURVEY_IDENTIFIER, Layout
from redcap_sandbox.records.reading import Document, Record
from redcap_sandbox.records.rows import Keep, keep_all
from redcap_sandbox.records.wording import Wording
from redcap_sandbox.wire.answers import Cell


class Values:
    """The values of records, blanks and unchecked boxes left out."""

    def __init__(self, project: Project, layout: Layout, wording: Wording, keep: Keep = keep_all) -> None:
        self._project = project
        self._layout = layout
        self._wording = wording
        self._keep = keep
        self._columns = {(column.form, column.key): column for column in layout.columns}
        self._place_of = {column.name: place for place, column in enumerate(layout.columns)}
        self._computed = frozenset(one.field.name for one in calculating.found(project.dictionary))
        self._rewrites = {column.name: wording.rewrite(column) for column in layout.columns}
        self._positions = project.dictionary.form_positions
        self._events = {event.id: place for place, event in enumerate(layout.events)}
        event = (EVENT,) if project.is_longitudinal else ()
        repeat = (REPEAT_INSTRUMENT, REPEAT_INSTANCE) if project.any_repeats else ()
        self.names = ("record", *event, *repeat, "field_name", "value")

    def rows(self, records: Iterable[Record]) -> Iterator[list[Cell]]:
        """The values of the records as REDCap has stored them: by event, form and field, what was computed last."""
        for record in records:
            kept = [
                document
                for document in sorted(filter(self._is_wanted, record.documents), key=self._order)
                if self._keep(record, document.event, self._repeating_form(document), self._instance(document))
            ]
            for document in kept:
                if not document.form:
                    yield from self._own(record, document)
                yield from self._values(record, document, computed=False)
            for document in kept:
                yield from self._values(record, document, computed=True)

    def _is_wanted(self, document: Document) -> bool:
        if document.event not in self._events:
            return False
        if document.form and document.form not in self._project.forms_of(document.event):
            return False
        return document.instance == 1 or self._repeats(document)

    def _repeats(self, document: Document) -> bool:
        return self._project.repeats(document.event) or self._project.repeats(document.event, document.form)

    def _repeating_form(self, document: Document) -> str:
        """The document's form if it repeats by itself."""
        whole = self._project.repeats(document.event)
        return document.form if not whole and self._project.repeats(document.event, document.form) else ""

    def _instance(self, document: Document) -> int | None:
        return document.instance if self._repeats(document) else None

    def _order(self, document: Document) -> tuple[bool, int, int, int]:
        """As flat rows are ordered: every event's own values first, then what repeats, event by event."""
        event = self._events[document.event]
        if self._project.repeats(document.event):
            return True, event, document.instance, self._place(document)
        return self._project.repeats(document.event, document.form), event, self._place(document), document.instance

    def _place(self, document: Document) -> int:
        return self._positions.get(document.form, -1)

    def _values(self, record: Record, document: Document, *, computed: bool) -> Iterator[list[Cell]]:
        found = (
            (self._columns[document.form, key], key) for key in document.values if (document.form, key) in self._columns
        )
        wanted = (one for one in found if (one[0].field in self._computed) is computed)
        for column, key in sorted(wanted, key=lambda one: self._place_of[one[0].name]):
            yield self._row(record, document, column.field, self._shown(record, column, document.values[key]))

    def _shown(self, record: Record, column: Column, value: str) -> str:
        if column.choice:
            return column.choice.label if self._wording.labels else column.choice.code
        if column.kind == "file":
            return value  # here REDCap gives the number of the file, not its name
        if self._wording.access.shifts(column):
            return access.shifted(self._project.id, record.name, value, self._project.missing_codes)
        rewrite = self._rewrites[column.name]
        return rewrite(value) if rewrite else value

    def _own(self, record: Record, document: Document) -> Iterator[list[Cell]]:
        """What belongs to the record itself."""
        if self._layout.identified:
            yield self._row(record, document, self._project.dictionary.record_id, self._name(record))
        if GROUP in self._layout.plumbing and record.group is not None:
            group = self._project.group_by_id[record.group]
            yield self._row(record, document, GROUP, group.name if self._wording.labels else group.unique)
        if SURVEY_IDENTIFIER in self._layout.plumbing and SURVEY_IDENTIFIER in document.values:
            yield self._row(record, document, SURVEY_IDENTIFIER, document.values[SURVEY_IDENTIFIER])

    def _name(self, record: Record) -> str:
        hides = self._wording.access.hides_records
        return access.hashed(self._project.id, record.name) if hides else record.name

    def _row(self, record: Record, document: Document, field: str, value: str) -> list[Cell]:
        row: list[Cell] = [self._name(record)]
        if self._project.is_longitudinal:
            event = self._project.event_by_id[document.event]
            row.append(self._project.event_title(event) if self._wording.labels else event.unique_name)
        if self._project.any_repeats:
            row += self._repeat(document)
        return [*row, field, value]

    def _repeat(self, document: Document) -> tuple[Cell, Cell]:
        if self._project.repeats(document.event):
            return "", document.instance
        if not self._project.repeats(document.event, document.form):
            return "", ""
        label = self._project.dictionary.form_labels[document.form]
        return (label if self._wording.labels else document.form), document.instance
