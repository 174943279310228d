"""`userRole`: the user roles of a project and what they grant."""

from __future__ import annotations

from dataclasses import replace

from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.people import grants, rights, roles
from redcap_sandbox.people.grants import Grants
from redcap_sandbox.people.rights import BY_FORM
from redcap_sandbox.people.roles import Role
from redcap_sandbox.store import journal
from redcap_sandbox.store.journal import Note
from redcap_sandbox.wire import answers, payload, refusals
from redcap_sandbox.wire.answers import Answer, Cell
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.payload import Row
from redcap_sandbox.wire.refusals import Refusal

_BEFORE_RIGHTS = ("unique_role_name", "role_label")


def export(call: Call, desk: Desk) -> Answer:
    """The roles in the order they were made; their rights are texts, those to forms are numbers."""
    columns = rights.of_roles(randomization=bool(desk.project.settings.get("randomization_enabled")))
    rows = [
        (role.unique_name, role.label, *(_held(desk, role.grants, name) for name in columns))
        for role in roles.load(desk.db, desk.project.id)
    ]
    desk.note(journal.managed("Export user roles (API)"))
    return answers.table((*_BEFORE_RIGHTS, *columns), rows, call.data_format, answers.LISTINGS["userRole"])


def _held(desk: Desk, granted: Grants, name: str) -> Cell:
    if name in BY_FORM:
        return granted.by_form(name, desk.project.dictionary.form_labels)
    return str(granted.rights.get(name, 0))


def load(call: Call, desk: Desk) -> Answer:
    """The number of roles made (where the unique name is blank) or changed (where it is given).

    Rights that are not mentioned stay, or are none for a new role.
    """
    rows = payload.rows(call)
    for row in rows:
        unique = grants.text(row, "unique_role_name").strip()
        label = grants.text(row, "role_label").strip()
        if unique:
            _change(desk, row, unique, label)
        else:
            _create(desk, row, label)
    return answers.number(len(rows), call.answer_format)


def _create(desk: Desk, row: Row, label: str) -> None:
    if not label:
        raise Refusal(400, "Each user role must have a role_label")  # assumed
    forms = desk.project.dictionary.form_labels
    roles.create(desk.db, desk.project.id, label, grants.imported(grants.nothing(forms), row, forms))
    desk.note(_line("Create", label))


def _change(desk: Desk, row: Row, unique: str, label: str) -> None:
    """A role of another project is none of this one's: clients have to blank its unique name to copy it."""
    old = _wanted(desk, "unique_role_name", [unique])[0]
    granted = grants.imported(old.grants, row, desk.project.dictionary.form_labels)
    new = replace(old, label=label or old.label, grants=granted)
    roles.save(desk.db, new)
    desk.note(_line("Edit", new.label))


def delete(call: Call, desk: Desk) -> Answer:
    """The number of roles deleted; Refusal, and none is, if the project has no such role (assumed)."""
    wanted = call.names("roles")
    if not wanted:
        raise refusals.missing_parameter("roles")
    gone = _wanted(desk, "roles", list(dict.fromkeys(wanted.values)))
    for role in gone:
        roles.delete(desk.db, role)
        desk.note(_line("Delete", role.label))
    return answers.number(len(gone), call.answer_format)


def _wanted(desk: Desk, parameter: str, names: list[str]) -> list[Role]:
    found = [roles.find(desk.db, desk.project.id, name) for name in names]
    if unknown := [name for name, role in zip(names, found, strict=True) if role is None]:
        raise refusals.invalid_values(parameter, unknown)
    return [role for role in found if role]


def _line(verb: str, label: str) -> Note:
    return Note("user", f"{verb} user role", f"role = '{label}'")


ACTIONS = (
    Action("userRole", "export", export, rights=("api_export", "user_rights")),
    Action("userRole", "import", load, rights=("api_import", "user_rights"), writes=True),
    Action("userRole", "delete", delete, rights=("api_import", "user_rights"), writes=True),
)
