"""How a record's values, and the headings above them, are written."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.conftest import Api, field
from tests.sandbox.evidence.conftest import Create, csv
from tests.sandbox.evidence.odm import Study, Upload, Visit
from tests.sandbox.evidence.studies import PHOTO


def first(api: Api, **parameters: Any) -> dict[str, Any]:
    row: dict[str, Any] = api.json("record", **parameters)[0]
    return row


# N1 [R] read-oneshot/raw
def test_raw_values_are_codes(wards: Api) -> None:
    assert first(wards) == {
        "ward_id": "1",
        "ward_name": "Elm Ward",
        "opened": "2019-05-01",
        "email": "elm@ward.example",
        "phone": "(415) 555-1212",
        "sort": "1",
        "ward_complete": "2",
        "beds": "20",
        "falls": "3",
        "rate": "",
        "remarks": 'Ask "twice".\n\nThen again',
        "plan": "plan.txt",
        "safety_complete": "1",
        "roles___1": "1",
        "roles____2": "0",
        "roles___k__9": "1",
        "roles___mixedcase": "0",
        "teaching": "1",
        "night": "0",
        "shift": "b",
        "energy": "40",
        "people_complete": "2",
    }


# N2 [R] read-oneshot/label: choices, boxes, statuses, true/false
def test_labels_stand_for_codes(wards: Api) -> None:
    row = first(wards, rawOrLabel="label")
    assert {name: row[name] for name in ("sort", "shift", "teaching", "night")} == {
        "sort": "Medical",
        "shift": "Late",
        "teaching": "Yes",
        "night": "False",
    }
    assert [row[name] for name in ("roles___1", "roles____2", "roles___k__9")] == ["Checked", "Unchecked", "Checked"]
    assert [row[name] for name in ("ward_complete", "safety_complete")] == ["Complete", "Unverified"]
    assert [row[name] for name in ("beds", "plan", "energy", "opened")] == ["20", "plan.txt", "40", "2019-05-01"]


# N2 [R] read-oneshot/label: an untouched form's status and boxes have their labels, too
def test_zeros_have_labels_too(wards: Api) -> None:
    row = wards.json("record", rawOrLabel="label", records="10")[0]
    assert (row["people_complete"], row["roles___1"], row["teaching"]) == ("Incomplete", "Unchecked", "")


# N3 [R] read-oneshot/export_checkbox_label
def test_a_checked_box_can_say_its_choice(wards: Api) -> None:
    row = first(wards, rawOrLabel="label", exportCheckboxLabel="true")
    names = ("roles___1", "roles____2", "roles___k__9", "roles___mixedcase")
    assert [row[name] for name in names] == ["Nurse, day", "", "Kitchen", ""]
    raw = first(wards, rawOrLabel="raw", exportCheckboxLabel="true")
    assert [raw[name] for name in names] == ["1", "0", "1", "0"]


# N4 [R] read-oneshot/raw-and-dag, label-and-dag
def test_a_group_is_its_unique_name_or_its_label(wards: Api) -> None:
    asked = {"exportDataAccessGroups": "true"}
    assert [row["redcap_data_access_group"] for row in wards.json("record", **asked)] == ["north_wing", "", ""]
    labels = wards.json("record", rawOrLabel="label", **asked)
    assert [row["redcap_data_access_group"] for row in labels] == ["North Wing", "", ""]


# N5 [P] export_records doctest ("Event 1"); with several arms the arm is named (commonly said)
def test_events_and_repeating_forms_have_labels(teams: Api) -> None:
    rows = teams.json("record", rawOrLabel="label", records="1", events="start_arm_1")
    assert [row["redcap_event_name"] for row in rows] == ["Start (Arm 1: Coached)"] * 3
    assert [row["redcap_repeat_instrument"] for row in rows] == ["", "Visit log", "Visit log"]


# N6 [R] read-oneshot/label-header: labels without markup, the choice in brackets, Complete? for each status
def test_headings_are_labels(wards: Api) -> None:
    heading = csv(wards, "record", rawOrLabelHeaders="label").split("\n", 1)[0]
    assert heading == (
        '"Ward ID","Name of the ward","Opened on",E-mail,Phone,"Sort of ward",Complete?,'
        'Beds,Falls,"Falls per 100 beds",Remarks,Plan,Complete?,'
        '"Who helps (choice=Nurse, day)","Who helps (choice=Porter)","Who helps (choice=Kitchen)",'
        '"Who helps (choice=Visitor)","Teaching ward?","Open at night","Busiest shift",Energy,Complete?'
    )


# N6 [R] label-header: the values below stay raw
def test_headings_and_values_are_chosen_apart(wards: Api) -> None:
    raw, labelled = csv(wards, "record"), csv(wards, "record", rawOrLabelHeaders="label")
    assert raw.split("\n", 1)[1] == labelled.split("\n", 1)[1]
    assert raw.split("\n", 1)[0] != labelled.split("\n", 1)[0]


# N6 [P] test_records_export_labeled_headers; the plumbing's headings are commonly said
def test_the_plumbing_has_headings(teams: Api) -> None:
    text = teams.project().export_records(format_type="csv", raw_or_label_headers="label")
    assert "Team ID" in text
    asked = {"exportDataAccessGroups": "true", "exportSurveyFields": "true"}
    heading = csv(teams, "record", rawOrLabelHeaders="label", fields="team_id", **asked).split("\n", 1)[0]
    assert heading == (
        '"Team ID","Event Name","Repeat Instrument","Repeat Instance","Data Access Group","Survey Identifier"'
    )


# N6 [R] read-oneshot-eav/label-header: EAV has its own names for columns
def test_headings_of_eav_stay(wards: Api) -> None:
    assert csv(wards, "record", type="eav", rawOrLabelHeaders="label").startswith("record,field_name,value\n")


DATES = Study(
    title="Dates",
    fields=(
        field("id", "form"),
        *(field(f"on_{order}", "form", validation=f"date_{order}") for order in ("ymd", "mdy", "dmy")),
        *(field(f"at_{order}", "form", validation=f"datetime_{order}") for order in ("ymd", "mdy", "dmy")),
        *(field(f"seconds_{order}", "form", validation=f"datetime_seconds_{order}") for order in ("ymd", "mdy", "dmy")),
    ),
    forms={"form": "Form"},
)


# N7 [A] test-901: year, month, day, whatever the field shows
def test_dates_are_year_month_day_whatever_the_field_shows(new: Create) -> None:
    owner = new(DATES)
    sent = {
        "id": "1",
        **{f"on_{order}": "2023-02-24" for order in ("ymd", "mdy", "dmy")},
        **{f"at_{order}": "2023-02-24 12:04" for order in ("ymd", "mdy", "dmy")},
        **{f"seconds_{order}": "2023-02-24 12:40:50" for order in ("ymd", "mdy", "dmy")},
    }
    owner.save(sent)
    assert first(owner) == {**sent, "form_complete": "0"}


COMMAS = Study(
    title="Commas",
    fields=(
        field("id", "form"),
        field("weight", "form", validation="number_1dp_comma_decimal"),
        field("height", "form", validation="number"),
        field("twice", "form", "calc", choices="[weight]*2"),
    ),
    forms={"form": "Form"},
    visits=(Visit("1", "form", {"id": "1", "weight": "52,3", "height": "1.61"}),),
)


# N8 [R] decimal-comma, decimal-comma-and-dot: as stored, unless a decimal character is asked for
def test_a_decimal_comma_is_exported_as_it_was_stored(new: Create) -> None:
    row = first(new(COMMAS))
    assert (row["weight"], row["height"]) == ("52,3", "1.61")


@pytest.mark.parametrize(("character", "expected"), [(".", ("52.3", "1.61")), (",", ("52,3", "1,61"))])
def test_a_decimal_character_may_be_asked_for(new: Create, character: str, expected: tuple[str, str]) -> None:
    row = first(new(COMMAS), decimalCharacter=character)
    assert (row["weight"], row["height"]) == expected


# N9 [R] projects/survey/expected/default: server time, [not completed], or blank
def test_a_survey_timestamp_says_when_it_was_completed(teams: Api) -> None:
    rows = teams.json("record", exportSurveyFields="true")
    assert [row["pulse_timestamp"] for row in rows] == [
        *("2025-09-05 09:15:30", "[not completed]", "", "", "", "", "", "", "")
    ]
    assert {row["redcap_survey_identifier"] for row in rows} == {""}


# N10 [R] validation-types-1, read-russian: other letters come back as they were
def test_letters_of_every_script_come_back(wards: Api, own_wards: Api) -> None:
    assert wards.json("record", records="10", fields="ward_name") == [{"ward_name": "Åsen, øst"}]
    own_wards.save({"ward_id": "7", "ward_name": "подруга по общежитию"})
    assert own_wards.json("record", records="7", fields="ward_name") == [{"ward_name": "подруга по общежитию"}]


# N11 [R] read-oneshot/default (mugshot-1.jpg), [P] export_records doctest (test_upload.txt)
def test_a_file_is_its_name(teams: Api) -> None:
    rows = teams.json("record", fields="team_id,photo", records="1", events="start_arm_1")
    assert [row["photo"] for row in rows] == ["", "", "ash.png"]


# N12 [A] exportRecordsTyped.R, exportReportsTyped.R: csvDelimiter
@pytest.mark.parametrize(("asked", "between"), [("tab", "\t"), (";", ";"), ("|", "|"), ("^", "^"), (",", ",")])
def test_a_delimiter_may_be_asked_for(wards: Api, asked: str, between: str) -> None:
    lines = csv(wards, "record", fields="ward_id,beds", csvDelimiter=asked).splitlines()
    assert lines == [between.join(cells) for cells in (("ward_id", "beds"), ("1", "20"), ("2", "70"), ("10", ""))]


# N13 commonly said: one column for a checkbox, the checked codes joined by commas
def test_checkbox_columns_may_be_combined(wards: Api) -> None:
    raw = wards.json("record", fields="roles", combineCheckboxOptions="true")
    assert raw == [{"roles": "1,k>=9"}, {"roles": ""}, {"roles": ""}]
    labels = wards.json("record", fields="roles", combineCheckboxOptions="true", rawOrLabel="label")
    assert labels[0] == {"roles": "Nurse, day,Kitchen"}


# N14 [I] redcapAPI#18, #199: 0-coded boxes
def test_a_box_coded_zero_is_a_box_like_any_other(new: Create) -> None:
    box = field("box", "form", "checkbox", choices="0, Zero | 1, One")
    study = Study(title="Zero", fields=(field("id", "form"), box), forms={"form": "Form"})
    owner = new(study)
    owner.save({"id": "1", "box___0": "1"})
    assert first(owner) == {"id": "1", "box___0": "1", "box___1": "0", "form_complete": "0"}


# N15 [A] exportFiles.R: a signature is a file like any other
def test_a_signature_is_its_files_name(new: Create) -> None:
    study = Study(
        title="Signed",
        fields=(field("id", "form"), field("signed", "form", "file", validation="signature")),
        forms={"form": "Form"},
        visits=(Visit("1", "form", {"id": "1", "signed": Upload("signature.png", "image/png", PHOTO)}),),
    )
    assert first(new(study))["signed"] == "signature.png"
