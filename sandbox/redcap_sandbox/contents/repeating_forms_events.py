"""`repeatingFormsEvents`: which instruments and events repeat."""

from __future__ import annotations

from redcap_sandbox.design import project
from redcap_sandbox.design.project import Place
from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.store import journal
from redcap_sandbox.wire import answers, payload, refusals
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.refusals import Refusal

COLUMNS = ("form_name", "custom_form_label")


def export(call: Call, desk: Desk) -> Answer:
    """What repeats, with its labels, in the order of events and forms; Refusal where nothing does."""
    if not desk.project.any_repeats:
        raise refusals.nothing_repeats()
    desk.note(journal.managed("Export repeating instruments and events (API)"))
    known = desk.project.event_by_id
    if not desk.project.is_longitudinal:
        rows = [(form, label) for (event, form), label in desk.project.repeating.items() if event in known]
        return answers.table(COLUMNS, rows, call.data_format)
    named = [(known[event].unique_name, form, label) for (event, form), label in desk.project.repeating.items()]
    return answers.table(("event_name", *COLUMNS), named, call.data_format)


def load(call: Call, desk: Desk) -> Answer:
    """The number of instruments and events that repeat from now on: what is not named repeats no longer."""
    rows = payload.text_rows(call)
    repeating = {_place(desk, row): row.get("custom_form_label", "") for row in rows}
    whole = {event for event, form in repeating if not form}
    if any(form and event in whole for event, form in repeating):
        raise Refusal(400, "An event that repeats as a whole cannot have a repeating instrument as well")
    project.save_repeating(desk.db, desk.project.id, repeating)
    desk.note(journal.managed("Set up repeating instruments/events (API)"))
    return answers.number(len(rows), call.answer_format)


def _place(desk: Desk, row: payload.TextRow) -> Place:
    form = row.get("form_name", "").strip()
    if form and form not in desk.project.dictionary.form_labels:
        raise Refusal(400, f"The following form names are not instruments of the project: {refusals.quoted([form])}")
    if not desk.project.is_longitudinal:
        if not form:
            raise Refusal(400, "Each repeating instrument must have a form_name")
        return desk.project.first_event.id, form
    name = row.get("event_name", "").strip()
    event = desk.project.event_by_unique.get(name)
    if event is None:
        raise refusals.invalid_values("event_name", [name])
    if form and form not in desk.project.forms_of(event.id):
        raise Refusal(400, f"The instrument '{form}' is not designated for the event '{name}'")
    return event.id, form


ACTIONS = (
    Action("repeatingFormsEvents", "export", export),
    Action("repeatingFormsEvents", "import", load, rights=("api_import", "design"), writes=True),
)
