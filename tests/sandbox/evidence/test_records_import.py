"""Records imported as three clients send them."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pandas as pd
import pytest
from tests.sandbox.conftest import AddUser, Api, MakeProject, field
from tests.sandbox.evidence.conftest import XML_HEAD, Create, upload
from tests.sandbox.evidence.odm import Study
from tests.sandbox.evidence.studies import PLAN


def ward(api: Api, record: str, *fields: str) -> list[str]:
    """The values of a record's fields, empty list if there is no such record."""
    return [row[name] for row in api.json("record", records=record) for name in fields]


# I1 [P] test_import_and_delete_records: the number of records touched, existing ones too
def test_the_count_is_that_of_records_touched(own_wards: Api) -> None:
    project = own_wards.project()
    rows = [{"ward_id": number} for number in (4, 5, 6)]
    assert project.import_records(rows) == {"count": 3}
    assert project.import_records(rows) == {"count": 3}
    assert project.import_records(rows, return_content="ids") == ["4", "5", "6"]
    assert project.import_records(rows, return_content="nothing") == [{}]
    assert project.delete_records(["4", "5", "6"]) == 3


# I1 [P] delete_records doctest, test_delete_records_from_one_instrument_only: two rows of a record count once
def test_two_events_of_a_record_count_once(own_teams: Api) -> None:
    blank = {"redcap_repeat_instrument": "", "redcap_repeat_instance": ""}
    events = ("start_arm_1", "learning_session_1_arm_1")
    rows = [{"team_id": "7", "redcap_event_name": event, **blank} for event in events]
    assert own_teams.project().import_records(rows) == {"count": 1}
    assert [row["redcap_event_name"] for row in own_teams.json("record", records="7")] == list(events)


# I2 [P] test_import_and_delete_records_non_json, [R] redcap-write-oneshot.R: the shape of each format
@pytest.mark.parametrize(
    ("asked", "content", "body"),
    [
        ("json", "count", '{"count":2}'),
        ("csv", "count", "2"),
        ("xml", "count", f"{XML_HEAD}<count>2</count>"),
        ("json", "ids", '["1","20"]'),
        ("csv", "ids", "id\n1\n20\n"),
    ],
)
def test_each_format_has_its_shape_for_what_was_imported(own_wards: Api, asked: str, content: str, body: str) -> None:
    data = "ward_id,beds\n1,21\n20,5"
    reply = own_wards.call("record", format="csv", returnFormat=asked, returnContent=content, data=data)
    assert (reply.status_code, reply.text) == (200, body)


# I2 [P] test_import_and_delete_records, [A] test-150 "importRecords returnContent"
def test_nothing_is_an_empty_body(own_wards: Api) -> None:
    reply = own_wards.call("record", format="csv", returnContent="nothing", data="ward_id\n1")
    assert (reply.status_code, reply.text) == (200, "")


# I3 [R] redcap-write-oneshot.R: R quotes every text, and ends without a line feed; [A] writeDataForImport.R
def test_csv_as_r_writes_it(own_wards: Api) -> None:
    data = '"ward_id","ward_name","beds","opened"\n"1","Elm","22",NA\n"3","Fir, new\nwing",,"2020-01-31"'.replace(
        "NA", ""
    )
    reply = own_wards.call(
        "record",
        format="csv",
        type="flat",
        overwriteBehavior="normal",
        returnContent="ids",
        returnFormat="csv",
        data=data,
    )
    assert reply.text.split("\n")[1:3] == ["1", "3"]
    assert ward(own_wards, "3", "ward_name", "beds", "opened") == ["Fir, new\nwing", "", "2020-01-31"]
    assert ward(own_wards, "1", "ward_name", "beds", "opened") == ["Elm", "22", "2019-05-01"]


# I4 [R] test-write-oneshot overwrite-false, overwrite-true; [A] test-150 "importRecords overwriteBehavior"
def test_blanks_are_passed_over_or_erase(own_wards: Api) -> None:
    row = {"ward_id": "1", "email": "", "phone": ""}
    own_wards.save(row, overwriteBehavior="normal")
    assert ward(own_wards, "1", "email", "phone") == ["elm@ward.example", "(415) 555-1212"]
    own_wards.save(row, overwriteBehavior="overwrite")
    assert ward(own_wards, "1", "email", "phone") == ["", ""]


# I4 [R] overwrite-true: only fields that were sent are erased
def test_overwriting_leaves_fields_that_were_not_sent(own_wards: Api) -> None:
    own_wards.save({"ward_id": "1", "email": ""}, overwriteBehavior="overwrite")
    assert ward(own_wards, "1", "phone", "beds", "roles___1") == ["(415) 555-1212", "20", "1"]


# I5 [P] test_import_df_no_index: a whole export, computed values and blanks too, goes in again
def test_pycap_imports_its_own_export(own_wards: Api) -> None:
    project = own_wards.project()
    before = project.export_records()
    frame = project.export_records(format_type="df", df_kwargs={"sep": ","}).convert_dtypes()
    assert project.import_records(frame, import_format="df")["count"] == 3
    assert project.export_records() == [{**row, "rate": rate} for row, rate in zip(before, ("15", "", ""), strict=True)]


# I6 [R] test-project, test-write-oneshot: a file's column is tolerated, and the file stays
def test_a_file_column_is_passed_over(own_wards: Api) -> None:
    own_wards.save({"ward_id": "1", "plan": "other.txt"}, {"ward_id": "2", "plan": "[document]"})
    assert [row["plan"] for row in own_wards.json("record", fields="plan")] == ["plan.txt", "", ""]
    reply = own_wards.call("file", action="export", record="1", field="plan")
    assert reply.content == PLAN


# I7 [R] test-write-oneshot: computed from what the record holds once it was imported; what is sent is passed over
def test_computed_fields_are_computed_on_import(own_wards: Api) -> None:
    own_wards.save({"ward_id": "1", "falls": "4"})
    assert ward(own_wards, "1", "rate") == ["20"]
    own_wards.save({"ward_id": "1", "rate": "77", "beds": "40"})
    assert ward(own_wards, "1", "rate") == ["10"]


# I7 in a longitudinal project, in its own event and instance
def test_computed_fields_are_computed_where_the_values_are(own_teams: Api) -> None:
    own_teams.save(
        {"team_id": "1", "redcap_event_name": "learning_session_1_arm_1", "kept": "1"},
        {"team_id": "1", "redcap_event_name": "action_period_arm_1", "redcap_repeat_instance": "2", "asked": "3"},
    )
    rows = own_teams.json("record", records="1", fields="team_id,share")
    shares = {(row["redcap_event_name"], row["redcap_repeat_instance"]): row["share"] for row in rows}
    assert shares["start_arm_1", ""] == ""
    assert shares["learning_session_1_arm_1", ""] == "25"
    assert shares["action_period_arm_1", 2] == "66.7"


# I8 [R] "Min/max is soft": height 7 in 130 … 215
def test_a_value_out_of_range_is_imported(own_wards: Api) -> None:
    own_wards.save({"ward_id": "1", "beds": "900"})
    assert ward(own_wards, "1", "beds") == ["900"]


# I9 [R] client scripts, [A] test-150: a row without an event goes to the first one
def test_a_row_without_an_event_goes_to_the_first_event(own_teams: Api) -> None:
    assert own_teams.save({"team_id": "8", "team": "Dew"}) == {"count": 1}
    assert [row["redcap_event_name"] for row in own_teams.json("record", records="8")] == ["start_arm_1"]


# I9 [P] import_records doctest: a repeating event needs its instance only
def test_a_repeating_event_needs_its_instance_only(own_teams: Api) -> None:
    row = {"team_id": "1", "redcap_event_name": "action_period_arm_1", "redcap_repeat_instance": 3, "kept": 9}
    assert own_teams.project().import_records([row]) == {"count": 1}
    rows = own_teams.json("record", records="1", events="action_period_arm_1")
    assert [(row["redcap_repeat_instance"], row["kept"]) for row in rows] == [(1, "1"), (2, "2"), (3, "9")]


# I10 [P] import_records: numbers in JSON
def test_json_values_may_be_numbers(own_wards: Api) -> None:
    own_wards.save({"ward_id": 1, "beds": 33, "falls": 2.5, "roles____2": 1, "teaching": 0})
    assert ward(own_wards, "1", "beds", "falls", "roles____2", "teaching") == ["33", "2.5", "1", "0"]


# I11 [R] reassign subject to a different dag: the group changes, the record's name does not
def test_the_group_column_takes_the_unique_name(own_wards: Api) -> None:
    own_wards.save({"ward_id": "1", "redcap_data_access_group": "south"})
    rows = own_wards.json("record", records="1", exportDataAccessGroups="true")
    assert [(row["ward_id"], row["redcap_data_access_group"]) for row in rows] == [("1", "south")]


# I12 [R] test-write-dag: a member reads and writes his group's records only, and new ones are in it
def test_a_member_sees_and_makes_records_of_his_group(own_wards: Api, join: AddUser) -> None:
    member = join(own_wards, "member", group="north_wing", api_export=1, api_import=1)
    assert [row["ward_id"] for row in member.json("record", fields="ward_id")] == ["1"]
    member.save({"ward_id": "77"})
    rows = own_wards.json("record", records="77", exportDataAccessGroups="true")
    assert [row["redcap_data_access_group"] for row in rows] == ["north_wing"]
    assert member.call("record", format="json", data=[{"ward_id": "2", "beds": "1"}]).status_code == 400
    assert ward(own_wards, "2", "beds") == ["70"]


# I13 [A] test-150 "import with Auto Numbering": new number, then the one sent
def test_auto_numbering_gives_the_next_number(own_wards: Api) -> None:
    assert own_wards.save({"ward_id": "1", "beds": "1"}, forceAutoNumber="true", returnContent="auto_ids") == ["11,1"]
    assert ward(own_wards, "1", "beds") == ["20"]
    assert ward(own_wards, "11", "beds") == ["1"]


# I13 [A] importRecords.R, test-150: a table in CSV, whose column `id` holds the new number
def test_auto_ids_are_a_table_in_csv(own_wards: Api) -> None:
    asked = {"forceAutoNumber": "true", "returnContent": "auto_ids", "returnFormat": "csv"}
    reply = own_wards.call("record", format="csv", data="ward_id,beds\n1,1", **asked)
    (row,) = list(csv.DictReader(StringIO(reply.text)))
    assert row["id"] == "11"


# I14 [P] date_format, [A] dateFormat: the order of a date that is sent
@pytest.mark.parametrize(("order", "sent"), [("YMD", "2023-02-24"), ("MDY", "02/24/2023"), ("DMY", "24-02-2023")])
def test_dates_may_be_sent_in_other_orders(own_wards: Api, order: str, sent: str) -> None:
    own_wards.save({"ward_id": "1", "opened": sent}, dateFormat=order)
    assert ward(own_wards, "1", "opened") == ["2023-02-24"]


# I15 [R] write.csv, [P] to_csv: XML and data frames go in, too
def test_every_format_goes_in(own_wards: Api) -> None:
    own_wards.call("record", format="xml", data="<records><item><ward_id>30</ward_id><beds>6</beds></item></records>")
    frame = pd.read_csv(StringIO("ward_id,beds\n31,7\n"))
    assert own_wards.project().import_records(frame, import_format="df") == {"count": 1}
    own_wards.call("record", format="csv", csvDelimiter="tab", data="ward_id\tbeds\n32\t8\n")
    assert [ward(own_wards, name, "beds") for name in ("30", "31", "32")] == [["6"], ["7"], ["8"]]


# I16 [P] export and import of every format: what comes out goes in, and nothing changes
@pytest.mark.parametrize("asked", ["json", "csv", "xml"])
def test_an_export_goes_in_again(own_teams: Api, asked: str) -> None:
    before = _but_shares(own_teams)
    exported = own_teams.call("record", format=asked).text
    reply = own_teams.call("record", format=asked, returnFormat="json", data=exported)
    assert (reply.status_code, reply.text) == (200, '{"count":3}')
    assert _but_shares(own_teams) == before


def _but_shares(api: Api) -> list[dict[str, Any]]:
    """Every record, without the computed field, which the import fills."""
    return [{**row, "share": ""} for row in api.json("record")]


# I17 [A] test-150: computed from text columns of type EAV; [H] a checkbox is named field___code
def test_eav_goes_in(own_wards: Api) -> None:
    data = [
        {"record": "1", "field_name": "beds", "value": "31"},
        {"record": "1", "field_name": "roles____2", "value": "1"},
        {"record": "40", "field_name": "ward_name", "value": "New"},
    ]
    assert own_wards.save(*data, type="eav") == {"count": 2}
    assert ward(own_wards, "1", "beds", "roles____2", "roles___1") == ["31", "1", "1"]
    assert ward(own_wards, "40", "ward_name") == ["New"]


# I18 [I] REDCapR nonnumeric-record-id: names are texts, "01" is not 1
def test_record_names_are_texts(make: MakeProject) -> None:
    owner = make()
    owner.save({"record_id": "01", "town": "A"}, {"record_id": "1", "town": "B"}, {"record_id": "b c", "town": "C"})
    assert [row["record_id"] for row in owner.json("record", records="01,b c")] == ["01", "b c"]


# I19 [P] import_records(background_process=True): no count
def test_a_background_import_does_not_count(own_wards: Api) -> None:
    reply = own_wards.call("record", format="json", backgroundProcess="1", data=[{"ward_id": "1", "beds": "8"}])
    assert reply.status_code == 200
    assert "count" not in reply.text


# I20 [I] PyCap#142, [R] test-write: survey columns are tolerated and passed over
def test_survey_columns_are_passed_over(own_teams: Api) -> None:
    own_teams.save(
        {
            "team_id": "3",
            "redcap_event_name": "start_arm_1",
            "redcap_survey_identifier": "who",
            "pulse_timestamp": "2020-01-01 00:00:00",
            "mood": "1",
        }
    )
    (row,) = own_teams.json("record", records="3", exportSurveyFields="true")
    assert (row["mood"], row["pulse_timestamp"], row["redcap_survey_identifier"]) == ("1", "", "")


# I21 [A] importFiles.R: an upload makes no other change
def test_an_upload_leaves_the_other_values(own_wards: Api) -> None:
    upload(own_wards, "file", "new.txt", b"new", record="2", field="plan")
    assert ward(own_wards, "2", "beds", "plan") == ["70", "new.txt"]


# I22 [A] "text_validation_min = today", "now": soft as well
@pytest.mark.parametrize("limit", ["today", "now", "[other]"])
def test_a_limit_that_moves_is_soft_too(new: Create, limit: str) -> None:
    on = field("on", "form", validation="date_ymd", text_validation_min=limit)
    owner = new(Study("Limits", (field("id", "form"), on, field("other", "form")), {"form": "Form"}))
    assert owner.save({"id": "1", "on": "2001-01-01"}) == {"count": 1}
