"""Projects made, described and changed."""

from __future__ import annotations

import re

import pytest
from tests.sandbox.conftest import SUPER_TOKEN, Api, Clock

from redcap_sandbox import Sandbox

XML = """<?xml version="1.0" encoding="UTF-8" ?>
<item>
<project_title>Ward round: the sequel</project_title>
<purpose>0</purpose>
</item>"""
CSV = 'project_title,purpose\n"Ward round: the sequel",0\n'
JSON = '[{"project_title":"Ward round: the sequel","purpose":0}]'


def super_call(sandbox: Sandbox) -> Api:
    return Api(sandbox.url, SUPER_TOKEN)


@pytest.mark.parametrize(("data_format", "data"), [("xml", XML), ("csv", CSV), ("json", JSON)])
def test_the_super_token_makes_a_project_and_gets_its_token(sandbox: Sandbox, data_format: str, data: str) -> None:
    reply = super_call(sandbox).call("project", format=data_format, data=data)
    assert reply.status_code == 200
    assert re.search(r"[0-9A-F]{32}\Z", reply.text)
    info = Api(sandbox.url, reply.text[-32:]).project().export_project_info()
    assert info["project_title"] == "Ward round: the sequel"
    assert info["purpose"] == 0


def test_a_project_is_described_in_redcaps_keys_and_types(team: Api) -> None:
    info = team.project().export_project_info()
    assert list(info) == [
        "project_id",
        "project_title",
        "creation_time",
        "production_time",
        "in_production",
        "project_language",
        "purpose",
        "purpose_other",
        "project_notes",
        "custom_record_label",
        "secondary_unique_field",
        "is_longitudinal",
        "has_repeating_instruments_or_events",
        "surveys_enabled",
        "scheduling_enabled",
        "record_autonumbering_enabled",
        "randomization_enabled",
        "ddp_enabled",
        "project_irb_number",
        "project_grant_number",
        "project_pi_firstname",
        "project_pi_lastname",
        "project_pi_email",
        "display_today_now_button",
        "missing_data_codes",
        "external_modules",
        "bypass_branching_erase_field_prompt",
    ]
    assert info["creation_time"] == "2025-09-18 08:30:15"
    assert info["has_repeating_instruments_or_events"] == 1
    assert info["in_production"] == 0
    assert info["production_time"] == ""


def test_a_new_project_has_one_field_and_one_user_without_the_rights_to_delete_or_lock(sandbox: Sandbox) -> None:
    token = super_call(sandbox).call("project", format="json", data=JSON).text
    project = Api(sandbox.url, token).project()
    assert project.field_names == ["record_id"]
    assert project.export_instruments() == [
        {"instrument_name": "my_first_instrument", "instrument_label": "My First Instrument"}
    ]
    (user,) = project.export_users()
    without = {right for right in user if user[right] == 0}
    assert without == {
        "email_logging",
        "mobile_app_download_data",
        "record_rename",
        "record_delete",
        "lock_records_all_forms",
        "lock_records",
        "lock_records_customization",
    }
    assert user["api_export"] == 1
    assert user["forms"] == {"my_first_instrument": 1}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"purpose": 0}, 'The required parameter "project_title" is missing'),
        ({"project_title": "T"}, 'The value of the parameter "purpose" is not valid'),
        ({"project_title": "T", "purpose": 9}, 'The value of the parameter "purpose" is not valid'),
    ],
    ids=["no title", "no purpose", "unknown purpose"],
)
def test_a_project_that_cannot_be_made_is_refused(sandbox: Sandbox, row: dict[str, object], message: str) -> None:
    assert super_call(sandbox).refusal("project", data=[row]) == (400, message)


def test_two_items_are_not_a_project(sandbox: Sandbox) -> None:
    row = {"project_title": "T", "purpose": 0}
    status, _ = super_call(sandbox).refusal("project", data=[row, row])
    assert status == 400


def test_project_xml_is_refused_in_a_sentence(sandbox: Sandbox) -> None:
    status, message = super_call(sandbox).refusal("project", data=JSON, odm="<ODM/>")
    assert status == 400
    assert "project XML" in message


def test_settings_can_be_changed_and_are_counted(team: Api) -> None:
    changed = team.json("project_settings", data=[{"project_title": "New", "purpose": 2, "in_production": 1}])
    assert changed == 2
    info = team.json("project")
    assert (info["project_title"], info["purpose"], info["in_production"]) == ("New", 2, 0)
    assert team.refusal("project_settings", data=[{"surveys_enabled": "maybe"}]) == (
        400,
        'The value of the parameter "surveys_enabled" is not valid',
    )


def test_projects_know_nothing_of_each_other(sandbox: Sandbox, team: Api, clock: Clock) -> None:
    other = Api(sandbox.url, super_call(sandbox).call("project", format="json", data=JSON).text)
    team.save({"record_id": "1"})
    assert other.json("record") == []
    assert other.json("dag") == []
    assert other.json("project")["project_id"] != team.json("project")["project_id"]
    assert [entry["action"] for entry in other.json("log", logtype="record")] == []


def test_the_version_is_a_bare_text_in_every_format(team: Api) -> None:
    assert team.project().export_version() is not None
    bodies = {team.call("version", **parameters).text for parameters in ({}, {"format": "json"}, {"format": "csv"})}
    assert len(bodies) == 1
    assert re.fullmatch(r"\d+\.\d+\.\d+", bodies.pop())


def test_a_classic_project_has_no_arms_events_or_mappings(team: Api) -> None:
    assert team.refusal("arm") == (400, "You cannot export arms for classic projects")
    assert team.refusal("event") == (400, "You cannot export events for classic projects")
    assert team.refusal("formEventMapping") == (400, "You cannot export form/event mappings for classic projects")
    assert team.project().is_longitudinal is False
