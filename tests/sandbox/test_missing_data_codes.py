"""Missing data codes: values of any field, and boxes of their own where a field has boxes."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.conftest import SUPER_TOKEN, Api, MakeProject, field

from redcap_sandbox import Sandbox
from redcap_sandbox.client import Administrator

FIELDS = (
    field("record_id", "one"),
    field("weight", "one", validation="number"),
    field("joined", "one", validation="date_dmy"),
    field("kind", "one", "radio", choices="1, School | 2, Clinic"),
    field("agreed", "one", "yesno"),
    field("energy", "one", "slider"),
    field("firm", "one", validation="integer", field_annotation="@NOMISSING"),
    field("tools", "one", "checkbox", "Tools", choices="a, Chart | b, Drum"),
    field("signs", "one", "checkbox", choices="a, Ache | nask, Odd"),
    field("sure", "one", "checkbox", choices="1, Yes", field_annotation="@NOMISSING"),
    field("note", "two"),
)
CODES = {"NASK": "Not asked", "-9": "Refused"}


@pytest.fixture
def owner(make: MakeProject, sandbox: Sandbox) -> Api:
    made = make(FIELDS)
    Administrator(sandbox.url, SUPER_TOKEN).set_missing_codes(made.json("project")["project_id"], CODES)
    return made


def boxes(api: Api, **parameters: Any) -> dict[str, list[str]]:
    """Record → what it has in the columns of the checkbox `tools`."""
    rows = api.json("record", fields="record_id,tools", **parameters)
    return {row["record_id"]: list(row.values())[1:] for row in rows}


@pytest.mark.parametrize("name", ["weight", "joined", "kind", "agreed", "energy", "note"])
def test_a_code_is_a_value_of_any_field_and_exported_as_it_is(owner: Api, name: str) -> None:
    owner.save({"record_id": "1", name: "NASK"}, {"record_id": "2", name: " -9 " if name != "note" else "-9"})
    for wording in ("raw", "label"):
        assert [row[name] for row in owner.json("record", rawOrLabel=wording)] == ["NASK", "-9"]


def test_codes_are_known_by_their_case(owner: Api) -> None:
    assert owner.refusal("record", data=[{"record_id": "1", "weight": "nask"}])[0] == 400


def test_a_field_may_refuse_them(owner: Api) -> None:
    status, message = owner.refusal("record", data=[{"record_id": "1", "firm": "NASK"}])
    assert (status, message.startswith('"1","firm","NASK","The value you provided could not be validated')) == (
        400,
        True,
    )
    assert owner.refusal("record", data=[{"record_id": "1", "sure___nask": "1"}])[1].endswith("fields: sure___nask")


def test_without_a_code_in_use_a_checkbox_has_the_columns_of_its_choices(owner: Api) -> None:
    owner.save({"record_id": "1", "tools___a": "1"})
    assert list(owner.json("record", fields="tools")[0]) == ["tools___a", "tools___b"]
    assert boxes(owner) == {"1": ["1", "0"]}


def test_once_a_code_is_in_use_all_codes_have_columns_and_the_choices_of_that_record_are_blank(owner: Api) -> None:
    owner.save({"record_id": "1", "tools___a": "1"}, {"record_id": "2", "tools___nask": "1", "note": "x"})
    assert list(owner.json("record", fields="tools")[0]) == ["tools___a", "tools___b", "tools___nask", "tools____9"]
    assert boxes(owner) == {"1": ["1", "0", "0", "0"], "2": ["", "", "1", "0"]}
    assert "signs____9" not in owner.json("record")[0]
    owner.save({"record_id": "2", "tools___nask": "0"})
    assert boxes(owner) == {"1": ["1", "0"], "2": ["0", "0"]}


def test_such_an_export_goes_in_again(owner: Api) -> None:
    owner.save({"record_id": "1", "tools____9": "1"}, {"record_id": "2", "tools___b": "1"})
    for kind in ("flat", "eav"):
        exported = owner.json("record", type=kind)
        owner.json("record", action="import", type=kind, data=exported, overwriteBehavior="overwrite")
        assert owner.json("record", type=kind) == exported
    assert [row["value"] for row in owner.json("record", type="eav", fields="tools")] == ["-9", "b"]


def test_labels_and_headings_are_those_of_the_codes(owner: Api) -> None:
    owner.save({"record_id": "1", "tools___nask": "1"})
    assert boxes(owner, rawOrLabel="label")["1"] == ["", "", "Checked", "Unchecked"]
    assert boxes(owner, rawOrLabel="label", exportCheckboxLabel="1")["1"] == ["", "", "Not asked", ""]
    assert boxes(owner, combineCheckboxOptions="1")["1"] == ["NASK"]
    text = owner.call("record", format="csv", rawOrLabelHeaders="label", fields="tools").text
    assert text.splitlines()[0] == (
        '"Tools (choice=Chart)","Tools (choice=Drum)","Tools (choice=Not asked)","Tools (choice=Refused)"'
    )


def test_a_code_that_is_called_like_a_choice_has_no_column(owner: Api) -> None:
    owner.save({"record_id": "1", "signs___nask": "1"}, {"record_id": "2", "signs____9": "1"})
    rows = owner.json("record", fields="signs")
    assert [list(row) for row in rows] == [["signs___a", "signs___nask", "signs____9"]] * 2
    assert [list(row.values()) for row in rows] == [["0", "1", "0"], ["", "", "1"]]


def test_reports_filters_and_the_log_know_the_boxes(owner: Api, sandbox: Sandbox) -> None:
    owner.save({"record_id": "1", "tools___nask": "1"}, {"record_id": "2", "tools___a": "1"})
    assert [row["record_id"] for row in owner.json("record", filterLogic="[tools(NASK)] = 1")] == ["1"]
    admin, number = Administrator(sandbox.url, SUPER_TOKEN), owner.json("project")["project_id"]
    report = admin.add_report(number, title="Tools", redcap_reports_fields="record_id,tools")
    assert [list(row.values()) for row in owner.json("report", report_id=report)] == [
        ["1", "", "", "1", "0"],
        ["2", "1", "0", "0", "0"],
    ]
    created = owner.json("log", logtype="record_add", record="1")[0]["details"]
    assert created == "record_id = '1', tools(NASK) = checked, one_complete = '0'"


def test_the_boxes_move_with_their_field_and_go_with_it(owner: Api) -> None:
    owner.save({"record_id": "1", "tools___nask": "1", "tools___a": "1"})
    moved = [{**row, "form_name": "two"} if row["field_name"] == "tools" else row for row in FIELDS]
    owner.json("metadata", data=sorted(moved, key=lambda row: row["form_name"]))
    assert boxes(owner) == {"1": ["", "", "1", "0"]}
    owner.json("metadata", data=[row for row in FIELDS if row["field_name"] != "tools"])
    owner.json("metadata", data=list(FIELDS))
    assert boxes(owner) == {"1": ["0", "0"]}


def test_codes_that_are_codes_no_longer_have_no_columns(owner: Api, sandbox: Sandbox) -> None:
    owner.save({"record_id": "1", "tools___nask": "1", "tools___a": "1"})
    Administrator(sandbox.url, SUPER_TOKEN).set_missing_codes(owner.json("project")["project_id"], {})
    assert boxes(owner) == {"1": ["1", "0"]}
    assert owner.refusal("record", data=[{"record_id": "1", "tools___nask": "0"}])[0] == 400
