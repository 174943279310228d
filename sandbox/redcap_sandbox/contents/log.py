"""`log`: the project's log, newest first, to the minute."""

from __future__ import annotations

import re

from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.store import journal
from redcap_sandbox.store.clock import is_time
from redcap_sandbox.store.journal import Wanted
from redcap_sandbox.wire import answers, refusals
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call

COLUMNS = ("timestamp", "username", "action", "details", "record")
_KINDS = {
    "": (),
    "record": ("record_add", "record_edit", "record_delete"),
    **{
        kind: (kind,)
        for kind in (
            "export",
            "manage",
            "user",
            "record_add",
            "record_edit",
            "record_delete",
            "lock_record",
            "page_view",
        )
    },
}
_MINUTE = re.compile(r"(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d)(?::\d\d)?)?", re.ASCII)


def export(call: Call, desk: Desk) -> Answer:
    """The lines asked for; a caller inside a data access group sees those of the group's records and users."""
    wanted = Wanted(
        kinds=_KINDS[call.one_of("logtype", *_KINDS)],
        username=call.text("user"),
        record=call.text("record"),
        group=desk.caller.group if desk.caller.group is not None else _group(call, desk),
        begin=_minute(call, "beginTime", "00:00"),
        end=_minute(call, "endTime", "23:59"),
    )
    rows = [
        (entry.at[:16], entry.username, entry.action, entry.details, entry.record)
        for entry in journal.entries(desk.db, desk.project.id, wanted)
    ]
    desk.note(journal.managed("Export Logging (API)"))
    return answers.table(COLUMNS, rows, call.data_format)


def _group(call: Call, desk: Desk) -> int | None:
    """The number of the group asked for, by its unique name or its number."""
    asked = call.text("dag")
    if not asked:
        return None
    for group in desk.project.groups:
        if asked in {group.unique, str(group.id)}:
            return group.id
    raise refusals.invalid_parameter("dag")


def _minute(call: Call, name: str, default: str) -> str:
    asked = call.text(name)
    if not asked:
        return ""
    found = _MINUTE.fullmatch(asked)
    if not found or not is_time(asked):
        raise refusals.invalid_parameter(name)
    return f"{found[1]} {found[2] or default}"


ACTIONS = (Action("log", "export", export, rights=("api_export", "logging")),)
