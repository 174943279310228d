"""How the values of an export are written: codes or labels, disguised or not, with a point or a comma."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from redcap_sandbox.design.dictionary import Column, Field
from redcap_sandbox.design.project import Project
from redcap_sandbox.design.validation import DecimalCharacter, native_character, with_decimal
from redcap_sandbox.records import access, missing
from redcap_sandbox.records.access import Access
from redcap_sandbox.records.layout import EVENT, GROUP, REPEAT_INSTRUMENT, Layout
from redcap_sandbox.wire.answers import Cell

Rewrite = Callable[[str], str]


@dataclass(frozen=True)
class Wording:
    """How values are written.

    Labels instead of codes, a checked box as its choice's label, a status that was never saved as blank instead of 0,
    the decimal character of numbers ('' for as stored). `files`: the name of each uploaded file by its number.
    """

    project: Project
    access: Access
    labels: bool = False
    checkbox_labels: bool = False
    blank_gray_status: bool = False
    decimal: DecimalCharacter = ""
    files: Mapping[str, str] = field(default_factory=dict)

    def untouched(self, column: Column) -> str:
        """The stored value that an untouched form stands for: unchecked boxes, and the status Incomplete."""
        if column.is_status and self.blank_gray_status:
            return ""
        return "0" if column.is_checkbox or column.is_status else ""

    def shown(self, column: Column) -> Mapping[str, str]:
        """Stored value → what the export shows instead; values that are not in it are shown as they are."""
        if column.kind == "file":
            return self.files
        if not self.labels:
            return {}
        if column.choice and self.checkbox_labels:
            return {"1": column.choice.label, "0": ""}
        return column.labels or {}

    def boxes(self, checkbox: Field) -> list[tuple[str, str]]:
        """(document key, what is written if it is checked) of each box of the field, those of missing codes last."""
        columns = (*checkbox.columns(), *missing.boxes(self.project).get(checkbox.name, ()))
        chosen = [(column.key, column.choice) for column in columns if column.choice]
        return [(key, choice.label if self.labels else choice.code) for key, choice in chosen]

    def needs_record(self, layout: Layout) -> bool:
        """Whether rows must end in the record's name to be rewritten, which then goes: dates are shifted by record."""
        return not layout.identified and any(map(self.access.shifts, layout.columns))

    def rewriter(self, layout: Layout) -> Callable[[Sequence[Cell]], Sequence[Cell]] | None:
        """Rewrites a row in the raw form to the form asked for; None where nothing is to be rewritten."""
        columns = {column.key: column for column in layout.columns}
        rewrites = [
            (place, rewrite)
            for place, key in enumerate(layout.keys)
            if (rewrite := self.rewrite(columns[key]) if key in columns else self._plumbing(key))
        ]
        dates = [place for place, key in enumerate(layout.keys) if key in columns and self.access.shifts(columns[key])]
        hides = layout.identified and self.access.hides_records
        if not rewrites and not dates and not hides:
            return None
        project, codes, by = self.project.id, self.project.missing_codes, 0 if layout.identified else -1
        drops = self.needs_record(layout)

        def rewritten(row: Sequence[Cell]) -> Sequence[Cell]:
            cells = list(row)
            record = str(row[by])
            for place in dates:
                cells[place] = access.shifted(project, record, str(cells[place]), codes)
            if hides:
                cells[0] = access.hashed(project, record)
            for place, rewrite in rewrites:
                cell = cells[place]
                if isinstance(cell, str):
                    cells[place] = rewrite(cell)
            if drops:
                cells.pop()
            return cells

        return rewritten

    def rewrite(self, column: Column) -> Rewrite | None:
        """How the column's stored values are rewritten; None where they are shown as they are stored."""
        if self.decimal and (change := self._decimals(column)):
            return change
        return _looked_up(self.shown(column))

    def _plumbing(self, key: str) -> Rewrite | None:
        """How the values of one of REDCap's own columns are rewritten."""
        return _looked_up(self._plumbing_labels(key)) if self.labels else None

    def _plumbing_labels(self, key: str) -> Mapping[str, str]:
        if key == REPEAT_INSTRUMENT:
            return self.project.dictionary.form_labels
        if key == GROUP:
            return {group.unique: group.name for group in self.project.groups}
        if key == EVENT:
            return {event.unique_name: self.project.event_title(event) for event in self.project.events}
        return {}

    def _decimals(self, column: Column) -> Rewrite | None:
        asked = self.project.dictionary.by_name.get(column.field)
        if asked is None or not native_character(asked.kind, asked.validation):
            return None
        kind, validation, character = asked.kind, asked.validation, self.decimal
        return lambda cell: with_decimal(kind, validation, cell, character)


def _looked_up(mapped: Mapping[str, str]) -> Rewrite | None:
    return (lambda cell: mapped.get(cell, cell)) if mapped else None
