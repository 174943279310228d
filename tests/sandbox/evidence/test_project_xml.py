"""Projects made from project XML, and project XML made from projects."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from tests.sandbox.conftest import Api, field
from tests.sandbox.evidence import odm
from tests.sandbox.evidence.conftest import Create
from tests.sandbox.evidence.odm import Study, Visit
from tests.sandbox.evidence.studies import PHOTO, PLAN, TEAMS, WARDS

ODM = "{http://www.cdisc.org/ns/odm/v1.3}"


def exported(api: Api, **parameters: Any) -> str:
    reply = api.call("project_xml", returnFormat="csv", **parameters)
    assert reply.status_code == 200, reply.text
    assert "xml" in reply.headers["Content-Type"]
    return reply.content.decode()


def subjects(text: str) -> list[str]:
    return [node.attrib["SubjectKey"] for node in ET.fromstring(text).iter(f"{ODM}SubjectData")]  # noqa: S314


def items(text: str) -> set[str]:
    """The names of the values in the data."""
    return {node.attrib["ItemOID"] for node in ET.fromstring(text).iter(f"{ODM}ItemData")}  # noqa: S314


# Z1 [R] read-oneshot/default, projects/simple/project.xml: raw line breaks in a value are line breaks
@pytest.mark.parametrize("value", ["one\ntwo", "one\n\ntwo\nthree", "tab\there"])
def test_line_breaks_in_values_are_kept(new: Create, value: str) -> None:
    study = Study(
        "Breaks",
        (field("id", "form"), field("note", "form", "notes")),
        {"form": "Form"},
        visits=(Visit("1", "form", {"id": "1", "note": value}),),
    )
    text = odm.text(study)
    assert f'Value="{value}"' in text
    assert new(text).json("record", fields="note") == [{"note": value}]


# Z1 in the design: annotations, logic and headers keep theirs (public project XML of REDCap 7 to 17)
def test_line_breaks_in_the_design_are_kept(wards: Api) -> None:
    shift = wards.json("metadata", fields="shift")[0]
    assert shift["field_annotation"] == "@HIDDEN-PDF\nasked since spring"


# Z2 [P] test_export_records_df_eav (30 rows), [R] projects/simple/README.md: computed values are not imported
def test_computed_values_are_left_out(wards: Api) -> None:
    assert {row["rate"] for row in wards.json("record", fields="rate")} == {""}


# Z3 [R] projects/survey/project.xml, projects/dag/project.xml: group and timestamp are items among the data
def test_groups_and_timestamps_are_read_from_the_data(wards: Api, teams: Api) -> None:
    rows = wards.json("record", exportDataAccessGroups="true")
    assert [row["redcap_data_access_group"] for row in rows] == ["north_wing", "", ""]
    stamps = [row["pulse_timestamp"] for row in teams.json("record", exportSurveyFields="true")]
    assert (stamps[0], stamps[1]) == ("2025-09-05 09:15:30", "[not completed]")


# Z4 [P] export_file doctest, [R] "file in repeating instrument": files come with their names and bytes
def test_files_are_read_from_the_data(wards: Api, teams: Api) -> None:
    assert wards.call("file", action="export", record="1", field="plan").content == PLAN
    where = {"record": "1", "field": "photo", "event": "start_arm_1", "repeat_instance": "2"}
    reply = teams.call("file", action="export", **where)
    assert (reply.content, reply.headers["Content-Type"].startswith('image/png; name="ash.png"')) == (PHOTO, True)


# Z5 [P], [R] every project of their suites: arms, events, mapping, forms, groups, roles, surveys, repeats, reports
def test_a_new_project_has_the_whole_design(teams: Api, wards: Api) -> None:
    assert [row["name"] for row in teams.json("arm")] == ["Coached", "On their own"]
    assert [row["unique_event_name"] for row in teams.json("event")] == [event.unique for event in TEAMS.events]
    assert [row["instrument_label"] for row in teams.json("instrument")] == list(TEAMS.forms.values())
    assert len(teams.json("repeatingFormsEvents")) == 2
    assert [row["data_access_group_name"] for row in wards.json("dag")] == list(WARDS.dags)
    assert [row["role_label"] for row in wards.json("userRole")] == ["Data clerk"]


# Z6 public project XML of REDCap 7 to 17: checkbox choices with and without blanks around the bar
@pytest.mark.parametrize("between", ["|", " | "])
def test_checkbox_choices_are_read_with_and_without_blanks(new: Create, between: str) -> None:
    box = field("box", "form", "checkbox", choices="1, A | 2, B, or so")
    text = odm.text(Study("Boxes", (field("id", "form"), box), {"form": "Form"})).replace(
        'CheckboxChoices="1, A|2, B, or so"', f'CheckboxChoices="1, A{between}2, B, or so"'
    )
    assert f"A{between}2" in text
    owner = new(text)
    owner.save({"id": "1", "box___2": "1"})
    asked = {"rawOrLabel": "label", "exportCheckboxLabel": "true", "fields": "box"}
    assert owner.json("record", **asked) == [{"box___1": "", "box___2": "B, or so"}]


LISTINGS = (
    "arm",
    "event",
    "formEventMapping",
    "instrument",
    "metadata",
    "exportFieldNames",
    "repeatingFormsEvents",
)


def told(api: Api, contents: tuple[str, ...]) -> dict[str, Any]:
    """The exports, without numbers that each project has of its own."""
    own = {"event_id", "data_access_group_id"}
    return {
        content: [{name: value for name, value in row.items() if name not in own} for row in api.json(content)]
        for content in contents
    }


# Z7 [A] exportProjectXml.R, createRedcapProject.R: what is exported makes the same project again
def test_a_longitudinal_project_survives_its_own_xml(new: Create, own_teams: Api) -> None:
    asked = {"exportSurveyFields": "true", "exportDataAccessGroups": "true", "exportFiles": "true"}
    again = new(exported(own_teams, **asked))
    assert told(again, (*LISTINGS, "dag")) == told(own_teams, (*LISTINGS, "dag"))
    everything = {"exportSurveyFields": "true", "exportDataAccessGroups": "true"}
    assert again.json("record", **everything) == own_teams.json("record", **everything)
    where = {"record": "1", "field": "photo", "event": "start_arm_1", "repeat_instance": "2"}
    assert again.call("file", action="export", **where).content == PHOTO


# Z7 the same of a classic project
def test_a_classic_project_survives_its_own_xml(new: Create, own_wards: Api) -> None:
    asked = {"exportDataAccessGroups": "true", "exportFiles": "true"}
    again = new(exported(own_wards, **asked))
    contents = ("instrument", "metadata", "exportFieldNames", "dag", "userRole")
    assert told(again, contents) == told(own_wards, contents)
    assert again.json("record", **asked) == own_wards.json("record", **asked)
    assert exported(again, **asked).count("<ItemData ") == exported(own_wards, **asked).count("<ItemData ")


# Z8 [A] test-359 return_metadata_only; the parameter's name is that of the API's help
def test_the_design_may_be_exported_alone(wards: Api) -> None:
    text = exported(wards, returnMetadataOnly="true")
    assert subjects(text) == []
    assert "<MetaDataVersion" in text
    assert subjects(exported(wards, returnMetadataOnly="false")) == ["1", "2", "10"]


# Z9 [A] test-359 records, fields, events, filterLogic
def test_the_data_may_be_narrowed_down(wards: Api, teams: Api) -> None:
    assert subjects(exported(wards, **{"records[1]": "1", "records[2]": "10"})) == ["1", "10"]
    assert items(exported(wards, **{"fields[1]": "ward_id", "fields[2]": "beds"})) == {"ward_id", "beds"}
    assert subjects(exported(wards, filterLogic="[beds] > 60")) == ["2"]
    text = exported(teams, **{"events[1]": "start_arm_2"})
    assert set(re.findall(r'StudyEventData StudyEventOID="Event\.(\w+)"', text)) == {"start_arm_2"}


# Z10 [A] test-359 survey, dag, export_files
def test_groups_timestamps_and_files_are_exported_on_request(wards: Api, teams: Api) -> None:
    assert "redcap_data_access_group" in items(exported(wards, exportDataAccessGroups="true"))
    assert "redcap_data_access_group" not in items(exported(wards, exportDataAccessGroups="false"))
    assert "pulse_timestamp" in items(exported(teams, exportSurveyFields="true"))
    assert "pulse_timestamp" not in items(exported(teams, exportSurveyFields="false"))
    assert "ItemDataBase64Binary" in exported(wards, exportFiles="true")
    assert "ItemDataBase64Binary" not in exported(wards, exportFiles="false")
