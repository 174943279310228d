"""`record`, deleted and renamed."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.records import names, removal
from redcap_sandbox.records.removal import Part
from redcap_sandbox.wire import answers, refusals
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.refusals import Refusal

_WHOLE_NUMBER = re.compile(r"[1-9]\d{0,4}", re.ASCII)


def delete(call: Call, desk: Desk) -> Answer:
    """The number of records deleted, or of records that lost what they held of an arm, an event or an instrument.

    With `delete_logging`, where the project allows it, the log keeps nothing of the records that are deleted whole.
    """
    asked = call.names("records")
    if not asked:
        raise refusals.missing_parameter("records")
    part = _part(call, desk)
    within = part.events if call.text("arm") else None
    records = removal.find(desk.db, desk.project.id, asked.values, desk.caller.group, within)
    notes = list(removal.delete(desk.db, desk.project, records, part))
    if part.is_all and call.flag("delete_logging") and desk.project.settings.get(removal.FORGETS):
        removal.forget(desk.db, desk.project.id, records)
    else:
        desk.note(*notes)
    return answers.number(len(records), call.answer_format)


def _part(call: Call, desk: Desk) -> Part:
    form, event = call.text("instrument"), call.text("event")
    if form and form not in desk.project.dictionary.form_labels:
        raise refusals.invalid_values("instrument", [form])
    if event and not desk.project.is_longitudinal:
        raise Refusal(400, 'The parameter "event" is for longitudinal projects only')
    if form and not event and desk.project.is_longitudinal:
        raise refusals.missing_parameter("event")
    if event and event not in desk.project.event_by_unique:
        raise refusals.invalid_values("event", [event])
    instance = _instance(call)
    if instance is not None and not form and not (event and _repeats(desk, event)):
        raise refusals.missing_parameter("instrument")
    return Part(_events(call, desk, event), form, instance)


def _events(call: Call, desk: Desk, event: str) -> Collection[int] | None:
    """The numbers of the events whose data are to go; None for all."""
    arm = call.text("arm")
    if event:
        return frozenset({desk.project.event_by_unique[event].id})
    if not arm:
        return None
    if not desk.project.has_arms:
        raise Refusal(400, 'The parameter "arm" is only for projects that have more than one arm')
    found = removal.arm_events(desk.project, int(arm)) if _WHOLE_NUMBER.fullmatch(arm) else frozenset()
    if not found:
        raise refusals.invalid_parameter("arm")
    return found


def _repeats(desk: Desk, event: str) -> bool:
    return desk.project.repeats(desk.project.event_by_unique[event].id)


def _instance(call: Call) -> int | None:
    asked = call.text("repeat_instance")
    if asked and not _WHOLE_NUMBER.fullmatch(asked):
        raise refusals.invalid_parameter("repeat_instance")
    return int(asked) if asked else None


def rename(call: Call, desk: Desk) -> Answer:
    """`1`; Refusal where the record is not there or the new name is taken or is none. Without `arm`, in every arm."""
    old, new = call.needed("record"), call.needed("new_record_name").strip()
    if not names.is_possible(new):
        raise refusals.invalid_parameter("new_record_name")
    events = _events(call, desk, "")
    (record,) = removal.find(desk.db, desk.project.id, [old], desk.caller.group, events, _unknown)
    desk.note(removal.rename(desk.db, desk.project, record, new, events))
    return answers.plain("1")


def _unknown(missing: Sequence[str]) -> Refusal:
    return refusals.unknown_record(missing[0])


ACTIONS = (
    Action("record", "delete", delete, rights=("api_import", "record_delete"), writes=True),
    Action("record", "rename", rename, rights=("api_import", "record_rename"), writes=True),
)
