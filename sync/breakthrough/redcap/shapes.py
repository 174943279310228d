"""REDCap's flat rows to entries, and entries to rows. Beyond this module REDCap's own column names are not seen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from breakthrough.entry import Entry, EntryKey
from breakthrough.errors import AnswerUnreadable

EVENT = "redcap_event_name"
INSTRUMENT = "redcap_repeat_instrument"
INSTANCE = "redcap_repeat_instance"
DAG = "redcap_data_access_group"
_PLUMBING = {EVENT, INSTRUMENT, INSTANCE, DAG, "redcap_survey_identifier"}


@dataclass(frozen=True, slots=True)
class Layout:
    """Which field, and so which column, belongs to which form."""

    record_field: str
    forms: tuple[str, ...]  # in dictionary order
    fields: Mapping[str, str]  # field: its form; `<form>_complete` included, the record's name not
    boxes: frozenset[str]  # checkbox fields: one column a choice
    unseen: frozenset[str]  # fields that need have no column

    @classmethod
    def of(cls, metadata: Iterable[Mapping[str, str]]) -> Layout:
        """The layout that a data dictionary (rows in REDCap's API names) describes."""
        rows = list(metadata)
        forms = tuple(dict.fromkeys(row["form_name"] for row in rows))
        return cls(
            record_field=rows[0]["field_name"],
            forms=forms,
            fields={row["field_name"]: row["form_name"] for row in rows[1:]}
            | {f"{form}_complete": form for form in forms},
            boxes=frozenset(row["field_name"] for row in rows if row["field_type"] == "checkbox"),
            # an export never has descriptive texts, and versions differ in whether it has files
            unseen=frozenset(row["field_name"] for row in rows if row["field_type"] in {"descriptive", "file"}),
        )

    def field_of(self, column: str) -> str | None:
        """The field that a column of an export belongs to: itself, or the checkbox of `field___code`."""
        if column in self.fields:
            return column
        at = column.find("___")
        while at > 0:
            if column[:at] in self.boxes:
                return column[:at]
            at = column.find("___", at + 1)
        return None

    def missing(self, columns: Iterable[str]) -> list[str]:
        """The fields that an export of all forms should have a column for, and has not."""
        there = {self.field_of(column) for column in columns}
        return [field for field in self.fields if field not in there and field not in self.unseen]


class _Column(NamedTuple):
    name: str
    form: str
    box: bool


def entries(
    rows: Iterable[Mapping[str, str]], project: str, dictionary: Layout | Iterable[Mapping[str, str]]
) -> list[Entry]:
    """The entries that those rows hold, in the rows' order: one a repeat, and of a base row one a form with content.

    `project` is our name for it; `dictionary` the layout, or the rows of `Client.metadata()`. An entry's values are
    the non-blank ones; a checkbox's are its ticked boxes (`field___code`: "1"). A form about which only
    `<form>_complete` "0" is known has not been touched and gives no entry.

    Raises AnswerUnreadable when the rows do not fit the dictionary, or two of them claim to be the same entry.
    """
    layout = dictionary if isinstance(dictionary, Layout) else Layout.of(dictionary)
    plans: dict[tuple[str, ...], tuple[_Column, ...]] = {}
    found: dict[EntryKey, Entry] = {}
    for row in rows:
        columns = plans.get(tuple(row))
        if columns is None:
            columns = plans.setdefault(tuple(row), tuple(_columns(row, layout)))
        for entry in _of_row(row, columns, project, layout):
            if entry.key in found:
                raise AnswerUnreadable(
                    f"REDCap sent two rows for {entry.key}, and it cannot be told which is right. Nothing was taken "
                    "from this answer. Try again later; if it stays so, tell your REDCap administrator."
                )
            found[entry.key] = entry
    return list(found.values())


def _columns(row: Mapping[str, str], layout: Layout) -> Iterator[_Column]:
    for name in row:
        if name == layout.record_field or name in _PLUMBING:
            continue
        field = layout.field_of(name)
        if field is None:
            raise AnswerUnreadable(
                f"REDCap sent a column '{name}' that its own data dictionary does not know. The dictionary may have "
                "been changed just now. Nothing was taken from this answer. Try again."
            )
        yield _Column(name, layout.fields[field], field in layout.boxes)


def _of_row(row: Mapping[str, str], columns: Sequence[_Column], project: str, layout: Layout) -> Iterator[Entry]:
    record, event, repeats = row.get(layout.record_field, ""), row.get(EVENT, ""), row.get(INSTRUMENT, "")
    if not record:
        raise AnswerUnreadable(
            "A row of REDCap's answer has no record name. Nothing was taken from this answer. Try again later."
        )
    instance = _instance(row, record)
    values: dict[str, dict[str, str]] = {}
    for column in columns:
        value = row[column.name]
        if value == "" or (column.box and value == "0") or (repeats and column.form != repeats):
            continue
        values.setdefault(column.form, {})[column.name] = _storable(value)
    for form, held in values.items():
        if held != {f"{form}_complete": "0"}:
            yield Entry(EntryKey(project, record, event, form, instance), row.get(DAG, ""), held)


def _instance(row: Mapping[str, str], record: str) -> int:
    number = row.get(INSTANCE, "")
    if number == "" and not row.get(INSTRUMENT):
        return 0
    if not (number.isascii() and number.isdigit() and int(number) > 0):
        raise AnswerUnreadable(
            f"REDCap sent a repeat of record {record} without its number. Nothing was taken from this answer. Try "
            "again later; if it stays so, tell your REDCap administrator."
        )
    return int(number)


def _storable(value: str) -> str:
    """The value as it can be written as UTF-8: half a character, as a cut emoji leaves it, becomes '?'."""
    return value.encode("utf-8", "replace").decode("utf-8")


def rows(
    entries: Iterable[Entry],
    *,
    record_field: str = "record_id",
    dags: bool = True,
    repeating_events: Collection[str] = (),
) -> list[dict[str, str]]:
    """The rows that REDCap wants for those entries: one a repeat, one for all other forms of a record and event.

    `dags` False leaves the data access group out, which a user in a group may not send. In `repeating_events` the
    instance is the event's, so no instrument is named beside it.
    """
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for entry in entries:
        key = entry.key
        repeats = key.instrument if key.instance and key.event not in repeating_events else ""
        plumbing = {
            record_field: key.record,
            EVENT: key.event,
            INSTRUMENT: repeats,
            INSTANCE: str(key.instance or ""),
            DAG: entry.dag if dags else "",
        }
        start = {name: value for name, value in plumbing.items() if value}
        found.setdefault((key.record, key.event, repeats, str(key.instance)), start).update(entry.values)
    return list(found.values())
