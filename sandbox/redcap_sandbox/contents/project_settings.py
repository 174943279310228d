"""`project_settings`: changes to a project's title, purpose and switches."""

from __future__ import annotations

from redcap_sandbox.design import project
from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.store import journal
from redcap_sandbox.wire import answers, payload, refusals
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.refusals import Refusal

_TEXTS = (
    "project_title",
    "project_language",
    "purpose_other",
    "project_notes",
    "custom_record_label",
    "project_irb_number",
    "project_grant_number",
    "project_pi_firstname",
    "project_pi_lastname",
)
_SWITCHES = ("surveys_enabled", "record_autonumbering_enabled", "display_today_now_button")


def load(call: Call, desk: Desk) -> Answer:
    """The number of settings given new values; what may not be changed here is passed over."""
    rows = payload.text_rows(call)
    if len(rows) != 1:
        raise refusals.unreadable(call.data_format, f"Settings are one item, but there are {len(rows)}")
    if rows[0].get("is_longitudinal", "") == "1":
        raise Refusal(400, "This sandbox has classic projects only so far: leave out is_longitudinal.")
    changes: dict[str, str | int] = {name: rows[0][name] for name in _TEXTS if name in rows[0]}
    for name in _SWITCHES:
        if name in rows[0]:
            changes[name] = _number(name, rows[0][name], highest=1)
    if "purpose" in rows[0]:
        changes["purpose"] = _number("purpose", rows[0]["purpose"], highest=4)
    project.save_settings(desk.db, desk.project.id, {**desk.project.settings, **changes})
    desk.note(journal.managed("Modify project settings (API)"))
    return answers.number(len(changes), call.answer_format)


def _number(name: str, text: str, highest: int) -> int:
    if text not in {str(number) for number in range(highest + 1)}:
        raise refusals.invalid_parameter(name)
    return int(text)


ACTIONS = (Action("project_settings", "import", load, rights=("api_import", "design"), writes=True),)
