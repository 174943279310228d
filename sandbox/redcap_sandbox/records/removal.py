"""Taking data away: whole records, what they hold of one form, and what a new dictionary has no place for."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from redcap_sandbox.design.dictionary import Column, Dictionary
from redcap_sandbox.design.project import Project
from redcap_sandbox.records import names
from redcap_sandbox.store.journal import Note
from redcap_sandbox.wire import refusals


@dataclass(frozen=True)
class Stored:
    """A record by its number and its name as stored."""

    id: int
    name: str


def find(db: sqlite3.Connection, project: int, wanted: Sequence[str], group: int | None) -> list[Stored]:
    """The records of these names, each once; Refusal if one of them does not exist, or not in the caller's group."""
    found = []
    missing = []
    for folded, name in {names.folded(name.strip()): name for name in wanted}.items():
        row = db.execute(
            "SELECT id, name FROM record WHERE project = ? AND folded = ? AND (? IS NULL OR access_group = ?)",
            (project, folded, group, group),
        ).fetchone()
        if row:
            found.append(Stored(*row))
        else:
            missing.append(name)
    if missing:
        raise refusals.unknown_records(missing)
    return found


def delete_records(db: sqlite3.Connection, project: Project, records: Sequence[Stored]) -> Iterator[Note]:
    """Deletes the records with all their data."""
    for record in records:
        db.execute("DELETE FROM record WHERE id = ?", (record.id,))
        yield Note(
            kind="record_delete",
            action=f"Delete record {record.name}",
            details=f"{project.dictionary.record_id} = '{record.name}'",
            record=record.name,
        )


def delete_form(
    db: sqlite3.Connection, project: Project, records: Sequence[Stored], form: str, instance: int | None
) -> Iterator[Note]:
    """Deletes what the records hold of a form, or of one instance of it; the records stay.

    The log calls it an update that blanks every field.
    """
    columns = [column for column in project.dictionary.columns if column.form == form]
    for record in records:
        gone = db.execute(
            "DELETE FROM document WHERE record = ? AND event = 1 AND form = ? AND (? IS NULL OR instance = ?) "
            "RETURNING instance",
            (record.id, form, instance, instance),
        ).fetchall()
        for (number,) in gone:
            yield Note(
                kind="record_edit",
                action=f"Update record {record.name}",
                details=_blanked(columns, project.dictionary.record_id, number),
                record=record.name,
            )


def _blanked(columns: Sequence[Column], record_id: str, instance: int) -> str:
    texts = [
        f"{column.logged} = unchecked" if column.is_checkbox else f"{column.logged} = ''"
        for column in columns
        if column.field != record_id
    ]
    return ", ".join([f"[instance = {instance}]", *texts] if instance > 1 else texts)


def fit_documents(db: sqlite3.Connection, project: int, old: Dictionary, new: Dictionary) -> None:
    """Makes the stored documents fit a new dictionary.

    Values follow a field to its new form, and go with a field or a checkbox choice that is no more.
    """
    forms = {column.key: column.form for column in new.columns}
    for form in old.forms:
        changed = {
            column.key: forms.get(column.key)
            for column in old.columns
            if column.form == form.name and forms.get(column.key) != form.name
        }
        if changed:
            _refit(db, project, form.name, changed)


def _refit(db: sqlite3.Connection, project: int, form: str, changed: Mapping[str, str | None]) -> None:
    """Carries the values of these document keys to another form, or nowhere (None)."""
    documents = db.execute(
        "SELECT document.record, document.instance, document.content FROM document "
        "JOIN record ON record.id = document.record WHERE record.project = ? AND document.form = ?",
        (project, form),
    ).fetchall()
    for record, instance, content in documents:
        held: dict[str, str] = json.loads(content)
        leaving = {key: held.pop(key) for key in changed if key in held}
        if not leaving:
            continue
        _keep(db, (record, form, instance), held)
        for target in {changed[key] for key in leaving} - {None}:
            arriving = {key: value for key, value in leaving.items() if changed[key] == target}
            db.execute(
                "INSERT INTO document (record, form, instance, content) VALUES (?, ?, ?, ?) ON CONFLICT "
                "(record, event, form, instance) DO UPDATE SET content = json_patch(content, excluded.content)",
                (record, target, instance, json.dumps(arriving)),
            )


def _keep(db: sqlite3.Connection, place: tuple[int, str, int], held: Mapping[str, str]) -> None:
    if held:
        db.execute(
            "UPDATE document SET content = ? WHERE record = ? AND event = 1 AND form = ? AND instance = ?",
            (json.dumps(held), *place),
        )
    else:
        db.execute("DELETE FROM document WHERE record = ? AND event = 1 AND form = ? AND instance = ?", place)
