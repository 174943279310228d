"""Date ranges of record exports: by what the log says was made or changed, for whole records, within the group."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.conftest import AddUser, Api, Clock
from tests.sandbox.longitudinal import at, longitudinal, places
from tests.sandbox.sending import sent

from redcap_sandbox import Sandbox


def found(api: Api, begin: str = "", end: str = "", **parameters: Any) -> list[str]:
    """The records of the range, times of day on the first of October."""
    asked = {
        "dateRangeBegin": f"2025-10-01 {begin}" if begin else "",
        "dateRangeEnd": f"2025-10-01 {end}" if end else "",
    }
    rows = api.json("record", **asked, **parameters)
    return list(dict.fromkeys(row["record_id"] for row in rows))


@pytest.fixture
def owner(team: Api, clock: Clock) -> Api:
    """Records made at nine, one of them in a group; the server then lives at ten."""
    clock.set("2025-10-01 09:00:00")
    team.save(
        {"record_id": "1", "town": "Ashby", "redcap_data_access_group": "north"},
        {"record_id": "2", "town": "Brill", "redcap_data_access_group": "south"},
        {"record_id": "3", "town": "Corby"},
    )
    clock.set("2025-10-01 10:00:00")
    return team


def test_both_ends_are_inside_to_the_second(owner: Api) -> None:
    assert found(owner, "09:00:00", "09:00:00") == ["1", "2", "3"]
    assert found(owner, "09:00:01") == []
    assert found(owner, end="08:59:59") == []
    assert found(owner, "10:00:00", "09:00:00") == []


@pytest.mark.parametrize("kind", ["flat", "eav"])
def test_every_way_of_changing_a_record_counts(owner: Api, clock: Clock, kind: str) -> None:
    name = "record_id" if kind == "flat" else "record"

    def changed(minute: int) -> set[str]:
        begin = f"2025-10-01 11:{minute:02}:00"
        return {row[name] for row in owner.json("record", dateRangeBegin=begin, type=kind)}

    owner.json("user", data=[{"username": "sandbox_owner", "record_delete": 1, "record_rename": 1}])
    monthly = {"redcap_repeat_instrument": "monthly", "redcap_repeat_instance": 1}
    clock.set("2025-10-01 11:01:00")
    owner.save({"record_id": "1", **monthly, "seen": "3"})
    assert changed(1) == {"1"}
    clock.set("2025-10-01 11:02:00")
    owner.save({"record_id": "2", "redcap_data_access_group": "north"})
    assert changed(2) == {"2"}
    clock.set("2025-10-01 11:03:00")
    owner.json("record", action="delete", records="3", instrument="profile")
    assert changed(3) == {"3"}
    clock.set("2025-10-01 11:04:00")
    sent(owner, "file", "a.txt", b"x", record="1", field="photo", repeat_instance="1")
    assert changed(4) == {"1"}
    clock.set("2025-10-01 11:05:00")
    owner.call("record", action="rename", record="2", new_record_name="20")
    assert changed(5) == {"20"}


def test_what_changes_nothing_does_not_count(owner: Api) -> None:
    owner.save({"record_id": "1", "town": "Ashby", "kind": "", "redcap_data_access_group": "north"})
    owner.json("record")
    assert found(owner, "10:00:00") == []


def test_a_deleted_record_leaves_no_trace_and_one_made_again_counts_anew(owner: Api, clock: Clock) -> None:
    owner.json("record", action="delete", records="1")
    assert found(owner, "08:00:00") == ["2", "3"]
    assert found(owner, "10:00:00") == []
    clock.set("2025-10-01 11:00:00")
    owner.save({"record_id": "1", "town": "Again"})
    assert found(owner, "10:30:00") == ["1"]


def test_a_range_goes_with_records_filters_and_groups(owner: Api, clock: Clock, add_user: AddUser) -> None:
    clock.set("2025-10-01 11:00:00")
    owner.save(*({"record_id": str(number), "kind": "1"} for number in (1, 2, 3)))
    assert found(owner, "11:00:00", records="1,3,9") == ["1", "3"]
    assert found(owner, "11:00:00", filterLogic="[town] <> 'Corby'") == ["1", "2"]
    member = add_user(owner, "nora", "north", api_export=1)
    assert found(member, "11:00:00") == ["1"]
    assert found(member, "11:00:01") == []


def test_whole_records_come_with_all_their_events(sandbox: Sandbox, clock: Clock) -> None:
    clock.set("2025-10-01 09:00:00")
    study = longitudinal(sandbox)
    study.save(at("1", "start_arm_1", name="Ann"), at("1", "start_arm_2", mood="1"), at("2", "start_arm_1", name="Bo"))
    clock.set("2025-10-01 10:00:00")
    study.save(at("1", "daily_arm_1", "", 1, mood="2"))
    asked = {"dateRangeBegin": "2025-10-01 10:00:00"}
    assert [place[1] for place in places(study, **asked)] == ["start_arm_1", "start_arm_2", "daily_arm_1"]
    assert [place[1] for place in places(study, events="start_arm_2", **asked)] == ["start_arm_2"]


def test_a_time_may_leave_out_what_is_smaller(owner: Api) -> None:
    for begin, end, count in (
        ("2025-10-01", "2025-10-01", 3),
        ("2025-10-01 09:00", "2025-10-01 09:00", 3),
        ("2025-10-02", "", 0),
    ):
        rows = owner.json("record", dateRangeBegin=begin, dateRangeEnd=end, fields="record_id")
        assert len(rows) == count, (begin, end)
