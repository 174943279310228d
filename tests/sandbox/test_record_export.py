"""Record exports: which columns, which rows, in which words."""

# ruff: noqa: DTZ001  (PyCap takes naive times, in the zone of the server)
from __future__ import annotations

from datetime import datetime

import pytest
import requests
from redcap.request import RedcapError
from tests.sandbox.conftest import AddUser, Api, Clock, MakeProject, field, invalid


@pytest.fixture
def filled(team: Api) -> Api:
    """Two records, the second with instances of both repeating forms, entered out of order."""
    team.save(
        {"record_id": "10", "town": "Ashby", "kind": "2", "tools___a": "1", "redcap_data_access_group": "south"},
        instance("2", "pdsa", 1, test="Ask twice"),
        instance("2", "monthly", 2, month="2025-10-01", seen="7", agreed="1"),
        instance("2", "monthly", 1, month="2025-09-01", monthly_complete="2"),
    )
    return team


def instance(record: str, form: str, number: int | str, **values: str) -> dict[str, object]:
    return {"record_id": record, "redcap_repeat_instrument": form, "redcap_repeat_instance": number, **values}


COLUMNS = [
    "record_id",
    "redcap_repeat_instrument",
    "redcap_repeat_instance",
    "town",
    "kind",
    "tools___a",
    "tools____4",
    "tools___k__9",
    "profile_complete",
    "month",
    "seen",
    "agreed",
    "total",
    "monthly_complete",
    "test",
    "photo",
    "pdsa_complete",
]


def test_pycap_exports_base_rows_first_then_instances_by_form_and_number(filled: Api) -> None:
    rows = filled.project().export_records()
    assert [list(row) for row in rows] == [COLUMNS] * 5
    assert [list(row.values()) for row in rows] == [
        ["2", "", "", "", "", "0", "0", "0", "0", "", "", "", "", "", "", "", ""],
        ["2", "monthly", 1, "", "", "", "", "", "", "2025-09-01", "", "", "", "2", "", "", ""],
        ["2", "monthly", 2, "", "", "", "", "", "", "2025-10-01", "7", "1", "14", "0", "", "", ""],
        ["2", "pdsa", 1, "", "", "", "", "", "", "", "", "", "", "", "Ask twice", "", "0"],
        ["10", "", "", "Ashby", "2", "1", "0", "0", "0", "", "", "", "", "", "", "", ""],
    ]


def test_csv_quotes_a_cell_with_a_blank_but_not_a_bare_word(filled: Api) -> None:
    text = filled.project().export_records(format_type="csv", fields=["test", "tools"], raw_or_label="label")
    assert text == (
        "record_id,redcap_repeat_instrument,redcap_repeat_instance,tools___a,tools____4,tools___k__9,test\n"
        "2,,,Unchecked,Unchecked,Unchecked,\n"
        '2,Pdsa,1,,,,"Ask twice"\n'
        "10,,,Checked,Unchecked,Unchecked,\n"
    )


def test_xml_puts_each_value_in_cdata(filled: Api) -> None:
    text = filled.project().export_records(format_type="xml", records=["10"], fields=["town"])
    assert text == (
        '<?xml version="1.0" encoding="UTF-8" ?>\n<records>\n<item><record_id><![CDATA[10]]></record_id>'
        "<redcap_repeat_instrument><![CDATA[]]></redcap_repeat_instrument>"
        "<redcap_repeat_instance><![CDATA[]]></redcap_repeat_instance>"
        "<town><![CDATA[Ashby]]></town></item>\n</records>"
    )


def test_without_the_record_id_there_is_no_plumbing(filled: Api) -> None:
    rows = filled.json("record", fields="town", exportDataAccessGroups="true")
    assert rows == [{"town": ""}, {"town": "Ashby"}]
    assert list(filled.json("record", forms="pdsa")[0]) == ["test", "photo", "pdsa_complete"]


def test_the_first_form_brings_the_record_id(filled: Api) -> None:
    assert list(filled.json("record", forms="profile")[0])[:3] == COLUMNS[:3]


def test_fields_and_forms_add_up_and_keep_the_dictionarys_order(filled: Api) -> None:
    row = filled.json("record", **{"fields[0]": "pdsa_complete", "fields[1]": "kind", "forms[0]": "monthly"})[0]
    assert list(row) == ["kind", "month", "seen", "agreed", "total", "monthly_complete", "pdsa_complete"]


def test_a_project_where_nothing_repeats_has_no_repeat_columns(make: MakeProject) -> None:
    owner = make()
    owner.save({"record_id": "1"})
    assert list(owner.json("record")[0])[:2] == ["record_id", "town"]


def test_only_forms_asked_for_bring_their_instances(filled: Api) -> None:
    rows = filled.json("record", fields="record_id,test")
    assert [row["redcap_repeat_instrument"] for row in rows] == ["", "pdsa", ""]
    assert len(filled.json("record", fields="record_id")) == 2


@pytest.mark.parametrize(("parameter", "name"), [("fields", "tools___a"), ("fields", "sean"), ("forms", "monthli")])
def test_an_unknown_name_in_an_array_is_refused(filled: Api, parameter: str, name: str) -> None:
    assert filled.refusal("record", **{f"{parameter}[0]": name}) == (400, invalid(parameter, name))


def test_an_unknown_name_in_a_joined_list_is_passed_over_in_silence(filled: Api) -> None:
    assert list(filled.json("record", fields="town,nonsense")[0]) == ["town"]
    assert list(filled.json("record", forms="nonsense")[0]) == COLUMNS


def test_pycap_tells_an_unknown_field_as_an_error(filled: Api) -> None:
    with pytest.raises(RedcapError, match="are not valid"):
        filled.project().export_records(fields=["sean"])


def test_records_are_chosen_by_name_and_unknown_ones_passed_over(filled: Api) -> None:
    rows = filled.project().export_records(records=["10", "99"])
    assert [row["record_id"] for row in rows] == ["10"]


def test_the_group_column_comes_when_it_is_asked_for(filled: Api) -> None:
    rows = filled.project().export_records(export_data_access_groups=True, fields=["town"])
    assert list(rows[0]) == [*COLUMNS[:3], "redcap_data_access_group", "town"]
    assert [row["redcap_data_access_group"] for row in rows] == ["", "south"]
    labelled = filled.json("record", exportDataAccessGroups="1", rawOrLabel="label", records="10")
    assert labelled[0]["redcap_data_access_group"] == "South"


def test_an_instance_carries_the_group_of_its_record(filled: Api) -> None:
    filled.save(instance("10", "pdsa", 1, test="x"))
    rows = filled.json("record", exportDataAccessGroups="true", records="10")
    assert [row["redcap_data_access_group"] for row in rows] == ["south", "south"]


def test_a_project_without_groups_has_no_group_column(make: MakeProject) -> None:
    owner = make()
    owner.save({"record_id": "1"})
    assert "redcap_data_access_group" not in owner.json("record", exportDataAccessGroups="true")[0]


def test_a_user_in_a_group_sees_its_records_only_and_no_group_column(filled: Api, add_user: AddUser) -> None:
    member = add_user(filled, "nora", "south", api_export=1)
    rows = member.json("record", exportDataAccessGroups="true")
    assert [row["record_id"] for row in rows] == ["10"]
    assert "redcap_data_access_group" not in rows[0]
    assert member.json("record", records="2") == []


def test_labels_replace_codes(filled: Api) -> None:
    rows = filled.project().export_records(raw_or_label="label")
    assert [(row["kind"], row["tools___a"], row["profile_complete"]) for row in rows] == [
        ("", "Unchecked", "Incomplete"),
        ("", "", ""),
        ("", "", ""),
        ("", "", ""),
        ("Clinic", "Checked", "Incomplete"),
    ]
    assert (rows[1]["monthly_complete"], rows[2]["agreed"], rows[2]["month"]) == ("Complete", "Yes", "2025-10-01")
    assert rows[1]["redcap_repeat_instrument"] == "Monthly"
    boxes = filled.json("record", rawOrLabel="label", exportCheckboxLabel="true", fields="tools", records="10")
    assert boxes == [{"tools___a": "Chart", "tools____4": "", "tools___k__9": ""}]


def test_csv_headers_may_be_labels_without_markup(filled: Api) -> None:
    text = filled.project().export_records(
        format_type="csv", raw_or_label_headers="label", forms=["profile"], export_data_access_groups=True
    )
    assert text.splitlines()[0] == (
        '"Record ID","Repeat Instrument","Repeat Instance","Data Access Group",Town,Kind,"Tools (choice=Chart)",'
        '"Tools (choice=Drum)","Tools (choice=Kite)",Complete?'
    )


def test_a_gray_form_may_have_a_blank_status(filled: Api) -> None:
    rows = filled.project().export_records(export_blank_for_gray_form_status=True, forms=["profile"])
    assert [row["profile_complete"] for row in rows] == ["", "0"]


def test_another_delimiter_can_be_asked_for(filled: Api) -> None:
    text = filled.call("record", format="csv", csvDelimiter="tab", fields="record_id,town", records="10").text
    assert text == "record_id\tredcap_repeat_instrument\tredcap_repeat_instance\ttown\n10\t\t\tAshby\n"


def test_no_rows_are_an_empty_list_an_empty_text_and_an_empty_element(team: Api) -> None:
    assert team.call("record", format="json").text == "[]"
    assert team.call("record", format="csv").text == ""
    assert team.call("record", format="xml").text == ('<?xml version="1.0" encoding="UTF-8" ?>\n<records>\n</records>')


def test_a_listing_without_rows_has_its_header_in_csv(make: MakeProject) -> None:
    assert make().call("dag", format="csv").text == ("data_access_group_name,unique_group_name,data_access_group_id\n")


def test_eav_has_a_row_for_every_stored_value(filled: Api) -> None:
    rows = filled.project().export_records(record_type="eav")
    assert [tuple(row.values()) for row in rows] == [
        ("2", "", "", "record_id", "2"),
        ("2", "monthly", 1, "month", "2025-09-01"),
        ("2", "monthly", 1, "monthly_complete", "2"),
        ("2", "monthly", 2, "month", "2025-10-01"),
        ("2", "monthly", 2, "seen", "7"),
        ("2", "monthly", 2, "agreed", "1"),
        ("2", "monthly", 2, "monthly_complete", "0"),
        ("2", "pdsa", 1, "test", "Ask twice"),
        ("2", "pdsa", 1, "pdsa_complete", "0"),
        ("2", "monthly", 2, "total", "14"),
        ("10", "", "", "record_id", "10"),
        ("10", "", "", "town", "Ashby"),
        ("10", "", "", "kind", "2"),
        ("10", "", "", "tools", "a"),
        ("10", "", "", "profile_complete", "0"),
    ]
    assert list(rows[0]) == [
        "record",
        "redcap_repeat_instrument",
        "redcap_repeat_instance",
        "field_name",
        "value",
    ]


def test_eav_of_a_project_where_nothing_repeats_has_three_columns(make: MakeProject) -> None:
    owner = make()
    owner.save({"record_id": "1", "kind": "1"})
    text = owner.call("record", format="csv", type="eav", rawOrLabel="label", fields="kind").text
    assert text == "record,field_name,value\n1,kind,School\n"


def test_records_stand_in_the_order_people_count(make: MakeProject) -> None:
    owner = make([field("record_id", "f")])
    names = ["10", "2", "a10", "1", "a2", "03", "1-2", "1-10"]
    owner.save(*({"record_id": name} for name in names))
    assert [row["record_id"] for row in owner.json("record")] == ["1", "1-2", "1-10", "2", "03", "10", "a2", "a10"]


def test_a_date_range_returns_whole_records_created_or_changed_within_it(filled: Api, clock: Clock) -> None:
    clock.set("2025-10-01 12:00:00")
    filled.save({"record_id": "10", "town": "Brill"})
    clock.set("2025-11-01 12:00:00")
    filled.save({"record_id": "3", "town": "Corby"})
    project = filled.project()

    def names(begin: datetime | None, end: datetime | None) -> list[str]:
        rows = project.export_records(date_begin=begin, date_end=end)
        return list(dict.fromkeys(row["record_id"] for row in rows))

    assert names(datetime(2025, 10, 1, 12, 0, 0), None) == ["3", "10"]
    assert names(datetime(2025, 10, 1, 12, 0, 1), None) == ["3"]
    assert names(None, datetime(2025, 9, 30)) == ["2", "10"]
    assert names(datetime(2025, 10, 1), datetime(2025, 10, 2)) == ["10"]
    assert names(datetime(2026, 1, 1), None) == []
    assert len(filled.json("record", dateRangeBegin="2025-09-18 08:30:15", dateRangeEnd="2025-09-18 08:30:15")) == 5


def test_saving_the_same_values_again_is_no_change(filled: Api, clock: Clock) -> None:
    clock.set("2025-10-01 12:00:00")
    filled.save({"record_id": "10", "town": "Ashby"})
    assert filled.json("record", dateRangeBegin="2025-10-01 00:00:00") == []


@pytest.mark.parametrize("time", ["yesterday", "2025-02-30", "2025-09-18 25:00:00", "٢٠٢٥-09-18", "2025-09-18T08:30"])
def test_a_date_range_that_is_no_time_is_refused(filled: Api, time: str) -> None:
    assert filled.refusal("record", dateRangeBegin=time) == (
        400,
        'The value of the parameter "dateRangeBegin" is not valid',
    )


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("type", "wide"), ("rawOrLabel", "both"), ("csvDelimiter", "-"), ("rawOrLabelHeaders", "x")],
)
def test_an_unknown_word_in_an_option_is_refused(filled: Api, parameter: str, value: str) -> None:
    reply = filled.call("record", format="csv", returnFormat="json", **{parameter: value})
    assert reply.json() == {"error": f'The value of the parameter "{parameter}" is not valid'}


def test_records_as_odm_are_refused_not_ignored(filled: Api) -> None:
    reply = filled.call("record", format="odm", returnFormat="json")
    assert reply.status_code == 400
    assert "does not export records as ODM" in reply.json()["error"]


def test_a_first_form_that_repeats_keeps_the_record_id_in_the_base_row(make: MakeProject) -> None:
    owner = make([field("record_id", "visit"), field("n", "visit")], repeating=("visit",))
    owner.save(instance("1", "visit", 1, n="5"))
    assert [list(row.values()) for row in owner.json("record")] == [
        ["1", "", "", "", ""],
        ["1", "visit", 1, "5", "0"],
    ]


def test_an_export_of_many_rows_is_one_snapshot_although_others_write(team: Api) -> None:
    team.save(*({"record_id": str(number), "town": "x" * 200} for number in range(1, 6001)))
    parameters = {"token": team.token, "content": "record", "format": "json"}
    with requests.post(team.url, data=parameters, stream=True, timeout=30) as reply:
        pieces = reply.iter_content(1000)
        first = next(pieces)
        team.save({"record_id": "6001"})
        rest = b"".join(pieces)
    assert (first + rest).count(b'"record_id"') == 6000
    assert len(team.json("record", fields="record_id")) == 6001
