"""`dag`: the project's data access groups."""

from __future__ import annotations

from redcap_sandbox.design import groups
from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.people import assignments, switcher
from redcap_sandbox.store import journal
from redcap_sandbox.wire import answers, payload, refusals
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.refusals import Refusal

COLUMNS = ("data_access_group_name", "unique_group_name", "data_access_group_id")
_EXPORT = ("api_export", "data_access_groups")
_IMPORT = ("api_import", "data_access_groups")


def export(call: Call, desk: Desk) -> Answer:
    """The groups in the order they were made; all of them to a caller in one, who has to find the name to switch to."""
    desk.note(journal.managed("Export DAGs (API)"))
    rows = [(group.name, group.unique, group.id) for group in desk.project.groups]
    return answers.table(COLUMNS, rows, call.data_format, answers.LISTINGS["dag"])


def load(call: Call, desk: Desk) -> Answer:
    """The number of groups made (where the unique name is blank) or renamed (where it is given)."""
    rows = payload.text_rows(call)
    for row in rows:
        name = row.get("data_access_group_name", "").strip()
        unique = row.get("unique_group_name", "").strip()
        if not name:
            raise Refusal(400, "Each data access group must have a data_access_group_name")
        if not unique:
            groups.create(desk.db, desk.project.id, name)
            desk.note(journal.managed(f"Create data access group (API) group = '{name}'"))
        elif unique in desk.project.group_by_unique:
            _rename(desk, unique, name)
        else:
            raise refusals.invalid_values("unique_group_name", [unique])
    return answers.number(len(rows), call.answer_format)


def _rename(desk: Desk, unique: str, name: str) -> None:
    group = desk.project.group_by_unique[unique]
    if group.name != name:
        groups.rename(desk.db, desk.project.id, group, name)
        desk.note(journal.managed(f"Rename data access group (API) group = '{name}'"))


def delete(call: Call, desk: Desk) -> Answer:
    """The number of groups deleted; Refusal for an unknown one and for one that is not empty."""
    wanted = call.names("dags")
    if not wanted:
        raise refusals.missing_parameter("dags")
    if unknown := [name for name in wanted.values if name not in desk.project.group_by_unique]:
        raise refusals.invalid_values("dags", unknown)
    chosen = dict.fromkeys(wanted.values)
    for unique in chosen:
        group = desk.project.group_by_unique[unique]
        groups.delete(desk.db, group)
        desk.note(journal.managed(f"Delete data access group (API) group = '{group.name}'"))
    return answers.number(len(chosen), call.answer_format)


def switch(call: Call, desk: Desk) -> Answer:
    """`1` once the caller is in the group that `dag` names, or in none if it is blank.

    Refusal for an unknown group, and for one that the DAG Switcher does not offer to the caller.
    """
    if "dag" not in call.single:
        raise refusals.missing_parameter("dag")
    group = assignments.group_named(desk.project, "dag", call.text("dag").strip())
    desk.note(*switcher.switch(desk.db, desk.project, desk.caller, group, " (API)"))
    return answers.number(1, call.answer_format)


ACTIONS = (
    Action("dag", "export", export, rights=_EXPORT),
    Action("dag", "import", load, rights=_IMPORT, writes=True),
    Action("dag", "delete", delete, rights=_IMPORT, writes=True),
    Action("dag", "switch", switch, rights=("api_import",), writes=True),
)
