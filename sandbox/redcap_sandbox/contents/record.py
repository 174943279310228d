"""`record`: records exported, imported and deleted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Literal, cast

from redcap_sandbox.design.validation import DateOrder
from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.records import names, reading, removal
from redcap_sandbox.records.incoming import Intake, Rules
from redcap_sandbox.records.layout import Layout, layout
from redcap_sandbox.records.reading import Selection
from redcap_sandbox.records.rows import Sheet, Values, Wording
from redcap_sandbox.records.saving import Saving
from redcap_sandbox.store.journal import Note
from redcap_sandbox.wire import answers, payload, refusals
from redcap_sandbox.wire.answers import CONTENT_TYPES, XML_HEAD, Answer, Cell, Tags
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.payload import TextRow
from redcap_sandbox.wire.refusals import Refusal

_TIME = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?")
_WHOLE_NUMBER = re.compile(r"[1-9]\d{0,4}", re.ASCII)

ReturnContent = Literal["count", "ids", "auto_ids", "nothing"]


def export(call: Call, desk: Desk) -> Answer:
    """The records asked for, sent while they are read."""
    if call.text("format") == "odm":
        raise Refusal(400, "This sandbox cannot export records as ODM yet: ask for csv, json or xml.")
    if call.text("filterLogic"):
        raise Refusal(400, "This sandbox cannot filter by logic yet: leave out filterLogic and filter afterwards.")
    flat = call.one_of("type", "flat", "eav") == "flat"
    wording = Wording(
        labels=call.one_of("rawOrLabel", "raw", "label") == "label",
        checkbox_labels=call.flag("exportCheckboxLabel"),
        blank_gray_status=call.flag("exportBlankForGrayFormStatus"),
    )
    laid = layout(call, desk.project, in_group=desk.caller.group is not None)
    records = reading.read(desk.db, desk.project.id, _selection(call, desk, laid))
    desk.note(Note("export", "Data export (API)", ", ".join(laid.names)))
    if flat:
        header = laid.headings if _wants_headings(call) else laid.names
        return _table(call, header, Sheet(desk.project, laid, wording).rows(records))
    values = Values(desk.project, laid, wording)
    return _table(call, values.names, values.rows(records))


def _wants_headings(call: Call) -> bool:
    asked = call.one_of("rawOrLabelHeaders", "raw", "label")
    return asked == "label" and call.data_format == "csv"


def _selection(call: Call, desk: Desk, laid: Layout) -> Selection:
    asked = call.names("records")
    return Selection(
        forms=laid.forms,
        records=asked.values if asked else None,
        group=desk.caller.group,
        begin=_time(call, "dateRangeBegin", "00:00:00"),
        end=_time(call, "dateRangeEnd", "23:59:59"),
    )


def _time(call: Call, name: str, default: str) -> str:
    """The server-local time to the second; what the caller left out is taken from `default`."""
    asked = call.text(name)
    if asked and not _TIME.fullmatch(asked):
        raise refusals.invalid_parameter(name)
    return asked + f" {default}"[len(asked) - 10 :] if asked else ""


def _table(call: Call, header: Sequence[str], rows: Iterator[Sequence[Cell]]) -> Answer:
    """The rows as a stream. Without any, CSV is empty: not even a header (unlike every other listing)."""
    first = next(rows, None)
    if first is None and call.data_format == "csv":
        return Answer(b"", CONTENT_TYPES["csv"])
    found = rows if first is None else chain([first], rows)
    pieces = answers.written(header, found, call.data_format, Tags("records"), payload.delimiter(call))
    return answers.stream(pieces, call.data_format)


def load(call: Call, desk: Desk) -> Answer:
    """What `returnContent` asks for of the records touched: how many, or which."""
    rules = Rules(
        blanks_erase=call.one_of("overwriteBehavior", "normal", "overwrite") == "overwrite",
        dates=cast("DateOrder", call.one_of("dateFormat", "YMD", "MDY", "DMY")),
        in_group=desk.caller.group is not None,
    )
    wanted = cast("ReturnContent", call.one_of("returnContent", "count", "ids", "auto_ids", "nothing"))
    if call.one_of("type", "flat", "eav") == "eav":
        raise Refusal(400, "This sandbox cannot import records of type eav yet: send them flat.")
    numbered = call.flag("forceAutoNumber") and bool(desk.project.info()["record_autonumbering_enabled"])
    if wanted == "auto_ids" and not numbered:
        raise refusals.invalid_parameter("returnContent")
    rows = payload.text_rows(call)
    sent = _renumber(desk, rows) if numbered else {}
    incoming = Intake(desk.project, rules).checked(rows)
    saved = Saving(desk.db, desk.project, desk.caller, desk.write_notes).save(incoming)
    if wanted == "auto_ids":
        return _ids(call, [f"{name},{sent[name]}" for name in saved])
    if wanted == "ids":
        return _ids(call, saved)
    return _count(call, len(saved)) if wanted == "count" else Answer(b"", CONTENT_TYPES[call.answer_format])


def _renumber(desk: Desk, rows: Sequence[TextRow]) -> dict[str, str]:
    """New record name → the name sent. In the rows, every name is replaced by the next free number."""
    field = desk.project.dictionary.record_id
    prefix = names.prefix(desk.caller.group)
    following = names.next_number(desk.db, desk.project.id, prefix)
    given: dict[str, str] = {}
    for row in rows:
        sent = row.get(field, "").strip()
        if sent:
            row[field] = given.setdefault(sent, f"{prefix}{following + len(given)}")
    return {new: sent for sent, new in given.items()}


def _count(call: Call, number: int) -> Answer:
    """The count of an import, in the one form each format has for it."""
    texts = {
        "json": f'{{"count":{number}}}',
        "csv": str(number),
        "xml": f"{XML_HEAD}<count>{number}</count>",
    }
    return Answer(texts[call.answer_format].encode(), CONTENT_TYPES[call.answer_format])


def _ids(call: Call, ids: Sequence[str]) -> Answer:
    if call.answer_format == "json":
        return Answer(answers.json_text(ids).encode(), CONTENT_TYPES["json"])
    if call.answer_format == "csv":
        return Answer(("id\n" + "".join(f"{name}\n" for name in ids)).encode(), CONTENT_TYPES["csv"])
    inner = "".join(f"<id>{answers.xml_text(name)}</id>" for name in ids)
    return Answer(f"{XML_HEAD}<ids>{inner}</ids>".encode(), CONTENT_TYPES["xml"])


def delete(call: Call, desk: Desk) -> Answer:
    """The number of records deleted, or of records that lost what they held of `instrument`."""
    asked = call.names("records")
    if not asked:
        raise refusals.missing_parameter("records")
    for name in ("arm", "event"):
        if call.text(name):
            raise Refusal(400, f'The parameter "{name}" is for longitudinal projects only')
    records = removal.find(desk.db, desk.project.id, asked.values, desk.caller.group)
    form = call.text("instrument")
    if not form and call.text("repeat_instance"):
        raise refusals.missing_parameter("instrument")
    if form and form not in desk.project.dictionary.form_labels:
        raise refusals.invalid_values("instrument", [form])
    if form:
        desk.note(*removal.delete_form(desk.db, desk.project, records, form, _instance(call)))
    else:
        desk.note(*removal.delete_records(desk.db, desk.project, records))
    return answers.number(len(records), call.answer_format)


def _instance(call: Call) -> int | None:
    asked = call.text("repeat_instance")
    if asked and not _WHOLE_NUMBER.fullmatch(asked):
        raise refusals.invalid_parameter("repeat_instance")
    return int(asked) if asked else None


ACTIONS = (
    Action("record", "export", export),
    Action("record", "import", load, rights=("api_import",), writes=True),
    Action("record", "delete", delete, rights=("api_import", "record_delete"), writes=True),
)
