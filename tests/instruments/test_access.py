from __future__ import annotations

from pathlib import Path

import pytest

from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.errors import DictionaryInvalid, SettingInvalid
from breakthrough.instruments import access
from breakthrough.instruments import project as projects
from breakthrough.instruments.access import Grants
from breakthrough.instruments.project import Project

NONE, EDIT, READ = 0, 1, 2
TEAM = {
    "team_profile": READ, "team_roster": EDIT, "team_charter": EDIT, "prework": EDIT, "monthly_measures": EDIT,
    "monthly_report": EDIT, "pdsa_cycle": EDIT, "coach_rating": NONE, "coach_contact": NONE, "event_attendance": READ,
}  # fmt: skip


def test_a_team_fills_in_its_forms_reads_the_coordinators_and_never_sees_the_coachs(project: Project) -> None:
    assert project.grants("team_member").forms == TEAM
    assert project.grants("data_lead").forms == TEAM


def test_a_coach_reads_everything_and_fills_in_the_coachs_forms(project: Project) -> None:
    assert project.grants("coach").forms == {name: EDIT if name.startswith("coach_") else READ for name in TEAM}


def test_nobody_exports_a_form_that_he_may_not_see(project: Project) -> None:
    for key in project.roles:
        granted = project.grants(key)
        assert not [form for form, level in granted.exports.items() if level and not granted.forms[form]]


def test_the_worker_exports_everything_and_changes_nothing(project: Project) -> None:
    granted = project.grants("worker")
    assert set(granted.exports.values()) == {1}
    assert set(granted.forms.values()) == {READ}
    assert [right for right, held in granted.rights.items() if held] == ["logging", "api_export"]
    assert project.roles["worker"].group == "none"


@pytest.mark.parametrize("right", ["design", "user_rights", "data_access_groups", "api_import"])
def test_the_coordinator_alone_may_change_the_project(project: Project, right: str) -> None:
    assert [key for key in project.roles if project.grants(key).rights[right]] == ["coordinator"]


def test_every_right_that_redcap_knows_is_granted_or_not(project: Project) -> None:
    for key in project.roles:
        assert set(project.grants(key).rights) == set(access.RIGHTS)


@pytest.mark.parametrize(
    ("old", "new", "gained"),
    [
        (Grants({"design": 0}, {}, {}), Grants({"design": 1, "logging": 1}, {}, {}), ("design", "logging")),
        (Grants({"design": 1}, {"a": 1}, {"a": 1}), Grants({"design": 0}, {"a": 2}, {"a": 2}), ()),
        (Grants({}, {"a": 2, "b": 0}, {}), Grants({}, {"a": 1, "b": 2}, {}), ("a filled in", "b read")),
        (Grants({}, {"a": 130}, {}), Grants({}, {"a": 1}, {}), ()),  # a newer server's way to write it
        (Grants({}, {"a": 129}, {}), Grants({}, {"a": 1}, {}), ("a filled in",)),
        (
            Grants({}, {}, {"a": 2, "b": 2}),
            Grants({}, {}, {"a": 3, "b": 3}),
            ("export (no identifiers) of every form",),
        ),
        (Grants({}, {}, {"a": 3, "b": 1}), Grants({}, {}, {"a": 1, "b": 1}), ("export (full) of a",)),
        (Grants({}, {}, {"a": 1}), Grants({}, {}, {"a": 3}), ()),
    ],
)
def test_what_one_role_allows_beyond_another(old: Grants, new: Grants, gained: tuple[str, ...]) -> None:
    assert access.gained(old, new) == gained


def own(tmp_path: Path, text: str) -> Content:
    (tmp_path / "instruments").mkdir(exist_ok=True)
    (tmp_path / "instruments" / "project.yaml").write_text(text)
    return Content(tmp_path)


def test_a_deployment_changes_one_role_and_keeps_the_others(tmp_path: Path, absenteeism: Collaborative) -> None:
    mine = projects.load(own(tmp_path, "roles: {coach: {edits: [coach, team]}}"), absenteeism)
    assert list(mine.roles) == ["team_member", "data_lead", "coach", "coordinator", "worker"]
    assert mine.grants("coach").forms["pdsa_cycle"] == EDIT
    assert mine.grants("coach").forms["team_profile"] == READ  # `reads` stays as shipped


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("roles: {chief: {label: coach}}", "two roles have the label 'Coach'"),
        ("roles: {coach: {label: Coach, rights: [desing]}}", "roles.coach.rights"),
        ("settings: {record_autonumbering: true}", "Did you mean 'record_autonumbering_enabled'"),
    ],
)
def test_a_role_or_setting_that_redcap_cannot_have_is_refused(
    tmp_path: Path, absenteeism: Collaborative, text: str, says: str
) -> None:
    with pytest.raises(SettingInvalid, match=says):
        projects.load(own(tmp_path, text), absenteeism)


@pytest.mark.parametrize(
    "text", ["settings: {custom_record_label: '[tp_nme]'}", "settings: {secondary_unique_field: x}"]
)
def test_a_setting_that_names_no_field_is_refused(tmp_path: Path, absenteeism: Collaborative, text: str) -> None:
    with pytest.raises(DictionaryInvalid, match="which is not a field of this project"):
        projects.load(own(tmp_path, text), absenteeism)


def test_surveys_are_allowed_where_a_form_is_one_unless_the_settings_say_otherwise(
    tmp_path: Path, absenteeism: Collaborative, project: Project
) -> None:
    assert project.settings == {"record_autonumbering_enabled": "0", "custom_record_label": "[tp_name]"}
    plus = projects.load(Content(), absenteeism, tiers=["core", "plus"])
    assert plus.settings["surveys_enabled"] == "1"
    off = projects.load(own(tmp_path, "settings: {surveys_enabled: false}"), absenteeism, tiers=["core", "plus"])
    assert off.settings["surveys_enabled"] == "0"
