"""`user`: the users of a project and their rights.

A caller inside a data access group lists the users of all groups: REDCapR's recorded tests show it so. That he may also
import and delete them all is assumed.
"""

from __future__ import annotations

import re
from datetime import date

from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.people import assignments, grants, members, rights
from redcap_sandbox.people.grants import Grants
from redcap_sandbox.people.members import PERSON, Member
from redcap_sandbox.people.rights import BY_FORM
from redcap_sandbox.store import journal
from redcap_sandbox.store.journal import Note
from redcap_sandbox.wire import answers, payload, refusals
from redcap_sandbox.wire.answers import Answer, Cell
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.payload import Row
from redcap_sandbox.wire.refusals import Refusal

_BEFORE_RIGHTS = ("username", *PERSON, "data_access_group", "data_access_group_id", "data_access_group_label")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_USERNAME = re.compile(r"[A-Za-z0-9_.\-@' ]+")  # redcapAPI issue 334 lists what the server takes


def export(call: Call, desk: Desk) -> Answer:
    """Every user with the rights that hold for him, in alphabetical order."""
    columns = rights.of_users(randomization=bool(desk.project.settings.get("randomization_enabled")))
    rows = [_row(desk, member, columns) for member in members.load(desk.db, desk.project.id)]
    desk.note(journal.managed("Export users (API)"))
    return answers.table((*_BEFORE_RIGHTS, *columns), rows, call.data_format, answers.LISTINGS["user"])


def _row(desk: Desk, member: Member, columns: tuple[str, ...]) -> list[Cell]:
    group = desk.project.group_by_id.get(member.group)
    return [
        member.username,
        *(member.person.get(name, "") for name in PERSON),
        *((group.unique, group.id, group.name) if group else ("", "", "")),
        *(_held(desk, member.grants, name) for name in columns),
    ]


def _held(desk: Desk, granted: Grants, name: str) -> Cell:
    if name in BY_FORM:
        return granted.by_form(name, desk.project.dictionary.form_labels)
    return granted.rights.get(name, 0)


def load(call: Call, desk: Desk) -> Answer:
    """The number of users added or changed.

    Rights that are not mentioned stay, or are none for a new user; a group that is not mentioned is taken away
    (redcapAPI issue 500). The names and the address belong to the account and are not changed by an import, but a new
    account takes them over. Refusal for a user in a role.
    """
    rows = payload.rows(call)
    for row in rows:
        username = grants.text(row, "username").strip()
        old = members.find(desk.db, desk.project.id, username)
        _check(username, old)
        member = _member(desk, row, old or _newcomer(desk, username))
        members.save(desk.db, desk.project.id, member)
        verb = "Update" if old else "Add"
        desk.note(Note("user", f"{verb} user {member.username}", f"user = '{member.username}'"))
    return answers.number(len(rows), call.answer_format)


def _check(username: str, old: Member | None) -> None:
    """Refusal for a name that cannot be one (both texts are assumed), and for a user in a role (recorded)."""
    if not username:
        raise Refusal(400, "Each user must have a username")
    if old is None and not _USERNAME.fullmatch(username):
        raise Refusal(
            400,
            f'The username "{username}" is not valid. It may contain only letters, numbers, underscores, hyphens, '
            "periods, spaces, apostrophes and @ symbols.",
        )
    if old and old.role:
        raise Refusal(
            400,
            f'The user "{old.username}" cannot have their user privileges modified because the user belongs to a user '
            "role. Users in roles cannot have their privileges modified via the 'Import User' API method.",
        )


def _newcomer(desk: Desk, username: str) -> Member:
    return Member(username, grants.nothing(desk.project.dictionary.form_labels))


def _member(desk: Desk, row: Row, old: Member) -> Member:
    person = dict(old.person) | {name: grants.text(row, name).strip() for name in PERSON if name in row}
    if person.get("expiration") and not _is_day(person["expiration"]):
        raise refusals.invalid_values("expiration", [person["expiration"]])
    unique = grants.text(row, "data_access_group").strip()
    group = assignments.group_named(desk.project, "data_access_group", unique)
    return Member(
        old.username,
        grants.imported(old.own, row, desk.project.dictionary.form_labels),
        person,
        group.id if group else None,
    )


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.fullmatch(text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False


def delete(call: Call, desk: Desk) -> Answer:
    """The number of users removed; Refusal, and nobody is removed, if one of them is not in the project (assumed)."""
    wanted = call.names("users").values
    if not wanted:
        raise refusals.missing_parameter("users")
    found = {username: members.find(desk.db, desk.project.id, username) for username in wanted}
    if unknown := [username for username, member in found.items() if member is None]:
        raise refusals.invalid_values("users", unknown)
    gone = dict.fromkeys(member.username for member in found.values() if member)
    members.delete(desk.db, desk.project.id, gone)
    desk.note(*(Note("user", f"Delete user {username}", f"user = '{username}'") for username in gone))
    return answers.number(len(gone), call.answer_format)


ACTIONS = (
    Action("user", "export", export, rights=("api_export", "user_rights")),
    Action("user", "import", load, rights=("api_import", "user_rights"), writes=True),
    Action("user", "delete", delete, rights=("api_import", "user_rights"), writes=True),
)
