"""What a metadata import refuses: every fault of a data dictionary at once, each with its spreadsheet cell.

The first four texts were recorded from a real server; the others are ours in the same manner. What REDCap silently
puts right (case and blanks of names, absent columns) is put right here too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from string import ascii_uppercase

from redcap_sandbox.design.dictionary import CHOICE_TYPES, COLUMNS, FIELD_TYPES, Field, read_choices

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ALIGNMENTS = {"", "RV", "RH", "LV", "LH"}
_LONGEST_NAME = 100
_RESERVED = {
    "redcap_event_name",
    "redcap_repeat_instrument",
    "redcap_repeat_instance",
    "redcap_data_access_group",
    "redcap_survey_identifier",
}

Rows = Sequence[Field]


def normalised(rows: Sequence[Mapping[str, str]]) -> tuple[Field, ...]:
    """The rows as REDCap stores them: 18 columns, names in lower case without blanks, empty rows left out."""
    kept = [row for row in rows if any(row.get(name, "").strip() for name in COLUMNS)]
    return tuple(Field({name: _cell(name, row.get(name, "")) for name in COLUMNS}) for row in kept)


def _cell(column: str, text: str) -> str:
    text = text.replace("\r\n", "\n")
    if column in {"field_name", "field_type"}:
        return text.strip().lower()
    if column == "form_name":
        return re.sub(r"[^a-z0-9_]+", "_", text.strip().lower())
    if column in {"identifier", "required_field", "matrix_ranking"}:
        return text.strip().lower()
    return text.strip() if column != "section_header" else text


def problems(rows: Rows) -> list[str]:
    """Every reason to refuse the dictionary; [] if it may be imported."""
    checks: tuple[Callable[[Rows], Iterator[str]], ...] = (
        _first_field,
        _names,
        _duplicates,
        _missing_forms,
        _split_forms,
        _types,
        _choices,
        _alignments,
    )
    return [problem for check in checks for problem in check(rows)]


def _at(column: str, index: int) -> str:
    """The cell as a spreadsheet names it: row 1 is the header."""
    return f"{ascii_uppercase[COLUMNS.index(column)]}{index + 2}"


def _where(rows: Rows, column: str, wrong: Callable[[Field], bool], *, shown: bool = True) -> str:
    cells = [(row, _at(column, index)) for index, row in enumerate(rows) if wrong(row)]
    return ", ".join(f"{row.cells[column]} ({cell})" if shown else cell for row, cell in cells)


def _first_field(rows: Rows) -> Iterator[str]:
    if not rows:
        yield "The data dictionary has no fields."
    elif rows[0].kind != "text":
        yield f"The first field must be the record ID and of field type text, but it is not: {_at('field_type', 0)}"


def _names(rows: Rows) -> Iterator[str]:
    def wrong(row: Field) -> bool:
        return not _NAME.fullmatch(row.name) or len(row.name) > _LONGEST_NAME or row.name in _RESERVED

    if found := _where(rows, "field_name", wrong):
        yield (
            "Variable/field names must begin with a letter, hold only lower-case letters, digits and underscores, "
            f"be no longer than {_LONGEST_NAME} characters and be no name that REDCap reserves: {found}"
        )


def _duplicates(rows: Rows) -> Iterator[str]:
    seen = Counter(row.name for row in rows)
    if found := _where(rows, "field_name", lambda row: seen[row.name] > 1):
        yield (
            "The following variable/field names were duplicated. Please rename these field names so that they only "
            f"appear once. {found}"
        )


def _missing_forms(rows: Rows) -> Iterator[str]:
    if found := _where(rows, "form_name", lambda row: not row.form, shown=False):
        yield f"Each row MUST have a form name, but the following cells have a form name missing: {found}"


def _split_forms(rows: Rows) -> Iterator[str]:
    starts = [
        (row.form, index)
        for index, row in enumerate(rows)
        if row.form and (index == 0 or rows[index - 1].form != row.form)
    ]
    seen: set[str] = set()
    again = []
    for form, index in starts:
        if form in seen:
            again.append(f"{form} ({_at('form_name', index)})")
        seen.add(form)
    if again:
        yield (
            "Form names must be sequential and cannot repeat again after being used for another form. Rename the "
            f"following form names beginning with the values listed below: {', '.join(again)}"
        )


def _types(rows: Rows) -> Iterator[str]:
    if found := _where(rows, "field_type", lambda row: row.kind not in FIELD_TYPES):
        yield (
            "The only valid field types are text, notes, radio, dropdown, calc, file, checkbox, yesno, truefalse, "
            f"descriptive, slider and must all be in lower case. Please fix the following: {found}"
        )


def _choices(rows: Rows) -> Iterator[str]:
    def cell(row: Field) -> str:
        return row.cells["select_choices_or_calculations"]

    column = "select_choices_or_calculations"
    if found := _where(rows, column, lambda row: row.kind in CHOICE_TYPES and not read_choices(cell(row)), shown=False):
        yield f"Multiple choice fields must have choices, but the following cells have none: {found}"
    if found := _where(rows, column, lambda row: row.kind == "calc" and not cell(row), shown=False):
        yield f"Calculated fields must have a calculation, but the following cells have none: {found}"
    if found := _where(rows, column, _repeats_a_code, shown=False):
        yield f"Each code of a multiple choice field may occur only once, but it does not in these cells: {found}"


def _repeats_a_code(row: Field) -> bool:
    codes = [choice.code for choice in row.choices]
    return len(set(codes)) < len(codes)


def _alignments(rows: Rows) -> Iterator[str]:
    if found := _where(rows, "custom_alignment", lambda row: row.cells["custom_alignment"] not in _ALIGNMENTS):
        yield f"Custom alignment must be blank, RV, RH, LV or LH: {found}"
