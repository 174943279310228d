"""The data dictionary in and out, and the names of exported columns."""

from __future__ import annotations

import json
from typing import Literal

import pytest
from redcap.request import RedcapError
from tests.sandbox.conftest import DICTIONARY_COLUMNS, TEAM, Api, MakeProject, field, invalid


def test_a_dictionary_comes_back_cell_by_cell(team: Api) -> None:
    project = team.project()
    assert project.export_metadata() == list(TEAM)
    assert tuple(project.export_metadata()[0]) == DICTIONARY_COLUMNS


@pytest.mark.parametrize("data_format", ["csv", "json", "xml"])
def test_what_is_exported_can_be_imported_in_every_format(team: Api, data_format: str) -> None:
    exported = team.call("metadata", format=data_format).text
    assert team.call("metadata", format=data_format, data=exported).text == "11"
    assert team.project().export_metadata() == list(TEAM)


def test_pycap_reads_the_dictionary_as_csv_with_its_header_first(team: Api) -> None:
    text = team.project().export_metadata(format_type="csv")
    assert text.startswith(",".join(DICTIONARY_COLUMNS) + "\n")
    assert '\nkind,profile,,radio,Kind,"1, School | 2, Clinic",,,,,,,,,,,,\n' in text


def test_numbers_in_a_dictionary_become_text(make: MakeProject) -> None:
    row = {**field("n", "f", validation="integer"), "text_validation_min": 1, "text_validation_max": 9}
    owner = make([field("record_id", "f"), row])
    assert owner.json("metadata")[1]["text_validation_max"] == "9"


def test_fields_and_forms_choose_rows_in_the_dictionarys_order(team: Api) -> None:
    rows = team.project().export_metadata(fields=["test", "town"], forms=["monthly"])
    assert [row["field_name"] for row in rows] == ["town", "month", "seen", "agreed", "total", "test"]


def test_an_unknown_field_is_named(team: Api) -> None:
    with pytest.raises(RedcapError, match=r"are not valid: .*'x.*', .*'y"):
        team.project().export_metadata(fields=["x", "town", "y"])
    assert team.refusal("metadata", **{"fields[0]": "x"}) == (400, invalid("fields", "x"))


def test_forms_get_a_label_from_their_name_and_stand_in_order_of_appearance(team: Api) -> None:
    assert team.project().export_instruments() == [
        {"instrument_name": "profile", "instrument_label": "Profile"},
        {"instrument_name": "monthly", "instrument_label": "Monthly"},
        {"instrument_name": "pdsa", "instrument_label": "Pdsa"},
    ]


def test_exported_names_have_a_row_per_box_and_none_for_descriptive_and_file_fields(team: Api) -> None:
    rows = team.project().export_field_names()
    assert [tuple(row.values()) for row in rows] == [
        ("record_id", "", "record_id"),
        ("town", "", "town"),
        ("kind", "", "kind"),
        ("tools", "a", "tools___a"),
        ("tools", "-4", "tools____4"),
        ("tools", "k>=9", "tools___k__9"),
        ("profile_complete", "", "profile_complete"),
        ("month", "", "month"),
        ("seen", "", "seen"),
        ("agreed", "", "agreed"),
        ("total", "", "total"),
        ("monthly_complete", "", "monthly_complete"),
        ("test", "", "test"),
        ("pdsa_complete", "", "pdsa_complete"),
    ]
    assert list(rows[0]) == ["original_field_name", "choice_value", "export_field_name"]
    assert team.project().export_field_names(field="seen") == [rows[8]]
    assert team.refusal("exportFieldNames", field="sean") == (400, invalid("field", "sean"))


@pytest.mark.parametrize(
    ("code", "column"),
    [("-4", "f____4"), ("k>=9", "f___k__9"), ("4-3", "f___4_3"), ("mixedCase", "f___mixedcase"), ("5.5", "f___5_5")],
)
def test_a_boxs_column_is_its_code_in_lower_case_with_underscores(make: MakeProject, code: str, column: str) -> None:
    owner = make([field("record_id", "form"), field("f", "form", "checkbox", choices=f"{code}, Yes")])
    owner.save({"record_id": "1", column: "1"})
    assert owner.json("record", fields="f") == [{column: "1"}]
    assert owner.json("record", type="eav", fields="f") == [{"record": "1", "field_name": "f", "value": code}]


@pytest.mark.parametrize(
    ("rows", "parts"),
    [
        (
            [field("record_id", "f"), field("a", "f"), field("a", "f")],
            ["duplicated", "so that they only appear once.a (A4)"],
        ),
        (
            [field("record_id", "f"), field("a", ""), field("b", "")],
            ["Each row MUST have a form name, but the following cells have a form name missing: B3, B4"],
        ),
        (
            [field("record_id", "f"), field("a", "g"), field("b", "f")],
            ["Form names must be sequential and cannot repeat again", "f (B4)"],
        ),
        (
            [field("record_id", "f"), field("a", "f", "texte")],
            ["The only valid field types are text, notes", "texte (D3)"],
        ),
        ([field("record_id", "f", "notes")], ["The first field must be the record ID"]),
        ([field("record_id", "f"), field("a", "f", "radio")], ["must have choices", "F3"]),
        ([field("record_id", "f"), field("a", "f", "radio", choices="1, A | 1, B")], ["may occur only once", "F3"]),
        ([field("record_id", "f"), field("a", "f", "calc")], ["must have a calculation", "F3"]),
        ([field("record_id", "f"), field("1a", "f")], ["begin with a letter", "1a (A3)"]),
        ([field("record_id", "f"), field("redcap_event_name", "f")], ["no name that REDCap reserves"]),
        ([field("record_id", "f"), field("a", "f", custom_alignment="UP")], ["RV, RH, LV or LH", "UP (N3)"]),
        ([], ["has no fields"]),
    ],
    ids=[
        "duplicate",
        "no form",
        "split form",
        "type",
        "record id",
        "no choices",
        "code twice",
        "no calculation",
        "name",
        "reserved",
        "alignment",
        "empty",
    ],
)
def test_a_faulty_dictionary_is_refused_with_its_cells(team: Api, rows: list[dict[str, str]], parts: list[str]) -> None:
    status, message = team.refusal("metadata", data=rows)
    assert status == 400
    assert all(part in message for part in parts), message
    assert team.json("metadata") == list(TEAM)


def test_all_faults_are_told_at_once(team: Api) -> None:
    rows = [field("record_id", "f"), field("a", "f", "texte"), field("b", "")]
    _, message = team.refusal("metadata", data=rows)
    assert len(message.split("\n")) == 2


def test_an_unknown_column_is_refused(team: Api) -> None:
    status, message = team.refusal("metadata", data=[{**field("record_id", "f"), "colour": "red"}])
    assert (status, "colour" in message) == (400, True)


def test_names_are_put_right_rather_than_refused(make: MakeProject) -> None:
    owner = make([field(" Record_ID ", "My Form"), field("a", "My Form")])
    assert [(row["field_name"], row["form_name"]) for row in owner.json("metadata")] == [
        ("record_id", "my_form"),
        ("a", "my_form"),
    ]


def test_choices_without_codes_are_numbered(make: MakeProject) -> None:
    owner = make([field("record_id", "f"), field("a", "f", "radio", choices="Low | High")])
    owner.save({"record_id": "1", "a": "2"})
    assert owner.json("record", fields="a", rawOrLabel="label") == [{"a": "High"}]


def test_values_follow_a_field_to_another_form(team: Api) -> None:
    team.save({"record_id": "1", "town": "York", "tools___a": "1"})
    rows = [
        *TEAM[:1],
        *TEAM[2:3],
        TEAM[4],
        *TEAM[5:9],
        {**TEAM[1], "form_name": "pdsa"},
        {**TEAM[3], "form_name": "pdsa"},
        *TEAM[9:],
    ]
    team.json("metadata", data=rows)
    base, instance = team.json("record", fields="record_id,town,tools")
    assert base["town"] == ""
    assert instance == {
        "record_id": "1",
        "redcap_repeat_instrument": "pdsa",
        "redcap_repeat_instance": 1,
        "town": "York",
        "tools___a": "1",
        "tools____4": "0",
        "tools___k__9": "0",
    }


def test_values_go_with_their_field_and_with_their_box(team: Api) -> None:
    team.save({"record_id": "1", "town": "York", "tools___a": "1", "tools____4": "1", "kind": "2"})
    fewer = [
        {**row, "select_choices_or_calculations": "a, Chart"} if row["field_name"] == "tools" else row for row in TEAM
    ]
    team.json("metadata", data=[row for row in fewer if row["field_name"] != "town"])
    team.json("metadata", data=list(TEAM))
    (row,) = team.json("record", fields="town,kind,tools")
    assert row == {"town": "", "kind": "2", "tools___a": "1", "tools____4": "0", "tools___k__9": "0"}


def test_a_form_that_is_gone_repeats_no_longer(team: Api) -> None:
    team.json("metadata", data=list(TEAM[:9]))
    assert team.json("repeatingFormsEvents") == [{"form_name": "monthly", "custom_form_label": ""}]


@pytest.mark.parametrize("data_format", ["csv", "json", "xml"])
def test_what_repeats_can_be_exported_and_imported_in_every_format(
    team: Api, data_format: Literal["csv", "json", "xml"]
) -> None:
    project = team.project()
    labelled = [{"form_name": "monthly", "custom_form_label": "[month], <b>done</b>"}]
    assert project.import_repeating_instruments_events(labelled) == 1
    exported = project.export_repeating_instruments_events(format_type=data_format)
    to_import = json.dumps(exported) if data_format == "json" else exported
    assert team.call("repeatingFormsEvents", format=data_format, data=to_import).text == "1"
    assert project.export_repeating_instruments_events() == labelled


def test_nothing_repeating_is_an_error_to_ask_for(make: MakeProject) -> None:
    assert make().refusal("repeatingFormsEvents") == (
        400,
        (
            "You cannot export repeating instruments and events because the project does not contain any repeating "
            "instruments and events"
        ),
    )


def test_an_unknown_form_cannot_repeat(team: Api) -> None:
    status, message = team.refusal("repeatingFormsEvents", data=[{"form_name": "monthli"}])
    assert (status, "'monthli'" in message) == (400, True)
    assert len(team.json("repeatingFormsEvents")) == 2


def test_making_a_form_repeat_moves_no_data(make: MakeProject) -> None:
    owner = make()
    owner.save({"record_id": "1", "seen": "4"})
    owner.json("repeatingFormsEvents", data=[{"form_name": "monthly", "custom_form_label": ""}])
    base, first = owner.json("record", fields="record_id,seen")
    assert (base["seen"], first["seen"], first["redcap_repeat_instance"]) == ("", "4", 1)
