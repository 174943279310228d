"""Which record's survey a call is about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from redcap_sandbox.design.surveys import Survey
from redcap_sandbox.desk import Desk
from redcap_sandbox.records import names
from redcap_sandbox.records.entry import Place
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.refusals import Refusal

_INSTANCE = re.compile(r"0*[1-9][0-9]{0,4}")
_MOST_INSTANCES = 32767


@dataclass(frozen=True)
class Target:
    """A record, by its internal number, and the instance of its survey."""

    record: int
    place: Place
    survey: Survey


def read(call: Call, desk: Desk) -> Target:
    """What the parameters record, instrument, event and repeat_instance mean; Refusal where they mean nothing.

    The instance counts only where something repeats: PyCap sends it always.
    """
    record = record_asked(call, desk)
    survey = survey_asked(call, desk)
    event = event_asked(call, desk, survey.form)
    instance = _instance(call)
    repeats = desk.project.repeats(event) or desk.project.repeats(event, survey.form)
    return Target(record, Place(event, survey.form, instance if repeats else 1), survey)


def record_asked(call: Call, desk: Desk) -> int:
    """The number of the record; Refusal if there is none such, or it is not in the caller's data access group."""
    name = call.needed("record").strip()
    found = desk.db.execute(
        "SELECT id, access_group FROM record WHERE project = ? AND folded = ?", (desk.project.id, names.folded(name))
    ).fetchone()
    if found is None or (desk.caller.group is not None and found[1] != desk.caller.group):
        raise Refusal(400, f'The record "{name}" does not exist')
    return int(found[0])


def survey_asked(call: Call, desk: Desk) -> Survey:
    """The survey of the instrument; Refusal if there is no such instrument, or it is no survey (texts assumed)."""
    form = call.needed("instrument").strip()
    if form not in desk.project.dictionary.form_labels:
        raise refusals.invalid_values("instrument", [form])
    if not desk.project.settings.get("surveys_enabled"):
        raise Refusal(400, "Surveys are not in use in this project")
    if form not in desk.project.surveys:
        raise Refusal(400, f"The instrument '{form}' is not a survey")
    return desk.project.surveys[form]


def event_asked(call: Call, desk: Desk, form: str) -> int:
    """The number of the event, which a classic project is not asked for (texts of the refusals assumed)."""
    project = desk.project
    if not project.is_longitudinal:
        return project.first_event.id
    name = call.needed("event").strip()
    if name not in project.event_by_unique:
        raise refusals.invalid_values("event", [name])
    event = project.event_by_unique[name]
    if form not in project.forms_of(event.id):
        raise Refusal(400, f"The instrument '{form}' is not designated for the event '{name}'")
    return event.id


def _instance(call: Call) -> int:
    asked = call.text("repeat_instance").strip() or "1"
    if not _INSTANCE.fullmatch(asked) or int(asked) > _MOST_INSTANCES:
        raise refusals.invalid_parameter("repeat_instance")
    return int(asked)
