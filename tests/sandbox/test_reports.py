"""Reports: their fields, rows, order and limits; who sees what of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.sandbox.conftest import SUPER_TOKEN, AddUser, Api, MakeProject, field
from tests.sandbox.longitudinal import at, longitudinal

from redcap_sandbox import Sandbox
from redcap_sandbox.client import Administrator

FIELDS = (
    field("record_id", "one"),
    field("town", "one"),
    field("weight", "one", validation="number"),
    field("joined", "one", validation="date_mdy"),
    field("kind", "one", "radio", choices="1, School | 2, Clinic"),
    field("tools", "two", "checkbox", choices="a, Chart | b, Drum"),
    field("story", "two", "notes"),
    field("seen", "log", validation="integer"),
    field("remark", "log"),
    field("done", "plan"),
)
ADMIN = Callable[..., list[list[Any]]]


@pytest.fixture
def admin(sandbox: Sandbox) -> Administrator:
    return Administrator(sandbox.url, SUPER_TOKEN)


@pytest.fixture
def owner(make: MakeProject) -> Api:
    made = make(FIELDS, repeating=("log", "plan"), groups=("North", "South"))
    made.save(
        {
            "record_id": "1",
            "town": "Corby",
            "weight": "9.5",
            "joined": "2024-03-01",
            "redcap_data_access_group": "north",
        },
        {"record_id": "2", "town": "Ashby", "weight": "10", "joined": "2023-12-31", "kind": "2", "tools___a": "1"},
        {"record_id": "10", "town": "ashby", "weight": "-3", "redcap_data_access_group": "south"},
        {"record_id": "11", "story": "One\r\ntwo\n\nthree", "tools___b": "1"},
    )
    log = {"redcap_repeat_instrument": "log", "redcap_repeat_instance": ""}
    made.save(
        *(
            {"record_id": record, **log, "redcap_repeat_instance": n, "seen": seen, "remark": f"{record}/{n}"}
            for record, n, seen in (("1", 1, "5"), ("1", 2, "3"), ("2", 1, "4"))
        )
    )
    made.save({"record_id": "2", **log, "redcap_repeat_instrument": "plan", "redcap_repeat_instance": 1, "done": "x"})
    return made


def report(owner: Api, admin: Administrator, fields: str, **settings: str) -> int:
    number = owner.json("project")["project_id"]
    return admin.add_report(number, title="A report", redcap_reports_fields=fields, **settings)


def rows(api: Api, number: int, **parameters: Any) -> list[list[Any]]:
    return [list(row.values()) for row in api.json("report", report_id=number, **parameters)]


def test_the_fields_stand_in_the_reports_own_order_behind_the_record_id(owner: Api, admin: Administrator) -> None:
    number = report(owner, admin, "tools,kind,record_id,town,two_complete")
    found = owner.json("report", report_id=number)
    assert list(found[0]) == [
        *("record_id", "redcap_repeat_instrument", "redcap_repeat_instance"),
        *("tools___a", "tools___b", "kind", "town", "two_complete"),
    ]
    assert [row["record_id"] for row in found] == ["1", "2", "10", "11"]


def test_a_report_without_the_record_id_has_no_plumbing(owner: Api, admin: Administrator) -> None:
    assert rows(owner, report(owner, admin, "town,kind"))[:2] == [["Corby", ""], ["Ashby", "2"]]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({"orderby_field1": "weight"}, ["11", "10", "1", "2"]),
        ({"orderby_field1": "weight", "orderby_sort1": "DESC"}, ["2", "1", "10", "11"]),
        ({"orderby_field1": "record_id", "orderby_sort1": "DESC"}, ["11", "10", "2", "1"]),
        ({"orderby_field1": "town", "orderby_field2": "record_id", "orderby_sort2": "DESC"}, ["11", "10", "2", "1"]),
        ({"orderby_field1": "joined", "orderby_sort1": "DESC"}, ["1", "2", "10", "11"]),
        ({"orderby_field1": "kind", "orderby_sort1": "DESC"}, ["2", "1", "10", "11"]),
        ({"orderby_field1": "no_such_field"}, ["1", "2", "10", "11"]),
        ({"orderby_field1": "", "orderby_field3": "weight"}, ["11", "10", "1", "2"]),
    ],
    ids=str,
)
def test_rows_are_sorted_by_values_whether_they_are_shown_or_not(
    owner: Api, admin: Administrator, order: dict[str, str], expected: list[str]
) -> None:
    shown = report(owner, admin, "record_id,weight,joined,town,kind", **order)
    hidden = report(owner, admin, "record_id", **order)
    for number in (shown, hidden):
        assert [row[0] for row in rows(owner, number)] == expected


def test_instances_are_sorted_with_the_other_rows(owner: Api, admin: Administrator) -> None:
    number = report(owner, admin, "record_id,seen,town", orderby_field1="seen", orderby_sort1="DESC")
    found = rows(owner, number)
    assert [row[3] for row in found] == ["5", "4", "3", "", "", "", ""]
    assert [row[:3] for row in found[:3]] == [["1", "log", 1], ["2", "log", 1], ["1", "log", 2]]
    by_record = report(owner, admin, "record_id,seen", orderby_field1="record_id")
    assert [row[:3] for row in rows(owner, by_record)][:3] == [["1", "", ""], ["1", "log", 1], ["1", "log", 2]]
    unseen = report(owner, admin, "record_id,town", orderby_field1="seen")
    assert len(rows(owner, unseen)) == 4


def test_a_filter_keeps_rows_or_whole_records(owner: Api, admin: Administrator) -> None:
    limits = {"advanced_logic": "[seen] > 3"}
    by_row = report(owner, admin, "record_id,seen", filter_type="EVENT", **limits)
    assert [row[0] + "/" + str(row[2]) for row in rows(owner, by_row)] == ["1/1", "2/1"]
    by_record = report(owner, admin, "record_id,seen,done", filter_type="RECORD", **limits)
    assert [row[:3] for row in rows(owner, by_record)] == [
        ["1", "", ""],
        ["1", "log", 1],
        ["1", "log", 2],
        ["2", "", ""],
        ["2", "log", 1],
        ["2", "plan", 1],
    ]


def test_a_filter_may_read_what_the_report_does_not_show(owner: Api, admin: Administrator) -> None:
    hidden = report(owner, admin, "record_id,town", advanced_logic="[tools(a)] = 1 or [weight] < 0")
    assert [row[0] for row in rows(owner, hidden)] == ["2", "10"]
    simple = report(owner, admin, "record_id", limiter_logic="[kind] = 2")
    assert [row[0] for row in rows(owner, simple)] == ["2"]
    records = report(owner, admin, "record_id", advanced_logic="[done] = 'x'", filter_type="RECORD")
    assert [row[0] for row in rows(owner, records)] == ["2"]


def test_a_report_may_be_limited_to_groups(owner: Api, admin: Administrator) -> None:
    one = report(owner, admin, "record_id", redcap_reports_filter_dags="south")
    both = report(owner, admin, "record_id", redcap_reports_filter_dags="south,north")
    assert [[row[0] for row in rows(owner, number)] for number in (one, both)] == [["10"], ["1", "10"]]


def test_a_member_of_a_group_gets_its_rows_and_no_group_column(
    owner: Api, admin: Administrator, add_user: AddUser
) -> None:
    number = report(owner, admin, "record_id,town", output_dags="1")
    assert [row[3] for row in rows(owner, number)] == ["north", "", "south", ""]
    assert [row[3] for row in rows(owner, number, rawOrLabel="label")] == ["North", "", "South", ""]
    member = add_user(owner, "nora", "north", api_export=1)
    owner.json("user", data=[{"username": "nora", "data_access_group": "north", "forms_export": {"one": 1}}])
    assert rows(member, number) == [["1", "", "", "Corby"]]
    other = report(owner, admin, "record_id,town", redcap_reports_filter_dags="south")
    assert rows(member, other) == []


def test_line_breaks_in_values_are_taken_out_where_that_is_asked_for(owner: Api, admin: Administrator) -> None:
    taken = report(owner, admin, "story", remove_line_breaks_in_values="1", advanced_logic="[story] <> ''")
    left = report(owner, admin, "story", advanced_logic="[story] <> ''")
    assert (rows(owner, taken), rows(owner, left)) == ([["One  two    three"]], [["One\r\ntwo\n\nthree"]])


def test_options_of_the_call_and_of_the_report_go_together(owner: Api, admin: Administrator) -> None:
    number = report(
        owner, admin, "record_id,tools,kind,weight", combine_checkbox_values="1", advanced_logic="[record_id]<3"
    )
    assert rows(owner, number, rawOrLabel="label", decimalCharacter=",") == [
        ["1", "", "", "", "", "9,5"],
        ["2", "", "", "Chart", "Clinic", "10"],
    ]
    text = owner.call("report", report_id=str(number), format="csv", csvDelimiter="|", rawOrLabelHeaders="label").text
    assert text.splitlines()[0] == 'record_id|"Repeat Instrument"|"Repeat Instance"|tools|kind|weight'
    xml = owner.call("report", report_id=str(number), format="xml").text
    assert xml.count("<item>") == 2
    boxes = report(owner, admin, "tools", advanced_logic="[record_id] = 2")
    assert rows(owner, boxes, rawOrLabel="label", exportCheckboxLabel="true") == [["Chart", ""]]


def test_survey_fields_come_with_the_report_that_asks_for_them(owner: Api, admin: Administrator) -> None:
    admin.set_up_survey(owner.json("project")["project_id"], "two")
    number = report(owner, admin, "record_id,story", output_survey_fields="1")
    assert list(owner.json("report", report_id=number)[0]) == [
        *("record_id", "redcap_repeat_instrument", "redcap_repeat_instance", "redcap_survey_identifier"),
        *("two_timestamp", "story"),
    ]


def test_fields_that_are_gone_are_passed_over(owner: Api, admin: Administrator) -> None:
    number = report(owner, admin, "record_id,story,town", orderby_field1="story")
    owner.json("metadata", data=[row for row in FIELDS if row["field_name"] != "story"])
    assert [row[0] for row in rows(owner, number)] == ["1", "2", "10", "11"]
    gone = report(owner, admin, "tools")
    owner.json("metadata", data=list(FIELDS[:3]))
    assert rows(owner, gone) == []
    assert owner.call("report", report_id=str(gone), format="csv").text == ""


@pytest.mark.parametrize("number", ["", "0", "-1", "1.0", "x", "9" * 30, "1" * 15 + "x", "²", "1 OR 1=1", "\x00"])
def test_a_report_that_is_none_is_refused(owner: Api, number: str) -> None:
    message = (
        'The value of the parameter "report_id" is not valid'
        if number
        else 'The required parameter "report_id" is missing'
    )
    assert owner.refusal("report", report_id=number) == (400, message)


def test_a_report_of_another_project_is_none(owner: Api, admin: Administrator, make: MakeProject) -> None:
    number = report(owner, admin, "record_id")
    assert make().refusal("report", report_id=str(number))[0] == 400


def test_a_reports_broken_filter_is_told(owner: Api, sandbox: Sandbox, admin: Administrator) -> None:
    number = report(owner, admin, "record_id", advanced_logic="[weight] > 1")
    owner.json("metadata", data=[row for row in FIELDS if row["field_name"] != "weight"])
    status, message = owner.refusal("report", report_id=number)
    assert (status, message.startswith("The filter logic is not valid")) == (400, True)


def test_a_report_is_logged_as_an_export_of_its_fields(owner: Api, admin: Administrator) -> None:
    number = report(owner, admin, "record_id,town")
    rows(owner, number)
    newest = owner.json("log", logtype="export")[0]
    assert (newest["action"], newest["details"]) == (
        "Data export (API)",
        f"report_id = '{number}', record_id, redcap_repeat_instrument, redcap_repeat_instance, town",
    )


def test_a_longitudinal_report_may_be_limited_to_events(sandbox: Sandbox, admin: Administrator) -> None:
    study = longitudinal(sandbox)
    study.save(
        at("1", "start_arm_1", name="Ann", weight="70"),
        at("1", "later_arm_1", "visit", 2, weight="72"),
        at("1", "daily_arm_1", "", 1, mood="1"),
        at("2", "start_arm_1", name="Bo", weight="60"),
        at("2", "start_arm_2", name="Bo"),
    )
    fields = "record_id,weight,name"
    some = report(study, admin, fields, redcap_reports_filter_events="later_arm_1,start_arm_1")
    assert [row[:4] for row in rows(study, some)] == [
        ["1", "start_arm_1", "", ""],
        ["1", "later_arm_1", "", ""],
        ["1", "later_arm_1", "visit", 2],
        ["2", "start_arm_1", "", ""],
    ]
    logic = {"advanced_logic": "[weight] = 70"}
    whole = report(study, admin, fields, filter_type="RECORD", redcap_reports_filter_events="later_arm_1", **logic)
    assert [row[:4] for row in rows(study, whole)] == [["1", "later_arm_1", "", ""], ["1", "later_arm_1", "visit", 2]]
    other = report(study, admin, fields, advanced_logic="[start_arm_1][weight] = 60", orderby_field1="name")
    assert [row[1] for row in rows(study, other)] == ["start_arm_1", "start_arm_2"]
    gone = report(study, admin, fields, redcap_reports_filter_events="never_arm_1")
    assert rows(study, gone) == []
