"""What an administrator does with users: tokens, suspensions, rights, groups to switch among."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from redcap_sandbox.admin.asked import Asked
from redcap_sandbox.admin.office import Office, Result, Verb
from redcap_sandbox.design.dictionary import Dictionary
from redcap_sandbox.desk import Desk
from redcap_sandbox.people import accounts, assignments, members, switcher
from redcap_sandbox.people.members import Member
from redcap_sandbox.store.journal import Note
from redcap_sandbox.wire import refusals

_DONE: Result = {"done": True}


def token(office: Office, asked: Asked) -> Result:
    """The user's token for the project, which a person requests on a web page."""
    with office.desk(asked) as desk:
        return {"token": members.token_for(desk.db, desk.project.id, asked.text("username"))}


def suspend(office: Office, asked: Asked) -> Result:
    """Suspends an account: its tokens open nothing any more."""
    with office.storage.writing() as db:
        accounts.suspend(db, asked.text("username"))
    return _DONE


def unsuspend(office: Office, asked: Asked) -> Result:
    """Lifts a suspension."""
    with office.storage.writing() as db:
        accounts.unsuspend(db, asked.text("username"))
    return _DONE


def set_rights(office: Office, asked: Asked) -> Result:
    """Changes rights of a user: `rights` by name, `forms` and `forms_export` by form; the rest stays.

    To restrict the log, set the right `logging` to 0.
    """
    with office.desk(asked) as desk:
        member = _member(desk, asked)
        forms, exports = asked.numbers("forms"), asked.numbers("forms_export")
        _check_forms(desk.project.dictionary, [*forms, *exports])
        members.grant(desk.db, desk.project.id, member.username, asked.numbers("rights"), forms, exports)
        desk.note(Note("user", f"Update user {member.username}", f"user = '{member.username}'"))
    return _DONE


def _member(desk: Desk, asked: Asked) -> Member:
    return members.required(desk.db, desk.project.id, asked.text("username"))


def _check_forms(dictionary: Dictionary, forms: Iterable[str]) -> None:
    if unknown := [form for form in forms if form not in dictionary.form_labels]:
        raise refusals.invalid_values("forms", unknown)


def set_user_group(office: Office, asked: Asked) -> Result:
    """Puts a user into the data access group of that unique name, '' for none."""
    with office.desk(asked) as desk:
        member = _member(desk, asked)
        group = assignments.group_named(desk.project, "group", asked.text("group"))
        desk.note(*assignments.to_group(desk.db, desk.project, member, group))
    return _DONE


def allow_groups(office: Office, asked: Asked) -> Result:
    """Lets a user switch among the data access groups of these unique names ('' for none), and no others."""
    with office.desk(asked) as desk:
        named = [assignments.group_named(desk.project, "groups", unique) for unique in asked.names("groups")]
        numbers = [group.id if group else None for group in named]
        switcher.allow(desk.db, desk.project.id, asked.text("username"), numbers)
    return _DONE


def remove_user(office: Office, asked: Asked) -> Result:
    """Takes a user out of the project, with his token."""
    with office.desk(asked) as desk:
        member = _member(desk, asked)
        members.delete(desk.db, desk.project.id, [member.username])
        desk.note(Note("user", f"Delete user {member.username}", f"user = '{member.username}'"))
    return _DONE


VERBS: Mapping[str, Verb] = {
    "token": token,
    "suspend": suspend,
    "unsuspend": unsuspend,
    "set_rights": set_rights,
    "set_user_group": set_user_group,
    "allow_groups": allow_groups,
    "remove_user": remove_user,
}
