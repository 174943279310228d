"""Data access groups of a project."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from redcap_sandbox.wire.refusals import Refusal

_LONGEST_UNIQUE_NAME = 18


@dataclass(frozen=True)
class Group:
    """A data access group: its number, its name as people read it and its unique name."""

    id: int
    name: str
    unique: str


def load(db: sqlite3.Connection, project: int) -> tuple[Group, ...]:
    """The project's groups in the order they were made."""
    rows = db.execute("SELECT id, name, unique_name FROM access_group WHERE project = ? ORDER BY id", (project,))
    return tuple(Group(*row) for row in rows)


def unique_name(name: str, taken: Iterable[str]) -> str:
    """REDCap's unique name for a group of this name.

    Lower case, blanks as `_`, other characters dropped, cut at 18, and a letter at the end if another group has it
    already (the letter is assumed).
    """
    made = re.sub(r"[^a-z0-9_]", "", name.lower().replace(" ", "_"))[:_LONGEST_UNIQUE_NAME] or "group"
    used = set(taken)
    endings = [
        "",
        *(chr(code) for code in range(ord("b"), ord("z") + 1)),
        *(str(number) for number in range(2, 10_000)),
    ]
    return next(made + ending for ending in endings if made + ending not in used)


def create(db: sqlite3.Connection, project: int, name: str) -> Group:
    """The new group of this name."""
    unique = unique_name(name, (group.unique for group in load(db, project)))
    added = db.execute(
        "INSERT INTO access_group (project, name, unique_name) VALUES (?, ?, ?) RETURNING id", (project, name, unique)
    )
    return Group(added.fetchone()[0], name, unique)


def rename(db: sqlite3.Connection, project: int, group: Group, name: str) -> None:
    """Renames a group; its unique name follows its name."""
    others = (other.unique for other in load(db, project) if other.id != group.id)
    db.execute(
        "UPDATE access_group SET name = ?, unique_name = ? WHERE id = ?", (name, unique_name(name, others), group.id)
    )


def delete(db: sqlite3.Connection, group: Group) -> None:
    """Deletes an empty group; Refusal while users or records belong to it, or folders are kept for it (assumed)."""
    held = "SELECT EXISTS (SELECT 1 FROM {} WHERE access_group = ?)"
    if db.execute(held.format("member"), (group.id,)).fetchone()[0]:
        raise Refusal(400, "The group could not be deleted because users or roles are still assigned to it.")
    if db.execute(held.format("record"), (group.id,)).fetchone()[0]:
        raise Refusal(400, "The group could not be deleted because records are still assigned to it.")
    if db.execute(held.format("folder"), (group.id,)).fetchone()[0]:
        raise Refusal(400, "The group could not be deleted because File Repository folders are still restricted to it.")
    db.execute("DELETE FROM access_group WHERE id = ?", (group.id,))
