"""What an import refuses, in REDCap's words; nothing of it is stored then.

An error about a value is a line of CSV: record, field, value, text.
"""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from tests.sandbox.conftest import AddUser, Api, field
from tests.sandbox.evidence.conftest import Create
from tests.sandbox.evidence.odm import Study

EXPECTED_FORMAT = (
    "The value you provided could not be validated because it does not follow the expected format. Please try again."
)


def complaints(api: Api, *rows: dict[str, str], **parameters: str) -> list[list[str]]:
    """The lines of the refusal of an import."""
    status, message = api.refusal("record", action="import", data=list(rows), **parameters)
    assert status == 400
    return list(csv.reader(StringIO(message)))


# V1 [I] PyCap#20: unknown columns
def test_unknown_columns_are_named(own_wards: Api) -> None:
    row = {"ward_id": "1", "foo": "1", "baz": "2"}
    assert own_wards.refusal("record", action="import", data=[row]) == (
        400,
        "The following fields were not found in the project as real data fields: foo, baz",
    )


# V2 a recorded client script
def test_unknown_events_are_named(own_teams: Api) -> None:
    rows = [{"team_id": "1", "redcap_event_name": name} for name in ("a", "b")]
    assert own_teams.refusal("record", action="import", data=rows) == (
        400,
        "The following values of redcap_event_name are invalid: a, b",
    )


# V3 [H], [I] PyCap#152: a choice is a code, never a label
@pytest.mark.parametrize(
    ("name", "value"), [("sort", "9"), ("sort", "Medical"), ("teaching", "Yes"), ("night", "2"), ("shift", "A")]
)
def test_a_value_that_is_no_choice_is_refused(own_wards: Api, name: str, value: str) -> None:
    assert complaints(own_wards, {"ward_id": "1", name: value}) == [
        ["1", name, value, f"The value is not a valid category for {name}"]
    ]


# V3 [RS] B.3.16.0500, B.3.16.1400: a box takes 0 and 1 only
@pytest.mark.parametrize("value", ["99", "Checked", "yes"])
def test_a_box_takes_0_and_1(own_wards: Api, value: str) -> None:
    assert complaints(own_wards, {"ward_id": "1", "roles____2": value}) == [
        ["1", "roles____2", value, "The value is not a valid category for roles____2"]
    ]


KINDS = [
    ("number_1dp", "22", EXPECTED_FORMAT),  # [I] redcapAPI#217
    ("date_ymd", "TEST", EXPECTED_FORMAT),
    ("datetime_ymd", "TEST", EXPECTED_FORMAT),
    ("number", "TEST", "This value you provided is not a number. Please try again."),
    ("integer", "2.5", "This value you provided is not an integer. Please try again."),
    (
        "time",
        "25:00",
        (
            "The value entered must be a time value in the following format HH:MM within the range 00:00-23:59 "
            "(e.g., 04:32 or 23:19)."
        ),
    ),
    ("zipcode", "123", "This field must be a 5 or 9 digit U.S. ZIP Code (like 94043). Please re-enter it now."),
    (
        "phone",
        "8675309",
        "This field must be a 10 digit U.S. phone number (like 415 555 1212). Please re-enter it now.",
    ),
    ("email", "ringo@noreply", "This field must be a valid email address (like joe@user.com). Please re-enter it now."),
]


# V4 [H] exp_records help, [I] redcapAPI#217
@pytest.mark.parametrize(("validation", "value", "text"), KINDS, ids=[kind[0] for kind in KINDS])
def test_a_value_of_the_wrong_form_is_refused(new: Create, validation: str, value: str, text: str) -> None:
    checked = field("checked", "form", validation=validation)
    owner = new(Study("Checked", (field("id", "form"), checked), {"form": "Form"}))
    assert complaints(owner, {"id": "1", "checked": value}) == [["1", "checked", value, text]]


# V5 [I] PyCap#142, redcapAPI#331: every bad value is named, and nothing is stored
def test_one_bad_value_rejects_the_whole_import(own_wards: Api) -> None:
    rows = [{"ward_id": "1", "beds": "30"}, {"ward_id": "2", "sort": "7"}, {"ward_id": "2", "email": "nowhere"}]
    assert [line[:3] for line in complaints(own_wards, *rows)] == [["2", "sort", "7"], ["2", "email", "nowhere"]]
    assert [row["beds"] for row in own_wards.json("record", fields="beds")] == ["20", "70", ""]


# V5 [P] request.py, [R] redcap-write-oneshot.R: as text in CSV, after ERROR:
def test_the_lines_are_the_message_in_every_format(own_wards: Api) -> None:
    asked = {"action": "import", "format": "json", "data": '[{"ward_id":"1","sort":"7"}]'}
    reply = own_wards.call("record", returnFormat="csv", **asked)
    assert (reply.status_code, reply.text) == (
        400,
        'ERROR: "1","sort","7","The value is not a valid category for sort"',
    )


# V6 [I] PyCap#142
def test_a_field_that_is_not_in_the_event_is_refused(own_teams: Api) -> None:
    row = {"team_id": "1", "redcap_event_name": "start_arm_1", "kept": "1"}
    assert complaints(own_teams, row) == [
        [
            "1",
            "kept",
            "1",
            (
                "This field ('kept') exists on an instrument that is not designated for the event named "
                "'Start (Arm 1: Coached)'. You are not allowed to import data for this field into this event."
            ),
        ]
    ]


# V7 [I] INTERPOLAR#308: two blanks before the last sentence
def test_a_repeating_form_needs_its_instance(own_teams: Api) -> None:
    row = {"team_id": "1", "redcap_event_name": "start_arm_1", "seen_at": "2025-01-01 10:00:00"}
    assert complaints(own_teams, row) == [
        [
            "1",
            "seen_at",
            "2025-01-01 10:00:00",
            (
                "This field ('seen_at') exists on a Repeating Instrument named 'visit_log'. However, the fields "
                "'redcap_repeat_instance' and/or 'redcap_repeat_instrument' for this row of data have no value, which are "
                "both required for importing data into a Repeating Instrument.  You are not allowed to import data for "
                "this field into a non-repeating instrument."
            ),
        ]
    ]


# V8 [I] PyCap#154
def test_an_instrument_that_does_not_repeat_is_refused(own_teams: Api) -> None:
    row = {
        "team_id": "1",
        "redcap_event_name": "start_arm_1",
        "redcap_repeat_instrument": "enrol",
        "redcap_repeat_instance": "1",
        "team": "X",
    }
    lines = complaints(own_teams, row)
    assert (
        "redcap_repeat_instrument must be the unique form name of a Repeating Instrument.  It currently does not match "
        "the unique form name of any Repeating Instruments.  Please fix this in the data import file and try again."
    ) in [line[3] for line in lines]


# V8 [I] PyCap#154
def test_an_instance_where_nothing_repeats_is_refused(own_teams: Api) -> None:
    row = {
        "team_id": "1",
        "redcap_event_name": "learning_session_1_arm_1",
        "redcap_repeat_instance": "2",
        "kept": "1",
    }
    assert (
        "redcap_repeat_instance cannot have a value since this instrument or event is not a repeating instrument or "
        "repeating event, respectively.  The redcap_repeat_instance field must be left blank for this row of data."
    ) in [line[3] for line in complaints(own_teams, row)]


# V9 [I] PyCap#103: a list of objects, always
def test_a_single_object_is_no_list(own_wards: Api) -> None:
    status, message = own_wards.refusal("record", action="import", data={"ward_id": "1"})
    assert status == 400
    assert message.endswith("The JSON must be in an array, as in [{ ... }].")


# V10 [RS] B.3.16.1300: a member may not say which group
def test_a_member_may_not_send_the_group_column(own_wards: Api, join: AddUser) -> None:
    member = join(own_wards, "member", group="north_wing", api_export=1, api_import=1)
    row = {"ward_id": "1", "redcap_data_access_group": "south"}
    assert member.refusal("record", action="import", data=[row]) == (
        400,
        "Illegal use of 'redcap_data_access_group' field!",
    )
