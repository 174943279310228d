"""How far a response has come: not begun, partial or completed, as its form's timestamp tells."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Literal

from redcap_sandbox.design.dictionary import timestamp_name

State = Literal["not begun", "partial", "completed"]

NOT_COMPLETED = "[not completed]"  # what stands for the time until the survey is completed
STATUS: Mapping[State, int] = {"not begun": 0, "partial": 1, "completed": 2}  # as the participant list has it


def of(form: str, values: Mapping[str, str]) -> State:
    """The state of the response to the form's survey in these stored values."""
    time = values.get(timestamp_name(form), "")
    if not time:
        return "not begun"
    return "partial" if time == NOT_COMPLETED else "completed"


def count(db: sqlite3.Connection, project: int, form: str, *, partial: bool) -> int:
    """How many responses the survey has, at all events together, with or without the partial ones."""
    key = f'$."{timestamp_name(form)}"'
    (number,) = db.execute(
        "SELECT count(*) FROM document JOIN record ON record.id = document.record WHERE record.project = ? "
        "AND document.form = ? AND json_extract(document.content, ?) <> ?",
        (project, form, key, "" if partial else NOT_COMPLETED),
    ).fetchone()
    return int(number)
