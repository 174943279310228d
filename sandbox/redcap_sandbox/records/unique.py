"""The secondary unique field: a form lets no value pass that another record has already. Imports may bring one."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from redcap_sandbox.design.project import Project
from redcap_sandbox.records.incoming import Fault
from redcap_sandbox.records.reading import Record
from redcap_sandbox.wire.refusals import Refusal

_TAKEN = "DUPLICATE VALUE! Another record has this value."  # the first two words are recorded, the others assumed


def refuse_duplicate(db: sqlite3.Connection, project: Project, record: Record, changes: Mapping[str, str]) -> None:
    """Refusal if the changes of the record hold a value for the field that another record has."""
    name = str(project.settings.get("secondary_unique_field", ""))
    value = changes.get(name, "")
    if not value:
        return
    (taken,) = db.execute(
        "SELECT EXISTS (SELECT 1 FROM document JOIN record ON record.id = document.record WHERE record.project = ? "
        "AND record.id <> ? AND document.form = ? AND json_extract(document.content, ?) = ?)",
        (project.id, record.id, project.dictionary.form_of[name], f'$."{name}"', value),
    ).fetchone()
    if taken:
        raise Refusal(400, str(Fault(record.name, name, value, _TAKEN)))
