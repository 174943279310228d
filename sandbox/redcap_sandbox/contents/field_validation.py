"""`fieldValidation`: the validation types that the server has.

REDCap's help lists the content; what its rows look like was seen nowhere, so columns, order and values are assumed.
"""

from __future__ import annotations

from redcap_sandbox.design import validation
from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.store import journal
from redcap_sandbox.wire import answers
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call

COLUMNS = ("validation_name", "validation_label", "data_type", "visible")


def export(call: Call, desk: Desk) -> Answer:
    """A row for each type, by label: its name, label, kind of data, and 1 if the designer offers it."""
    rows = [(known.name, known.label, known.data_type, int(known.visible)) for known in validation.TYPES]
    desk.note(journal.managed("Export field validations (API)"))
    return answers.table(COLUMNS, rows, call.data_format)


ACTIONS = (Action("fieldValidation", "export", export),)
