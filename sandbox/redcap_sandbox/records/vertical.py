"""Rows of an import of type `eav`, one value each → the flat rows that say the same."""

from __future__ import annotations

from collections.abc import Iterable

from redcap_sandbox.design.dictionary import checkbox_column
from redcap_sandbox.design.project import Project
from redcap_sandbox.records.layout import EVENT, REPEAT_INSTANCE, REPEAT_INSTRUMENT
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.payload import TextRow
from redcap_sandbox.wire.refusals import Refusal

_PLACE = (EVENT, REPEAT_INSTRUMENT, REPEAT_INSTANCE)
_COLUMNS = {"record", "field_name", "value", *_PLACE}


def flattened(rows: Iterable[TextRow], project: Project) -> list[TextRow]:
    """One flat row for each record, event and repeat, in the order sent.

    A checkbox comes as `field___code` with 0 or 1, or, as exports write it, as `field` with the code of a checked box
    (that an import takes this too is assumed). Refusal for columns that such rows do not have.
    """
    found: dict[tuple[str, ...], TextRow] = {}
    for row in rows:
        if unknown := [name for name in row if name not in _COLUMNS]:
            raise refusals.unknown_columns(unknown)
        if "record" not in row or "field_name" not in row:
            raise Refusal(400, "Rows of type eav must have the columns record, field_name and value.")
        place = tuple(row.get(name, "").strip() for name in _PLACE)
        flat = found.setdefault((row["record"], *place), _begun(row, project, place))
        name, value = _cell(row, project)
        if name != project.dictionary.record_id:
            flat[name] = value
    return list(found.values())


def _begun(row: TextRow, project: Project, place: tuple[str, ...]) -> TextRow:
    named = {name: value for name, value in zip(_PLACE, place, strict=True) if value}
    return {project.dictionary.record_id: row["record"], **named}


def _cell(row: TextRow, project: Project) -> tuple[str, str]:
    name, value = row["field_name"].strip(), row.get("value", "")
    field = project.dictionary.by_name.get(name)
    if field is not None and field.kind == "checkbox" and value:
        return checkbox_column(name, value), "1"
    return name, value
