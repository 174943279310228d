"""`repeatingFormsEvents`: which instruments repeat."""

from __future__ import annotations

from redcap_sandbox.design import project
from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.store import journal
from redcap_sandbox.wire import answers, payload, refusals
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.refusals import Refusal

COLUMNS = ("form_name", "custom_form_label")


def export(call: Call, desk: Desk) -> Answer:
    """The repeating instruments with their labels, in form order; Refusal where nothing repeats."""
    if not desk.project.repeating:
        raise refusals.nothing_repeats()
    desk.note(journal.managed("Export repeating instruments and events (API)"))
    return answers.table(COLUMNS, list(desk.project.repeating.items()), call.data_format)


def load(call: Call, desk: Desk) -> Answer:
    """The number of instruments that repeat from now on: what is not named repeats no longer."""
    rows = payload.text_rows(call)
    known = desk.project.dictionary.form_labels
    repeating = {row.get("form_name", ""): row.get("custom_form_label", "") for row in rows}
    if unknown := [form for form in repeating if form not in known]:
        raise Refusal(400, f"The following form names are not instruments of the project: {refusals.quoted(unknown)}")
    project.save_repeating(desk.db, desk.project.id, repeating)
    desk.note(journal.managed("Set up repeating instruments/events (API)"))
    return answers.number(len(rows), call.answer_format)


ACTIONS = (
    Action("repeatingFormsEvents", "export", export),
    Action("repeatingFormsEvents", "import", load, rights=("api_import", "design"), writes=True),
)
