"""Field types, their choices and calculations, and the cells that take a few fixed words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from redcap_sandbox.design.dictionary import CHOICE_TYPES, FIELD_TYPES, Field, read_choices
from redcap_sandbox.design.dictionary_check.cells import CHOICES, Rows, at, places, values

_ALIGNMENTS = {"", "RV", "RH", "LV", "LH"}


def unknown_types(rows: Rows) -> Iterator[str]:
    """Types that REDCap does not have."""
    if found := values(rows, "field_type", lambda row: row.kind not in FIELD_TYPES):
        yield (
            "The only valid field types are text, notes, radio, dropdown, calc, file, checkbox, yesno, truefalse, "
            f"descriptive, slider and must all be in lower case. Please fix the following: {found}"
        )


def record_id(rows: Rows) -> Iterator[str]:
    """A first field that cannot be the record ID."""
    first = rows[0]
    if first.kind != "text":
        yield f"The first field must be the record ID and of field type text, but it is not: {at('field_type', 0)}"
    if first.cells["branching_logic"].strip():
        yield f"The first field is the record ID and cannot have branching logic: {at('branching_logic', 0)}"


def queries(rows: Rows, held: Sequence[Field], *, administrator: bool) -> Iterator[str]:
    """Fields of type sql, which administrators alone may add or change."""
    before = {field.name: field.cells[CHOICES] for field in held if field.kind == "sql"}

    def wrong(row: Field) -> bool:
        return row.kind == "sql" and before.get(row.name) != row.cells[CHOICES]

    if not administrator and (found := values(rows, "field_name", wrong)):
        yield f"Fields of field type sql can be added or changed by REDCap administrators only: {found}"


def choices(rows: Rows) -> Iterator[str]:
    """Choices that are missing or have no code or one that stood before, and calculations that are missing."""

    def of_choices(row: Field) -> bool:
        return row.kind in CHOICE_TYPES

    def lacks_a_code(row: Field) -> bool:
        return of_choices(row) and any(not choice.code for choice in row.choices)

    def repeats_a_code(row: Field) -> bool:
        codes = [choice.code for choice in row.choices]
        return of_choices(row) and len(set(codes)) < len(codes)

    if found := places(rows, CHOICES, lambda row: of_choices(row) and not read_choices(row.cells[CHOICES])):
        yield f"Multiple choice fields must have choices, but the following cells have none: {found}"
    if found := places(rows, CHOICES, lambda row: row.kind == "calc" and not row.cells[CHOICES].strip()):
        yield f"Calculated fields must have a calculation, but the following cells have none: {found}"
    if found := places(rows, CHOICES, lacks_a_code):
        yield f"Each choice of a multiple choice field must have a code, but one has none in these cells: {found}"
    if found := places(rows, CHOICES, repeats_a_code):
        yield f"Each code of a multiple choice field may occur only once, but it does not in these cells: {found}"


def flags(rows: Rows) -> Iterator[str]:
    """Alignments and flags that are none."""
    if found := values(rows, "custom_alignment", lambda row: row.cells["custom_alignment"] not in _ALIGNMENTS):
        yield f"Custom alignment must be blank, RV, RH, LV or LH: {found}"
    flagged = {"identifier": "Identifier?", "required_field": "Required Field?", "matrix_ranking": "Matrix Ranking?"}
    for column, title in flagged.items():
        if found := ", ".join(_not_y(rows, column)):
            yield f"The column {title} must be y or blank: {found}"


def _not_y(rows: Rows, column: str) -> Iterator[str]:
    for index, row in enumerate(rows):
        if row.cells[column] not in {"", "y"}:
            yield f"{row.cells[column]} ({at(column, index)})"
