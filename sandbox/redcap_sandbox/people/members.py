"""The users of a project: who they are, what they may do, and their tokens."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from redcap_sandbox.people import accounts, grants, roles
from redcap_sandbox.people.accounts import PROFILE
from redcap_sandbox.people.grants import Grants
from redcap_sandbox.people.roles import Role
from redcap_sandbox.wire.refusals import Refusal

# The account that owns the super token, hence the first user of every project.
OWNER = "sandbox_owner"
OWNER_EMAIL = "sandbox_owner@example.org"

PERSON = (*PROFILE, "expiration")


@dataclass(frozen=True)
class Member:
    """A user in a project.

    `own` is what he is granted himself, which counts as long as he is in no role. `person` has his account's email,
    firstname and lastname, and the expiration of his access to this project. `group` is the number of the data access
    group, None for a user who sees every record.
    """

    username: str
    own: Grants = field(default_factory=Grants)
    person: Mapping[str, str] = field(default_factory=dict)
    group: int | None = None
    role: Role | None = None
    suspended: bool = False

    @property
    def grants(self) -> Grants:
        """What holds for him: his role's grants, or else his own."""
        return self.role.grants if self.role else self.own

    @property
    def rights(self) -> Mapping[str, int]:
        """Right → level, as it holds for him."""
        return self.grants.rights

    @property
    def forms(self) -> Mapping[str, int]:
        """Form → viewing right, as it holds for him."""
        return self.grants.forms

    @property
    def forms_export(self) -> Mapping[str, int]:
        """Form → export right, as it holds for him."""
        return self.grants.forms_export

    def may(self, right: str, *, writing: bool = False) -> bool:
        """True if the user holds the right: at any level or, for `writing`, at one that lets him change things."""
        return self.grants.may(right, writing=writing)

    def expired(self, today: str) -> bool:
        """True from the expiration date on; `today` is `YYYY-MM-DD`."""
        expiration = self.person.get("expiration", "")
        return bool(expiration) and expiration <= today

    def active(self, today: str) -> bool:
        """False if his account is suspended or his access has expired: then he may use nothing."""
        return not self.suspended and not self.expired(today)


def creator() -> Member:
    """The user a new project begins with."""
    return Member(OWNER, grants.creators(), {"email": OWNER_EMAIL, "firstname": "Sandbox", "lastname": "Owner"})


_SELECT = (
    "SELECT member.username, email, firstname, lastname, expiration, suspended, access_group, role, "
    "rights, forms, forms_export FROM member JOIN account ON account.username = member.username"
)


def load(db: sqlite3.Connection, project: int) -> tuple[Member, ...]:
    """The project's users in alphabetical order."""
    held = {role.id: role for role in roles.load(db, project)}
    rows = db.execute(f"{_SELECT} WHERE project = ? ORDER BY member.username", (project,))
    return tuple(_member(row, held) for row in rows)


def find(db: sqlite3.Connection, project: int, username: str) -> Member | None:
    """The user of that name.

    Names that differ by case only are one user's (assumed: REDCap's validation scripts write Test_User1 and
    test_user1 for the same).
    """
    row = db.execute(f"{_SELECT} WHERE project = ? AND member.username = ?", (project, username)).fetchone()
    if row is None:
        return None
    held = {role.id: role for role in roles.load(db, project)} if row[7] is not None else {}
    return _member(row, held)


def _member(
    row: tuple[str, str, str, str, str, int, int | None, int | None, str, str, str], held: Mapping[int, Role]
) -> Member:
    username, email, firstname, lastname, expiration, suspended, group, role, *columns = row
    return Member(
        username,
        grants.loaded(*columns),
        {"email": email, "firstname": firstname, "lastname": lastname, "expiration": expiration},
        group,
        held[role] if role is not None else None,
        bool(suspended),
    )


def save(db: sqlite3.Connection, project: int, member: Member) -> None:
    """Adds the user, or replaces what is stored of him; his account is opened if he has none."""
    accounts.remember(db, member.username, member.person)
    db.execute(
        "INSERT INTO member (project, username, expiration, access_group, role, rights, forms, forms_export) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (project, username) DO UPDATE SET "
        "expiration = excluded.expiration, access_group = excluded.access_group, role = excluded.role, "
        "rights = excluded.rights, forms = excluded.forms, forms_export = excluded.forms_export",
        (
            project,
            member.username,
            member.person.get("expiration", ""),
            member.group,
            member.role.id if member.role else None,
            *grants.stored(member.own),
        ),
    )


def grant(
    db: sqlite3.Connection,
    project: int,
    username: str,
    rights: Mapping[str, int],
    forms: Mapping[str, int] | None = None,
    forms_export: Mapping[str, int] | None = None,
) -> None:
    """Sets these rights of the user himself, and leaves the others.

    Refusal if there is no such user, right or level, and for a user in a role, whose rights the web page does not let
    one change either.
    """
    member = required(db, project, username)
    if member.role:
        raise Refusal(400, f"The user '{member.username}' is in a role: change the role, or take the user out of it.")
    save(db, project, replace(member, own=grants.changed(member.own, rights, forms, forms_export)))


def required(db: sqlite3.Connection, project: int, username: str) -> Member:
    """The user of that name; Refusal if the project has none."""
    member = find(db, project, username)
    if member is None:
        raise Refusal(400, f"Project {project} has no user '{username}'. Add the user first.")
    return member


def delete(db: sqlite3.Connection, project: int, usernames: Iterable[str]) -> None:
    """Removes the users and their tokens; their accounts stay."""
    db.executemany(
        "DELETE FROM member WHERE project = ? AND username = ?", [(project, username) for username in usernames]
    )


def token_for(db: sqlite3.Connection, project: int, username: str) -> str:
    """The user's token for the project, made at the first request; Refusal if the project has no such user."""
    held = db.execute("SELECT token FROM token WHERE project = ? AND username = ?", (project, username)).fetchone()
    if held:
        return str(held[0])
    member = required(db, project, username)
    token = secrets.token_hex(16).upper()
    db.execute("INSERT INTO token (token, project, username) VALUES (?, ?, ?)", (token, project, member.username))
    return token


def holder(db: sqlite3.Connection, token: str) -> tuple[int, str] | None:
    """(project, username) of a token; None for one that was never given out."""
    row: tuple[int, str] | None = db.execute("SELECT project, username FROM token WHERE token = ?", (token,)).fetchone()
    return row
