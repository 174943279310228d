"""The scalars of a project XML's GlobalVariables against the settings that `content=project` exports."""

from __future__ import annotations

from collections.abc import Mapping

from breakthrough.instruments import odm
from redcap_sandbox.design.project import SETTINGS
from redcap_sandbox.surveys.participants import EMAIL_FIELD

Settings = Mapping[str, str | int]

_TEXTS: Mapping[str, str] = {
    "CustomRecordLabel": "custom_record_label",
    "SecondaryUniqueField": "secondary_unique_field",
    EMAIL_FIELD: EMAIL_FIELD,  # in no export of settings, so that the XML's name serves here as well
    "PurposeOther": "purpose_other",
    "ProjectNotes": "project_notes",
    "MissingDataCodes": "missing_data_codes",
}
_NUMBERS: Mapping[str, str] = {
    "RecordAutonumberingEnabled": "record_autonumbering_enabled",
    "SchedulingEnabled": "scheduling_enabled",
    "SurveysEnabled": "surveys_enabled",
    "DisplayTodayNowButton": "display_today_now_button",
    "PreventBranchingEraseValues": "bypass_branching_erase_field_prompt",
    "RandomizationEnabled": "randomization_enabled",
    "Purpose": "purpose",
}


def read(project: odm.Project) -> dict[str, str | int]:
    """The settings that the XML tells, its title and whether it has events included.

    What it does not say, or does not say as a digit, is as in a new project; surveys are on if there are any, as the
    XML of old servers does not say that either.
    """
    told = project.settings
    unsaid: Settings = {**SETTINGS, "surveys_enabled": int(bool(project.surveys))}
    texts = {setting: told.get(name, "") for name, setting in _TEXTS.items()}
    numbers = {setting: _number(told.get(name, ""), unsaid[setting]) for name, setting in _NUMBERS.items()}
    return {"project_title": project.title, **texts, **numbers, "is_longitudinal": int(bool(project.events))}


def _number(text: str, unsaid: str | int) -> str | int:
    return int(text) if text.isascii() and text.isdigit() and len(text) == 1 else unsaid


def written(settings: Settings, before: odm.Project | None) -> dict[str, str]:
    """The scalars of a project with these settings.

    `before` is the XML that it was made from: what that says about anything else, or still says, stays as it stood.
    """
    now: Settings = {EMAIL_FIELD: "", **SETTINGS, **settings}
    names = {**_TEXTS, **_NUMBERS}
    if before is None:
        return {name: str(now[setting]) for name, setting in names.items()}
    then = read(before)
    changed = {name: str(now[setting]) for name, setting in names.items() if now[setting] != then[setting]}
    return {**before.settings, **changed}
