"""The data dictionary and the list of instruments."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from tests.sandbox.conftest import DICTIONARY_COLUMNS, Api, field
from tests.sandbox.evidence.conftest import Create, csv
from tests.sandbox.evidence.odm import Study
from tests.sandbox.evidence.studies import TEAM_FIELDS, WARD_FIELDS


def told(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the dictionary with blanks around `|` put in: servers differ in them."""
    choices = row["select_choices_or_calculations"]
    listed = choices if row["field_type"] == "calc" else " | ".join(part.strip() for part in choices.split("|"))
    return {**row, "select_choices_or_calculations": listed}


# K1 [R] metadata-read/normal, [P] export_metadata doctest: 18 columns, all text
def test_a_field_has_eighteen_texts(wards: Api) -> None:
    rows = wards.json("metadata")
    assert {tuple(row) for row in rows} == {DICTIONARY_COLUMNS}
    assert {type(value) for row in rows for value in row.values()} == {str}
    assert csv(wards, "metadata").split("\n", 1)[0] == ",".join(DICTIONARY_COLUMNS)


# K2 [P] create_project, [R] projects/*/project.xml and dictionary.csv: from XML, with the names of the dictionary
# K2 [R] redcap-metadata-read.R: `0, Female|1, Male` and `0, Female | 1, Male` are the same
def test_the_dictionary_of_the_xml_is_the_projects(wards: Api, teams: Api) -> None:
    assert [told(row) for row in wards.json("metadata")] == [dict(row) for row in WARD_FIELDS]
    assert [told(row) for row in teams.json("metadata")] == [dict(row) for row in TEAM_FIELDS]


# K3 [R] metadata-read "normal-filter-form-out-of-order"
def test_forms_come_in_the_order_of_the_dictionary(wards: Api) -> None:
    names = [row["field_name"] for row in wards.json("metadata", **{"forms[0]": "people", "forms[1]": "ward"})]
    assert names == [row["field_name"] for row in WARD_FIELDS if row["form_name"] in {"ward", "people"}]


# K3 [R] metadata-read "normal-filter-form-demographics", [P] export_metadata(fields=…), [A] exportMetaData
def test_fields_and_forms_narrow_it_down(wards: Api) -> None:
    assert {row["form_name"] for row in wards.json("metadata", forms="safety")} == {"safety"}
    named = wards.json("metadata", **{"fields[0]": "sort", "fields[1]": "beds"})
    assert [row["field_name"] for row in named] == ["sort", "beds"]


# K4 [P] test_export_and_import_metadata: fewer fields, then all again
def test_an_import_replaces_the_dictionary(own_wards: Api) -> None:
    project = own_wards.project()
    before = project.export_metadata()
    assert project.import_metadata(before[:-2]) == 15
    assert own_wards.json("metadata") == before[:-2]
    assert project.import_metadata(before) == 17
    assert own_wards.json("metadata") == before


# K4 [P] test_export_and_import_metadata_csv, import_metadata doctest
def test_the_exported_csv_goes_in_again(own_wards: Api) -> None:
    project = own_wards.project()
    text = project.export_metadata("csv")
    assert text.startswith("field_name,form_name,")
    assert project.import_metadata(to_import=text, import_format="csv") == 17
    assert project.export_metadata("csv") == text


# K4 [P] test_export_and_import_metadata_df
def test_a_data_frame_of_the_dictionary_goes_in_again(own_wards: Api) -> None:
    project = own_wards.project()
    whole = {"text_validation_min": pd.Int64Dtype(), "text_validation_max": pd.Int64Dtype()}
    frame = project.export_metadata(format_type="df", df_kwargs={"index_col": "field_name", "dtype": whole})
    assert frame.index.name == "field_name"
    assert project.import_metadata(to_import=frame, import_format="df") == 17
    beds = next(row for row in project.export_metadata() if row["field_name"] == "beds")
    assert (beds["text_validation_min"], beds["text_validation_max"]) == ("4", "60")


# K5 [R] test-metadata-write: 16 fields → 16, in CSV; [A] importMetaData without an action
def test_r_writes_the_dictionary_as_csv(own_wards: Api) -> None:
    rows = [field("record_id", "form"), field("age", "form", validation="integer")]
    lines = [DICTIONARY_COLUMNS, *(tuple(row.values()) for row in rows)]
    data = "\n".join(",".join(f'"{cell}"' for cell in line) for line in lines)
    reply = own_wards.call("metadata", format="csv", returnFormat="csv", data=data)
    assert (reply.status_code, reply.text) == (200, "2")
    assert [row["field_name"] for row in own_wards.json("metadata")] == ["record_id", "age"]


# K6 [R] redcap-metadata-read.R, [I] redcapAPI#4: with and without blanks around the bar
@pytest.mark.parametrize("choices", ["0, Female|1, Male", "0, Female | 1, Male", "0, Female |1, Male"])
def test_choices_are_read_with_and_without_blanks(new: Create, choices: str) -> None:
    owner = new(Study("Choices", (field("id", "form"),), {"form": "Form"}))
    owner.json("metadata", data=[field("id", "form"), field("sex", "form", "radio", choices=choices)])
    owner.save({"id": "1", "sex": "1"})
    assert owner.json("record", rawOrLabel="label", fields="sex") == [{"sex": "Male"}]


# K7 [A] constants.R (issue 145): labels without codes are let in, and numbered
def test_choices_may_be_labels_only(new: Create) -> None:
    owner = new(Study("Labels", (field("id", "form"),), {"form": "Form"}))
    owner.json("metadata", data=[field("id", "form"), field("size", "form", "radio", choices="Small | Large")])
    owner.save({"id": "1", "size": "2"})
    assert owner.json("record", rawOrLabel="label", fields="size") == [{"size": "Large"}]


# K8 [T] api-9ba514, [R] instruments/default, [P] export_instruments doctest, test_export_instruments
def test_instruments_have_a_name_and_a_label(wards: Api) -> None:
    assert wards.json("instrument") == [
        {"instrument_name": "ward", "instrument_label": "Ward"},
        {"instrument_name": "safety", "instrument_label": "Safety check"},
        {"instrument_name": "people", "instrument_label": "People"},
    ]
    assert csv(wards, "instrument") == (
        'instrument_name,instrument_label\nward,"Ward"\nsafety,"Safety check"\npeople,"People"\n'
    )


# K8 [A] test-108: the instruments follow the dictionary
def test_instruments_follow_the_dictionary(own_wards: Api) -> None:
    before = own_wards.json("metadata")
    own_wards.json("metadata", data=[row for row in before if row["form_name"] != "safety"])
    assert [row["instrument_name"] for row in own_wards.json("instrument")] == ["ward", "people"]


# K9 [R] test-read-superwide, test-metadata-read "super-wide": thousands of fields
def test_a_wide_dictionary_is_exported_in_one_piece(new: Create) -> None:
    wide = (field("id", "form"), *(field(f"v{number:04}", "form") for number in range(3000)))
    owner = new(Study("Wide", wide, {"form": "Form"}))
    assert len(owner.json("metadata")) == 3001
    owner.save({"id": "1", "v2999": "x"})
    assert len(owner.json("record")[0]) == 3002
