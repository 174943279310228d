"""`formEventMapping`: which instruments are designated to which events."""

from __future__ import annotations

from redcap_sandbox.contents import arm as arms
from redcap_sandbox.design import events
from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.store import journal
from redcap_sandbox.wire import answers, payload, refusals
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.refusals import Refusal

COLUMNS = ("arm_num", "unique_event_name", "form")


def export(call: Call, desk: Desk) -> Answer:
    """The pairs by arm, event and form order; Refusal, by which PyCap recognises a classic project."""
    if not desk.project.is_longitudinal:
        raise refusals.classic("form/event mappings")
    asked = arms.numbers_asked(call, desk)
    desk.note(journal.managed("Export instrument-event mappings (API)"))
    rows = [
        (event.arm, event.unique_name, form.name)
        for event in desk.project.events
        if event.arm in asked
        for form in desk.project.dictionary.forms
        if form.name in desk.project.forms_of(event.id)
    ]
    return answers.table(COLUMNS, rows, call.data_format, answers.LISTINGS["formEventMapping"])


def load(call: Call, desk: Desk) -> Answer:
    """The number of pairs, which replace all that were there."""
    arms.refuse_in_production(desk, "form/event mappings")
    rows = payload.text_rows(call)
    known = {event.unique_name: event for event in desk.project.stored_events}
    if unknown := [name for row in rows if (name := row.get("unique_event_name", "").strip()) not in known]:
        raise refusals.invalid_values("unique_event_name", dict.fromkeys(unknown))
    forms = desk.project.dictionary.form_labels
    if strange := [name for row in rows if (name := row.get("form", "").strip()) not in forms]:
        raise Refusal(400, f"The following form names are not instruments of the project: {refusals.quoted(strange)}")
    pairs = [(known[row["unique_event_name"].strip()].id, row["form"].strip()) for row in rows]
    events.designate(desk.db, desk.project.id, pairs)
    desk.note(journal.managed("Perform instrument-event mappings (API)"))
    return answers.number(len(rows), call.answer_format)


ACTIONS = (
    Action("formEventMapping", "export", export),
    Action("formEventMapping", "import", load, rights=("api_import", "design"), writes=True),
)
