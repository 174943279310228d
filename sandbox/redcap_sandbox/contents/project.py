"""`project`: what a project is called and how it is set up; with the super token, a new project."""

from __future__ import annotations

from collections.abc import Iterable

from redcap_sandbox.design import dictionary, project
from redcap_sandbox.design.dictionary import COLUMNS
from redcap_sandbox.desk import Action, Desk, SuperAction, SuperDesk
from redcap_sandbox.odm import filling, founding
from redcap_sandbox.people import grants, members
from redcap_sandbox.store import journal
from redcap_sandbox.store.journal import Note
from redcap_sandbox.wire import answers, payload, refusals
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call

_PURPOSES = ("0", "1", "2", "3", "4")
_TEXTS = ("purpose_other", "project_notes")
_SWITCHES = ("is_longitudinal", "surveys_enabled", "record_autonumbering_enabled")
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
    """The token of the new project's one user. With `odm`, the project has the design and the records of that XML."""
    settings = _settings(payload.single_row(call)) | {"creation_time": desk.now}
    text = call.text("odm")
    if text:
        return _token(desk, _from_xml(desk, text, settings))
    design = dictionary.assembled([{**dict.fromkeys(COLUMNS, ""), **_FIRST_FIELD}], {})
    number = project.create(desk.db, settings, design)
    _begin(desk, number, "Create project (API)")
    return _token(desk, number)


def _from_xml(desk: SuperDesk, text: str, settings: dict[str, str | int]) -> int:
    """The number of the project that the XML describes, under the title and for the purpose asked for.

    Switches that are asked to be off are as in the XML (assumed): redcapAPI sends all, off unless told otherwise.
    """
    parsed = founding.read(text)
    asked = {name: value for name, value in settings.items() if name not in _SWITCHES or value}
    number = founding.found(desk.db, parsed, asked)
    _begin(desk, number, "Create project using REDCap XML file")
    made = project.load(desk.db, number)

    def log(notes: Iterable[Note]) -> None:
        journal.write(desk.db, number, desk.now, members.OWNER, notes)

    filling.fill(desk.db, made, parsed, desk.now, log)
    return number


def _begin(desk: SuperDesk, number: int, how: str) -> None:
    """Gives the project its user and the log its first lines: PyCap's doctest shows one older than the creation's."""
    members.save(desk.db, number, members.creator())
    joined = Note("user", f"Add user {members.OWNER}", f"user = '{members.OWNER}'")  # which one it is, is assumed
    journal.write(desk.db, number, desk.now, members.OWNER, [joined, journal.managed(how)])


def _token(desk: SuperDesk, number: int) -> Answer:
    return answers.plain(members.token_for(desk.db, number, members.OWNER))


def _settings(row: payload.Row) -> dict[str, str | int]:
    given = {name: grants.text(row, name) for name in row}
    title = given.get("project_title", "").strip()
    purpose = given.get("purpose", "").strip()
    if not title:
        raise refusals.missing_parameter("project_title")
    if purpose not in _PURPOSES:
        raise refusals.invalid_parameter("purpose")
    settings: dict[str, str | int] = {"project_title": title, "purpose": int(purpose)}
    settings |= {name: given[name] for name in _TEXTS if name in given}
    return settings | {name: int(given[name] == "1") for name in _SWITCHES if name in given}


ACTIONS = (Action("project", "export", export),)
SUPER_ACTIONS = (SuperAction("project", "import", create), SuperAction("project", "create", create))
