"""Entries to ClinicalData, as REDCap writes it."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from breakthrough.instruments.odm import events, forms, markup, pseudo
from breakthrough.instruments.odm.clinical import Entry, File, Moments, Repeats
from breakthrough.instruments.odm.forms import Sheet
from breakthrough.instruments.odm.heads import heads
from breakthrough.instruments.odm.node import Node
from breakthrough.instruments.odm.values import Project

_PIECE = 1 << 16  # characters


def records_xml(project: Project, entries: Iterable[Entry], sheets: Sequence[Sheet] | None = None) -> Iterator[str]:
    """The ClinicalData element, ended by a line break, in pieces; entries are read one after the other.

    Those of a record have to follow each other, and within it those of an event and its instance: what comes later
    gets an element of its own, as in REDCap's files the repeats of forms do, which come after everything else. Blank
    values are left out; the record ID is written on every entry of the form that has it. What no XML can hold is left
    out of values.
    """
    _, study, metadata = heads(project)
    about = {"StudyOID": study.get("OID"), "MetaDataVersionOID": metadata.get("OID")}
    writer = _Writer(project, forms.sheets(project) if sheets is None else sheets)
    lines = [markup.opened(Node("ClinicalData", about))]
    size = 0
    for record, own in groupby(entries, key=lambda entry: entry.record):
        for line in writer.subject(record, own):
            lines.append(line)
            size += len(line)
            if size > _PIECE:
                yield markup.possible("\n".join([*lines, ""]))
                lines, size = [], 0
    yield markup.possible("\n".join([*lines, "</ClinicalData>", ""]))


@dataclass(frozen=True, slots=True)
class _Form:
    """Where each item of a form stands, its section header, and the group that it is the first of, if it is."""

    oid: str
    places: Mapping[str, int]
    headers: Mapping[str, str]
    begins: Mapping[str, str]


class _Writer:
    """Writes subjects of one project."""

    def __init__(self, project: Project, sheets: Iterable[Sheet]) -> None:
        self._forms = {sheet.form: _form(sheet) for sheet in sheets}
        self._events = {
            events.unique_name(node): node.get("OID") for node in events.definitions(project) if node.get("OID")
        }
        self._repeats, self._moments = Repeats(project), Moments(project)
        self._heads: dict[str, str] = {}
        self._record_id = project.fields[0].field_name if project.fields else ""
        self._first = project.fields[0].form_name if project.fields else ""

    def subject(self, record: str, entries: Iterable[Entry]) -> Iterator[str]:
        """The lines of one record."""
        yield _opened("SubjectData", {"SubjectKey": record, "redcap:RecordIdField": self._record_id}, 1)
        for (event, key), own in groupby(entries, key=self._occasion):
            if event:
                oid = self._events.get(event, f"Event.{event}")
                about = {"StudyEventOID": oid, "StudyEventRepeatKey": key, "redcap:UniqueEventName": event}
                yield _opened("StudyEventData", about, 2)
            for entry in own:
                yield from self._entry(entry)
            if event:
                yield "\t\t</StudyEventData>"
        yield "\t</SubjectData>"

    def _whole(self, entry: Entry) -> bool:
        """Whether it is the event that the entry's instance counts."""
        return self._repeats.of_event(entry.event) and not self._repeats.of_form(entry.event, entry.form)

    def _occasion(self, entry: Entry) -> tuple[str, str]:
        """The event, and its key."""
        return entry.event, str(entry.instance) if self._whole(entry) else "1"

    def _entry(self, entry: Entry) -> Iterator[str]:
        form = self._forms.get(entry.form) or _Form(f"Form.{entry.form}", {}, {}, {})
        key = "1" if self._whole(entry) else str(entry.instance)
        yield _opened("FormData", {"FormOID": form.oid, "FormRepeatKey": key}, 3)
        before: str | None = None
        for item, value in self._items(entry, form):
            header = form.headers.get(item, "")
            if header != before:
                if before is not None:
                    yield "\t\t\t\t</ItemGroupData>"
                # As in REDCap's files: blank where nothing was entered for the first item of the group, and one
                # element for two groups without a header where nothing was entered for the group between them.
                about = {"ItemGroupOID": form.begins.get(item, ""), "ItemGroupRepeatKey": "1"}
                yield _opened("ItemGroupData", about, 4)
                before = header
            yield self._item(item, value)
        if before is not None:
            yield "\t\t\t\t</ItemGroupData>"
        yield "\t\t\t</FormData>"

    def _items(self, entry: Entry, form: _Form) -> list[tuple[str, str | File]]:
        """The items that are not blank in the form's order; those that are not on it stand before its status."""
        special = {
            self._record_id: entry.record if entry.form == self._first else "",
            pseudo.GROUP: entry.group,
            pseudo.IDENTIFIER: entry.identifier,
            pseudo.timestamp(entry.form): entry.timestamp,
        }
        held: dict[str, str | File] = {name: value for name, value in special.items() if value}
        held |= {name: value for name, value in entry.values.items() if value}
        held |= entry.files
        status = f"{entry.form}_complete"
        end = form.places.get(status, len(form.places))
        start = form.places.get(self._record_id, -1)
        leading = {name: start + number / len(special) for number, name in enumerate(special)}
        places: Mapping[str, float] = {**leading, **form.places}
        return sorted(held.items(), key=lambda item: (places.get(item[0], end), item[0] == status))

    def _item(self, name: str, value: str | File) -> str:
        if isinstance(value, File):
            about = {"ItemOID": name, "redcap:DocName": value.name, "redcap:MimeType": value.mime}
            content = base64.b64encode(value.content).decode()
            return f"{_opened('ItemDataBase64Binary', about, 5)}<![CDATA[{content}]]></ItemDataBase64Binary>"
        written = self._moments.written(name, value)
        head = self._heads.get(name)
        if head is None:
            head = self._heads[name] = f"\t\t\t\t\t<ItemData{markup.attribute('ItemOID', name)}"
        return f"{head}{markup.attribute('Value', written)}/>"


def _opened(tag: str, attributes: Mapping[str, str], depth: int) -> str:
    return "\t" * depth + markup.opened(Node(tag, attributes))


def _form(sheet: Sheet) -> _Form:
    places: dict[str, int] = {}
    begins: dict[str, str] = {}
    for group in sheet.groups:
        items = [ref.get("ItemOID") for ref in group.all("ItemRef")]
        begins |= {item: group.get("OID") for item in items[:1]}
        for item in items:
            places.setdefault(item, len(places))
    headers = {node.get("OID"): node.get("redcap:SectionHeader") for node in sheet.items}
    return _Form(sheet.definition.get("OID"), places, headers, begins)
