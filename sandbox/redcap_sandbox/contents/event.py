"""`event`: events exist in longitudinal projects, and every project of this sandbox is classic."""

from __future__ import annotations

from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call


def export(_call: Call, _desk: Desk) -> Answer:
    """Refusal, by which clients recognise a classic project."""
    raise refusals.classic("events")


ACTIONS = (Action("event", "export", export),)
