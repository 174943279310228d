"""Record imports: what is stored, what is answered, what is refused."""

from __future__ import annotations

import pytest
from redcap.request import RedcapError
from tests.sandbox.conftest import AddUser, Api, MakeProject, field

CSV_ROWS = "record_id,town\n1,Ashby\n2,Brill\n2,Corby\n"
XML_ROWS = (
    "<records><item><record_id>1</record_id><town><![CDATA[Ashby & Co]]></town></item>"
    "<item><record_id>2</record_id></item></records>"
)
XML_HEAD = '<?xml version="1.0" encoding="UTF-8" ?>'


def monthly(record: str, number: int | str, **values: object) -> dict[str, object]:
    return {"record_id": record, "redcap_repeat_instrument": "monthly", "redcap_repeat_instance": number, **values}


def towns(owner: Api) -> dict[str, str]:
    rows = owner.json("record", fields="record_id,town")
    return {row["record_id"]: row["town"] for row in rows}


def line(*cells: str) -> str:
    return ",".join(f'"{cell}"' for cell in cells)


def test_pycap_imports_and_reads_back(team: Api) -> None:
    project = team.project()
    rows = [
        {"record_id": "1", "town": "Ashby", "kind": 1, "tools___a": 1, "tools____4": 0},
        monthly("1", 1, month="2025-09-01", seen=12, agreed=0),
    ]
    assert project.import_records(rows) == {"count": 1}
    base, first = project.export_records()
    assert (base["town"], base["kind"], base["tools___a"], base["tools____4"]) == ("Ashby", "1", "1", "0")
    assert (first["month"], first["seen"], first["agreed"]) == ("2025-09-01", "12", "0")


def test_the_answer_counts_records_not_rows(team: Api) -> None:
    assert team.save(monthly("1", 1, seen=1), monthly("1", 2, seen=2), {"record_id": "2"}) == {"count": 2}
    assert team.save(monthly("1", 1, seen=1)) == {"count": 1}


@pytest.mark.parametrize(
    ("content", "answer_format", "body"),
    [
        ("count", "json", '{"count":2}'),
        ("count", "csv", "2"),
        ("count", "xml", f"{XML_HEAD}<count>2</count>"),
        ("ids", "json", '["1","2"]'),
        ("ids", "csv", "id\n1\n2\n"),
        ("ids", "xml", f"{XML_HEAD}<ids><id>1</id><id>2</id></ids>"),
        ("nothing", "json", ""),
    ],
)
def test_the_answer_has_each_formats_own_shape(team: Api, content: str, answer_format: str, body: str) -> None:
    reply = team.call("record", format="csv", data=CSV_ROWS, returnContent=content, returnFormat=answer_format)
    assert (reply.status_code, reply.text) == (200, body)


def test_pycap_understands_every_answer(team: Api) -> None:
    project = team.project()
    rows = [{"record_id": number} for number in (4, 5, 6)]
    assert project.import_records(rows) == {"count": 3}
    assert project.import_records(rows, return_content="ids") == ["4", "5", "6"]
    assert project.import_records(rows, return_content="nothing") == [{}]
    assert project.import_records("record_id\n4\n", import_format="csv", return_format_type="csv") == "1"


def test_csv_and_xml_are_read_like_json(team: Api) -> None:
    assert team.call("record", format="csv", data=CSV_ROWS).text == "2"
    assert towns(team) == {"1": "Ashby", "2": "Corby"}
    assert team.call("record", format="xml", data=XML_ROWS).text == f"{XML_HEAD}<count>2</count>"
    assert towns(team) == {"1": "Ashby & Co", "2": "Corby"}


@pytest.mark.parametrize("data_format", ["csv", "json", "xml"])
def test_an_export_can_be_imported_again_and_changes_nothing(team: Api, data_format: str) -> None:
    team.save(
        {"record_id": "1", "town": 'A "quoted",\n town ]]> <b>', "tools___a": "1", "redcap_data_access_group": "north"},
        monthly("1", 1, seen="3", month="2025-09-01"),
        monthly("1", 2, agreed="1", monthly_complete="2"),
    )
    options = {"format": data_format, "exportDataAccessGroups": "true"}
    exported = team.call("record", **options)
    before = team.json("log", logtype="record")
    assert team.call("record", format=data_format, returnFormat="json", data=exported.text).json() == {"count": 1}
    assert team.call("record", **options).text == exported.text
    assert [entry for entry in team.json("log", logtype="record") if entry not in before] == []


def test_blanks_are_ignored_unless_they_are_to_overwrite(team: Api) -> None:
    team.save({"record_id": "1", "town": "Ashby", "kind": "1", "tools___a": "1"})
    blank = {"record_id": "1", "town": "", "tools___a": ""}
    team.save(blank)
    assert team.json("record", fields="town,kind,tools___a".replace("tools___a", "tools")) == [
        {"town": "Ashby", "kind": "1", "tools___a": "1", "tools____4": "0", "tools___k__9": "0"}
    ]
    team.save(blank, overwriteBehavior="overwrite")
    assert team.json("record", fields="town,kind,tools") == [
        {"town": "", "kind": "1", "tools___a": "0", "tools____4": "0", "tools___k__9": "0"}
    ]


def test_a_box_is_unchecked_by_zero(team: Api) -> None:
    team.save({"record_id": "1", "tools___a": "1"})
    team.save({"record_id": "1", "tools___a": "0"})
    assert team.json("record", fields="tools")[0]["tools___a"] == "0"


def test_a_form_with_its_first_data_becomes_incomplete_and_a_sent_status_is_kept(team: Api) -> None:
    team.save(
        {"record_id": "1"}, {"record_id": "2", "town": "Ashby"}, {"record_id": "3", "town": "x", "profile_complete": 2}
    )
    rows = team.json("record", fields="profile_complete", exportBlankForGrayFormStatus="true")
    assert [row["profile_complete"] for row in rows] == ["", "0", "2"]


def test_record_names_are_trimmed_and_their_case_does_not_matter(team: Api) -> None:
    team.save({"record_id": " T001 ", "town": "Ashby"})
    team.save({"record_id": "t001", "town": "Brill"})
    assert towns(team) == {"T001": "Brill"}
    assert len(team.json("record", records="t001")) == 1


def test_names_that_look_like_numbers_stay_text(team: Api) -> None:
    team.save({"record_id": "01"}, {"record_id": 1})
    assert sorted(towns(team)) == ["01", "1"]


def test_calculated_and_file_columns_are_tolerated_and_ignored_and_calculations_done(team: Api) -> None:
    team.save(monthly("1", 1, seen="3", total="99"))
    team.save({**monthly("1", 1), "redcap_repeat_instrument": "pdsa", "test": "x", "photo": "cat.jpg"})
    rows = team.json("record")
    assert [(row["total"], row["photo"]) for row in rows] == [("", ""), ("6", ""), ("", "")]


def test_unknown_columns_are_named_and_nothing_is_stored(team: Api) -> None:
    message = "The following fields were not found in the project as real data fields: foo, baz"
    rows = [{"record_id": "1", "town": "Ashby", "foo": "1"}, {"record_id": "2", "baz": ""}]
    assert team.refusal("record", data=rows) == (400, message)
    with pytest.raises(RedcapError, match="not found in the project as real data fields: foo, baz"):
        team.project().import_records(rows)
    assert towns(team) == {}


def test_a_descriptive_field_is_no_data_field(team: Api) -> None:
    assert "intro" in team.refusal("record", data=[{"record_id": "1", "intro": "x"}])[1]


def test_every_fault_is_told_in_one_message_and_nothing_is_stored(team: Api) -> None:
    rows = [
        {"record_id": "1", "town": "Ashby"},
        {"record_id": "2", "kind": "9", "tools___a": "99"},
        monthly("3", 1, seen="many", month="1 May"),
    ]
    status, message = team.refusal("record", data=rows)
    assert status == 400
    assert message.split("\n") == [
        line("2", "kind", "9", "The value is not a valid category for kind"),
        line("2", "tools___a", "99", "The value is not a valid category for tools___a"),
        line("3", "seen", "many", "This value you provided is not an integer. Please try again."),
        line(
            "3",
            "month",
            "1 May",
            "The value you provided could not be validated because it does not follow the expected format. "
            "Please try again.",
        ),
    ]
    assert towns(team) == {}


def test_quotes_in_a_faulty_value_are_doubled(team: Api) -> None:
    _, message = team.refusal("record", data=[{"record_id": '"', "kind": 'a "b"'}])
    assert message == '"""","kind","a ""b""","The value is not a valid category for kind"'


def test_a_status_takes_three_codes(team: Api) -> None:
    assert "profile_complete" in team.refusal("record", data=[{"record_id": "1", "profile_complete": "3"}])[1]


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
def test_a_record_needs_a_name_of_reasonable_length(team: Api, name: str) -> None:
    status, message = team.refusal("record", data=[{"record_id": name, "town": "Ashby"}])
    assert (status, '"record_id"' in message) == (400, True)


def test_rows_without_the_record_id_column_are_refused(team: Api) -> None:
    assert team.refusal("record", data=[{"town": "Ashby"}]) == (
        400,
        "The record ID field 'record_id' is missing from the data being imported.",
    )


def test_a_record_is_put_into_a_group_moved_and_taken_out(team: Api) -> None:
    def group() -> str:
        (row,) = team.json("record", exportDataAccessGroups="true")
        return str(row["redcap_data_access_group"])

    team.save({"record_id": "1", "redcap_data_access_group": "north"})
    assert group() == "north"
    team.save({"record_id": "1", "redcap_data_access_group": ""})
    assert group() == "north"
    team.save({"record_id": "1", "redcap_data_access_group": "south"})
    assert group() == "south"
    team.save({"record_id": "1", "redcap_data_access_group": ""}, overwriteBehavior="overwrite")
    assert group() == ""


def test_an_unknown_group_is_a_fault(team: Api) -> None:
    status, message = team.refusal("record", data=[{"record_id": "1", "redcap_data_access_group": "West"}])
    assert (status, message.startswith('"1","redcap_data_access_group","West",')) == (400, True)


def test_the_group_column_is_unknown_to_a_project_without_groups(make: MakeProject) -> None:
    _, message = make().refusal("record", data=[{"record_id": "1", "redcap_data_access_group": "north"}])
    assert message == "The following fields were not found in the project as real data fields: redcap_data_access_group"


def test_a_user_in_a_group_makes_records_of_that_group(team: Api, add_user: AddUser) -> None:
    member = add_user(team, "nora", "north", api_import=1, api_export=1, record_create=1)
    member.save({"record_id": "5"})
    (row,) = team.json("record", exportDataAccessGroups="true")
    assert row["redcap_data_access_group"] == "north"


def test_a_user_in_a_group_may_not_name_groups_nor_touch_other_records(team: Api, add_user: AddUser) -> None:
    team.save({"record_id": "1", "redcap_data_access_group": "south"}, {"record_id": "2"})
    member = add_user(team, "nora", "north", api_import=1, record_create=1)
    row = {"record_id": "9", "redcap_data_access_group": "north"}
    assert member.refusal("record", data=[row]) == (400, "Illegal use of 'redcap_data_access_group' field!")
    for name in ("1", "2"):
        status, message = member.refusal("record", data=[{"record_id": "8"}, {"record_id": name, "town": "x"}])
        assert (status, "do not belong to your Data Access Group" in message) == (400, True)
    assert sorted(towns(team)) == ["1", "2"]


def test_a_user_without_the_right_to_create_may_change_records_only(team: Api, add_user: AddUser) -> None:
    team.save({"record_id": "1"})
    editor = add_user(team, "ed", api_import=1)
    assert editor.save({"record_id": "1", "town": "Ashby"}) == {"count": 1}
    assert editor.refusal("record", data=[{"record_id": "1", "town": "Brill"}, {"record_id": "2"}]) == (
        400,
        "Your user privileges do NOT allow you to create new records.",
    )
    assert towns(team) == {"1": "Ashby"}


def test_automatic_numbers_replace_the_names_sent(team: Api) -> None:
    team.save({"record_id": "41"})
    rows: list[dict[str, object]] = [
        {"record_id": "x", "town": "Ashby"},
        monthly("x", 1, seen="1"),
        {"record_id": "41", "town": "Brill"},
    ]
    assert team.project().import_records(rows, force_auto_number=True) == {"count": 2}
    assert towns(team) == {"41": "", "42": "Ashby", "43": "Brill"}
    answer = team.json("record", data=rows, forceAutoNumber="true", returnContent="auto_ids")
    assert answer == ["44,x", "45,41"]


def test_a_group_members_automatic_numbers_carry_the_groups_number(team: Api, add_user: AddUser) -> None:
    (north, _) = team.json("dag")
    member = add_user(team, "nora", "north", api_import=1, api_export=1, record_create=1)
    answer = member.json(
        "record", data=[{"record_id": "a"}, {"record_id": "b"}], forceAutoNumber="1", returnContent="ids"
    )
    number = north["data_access_group_id"]
    assert answer == [f"{number}-1", f"{number}-2"]
    assert member.call("generateNextRecordName").text == f"{number}-3"


def test_the_next_name_is_one_more_than_the_highest_number(team: Api) -> None:
    project = team.project()
    assert project.generate_next_record_name() == "1"
    team.save({"record_id": "305"}, {"record_id": "20-9"}, {"record_id": "abc"})
    assert project.generate_next_record_name() == "306"


@pytest.mark.parametrize(
    ("order", "sent", "stored"),
    [
        ("YMD", "2025-02-25", "2025-02-25"),
        ("YMD", "2025/2/5", "2025-02-05"),
        ("MDY", "7/31/2023", "2023-07-31"),
        ("DMY", "31-07-2023", "2023-07-31"),
    ],
)
def test_dates_may_be_written_in_three_orders_and_are_stored_in_one(
    team: Api, order: str, sent: str, stored: str
) -> None:
    team.save(monthly("1", 1, month=sent), dateFormat=order)
    assert team.json("record")[1]["month"] == stored


def test_json_that_cannot_be_read_gets_redcaps_sentence(team: Api) -> None:
    assert team.refusal("record", action="import", data='[{"record_id": "1",}]') == (
        400,
        (
            "The data being imported is not formatted correctly. PHP error from JSON decoder: Syntax error. \n"
            "The JSON must be in an array, as in [{ ... }]."
        ),
    )


@pytest.mark.parametrize("data", ['{"record_id": "1"}', "[1]", '[[{"record_id": "1"}]]', '[{"record_id": ["1"]}]'])
def test_json_of_another_shape_is_refused(team: Api, data: str) -> None:
    status, message = team.refusal("record", action="import", data=data)
    assert (status, message.startswith("The data being imported is not formatted correctly.")) == (400, True)


@pytest.mark.parametrize(
    ("data_format", "data"),
    [
        ("csv", "record_id,town\n1,a,b\n"),
        ("csv", "record_id,record_id\n1,2\n"),
        ("xml", "<records><item>"),
        ("xml", ""),
    ],
)
def test_csv_and_xml_that_cannot_be_read_are_refused(team: Api, data_format: str, data: str) -> None:
    reply = team.call("record", action="import", format=data_format, data=data, returnFormat="json")
    assert reply.status_code == 400
    assert towns(team) == {}


def test_numbers_booleans_and_nulls_arrive_as_php_prints_them(make: MakeProject) -> None:
    owner = make([field("record_id", "f"), *(field(name, "f") for name in ("a", "b", "c", "d", "e"))])
    owner.save({"record_id": 1.0, "a": 2.50, "b": True, "c": False, "d": None, "e": 12345678901234567890})
    assert owner.json("record", fields="record_id,a,b,c,d,e") == [
        {"record_id": "1", "a": "2.5", "b": "1", "c": "", "d": "", "e": "12345678901234567890"}
    ]


def test_eav_rows_are_put_together_by_record_and_repeat(team: Api) -> None:
    rows = [
        {"record": "1", "field_name": "town", "value": "Ashby"},
        {"record": "1", "field_name": "tools___a", "value": "1"},
        {"record": "1", "field_name": "tools", "value": "-4"},
        {"record": "1", "redcap_repeat_instrument": "monthly", "redcap_repeat_instance": "2", "field_name": "seen"}
        | {"value": "5"},
        {"record": "2", "field_name": "record_id", "value": "2"},
    ]
    assert team.json("record", action="import", type="eav", data=rows) == {"count": 2}
    base, again, other = team.json("record")
    assert (base["town"], base["tools___a"], base["tools____4"], base["tools___k__9"]) == ("Ashby", "1", "1", "0")
    assert (again["redcap_repeat_instance"], again["seen"], again["total"]) == (2, "5", "10")
    assert (other["record_id"], other["town"]) == ("2", "")


def test_eav_rows_without_the_name_of_a_field_are_refused(team: Api) -> None:
    status, message = team.refusal("record", action="import", type="eav", data=[{"record": "1", "value": "x"}])
    assert (status, "field_name" in message) == (400, True)
