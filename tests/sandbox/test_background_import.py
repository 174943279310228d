"""Background imports: records without a fault go in, the others stay out, and the log names SYSTEM."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.sandbox.conftest import SUPER_TOKEN, AddUser, Api, field
from tests.sandbox.longitudinal import at, longitudinal, places

from redcap_sandbox import Sandbox
from redcap_sandbox.client import Administrator


def load(api: Api, *rows: Mapping[str, object], **parameters: str) -> None:
    """Sends the rows; the answer says only that they were taken on."""
    reply = api.call("record", action="import", format="json", backgroundProcess="true", data=list(rows), **parameters)
    assert (reply.status_code, reply.text) == (200, '{"success":true}')


def towns(api: Api) -> dict[str, str]:
    return {row["record_id"]: row["town"] for row in api.json("record", fields="record_id,town")}


def test_the_answer_has_each_formats_own_shape(team: Api) -> None:
    bodies = {
        "json": '{"success":true}',
        "csv": "success\ntrue\n",
        "xml": '<?xml version="1.0" encoding="UTF-8" ?><success>true</success>',
    }
    for answer_format, body in bodies.items():
        reply = team.call(
            "record", format="json", returnFormat=answer_format, backgroundProcess="1", data=[{"record_id": "1"}]
        )
        assert reply.text == body


def test_records_with_a_fault_stay_out_as_a_whole(team: Api) -> None:
    team.save({"record_id": "3", "town": "Old"})
    monthly = {"redcap_repeat_instrument": "monthly", "redcap_repeat_instance": 1}
    load(
        team,
        {"record_id": "1", "town": "Ashby"},
        {"record_id": "2", "town": "Brill"},
        {"record_id": "2", **monthly, "seen": "many"},
        {"record_id": "3", "town": "New", "kind": "9"},
        {"record_id": "4", "town": "Corby"},
        {"record_id": "", "town": "Nowhere"},
    )
    assert towns(team) == {"1": "Ashby", "3": "Old", "4": "Corby"}


def test_a_fault_counts_for_a_record_whatever_the_case_of_its_name(team: Api) -> None:
    load(team, {"record_id": "A1", "town": "Ashby"}, {"record_id": "a1", "kind": "9"}, {"record_id": "b", "town": "x"})
    assert towns(team) == {"b": "x"}


def test_the_log_names_the_system_and_leaves_out_how(team: Api) -> None:
    load(team, {"record_id": "1", "town": "Ashby"})
    load(team, {"record_id": "1", "town": "Brill"})
    lines = team.json("log", logtype="record")
    assert [(row["username"], row["action"], row["record"]) for row in lines] == [
        ("SYSTEM (sandbox_owner)", "Update record 1", "1"),
        ("SYSTEM (sandbox_owner)", "Create record 1", "1"),
    ]


def test_columns_that_make_no_sense_are_refused_at_once(team: Api) -> None:
    asked = {"backgroundProcess": "1", "data": [{"record_id": "1", "nope": "x"}]}
    assert team.refusal("record", **asked)[1].endswith("real data fields: nope")
    assert team.json("record") == []


def test_locked_records_and_those_of_other_groups_stay_out(team: Api, add_user: AddUser, sandbox: Sandbox) -> None:
    team.save(
        {"record_id": "1", "town": "a", "redcap_data_access_group": "north"},
        {"record_id": "2", "town": "b", "redcap_data_access_group": "south"},
        {"record_id": "3", "town": "c", "redcap_data_access_group": "north"},
        {"record_id": "4", "town": "d"},
    )
    Administrator(sandbox.url, SUPER_TOKEN).lock_record(team.json("project")["project_id"], "3")
    rows = [{"record_id": str(number), "town": "new"} for number in range(1, 6)]
    member = add_user(team, "nora", "north", api_import=1)
    load(member, *rows)
    assert towns(team) == {"1": "new", "2": "b", "3": "c", "4": "d"}
    team.json("user", data=[{"username": "nora", "data_access_group": "north", "record_create": 1}])
    load(member, {"record_id": "5", "town": "e"})
    rows = team.json("record", records="5", exportDataAccessGroups="true")
    assert [(row["town"], row["redcap_data_access_group"]) for row in rows] == [("e", "north")]


def test_blanks_erase_where_that_is_asked_for(team: Api) -> None:
    team.save({"record_id": "1", "town": "Ashby", "kind": "1"})
    load(team, {"record_id": "1", "town": "", "kind": "2"})
    assert towns(team) == {"1": "Ashby"}
    load(team, {"record_id": "1", "town": ""}, overwriteBehavior="overwrite")
    assert towns(team) == {"1": ""}


def test_dates_numbers_and_rows_of_values_go_in_as_at_once(team: Api) -> None:
    row = {"record": "9", "redcap_repeat_instrument": "monthly", "redcap_repeat_instance": "new"}
    rows = [{**row, "field_name": "month", "value": "31/12/2024"}, {**row, "field_name": "seen", "value": "4"}]
    load(team, *rows, type="eav", dateFormat="DMY", forceAutoNumber="true")
    (base, found) = team.json("record")
    assert (base["record_id"], found["month"], found["seen"], found["total"]) == ("1", "2024-12-31", "4", "8")


def test_a_longitudinal_record_stays_out_for_a_fault_in_any_of_its_events(sandbox: Sandbox) -> None:
    study = longitudinal(sandbox)
    load(
        study,
        at("1", "start_arm_1", name="Ann"),
        at("1", "daily_arm_1", "", 1, mood="7"),
        at("2", "later_arm_1", mood="1"),
        at("3", "daily_arm_1", "", "x", mood="1"),
        at("4", "daily_arm_1", "", "new", mood="1"),
    )
    assert [place[:2] for place in places(study)] == [("4", "daily_arm_1")]
    assert study.refusal("record", backgroundProcess="1", data=[at("5", "never")])[0] == 400


@pytest.mark.parametrize("value", ["x", "1.5"])
def test_only_the_real_time_import_tells_what_is_wrong_with_a_value(team: Api, value: str) -> None:
    row = {"record_id": "1", "redcap_repeat_instrument": "monthly", "redcap_repeat_instance": "1", "seen": value}
    status, message = team.refusal("record", data=[row])
    assert (status, message) == (
        400,
        f'"1","seen","{value}","This value you provided is not an integer. Please try again."',
    )
    load(team, row)
    assert team.json("record") == []


def test_a_project_of_one_field_takes_names_alone(sandbox: Sandbox) -> None:
    owner = longitudinal(sandbox, [field("id", "f")], {(1, "A"): ("f",), (1, "B"): ("f",)}, ())
    load(owner, {"id": "1"}, {"id": "2", "redcap_event_name": "b_arm_1"})
    assert [row["redcap_event_name"] for row in owner.json("record")] == ["a_arm_1", "b_arm_1"]
