"""`instrument`: the names and labels of a project's instruments."""

from __future__ import annotations

from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.store import journal
from redcap_sandbox.wire import answers
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call


def export(call: Call, desk: Desk) -> Answer:
    """The instruments in order."""
    desk.note(journal.managed("Export instruments (API)"))
    rows = [(form.name, form.label) for form in desk.project.dictionary.forms]
    return answers.table(
        ("instrument_name", "instrument_label"), rows, call.data_format, answers.LISTINGS["instrument"]
    )


ACTIONS = (Action("instrument", "export", export),)
