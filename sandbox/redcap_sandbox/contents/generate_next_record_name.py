"""`generateNextRecordName`: the name the next record would get. Asking reserves nothing."""

from __future__ import annotations

from redcap_sandbox import answers
from redcap_sandbox.answers import Answer
from redcap_sandbox.call import Call
from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.records import names


def export(_call: Call, desk: Desk) -> Answer:
    """One more than the highest number; inside a data access group, one more than the group's own."""
    prefix = names.prefix(desk.caller.group)
    return answers.plain(f"{prefix}{names.next_number(desk.db, desk.project.id, prefix)}")


ACTIONS = (Action("generateNextRecordName", "export", export),)
