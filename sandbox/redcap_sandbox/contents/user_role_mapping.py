"""`userRoleMapping`: which user is in which role."""

from __future__ import annotations

from dataclasses import replace

from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.people import assignments, members, roles
from redcap_sandbox.store import journal
from redcap_sandbox.wire import answers, payload, refusals
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.payload import TextRow

COLUMNS = ("username", "unique_role_name", "data_access_group")


def export(call: Call, desk: Desk) -> Answer:
    """Every user in alphabetical order, with his role's unique name and his group's, blank for none."""
    groups = desk.project.group_by_id
    rows = [
        (
            member.username,
            member.role.unique_name if member.role else "",
            groups[member.group].unique if member.group in groups else "",
        )
        for member in members.load(desk.db, desk.project.id)
    ]
    desk.note(journal.managed("Export User-Role assignments (API)"))
    return answers.table(COLUMNS, rows, call.data_format)


def load(call: Call, desk: Desk) -> Answer:
    """The number of users assigned; a role that is blank or not mentioned takes the user out of his.

    The group changes only if it is mentioned: then a blank one takes the user out of his (assumed).
    """
    rows = payload.text_rows(call)
    assignments.once_each(_username(row) for row in rows)
    for row in rows:
        _assign(desk, row)
    return answers.number(len(rows), call.answer_format)


def _username(row: TextRow) -> str:
    return row.get("username", "").strip()


def _assign(desk: Desk, row: TextRow) -> None:
    db, project = desk.db, desk.project
    member = assignments.member_named(db, project.id, _username(row))
    unique = row.get("unique_role_name", "").strip()
    role = roles.find(db, project.id, unique) if unique else None
    if unique and role is None:
        raise refusals.invalid_values("unique_role_name", [unique])
    desk.note(*assignments.to_role(db, project.id, member, role))
    if "data_access_group" in row:
        group = assignments.group_named(project, "data_access_group", row["data_access_group"].strip())
        desk.note(*assignments.to_group(db, project, replace(member, role=role), group, " (API)"))


ACTIONS = (
    Action("userRoleMapping", "export", export, rights=("api_export", "user_rights")),
    Action("userRoleMapping", "import", load, rights=("api_import", "user_rights"), writes=True),
)
