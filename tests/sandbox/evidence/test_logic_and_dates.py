"""Which rows a filter keeps, which records a date range, and what the next record would be called."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.conftest import AddUser, Api, Clock, field
from tests.sandbox.evidence.conftest import Create, csv
from tests.sandbox.evidence.odm import Study, Visit

ROW = ("team_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance")


def rows(api: Api, logic: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in ROW) for row in api.json("record", filterLogic=logic)]


def records(api: Api, **parameters: Any) -> list[str]:
    return [row["ward_id"] for row in api.json("record", fields="ward_id", **parameters)]


# L1 [R] read-oneshot/filter-numeric, filter-character; quotes of either kind, and the operators of the API's help
@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        ("[beds] >= 61", ["2"]),
        ("[ward_name] = 'Elm Ward'", ["1"]),
        ('[ward_name] = "Oak Ward"', ["2"]),
        ("[beds] <> ''", ["1", "2"]),
        ("[beds] = ''", ["10"]),
        ("[sort] = '1' or [sort] = '2'", ["1", "10"]),
        ("[sort] = '2' and [beds] = ''", ["10"]),
        ("[roles(k>=9)] = '1'", ["1"]),
        ("[roles(-2)] = '0'", ["1", "2", "10"]),
        ("round([beds]/3, 1) = 6.7", ["1"]),
        ("sum([beds], [falls]) > 22", ["1", "2"]),
        ("datediff([opened], '2019-05-31', 'd') = 30", ["1"]),
        ("[ward_name] = 'nobody'", []),
    ],
    ids=str,
)
def test_logic_keeps_the_rows_it_is_true_for(wards: Api, logic: str, expected: list[str]) -> None:
    assert records(wards, filterLogic=logic) == expected


# L1 [P] export_records(filter_logic="[field_1] = 1") doctest
def test_pycap_filters_in_a_longitudinal_project(teams: Api) -> None:
    found = teams.project().export_records(filter_logic="[asked] = 2")
    assert [(row["redcap_event_name"], row["redcap_repeat_instance"]) for row in found] == [
        ("action_period_arm_1", 1),
        ("action_period_arm_1", 2),
    ]


# L2 [R] projects/longitudinal/expected/filter-numeric: only rows of events that hold the field
def test_a_filter_works_on_rows_not_on_records(teams: Api) -> None:
    assert rows(teams, "[kept] >= 3") == [
        ("1", "learning_session_1_arm_1", "", ""),
        ("2", "final_review_meeti_arm_2", "", ""),
    ]
    assert rows(teams, "[team] = 'Ash'")[0] == ("1", "start_arm_1", "", "")


# L2 [H] help of the export: a field of another event by that event's name
def test_logic_reads_other_events(teams: Api) -> None:
    assert [row[:2] for row in rows(teams, "[start_arm_1][team] = 'Ash' and [kept] <> ''")] == [
        ("1", "learning_session_1_arm_1"),
        ("1", "action_period_arm_1"),
        ("1", "action_period_arm_1"),
    ]


# L3 [H]: logic that cannot be read is refused
@pytest.mark.parametrize("logic", ["[beds] >", "[no_such_field] = 1", "beds > 1)"])
def test_logic_that_cannot_be_read_is_refused(wards: Api, logic: str) -> None:
    status, _ = wards.refusal("record", filterLogic=logic)
    assert status == 400


@pytest.fixture
def dated(own_wards: Api, clock: Clock) -> Api:
    """Record 20 made at 09:00, record 21 at 10:00, record 20 changed at 11:00, 22 made and deleted in between."""
    clock.set("2025-10-01 09:00:00")
    own_wards.save({"ward_id": "20", "ward_name": "A"}, {"ward_id": "22"})
    clock.set("2025-10-01 10:00:00")
    own_wards.save({"ward_id": "21"})
    own_wards.json("record", action="delete", **{"records[0]": "22"})
    clock.set("2025-10-01 11:00:00")
    own_wards.save({"ward_id": "20", "beds": "5"})
    return own_wards


# L4 [R] read-oneshot "date-range", [P] export_records(date_begin=…), [A] date_begin, date_end
@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        ("2025-10-01 09:30:00", "", ["20", "21"]),
        ("2025-10-01 10:30:00", "", ["20"]),
        ("2025-10-01 09:30:00", "2025-10-01 10:30:00", ["21"]),
        ("", "2025-10-01 09:30:00", ["1", "2", "10", "20"]),
        ("2025-10-01 11:30:00", "", []),
    ],
    ids=["after", "later", "between", "before", "nothing"],
)
def test_a_range_keeps_records_that_were_made_or_changed_in_it(
    dated: Api, begin: str, end: str, expected: list[str]
) -> None:
    assert records(dated, dateRangeBegin=begin, dateRangeEnd=end) == expected


# L4 [H], [I] REDCapR#321: the whole record comes, not what changed
def test_a_range_brings_whole_records(own_teams: Api, clock: Clock) -> None:
    clock.set("2025-10-01 09:00:00")
    own_teams.save({"team_id": "1", "redcap_event_name": "start_arm_1", "team": "Ash tree"})
    found = own_teams.json("record", dateRangeBegin="2025-10-01 08:00:00")
    assert [row["team_id"] for row in found] == ["1"] * 6


# L5 [R] test-read-oneshot "empty-dataset"
def test_a_range_without_changes_is_an_empty_data_set(wards: Api) -> None:
    assert csv(wards, "record", dateRangeBegin="2031-01-01 00:00:00").strip() == ""
    assert wards.json("record", dateRangeBegin="2031-01-01 00:00:00") == []


# L6 [R] test-next-free-record-name "Numeric ID", [P] generate_next_record_name doctest, [A] test-350
def test_the_next_record_is_one_more_than_the_highest_number(wards: Api) -> None:
    assert wards.call("generateNextRecordName").text == "11"
    assert wards.project().generate_next_record_name() == "11"


# L6 [R] "Arm": over all arms
def test_the_next_record_counts_every_arm(own_teams: Api) -> None:
    own_teams.save({"team_id": "304", "redcap_event_name": "start_arm_2"})
    assert own_teams.call("generateNextRecordName").text == "305"


# L6 [R] "Character ID"
def test_records_that_are_no_numbers_do_not_count(new: Create) -> None:
    visits = tuple(Visit(name, "form", {"id": name, "form_complete": "0"}) for name in ("aa1", "b-7", "x"))
    owner = new(Study(title="Names", fields=(field("id", "form"),), forms={"form": "Form"}, visits=visits))
    assert owner.call("generateNextRecordName", format="csv").text == "1"


# L6 [R] "DAG" (20-1 though 331-1 exists)
def test_a_members_next_record_counts_his_groups_prefix_only(own_wards: Api, join: AddUser) -> None:
    number = next(row["data_access_group_id"] for row in own_wards.json("dag") if row["unique_group_name"] == "south")
    member = join(own_wards, "member", group="south", api_export=1, api_import=1)
    own_wards.save({"ward_id": "331-1"})
    assert member.call("generateNextRecordName").text == f"{number}-1"
    member.save({"ward_id": f"{number}-1"})
    assert member.call("generateNextRecordName").text == f"{number}-2"
