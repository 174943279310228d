"""Which lines of the log are told: by kind, user, record, group and time, also over a change of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.sandbox.conftest import SUPER_TOKEN, TEAM, AddUser, Api, Clock, new_project
from tests.sandbox.longitudinal import at, longitudinal

from redcap_sandbox import Sandbox, serve
from redcap_sandbox.client import Administrator

DESIGN = "Manage/Design "  # with the blank that servers put behind it


def lines(api: Api, *columns: str, **parameters: Any) -> list[tuple[str, ...]]:
    """These columns of the lines, newest first."""
    return [tuple(row[column] for column in columns) for row in api.json("log", **parameters)]


@pytest.fixture
def busy(team: Api, sandbox: Sandbox, clock: Clock) -> Api:
    """A project in which something of every kind has happened, a minute apart."""
    team.save({"record_id": "1", "town": "Ashby", "redcap_data_access_group": "north"})
    clock.set("2025-09-18 08:31:00")
    team.save({"record_id": "1", "town": "Brill"}, {"record_id": "Two", "town": "Corby"})
    clock.set("2025-09-18 08:32:00")
    Administrator(sandbox.url, SUPER_TOKEN).lock_record(team.json("project")["project_id"], "Two")
    clock.set("2025-09-18 08:33:00")
    team.json("record", fields="town")
    team.json("user", data=[{"username": "someone"}])
    clock.set("2025-09-18 08:34:00")
    team.json("record", action="delete", records="1")
    return team


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("export", [("Data export (API)", "")]),
        (
            "record",
            [
                ("Delete record 1", "1"),
                ("Create record (API) Two", "Two"),
                ("Update record (API) 1", "1"),
                ("Update record (API) 1", "1"),
                ("Create record (API) 1", "1"),
            ],
        ),
        ("record_add", [("Create record (API) Two", "Two"), ("Create record (API) 1", "1")]),
        ("record_edit", [("Update record (API) 1", "1"), ("Update record (API) 1", "1")]),
        ("record_delete", [("Delete record 1", "1")]),
        ("lock_record", [("Lock/Unlock Record Two", "Two")]),
        ("page_view", []),
    ],
)
def test_each_kind_has_its_lines(busy: Api, kind: str, expected: list[tuple[str, str]]) -> None:
    assert lines(busy, "action", "record", logtype=kind) == expected


def test_lines_about_users_and_about_the_design_are_two_kinds(busy: Api) -> None:
    assert lines(busy, "action", logtype="user")[0] == ("Add user someone",)
    design = lines(busy, "action", "record", logtype="manage")
    assert set(design) == {(DESIGN, "")}


def test_every_line_is_of_one_kind(busy: Api) -> None:
    kinds = ("export", "record_add", "record_edit", "record_delete", "lock_record", "page_view", "user", "manage")
    until = {"endTime": "2025-09-18 08:34"}
    busy_lines = len(lines(busy, "action", **until))
    counted = 0
    for number, kind in enumerate(kinds, 1):
        counted += len(lines(busy, "action", logtype=kind, **until)) - (number if kind == "manage" else 0)
    assert counted == busy_lines  # each reading of the log adds a line of its own


def test_an_unknown_kind_or_group_is_refused(busy: Api) -> None:
    for parameter in ("logtype", "dag"):
        assert busy.refusal("log", **{parameter: "nope"}) == (
            400,
            f'The value of the parameter "{parameter}" is not valid',
        )


def test_records_and_users_are_found_whatever_the_case(busy: Api) -> None:
    assert lines(busy, "record", record="TWO") == [("Two",), ("Two",)]
    assert set(lines(busy, "username", user="SANDBOX_owner")) == {("sandbox_owner",)}
    assert lines(busy, "record", record="' OR 1=1 --") == []
    assert lines(busy, "record", user="%") == []


def test_the_lines_of_a_group_are_those_of_its_records_and_users(busy: Api, add_user: AddUser) -> None:
    busy.save({"record_id": "5", "redcap_data_access_group": "south"})
    group = next(row for row in busy.json("dag") if row["unique_group_name"] == "south")
    for asked in ("south", str(group["data_access_group_id"])):
        assert {record for (record,) in lines(busy, "record", dag=asked)} == {"5"}
    member = add_user(busy, "sue", "south", api_export=1, logging=1)
    member.json("record")
    found = set(lines(busy, "username", "record", dag="south"))
    assert found == {("sandbox_owner", "5"), ("sue", "")}
    assert set(lines(member, "username", "record", dag="north")) <= {("sandbox_owner", "5"), ("sue", "")}


@pytest.mark.parametrize(
    ("begin", "end", "minutes"),
    [
        ("2025-09-18 08:31", "2025-09-18 08:32", {"08:31", "08:32"}),
        ("2025-09-18 08:31:59", "2025-09-18 08:31:00", {"08:31"}),
        ("2025-09-18 08:33", "", {"08:33", "08:34"}),
        ("", "2025-09-18 08:29", set()),
        ("2025-09-18", "2025-09-18", {"08:30", "08:31", "08:32", "08:33", "08:34"}),
        ("2025-09-19", "", set()),
        ("2025-09-18 08:34", "2025-09-18 08:31", set()),
    ],
)
def test_begin_and_end_are_minutes_of_the_server_and_both_inside(
    busy: Api, begin: str, end: str, minutes: set[str]
) -> None:
    found = lines(busy, "timestamp", beginTime=begin, endTime=end)
    assert {timestamp[11:] for (timestamp,) in found} == minutes


@pytest.mark.parametrize(
    "time",
    [
        "18/09/2025",
        "2025-09-18T08:30",
        "2025-9-18",
        "2025-09-18 8:30",
        "now",
        "\x00",
        "２０２５-09-18",
        "2025-02-30",
        "2025-09-18 24:01",
    ],
)
def test_a_time_that_is_none_is_refused(busy: Api, time: str) -> None:
    assert busy.refusal("log", endTime=time) == (400, 'The value of the parameter "endTime" is not valid')


def test_clocks_that_go_back_leave_the_order_as_it_was(tmp_path: Path, clock: Clock) -> None:
    clock.now = datetime(2025, 10, 26, 0, 30, tzinfo=UTC)  # 2:30 in Berlin, in summer time
    with serve(tmp_path, SUPER_TOKEN, timezone="Europe/Berlin", clock=clock) as sandbox:
        owner = new_project(sandbox, TEAM)
        owner.save({"record_id": "1"})
        clock.now = datetime(2025, 10, 26, 0, 59, 59, tzinfo=UTC)
        owner.save({"record_id": "2"})
        clock.now = datetime(2025, 10, 26, 1, 10, tzinfo=UTC)  # 2:10 in winter time
        owner.save({"record_id": "3"})
        clock.now = datetime(2025, 10, 26, 2, 0, tzinfo=UTC)
        owner.save({"record_id": "4"})
        times = lines(owner, "timestamp", "record", logtype="record")
        assert times == [
            ("2025-10-26 03:00", "4"),
            ("2025-10-26 02:10", "3"),
            ("2025-10-26 02:59", "2"),
            ("2025-10-26 02:30", "1"),
        ]
        twice = {"beginTime": "2025-10-26 02:00", "endTime": "2025-10-26 02:59", "logtype": "record"}
        assert [record for (record,) in lines(owner, "record", **twice)] == ["3", "2", "1"]
        found = owner.json("record", dateRangeBegin="2025-10-26 02:20:00", dateRangeEnd="2025-10-26 02:59:59")
        assert [row["record_id"] for row in found] == ["1", "2"]


def test_lines_of_a_longitudinal_project_name_the_event(sandbox: Sandbox) -> None:
    study = longitudinal(sandbox, groups=("North",))
    study.save(at("1", "start_arm_1", name="Ann", redcap_data_access_group="north"))
    study.save(at("1", "daily_arm_1", "", 3, mood="1"), at("1", "later_arm_1", "visit", 1, weight="70"))
    assert lines(study, "action", "details", logtype="record") == [
        ("Update record (API) 1 (Later (Arm 1: Group 1))", "weight = '70', visit_complete = '0'"),
        ("Update record (API) 1 (Daily (Arm 1: Group 1))", "[instance = 3], mood = '1', diary_complete = '0'"),
        (
            "Update record (API) 1",
            "Assign record to Data Access Group (redcap_data_access_group = 'north')",
        ),
        ("Create record (API) 1 (Start (Arm 1: Group 1))", "record_id = '1', name = 'Ann', enrol_complete = '0'"),
    ]
