"""The survey queue of a record: where it is, and whether the project has one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection

from redcap_sandbox.design import surveys
from redcap_sandbox.design.project import Project
from redcap_sandbox.surveys import links


def in_use(db: sqlite3.Connection, project: Project) -> bool:
    """Whether a survey of the project is activated in its queue."""
    queued = surveys.load_queue(db, project.id)
    return any(one.form in project.surveys and one.settings.get("active", "1") == "1" for one in queued)


def url(base_url: str, queue_hash: str) -> str:
    """The address of the survey queue."""
    return f"{base_url}surveys/?sq={queue_hash}"


def hashed(db: sqlite3.Connection, record: int) -> str:
    """What names the record's survey queue: made when first asked for, and the same ever after."""
    return all_hashed(db, [record])[record]


def all_hashed(db: sqlite3.Connection, records: Collection[int]) -> dict[int, str]:
    """What names the survey queue of each of these records."""
    held = dict(
        db.execute(
            "SELECT id, queue_hash FROM record WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(records)),),
        )
    )
    made = {record: links.random_code(links.HASH_LENGTH) for record, given in held.items() if given is None}
    db.executemany("UPDATE record SET queue_hash = ? WHERE id = ?", [(given, record) for record, given in made.items()])
    return held | made
