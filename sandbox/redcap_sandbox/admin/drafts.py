"""Draft Mode: how the dictionary of a project in production is changed.

REDCap shows no text where a step is not possible, but no button either: the refusals are ours (assumed), as is what the
log says of entering Draft Mode.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping

from redcap_sandbox.admin.asked import Asked
from redcap_sandbox.admin.office import ADMINISTRATOR, Office, Result, Verb, actor
from redcap_sandbox.design import dictionary, dictionary_check, project
from redcap_sandbox.design.dictionary import Dictionary, Field
from redcap_sandbox.desk import Desk
from redcap_sandbox.records import refitting
from redcap_sandbox.store import journal
from redcap_sandbox.wire.refusals import Refusal

_DONE: Result = {"done": True}


def enter_draft(office: Office, asked: Asked) -> Result:
    """Enters Draft Mode, with the present dictionary as the draft."""
    with office.desk(asked, actor(asked), "design") as desk:
        if not desk.project.in_production:
            raise Refusal(400, "The project is in development: its dictionary can be changed at once.")
        if _draft(desk) is not None:
            raise Refusal(400, "The project is in Draft Mode already.")
        _keep(desk, desk.project.dictionary, submitted=False)
        desk.note(journal.managed("Enter draft mode"))
    return _DONE


def upload_draft(office: Office, asked: Asked) -> Result:
    """The number of fields of the draft, which becomes the dictionary in `rows`; Refusal with every fault."""
    with office.desk(asked, actor(asked), "design") as desk:
        _open(desk)
        rows = asked.rows("rows")
        if unknown := dictionary_check.unknown_columns(rows):
            raise Refusal(400, f"The data dictionary has columns that REDCap does not know: {', '.join(unknown)}")
        fields = dictionary_check.normalised(rows)
        events = desk.project.event_by_unique.keys() if desk.project.is_longitudinal else None
        expert = desk.caller.username == ADMINISTRATOR
        held = desk.project.dictionary
        if problems := dictionary_check.problems(fields, held.fields, events=events, administrator=expert):
            raise Refusal(400, "\n".join(problems))
        drafted = dictionary.assembled((field.cells for field in fields), held.form_labels)
        _keep(desk, drafted, submitted=False)
        desk.note(journal.managed("Upload data dictionary"))
    return {"fields": len(drafted.fields), "message": "Changes to the DRAFT have been made successfully!"}


def submit_draft(office: Office, asked: Asked) -> Result:
    """Sends the draft to an administrator, with the changes and what they may cost. None is approved automatically."""
    with office.desk(asked, actor(asked), "design") as desk:
        drafted = _open(desk)
        _keep(desk, drafted, submitted=True)
        desk.note(journal.managed("Request approval for production project modifications"))
        return {"message": "Awaiting review of project changes", "changes": list(_changes(desk, drafted))}


def approve_draft(office: Office, asked: Asked) -> Result:
    """The number of the production revision that the submitted draft has become."""
    with office.desk(asked) as desk:
        drafted = _submitted(desk)
        refitting.fit(desk.db, desk.project.id, desk.project.dictionary, drafted)
        project.save_dictionary(desk.db, desk.project.id, drafted)
        drop(desk.db, desk.project.id)
        (number,) = desk.db.execute(
            "INSERT INTO revision (project, number, at, fields, labels) VALUES "
            "(?, (SELECT coalesce(max(number), 0) + 1 FROM revision WHERE project = ?), ?, ?, ?) RETURNING number",
            (desk.project.id, desk.project.id, desk.now, *_texts(drafted)),
        ).fetchone()
        desk.note(journal.managed("Approve production project modifications"))
    return {"revision": number, "message": "Project Changes Committed / User Notified"}


def reject_draft(office: Office, asked: Asked) -> Result:
    """Rejects the submitted draft, which stays for editing."""
    with office.desk(asked) as desk:
        _keep(desk, _submitted(desk), submitted=False)
        desk.note(journal.managed("Reject production project modifications"))
    return {"message": "Project Changes Rejected / User Notified"}


def remove_draft(office: Office, asked: Asked) -> Result:
    """Drops the draft, submitted or not."""
    with office.desk(asked) as desk:
        if _draft(desk) is None:
            raise Refusal(400, "The project is not in Draft Mode.")
        drop(desk.db, desk.project.id)
        desk.note(journal.managed("Remove production project modifications"))
    return {"message": "Project Changes Removed / User Notified"}


def draft(office: Office, asked: Asked) -> Result:
    """The rows of the draft and whether it waits for approval; `rows` null outside Draft Mode."""
    with office.desk(asked) as desk:
        held = _draft(desk)
    if held is None:
        return {"rows": None, "submitted": False}
    drafted, submitted = held
    return {"rows": _cells(drafted), "submitted": submitted}


def revisions(office: Office, asked: Asked) -> Result:
    """The revisions in production, oldest first: the `number`, when it was approved `at`, and the `rows` it has."""
    with office.desk(asked) as desk:
        held = desk.db.execute(
            "SELECT number, at, fields FROM revision WHERE project = ? ORDER BY number", (desk.project.id,)
        ).fetchall()
    return {"revisions": [{"number": number, "at": at, "rows": json.loads(rows)} for number, at, rows in held]}


def _changes(desk: Desk, drafted: Dictionary) -> Iterator[dict[str, str]]:
    """The fields that are deleted, edited and added, and how critical REDCap's review page calls each change."""
    for old in desk.project.dictionary.fields:
        new = drafted.by_name.get(old.name)
        if new is None:
            warning = "*Data WILL be lost" if _is_used(desk, old) else ""
            yield {"field": old.name, "change": "deleted", "warning": warning}
        elif new.cells != old.cells:
            yield {"field": old.name, "change": "edited", "warning": _about_choices(old, new)}
    for field in drafted.fields:
        if field.name not in desk.project.dictionary.by_name:
            yield {"field": field.name, "change": "added", "warning": ""}


def _about_choices(old: Field, new: Field) -> str:
    before = {choice.code: choice.label for choice in old.choices}
    after = {choice.code: choice.label for choice in new.choices}
    if before.keys() - after.keys():
        return "*Data WILL be lost" if old.kind == "checkbox" else "*Data MIGHT be lost due to deleted choice(s)"
    if any(after[code] != label for code, label in before.items()):
        return "*Possible label mismatch because of label changes. Check if okay."
    return ""


def _is_used(desk: Desk, field: Field) -> bool:
    keys = [column.key for column in field.columns()]
    query = (
        "SELECT EXISTS (SELECT 1 FROM document JOIN record ON record.id = document.record, json_each(document.content) "
        "AS cell WHERE record.project = ? AND document.form = ? AND cell.key IN (SELECT value FROM json_each(?)))"
    )
    (used,) = desk.db.execute(query, (desk.project.id, field.form, json.dumps(keys))).fetchone()
    return bool(used)


def _open(desk: Desk) -> Dictionary:
    """The draft that can be edited."""
    held = _draft(desk)
    if held is None:
        raise Refusal(400, "The project is not in Draft Mode: enter it first.")
    if held[1]:
        raise Refusal(400, "The draft awaits review: approve or reject it first.")
    return held[0]


def _submitted(desk: Desk) -> Dictionary:
    held = _draft(desk)
    if held is None or not held[1]:
        raise Refusal(400, "No draft has been submitted.")
    return held[0]


def _draft(desk: Desk) -> tuple[Dictionary, bool] | None:
    """The draft, and whether it was submitted."""
    row = desk.db.execute(
        "SELECT fields, labels, submitted FROM draft WHERE project = ?", (desk.project.id,)
    ).fetchone()
    if row is None:
        return None
    return dictionary.assembled(json.loads(row[0]), json.loads(row[1])), bool(row[2])


def _keep(desk: Desk, drafted: Dictionary, *, submitted: bool) -> None:
    desk.db.execute(
        "INSERT OR REPLACE INTO draft (project, submitted, fields, labels) VALUES (?, ?, ?, ?)",
        (desk.project.id, int(submitted), *_texts(drafted)),
    )


def _texts(drafted: Dictionary) -> tuple[str, str]:
    return json.dumps(_cells(drafted)), json.dumps(dict(drafted.form_labels))


def _cells(drafted: Dictionary) -> list[dict[str, str]]:
    return [dict(field.cells) for field in drafted.fields]


def drop(db: sqlite3.Connection, project: int) -> None:
    """Forgets the project's draft, if it has one."""
    db.execute("DELETE FROM draft WHERE project = ?", (project,))


VERBS: Mapping[str, Verb] = {
    "enter_draft": enter_draft,
    "upload_draft": upload_draft,
    "submit_draft": submit_draft,
    "approve_draft": approve_draft,
    "reject_draft": reject_draft,
    "remove_draft": remove_draft,
    "draft": draft,
    "revisions": revisions,
}
