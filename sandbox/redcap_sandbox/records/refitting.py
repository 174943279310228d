"""Making stored records fit a new dictionary."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from redcap_sandbox.design.dictionary import Dictionary

_Place = tuple[int, int, str, int]  # record's number, event, form, instance


def fit(db: sqlite3.Connection, project: int, old: Dictionary, new: Dictionary) -> None:
    """Makes the stored documents fit a new dictionary.

    Values follow a field to its new form, and go with a field or a checkbox choice that is no more. What is left of a
    form that is gone, such as when its survey was completed, goes with it.
    """
    forms = {column.key: column.form for column in new.columns}
    for form in old.forms:
        changed = {
            column.key: forms.get(column.key)
            for column in old.columns
            if column.form == form.name and forms.get(column.key) != form.name
        }
        boxes = {
            field.name: new.form_of.get(field.name)
            for field in old.fields
            if field.form == form.name and field.kind == "checkbox" and new.form_of.get(field.name) != form.name
        }
        if changed:
            _refit(db, project, form.name, changed, boxes)
    db.executemany(
        "DELETE FROM document WHERE form = ? AND record IN (SELECT id FROM record WHERE project = ?)",
        [(form, project) for form in old.form_labels if form not in new.form_labels],
    )
    _rename_record_id(db, project, old, new)


def _rename_record_id(db: sqlite3.Connection, project: int, old: Dictionary, new: Dictionary) -> None:
    """A field that was data and is now the record id keeps no values of its own."""
    if old.record_id != new.record_id:
        db.execute(
            "UPDATE document SET content = json_remove(content, ?) "
            "WHERE record IN (SELECT id FROM record WHERE project = ?)",
            (f'$."{new.record_id}"', project),
        )


def _refit(
    db: sqlite3.Connection,
    project: int,
    form: str,
    changed: Mapping[str, str | None],
    boxes: Mapping[str, str | None],
) -> None:
    """Carries the values of these document keys, and other boxes of these fields, to another form or nowhere (None)."""
    documents = db.execute(
        "SELECT document.record, document.event, document.instance, document.content FROM document "
        "JOIN record ON record.id = document.record WHERE record.project = ? AND document.form = ?",
        (project, form),
    ).fetchall()
    for record, event, instance, content in documents:
        held: dict[str, str] = json.loads(content)
        targets = {
            key: changed.get(key, boxes.get(key.partition("(")[0])) for key in held if _leaves(key, changed, boxes)
        }
        if not targets:
            continue
        leaving = {key: held.pop(key) for key in targets}
        _keep(db, (record, event, form, instance), held)
        for target in set(targets.values()) - {None}:
            arriving = {key: value for key, value in leaving.items() if targets[key] == target}
            db.execute(
                "INSERT INTO document (record, event, form, instance, content) VALUES (?, ?, ?, ?, ?) ON CONFLICT "
                "(record, event, form, instance) DO UPDATE SET content = json_patch(content, excluded.content)",
                (record, event, target, instance, json.dumps(arriving)),
            )


def _leaves(key: str, changed: Mapping[str, str | None], boxes: Mapping[str, str | None]) -> bool:
    """Whether the value moves: that of a changed column, or the box of a missing data code, which has none."""
    return key in changed or ("(" in key and key.partition("(")[0] in boxes)


def _keep(db: sqlite3.Connection, place: _Place, held: Mapping[str, str]) -> None:
    if held:
        db.execute(
            "UPDATE document SET content = ? WHERE record = ? AND event = ? AND form = ? AND instance = ?",
            (json.dumps(held), *place),
        )
    else:
        db.execute("DELETE FROM document WHERE record = ? AND event = ? AND form = ? AND instance = ?", place)
