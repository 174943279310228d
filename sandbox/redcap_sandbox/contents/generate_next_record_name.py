"""`generateNextRecordName`: the name the next record would get. Asking reserves nothing."""

from __future__ import annotations

from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.records import names
from redcap_sandbox.wire import answers
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call


def export(_call: Call, desk: Desk) -> Answer:
    """One more than the highest number; inside a data access group, one more than the group's own."""
    prefix = names.prefix(desk.caller.group)
    return answers.plain(f"{prefix}{names.next_number(desk.db, desk.project.id, prefix)}")


ACTIONS = (Action("generateNextRecordName", "export", export),)
