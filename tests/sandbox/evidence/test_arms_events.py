"""Arms and events of longitudinal projects."""

from __future__ import annotations

from typing import Any

import pytest
from redcap.request import RedcapError
from tests.sandbox.conftest import Api, field
from tests.sandbox.evidence.conftest import Create, csv
from tests.sandbox.evidence.odm import Event, Study, Visit

ARMS = [{"arm_num": 1, "name": "Coached"}, {"arm_num": 2, "name": "On their own"}]
UNIQUE = [
    "start_arm_1",
    "learning_session_1_arm_1",
    "action_period_arm_1",
    "start_arm_2",
    "final_review_meeti_arm_2",
]


def uniques(api: Api, **parameters: Any) -> list[str]:
    return [row["unique_event_name"] for row in api.json("event", **parameters)]


# A1 [P] export_arms doctest, test_arms_export; [R] test-arm-export
def test_arms_have_a_number_and_a_name(teams: Api) -> None:
    assert teams.json("arm") == ARMS
    assert csv(teams, "arm") == 'arm_num,name\n1,"Coached"\n2,"On their own"'


# A1 [P] export_arms(arms=…), [A] exportArms(arms=)
def test_arms_are_chosen_by_number(teams: Api) -> None:
    assert teams.json("arm", **{"arms[0]": "2"}) == ARMS[1:]


# A2 [P] test_export_arms, test_export_events; [R] test-arm-export "delete-single-arm", test-event-read "Classic"
@pytest.mark.parametrize(("content", "called"), [("arm", "arms"), ("event", "events")])
def test_a_classic_project_has_neither(wards: Api, content: str, called: str) -> None:
    assert wards.refusal(content) == (400, f"You cannot export {called} for classic projects")
    with pytest.raises(RedcapError):
        getattr(wards.project(), f"export_{called}")()


# A3 [P] test_arms_import: "REDCap will not return an Arm unless it has an event"
def test_an_arm_without_events_is_not_exported(own_teams: Api) -> None:
    project = own_teams.project()
    assert project.import_arms([{"arm_num": 3, "name": "Waiting"}]) == 1
    assert project.export_arms() == ARMS
    assert project.import_events([{"event_name": "new_event", "arm_num": "3"}]) == 1
    assert project.export_arms() == [*ARMS, {"arm_num": 3, "name": "Waiting"}]
    assert uniques(own_teams)[-1] == "new_event_arm_3"


# A4 [P] test_arms_import_rename
def test_an_arm_is_renamed_by_its_number(own_teams: Api) -> None:
    assert own_teams.project().import_arms([{"arm_num": 1, "name": "Guided"}]) == 1
    assert own_teams.json("arm") == [{"arm_num": 1, "name": "Guided"}, ARMS[1]]
    assert uniques(own_teams) == UNIQUE


# A5 [P] test_arms_delete, delete_arms docstring: events and data go along
def test_an_arm_goes_with_its_events_and_data(own_teams: Api) -> None:
    assert own_teams.project().delete_arms(["2"]) == 1
    assert own_teams.json("arm") == ARMS[:1]
    assert uniques(own_teams) == UNIQUE[:3]
    assert {row["team_id"] for row in own_teams.json("record")} == {"1", "3"}


# A6 [P] test_arms_import_override: everything goes, and can be put back from the exports
def test_overriding_arms_deletes_events_and_mappings(own_teams: Api) -> None:
    project = own_teams.project()
    events, mappings = project.export_events(), project.export_instrument_event_mappings()
    assert project.import_arms(ARMS, override=1) == 2
    assert project.import_events(events) == 5
    assert project.import_instrument_event_mappings(mappings) == 9
    assert project.export_arms() == ARMS
    assert uniques(own_teams) == UNIQUE
    assert project.export_instrument_event_mappings() == mappings


# A7 [A] importArms.R, test-106: CSV, override as a number, the number as text
def test_redcapapi_imports_arms_as_csv(own_teams: Api) -> None:
    data = '"arm_num","name"\n10,"Arm x"\n11,"Arm y"'
    reply = own_teams.call("arm", action="import", format="csv", override="0", data=data)
    assert reply.text == "2"
    events = '"event_name","arm_num"\n"event_x",10\n"event_y",11'
    reply = own_teams.call("event", action="import", format="csv", returnFormat="csv", override="0", data=events)
    assert reply.text == "2"
    assert [row["arm_num"] for row in own_teams.json("arm")] == [1, 2, 10, 11]
    gone = own_teams.call("arm", action="delete", **{"arms[1]": "10", "arms[2]": "11"})
    assert (gone.status_code, gone.text) == (200, "2")


@pytest.fixture
def plain(new: Create) -> Api:
    """A classic project that has never been anything else."""
    return new(Study("Plain", (field("record_id", "form"),), {"form": "Form"}))


# A8 [A] test-106 "Import arms into a empty project": arms and events alone do not make a project longitudinal,
# nor does the setting; both together do
def test_a_project_is_longitudinal_by_its_setting_and_more_than_one_event(plain: Api) -> None:
    plain.json("arm", action="import", data=[{"arm_num": number, "name": f"Arm {number}"} for number in (1, 2, 3)])
    events = [{"event_name": "event_1", "arm_num": number} for number in (1, 2, 3)]
    plain.json("event", action="import", override="1", data=events)
    assert plain.json("project")["is_longitudinal"] == 0
    assert plain.refusal("arm")[1] == "You cannot export arms for classic projects"
    assert plain.call("project_settings", format="csv", data='"is_longitudinal"\n1').text == "1"
    assert plain.json("project")["is_longitudinal"] == 1
    assert [row["name"] for row in plain.json("arm")] == ["Arm 1", "Arm 2", "Arm 3"]
    assert uniques(plain) == ["event_1_arm_1", "event_1_arm_2", "event_1_arm_3"]


# A8 [A] test-107: the setting without a second event
def test_the_setting_alone_does_not_make_a_project_longitudinal(plain: Api) -> None:
    assert plain.json("project_settings", data=[{"is_longitudinal": 1}]) == 1
    assert plain.json("project")["is_longitudinal"] == 0


# A9 [A] test-106 "Import, Export, and Deletion of Arms", test-107: all of them may be deleted
def test_all_arms_may_be_deleted(own_teams: Api) -> None:
    assert own_teams.json("arm", action="delete", **{"arms[0]": "1", "arms[1]": "2"}) == 2
    assert own_teams.json("project")["is_longitudinal"] == 0
    own_teams.json("arm", action="import", data=ARMS)
    own_teams.json("event", action="import", data=[{"event_name": "event_1", "arm_num": number} for number in (1, 2)])
    assert own_teams.json("arm") == ARMS


# E1 [P] export_events doctest, test_events_export; [R] test-event-read
def test_events_come_in_the_order_of_arms(teams: Api) -> None:
    rows = teams.json("event")
    assert [{name: value for name, value in row.items() if name != "event_id"} for row in rows[:2]] == [
        {"event_name": "Start", "arm_num": 1, "unique_event_name": "start_arm_1", "custom_event_label": ""},
        {
            "event_name": "Learning session 1",
            "arm_num": 1,
            "unique_event_name": "learning_session_1_arm_1",
            "custom_event_label": "",
        },
    ]
    assert [row["unique_event_name"] for row in rows] == UNIQUE
    assert list(rows[0]) == ["event_name", "arm_num", "unique_event_name", "custom_event_label", "event_id"]
    assert len({row["event_id"] for row in rows}) == 5
    assert min(row["event_id"] for row in rows) > 0


# E1 [P] export_events(arms=…), [A] exportEvents(arms=)
def test_events_are_chosen_by_arm(teams: Api) -> None:
    assert uniques(teams, **{"arms[0]": "2"}) == UNIQUE[3:]


# E2 [P] test_events_import, test_events_delete
def test_an_event_is_added_and_deleted(own_teams: Api) -> None:
    project = own_teams.project()
    assert project.import_events([{"event_name": "XYZ", "arm_num": "2"}]) == 1
    assert uniques(own_teams) == [*UNIQUE, "xyz_arm_2"]
    assert project.delete_events(["xyz_arm_2"]) == 1
    assert uniques(own_teams) == UNIQUE


# E3 [R] projects/longitudinal/event.csv (deadline_to_opt_ou_arm_2): 18 characters of the label
@pytest.mark.parametrize(
    ("label", "unique"),
    [
        ("Deadline to opt out of study", "deadline_to_opt_ou_arm_2"),
        ("Visit 1", "visit_1_arm_2"),
        ("XYZ", "xyz_arm_2"),
    ],
)
def test_a_unique_name_is_made_of_the_label(own_teams: Api, label: str, unique: str) -> None:
    own_teams.json("event", action="import", data=[{"event_name": label, "arm_num": 2}])
    assert uniques(own_teams)[-1] == unique


# E4 [P] delete_events doctest, then export_events doctest: importing a label that is there adds an event
def test_a_label_that_is_there_already_is_added_again(new: Create) -> None:
    events = tuple(Event(f"event_{number}_arm_1", f"Event {number}", 1, "Arm 1", ("form",)) for number in (1, 2))
    owner = new(Study("Two", (field("record_id", "form"),), {"form": "Form"}, events))
    project = owner.project()
    assert project.import_events([{"event_name": "Event 2", "arm_num": "1"}]) == 1
    assert project.delete_events(["event_2_arm_1"]) == 1
    assert [row["event_name"] for row in project.export_events()] == ["Event 1", "Event 2"]


# E5 [P] delete_events docstring: its data go along
def test_an_event_goes_with_its_data(own_teams: Api) -> None:
    assert own_teams.json("event", action="delete", **{"events[0]": "learning_session_1_arm_1"}) == 1
    events = {row["redcap_event_name"] for row in own_teams.json("record", records="1")}
    assert events == {"start_arm_1", "action_period_arm_1"}


# E6 [A] test-107 "Test the override argument in importEvents"
def test_overriding_events_replaces_them(own_teams: Api) -> None:
    rows = [{"event_name": f"event_{number}", "arm_num": arm} for number, arm in ((10, 1), (11, 2))]
    assert own_teams.json("event", action="import", override="1", data=rows) == 2
    assert uniques(own_teams) == ["event_10_arm_1", "event_11_arm_2"]


# E7 [A] redcapDataStructure.R REDCAP_EVENT_STRUCTURE: with scheduling, three columns more
def test_scheduling_adds_offsets(new: Create) -> None:
    events = (
        Event("one_arm_1", "One", 1, "Arm 1", ("form",)),
        Event("two_arm_1", "Two", 1, "Arm 1", ("form",), day=14),
    )
    study = Study("Scheduled", (field("id", "form"),), {"form": "Form"}, events, settings={"SchedulingEnabled": "1"})
    rows = new(study).json("event")
    assert list(rows[0])[4:] == ["event_id", "days_offset", "offset_min", "offset_max"]
    assert [row["days_offset"] for row in rows] == [0, 14]


# E8 [P] create_project: the labels, arms and the custom label come from the XML
def test_a_custom_label_is_kept(new: Create) -> None:
    events = (
        Event("one_arm_1", "One", 1, "First", ("form",), custom_label="[note]"),
        Event("two_arm_1", "Two", 1, "First", ("form",)),
    )
    study = Study(
        "Labels",
        (field("id", "form"), field("note", "form")),
        {"form": "Form"},
        events,
        visits=(Visit("1", "form", {"id": "1"}, "one_arm_1"),),
    )
    assert [row["custom_event_label"] for row in new(study).json("event")] == ["[note]", ""]
