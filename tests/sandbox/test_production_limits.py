"""What the API refuses once a project is in production, and what it goes on doing; and project settings."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.conftest import SUPER_TOKEN, AddUser, Api, field, invalid
from tests.sandbox.longitudinal import FIELDS, at, longitudinal, places
from tests.sandbox.sending import sent

from redcap_sandbox import Sandbox
from redcap_sandbox.client import Administrator


@pytest.fixture
def study(sandbox: Sandbox) -> Api:
    """A longitudinal project in production."""
    made = longitudinal(sandbox, [*FIELDS, field("scan", "diary", "file")], groups=("North",))
    made.save(at("1", "start_arm_1", name="Ann"))
    Administrator(sandbox.url, SUPER_TOKEN).to_production(made.json("project")["project_id"])
    return made


REFUSED: list[tuple[str, str, dict[str, Any], str]] = [
    ("metadata", "import", {"data": list(FIELDS)}, "metadata"),
    ("arm", "import", {"data": [{"arm_num": 3, "name": "Third"}]}, "arms"),
    ("arm", "import", {"data": [{"arm_num": 3, "name": "Third"}], "override": "1"}, "arms"),
    ("arm", "delete", {"arms": "2"}, "arms"),
    ("event", "import", {"data": [{"event_name": "New", "arm_num": 1}]}, "events"),
    ("event", "delete", {"events": "later_arm_1"}, "events"),
    (
        "formEventMapping",
        "import",
        {"data": [{"unique_event_name": "start_arm_1", "form": "enrol"}]},
        "form/event mappings",
    ),
]


@pytest.mark.parametrize(("content", "action", "parameters", "what"), REFUSED, ids=str)
def test_the_design_cannot_be_changed_by_the_api(
    study: Api, content: str, action: str, parameters: dict[str, Any], what: str
) -> None:
    before = {name: study.json(name) for name in ("metadata", "arm", "event", "formEventMapping", "record")}
    assert study.refusal(content, action=action, **parameters) == (
        400,
        f"You cannot import {what} via the API while the project is in production status.",
    )
    assert {name: study.json(name) for name in before} == before


def test_the_design_is_exported_as_before(study: Api) -> None:
    for content in ("metadata", "arm", "event", "formEventMapping", "repeatingFormsEvents", "instrument"):
        assert study.json(content)
    info = study.json("project")
    assert (info["in_production"], info["production_time"] != "", info["is_longitudinal"]) == (1, True, 1)
    assert [row["record_id"] for row in study.json("record", filterLogic="[project-status] = 1")] == ["1"]


def test_records_files_users_and_groups_go_on(study: Api, add_user: AddUser) -> None:
    study.save(
        at("2", "start_arm_2", name="Bo", redcap_data_access_group="north"), at("1", "daily_arm_1", "", 1, mood="1")
    )
    sent(study, "file", "a.txt", b"x", record="1", field="scan", event="daily_arm_1", repeat_instance="1")
    add_user(study, "max", "north", api_export=1)
    study.json("dag", action="import", data=[{"data_access_group_name": "South", "unique_group_name": ""}])
    assert study.json("record", action="delete", records="2") == 1
    assert [place[:2] for place in places(study)] == [("1", "start_arm_1"), ("1", "daily_arm_1")]
    study.json("repeatingFormsEvents", data=[{"event_name": "daily_arm_1", "form_name": ""}])


def test_back_in_development_the_design_can_be_changed_again(study: Api, sandbox: Sandbox) -> None:
    Administrator(sandbox.url, SUPER_TOKEN).to_development(study.json("project")["project_id"])
    for content, action, parameters, _ in (REFUSED[1], *REFUSED[4:], REFUSED[0]):
        assert study.call(content, action=action, format="json", **parameters).status_code == 200


def test_moving_up_may_delete_every_record(sandbox: Sandbox) -> None:
    made = longitudinal(sandbox)
    made.save(at("1", "start_arm_1", name="Ann"))
    Administrator(sandbox.url, SUPER_TOKEN).to_production(made.json("project")["project_id"], keep_data=False)
    assert made.json("record") == []
    assert made.call("generateNextRecordName").text == "1"


def test_a_project_stays_longitudinal_in_production(study: Api) -> None:
    assert study.json("project_settings", data=[{"is_longitudinal": 0, "project_title": "New"}]) == 1
    info = study.json("project")
    assert (info["is_longitudinal"], info["project_title"]) == (1, "New")


def test_settings_that_are_not_of_the_api_are_passed_over(team: Api) -> None:
    row = {"project_id": 7, "in_production": 1, "creation_time": "x", "missing_data_codes": "NA, x", "nonsense": "y"}
    before = team.json("project")
    assert team.json("project_settings", data=[row]) == 0
    assert team.json("project") == before


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"purpose": 5}, 'The value of the parameter "purpose" is not valid'),
        ({"purpose": "QI"}, 'The value of the parameter "purpose" is not valid'),
        ({"surveys_enabled": 2}, 'The value of the parameter "surveys_enabled" is not valid'),
        ({"is_longitudinal": "yes"}, 'The value of the parameter "is_longitudinal" is not valid'),
        ({"scheduling_enabled": "١"}, 'The value of the parameter "scheduling_enabled" is not valid'),
        ({"secondary_unique_field": "nope"}, invalid("secondary_unique_field", "nope")),
    ],
    ids=str,
)
def test_a_setting_that_cannot_be_is_refused_with_all_others(team: Api, row: dict[str, Any], message: str) -> None:
    assert team.refusal("project_settings", data=[{"project_title": "New", **row}]) == (400, message)
    assert team.json("project")["project_title"] == "A project"


def test_settings_go_in_as_json_csv_and_xml(team: Api) -> None:
    bodies = {
        "json": '{"project_title":"One: a","purpose":"4"}',
        "csv": 'project_title,purpose\n"Two, b",0\n',
        "xml": "<item><project_title>Three &lt;c&gt;</project_title><purpose>2</purpose></item>",
    }
    titles = []
    for data_format, data in bodies.items():
        assert team.call("project_settings", format=data_format, data=data).text == "2"
        titles.append(team.json("project")["project_title"])
    assert titles == ["One: a", "Two, b", "Three <c>"]


def test_changing_settings_needs_the_right_to_the_design(team: Api, add_user: AddUser) -> None:
    member = add_user(team, "max", api_import=1)
    status, message = member.refusal("project_settings", data=[{"project_title": "Mine"}])
    assert (status, "You must have 'API Import/Update' privileges and 'Project Design/Setup'" in message) == (400, True)
