"""What an upload puts right without a word: names, old words for types, choices without codes, empty rows.

All other cells stay as they are, blanks and line breaks too: what is imported is exported again to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from redcap_sandbox.design import validation
from redcap_sandbox.design.dictionary import CHOICE_TYPES, COLUMNS, Field
from redcap_sandbox.design.dictionary_check.cells import at
from redcap_sandbox.design.dictionary_check.columns import named
from redcap_sandbox.design.validation import DataType, DateOrder, dates

_OLD_TYPES = {"select": "dropdown", "textarea": "notes"}
_TYPE = "text_validation_type_or_show_slider_number"
_SHAPES: tuple[DataType, ...] = ("date", "datetime", "datetime_seconds")
_FLAGS = ("identifier", "required_field", "matrix_ranking")


def normalised(rows: Sequence[Mapping[str, str]]) -> tuple[Field, ...]:
    """The rows as REDCap stores them: all 18 columns, whatever their headers were called, and no empty rows."""
    return tuple(Field(_fixed(row)) for row in _filled(rows))


def changes(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """What `normalised` changes, a sentence for each cell, such as `A3: "My Field" became "my_field"`."""
    return [sentence for index, row in enumerate(_filled(rows)) for sentence in _changed(index, row, _fixed(row))]


def _filled(rows: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    cells = [{name: row.get(name, "") for name in COLUMNS} for row in named(rows)]
    return [row for row in cells if any(cell.strip() for cell in row.values())]


def _changed(index: int, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    for name in COLUMNS:
        if before[name] != after[name]:
            yield f'{at(name, index)}: "{before[name]}" became "{after[name]}"'


def _fixed(row: Mapping[str, str]) -> dict[str, str]:
    kind = row["field_type"].strip().lower()
    kind = _OLD_TYPES.get(kind, kind)
    fixed = {
        "field_name": _name(row["field_name"]),
        "form_name": re.sub(r"[^a-z0-9_]+", "_", row["form_name"].strip().lower()),
        "field_type": kind,
        "matrix_group_name": _name(row["matrix_group_name"]),
        "custom_alignment": row["custom_alignment"].strip().upper(),
        _TYPE: _validation(kind, row[_TYPE]),
        **{flag: row[flag].strip().lower() for flag in _FLAGS},
    }
    if kind in CHOICE_TYPES:
        fixed["select_choices_or_calculations"] = _choices(row["select_choices_or_calculations"])
    for end in ("text_validation_min", "text_validation_max"):
        fixed[end] = _limit(fixed[_TYPE], row[end].strip()) if kind == "text" else row[end].strip()
    return {**row, **fixed}


def _name(text: str) -> str:
    """The name in lower case, its blanks as underscores, without other characters."""
    return re.sub(r"[^a-z0-9_]", "", re.sub(r"\s+", "_", text.strip().lower()))


def _validation(kind: str, text: str) -> str:
    word = text.strip().lower()
    return validation.OLDER_NAMES.get(word, word) if kind == "text" else word


def _choices(cell: str) -> str:
    """The choices, numbered if one of them has no code, and with bars between them if they stood on lines of their own.

    Choices that have codes and bars stay as they are written.
    """
    parts = [part.strip() for part in re.split(r"[|\r\n]+", cell) if part.strip()]
    coded = [part if "," in part else f"{number}, {part}" for number, part in enumerate(parts, 1)]
    return cell if coded == parts and not re.search(r"\S[\r\n]+\s*\S", cell) else " | ".join(coded)


def _limit(kind: str, text: str) -> str:
    """The limit; a date that a spreadsheet has rewritten, such as `8/1/23 1:01`, as REDCap stores it."""
    known = validation.find(kind)
    if known is None or known.order is None:
        return text
    orders: tuple[DateOrder, ...] = (known.order, "MDY", "DMY")
    for shape in (known.data_type, *_SHAPES):
        for order in orders:
            try:
                return dates.stored(text, shape, order)
            except validation.Invalid:
                continue
    return text
