"""Validation types where they do not belong, and limits that are none."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from redcap_sandbox.design import validation
from redcap_sandbox.design.dictionary import Field
from redcap_sandbox.design.dictionary_check import logic
from redcap_sandbox.design.dictionary_check.cells import VALIDATION, Rows, at, places, values

# What stands in the column for fields that are no text.
_ELSEWHERE = {"dropdown": {"autocomplete"}, "sql": {"autocomplete"}, "file": {"signature"}, "slider": {"number"}}
_ENDS = ("text_validation_min", "text_validation_max")
_WORDS = {"today", "now"}


def validations(rows: Rows, held: Sequence[Field], added: Collection[str]) -> Iterator[str]:
    """Types this server does not have, and types of fields that take none."""
    other = {field.cells[VALIDATION] for field in held}.union(added)

    def unknown(row: Field) -> bool:
        word = row.cells[VALIDATION]
        return row.kind == "text" and bool(word) and validation.find(word) is None and word not in other

    def misplaced(row: Field) -> bool:
        word = row.cells[VALIDATION]
        if not word or row.kind == "text":
            return False
        if row.kind == "calc":  # some versions keep a number format there
            return not word.startswith("number")
        return word not in _ELSEWHERE.get(row.kind, set())

    if found := values(rows, VALIDATION, unknown):
        yield f"The following text validation types do not exist on this server: {found}"
    if found := values(rows, VALIDATION, misplaced):
        yield f"Only fields of field type text can have a text validation type; please clear these cells: {found}"


def limits(rows: Rows, events: Collection[str] | None) -> Iterator[str]:
    """Limits of fields that have no range, limits that are no value of the type, and those in the wrong order."""
    cells = [(row, row.cells[column], at(column, index)) for column in _ENDS for index, row in enumerate(rows)]
    if unwanted := ", ".join(place for row, cell, place in cells if cell and not _ranged(row)):
        yield (
            "Only text fields that are validated as a date, time or number, and sliders, can have a minimum or "
            f"maximum; please clear these cells: {unwanted}"
        )
    if unread := ", ".join(f"{cell} ({place})" for row, cell, place in cells if _unreadable(row, cell)):
        yield f"The following minimums or maximums do not have the format of their validation type: {unread}"
    yield from _unknown_fields(rows, events)
    if found := places(rows, _ENDS[0], _crossed):
        yield f"The minimum is greater than the maximum in these cells: {found}"


def _ranged(row: Field) -> bool:
    return row.kind == "slider" or (row.kind == "text" and validation.takes_range(row.validation))


def _type(row: Field) -> str:
    return "number" if row.kind == "slider" else row.validation


def _unreadable(row: Field, cell: str) -> bool:
    if not cell or not _ranged(row) or cell.lower() in _WORDS or cell.startswith("["):
        return False
    return validation.comparable(_type(row), cell) is None


def _unknown_fields(rows: Rows, events: Collection[str] | None) -> Iterator[str]:
    known = logic.known(rows, events)
    found = [
        f"{at(column, index)} ({why})"
        for column in _ENDS
        for index, row in enumerate(rows)
        if row.cells[column].startswith("[") and (why := logic.fault(row.cells[column], known))
    ]
    if found:
        yield f"The following minimums or maximums refer to what does not exist: {', '.join(found)}"


def _crossed(row: Field) -> bool:
    if not _ranged(row):
        return False
    least, greatest = (validation.comparable(_type(row), row.cells[column]) for column in _ENDS)
    if isinstance(least, str) and isinstance(greatest, str):
        return least > greatest
    return isinstance(least, float) and isinstance(greatest, float) and least > greatest
