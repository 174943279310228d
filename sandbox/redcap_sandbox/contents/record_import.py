"""`record`, imported: all of it or, in the background, every record without a fault."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, cast

from redcap_sandbox.design.validation import DateOrder
from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.records import background, names
from redcap_sandbox.records.incoming import Intake, Rules
from redcap_sandbox.records.saving import Saving
from redcap_sandbox.records.sight import Sight
from redcap_sandbox.records.vertical import flattened
from redcap_sandbox.wire import answers, payload, refusals
from redcap_sandbox.wire.answers import CONTENT_TYPES, XML_HEAD, Answer
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.payload import TextRow

ReturnContent = Literal["count", "ids", "auto_ids", "nothing"]


def load(call: Call, desk: Desk) -> Answer:
    """What `returnContent` asks for of the records touched: how many, or which."""
    in_background = call.flag("backgroundProcess")
    rules = Rules(
        blanks_erase=call.one_of("overwriteBehavior", "normal", "overwrite") == "overwrite",
        dates=cast("DateOrder", call.one_of("dateFormat", "YMD", "MDY", "DMY")),
        in_group=desk.caller.group is not None,
        in_background=in_background,
    )
    wanted = cast("ReturnContent", call.one_of("returnContent", "count", "ids", "auto_ids", "nothing"))
    numbered = call.flag("forceAutoNumber") and bool(desk.project.info()["record_autonumbering_enabled"])
    if wanted == "auto_ids" and not numbered:
        raise refusals.invalid_parameter("returnContent")
    rows = payload.text_rows(call)
    if call.one_of("type", "flat", "eav") == "eav":
        rows = flattened(rows, desk.project)
    sent = _renumber(desk, rows) if numbered else {}
    if in_background:
        background.load(desk, rows, rules)
        return _accepted(call)
    intake = Intake(desk.project, rules)
    incoming = intake.checked(rows)
    sight = Sight(desk.project, desk.now, desk.smart())
    saved = Saving(desk.db, desk.project, desk.caller, desk.write_notes, intake.fields, sight).save(incoming)
    if wanted == "auto_ids":
        return _ids(call, [(name, sent[name]) for name in saved])
    if wanted == "ids":
        return _ids(call, [(name,) for name in saved])
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


def _accepted(call: Call) -> Answer:
    """That a background import was taken on: what comes of it is only in the log."""
    texts = {
        "json": '{"success":true}',
        "csv": "success\ntrue\n",
        "xml": f"{XML_HEAD}<success>true</success>",
    }
    return Answer(texts[call.answer_format].encode(), CONTENT_TYPES[call.answer_format])


def _count(call: Call, number: int) -> Answer:
    """The count of an import, in the one form each format has for it."""
    texts = {
        "json": f'{{"count":{number}}}',
        "csv": str(number),
        "xml": f"{XML_HEAD}<count>{number}</count>",
    }
    return Answer(texts[call.answer_format].encode(), CONTENT_TYPES[call.answer_format])


def _ids(call: Call, ids: Sequence[tuple[str, ...]]) -> Answer:
    """The names of records, with auto-numbering each with the name sent; in CSV the header is the same (assumed)."""
    if call.answer_format == "csv":
        return Answer("".join(["id\n", *map(answers.csv_line, ids)]).encode(), CONTENT_TYPES["csv"])
    joined = [",".join(pair) for pair in ids]
    if call.answer_format == "json":
        return Answer(answers.json_text(joined).encode(), CONTENT_TYPES["json"])
    inner = "".join(f"<id>{answers.xml_text(name)}</id>" for name in joined)
    return Answer(f"{XML_HEAD}<ids>{inner}</ids>".encode(), CONTENT_TYPES["xml"])


ACTIONS = (Action("record", "import", load, rights=("api_import",), writes=True),)
