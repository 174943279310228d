"""`exportFieldNames`: which columns a field has in record exports."""

from __future__ import annotations

from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.wire import answers, refusals
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call

COLUMNS = ("original_field_name", "choice_value", "export_field_name")


def export(call: Call, desk: Desk) -> Answer:
    """One row per column, form statuses included; descriptive and file fields have none here."""
    wanted = call.text("field")
    if wanted and wanted not in desk.project.dictionary.requestable:
        raise refusals.invalid_values("field", [wanted])
    rows = [
        (column.field, column.choice.code if column.choice else "", column.name)
        for column in desk.project.dictionary.columns
        if column.kind != "file" and (not wanted or column.field == wanted)
    ]
    return answers.table(COLUMNS, rows, call.data_format, answers.LISTINGS["exportFieldNames"])


ACTIONS = (Action("exportFieldNames", "export", export),)
