"""What becomes of data when the dictionary changes: fields that move, choices and forms that go, another record id."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.conftest import SUPER_TOKEN, Api, MakeProject, field
from tests.sandbox.longitudinal import FIELDS, at, designate, longitudinal, places, value

from redcap_sandbox import Sandbox
from redcap_sandbox.client import Administrator

Cells = dict[str, Any]


def changed(fields: tuple[Cells, ...], name: str, /, **cells: str) -> list[Cells]:
    """The dictionary with other cells for one field; its form's fields stay together."""
    short = {
        "choices": "select_choices_or_calculations",
        "form": "form_name",
        "kind": "field_type",
        "name": "field_name",
    }
    new = {short.get(key, key): cell for key, cell in cells.items()}
    rows = [{**one, **new} if one["field_name"] == name else one for one in fields]
    order = list(dict.fromkeys(row["form_name"] for row in rows))
    return sorted(rows, key=lambda row: order.index(row["form_name"]))


@pytest.fixture
def study(sandbox: Sandbox) -> Api:
    """Two events with every form, visits repeating at the second; a daily event that repeats as a whole."""
    forms = ("enrol", "visit", "diary")
    events = {(1, "Start"): forms, (1, "Later"): forms, (1, "Daily"): forms}
    owner = longitudinal(sandbox, FIELDS, events, [("later_arm_1", "visit"), ("daily_arm_1", "")])
    owner.save(
        at("1", "start_arm_1", name="Ann", weight="70", remark="x", mood="1", signs___a="1", signs___b_2="1"),
        at("1", "later_arm_1", mood="2"),
        at("1", "later_arm_1", "visit", 1, weight="71"),
        at("1", "later_arm_1", "visit", 2, weight="72", remark="y"),
        at("1", "daily_arm_1", "", 2, weight="80", mood="1"),
    )
    return owner


def upload(owner: Api, rows: list[Cells]) -> None:
    assert owner.json("metadata", action="import", data=rows) == len(rows)


def test_a_field_takes_its_values_along_to_another_form_in_every_event_and_instance(study: Api) -> None:
    upload(study, changed(FIELDS, "remark", form="enrol"))
    assert value(study, "1", "start_arm_1", "remark") == "x"
    upload(study, changed(FIELDS, "weight", form="diary"))
    assert [value(study, "1", "start_arm_1", "weight"), value(study, "1", "daily_arm_1", "weight", 2)] == ["70", "80"]
    upload(study, list(FIELDS))
    assert [value(study, "1", "later_arm_1", "weight", number) for number in (1, 2)] == ["71", "72"]
    assert value(study, "1", "later_arm_1", "remark", 2) == "y"


def test_a_field_that_leaves_a_repeating_form_shows_its_first_instance(study: Api) -> None:
    upload(study, changed(FIELDS, "weight", form="enrol"))
    assert value(study, "1", "later_arm_1", "weight") == "71"
    assert value(study, "1", "daily_arm_1", "weight", 2) == "80"


def test_two_fields_that_change_places_keep_their_own_values(study: Api) -> None:
    rows = changed(FIELDS, "remark", form="diary")
    upload(study, changed(tuple(rows), "mood", form="visit"))
    assert (value(study, "1", "start_arm_1", "remark"), value(study, "1", "start_arm_1", "mood")) == ("x", "1")


def test_a_moved_field_makes_no_form_complete(study: Api) -> None:
    study.save(at("2", "start_arm_1", weight="60", visit_complete="2"))
    upload(study, changed(FIELDS, "weight", form="enrol"))
    rows = study.json("record", records="2", exportBlankForGrayFormStatus="true")
    assert (rows[0]["weight"], rows[0]["enrol_complete"], rows[0]["visit_complete"]) == ("60", "", "2")


def test_a_removed_choice_stays_stored_in_a_radio_and_goes_from_a_checkbox(study: Api) -> None:
    upload(study, changed(tuple(changed(FIELDS, "mood", choices="2, High")), "signs", choices="B-2, Bruise"))
    row = study.json("record", records="1", events="start_arm_1")[0]
    assert (row["mood"], row["signs___b_2"], "signs___a" in row) == ("1", "1", False)
    assert study.json("record", records="1", events="start_arm_1", rawOrLabel="label")[0]["mood"] == "1"
    assert study.refusal("record", data=[at("2", "start_arm_1", mood="1")])[0] == 400
    upload(study, list(FIELDS))
    row = study.json("record", records="1", events="start_arm_1")[0]
    assert (row["mood"], row["signs___b_2"], row["signs___a"]) == ("1", "1", "0")


def test_a_box_is_known_by_its_own_code_not_by_its_columns_name(study: Api) -> None:
    upload(study, changed(FIELDS, "signs", choices="a, Ache | b_2, Bruise"))
    assert study.json("record", records="1", events="start_arm_1")[0]["signs___b_2"] == "0"


@pytest.mark.parametrize("kind", ["checkbox", "text", "yesno", "file", "descriptive"])
def test_another_kind_of_field_keeps_what_it_can_hold_and_exports_on(study: Api, kind: str) -> None:
    choices = {"choices": "1, Low | 2, High"} if kind == "checkbox" else {"choices": ""}
    upload(study, changed(FIELDS, "mood", kind=kind, **choices))
    for parameters in ({}, {"type": "eav"}, {"rawOrLabel": "label"}):
        assert study.json("record", records="1", **parameters)
    row = study.json("record", records="1", events="start_arm_1")[0]
    expected = {"checkbox": ("mood___1", "0"), "text": ("mood", "1"), "yesno": ("mood", "1")}
    if kind in expected:
        name, stored = expected[kind]
        assert row[name] == stored


def test_a_renamed_field_is_a_new_one(study: Api) -> None:
    upload(study, changed(FIELDS, "remark", name="comment"))
    assert value(study, "1", "start_arm_1", "comment") == ""
    upload(study, list(FIELDS))
    assert value(study, "1", "start_arm_1", "remark") == ""


def test_a_renamed_form_keeps_its_values_but_not_its_status(study: Api) -> None:
    study.save(at("1", "start_arm_1", visit_complete="2"))
    rows = [{**row, "form_name": "checkup"} if row["form_name"] == "visit" else row for row in FIELDS]
    upload(study, rows)
    designate(study, [(event, "checkup") for event in ("start_arm_1", "later_arm_1")])
    study.json("repeatingFormsEvents", data=[{"event_name": "later_arm_1", "form_name": "checkup"}])
    row = study.json("record", records="1", events="start_arm_1", exportBlankForGrayFormStatus="true")[0]
    assert (row["weight"], row["remark"], row["checkup_complete"]) == ("70", "x", "")
    assert value(study, "1", "later_arm_1", "weight", 2) == "72"
    upload(study, list(FIELDS))
    designate(study, [("start_arm_1", "visit")])
    study.json("repeatingFormsEvents", data=[])
    row = study.json("record", records="1", events="start_arm_1", exportBlankForGrayFormStatus="true")[0]
    assert (row["weight"], row["visit_complete"]) == ("70", "")


def test_the_data_of_a_form_that_goes_are_gone_when_it_comes_back(study: Api) -> None:
    upload(study, [row for row in FIELDS if row["form_name"] != "visit"])
    assert {row["form"] for row in study.json("formEventMapping")} == {"enrol", "diary"}
    upload(study, list(FIELDS))
    designate(study, [("start_arm_1", "visit"), ("start_arm_1", "enrol")])
    row = study.json("record", records="1", events="start_arm_1", exportBlankForGrayFormStatus="true")[0]
    assert (row["name"], row["weight"], row["visit_complete"]) == ("Ann", "", "")


def test_the_record_id_may_get_another_name(study: Api) -> None:
    upload(study, changed(FIELDS, "record_id", name="study_id"))
    rows = study.json("record")
    assert {row["study_id"] for row in rows} == {"1"}
    assert len(rows) == 5
    study.save({"study_id": "2", "name": "Bo"})
    assert study.json("record", records="2", fields="name") == [{"name": "Bo"}]
    assert study.refusal("record", data=[{"record_id": "3"}])[1].endswith("real data fields: record_id")


def test_a_field_of_data_may_become_the_record_id_and_keeps_no_values_of_its_own(study: Api) -> None:
    upload(study, [FIELDS[1], *FIELDS[2:]])
    assert {row["name"] for row in study.json("record")} == {"1"}
    assert [row["value"] for row in study.json("record", type="eav", fields="name")] == ["1"] * 3
    upload(study, list(FIELDS))
    assert value(study, "1", "start_arm_1", "name") == ""


def test_a_calculation_that_changes_computes_nothing_by_itself(make: MakeProject) -> None:
    fields = (field("record_id", "f"), field("n", "f"), field("twice", "f", "calc", choices="[n] * 2"))
    owner = make(fields)
    owner.save({"record_id": "1", "n": "4"})
    upload(owner, changed(fields, "twice", choices="[n] * 3"))
    assert owner.json("record", fields="twice") == [{"twice": "8"}]


def test_an_upload_that_is_refused_changes_no_data(study: Api) -> None:
    before = study.json("record")
    rows = [*changed(FIELDS, "weight", form="enrol"), field("weight", "again")]
    assert study.refusal("metadata", action="import", data=rows)[0] == 400
    assert study.json("record") == before


def test_a_draft_that_is_approved_moves_data_as_an_upload_does(study: Api, sandbox: Sandbox) -> None:
    admin, number = Administrator(sandbox.url, SUPER_TOKEN), study.json("project")["project_id"]
    admin.to_production(number)
    admin.enter_draft(number)
    admin.upload_draft(number, changed(FIELDS, "weight", form="diary"))
    assert value(study, "1", "later_arm_1", "weight", 2) == "72"
    admin.submit_draft(number)
    admin.approve_draft(number)
    assert value(study, "1", "start_arm_1", "weight") == "70"
    assert value(study, "1", "later_arm_1", "weight") == "71"


def test_many_records_are_refitted_each_by_itself(study: Api) -> None:
    study.save(*(at(f"r{number}", "start_arm_1", weight=str(number)) for number in range(300)))
    upload(study, changed(FIELDS, "weight", form="enrol"))
    weights = {row["record_id"]: row["weight"] for row in study.json("record", events="start_arm_1")}
    assert weights == {"1": "70"} | {f"r{number}": str(number) for number in range(300)}
    assert len(places(study)) == 305
