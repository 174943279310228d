"""A whole new REDCap project as project XML: what no API can set (surveys, reports, forms' labels) comes with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from breakthrough.content import Content
from breakthrough.instruments import odm
from breakthrough.instruments.access import Grants
from breakthrough.instruments.odm.clinical import CLASSIC_EVENT
from breakthrough.instruments.package import reports
from breakthrough.instruments.project import Instrument, Project

# Rights that REDCap's database, and so its XML, names otherwise than its API does.
_IN_XML: Mapping[str, str] = {
    "stats_and_charts": "graphical",
    "manage_survey_participants": "participants",
    "logging": "data_logging",
    "data_quality_create": "data_quality_design",
    "lock_records_all_forms": "lock_record_multiform",
    "lock_records": "lock_record",
    "lock_records_customization": "lock_record_customize",
}
# Settings likewise; none that XML does not have.
_SETTINGS: Mapping[str, str] = {
    "surveys_enabled": "SurveysEnabled",
    "record_autonumbering_enabled": "RecordAutonumberingEnabled",
    "custom_record_label": "CustomRecordLabel",
    "secondary_unique_field": "SecondaryUniqueField",
    "scheduling_enabled": "SchedulingEnabled",
    "display_today_now_button": "DisplayTodayNowButton",
    "bypass_branching_erase_field_prompt": "PreventBranchingEraseValues",
}


def xml(content: Content, project: Project, teams: Sequence[str], title: str, now: dt.datetime) -> bytes:
    """The project XML, in UTF-8, of that project with its roles and a data access group a team, and no record.

    `teams` are record names. Licensed wordings of the site are in it, so it is not to be committed. Raises
    ContentMissing or SettingInvalid for redcap_reports.yaml.
    """
    worded = project.worded()
    made = odm.Project(
        title=title,
        fields=worded.fields,
        forms=tuple(odm.Form(one.name, one.label) for one in project.instruments),
        repeating=tuple(odm.Repeat(CLASSIC_EVENT, form, label) for form, label in project.repeating.items()),
        groups=tuple(project.group(team) for team in teams) if project.group_rule else (),
        roles=tuple(_role(role.label, project.grants(name)) for name, role in project.roles.items()),
        surveys=tuple(_survey(one) for one in project.instruments if one.survey),
        reports=reports.load(content, project),
        settings=dict(_settings(project)),
        created=now.strftime("%Y-%m-%dT%H:%M:%S"),
    )
    return odm.encode(made)


def _settings(project: Project) -> Iterator[tuple[str, str]]:
    yield "Purpose", "3"  # quality improvement
    for name, value in project.settings.items():
        if name in _SETTINGS:
            yield _SETTINGS[name], value


def _survey(instrument: Instrument) -> odm.Survey:
    """Switched on, with everything else as REDCap has it when one is; whoever answers may come back later."""
    return odm.Survey(
        {
            "form_name": instrument.name,
            "title": instrument.label,
            "survey_enabled": "1",
            "save_and_return": "1",
            "question_auto_numbering": "0",
        }
    )


def _role(label: str, granted: Grants) -> odm.Role:
    rights = {_IN_XML.get(name, name): str(level) for name, level in granted.rights.items()}
    by_form = {"data_entry": granted.forms, "data_export_instruments": granted.exports}
    return odm.Role({"role_name": label} | rights | {name: _listed(levels) for name, levels in by_form.items()})


def _listed(levels: Mapping[str, int]) -> str:
    return "".join(f"[{form},{level}]" for form, level in levels.items())
