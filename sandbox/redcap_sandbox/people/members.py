"""The users of a project: who they are, what they may do, and their tokens."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from redcap_sandbox.wire.refusals import Refusal

# The account that owns the super token, hence the first user of every project.
OWNER = "sandbox_owner"
OWNER_EMAIL = "sandbox_owner@example.org"

RIGHTS = (
    "design",
    "alerts",
    "user_rights",
    "data_access_groups",
    "reports",
    "stats_and_charts",
    "manage_survey_participants",
    "calendar",
    "data_import_tool",
    "data_comparison_tool",
    "logging",
    "email_logging",
    "file_repository",
    "data_quality_create",
    "data_quality_execute",
    "api_export",
    "api_import",
    "api_modules",
    "mobile_app",
    "mobile_app_download_data",
    "record_create",
    "record_rename",
    "record_delete",
    "lock_records_all_forms",
    "lock_records",
    "lock_records_customization",
)
# A project's creator has to grant these to himself.
_NOT_THE_CREATORS = frozenset(
    {"record_rename", "record_delete", "lock_records_all_forms", "lock_records", "lock_records_customization"}
)
PERSON = ("email", "firstname", "lastname", "expiration")


@dataclass(frozen=True)
class Member:
    """A user in a project. `group` is the number of the data access group, None for a user who sees every record."""

    username: str
    person: Mapping[str, str] = field(default_factory=dict)
    rights: Mapping[str, int] = field(default_factory=dict)
    forms: Mapping[str, int] = field(default_factory=dict)
    forms_export: Mapping[str, int] = field(default_factory=dict)
    group: int | None = None

    def may(self, right: str) -> bool:
        """True if the user holds the right at any level."""
        return self.rights.get(right, 0) > 0

    def expired(self, today: str) -> bool:
        """True from the expiration date on; `today` is `YYYY-MM-DD`."""
        expiration = self.person.get("expiration", "")
        return bool(expiration) and expiration <= today


def creator() -> Member:
    """The user a new project begins with."""
    rights = {right: int(right not in _NOT_THE_CREATORS) for right in RIGHTS}
    return Member(OWNER, {"email": OWNER_EMAIL, "firstname": "Sandbox", "lastname": "Owner"}, rights)


def load(db: sqlite3.Connection, project: int) -> tuple[Member, ...]:
    """The project's users in alphabetical order."""
    rows = db.execute(f"{_SELECT} WHERE project = ? ORDER BY username", (project,))
    return tuple(_member(row) for row in rows)


def find(db: sqlite3.Connection, project: int, username: str) -> Member | None:
    """The user of that name."""
    row = db.execute(f"{_SELECT} WHERE project = ? AND username = ?", (project, username)).fetchone()
    return _member(row) if row else None


_SELECT = "SELECT username, person, rights, forms, forms_export, access_group FROM member"


def _member(row: tuple[str, str, str, str, str, int | None]) -> Member:
    username, person, rights, forms, forms_export, group = row
    return Member(username, json.loads(person), json.loads(rights), json.loads(forms), json.loads(forms_export), group)


def save(db: sqlite3.Connection, project: int, member: Member) -> None:
    """Adds the user, or replaces what is stored of him."""
    db.execute(
        "INSERT INTO member (project, username, person, rights, forms, forms_export, access_group) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (project, username) DO UPDATE SET person = excluded.person, "
        "rights = excluded.rights, forms = excluded.forms, forms_export = excluded.forms_export, "
        "access_group = excluded.access_group",
        (
            project,
            member.username,
            json.dumps(dict(member.person)),
            json.dumps(dict(member.rights)),
            json.dumps(dict(member.forms)),
            json.dumps(dict(member.forms_export)),
            member.group,
        ),
    )


def delete(db: sqlite3.Connection, project: int, usernames: Iterable[str]) -> None:
    """Removes the users and their tokens."""
    db.executemany(
        "DELETE FROM member WHERE project = ? AND username = ?", [(project, username) for username in usernames]
    )


def token_for(db: sqlite3.Connection, project: int, username: str) -> str:
    """The user's token for the project, made at the first request; Refusal if the project has no such user."""
    held = db.execute("SELECT token FROM token WHERE project = ? AND username = ?", (project, username)).fetchone()
    if held:
        return str(held[0])
    if find(db, project, username) is None:
        raise Refusal(400, f"Project {project} has no user '{username}'. Add the user first, then ask for a token.")
    token = secrets.token_hex(16).upper()
    db.execute("INSERT INTO token (token, project, username) VALUES (?, ?, ?)", (token, project, username))
    return token


def holder(db: sqlite3.Connection, token: str) -> tuple[int, str] | None:
    """(project, username) of a token; None for one that was never given out."""
    row: tuple[int, str] | None = db.execute("SELECT project, username FROM token WHERE token = ?", (token,)).fetchone()
    return row
