"""The project's log."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.sandbox.conftest import AddUser, Api, Clock
from tests.sandbox.evidence.conftest import csv, upload


def log(api: Api, **parameters: Any) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = api.json("log", **parameters)
    return rows


@pytest.fixture
def busy(own_wards: Api, clock: Clock) -> Api:
    """Record 5 made at 09:00, changed at 09:30, deleted at 10:00."""
    clock.set("2025-10-11 09:00:20")
    own_wards.save({"ward_id": "5", "ward_name": "Fir\nwing"})
    clock.set("2025-10-11 09:30:40")
    own_wards.save({"ward_id": "5", "ward_name": "Fig"}, {"ward_id": "1", "redcap_data_access_group": "south"})
    clock.set("2025-10-11 10:00:00")
    own_wards.json("record", action="delete", **{"records[0]": "5"})
    return own_wards


# J1 [R] log-read/2024-10-11, [P] export_logging doctest: five columns, newest first, to the minute
def test_the_newest_line_is_first(busy: Api) -> None:
    rows = log(busy, record="5")
    assert list(rows[0]) == ["timestamp", "username", "action", "details", "record"]
    assert [row["timestamp"] for row in rows] == ["2025-10-11 10:00", "2025-10-11 09:30", "2025-10-11 09:00"]
    assert csv(busy, "log").startswith("timestamp,username,action,details,record\n")


# J2 [A] changedRecords.R: made, changed and deleted records are told by the beginning of the action
def test_changed_records_are_found_by_the_action(busy: Api) -> None:
    found = {
        kind: [row["record"] for row in log(busy) if re.match(f"{kind} record", row["action"], re.IGNORECASE)]
        for kind in ("create", "update", "delete")
    }
    assert found["delete"] == ["5"]
    assert "5" in found["create"]
    assert {"5", "1"} <= set(found["update"])


# J2 [RS] B.3.14: what the API does is marked, and the record named
def test_actions_name_the_record(busy: Api) -> None:
    actions = [row["action"] for row in log(busy, record="5")]
    assert re.fullmatch(r"Delete record (\(API\) )?5", actions[0])
    assert actions[1:] == ["Update record (API) 5", "Create record (API) 5"]


# J3 [R] log-read: field = 'value', line breaks as blanks
def test_details_list_the_values(busy: Api) -> None:
    created = log(busy, record="5")[2]["details"]
    assert "ward_name = 'Fir wing'" in created
    assert "ward_id = '5'" in created


KINDS = [
    ("export", "export"),
    ("record", r"Manage|[Rr]ecord"),
    ("record_add", "Create record"),
    ("record_edit", "Update record"),
    ("record_delete", "Delete record"),
    ("user", r"[Uu]ser|Manage| "),
    ("manage", "Manage/Design"),
]


# J4 [A] test-800 "Logs are returned for logtype = …"
@pytest.mark.parametrize(("kind", "pattern"), KINDS)
def test_lines_are_chosen_by_kind(busy: Api, kind: str, pattern: str) -> None:
    busy.json("record")
    busy.json("user", data=[{"username": "someone"}])
    rows = log(busy, logtype=kind)
    assert rows
    assert all(re.search(pattern, row["action"], re.IGNORECASE) for row in rows)


# J4 [A] test-800: nothing is locked or looked at, so nothing is there
@pytest.mark.parametrize("kind", ["lock_record", "page_view"])
def test_other_kinds_are_known(busy: Api, kind: str) -> None:
    assert log(busy, logtype=kind) == []


# J5 [A] test-800: users, [R] redcap-log-read.R user
def test_lines_are_chosen_by_user(busy: Api, join: AddUser) -> None:
    join(busy, "writer", api_export=1, api_import=1).save({"ward_id": "2", "beds": "9"})
    rows = log(busy, user="writer")
    assert [(row["username"], row["action"]) for row in rows] == [("writer", "Update record (API) 2")]
    assert log(busy, user="this user does not exist") == []


# J5 [A] test-800, [R] redcap-log-read.R record
def test_lines_are_chosen_by_record(busy: Api) -> None:
    assert {row["record"] for row in log(busy, record="5")} == {"5"}
    assert log(busy, record="thisisprobablynotarecordid") == []


# J5 [A] test-800 dag = unique name
def test_lines_are_chosen_by_group(busy: Api) -> None:
    rows = log(busy, dag="south")
    assert rows
    assert {row["record"] for row in rows} <= {"1", ""}


# J6 [R] redcap-log-read.R sends seconds, [A] exportLogging.R minutes; both ends are part of it
@pytest.mark.parametrize(
    ("begin", "end", "minutes"),
    [
        ("2025-10-11 09:30", "2025-10-11 09:30", {"09:30"}),
        ("2025-10-11 09:30:00", "2025-10-11 23:59:00", {"09:30", "10:00"}),
        ("", "2025-10-11 09:30", {"09:00", "09:30"}),
    ],
)
def test_lines_are_chosen_by_minute(busy: Api, begin: str, end: str, minutes: set[str]) -> None:
    rows = log(busy, record="5", beginTime=begin, endTime=end)
    assert {row["timestamp"][11:] for row in rows} == minutes


READS = [
    ("log", "Export Logging (API)"),
    ("dag", "Export DAGs (API)"),
    ("project", "Export project information (API)"),
    ("instrument", "Export instruments (API)"),
]


# J7 [R] log-read/2024-10-11: reading through the API is design, too
@pytest.mark.parametrize(("content", "details"), READS)
def test_reads_are_logged(busy: Api, content: str, details: str) -> None:
    busy.json(content)
    newest = log(busy)[0]
    assert (newest["action"].strip(), newest["details"], newest["record"]) == ("Manage/Design", details, "")


# J8 [P] test_export_logging: the oldest line about the design; export_logging doctest: its action ends in a blank
def test_pycap_finds_the_creation_of_the_project(own_wards: Api) -> None:
    project = own_wards.project()
    assert "manage/design" in project.export_logging(log_type="manage").pop()["action"].lower()
    created = [row for row in log(own_wards) if row["details"].startswith("Create project ")]
    assert created
    assert {row["action"] for row in created} == {"Manage/Design "}


# J8 [P] export_logging doctest: `…'details': 'Create project ...'}, ...]`: an older line follows it
def test_the_creation_of_the_project_is_not_the_very_first_line(own_wards: Api) -> None:
    rows = log(own_wards)
    places = [number for number, row in enumerate(rows) if row["details"].startswith("Create project ")]
    assert places[0] < len(rows) - 1


# J9 [R] log-read: a file is logged by the number of its document
def test_a_file_is_logged_by_its_number(own_wards: Api) -> None:
    upload(own_wards, "file", "new.txt", b"x", record="2", field="plan")
    assert any(re.search(r"plan = '\d+'", row["details"]) for row in log(own_wards, record="2"))
