"""`project`: what a project is called and how it is set up; with the super token, a new project."""

from __future__ import annotations

from redcap_sandbox.design import dictionary, project
from redcap_sandbox.design.dictionary import COLUMNS
from redcap_sandbox.desk import Action, Desk, SuperAction, SuperDesk
from redcap_sandbox.people import members
from redcap_sandbox.store import journal
from redcap_sandbox.wire import answers, payload, refusals
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.refusals import Refusal

_PURPOSES = ("0", "1", "2", "3", "4")
# What REDCap puts into a project that begins without a dictionary.
_FIRST_FIELD = {
    "field_name": "record_id",
    "form_name": "my_first_instrument",
    "field_type": "text",
    "field_label": "Record ID",
}


def export(call: Call, desk: Desk) -> Answer:
    """The project's settings as one object."""
    desk.note(journal.managed("Export project information (API)"))
    return answers.one(desk.project.info(), call.data_format)


def create(call: Call, desk: SuperDesk) -> Answer:
    """The token of the new project's one user."""
    if call.text("odm"):
        raise Refusal(400, "This sandbox cannot create a project from project XML yet: leave out the parameter odm.")
    rows = payload.text_rows(call)
    if len(rows) != 1:
        raise refusals.unreadable(call.data_format, f"A project is one item, but there are {len(rows)}")
    settings = _settings(rows[0]) | {"creation_time": desk.now}
    design = dictionary.assembled([{**dict.fromkeys(COLUMNS, ""), **_FIRST_FIELD}], {})
    number = project.create(desk.db, settings, design)
    members.save(desk.db, number, members.creator())
    journal.write(desk.db, number, desk.now, members.OWNER, [journal.managed("Create project (API)")])
    return answers.plain(members.token_for(desk.db, number, members.OWNER))


def _settings(row: payload.TextRow) -> dict[str, str | int]:
    title = row.get("project_title", "").strip()
    purpose = row.get("purpose", "").strip()
    if not title:
        raise refusals.missing_parameter("project_title")
    if purpose not in _PURPOSES:
        raise refusals.invalid_parameter("purpose")
    if row.get("is_longitudinal", "") == "1":
        raise Refusal(400, "This sandbox has classic projects only so far: leave out is_longitudinal.")
    settings: dict[str, str | int] = {"project_title": title, "purpose": int(purpose)}
    settings |= {name: row[name] for name in ("purpose_other", "project_notes") if name in row}
    for name in ("surveys_enabled", "record_autonumbering_enabled"):
        if name in row:
            settings[name] = int(row[name] == "1")
    return settings


ACTIONS = (Action("project", "export", export),)
SUPER_ACTIONS = (SuperAction("project", "import", create), SuperAction("project", "create", create))
