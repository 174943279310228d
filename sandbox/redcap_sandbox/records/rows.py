"""Stored records → the rows of an export, flat or one value per row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from operator import itemgetter

from redcap_sandbox.design.dictionary import Column
from redcap_sandbox.design.project import Project
from redcap_sandbox.records.layout import GROUP, REPEAT_INSTANCE, REPEAT_INSTRUMENT, Layout
from redcap_sandbox.records.reading import Document, Record
from redcap_sandbox.wire.answers import Cell


@dataclass(frozen=True)
class Wording:
    """How values are written.

    Labels instead of codes, a checked box as its choice's label, a status that was never saved as blank instead of 0.
    """

    labels: bool = False
    checkbox_labels: bool = False
    blank_gray_status: bool = False

    def untouched(self, column: Column) -> str:
        """The stored value that an untouched form stands for: unchecked boxes, and the status Incomplete."""
        if column.is_status and self.blank_gray_status:
            return ""
        return "0" if column.is_checkbox or column.is_status else ""

    def shown(self, column: Column) -> Mapping[str, str]:
        """Stored value → what the export shows instead; values that are not in it are shown as they are."""
        if not self.labels:
            return {}
        if column.choice and self.checkbox_labels:
            return {"1": column.choice.label, "0": ""}
        return column.labels or {}


class Sheet:
    """The flat rows of an export: for each record its base row, then the instances of each repeating form.

    A row is the columns picked out of one mapping: the defaults, overlaid with the documents that belong to it.
    """

    def __init__(self, project: Project, layout: Layout, wording: Wording) -> None:
        repeating = [form for form in layout.forms if form in project.repeating]
        self._record_id = project.dictionary.record_id
        self._groups = {group.id: group.unique for group in project.groups}
        self._base = self._defaults(layout, wording, set(layout.forms).difference(repeating))
        self._repeated = {form: self._defaults(layout, wording, {form}) for form in repeating}
        self._pick = _picker(layout.keys)
        self._shown = _shown(project, layout, wording)

    def rows(self, records: Iterable[Record]) -> Iterator[Sequence[Cell]]:
        """The rows of the records, in their order."""
        picked = map(self._pick, self._merged(records))
        return map(self._worded, picked) if self._shown else picked

    @staticmethod
    def _defaults(layout: Layout, wording: Wording, forms: AbstractSet[str]) -> dict[str, Cell]:
        """An untouched row in which only these forms apply."""
        applicable = {
            column.key: wording.untouched(column) if column.form in forms else "" for column in layout.columns
        }
        return {**dict.fromkeys(layout.plumbing, ""), **applicable}

    def _merged(self, records: Iterable[Record]) -> Iterator[Mapping[str, Cell]]:
        for record in records:
            identity: dict[str, Cell] = {self._record_id: record.name}
            if record.group is not None:
                identity[GROUP] = self._groups[record.group]
            base = self._base | identity
            repeated: dict[str, list[Document]] = {form: [] for form in self._repeated}
            for document in record.documents:
                if document.form in repeated:
                    repeated[document.form].append(document)
                elif document.instance == 1:
                    base.update(document.values)
            yield base
            for form, documents in repeated.items():
                documents.sort(key=_by_instance)
                for document in documents:
                    place: dict[str, Cell] = {REPEAT_INSTRUMENT: form, REPEAT_INSTANCE: document.instance}
                    yield {**self._repeated[form], **document.values, **identity, **place}

    def _worded(self, row: Sequence[Cell]) -> Sequence[Cell]:
        cells = list(row)
        for place, shown in self._shown:
            cell = cells[place]
            if isinstance(cell, str):
                cells[place] = shown.get(cell, cell)
        return cells


def _picker(keys: Sequence[str]) -> Callable[[Mapping[str, Cell]], Sequence[Cell]]:
    """Picks the values of the keys; itemgetter does it in C, but gives no sequence for a single key."""
    if len(keys) > 1:
        return itemgetter(*keys)
    return lambda values: [values[key] for key in keys]


def _shown(project: Project, layout: Layout, wording: Wording) -> list[tuple[int, Mapping[str, str]]]:
    """(place in the row, what to show instead of which value) of the columns that have labels."""
    if not wording.labels:
        return []
    labels: dict[str, Mapping[str, str]] = {column.key: wording.shown(column) for column in layout.columns}
    labels[REPEAT_INSTRUMENT] = project.dictionary.form_labels
    labels[GROUP] = {group.unique: group.name for group in project.groups}
    found = ((place, labels.get(key)) for place, key in enumerate(layout.keys))
    return [(place, shown) for place, shown in found if shown]


def _by_instance(document: Document) -> int:
    return document.instance


class Values:
    """The rows of an export of type `eav`: one stored value each, blanks and unchecked boxes left out."""

    def __init__(self, project: Project, layout: Layout, wording: Wording) -> None:
        self._project = project
        self._layout = layout
        self._wording = wording
        self._columns = {(column.form, column.key): column for column in layout.columns}
        self._positions = project.dictionary.form_positions
        plumbing = (REPEAT_INSTRUMENT, REPEAT_INSTANCE) if project.repeating else ()
        self.names = ("record", *plumbing, "field_name", "value")

    def rows(self, records: Iterable[Record]) -> Iterator[list[Cell]]:
        """The values of the records, the record id first, then by form and instance."""
        for record in records:
            if self._layout.identified:
                yield self._row(record, None, self._project.dictionary.record_id, record.name)
            if GROUP in self._layout.plumbing and record.group is not None:
                group = self._project.group_by_id[record.group]
                yield self._row(record, None, GROUP, group.name if self._wording.labels else group.unique)
            for document in sorted(record.documents, key=self._order):
                yield from self._document(record, document)

    def _order(self, document: Document) -> tuple[bool, int, int]:
        repeats = document.form in self._project.repeating
        return repeats, self._positions.get(document.form, 0), document.instance

    def _document(self, record: Record, document: Document) -> Iterator[list[Cell]]:
        if document.instance > 1 and document.form not in self._project.repeating:
            return
        for key, value in document.values.items():
            column = self._columns.get((document.form, key))
            if column is None:
                continue
            if column.choice:
                shown = column.choice.label if self._wording.labels else column.choice.code
            else:
                shown = self._wording.shown(column).get(value, value)
            yield self._row(record, document, column.field, shown)

    def _row(self, record: Record, document: Document | None, field: str, value: str) -> list[Cell]:
        if not self._project.repeating:
            return [record.name, field, value]
        if document is None or document.form not in self._project.repeating:
            return [record.name, "", "", field, value]
        label = self._project.dictionary.form_labels[document.form]
        return [record.name, label if self._wording.labels else document.form, document.instance, field, value]
