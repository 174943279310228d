"""Deleting part of a record of several events: an arm, an event, a form, an instance; and what the log says."""

from __future__ import annotations

import pytest
from tests.sandbox.conftest import AddUser, Api, invalid
from tests.sandbox.longitudinal import at, longitudinal, places, value

from redcap_sandbox import Sandbox


@pytest.fixture
def study(sandbox: Sandbox) -> Api:
    """Record 1 in both arms, with repeats of both kinds; record 2 in the second arm only."""
    owner = longitudinal(sandbox, groups=("North",))
    owner.save(
        at("1", "start_arm_1", name="Ann", weight="70"),
        at("1", "later_arm_1", "visit", 1, weight="71"),
        at("1", "later_arm_1", "visit", 2, weight="72", remark="x"),
        at("1", "daily_arm_1", "", 1, mood="1"),
        at("1", "daily_arm_1", "", 2, mood="2", signs___a="1"),
        at("1", "start_arm_2", name="Ann", mood="2"),
        at("2", "start_arm_2", name="Bo"),
    )
    return owner


ALL = [
    ("start_arm_1", "", ""),
    ("later_arm_1", "", ""),
    ("start_arm_2", "", ""),
    ("later_arm_1", "visit", 1),
    ("later_arm_1", "visit", 2),
    ("daily_arm_1", "", 1),
    ("daily_arm_1", "", 2),
]


def delete(owner: Api, record: str = "1", **parameters: str) -> int:
    return int(owner.json("record", action="delete", **{"records[0]": record}, **parameters))


def left(owner: Api, record: str = "1") -> list[tuple[object, ...]]:
    return [place[1:] for place in places(owner, records=record)]


@pytest.mark.parametrize(
    ("asked", "gone"),
    [
        ({"arm": "2"}, {"start_arm_2"}),
        ({"arm": "1"}, {"start_arm_1", "later_arm_1", "daily_arm_1"}),
        ({"event": "start_arm_1"}, {"start_arm_1"}),
        ({"event": "later_arm_1"}, {"later_arm_1"}),
        ({"event": "daily_arm_1"}, {"daily_arm_1"}),
        ({"event": "daily_arm_1", "arm": "1"}, {"daily_arm_1"}),
    ],
    ids=lambda given: ",".join(sorted(given.values() if isinstance(given, dict) else given)),
)
def test_an_arm_or_event_goes_with_all_that_is_in_it(study: Api, asked: dict[str, str], gone: set[str]) -> None:
    assert delete(study, **asked) == 1
    assert left(study) == [place for place in ALL if place[0] not in gone]


@pytest.mark.parametrize(
    ("asked", "gone"),
    [
        ({"event": "daily_arm_1", "repeat_instance": "1"}, [("daily_arm_1", "", 1)]),
        (
            {"event": "later_arm_1", "instrument": "visit", "repeat_instance": "2"},
            [("later_arm_1", "visit", 2)],
        ),
        ({"event": "later_arm_1", "instrument": "visit"}, [("later_arm_1", "visit", 1), ("later_arm_1", "visit", 2)]),
        ({"event": "daily_arm_1", "repeat_instance": "9"}, []),
    ],
    ids=str,
)
def test_instances_go_alone_or_together(study: Api, asked: dict[str, str], gone: list[tuple[str, str, int]]) -> None:
    assert delete(study, **asked) == 1
    assert left(study) == [place for place in ALL if place not in gone]


def test_a_form_goes_and_its_row_stays(study: Api) -> None:
    assert delete(study, event="start_arm_1", instrument="visit") == 1
    assert left(study) == ALL
    assert (value(study, "1", "start_arm_1", "weight"), value(study, "1", "start_arm_1", "name")) == ("", "Ann")
    assert value(study, "1", "start_arm_1", "visit_complete") == "0"
    gray = study.json("record", records="1", events="start_arm_1", exportBlankForGrayFormStatus="true")
    assert gray[0]["visit_complete"] == ""


def test_a_form_of_a_repeating_event_goes_from_one_instance(study: Api) -> None:
    assert delete(study, event="daily_arm_1", instrument="diary", repeat_instance="2") == 1
    assert left(study) == ALL
    assert [value(study, "1", "daily_arm_1", "mood", number) for number in (1, 2)] == ["1", ""]


def test_a_record_is_gone_with_the_last_event_it_was_in(study: Api) -> None:
    assert delete(study, "2", event="start_arm_2") == 1
    assert left(study, "2") == []
    newest = study.json("log", logtype="record", record="2")
    assert [row["action"] for row in newest] == [
        "Delete record 2",
        "Update record 2 (Start (Arm 2: Group 2))",
        "Create record (API) 2 (Start (Arm 2: Group 2))",
    ]


def test_the_log_blanks_every_field_and_names_event_and_instance(study: Api) -> None:
    delete(study, event="daily_arm_1", repeat_instance="2")
    newest = study.json("log", logtype="record")[0]
    assert (newest["action"], newest["details"]) == (
        "Update record 1 (Daily (Arm 1: Group 1))",
        "[instance = 2], mood = '', signs(a) = unchecked, signs(B-2) = unchecked, diary_complete = ''",
    )


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"instrument": "visit"}, 'The required parameter "event" is missing'),
        ({"event": "never"}, invalid("event", "never")),
        ({"event": "start_arm_1", "instrument": "nope"}, invalid("instrument", "nope")),
        ({"event": "later_arm_1", "repeat_instance": "1"}, 'The required parameter "instrument" is missing'),
        ({"repeat_instance": "1"}, 'The required parameter "instrument" is missing'),
        ({"arm": "3"}, 'The value of the parameter "arm" is not valid'),
        ({"arm": "one"}, 'The value of the parameter "arm" is not valid'),
        (
            {"event": "daily_arm_1", "repeat_instance": "-1"},
            'The value of the parameter "repeat_instance" is not valid',
        ),
        (
            {"event": "daily_arm_1", "repeat_instance": "1" * 40},
            'The value of the parameter "repeat_instance" is not valid',
        ),
    ],
    ids=str,
)
def test_a_part_that_is_none_is_refused(study: Api, asked: dict[str, str], message: str) -> None:
    assert study.refusal("record", action="delete", **{"records[0]": "1"}, **asked) == (400, message)
    assert left(study) == ALL


def test_a_record_that_is_not_in_the_arm_is_unknown_there(study: Api) -> None:
    status, message = study.refusal("record", action="delete", records="1,2", arm="1")
    assert (status, message.endswith("The following records do not exist: 2")) == (400, True)
    assert left(study) == ALL


def test_several_records_lose_their_part_in_one_call(study: Api) -> None:
    assert study.json("record", action="delete", records="1, 2 ,1", event="start_arm_2") == 2
    assert [place[0] for place in places(study)] == ["1"] * 6


def test_a_member_of_a_group_deletes_parts_of_its_records_only(study: Api, add_user: AddUser) -> None:
    study.save(at("2", "start_arm_2", redcap_data_access_group="north"))
    member = add_user(study, "nora", "north", api_import=1, record_delete=1)
    status, message = member.refusal("record", action="delete", records="1", event="start_arm_1")
    assert (status, message.endswith("do not exist: 1")) == (400, True)
    assert delete(member, "2", event="start_arm_2") == 1


def test_a_deletion_counts_as_a_change_of_what_is_left(study: Api) -> None:
    delete(study, event="daily_arm_1")
    delete(study, "2")
    assert {place[0] for place in places(study, dateRangeBegin="2025-01-01 00:00:00")} == {"1"}


def test_in_a_project_that_is_classic_now_what_it_hides_stays(study: Api) -> None:
    study.json("project_settings", data=[{"is_longitudinal": "0"}])
    assert delete(study, instrument="visit") == 1
    study.json("project_settings", data=[{"is_longitudinal": "1"}])
    assert left(study) == ALL
    assert value(study, "1", "start_arm_1", "weight") == ""
    assert value(study, "1", "later_arm_1", "weight", 2) == "72"
