"""`arm`: the arms of a longitudinal project."""

from __future__ import annotations

import re

from redcap_sandbox.design import events
from redcap_sandbox.design.events import Arm
from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.store import journal
from redcap_sandbox.wire import answers, payload, refusals
from redcap_sandbox.wire.answers import LISTINGS, Answer
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.refusals import Refusal

COLUMNS = ("arm_num", "name")
_NUMBER = re.compile(r"[1-9]\d{0,3}", re.ASCII)


def export(call: Call, desk: Desk) -> Answer:
    """The arms that have events, or those asked for; Refusal, by which clients recognise a classic project."""
    if not desk.project.is_longitudinal:
        raise refusals.classic("arms")
    asked = numbers_asked(call, desk)
    used = {event.arm for event in desk.project.events}
    desk.note(journal.managed("Export arms (API)"))
    rows = [(arm.number, arm.name) for arm in desk.project.arms if arm.number in used and arm.number in asked]
    return answers.table(COLUMNS, rows, call.data_format, LISTINGS["arm"])


def numbers_asked(call: Call, desk: Desk) -> frozenset[int]:
    """The numbers in the parameter `arms`, all without any; what is no arm of the project is passed over."""
    known = frozenset(desk.project.arm_names)
    asked = call.names("arms").values
    return known.intersection(map(number, asked)) if asked else known


def number(text: str) -> int:
    """The arm's number; 0, which no arm has, for what is none."""
    return int(text) if _NUMBER.fullmatch(text) else 0


def load(call: Call, desk: Desk) -> Answer:
    """The number of arms added or renamed. `override` first deletes all arms with their events and data."""
    refuse_in_production(desk, "arms")
    rows = payload.text_rows(call)
    arms = [_arm(row) for row in rows]
    if call.flag("override"):
        events.delete_arms(desk.db, desk.project.id, desk.project.arm_names)
    for arm in arms:
        events.save_arm(desk.db, desk.project.id, arm)
        verb = "Edit arm name/number" if arm.number in desk.project.arm_names else "Create arm"
        desk.note(journal.managed(f"{verb} (API) Arm {arm.number}: {arm.name}"))
    return answers.number(len(arms), call.answer_format)


def _arm(row: payload.TextRow) -> Arm:
    made = number(row.get("arm_num", "").strip())
    name = row.get("name", "").strip()
    if not made:
        raise refusals.invalid_values("arm_num", [row.get("arm_num", "")])
    if not name:
        raise Refusal(400, "Each arm must have a name")
    return Arm(made, name)


def refuse_in_production(desk: Desk, what: str) -> None:
    """Refusal where arms, events and mappings may not be changed (text assumed).

    In a classic project they may: it is longitudinal only once it has more than one event.
    """
    if desk.project.in_production:
        raise Refusal(400, f"You cannot import {what} via the API while the project is in production status.")


def delete(call: Call, desk: Desk) -> Answer:
    """The number of arms deleted, with their events and data."""
    refuse_in_production(desk, "arms")
    if not call.names("arms"):
        raise refusals.missing_parameter("arms")
    asked = numbers_asked(call, desk)
    if unknown := [text for text in call.names("arms").values if number(text) not in asked]:
        raise refusals.invalid_values("arms", unknown)
    events.delete_arms(desk.db, desk.project.id, asked)
    for gone in sorted(asked):
        desk.note(journal.managed(f"Delete arm (API) Arm {gone}: {desk.project.arm_names[gone]}"))
    return answers.number(len(asked), call.answer_format)


_CHANGE = ("api_import", "design")
ACTIONS = (
    Action("arm", "export", export),
    Action("arm", "import", load, rights=_CHANGE, writes=True),
    Action("arm", "delete", delete, rights=_CHANGE, writes=True),
)
