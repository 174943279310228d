"""`version`: which REDCap this server speaks like."""

from __future__ import annotations

from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.wire import answers
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call

SPOKEN = "15.9.0"


def export(_call: Call, _desk: Desk) -> Answer:
    """The bare version, whatever the format."""
    return answers.plain(SPOKEN)


ACTIONS = (Action("version", "export", export),)
