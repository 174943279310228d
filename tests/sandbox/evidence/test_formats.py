"""CSV, JSON and XML as clients parse them."""

from __future__ import annotations

import csv as standard
import io
import json

import pytest
from tests.sandbox.conftest import Api, field
from tests.sandbox.evidence.conftest import XML_HEAD, Create, csv, xml_rows
from tests.sandbox.evidence.odm import Study, Visit

TEXTS = ("plain", "two words", "a,b", 'say "so"', "line\nbreak", "tab\there", "å, ø", "")

QUOTING = Study(
    title="Quoting",
    fields=(field("id", "form"), field("note", "form", "notes")),
    forms={"form": "Form"},
    visits=tuple(
        Visit(str(number), "form", {"id": str(number), "note": text, "form_complete": "0"})
        for number, text in enumerate(TEXTS, 1)
    ),
)


# F1 [P] export_records doctest ("Event 1" is quoted, Unchecked is not), [R] arm.csv ("Drug A"): PHP's fputcsv
def test_csv_quotes_what_holds_a_blank_a_comma_a_quote_a_tab_or_a_line_break(new: Create) -> None:
    assert csv(new(QUOTING), "record") == (
        "id,note,form_complete\n"
        "1,plain,0\n"
        '2,"two words",0\n'
        '3,"a,b",0\n'
        '4,"say ""so""",0\n'
        '5,"line\nbreak",0\n'
        '6,"tab\there",0\n'
        '7,"å, ø",0\n'
        "8,,0\n"
    )


# F1 [R] projects/longitudinal/arm.csv and event.csv, [T] api-71ec82, api-9ba514, api-078f9f
def test_listings_quote_names_whatever_they_hold(teams: Api) -> None:
    assert csv(teams, "arm") == 'arm_num,name\n1,"Coached"\n2,"On their own"'
    assert csv(teams, "instrument").splitlines()[3:] == ['pulse,"Pulse survey"', 'review,"Review"']
    assert csv(teams, "event").splitlines()[:3] == [
        "event_name,arm_num,unique_event_name,custom_event_label,event_id",
        f'"Start",1,start_arm_1,,{_event_id(teams, "start_arm_1")}',
        f'"Learning session 1",1,learning_session_1_arm_1,,{_event_id(teams, "learning_session_1_arm_1")}',
    ]


def _event_id(api: Api, unique: str) -> int:
    return int(next(row["event_id"] for row in api.json("event") if row["unique_event_name"] == unique))


# F2 [R] kernel-api.R, [A] makeApiCall.R: UTF-8, no mark, \n
@pytest.mark.parametrize("content", ["record", "metadata", "instrument", "exportFieldNames", "user", "log"])
def test_csv_is_utf_8_without_a_mark_and_its_lines_end_in_a_line_feed(wards: Api, content: str) -> None:
    body = wards.call(content, format="csv").content
    assert not body.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in body
    assert len(list(standard.reader(io.StringIO(body.decode(), newline="")))) > 1


# F2 [T] api-42da58, api-9ba514 end in a line feed; api-71ec82 (arms) and api-078f9f (mapping) do not
@pytest.mark.parametrize(
    ("content", "ends"),
    [("record", True), ("instrument", True), ("arm", False), ("event", False), ("formEventMapping", False)],
)
def test_some_listings_have_no_line_feed_at_their_end(teams: Api, content: str, ends: bool) -> None:
    assert csv(teams, content).endswith("\n") is ends


# F3 [R] test-dag-read "no-dag-default"
def test_a_listing_without_rows_is_its_header(teams: Api, new: Create) -> None:
    assert csv(new(QUOTING), "dag").strip() == "data_access_group_name,unique_group_name,data_access_group_id"
    # [R] test-event-instruments "1-arm": an arm that does not exist
    assert csv(teams, "formEventMapping", arms="7").strip() == "arm_num,unique_event_name,form"


# F3: the same in JSON
def test_a_listing_without_rows_is_an_empty_array_in_json(teams: Api, new: Create) -> None:
    assert new(QUOTING).json("dag") == []
    assert teams.json("formEventMapping", arms="7") == []


# F4 [R] test-read-oneshot "empty-dataset", [A] makeApiCall.R: nothing but white space is an empty data set
def test_an_export_of_no_records_is_blank_in_csv(wards: Api) -> None:
    assert csv(wards, "record", dateRangeBegin="2030-01-01 00:00:00").strip() == ""


# F5 [P] doctests: every value of a record is text …
def test_record_values_in_json_are_texts(wards: Api) -> None:
    rows = wards.json("record")
    assert {type(value) for row in rows for value in row.values()} == {str}


# F5 [P] doctests: … but the number of an instance, which is an integer, or '' where there is none
def test_the_repeat_instance_is_an_integer_or_blank(teams: Api) -> None:
    rows = teams.json("record")
    assert [row["redcap_repeat_instance"] for row in rows] == ["", "", 1, 2, 1, 2, "", "", ""]
    others = {type(value) for row in rows for name, value in row.items() if name != "redcap_repeat_instance"}
    assert others == {str}


# F6 [P] doctests of export_arms, export_events, export_dags, export_users
def test_numbers_in_structural_exports_are_integers(teams: Api) -> None:
    assert {
        type(row["arm_num"]) for content in ("arm", "event", "formEventMapping") for row in teams.json(content)
    } == {int}
    assert {type(row["event_id"]) for row in teams.json("event")} == {int}
    assert {type(row["data_access_group_id"]) for row in teams.json("dag")} == {int}
    (user,) = teams.json("user")
    assert (type(user["design"]), type(user["api_export"]), user["data_access_group_id"]) == (int, int, "")


# F7 [P] export_project_info doctest
def test_project_information_is_one_object_in_json(wards: Api) -> None:
    info = json.loads(wards.call("project", format="json").text)
    assert isinstance(info, dict)
    assert (type(info["project_id"]), type(info["in_production"]), info["purpose"]) == (int, int, 0)


# F8 [P] test_import_and_delete_records_non_json[xml]: these very bytes
def test_the_count_of_imported_records_has_a_tag_in_xml(own_wards: Api) -> None:
    rows = "<records>" + "".join(f"<item><ward_id>{number}</ward_id></item>" for number in (4, 5, 6)) + "</records>"
    reply = own_wards.call("record", format="xml", data=rows)
    assert reply.text == f"{XML_HEAD}<count>3</count>"


# F9 [P] the same test: a deletion answers the bare number, in XML too; [R] redcap-delete.R: without any format
@pytest.mark.parametrize(
    "formats", [{"returnFormat": "xml"}, {"returnFormat": "csv"}, {"returnFormat": "json"}, {}], ids=str
)
def test_the_count_of_deleted_records_is_a_bare_number(own_wards: Api, formats: dict[str, str]) -> None:
    reply = own_wards.call("record", action="delete", **{"records[0]": "2", "records[1]": "10"}, **formats)
    assert (reply.status_code, reply.text) == (200, "2")


# F10 [P] test_import_export_repeating_forms
@pytest.mark.parametrize("asked", ["xml", "json", "csv"])
def test_the_repeating_setup_survives_its_own_export_and_import(own_teams: Api, asked: str) -> None:
    exported = own_teams.call("repeatingFormsEvents", format=asked).text
    reply = own_teams.call("repeatingFormsEvents", action="import", format=asked, returnFormat="json", data=exported)
    assert (reply.status_code, reply.text) == (200, "2")
    assert own_teams.call("repeatingFormsEvents", format=asked).text == exported


# F11 [P] format "xml" of every export; the names of the elements are commonly said, not recorded
@pytest.mark.parametrize("content", ["arm", "event", "formEventMapping", "record", "metadata", "instrument", "user"])
def test_xml_holds_the_same_rows_as_json(teams: Api, content: str) -> None:
    rows = teams.json(content)
    in_xml = xml_rows(teams.call(content, format="xml").text)
    flat = [{name: str(value) for name, value in row.items() if not isinstance(value, dict)} for row in rows]
    assert [{name: row[name] for name in wanted} for row, wanted in zip(in_xml, flat, strict=True)] == flat


# F13 [I] PyCap#191, recorded: a line an item, and no CDATA
def test_a_mapping_in_xml_has_a_line_an_item(own_teams: Api) -> None:
    one = [{"arm_num": "1", "unique_event_name": "start_arm_1", "form": "enrol"}]
    own_teams.json("formEventMapping", action="import", data=one)
    assert own_teams.call("formEventMapping", format="xml").text == (
        f"{XML_HEAD}\n<items>\n<item><arm_num>1</arm_num><unique_event_name>start_arm_1</unique_event_name>"
        "<form>enrol</form></item>\n</items>\n"
    )


# F12 [P] import and delete calls in CSV and XML answer a bare number; only record imports wrap theirs
@pytest.mark.parametrize("asked", ["json", "csv", "xml"])
def test_other_imports_answer_a_bare_number(own_wards: Api, asked: str) -> None:
    reply = own_wards.call("user", format="json", returnFormat=asked, data=[{"username": "someone"}])
    assert (reply.status_code, reply.text) == (200, "1")
    gone = own_wards.call("user", action="delete", returnFormat=asked, **{"users[0]": "someone"})
    assert (gone.status_code, gone.text) == (200, "1")
