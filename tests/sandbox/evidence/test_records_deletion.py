"""Records deleted, in whole or in part, and renamed."""

from __future__ import annotations

from typing import Any

from tests.sandbox.conftest import Api
from tests.sandbox.evidence.conftest import Create
from tests.sandbox.evidence.studies import WARDS


def rows(api: Api, *names: str, **parameters: Any) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in api.json("record", **parameters)]


# D1 [R] delete/single-arm-four-records
def test_the_count_is_that_of_records_deleted(own_wards: Api) -> None:
    assert own_wards.json("record", action="delete", **{"records[0]": "10", "records[1]": "1"}) == 2
    assert rows(own_wards, "ward_id") == [("2",)]


# D1 [P], [A]: an array; a list joined by commas is taken, too
def test_records_may_be_joined_by_commas(own_wards: Api) -> None:
    assert own_wards.json("record", action="delete", records="10,1") == 2


# D2 [R] test-delete "Delete records that don't exist": none is deleted
def test_an_unknown_record_stops_the_deletion(own_wards: Api) -> None:
    asked = {"records[0]": "1", "records[1]": "404", "records[2]": "405"}
    assert own_wards.refusal("record", action="delete", **asked) == (
        400,
        (
            "One or more of the records provided cannot be deleted because they do not exist in the project. "
            "The following records do not exist: 404, 405"
        ),
    )
    assert len(own_wards.json("record")) == 3


# D3 [R] delete/multiple-arm-four-records: only what the record has in that arm
def test_a_record_is_deleted_from_one_arm(own_teams: Api) -> None:
    own_teams.save({"team_id": "1", "redcap_event_name": "start_arm_2", "team": "Ash"})
    assert own_teams.json("record", action="delete", arm="2", **{"records[0]": "1"}) == 1
    events = [event for (event,) in rows(own_teams, "redcap_event_name", records="1")]
    assert events[0] == "start_arm_1"
    assert "start_arm_2" not in events


# D3 [P] delete_records without an arm: from every arm
def test_without_an_arm_a_record_is_deleted_from_all(own_teams: Api) -> None:
    own_teams.save({"team_id": "1", "redcap_event_name": "start_arm_2", "team": "Ash"})
    assert own_teams.json("record", action="delete", **{"records[0]": "1"}) == 1
    assert own_teams.json("record", records="1") == []


# D4 [P] test_delete_records_from_one_instrument_only: one event's data; the record stays
def test_an_events_data_are_deleted(own_teams: Api) -> None:
    project = own_teams.project()
    assert project.delete_records(records=["1"], event="learning_session_1_arm_1") == 1
    events = {event for (event,) in rows(own_teams, "redcap_event_name", records="1")}
    assert events == {"start_arm_1", "action_period_arm_1"}


# D5 [P] delete_records doctest: one instance of a repeating event
def test_an_instance_of_a_repeating_event_is_deleted(own_teams: Api) -> None:
    asked = {"event": "action_period_arm_1", "repeat_instance": "2", "records[0]": "1"}
    assert own_teams.json("record", action="delete", **asked) == 1
    left = rows(own_teams, "redcap_repeat_instance", records="1", events="action_period_arm_1")
    assert left == [(1,)]


# D6 [P] records.py, [A] deleteRecords.R: one form's data, in an event
def test_a_forms_data_are_deleted(own_teams: Api) -> None:
    asked = {"event": "start_arm_1", "instrument": "pulse", "records[0]": "1"}
    assert own_teams.json("record", action="delete", **asked) == 1
    first = own_teams.json("record", records="1")[0]
    assert (first["team"], first["mood"], first["contact"], first["pulse_complete"]) == ("Ash", "", "", "0")


# D6: an instance of a repeating form
def test_an_instance_of_a_repeating_form_is_deleted(own_teams: Api) -> None:
    asked = {"event": "start_arm_1", "instrument": "visit_log", "repeat_instance": "1", "records[0]": "1"}
    assert own_teams.json("record", action="delete", **asked) == 1
    left = rows(own_teams, "redcap_repeat_instrument", "redcap_repeat_instance", records="1", events="start_arm_1")
    assert left == [("", ""), ("visit_log", 2)]


# D7 [A] test-358 "Rename a record", renameRecord.R: 1, and no format at all
def test_a_record_is_renamed(own_wards: Api) -> None:
    reply = own_wards.call("record", action="rename", record="1", new_record_name="100")
    assert (reply.status_code, reply.text) == (200, "1")
    assert rows(own_wards, "ward_id", "ward_name", "plan") == [
        ("2", "Oak Ward", ""),
        ("10", "Åsen, øst", ""),
        ("100", "Elm Ward", "plan.txt"),
    ]
    assert own_wards.call("record", action="rename", record="100", new_record_name="1").text == "1"
    assert [name for (name,) in rows(own_wards, "ward_id")] == ["1", "2", "10"]


# D7 [A] renameRecord(arm=)
def test_a_record_is_renamed_in_one_arm(own_teams: Api) -> None:
    own_teams.save({"team_id": "1", "redcap_event_name": "start_arm_2", "team": "Ash"})
    assert own_teams.call("record", action="rename", record="1", new_record_name="50", arm="2").text == "1"
    assert rows(own_teams, "redcap_event_name", records="50") == [("start_arm_2",)]
    assert len(own_teams.json("record", records="1")) == 6


# D8 [P] delete_logging is sent as 0 or 1
def test_pycap_says_whether_the_log_goes_too(new: Create) -> None:
    owner = new(WARDS)
    assert owner.project().delete_records(records=["1"], delete_logging=True) == 1
    assert owner.project().delete_records(records=["2"], delete_logging=False) == 1
    assert [row["ward_id"] for row in owner.json("record")] == ["10"]
