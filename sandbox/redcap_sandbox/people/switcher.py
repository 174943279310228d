"""The DAG Switcher: the data access groups among which a user may move himself."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from redcap_sandbox.design.groups import Group
from redcap_sandbox.design.project import Project
from redcap_sandbox.people import assignments, members
from redcap_sandbox.people.members import Member
from redcap_sandbox.store.journal import Note
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.refusals import Refusal


def choices(db: sqlite3.Connection, project: int, username: str) -> frozenset[int | None]:
    """The numbers of the groups the user may switch to; None stands for being in no group."""
    rows = db.execute("SELECT access_group FROM member_group WHERE project = ? AND username = ?", (project, username))
    return frozenset(group for (group,) in rows)


def allow(db: sqlite3.Connection, project: int, username: str, groups: Collection[int | None]) -> None:
    """Lets the user switch among these groups and no others; Refusal if there is no such user or group."""
    member = members.required(db, project, username)
    known = {number for (number,) in db.execute("SELECT id FROM access_group WHERE project = ?", (project,))}
    if unknown := [str(group) for group in groups if group is not None and group not in known]:
        raise refusals.invalid_values("data_access_group", unknown)
    db.execute("DELETE FROM member_group WHERE project = ? AND username = ?", (project, member.username))
    db.executemany(
        "INSERT INTO member_group (project, username, access_group) VALUES (?, ?, ?)",
        [(project, member.username, group) for group in dict.fromkeys(groups)],
    )


def switch(db: sqlite3.Connection, project: Project, member: Member, group: Group | None, how: str) -> tuple[Note, ...]:
    """The lines for the log once the user has moved to the group.

    Refusal (its text is assumed) if the switcher does not offer it to him; the group he is in is always his.
    """
    number = group.id if group else None
    if number != member.group and number not in choices(db, project.id, member.username):
        named = f"the Data Access Group '{group.unique}'" if group else "no Data Access Group"
        raise Refusal(400, f"You cannot switch to {named} because you are not assigned to it in the DAG Switcher.")
    return assignments.to_group(db, project, member, group, how)
