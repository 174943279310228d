"""Records deleted, and what they hold of one form."""

from __future__ import annotations

import pytest
from tests.sandbox.conftest import SUPER_TOKEN, AddUser, Api, invalid

from redcap_sandbox import Sandbox
from redcap_sandbox.client import Administrator


@pytest.fixture
def filled(team: Api) -> Api:
    rows = [{"record_id": str(number), "town": "Ashby"} for number in (1, 2, 3)]
    instances = [
        {"record_id": "1", "redcap_repeat_instrument": "monthly", "redcap_repeat_instance": number, "seen": number}
        for number in (1, 2)
    ]
    team.save(*rows, *instances)
    return team


def rows(owner: Api) -> list[tuple[str, str, object]]:
    return [
        (row["record_id"], row["town"], row["redcap_repeat_instance"])
        for row in owner.json("record", fields="record_id,town,seen")
    ]


def test_pycap_deletes_records_and_gets_their_number(filled: Api) -> None:
    assert filled.project().delete_records(["1", "3"]) == 2
    assert rows(filled) == [("2", "Ashby", "")]


@pytest.mark.parametrize("answer_format", ["csv", "xml"])
def test_the_number_is_bare_in_csv_and_xml_too(filled: Api, answer_format: str) -> None:
    reply = filled.call("record", action="delete", returnFormat=answer_format, records="1,2,3")
    assert (reply.status_code, reply.text) == (200, "3")


def test_an_unknown_record_stops_the_whole_deletion(filled: Api) -> None:
    assert filled.refusal("record", action="delete", records="2,99,100") == (
        400,
        (
            "One or more of the records provided cannot be deleted because they do not exist in the project. "
            "The following records do not exist: 99, 100"
        ),
    )
    assert len(rows(filled)) == 5


def test_a_form_can_be_deleted_and_the_record_stays(filled: Api) -> None:
    assert filled.project().delete_records(["1"], instrument="monthly") == 1
    assert rows(filled) == [("1", "Ashby", ""), ("2", "Ashby", ""), ("3", "Ashby", "")]
    assert filled.project().delete_records(["1"], instrument="profile") == 1
    assert rows(filled)[0] == ("1", "", "")


def test_one_instance_can_be_deleted(filled: Api) -> None:
    assert filled.project().delete_records(["1"], instrument="monthly", repeat_instance=1) == 1
    assert rows(filled)[:2] == [("1", "Ashby", ""), ("1", "", 2)]


def test_a_record_made_again_under_a_deleted_name_is_empty(filled: Api) -> None:
    filled.json("record", action="delete", records="1")
    filled.save({"record_id": "1"})
    assert rows(filled)[0] == ("1", "", "")
    assert len(rows(filled)) == 3


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, 'The required parameter "records" is missing'),
        ({"records": "1", "instrument": "x"}, invalid("instrument", "x")),
        ({"records": "1", "arm": "1"}, 'The parameter "arm" is only for projects that have more than one arm'),
        ({"records": "1", "event": "e_arm_1"}, 'The parameter "event" is for longitudinal projects only'),
        ({"records": "1", "repeat_instance": "1"}, 'The required parameter "instrument" is missing'),
        (
            {"records": "1", "instrument": "monthly", "repeat_instance": "x"},
            'The value of the parameter "repeat_instance" is not valid',
        ),
    ],
    ids=["no records", "form", "arm", "event", "instance alone", "instance"],
)
def test_a_deletion_that_makes_no_sense_is_refused(filled: Api, parameters: dict[str, str], message: str) -> None:
    assert filled.refusal("record", action="delete", **parameters) == (400, message)
    assert len(rows(filled)) == 5


def test_deleting_needs_its_own_right(filled: Api, add_user: AddUser) -> None:
    editor = add_user(filled, "ed", api_import=1, api_export=1)
    assert editor.refusal("record", action="delete", records="1") == (403, "You do not have Delete Record privileges")


def test_a_user_in_a_group_cannot_delete_or_detect_the_records_of_others(filled: Api, add_user: AddUser) -> None:
    filled.save({"record_id": "2", "redcap_data_access_group": "north"})
    member = add_user(filled, "nora", "north", api_import=1, record_delete=1)
    status, message = member.refusal("record", action="delete", records="1")
    assert (status, message.endswith("do not exist: 1")) == (400, True)
    assert member.json("record", action="delete", records="2") == 1


@pytest.mark.parametrize("allowed", [True, False])
def test_a_deletion_takes_the_log_along_where_asked_to_and_allowed(
    filled: Api, sandbox: Sandbox, allowed: bool
) -> None:
    Administrator(sandbox.url, SUPER_TOKEN).allow_forgetting(filled.json("project")["project_id"], allowed=allowed)
    told = {row["record"] for row in filled.json("log", logtype="record")}
    assert told == {"1", "2", "3"}
    filled.json("record", action="delete", records="1", delete_logging="1")
    filled.json("record", action="delete", records="2", delete_logging="0")
    lines = [(row["action"], row["record"]) for row in filled.json("log", logtype="record")]
    assert ("Delete record 2", "2") in lines
    assert (("Delete record 1", "1") in lines) is not allowed
    assert any(record == "1" for _, record in lines) is not allowed
