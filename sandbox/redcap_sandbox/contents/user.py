"""`user`: the users of a project and their rights."""

from __future__ import annotations

import re
from collections.abc import Mapping

from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.people import members
from redcap_sandbox.people.members import PERSON, RIGHTS, Member
from redcap_sandbox.store import journal
from redcap_sandbox.store.journal import Note
from redcap_sandbox.wire import answers, payload, refusals
from redcap_sandbox.wire.answers import Answer, Cell
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.payload import Nested, Row
from redcap_sandbox.wire.refusals import Refusal

COLUMNS = (
    "username",
    *PERSON,
    "data_access_group",
    "data_access_group_id",
    "data_access_group_label",
    *RIGHTS,
    "forms",
    "forms_export",
)
_FULL_ACCESS = 1
_LEVEL = re.compile(r"\d{1,3}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def export(call: Call, desk: Desk) -> Answer:
    """Every user with rights, in alphabetical order."""
    rows = [_row(desk, member) for member in members.load(desk.db, desk.project.id)]
    desk.note(journal.managed("Export users (API)"))
    return answers.table(COLUMNS, rows, call.data_format, answers.Tags("users"))


def _row(desk: Desk, member: Member) -> list[Cell]:
    group = desk.project.group_by_id.get(member.group)
    return [
        member.username,
        *(member.person.get(name, "") for name in PERSON),
        *((group.unique, group.id, group.name) if group else ("", "", "")),
        *(member.rights.get(right, 0) for right in RIGHTS),
        _of_forms(desk, member.forms),
        _of_forms(desk, member.forms_export),
    ]


def _of_forms(desk: Desk, held: Mapping[str, int]) -> Mapping[str, int]:
    """A right for every form; one added after the user came is open to him, as REDCap does in development."""
    return {form.name: held.get(form.name, _FULL_ACCESS) for form in desk.project.dictionary.forms}


def load(call: Call, desk: Desk) -> Answer:
    """The number of users added or changed.

    Rights that are not mentioned stay, or are none for a new user; a group that is not mentioned is taken away
    (redcapAPI issue 500).
    """
    rows = payload.rows(call)
    for row in rows:
        username = _text(row, "username").strip()
        if not username:
            raise Refusal(400, "Each user must have a username")
        old = members.find(desk.db, desk.project.id, username)
        members.save(desk.db, desk.project.id, _member(desk, row, old or _newcomer(desk, username)))
        desk.note(Note("user", f"{'Update' if old else 'Add'} user {username}", f"user = '{username}'"))
    return answers.number(len(rows), call.answer_format)


def _newcomer(desk: Desk, username: str) -> Member:
    nothing = {form.name: 0 for form in desk.project.dictionary.forms}
    return Member(username, forms=nothing, forms_export=nothing)


def _member(desk: Desk, row: Row, old: Member) -> Member:
    person = dict(old.person) | {name: _text(row, name).strip() for name in PERSON if name in row}
    if person.get("expiration") and not _DAY.fullmatch(person["expiration"]):
        raise refusals.invalid_values("expiration", [person["expiration"]])
    return Member(
        old.username,
        person,
        dict(old.rights) | {right: _level(right, _text(row, right)) for right in RIGHTS if row.get(right)},
        dict(old.forms) | _levels(desk, row, "forms"),
        dict(old.forms_export) | _levels(desk, row, "forms_export"),
        _group(desk, _text(row, "data_access_group").strip()),
    )


def _text(row: Row, name: str) -> str:
    value = row.get(name, "")
    if not isinstance(value, str):
        raise refusals.invalid_parameter(name)
    return value


def _level(name: str, text: str) -> int:
    if not _LEVEL.fullmatch(text.strip()):
        raise refusals.invalid_values(name, [text])
    return int(text)


def _levels(desk: Desk, row: Row, name: str) -> dict[str, int]:
    """Rights by form, from JSON's object or CSV's `form_1:1,form_2:0`.

    Forms that are gone are passed over, since exports of real servers list them (redcapAPI issue 156).
    """
    given: str | Nested = row.get(name, "")
    if isinstance(given, str):
        given = dict(_pair(name, pair) for pair in given.split(",") if pair.strip())
    known = desk.project.dictionary.form_labels
    return {form: _level(name, level) for form, level in given.items() if form in known}


def _pair(name: str, text: str) -> tuple[str, str]:
    form, colon, level = text.partition(":")
    if not colon:
        raise refusals.invalid_values(name, [text])
    return form.strip(), level


def _group(desk: Desk, unique: str) -> int | None:
    if not unique:
        return None
    if unique not in desk.project.group_by_unique:
        raise refusals.invalid_values("data_access_group", [unique])
    return desk.project.group_by_unique[unique].id


def delete(call: Call, desk: Desk) -> Answer:
    """The number of users removed; Refusal, and nobody is removed, if one of them is not in the project."""
    wanted = dict.fromkeys(call.names("users").values)
    if not wanted:
        raise refusals.missing_parameter("users")
    held = {member.username for member in members.load(desk.db, desk.project.id)}
    if unknown := [username for username in wanted if username not in held]:
        raise refusals.invalid_values("users", unknown)
    members.delete(desk.db, desk.project.id, wanted)
    desk.note(*(Note("user", f"Delete user {username}", f"user = '{username}'") for username in wanted))
    return answers.number(len(wanted), call.answer_format)


ACTIONS = (
    Action("user", "export", export, rights=("api_export", "user_rights")),
    Action("user", "import", load, rights=("api_import", "user_rights"), writes=True),
    Action("user", "delete", delete, rights=("api_import", "user_rights"), writes=True),
)
