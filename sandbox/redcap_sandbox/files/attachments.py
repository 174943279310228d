"""The file that a record holds in a file field: finding it, putting one there, taking it away.

The record's document keeps the file's number under the field's name, like any other value.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from redcap_sandbox.design.dictionary import Field
from redcap_sandbox.files import uploads
from redcap_sandbox.files.uploads import About
from redcap_sandbox.records import names
from redcap_sandbox.records.incoming import Incoming
from redcap_sandbox.records.saving import Saving


@dataclass(frozen=True)
class Place:
    """Where in a record a file is: a file field at an event (by number), in an instance.

    `repeats` says whether the field's form is itself a repeating instrument there; the instance `new` is the one
    that the file will make.
    """

    record: str
    event: int
    field: Field
    instance: int | str = 1
    repeats: bool = False


def record_named(db: sqlite3.Connection, project: int, name: str, group: int | None = None) -> str | None:
    """The record's name as it is stored; None if there is none such, or none in that data access group."""
    found = db.execute(
        "SELECT name FROM record WHERE project = ? AND folded = ? AND (? IS NULL OR access_group = ?)",
        (project, names.folded(name.strip()), group, group),
    ).fetchone()
    return str(found[0]) if found else None


def find(db: sqlite3.Connection, project: int, place: Place) -> About | None:
    """The file there; None where the field is blank."""
    row = db.execute(
        "SELECT document.content FROM record JOIN document ON document.record = record.id WHERE record.project = ? "
        "AND record.folded = ? AND document.event = ? AND document.form = ? AND document.instance = ?",
        (project, names.folded(place.record), place.event, place.field.form, place.instance),
    ).fetchone()
    held = json.loads(row[0]).get(place.field.name, "") if row else ""
    return uploads.about(db, project, int(held)) if held.isascii() and held.isdigit() else None


def put(db: sqlite3.Connection, project: int, saving: Saving, place: Place, number: int) -> None:
    """Makes an uploaded file the one that is there; the one that was is gone.

    `saving` writes the value and its line in the log. Refusal if the record is locked or not of the user's group.
    """
    former = find(db, project, place)
    saving.save([_row(place, str(number))])
    if former:
        uploads.delete(db, former.id)


def take(db: sqlite3.Connection, project: int, saving: Saving, place: Place) -> bool:
    """Whether there was a file: it is gone, and the field is blank. Refusals as of `put`."""
    former = find(db, project, place)
    if former is None:
        return False
    saving.save([_row(place, "")])
    uploads.delete(db, former.id)
    return True


def _row(place: Place, value: str) -> Incoming:
    """The value as an import would bring it."""
    field = place.field
    return Incoming(
        record=place.record,
        event=place.event,
        form=field.form if place.repeats else "",
        instance=place.instance,
        group=None,
        values={field.form: {field.name: value}},
    )
