"""`project_settings`: changes to a project's title, purpose and switches."""

from __future__ import annotations

from redcap_sandbox.design import project
from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.store import journal
from redcap_sandbox.wire import answers, payload, refusals
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call

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
    "project_pi_email",
    "secondary_unique_field",
)
_SWITCHES = (
    "is_longitudinal",
    "surveys_enabled",
    "scheduling_enabled",
    "record_autonumbering_enabled",
    "randomization_enabled",
    "display_today_now_button",
    "bypass_branching_erase_field_prompt",
)


def load(call: Call, desk: Desk) -> Answer:
    """The number of settings given new values; what may not be changed here is passed over."""
    row = {name: value for name, value in payload.single_row(call).items() if isinstance(value, str)}
    changes: dict[str, str | int] = {name: row[name] for name in _TEXTS if name in row}
    for name in _SWITCHES:
        if name in row:
            changes[name] = _number(name, row[name], highest=1)
    if "purpose" in row:
        changes["purpose"] = _number("purpose", row["purpose"], highest=4)
    unique = changes.get("secondary_unique_field", "")
    if unique and unique not in desk.project.dictionary.by_name:
        raise refusals.invalid_values("secondary_unique_field", [str(unique)])
    if desk.project.in_production and "is_longitudinal" in changes:
        del changes["is_longitudinal"]  # only in development
    project.save_settings(desk.db, desk.project.id, {**desk.project.settings, **changes})
    project.open_first_event(desk.db, desk.project)
    desk.note(journal.managed("Modify project settings (API)"))
    return answers.number(len(changes), call.answer_format)


def _number(name: str, text: str, highest: int) -> int:
    if text not in {str(number) for number in range(highest + 1)}:
        raise refusals.invalid_parameter(name)
    return int(text)


ACTIONS = (Action("project_settings", "import", load, rights=("api_import", "design"), writes=True),)
