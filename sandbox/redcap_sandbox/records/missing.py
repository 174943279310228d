"""Missing data codes of checkbox fields: they are boxes of their own, which exports have once one of them is checked.

Of other fields a code is simply the value. (So it is at UTAH and WISC; what the columns are called is commonly said.)
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from redcap_sandbox.design.dictionary import Column
from redcap_sandbox.design.project import Project
from redcap_sandbox.design.validation import refuses_missing_codes

Boxes = Mapping[str, tuple[Column, ...]]  # by checkbox field

NO_BOXES: Boxes = {}


def boxes(project: Project) -> Boxes:
    """The box of each code, of every checkbox field that takes them; {} in a project without codes.

    A code whose column would be called like that of a choice has none (assumed).
    """
    if not project.missing_choices:
        return NO_BOXES
    taken = project.dictionary.column_names
    found = {
        field.name: tuple(field.box(choice) for choice in project.missing_choices)
        for field in project.dictionary.fields
        if field.kind == "checkbox" and not refuses_missing_codes(field.annotation)
    }
    return {name: tuple(column for column in columns if column.name not in taken) for name, columns in found.items()}


def checked(db: sqlite3.Connection, project: Project) -> Boxes:
    """The boxes of those fields of which one is checked, in whatever record."""
    possible = boxes(project)
    keys = {column.key: name for name, columns in possible.items() for column in columns}
    held: set[str] = set()
    for code in project.missing_codes if keys else ():
        rows = db.execute(
            "SELECT DISTINCT cell.key FROM document JOIN record ON record.id = document.record, "
            "json_each(document.content) AS cell WHERE record.project = ? AND instr(document.content, ?) "
            "AND cell.key IN (SELECT value FROM json_each(?))",
            (project.id, f'({code})"', json.dumps(list(keys))),
        )
        held.update(keys[key] for (key,) in rows)
    return {name: columns for name, columns in possible.items() if name in held}
