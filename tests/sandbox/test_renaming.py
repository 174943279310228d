"""Renaming records: everywhere or in one arm, and what goes with the name."""

from __future__ import annotations

import pytest
from tests.sandbox.conftest import AddUser, Api, Clock
from tests.sandbox.longitudinal import at, longitudinal, places, value
from tests.sandbox.sending import sent

from redcap_sandbox import Sandbox


@pytest.fixture
def owner(team: Api) -> Api:
    team.json("user", data=[{"username": "sandbox_owner", "record_rename": 1, "record_delete": 1}])
    team.save(
        {"record_id": "1", "town": "Ashby", "redcap_data_access_group": "south"},
        {"record_id": "1", "redcap_repeat_instrument": "monthly", "redcap_repeat_instance": 2, "seen": "3"},
        {"record_id": "2", "town": "Brill"},
    )
    return team


def rename(api: Api, record: str, name: str, **parameters: str) -> None:
    reply = api.call("record", action="rename", record=record, new_record_name=name, **parameters)
    assert (reply.status_code, reply.text) == (200, "1")


def refused(api: Api, record: str, name: str, **parameters: str) -> tuple[int, str]:
    return api.refusal("record", action="rename", record=record, new_record_name=name, **parameters)


def test_everything_goes_with_the_new_name(owner: Api) -> None:
    sent(owner, "file", "a.txt", b"abc", record="2", field="photo", repeat_instance="1")
    before = owner.json("record", exportDataAccessGroups="true")
    rename(owner, "1", "1.A")
    rename(owner, "2", "0")
    after = owner.json("record", exportDataAccessGroups="true")
    names = {"1": "1.A", "2": "0"}
    expected = sorted(
        ({**row, "record_id": names[row["record_id"]]} for row in before), key=lambda row: row["record_id"]
    )
    assert after == expected
    assert owner.call("file", action="export", record="0", field="photo", repeat_instance="1").content == b"abc"


def test_the_log_tells_it_as_an_update_of_the_old_name_and_earlier_lines_follow(owner: Api) -> None:
    rename(owner, "2", "20")
    lines = owner.json("log", record="20")
    assert [(row["action"], row["details"]) for row in lines] == [
        ("Update record 2", "record_id = '20'"),
        ("Create record (API) 2", "record_id = '2', town = 'Brill', profile_complete = '0'"),
    ]
    assert owner.json("log", record="2") == []


def test_a_renamed_record_counts_as_changed_then(owner: Api, clock: Clock) -> None:
    clock.set("2025-12-01 10:00:00")
    rename(owner, "2", "3")
    rows = owner.json("record", dateRangeBegin="2025-12-01 00:00:00", fields="record_id")
    assert [row["record_id"] for row in rows] == ["3"]
    rows = owner.json("record", dateRangeEnd="2025-11-30 00:00:00", fields="record_id")
    assert [row["record_id"] for row in rows] == ["1", "3"]


def test_the_old_name_is_free_again(owner: Api) -> None:
    rename(owner, "2", "3")
    owner.save({"record_id": "2", "town": "New"})
    assert [row["town"] for row in owner.json("record", records="2,3", forms="profile")] == ["New", "Brill"]


def test_a_change_of_case_is_a_change_of_name(owner: Api) -> None:
    rename(owner, "2", "abc")
    rename(owner, "ABC", " Abc ")
    assert [row["record_id"] for row in owner.json("record", records="abc")] == ["Abc"]


@pytest.mark.parametrize(
    ("record", "name", "message"),
    [
        ("9", "10", 'The record "9" does not exist'),
        ("1", "2", "The record cannot be renamed, for a record named 2 exists already"),
        ("1", "", 'The required parameter "new_record_name" is missing'),
        ("1", "  ", 'The value of the parameter "new_record_name" is not valid'),
        ("1", "x" * 101, 'The value of the parameter "new_record_name" is not valid'),
        ("1", "a\x00b", 'The value of the parameter "new_record_name" is not valid'),
        ("1", "a\nb", 'The value of the parameter "new_record_name" is not valid'),
        ("", "10", 'The required parameter "record" is missing'),
    ],
    ids=["unknown", "taken", "no name", "blank", "long", "null", "newline", "no record"],
)
def test_what_cannot_be_is_refused(owner: Api, record: str, name: str, message: str) -> None:
    assert refused(owner, record, name) == (400, message)
    assert {row["record_id"] for row in owner.json("record")} == {"1", "2"}


def test_renaming_needs_its_right(owner: Api, add_user: AddUser) -> None:
    member = add_user(owner, "max", api_import=1)
    status, message = refused(member, "1", "10")
    assert (status, "privileges and 'Rename Records' privileges in the project." in message) == (400, True)
    owner.json("user", data=[{"username": "max", "record_rename": 1}])
    rename(member, "1", "10")


def test_a_member_of_a_group_renames_its_records_only_and_meets_the_names_of_others(
    owner: Api, add_user: AddUser
) -> None:
    member = add_user(owner, "sue", "south", api_import=1, record_rename=1)
    assert refused(member, "2", "20") == (400, 'The record "2" does not exist')
    assert refused(member, "1", "2")[0] == 400
    rename(member, "1", "10")


def test_an_arm_is_for_projects_that_have_several(owner: Api) -> None:
    assert refused(owner, "1", "10", arm="1")[0] == 400


@pytest.fixture
def study(sandbox: Sandbox) -> Api:
    """Record 1 is in both arms, record 2 in the second, record 3 in the first."""
    made = longitudinal(sandbox, groups=("North",))
    made.json("user", data=[{"username": "sandbox_owner", "record_rename": 1, "record_delete": 1}])
    made.save(
        at("1", "start_arm_1", name="Ann", redcap_data_access_group="north"),
        at("1", "later_arm_1", "visit", 2, weight="72"),
        at("1", "start_arm_2", name="Ann too"),
        at("2", "start_arm_2", name="Bo"),
        at("3", "start_arm_1", name="Cy"),
    )
    return made


def test_without_an_arm_a_record_is_renamed_in_all(study: Api) -> None:
    rename(study, "1", "9")
    assert places(study, records="1") == []
    assert [place[1] for place in places(study, records="9")] == [
        *("start_arm_1", "later_arm_1", "start_arm_2", "later_arm_1"),
    ]


def test_in_one_arm_a_record_parts_from_itself(study: Api) -> None:
    rename(study, "1", "9", arm="1")
    assert [place[1] for place in places(study, records="1")] == ["start_arm_2"]
    assert [place[1:] for place in places(study, records="9")] == [
        ("start_arm_1", "", ""),
        ("later_arm_1", "", ""),
        ("later_arm_1", "visit", 2),
    ]
    groups = study.json("record", fields="record_id", exportDataAccessGroups="true")
    assert {row["record_id"]: row["redcap_data_access_group"] for row in groups} == {
        "1": "north", "2": "", "3": "", "9": "north",
    }  # fmt: skip


def test_in_one_arm_a_record_may_take_the_name_of_one_in_another(study: Api) -> None:
    rename(study, "3", "2", arm="1")
    assert value(study, "2", "start_arm_1", "name") == "Cy"
    assert value(study, "2", "start_arm_2", "name") == "Bo"
    assert places(study, records="3") == []
    assert [row["action"] for row in study.json("log", record="2", logtype="record")] == [
        "Update record 3",
        "Create record (API) 3 (Start (Arm 1: Group 1))",
        "Create record (API) 2 (Start (Arm 2: Group 2))",
    ]


def test_in_one_arm_a_name_may_not_be_taken_there(study: Api) -> None:
    assert refused(study, "1", "3", arm="1") == (
        400,
        "The record cannot be renamed, for a record named 3 exists already",
    )
    assert refused(study, "1", "3") == (400, "The record cannot be renamed, for a record named 3 exists already")
    assert refused(study, "2", "9", arm="1") == (400, 'The record "2" does not exist')
    assert refused(study, "2", "9", arm="7")[0] == 400


def test_a_record_of_one_arm_only_is_renamed_there_as_a_whole(study: Api) -> None:
    rename(study, "3", "30", arm="1")
    assert places(study, records="3") == []
    assert [place[1] for place in places(study, records="30")] == ["start_arm_1"]
    assert {row["record"] for row in study.json("log", record="30")} == {"30"}
