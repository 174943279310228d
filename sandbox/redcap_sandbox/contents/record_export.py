"""`record`, exported: flat or one value a row, filtered, labelled, disguised."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import cast

from redcap_sandbox.design.validation import DecimalCharacter
from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.files import uploads
from redcap_sandbox.records import access, filtering, missing, reading
from redcap_sandbox.records.eav import Values
from redcap_sandbox.records.filtering import Filter
from redcap_sandbox.records.layout import Layout, layout
from redcap_sandbox.records.reading import Selection
from redcap_sandbox.records.rows import Keep, Sheet, keep_all
from redcap_sandbox.records.sight import Sight
from redcap_sandbox.records.wording import Wording
from redcap_sandbox.store.clock import is_time
from redcap_sandbox.store.journal import Note
from redcap_sandbox.wire import answers, payload, refusals
from redcap_sandbox.wire.answers import CONTENT_TYPES, RECORDS, Answer, Cell
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.refusals import Refusal

_TIME = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?", re.ASCII)


def export(call: Call, desk: Desk) -> Answer:
    """The records asked for, sent while they are read."""
    if call.text("format") == "odm":
        raise Refusal(400, "This sandbox does not export records as ODM: ask for project_xml, or for csv, json or xml.")
    flat = call.one_of("type", "flat", "eav") == "flat"
    rights = access.of(desk.caller, desk.project.dictionary)
    boxes = missing.checked(desk.db, desk.project)
    laid = layout(call, desk.project, rights, in_group=desk.caller.group is not None, missing=boxes)
    wording = Wording(
        project=desk.project,
        access=rights,
        labels=call.one_of("rawOrLabel", "raw", "label") == "label",
        checkbox_labels=call.flag("exportCheckboxLabel"),
        blank_gray_status=call.flag("exportBlankForGrayFormStatus"),
        decimal=cast("DecimalCharacter", call.one_of("decimalCharacter", "", ".", ",")),
        files=uploads.names(desk.db, desk.project.id) if any(one.kind == "file" for one in laid.columns) else {},
    )
    wanted = _filter(call, desk)
    records = reading.read(desk.db, desk.project.id, _selection(call, desk, laid, wanted))
    desk.note(Note("export", "Data export (API)", ", ".join(laid.names)))
    keep: Keep = wanted.passes if wanted else keep_all
    if flat:
        return table(call, laid, Sheet(desk.project, laid, wording, keep).rows(records))
    values = Values(desk.project, laid, wording, keep)
    return _streamed(call, values.names, values.rows(records))


def table(call: Call, laid: Layout, rows: Iterator[Sequence[Cell]]) -> Answer:
    """Flat rows under the header that the call asks for: names, or in CSV labels too."""
    asked = call.one_of("rawOrLabelHeaders", "raw", "label")
    header = laid.headings if asked == "label" and call.data_format == "csv" else laid.names
    return _streamed(call, header, rows)


def _filter(call: Call, desk: Desk) -> Filter | None:
    """The filter logic asked for; it may read fields that are not exported."""
    logic = call.text("filterLogic").strip()
    if not logic:
        return None
    return filtering.read(logic, desk.project, Sight(desk.project, desk.now, desk.smart()))


def _selection(call: Call, desk: Desk, laid: Layout, wanted: Filter | None) -> Selection:
    asked = call.names("records")
    part = len(laid.events) < len(desk.project.events)
    forms = {*laid.forms, *(wanted.forms if wanted else ())}
    return Selection(
        forms=sorted(forms) if len(forms) < len(desk.project.dictionary.forms) else None,
        events=[event.id for event in laid.events] if part and not wanted else None,
        records=asked.values if asked else None,
        group=desk.caller.group,
        begin=_time(call, "dateRangeBegin", "00:00:00"),
        end=_time(call, "dateRangeEnd", "23:59:59"),
    )


def _time(call: Call, name: str, default: str) -> str:
    """The server-local time to the second; what the caller left out is taken from `default`."""
    asked = call.text(name)
    if asked and not (_TIME.fullmatch(asked) and is_time(asked)):
        raise refusals.invalid_parameter(name)
    return asked + f" {default}"[len(asked) - 10 :] if asked else ""


def _streamed(call: Call, header: Sequence[str], rows: Iterator[Sequence[Cell]]) -> Answer:
    """The rows as a stream. Without any, CSV is empty: not even a header (unlike every other listing)."""
    first = next(rows, None)
    if first is None and call.data_format == "csv":
        return Answer(b"", CONTENT_TYPES["csv"])
    found = rows if first is None else chain([first], rows)
    pieces = answers.written(header, found, call.data_format, RECORDS, payload.delimiter(call))
    return answers.stream(pieces, call.data_format)


ACTIONS = (Action("record", "export", export),)
