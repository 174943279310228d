"""Which columns and rows a flat record export has."""

from __future__ import annotations

import json

import pytest
from tests.sandbox.conftest import AddUser, Api, MakeProject, field, invalid
from tests.sandbox.evidence.conftest import Create, csv
from tests.sandbox.evidence.odm import Event, Study, Visit

WARD = ["ward_id", "ward_name", "opened", "email", "phone", "sort", "ward_complete"]
SAFETY = ["beds", "falls", "rate", "remarks", "plan", "safety_complete"]
ROLES = ["roles___1", "roles____2", "roles___k__9", "roles___mixedcase"]
PEOPLE = [*ROLES, "teaching", "night", "shift", "energy", "people_complete"]

TWO_EVENTS = (
    Event("event_1_arm_1", "Event 1", 1, "Arm 1", ("form_1",)),
    Event("event_2_arm_1", "Event 2", 1, "Arm 1", ()),
)
FORMS = ("pulse", "visit_log")
REPEAT = ["redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"]


def header(api: Api, **parameters: object) -> list[str]:
    return csv(api, "record", **parameters).split("\n", 1)[0].split(",")


def keys(api: Api, *names: str, **parameters: object) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in names) for row in api.json("record", **parameters)]


# X1 [R] read-oneshot/default
# X4 [R] read-oneshot/default: file fields are there, descriptive ones are not
def test_everything_comes_in_the_order_of_the_dictionary(wards: Api) -> None:
    assert header(wards) == [*WARD, *SAFETY, *PEOPLE]
    assert list(wards.json("record")[0]) == [*WARD, *SAFETY, *PEOPLE]


# X1 [R] read-oneshot/specify-forms-without-record-id
def test_a_later_form_comes_without_the_record_id(wards: Api) -> None:
    assert header(wards, forms="safety") == SAFETY


# X1 [R] read-oneshot/specify-fields-without-record-id
def test_fields_come_without_the_record_id_unless_it_is_named(wards: Api) -> None:
    assert header(wards, fields="ward_name,beds") == ["ward_name", "beds"]
    assert header(wards, fields="ward_id,ward_name,beds") == ["ward_id", "ward_name", "beds"]


# X1 [R] read-oneshot/specify-forms-only-1st, -only-2nd, specify-forms
def test_the_first_form_brings_the_record_id(wards: Api) -> None:
    assert header(wards, forms="ward") == WARD
    assert header(wards, forms="people") == PEOPLE
    assert header(wards, forms="ward,people") == [*WARD, *PEOPLE]


# X1 [R] longitudinal: without the record id there is no event column either
def test_without_the_record_id_there_is_no_plumbing(teams: Api) -> None:
    assert header(teams, forms="review") == [
        *("kept", "asked", "share", "hurdles___a", "hurdles___b", "review_complete")
    ]
    assert header(teams, fields="mood") == ["mood"]


# X2 [R] read-batch-plumbing/longitudinal and repeated: the plumbing stands between the id and the fields
def test_the_plumbing_comes_with_the_record_id(teams: Api) -> None:
    assert header(teams, fields="team_id,mood") == ["team_id", *REPEAT, "mood"]
    asked = {"exportDataAccessGroups": "true", "exportSurveyFields": "true"}
    assert header(teams, fields="team_id,mood", **asked)[:6] == [
        *("team_id", *REPEAT, "redcap_data_access_group", "redcap_survey_identifier")
    ]


# X2 [R] read-batch-plumbing/repeated: a classic project repeats without an event column
def test_a_classic_project_that_repeats_has_no_event_column(new: Create) -> None:
    study = Study(
        title="Repeating",
        fields=(field("id", "base"), field("name", "base"), field("bp", "pressure")),
        forms={"base": "Base", "pressure": "Pressure"},
        repeating=(("event_1_arm_1", "pressure", ""),),
        visits=(
            Visit("1", "base", {"id": "1", "base_complete": "2"}),
            Visit("1", "pressure", {"bp": "120", "pressure_complete": "2"}, instance=1),
            Visit("1", "pressure", {"bp": "130", "pressure_complete": "2"}, instance=2),
        ),
    )
    owner = new(study)
    assert csv(owner, "record") == (
        "id,redcap_repeat_instrument,redcap_repeat_instance,name,base_complete,bp,pressure_complete\n"
        "1,,,,2,,\n"
        "1,pressure,1,,,120,2\n"
        "1,pressure,2,,,130,2\n"
    )


# X2 [R] read-oneshot/raw-and-dag, read-dag/assigned-to-dag-a: not for a user who is in a group
def test_the_group_column_is_there_on_request_but_not_for_a_member(own_wards: Api, join: AddUser) -> None:
    asked = {"exportDataAccessGroups": "true"}
    assert header(own_wards, **asked)[:2] == ["ward_id", "redcap_data_access_group"]
    assert "redcap_data_access_group" not in header(own_wards)
    member = join(own_wards, "member", group="north_wing", api_export=1)
    assert header(member, **asked)[:2] == ["ward_id", "ward_name"]


# X2 [R] super-wide-3 and others: a project without groups has no such column
def test_without_groups_there_is_no_group_column(new: Create) -> None:
    study = Study(title="None", fields=(field("id", "form"),), forms={"form": "Form"})
    owner = new(study)
    owner.save({"id": "1"})
    assert header(owner, exportDataAccessGroups="true") == ["id", "form_complete"]


# X3 [R] projects/survey/expected/default: the timestamp begins the block of each survey
def test_survey_timestamps_begin_their_forms_blocks(teams: Api) -> None:
    names = header(teams, exportSurveyFields="true")
    assert names[names.index("pulse_timestamp") : names.index("pulse_complete") + 1] == [
        *("pulse_timestamp", "mood", "contact", "pulse_complete")
    ]
    assert "pulse_timestamp" not in header(teams)
    # [I] PyCap#175: only forms that are surveys have one
    assert "review_timestamp" not in names


# X3 [R] projects/survey/expected/default: in the first form, after the survey identifier
def test_the_first_forms_timestamp_follows_the_identifier(new: Create) -> None:
    study = Study(
        title="Open survey",
        fields=(field("id", "open"), field("age", "open")),
        forms={"open": "Open"},
        surveys=({"form_name": "open", "title": "Open", "survey_enabled": "1"},),
        visits=(Visit("1", "open", {"id": "1", "open_timestamp": "2025-09-01 08:00:00", "open_complete": "2"}),),
    )
    assert csv(new(study), "record", exportSurveyFields="true") == (
        'id,redcap_survey_identifier,open_timestamp,age,open_complete\n1,,"2025-09-01 08:00:00",,2\n'
    )


# X5 [A] constants.R, test-900: lower case, and an underscore for each other character
def test_checkbox_columns_are_named_by_code(wards: Api) -> None:
    assert header(wards, fields="roles") == ROLES


# X6 [R] specify-fields with `race`, [A] test-200: the field's name brings all its columns
def test_a_status_may_be_asked_for_but_not_a_single_checkbox(wards: Api) -> None:
    assert header(wards, fields="safety_complete") == ["safety_complete"]
    assert wards.refusal("record", **{"fields[0]": "roles___1"}) == (400, invalid("fields", "roles___1"))


# X7 [A] test-200 "Return error messages from the API", [I] redcapAPI#267
def test_unknown_fields_are_named_in_the_refusal(wards: Api) -> None:
    asked = {"fields[0]": "beds", "fields[1]": "x", "fields[2]": "y"}
    assert wards.refusal("record", **asked) == (400, invalid("fields", "x", "y"))


# X8 [P] test_limit_export_records_forms_and_fields, records.py: fields and forms add up
def test_fields_and_forms_are_a_union(wards: Api) -> None:
    assert header(wards, forms="safety", fields="ward_id,teaching") == ["ward_id", *SAFETY, "teaching"]


# X8 [P] test_limit_export_records_forms_and_fields, as PyCap asks
def test_pycap_limits_an_export_to_forms_and_fields(teams: Api) -> None:
    project = teams.project()
    frame = project.export_records(forms=["enrol", "review"], format_type="df")
    assert [name for name in frame.columns if name.endswith("_complete")] == ["enrol_complete", "review_complete"]
    assert frame.index.names == ["team_id", "redcap_event_name"]
    both = project.export_records(forms=["review"], fields=["mood"], format_type="df")
    assert [name for name in both.columns if name.endswith("_complete")] == ["review_complete"]
    assert "mood" in both.columns


# X8 [P] test_export_records_always_has_record_id, test_export_records, test_export_records_df
def test_pycap_always_gets_the_record_id(wards: Api) -> None:
    project = wards.project()
    rows = project.export_records(fields=["email"])
    assert (len(rows), "ward_id" in rows[0]) == (3, True)
    assert len(project.export_records(format_type="df")) == 3


EVERY_ROW = [
    ("1", "start_arm_1", "", ""),
    ("1", "learning_session_1_arm_1", "", ""),
    ("1", "start_arm_1", "visit_log", 1),
    ("1", "start_arm_1", "visit_log", 2),
    ("1", "action_period_arm_1", "", 1),
    ("1", "action_period_arm_1", "", 2),
    ("2", "start_arm_2", "", ""),
    ("2", "final_review_meeti_arm_2", "", ""),
    ("3", "start_arm_1", "", ""),
]


# X9 [R] delete/multiple-arm-four-records (record, then arm and event), read-batch-plumbing/repeated (base row first)
# X9 [T] api-42da58, api-908067: the base rows of every event, then, event by event, what repeats
# X10 [P] export_records doctest: a repeating event has a blank instrument and a number, 1 too
def test_rows_go_by_record_event_and_instance(teams: Api) -> None:
    assert keys(teams, "team_id", *REPEAT) == EVERY_ROW


# X11 [R] read-batch-plumbing/repeated: instances grouped by form, in form order
def test_instances_come_in_form_order(own_teams: Api) -> None:
    own_teams.json("repeatingFormsEvents", data=[{"event_name": "start_arm_1", "form_name": name} for name in FORMS])
    for form, number in (("pulse", 2), ("visit_log", 2), ("pulse", 1), ("visit_log", 1)):
        own_teams.save(
            {
                "team_id": "9",
                "redcap_event_name": "start_arm_1",
                "redcap_repeat_instrument": form,
                "redcap_repeat_instance": number,
                f"{form}_complete": "0",
            }
        )
    assert keys(own_teams, *REPEAT[1:], records="9")[-4:] == [
        ("visit_log", 1),
        ("visit_log", 2),
        ("pulse", 1),
        ("pulse", 2),
    ]


# X19 [R] vignette longitudinal-and-repeating: of one form, its instances and blank base rows; of another, no instance
def test_instances_come_with_their_own_form_only(teams: Api) -> None:
    asked = {"records": "1", "events": "start_arm_1", "fields": "team_id"}
    assert keys(teams, *REPEAT[1:], forms="visit_log", **asked) == [("", ""), ("visit_log", 1), ("visit_log", 2)]
    assert keys(teams, *REPEAT[1:], forms="pulse", **asked) == [("", "")]


# X12 [R] read-oneshot (1 … 5), read-dag (331-1, 331-2): numbers as numbers
def test_records_go_in_the_order_of_their_numbers(own_wards: Api) -> None:
    own_wards.save({"ward_id": "9"}, {"ward_id": "100"})
    assert [row["ward_id"] for row in own_wards.json("record", fields="ward_id")] == ["1", "2", "9", "10", "100"]


# X13 [R] read-batch-plumbing/longitudinal: a row stays though nothing that was asked for is in it
def test_rows_stay_when_all_they_have_is_blank(teams: Api, wards: Api) -> None:
    base_rows = [row for row in EVERY_ROW if row[2] == ""]
    assert keys(teams, "team_id", *REPEAT, fields="team_id,kept") == base_rows
    assert [row["beds"] for row in wards.json("record", fields="beds")] == ["20", "70", ""]


# X21 [T] api-703010: without the record id, a classic project has a row only where the form is
def test_a_repeating_form_alone_has_a_row_an_instance(make: MakeProject) -> None:
    owner = make(repeating=("monthly",))
    monthly = {"redcap_repeat_instrument": "monthly", "redcap_repeat_instance": 1}
    owner.save({"record_id": "1", **monthly, "seen": "3"}, {"record_id": "1", "town": "Ashby"}, {"record_id": "2"})
    assert [row["seen"] for row in owner.json("record", forms="monthly")] == ["3"]


# X21 [T] api-ed746e: a longitudinal one has its blank base rows, too
def test_a_repeating_form_alone_leaves_blank_rows_in_a_longitudinal_project(teams: Api) -> None:
    seen = [row["seen_at"] for row in teams.json("record", forms="visit_log", records="1", events="start_arm_1")]
    assert seen == ["", "2025-09-03 10:00:00", "2025-09-04 11:30:00"]


# X22 [T] api-42da58, api-faafd2: the group stands on every row of the record
def test_the_group_stands_on_every_row(own_teams: Api) -> None:
    own_teams.save({"team_id": "1", "redcap_event_name": "start_arm_1", "redcap_data_access_group": "hill"})
    rows = own_teams.json("record", records="1", exportDataAccessGroups="true")
    assert [row["redcap_data_access_group"] for row in rows] == ["hill"] * 6


# X20 [T] api-36bd61: form by form, everything, nothing tagged as identifying, no free text either, or nothing at all
def test_export_rights_take_columns_away(own_wards: Api, add_user: AddUser) -> None:
    member = add_user(own_wards, "member", api_export=1)
    for rights, expected in (
        ({"ward": 1, "safety": 1, "people": 0}, [*WARD, *SAFETY]),
        ({"ward": 3, "safety": 1, "people": 0}, ["ward_id", "opened", "phone", "sort", "ward_complete", *SAFETY]),
        ({"ward": 0, "safety": 0, "people": 1}, PEOPLE),
    ):
        own_wards.json("user", data=[{"username": "member", "forms_export": rights}])
        shown = header(member)
        assert [name for name in shown if name != "ward_id"] == [name for name in expected if name != "ward_id"]


# X20 [T] api-36bd61: de-identified, a text without validation goes, a choice and a box stay
def test_deidentified_rights_take_free_text_away(own_wards: Api, add_user: AddUser) -> None:
    member = add_user(own_wards, "member", api_export=1)
    own_wards.json("user", data=[{"username": "member", "forms_export": {"ward": 2, "safety": 2, "people": 2}}])
    shown = set(header(member))
    assert not shown & {"ward_name", "email", "remarks"}
    assert {"sort", "beds", *ROLES, "teaching", "shift", "ward_complete", "people_complete"} <= shown


# X14 [R] read-batch-plumbing/repeated, longitudinal: what does not apply to a row is blank, boxes and status too
def test_what_does_not_apply_is_blank(teams: Api) -> None:
    start, log, _ = teams.json("record", records="1", events="start_arm_1")
    assert [start[name] for name in ("hurdles___a", "review_complete", "visit_log_complete")] == ["", "", ""]
    assert [log[name] for name in ("team", "enrol_complete", "mood", "pulse_complete")] == ["", "", "", ""]


# X15 [R] read-oneshot/blank-for-gray-false: a form that was never opened has 0 for boxes and status …
# X15 [I] REDCapR#420, redcapAPI#379
def test_an_untouched_form_has_zeros(wards: Api) -> None:
    last = wards.json("record", records="10")[0]
    assert {name: last[name] for name in (*ROLES, "people_complete", "safety_complete", "teaching")} == {
        **dict.fromkeys(ROLES, "0"),
        "people_complete": "0",
        "safety_complete": "0",
        "teaching": "",
    }


# X15 [R] read-oneshot/blank-for-gray-true: … but its status is blank on request, and a stored 0 is not
@pytest.mark.parametrize("spelt", ["TRUE", "true", "1"])
def test_an_untouched_forms_status_is_blank_on_request(wards: Api, spelt: str) -> None:
    rows = wards.json("record", exportBlankForGrayFormStatus=spelt)
    statuses = [(row["ward_complete"], row["safety_complete"], row["people_complete"]) for row in rows]
    assert statuses == [("2", "1", "2"), ("0", "0", ""), ("0", "", "")]
    assert rows[2]["roles___1"] == "0"


# X16 [R] read-oneshot/specify-records, [A] 1:3
def test_records_are_chosen_by_name(wards: Api) -> None:
    assert [row["ward_id"] for row in wards.json("record", records="10,1")] == ["1", "10"]
    assert [row["ward_id"] for row in wards.json("record", **{"records[0]": "2"})] == ["2"]


# X17 [P] export_records(events=…), [A] exportRecordsTyped(events=…)
def test_events_are_chosen_by_unique_name(teams: Api) -> None:
    asked = {"events[0]": "action_period_arm_1", "events[1]": "start_arm_2"}
    assert keys(teams, "team_id", "redcap_event_name", **asked) == [
        ("1", "action_period_arm_1"),
        ("1", "action_period_arm_1"),
        ("2", "start_arm_2"),
    ]


# X18 [P] the export_records doctest, to the byte
def test_pycap_reads_a_repeating_event(new: Create) -> None:
    study = Study(
        title="Doctest",
        fields=(field("record_id", "form_1"), field("field_1", "form_1", "yesno")),
        forms={"form_1": "Form 1"},
        events=TWO_EVENTS,
        repeating=(("event_1_arm_1", "", ""),),
        visits=(Visit("1", "form_1", {"record_id": "1", "field_1": "1", "form_1_complete": "2"}, "event_1_arm_1"),),
    )
    owner = new(study)
    assert json.loads(owner.call("record", format="json").text) == [
        {
            "record_id": "1",
            "redcap_event_name": "event_1_arm_1",
            "redcap_repeat_instrument": "",
            "redcap_repeat_instance": 1,
            "field_1": "1",
            "form_1_complete": "2",
        }
    ]
    assert csv(owner, "record", rawOrLabel="label", fields="record_id,field_1") == (
        'record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,field_1\n1,"Event 1",,1,Yes\n'
    )
