"""Arms and events come and go: names, days, what happens to data and designations, projects that change their kind."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.conftest import Api, MakeProject, field, invalid
from tests.sandbox.longitudinal import FIELDS, at, designate, longitudinal, places, value

from redcap_sandbox import Sandbox


@pytest.fixture
def study(sandbox: Sandbox) -> Api:
    return longitudinal(sandbox)


def uniques(owner: Api) -> list[str]:
    return [row["unique_event_name"] for row in owner.json("event")]


def add(owner: Api, *rows: dict[str, Any], **parameters: str) -> int:
    return int(owner.json("event", action="import", data=list(rows), **parameters))


def test_events_of_the_same_name_in_one_arm_are_told_apart_by_a_letter(study: Api) -> None:
    long = "A very long name for an event"
    add(study, *({"event_name": name, "arm_num": 1} for name in (long, f"{long}!", "a VERY long name?")))
    add(study, {"event_name": long, "arm_num": 2})
    assert uniques(study)[3:6] == ["a_very_long_name_f_arm_1", "a_very_long_name_f_arm_1b", "a_very_long_name_arm_1"]
    assert uniques(study)[-1] == "a_very_long_name_f_arm_2"


@pytest.mark.parametrize(
    ("label", "unique"),
    [
        ("Événement 1", "v_nement_1_arm_1"),
        ("1", "1_arm_1"),
        ("???", "event_arm_1"),
        ("<b>x</b>", "b_x__b_arm_1"),
        ("'; DROP TABLE event --", "drop_table_even_arm_1"),
    ],
)
def test_any_label_gets_a_unique_name_of_letters_digits_and_underscores(study: Api, label: str, unique: str) -> None:
    add(study, {"event_name": label, "arm_num": 1})
    (row,) = (row for row in study.json("event") if row["event_name"] == label)
    assert row["unique_event_name"] == unique


def test_many_events_of_one_name_are_all_told_apart(study: Api) -> None:
    add(study, *({"event_name": "Same", "arm_num": 2} for _ in range(60)))
    names = uniques(study)
    assert (len(names), len(set(names))) == (64, 64)
    assert names[-60:-34] == ["same_arm_2", *(f"same_arm_2{letter}" for letter in "bcdefghijklmnopqrstuvwxyz")]


def test_an_event_that_is_renamed_keeps_its_data_and_changes_its_unique_name(study: Api) -> None:
    study.save(at("1", "later_arm_1", "visit", 1, weight="70"))
    row = {"event_name": "Much later", "arm_num": 1, "unique_event_name": "later_arm_1", "custom_event_label": "[name]"}
    assert add(study, row) == 1
    assert uniques(study) == ["start_arm_1", "much_later_arm_1", "daily_arm_1", "start_arm_2"]
    assert study.json("event")[1]["custom_event_label"] == "[name]"
    assert value(study, "1", "much_later_arm_1", "weight", 1) == "70"
    repeats = study.json("repeatingFormsEvents")
    assert [row["event_name"] for row in repeats] == ["much_later_arm_1", "daily_arm_1"]


def test_an_event_that_is_sent_as_it_is_stays_as_it_is(study: Api) -> None:
    rows = study.json("event")
    assert add(study, *rows) == 4
    assert study.json("event") == rows


def test_an_event_moves_to_another_arm_with_its_data(study: Api) -> None:
    study.save(at("1", "later_arm_1", "visit", 1, weight="70"))
    add(study, {"event_name": "Later", "arm_num": 2, "unique_event_name": "later_arm_1"})
    assert uniques(study) == ["start_arm_1", "daily_arm_1", "later_arm_2", "start_arm_2"]
    assert value(study, "1", "later_arm_2", "weight", 1) == "70"


def test_days_are_exported_where_events_are_scheduled(study: Api) -> None:
    sent = {"event_name": "Visit", "arm_num": 1, "day_offset": "14", "offset_min": "-3", "offset_max": "2"}
    add(study, sent, {"event_name": "Call", "arm_num": 1, "days_offset": 30})
    assert "days_offset" not in study.json("event")[0]
    study.json("project_settings", data=[{"scheduling_enabled": 1}])
    rows = study.json("event")
    assert list(rows[0])[5:] == ["days_offset", "offset_min", "offset_max"]
    assert [list(row.values())[5:] for row in rows[2:5]] == [[0, 0, 0], [14, -3, 2], [30, 0, 0]]
    add(study, {**rows[3], "days_offset": 21})
    assert study.json("event")[3]["days_offset"] == 21


@pytest.mark.parametrize("days", ["soon", "1.5", "²", "999999", "- 1", "1; DROP TABLE event"])
def test_days_are_whole_numbers(study: Api, days: str) -> None:
    row = {"event_name": "Visit", "arm_num": 1, "offset_max": days}
    assert study.refusal("event", action="import", data=[row]) == (400, invalid("offset_max", days.strip()))


@pytest.mark.parametrize(
    ("content", "row", "message"),
    [
        ("event", {"event_name": "X", "arm_num": 9}, invalid("arm_num", "9")),
        ("event", {"event_name": "X", "arm_num": "one"}, invalid("arm_num", "one")),
        ("event", {"event_name": " ", "arm_num": 1}, "Each event must have an event_name"),
        ("arm", {"arm_num": "0", "name": "Zero"}, invalid("arm_num", "0")),
        ("arm", {"arm_num": "1e3", "name": "Thousand"}, invalid("arm_num", "1e3")),
        ("arm", {"arm_num": "9" * 40, "name": "Huge"}, invalid("arm_num", "9" * 40)),
        ("arm", {"arm_num": "٣", "name": "Three"}, invalid("arm_num", "٣")),
        ("arm", {"arm_num": 3}, "Each arm must have a name"),
    ],
    ids=str,
)
def test_what_is_no_arm_or_event_is_refused_and_nothing_changes(
    study: Api, content: str, row: dict[str, Any], message: str
) -> None:
    before = study.json(content)
    good = {"event_name": "Fine", "arm_num": 1, "name": "Fine"}
    assert study.refusal(content, action="import", override="1", data=[good, row]) == (400, message)
    assert study.json(content) == before


def test_deleting_what_is_not_there_deletes_nothing(study: Api) -> None:
    asked = {"events[0]": "later_arm_1", "events[1]": "never"}
    assert study.refusal("event", action="delete", **asked) == (400, invalid("events", "never"))
    assert study.refusal("arm", action="delete", arms="1,7") == (400, invalid("arms", "7"))
    for content, parameter in (("event", "events"), ("arm", "arms")):
        message = f'The required parameter "{parameter}" is missing'
        assert study.refusal(content, action="delete") == (400, message)
    assert len(uniques(study)) == 4


def test_the_last_event_stays(study: Api) -> None:
    joined = ",".join(uniques(study))
    assert study.refusal("event", action="delete", events=joined)[0] == 400
    assert study.json("event", action="delete", events="later_arm_1,daily_arm_1,later_arm_1") == 2
    assert uniques(study) == ["start_arm_1", "start_arm_2"]


def test_a_record_vanishes_with_its_last_event(study: Api) -> None:
    study.save(at("1", "later_arm_1"), at("2", "later_arm_1"), at("2", "start_arm_2"), at("3", "start_arm_2"))
    study.json("event", action="delete", events="later_arm_1")
    assert [place[0] for place in places(study)] == ["2", "3"]
    study.json("arm", action="delete", **{"arms[0]": "2"})
    assert study.json("record") == []
    study.save(at("1", "start_arm_1"))
    assert [place[:2] for place in places(study)] == [("1", "start_arm_1")]


def test_overriding_arms_takes_events_mappings_repeats_and_data(study: Api) -> None:
    study.save(at("1", "start_arm_1", name="Ann"))
    study.json("arm", action="import", override="1", data=[{"arm_num": 5, "name": "Only"}])
    add(study, *({"event_name": name, "arm_num": 5} for name in ("One", "Two")))
    assert (study.json("record"), study.json("formEventMapping")) == ([], [])
    assert study.refusal("repeatingFormsEvents")[0] == 400
    assert study.json("arm") == [{"arm_num": 5, "name": "Only"}]


def test_a_project_without_events_takes_no_records_and_goes_on(study: Api) -> None:
    study.save(at("1", "start_arm_1"))
    study.json("arm", action="delete", arms="1,2")
    none = (400, "The project has no events: add one first.")
    assert study.refusal("record", data=[{"record_id": "1"}]) == none
    assert study.refusal("record", backgroundProcess="1", data=[{"record_id": "1"}]) == none
    assert study.refusal("file", action="export", record="1", field="remark")[0] == 400
    assert study.refusal("repeatingFormsEvents", action="import", data=[{"form_name": "visit"}]) == none
    for kind in ("flat", "eav"):
        assert study.json("record", type=kind) == []
    assert study.json("metadata", action="import", data=list(FIELDS)) == len(FIELDS)
    assert study.call("pdf", allRecords="1").status_code == 200
    study.json("arm", action="import", data=[{"arm_num": 1, "name": "Again"}])
    add(study, {"event_name": "Start", "arm_num": 1})
    study.save({"record_id": "1", "weight": "70"})
    assert study.json("record", fields="weight") == [{"weight": "70"}]


def test_a_project_that_becomes_classic_shows_its_first_event_and_hides_the_others(study: Api) -> None:
    study.save(
        at("1", "start_arm_1", name="Ann"),
        at("1", "later_arm_1", "visit", 2, weight="71"),
        at("1", "daily_arm_1", "", 1, mood="2"),
        at("2", "start_arm_2", name="Bo"),
    )
    before = study.json("record")
    study.json("project_settings", data=[{"is_longitudinal": "0"}])
    (row,) = study.json("record")
    assert (row["record_id"], row["name"], row["mood"]) == ("1", "Ann", "")
    assert "redcap_event_name" not in row
    assert "redcap_repeat_instance" not in row
    assert {value["field_name"] for value in study.json("record", type="eav")} == {
        "record_id",
        "name",
        "enrol_complete",
    }
    assert study.json("record", filterLogic="[weight] = 71 or [mood] = 2") == []
    assert study.refusal("arm")[1] == "You cannot export arms for classic projects"
    assert study.save({"record_id": "1", "redcap_event_name": "daily_arm_1", "redcap_repeat_instance": ""})
    assert study.refusal("record", data=[{"record_id": "1", "redcap_repeat_instance": "1"}])[0] == 400
    study.json("project_settings", data=[{"is_longitudinal": "1"}])
    assert study.json("record") == before


def test_what_was_entered_while_the_project_was_classic_is_seen_when_it_is_longitudinal_again(study: Api) -> None:
    study.json("project_settings", data=[{"is_longitudinal": "0"}])
    study.save({"record_id": "1", "name": "Ann", "mood": "1"})
    study.json("project_settings", data=[{"is_longitudinal": "1"}])
    assert value(study, "1", "start_arm_1", "mood") == "1"
    assert ("start_arm_1", "diary") in [tuple(row.values())[1:] for row in study.json("formEventMapping")]


def test_a_record_of_other_events_only_is_still_taken_while_the_project_is_classic(study: Api) -> None:
    study.save(at("2", "start_arm_2", name="Bo"))
    study.json("project_settings", data=[{"is_longitudinal": "0"}])
    assert study.call("generateNextRecordName").text == "3"
    study.save({"record_id": "2", "name": "Here"})
    study.json("project_settings", data=[{"is_longitudinal": "1"}])
    assert [value(study, "2", event, "name") for event in ("start_arm_1", "start_arm_2")] == ["Here", "Bo"]


def test_a_second_event_makes_a_project_longitudinal_that_is_set_up_so(make: MakeProject) -> None:
    owner = make(FIELDS)
    owner.json("project_settings", data=[{"is_longitudinal": 1}])
    owner.json("metadata", data=[*FIELDS, field("extra", "added")])
    owner.save({"record_id": "1", "mood": "1", "extra": "kept"})
    add(owner, {"event_name": "Second", "arm_num": 1})
    assert owner.json("project")["is_longitudinal"] == 1
    (row,) = owner.json("record")
    assert (row["redcap_event_name"], row["mood"], row["extra"]) == ("event_1_arm_1", "1", "kept")
    assert {row["form"] for row in owner.json("formEventMapping")} == {"enrol", "visit", "diary", "added"}


def test_a_new_form_of_a_longitudinal_project_is_designated_nowhere(study: Api) -> None:
    study.json("metadata", data=[*FIELDS, field("extra", "added")])
    assert "added" not in {row["form"] for row in study.json("formEventMapping")}
    status, message = study.refusal("record", data=[at("1", "start_arm_1", extra="x")])
    assert (status, "is not designated for the event named 'Start (Arm 1: Group 1)'" in message) == (400, True)


def test_designations_may_be_sent_twice_and_must_be_of_the_project(study: Api) -> None:
    pair = {"arm_num": 1, "unique_event_name": "start_arm_1", "form": "enrol"}
    assert study.json("formEventMapping", action="import", data=[pair, pair]) == 2
    assert study.json("formEventMapping") == [pair]
    assert study.refusal("formEventMapping", action="import", data=[{**pair, "form": "nope"}])[0] == 400
    unknown = {**pair, "unique_event_name": "never"}
    assert study.refusal("formEventMapping", action="import", data=[unknown]) == (
        400,
        invalid("unique_event_name", "never"),
    )
    assert study.json("formEventMapping") == [pair]


@pytest.mark.parametrize(
    "rows",
    [
        [{"event_name": "start_arm_2", "form_name": "visit"}],
        [{"event_name": "never", "form_name": "visit"}],
        [{"event_name": "start_arm_1", "form_name": "nope"}],
        [{"form_name": "visit"}],
        [{"event_name": "start_arm_1", "form_name": "visit"}, {"event_name": "start_arm_1", "form_name": ""}],
    ],
    ids=["not designated", "no event", "no form", "event left out", "form and event"],
)
def test_only_what_is_there_can_repeat(study: Api, rows: list[dict[str, str]]) -> None:
    before = study.json("repeatingFormsEvents")
    assert study.refusal("repeatingFormsEvents", action="import", data=rows)[0] == 400
    assert study.json("repeatingFormsEvents") == before


def test_arms_events_and_mappings_are_logged(study: Api) -> None:
    study.json("arm", action="import", data=[{"arm_num": 3, "name": "Third"}, {"arm_num": 1, "name": "First"}])
    add(study, {"event_name": "New", "arm_num": 3, "day_offset": 4})
    designate(study, [("new_arm_3", "enrol")])
    study.json("event", action="delete", events="daily_arm_1")
    details = [row["details"] for row in study.json("log", logtype="manage")][:5]
    assert details == [
        "Delete event (API) (Event: Daily, Arm: First, Days Offset: 0, Offset Range: -0/+0)",
        "Perform instrument-event mappings (API)",
        "Create event (API) (Event: New, Arm: Third, Days Offset: 4, Offset Range: -0/+0)",
        "Edit arm name/number (API) Arm 1: First",
        "Create arm (API) Arm 3: Third",
    ]
