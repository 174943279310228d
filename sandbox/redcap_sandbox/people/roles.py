"""The user roles of a project: named sets of rights that users are put into."""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import dataclass

from redcap_sandbox.people import grants
from redcap_sandbox.people.grants import Grants
from redcap_sandbox.wire.refusals import Refusal

# Every unique name on record has three digits first, and of these characters, which are not mistaken for others.
_DIGITS = "0123456789"
_UNMISTAKABLE = "ACDEFHJKLMNPRTWXY34789"


@dataclass(frozen=True)
class Role:
    """A user role: its number, the unique name the API knows it by, the name people gave it, and what it grants."""

    id: int
    unique_name: str
    label: str
    grants: Grants


_SELECT = "SELECT id, unique_name, label, rights, forms, forms_export FROM role"


def load(db: sqlite3.Connection, project: int) -> tuple[Role, ...]:
    """The project's roles in the order they were made."""
    return tuple(_role(row) for row in db.execute(f"{_SELECT} WHERE project = ? ORDER BY id", (project,)))


def find(db: sqlite3.Connection, project: int, unique_name: str) -> Role | None:
    """The role of that unique name."""
    row = db.execute(f"{_SELECT} WHERE project = ? AND unique_name = ?", (project, unique_name)).fetchone()
    return _role(row) if row else None


def _role(row: tuple[int, str, str, str, str, str]) -> Role:
    number, unique_name, label, *columns = row
    return Role(number, unique_name, label, grants.loaded(*columns))


def create(db: sqlite3.Connection, project: int, label: str, granted: Grants, unique_name: str = "") -> Role:
    """The new role, under a unique name of its own.

    `unique_name` is the one it has in a project XML: a copied project keeps those, as smart variables depend on them;
    if the project has it already, the role gets another.
    """
    if not unique_name or find(db, project, unique_name):
        unique_name = _new_name(db, project)
    added = db.execute(
        "INSERT INTO role (project, unique_name, label, rights, forms, forms_export) VALUES (?, ?, ?, ?, ?, ?) "
        "RETURNING id",
        (project, unique_name, label, *grants.stored(granted)),
    )
    return Role(added.fetchone()[0], unique_name, label, granted)


def _new_name(db: sqlite3.Connection, project: int) -> str:
    while True:
        digits, others = (
            "".join(secrets.choice(letters) for _ in range(count))
            for letters, count in ((_DIGITS, 3), (_UNMISTAKABLE, 7))
        )
        if find(db, project, f"U-{digits}{others}") is None:
            return f"U-{digits}{others}"


def save(db: sqlite3.Connection, role: Role) -> None:
    """Replaces the role's label and what it grants, at once to everyone in it."""
    db.execute(
        "UPDATE role SET label = ?, rights = ?, forms = ?, forms_export = ? WHERE id = ?",
        (role.label, *grants.stored(role.grants), role.id),
    )


def delete(db: sqlite3.Connection, role: Role) -> None:
    """Deletes the role; Refusal while folders of the File Repository are kept for it (assumed).

    Its users stay in the project with the rights of their own (assumed: the web page refuses to delete a role that is
    held, the API's documentation does not say).
    """
    if db.execute("SELECT EXISTS (SELECT 1 FROM folder WHERE role = ?)", (role.id,)).fetchone()[0]:
        raise Refusal(400, "The role could not be deleted because File Repository folders are still restricted to it.")
    db.execute("UPDATE member SET role = NULL WHERE role = ?", (role.id,))
    db.execute("DELETE FROM role WHERE id = ?", (role.id,))
