"""`userDagMapping`: which user belongs to which data access group."""

from __future__ import annotations

from dataclasses import replace

from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.people import members
from redcap_sandbox.people.members import Member
from redcap_sandbox.store import journal
from redcap_sandbox.wire import answers, payload, refusals
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call

COLUMNS = ("username", "redcap_data_access_group")


def export(call: Call, desk: Desk) -> Answer:
    """Every user with the unique name of the group, blank for a user in none."""
    groups = desk.project.group_by_id
    rows = [
        (member.username, groups[member.group].unique if member.group in groups else "")
        for member in members.load(desk.db, desk.project.id)
    ]
    desk.note(journal.managed("Export User-DAG assignments (API)"))
    return answers.table(COLUMNS, rows, call.data_format)


def load(call: Call, desk: Desk) -> Answer:
    """The number of users assigned; a blank group takes the user out of his."""
    rows = payload.text_rows(call)
    for row in rows:
        _assign(desk, row.get("username", ""), row.get("redcap_data_access_group", ""))
    return answers.number(len(rows), call.answer_format)


def _assign(desk: Desk, username: str, unique: str) -> None:
    member = members.find(desk.db, desk.project.id, username)
    if member is None:
        raise refusals.invalid_values("username", [username])
    if unique and unique not in desk.project.group_by_unique:
        raise refusals.invalid_values("redcap_data_access_group", [unique])
    old = desk.project.group_by_id.get(member.group)
    new = desk.project.group_by_unique.get(unique)
    if new == old:
        return
    _save(desk, member, new.id if new else None)
    for group, verb in ((old, "Remove user from"), (new, "Assign user to")):
        if group:
            what = f"{verb} data access group (API) user = '{username}', group = '{group.name}'"
            desk.note(journal.managed(what))


def _save(desk: Desk, member: Member, group: int | None) -> None:
    members.save(desk.db, desk.project.id, replace(member, group=group))


ACTIONS = (
    Action("userDagMapping", "export", export, rights=("api_export", "data_access_groups")),
    Action("userDagMapping", "import", load, rights=("api_import", "data_access_groups"), writes=True),
)
