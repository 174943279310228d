"""What must hold of the rows of an answer before anybody may build on them: shape, columns, whose they are.

REDCap leaves out, without a word, what a user may not see: columns under a narrow export right, records of other
groups. Some versions pass over names they do not know. So what came is compared with what was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from breakthrough.errors import AnswerUnreadable, Refused

PLUMBING = frozenset(
    {
        "redcap_event_name",
        "redcap_repeat_instrument",
        "redcap_repeat_instance",
        "redcap_data_access_group",
        "redcap_survey_identifier",
    }
)
_INSTANCE = "redcap_repeat_instance"
_ALL_TEXT = {str}
_MOST_NAMES_TOLD = 5
_HASH = re.compile(r"[0-9a-f]{32,128}")


def texts(rows: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """The same rows with every value as text: REDCap sends numbers only for instances, ids and rights."""
    for row in rows:
        if type(row.get(_INSTANCE)) is int:
            row[_INSTANCE] = str(row[_INSTANCE])
        if set(map(type, row.values())) != _ALL_TEXT:  # a third of the time that a look at each value takes
            row.update({name: _text(value) for name, value in row.items()})
    return list(rows)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (dict, list)):
        raise AnswerUnreadable(
            "A row of REDCap's answer holds a list or an object where a text belongs. Nothing was taken from it. "
            "Another program may stand at this address: check the address of the API."
        )
    return "" if value is None else str(value)


def table(rows: Iterable[Mapping[str, Any]], what: str, columns: Collection[str], filled: Collection[str] = ()) -> None:
    """Raises AnswerUnreadable unless each row of that listing has those columns, the `filled` ones not blank."""
    for row in rows:
        lacking = [name for name in columns if name not in row]
        lacking += [name for name in filled if row.get(name) in {"", None}]
        if lacking:
            raise AnswerUnreadable(
                f"REDCap's list of {what} has a row without {lacking[0]}. Nothing was taken from it. Try again later; "
                "if it stays so, another program may stand at this address: check the address of the API."
            )


def listed(rows: Iterable[dict[str, Any]], record_field: str) -> Iterator[dict[str, str]]:
    """The rows of a list of records as text, one after the other. Raises what `records` raises, after the last row."""
    columns: tuple[str, ...] | None = None
    hashes = True
    for row in rows:
        (text,) = texts([row])
        if columns is None:
            columns = tuple(text)
        _row(text, columns, record_field)
        hashes = hashes and bool(_HASH.fullmatch(text[record_field]))
        yield text
    if columns is not None:
        if hashes:
            raise _hashed()
        _columns(columns, record_field, (), ())


def records(
    rows: Sequence[Mapping[str, str]],
    record_field: str,
    *,
    records: Collection[str] | None,
    fields: Collection[str],
    forms: Collection[str],
) -> None:
    """Raises AnswerUnreadable or Refused unless these are rows of the records asked for, with the columns asked for.

    `records` None is all of them. Which columns a form has is not known here, but its `<form>_complete` must be there.
    """
    if not rows:
        return
    columns = tuple(rows[0])
    for row in rows:
        _row(row, columns, record_field)
    if all(_HASH.fullmatch(row[record_field]) for row in rows):
        raise _hashed()
    if records is not None and (others := {row[record_field] for row in rows} - set(records)):
        raise AnswerUnreadable(
            f"REDCap sent {len(others)} records that were not asked for. Nothing was taken from this answer. If it "
            "stays so, the export rights of the token's user may hide record names: give it the full data set."
        )
    _columns(columns, record_field, fields, forms)


def _row(row: Mapping[str, str], columns: tuple[str, ...], record_field: str) -> None:
    if tuple(row) != columns:
        raise AnswerUnreadable(
            "REDCap's rows have different columns within one answer. Nothing was taken from it. Try again later."
        )
    if not row.get(record_field):
        raise AnswerUnreadable(
            "REDCap's answer holds a row without a record name. Nothing was taken from it. Try again later; if it "
            "stays so, tell your REDCap administrator."
        )


def _hashed() -> Refused:
    return Refused(
        "REDCap sends hashes in place of record names: the token's user may export de-identified data only, in "
        "which dates are shifted, too. Nothing was taken from this answer. Give that user the data export right "
        "'Full Data Set'."
    )


def _columns(columns: Collection[str], record_field: str, fields: Collection[str], forms: Collection[str]) -> None:
    there = {*columns, *(name.partition("___")[0] for name in columns)}
    asked = [*fields, *(f"{form}_complete" for form in forms)]
    if lacking := [name for name in asked if name not in there]:
        raise Refused(
            f"REDCap leaves out {len(lacking)} of the fields asked for ({_told(lacking)}), which would be taken for "
            "blank. Nothing was taken from this answer. Check that the project has them, and give the token's user the "
            "data export right 'Full Data Set' on their instruments."
        )
    if forms:
        return
    wanted = {record_field, *fields, *PLUMBING}
    if more := [name for name in columns if name not in wanted and _box_of(name) not in wanted]:
        raise AnswerUnreadable(
            f"REDCap sent {len(more)} columns that were not asked for ({_told(more)}). Nothing was taken from this "
            "answer. Try again; if it stays so, ask your REDCap administrator for the version of REDCap and tell us."
        )


def _box_of(column: str) -> str:
    """The checkbox field whose choice the column could be; '' if it cannot be one."""
    field, mark, _ = column.partition("___")
    return field if mark else ""


def _told(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_NAMES_TOLD]) + (" …" if len(names) > _MOST_NAMES_TOLD else "")
