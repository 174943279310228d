"""`userDagMapping`: which user belongs to which data access group."""

from __future__ import annotations

from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.people import assignments, members
from redcap_sandbox.store import journal
from redcap_sandbox.wire import answers, payload
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.payload import TextRow

COLUMNS = ("username", "redcap_data_access_group")


def export(call: Call, desk: Desk) -> Answer:
    """Every user in alphabetical order with the unique name of the group, blank for a user in none."""
    groups = desk.project.group_by_id
    rows = [
        (member.username, groups[member.group].unique if member.group in groups else "")
        for member in members.load(desk.db, desk.project.id)
    ]
    desk.note(journal.managed("Export User-DAG assignments (API)"))
    return answers.table(COLUMNS, rows, call.data_format)


def load(call: Call, desk: Desk) -> Answer:
    """The number of users assigned; a group that is blank or not mentioned takes the user out of his.

    A caller who is in a group himself may assign users all the same (assumed: the documentation asks for the right
    only, though the web page is closed to him).
    """
    rows = payload.text_rows(call)
    assignments.once_each(_username(row) for row in rows)
    for row in rows:
        member = assignments.member_named(desk.db, desk.project.id, _username(row))
        unique = row.get(COLUMNS[1], "").strip()
        group = assignments.group_named(desk.project, COLUMNS[1], unique)
        desk.note(*assignments.to_group(desk.db, desk.project, member, group, " (API)"))
    return answers.number(len(rows), call.answer_format)


def _username(row: TextRow) -> str:
    return row.get("username", "").strip()


ACTIONS = (
    Action("userDagMapping", "export", export, rights=("api_export", "data_access_groups")),
    Action("userDagMapping", "import", load, rights=("api_import", "data_access_groups"), writes=True),
)
