"""The log: what it says of each deed, when, and to whom it is shown."""

# ruff: noqa: DTZ001  (PyCap takes naive times, in the zone of the server)
from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from tests.sandbox.conftest import SUPER_TOKEN, TEAM, AddUser, Api, Clock, new_project

from redcap_sandbox import serve


def said(owner: Api, **wanted: str) -> list[tuple[str, str]]:
    """(action, details), oldest first."""
    return [(entry["action"], entry["details"]) for entry in reversed(owner.json("log", **wanted))]


def monthly(record: str, number: int, **values: str) -> dict[str, object]:
    return {"record_id": record, "redcap_repeat_instrument": "monthly", "redcap_repeat_instance": number, **values}


def test_pycap_reads_the_log_newest_first_to_the_minute(team: Api, clock: Clock) -> None:
    clock.set("2025-10-02 09:15:59")
    team.save({"record_id": "1", "town": "Ashby"})
    (entry,) = team.project().export_logging(log_type="record")
    assert entry == {
        "timestamp": "2025-10-02 09:15",
        "username": "sandbox_owner",
        "action": "Create record (API) 1",
        "details": "record_id = '1', town = 'Ashby', profile_complete = '0'",
        "record": "1",
    }
    manage = team.project().export_logging(log_type="manage")
    assert manage[-1]["action"] == "Manage/Design "
    assert manage[-1]["details"].startswith("Create project")
    assert manage[-1]["record"] == ""


def test_saving_tells_what_changed_and_no_more(team: Api) -> None:
    team.save({"record_id": "1", "town": "Ashby", "kind": "1", "tools___a": "1"})
    team.save({"record_id": "1", "town": "Ashby", "kind": "2", "tools___a": "0", "tools____4": "1"})
    team.save({"record_id": "1", "town": "Ashby"})
    team.save({"record_id": "1", "town": ""}, overwriteBehavior="overwrite")
    assert said(team, logtype="record") == [
        (
            "Create record (API) 1",
            "record_id = '1', town = 'Ashby', kind = '1', tools(a) = checked, profile_complete = '0'",
        ),
        ("Update record (API) 1", "kind = '2', tools(a) = unchecked, tools(-4) = checked"),
        ("Update record (API) 1", "town = ''"),
    ]


def test_instances_from_the_second_on_are_numbered(team: Api) -> None:
    team.save(monthly("1", 1, seen="4"), monthly("1", 2, seen="5"))
    assert said(team, logtype="record") == [
        ("Create record (API) 1", "record_id = '1', seen = '4', monthly_complete = '0'"),
        ("Update record (API) 1", "[instance = 2], seen = '5', monthly_complete = '0'"),
        ("Update record (Auto calculation) 1", "total = '8'"),
        ("Update record (Auto calculation) 1", "[instance = 2], total = '10'"),
    ]


def test_newlines_in_values_are_flattened(team: Api) -> None:
    team.save({"record_id": "1", "town": "a\nb\r\nc"})
    assert "town = 'a b c'" in said(team, logtype="record")[0][1]


def test_a_records_group_is_logged_as_an_update(team: Api) -> None:
    team.save({"record_id": "1", "redcap_data_access_group": "north"})
    assert said(team, logtype="record") == [
        ("Create record (API) 1", "record_id = '1'"),
        ("Update record (API) 1", "Assign record to Data Access Group (redcap_data_access_group = 'north')"),
    ]


def test_deleting_a_record_and_deleting_a_form_are_told_apart(team: Api) -> None:
    team.save(monthly("1", 2, seen="5"), {"record_id": "1", "tools___a": "1"})
    team.project().delete_records(["1"], instrument="monthly")
    team.project().delete_records(["1"], instrument="profile")
    team.project().delete_records(["1"])
    assert said(team, logtype="record")[-3:] == [
        (
            "Update record 1",
            "[instance = 2], month = '', seen = '', agreed = '', total = '', monthly_complete = ''",
        ),
        (
            "Update record 1",
            (
                "town = '', kind = '', tools(a) = unchecked, tools(-4) = unchecked, tools(k>=9) = unchecked, "
                "profile_complete = ''"
            ),
        ),
        ("Delete record 1", "record_id = '1'"),
    ]
    assert said(team, logtype="record_delete") == [("Delete record 1", "record_id = '1'")]


def test_exports_and_readings_are_logged(team: Api) -> None:
    team.json("record", fields="record_id,town")
    team.json("dag")
    team.json("instrument")
    team.json("project")
    team.json("log")
    assert said(team)[-5:] == [
        ("Data export (API)", "record_id, redcap_repeat_instrument, redcap_repeat_instance, town"),
        ("Manage/Design ", "Export DAGs (API)"),
        ("Manage/Design ", "Export instruments (API)"),
        ("Manage/Design ", "Export project information (API)"),
        ("Manage/Design ", "Export Logging (API)"),
    ]


def test_users_coming_and_going_are_logged(team: Api) -> None:
    team.json("user", data=[{"username": "ann"}])
    team.json("user", data=[{"username": "ann", "reports": 1}])
    team.json("user", action="delete", users="ann")
    assert said(team, logtype="user")[-3:] == [
        ("Add user ann", "user = 'ann'"),
        ("Update user ann", "user = 'ann'"),
        ("Delete user ann", "user = 'ann'"),
    ]


def test_a_refused_call_leaves_no_trace(team: Api) -> None:
    before = said(team, logtype="record")
    team.refusal("record", data=[{"record_id": "1", "town": "x"}, {"record_id": "2", "kind": "9"}])
    assert said(team, logtype="record") == before


def test_lines_are_chosen_by_kind_user_record_and_group(team: Api, add_user: AddUser) -> None:
    writer = add_user(team, "writer", "north", api_import=1, record_create=1)
    writer.save({"record_id": "1"})
    team.save({"record_id": "2", "town": "x"})
    team.save({"record_id": "2", "town": "y"})
    assert [action for action, _ in said(team, logtype="record_add")] == [
        "Create record (API) 1",
        "Create record (API) 2",
    ]
    assert [action for action, _ in said(team, logtype="record_edit", record="2")] == ["Update record (API) 2"]
    assert {action for action, _ in said(team, user="writer")} == {"Create record (API) 1", "Update record (API) 1"}
    assert {action for action, _ in said(team, dag="north")} == {"Create record (API) 1", "Update record (API) 1"}
    assert said(team, logtype="page_view") == []
    assert team.refusal("log", logtype="gossip")[0] == 400
    assert team.refusal("log", dag="west")[0] == 400


def test_begin_and_end_are_minutes_and_inclusive(team: Api, clock: Clock) -> None:
    for minute, record in (("12:00:59", "1"), ("12:01:00", "2"), ("12:02:30", "3")):
        clock.set(f"2025-10-02 {minute}")
        team.save({"record_id": record})

    def records(begin: str, end: str) -> list[str]:
        entries = team.json("log", logtype="record", beginTime=begin, endTime=end)
        return [entry["record"] for entry in reversed(entries)]

    assert records("2025-10-02 12:01", "") == ["2", "3"]
    assert records("2025-10-02 12:00:30", "2025-10-02 12:01") == ["1", "2"]
    assert records("2025-10-02", "2025-10-02") == ["1", "2", "3"]
    assert records("", "2025-10-01") == []
    assert team.refusal("log", beginTime="noon") == (400, 'The value of the parameter "beginTime" is not valid')
    pycap = team.project().export_logging(
        log_type="record", begin_time=datetime(2025, 10, 2, 12, 2), end_time=datetime(2025, 10, 2, 12, 2)
    )
    assert [entry["record"] for entry in pycap] == ["3"]


def test_a_user_in_a_group_reads_the_lines_of_his_group_only(team: Api, add_user: AddUser) -> None:
    team.save({"record_id": "1", "redcap_data_access_group": "north"}, {"record_id": "2"})
    member = add_user(team, "nora", "north", api_export=1, logging=1)
    assert {entry["record"] for entry in member.json("log")} == {"1"}


def test_times_are_the_servers_own(tmp_path: Path, clock: Clock) -> None:
    with serve(tmp_path, SUPER_TOKEN, timezone="Australia/Sydney", clock=clock) as sandbox:
        owner = new_project(sandbox, TEAM)
        clock.set("2025-12-31 20:00:00")
        owner.save({"record_id": "1"})
        (entry,) = owner.json("log", logtype="record")
        assert entry["timestamp"] == "2026-01-01 07:00"
        assert len(owner.json("record", dateRangeBegin="2026-01-01 07:00:00")) == 1
        assert owner.json("record", dateRangeBegin="2026-01-01 07:00:01") == []
        sandbox.clock = lambda: datetime(2026, 2, 3, 4, 5, 6)
        owner.save({"record_id": "2"})
        assert owner.json("log", logtype="record")[0]["timestamp"] == "2026-02-03 04:05"


@pytest.mark.parametrize("data_format", ["csv", "xml"])
def test_the_log_is_told_in_csv_and_xml_too(team: Api, data_format: str) -> None:
    team.save({"record_id": "1"})
    text = team.call("log", format=data_format, logtype="record").text
    expected = {
        "csv": "timestamp,username,action,details,record\n"
        '"2025-09-18 08:30",sandbox_owner,"Create record (API) 1","record_id = \'1\'",1\n',
        "xml": '<?xml version="1.0" encoding="UTF-8" ?>\n<items>\n<item><timestamp><![CDATA[2025-09-18 08:30]]></timestamp>'
        "<username><![CDATA[sandbox_owner]]></username><action><![CDATA[Create record (API) 1]]></action>"
        "<details><![CDATA[record_id = '1']]></details><record><![CDATA[1]]></record></item>\n</items>\n",
    }
    assert text == expected[data_format]
