"""`metadata`: the data dictionary, exported whole or in part, and replaced as a whole."""

from __future__ import annotations

from redcap_sandbox.design import dictionary, dictionary_check, project
from redcap_sandbox.design.dictionary import COLUMNS
from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.records import refitting
from redcap_sandbox.store import journal
from redcap_sandbox.wire import answers, payload, refusals
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call, Names
from redcap_sandbox.wire.refusals import Refusal


def export(call: Call, desk: Desk) -> Answer:
    """The rows of the fields and forms asked for, in the dictionary's order; all without either."""
    held = desk.project.dictionary
    fields, forms = call.names("fields"), call.names("forms")
    _check_known("fields", fields, frozenset(held.by_name))
    _check_known("forms", forms, frozenset(held.form_labels))
    everything = not fields and not forms
    rows = [
        [field.cells[name] for name in COLUMNS]
        for field in held.fields
        if everything or field.name in fields.values or field.form in forms.values
    ]
    desk.note(journal.managed("Download data dictionary (API)"))
    return answers.table(COLUMNS, rows, call.data_format, answers.LISTINGS["metadata"])


def _check_known(parameter: str, asked: Names, known: frozenset[str]) -> None:
    if unknown := [name for name in asked.values if name not in known]:
        raise refusals.invalid_values(parameter, unknown)


def load(call: Call, desk: Desk) -> Answer:
    """The number of fields of the new dictionary.

    Values stay with their fields, also those that change their form; those of fields that are gone are lost.
    """
    if desk.project.settings.get("in_production"):
        raise Refusal(400, "You cannot import metadata via the API while the project is in production status.")
    rows = payload.text_rows(call)
    if unknown := dictionary_check.unknown_columns(rows):
        raise Refusal(400, f"The data dictionary has columns that REDCap does not know: {', '.join(unknown)}")
    fields = dictionary_check.normalised(rows)
    old = desk.project.dictionary
    events = desk.project.event_by_unique.keys() if desk.project.is_longitudinal else None
    if problems := dictionary_check.problems(fields, old.fields, events=events):
        raise Refusal(400, "\n".join(problems))
    new = dictionary.assembled((field.cells for field in fields), old.form_labels)
    refitting.fit(desk.db, desk.project.id, old, new)
    project.save_dictionary(desk.db, desk.project.id, new)
    desk.note(journal.managed("Upload data dictionary (API)"))
    return answers.number(len(fields), call.answer_format)


ACTIONS = (
    Action("metadata", "export", export),
    Action("metadata", "import", load, rights=("api_import", "design"), writes=True),
)
