"""Which role and which data access group each user is assigned to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import replace

from redcap_sandbox.design.groups import Group
from redcap_sandbox.design.project import Project
from redcap_sandbox.people import members
from redcap_sandbox.people.members import Member
from redcap_sandbox.people.roles import Role
from redcap_sandbox.store import journal
from redcap_sandbox.store.journal import Note
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.refusals import Refusal


def once_each(usernames: Iterable[str]) -> None:
    """Refusal if a user is mentioned twice, which REDCap's documentation forbids (the text is assumed)."""
    seen: set[str] = set()
    for username in usernames:
        if username.casefold() in seen:
            raise Refusal(400, f"There should be only one record per username, but '{username}' occurs more than once")
        seen.add(username.casefold())


def member_named(db: sqlite3.Connection, project: int, username: str) -> Member:
    """The user whom an imported row names; Refusal if the project has no such user."""
    member = members.find(db, project, username)
    if member is None:
        raise refusals.invalid_values("username", [username])
    return member


def group_named(project: Project, column: str, unique: str) -> Group | None:
    """The group whose unique name the column of an import holds, None for a blank; Refusal if there is no such."""
    if unique and unique not in project.group_by_unique:
        raise refusals.invalid_values(column, [unique])
    return project.group_by_unique.get(unique)


def to_group(
    db: sqlite3.Connection, project: Project, member: Member, group: Group | None, how: str = ""
) -> tuple[Note, ...]:
    """The lines for the log once the user is in the group, or in none; none if he was there already.

    `how` is ` (API)` for a call.
    """
    old = project.group_by_id.get(member.group)
    if group == old:
        return ()
    members.save(db, project.id, replace(member, group=group.id if group else None))
    return tuple(
        journal.managed(f"{verb} data access group{how} user = '{member.username}', group = '{named.name}'")
        for verb, named in (("Remove user from", old), ("Assign user to", group))
        if named
    )


def to_role(db: sqlite3.Connection, project: int, member: Member, role: Role | None) -> tuple[Note, ...]:
    """The lines for the log (assumed) once the user is in the role, or in none; none if he was there already.

    Out of the role a user has his own rights again: redcapAPI's tests, run against a server, find there what they had
    imported before.
    """
    if role == member.role:
        return ()
    members.save(db, project, replace(member, role=role))
    named = f", role = '{role.label}'" if role else ", role = ''"
    return (Note("user", f"Update user {member.username}", f"user = '{member.username}'{named}"),)


def keeping_rights(db: sqlite3.Connection, project: int, member: Member) -> tuple[Note, ...]:
    """As `to_role` without a role, but the user keeps the role's rights as his own.

    This is how the web page does it ("User's privileges will remain the same").
    """
    return to_role(db, project, replace(member, own=member.grants), None)
