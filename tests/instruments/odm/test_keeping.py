"""What we do not model is kept when a project is changed beside it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from breakthrough.instruments import odm
from breakthrough.instruments.odm import Form, Repeat

WARD = Path(__file__).with_name("ward.xml").read_bytes()
ODM = "{http://www.cdisc.org/ns/odm/v1.3}"
REDCAP = "{https://projectredcap.org}"


def newer(*added: tuple[str, str]) -> odm.Project:
    """The example as a newer server may write it: with something added behind the start of each element."""
    data = WARD.decode()
    for start, more in added:
        assert data.count(start) == 1, start
        data = data.replace(start, start + more)
    return odm.parse(data.encode(), "newer.xml")


def root(project: odm.Project) -> ET.Element:
    return ET.fromstring(odm.encode(project))  # noqa: S314 - what we wrote ourselves


def one(project: odm.Project, tag: str, **attributes: str) -> ET.Element:
    (found,) = (
        el for el in root(project).iter(tag) if all(el.get(name) == value for name, value in attributes.items())
    )
    return found


def with_field(project: odm.Project, name: str, **cells: str) -> odm.Project:
    fields = (replace(field, **cells) if field.field_name == name else field for field in project.fields)  # type: ignore[arg-type]
    return replace(project, fields=tuple(fields))


def test_the_head_says_what_the_project_says_now() -> None:
    ward = odm.parse(WARD.replace(b' SourceSystem="REDCap"', b' Originator="us" SourceSystem="REDCap"'), "ward.xml")
    changed = replace(ward, title="Night: the walk", created="2027-01-02T03:04:05", version="17.0.1")
    now = root(changed)
    assert {
        name: now.get(name) for name in ("Description", "AsOfDateTime", "CreationDateTime", "SourceSystemVersion")
    } == {
        "Description": "Night: the walk",
        "AsOfDateTime": "2027-01-02T03:04:05",
        "CreationDateTime": "2027-01-02T03:04:05",
        "SourceSystemVersion": "17.0.1",
    }
    assert now.get("Originator") == "us"
    (study,), (version,) = list(now.iter(f"{ODM}Study")), list(now.iter(f"{ODM}MetaDataVersion"))
    assert study.get("OID") == "Project.NightTheWalk"
    assert (version.get("OID"), version.get("Name")) == ("Metadata.NightTheWalk_2027-01-02_0304", "Night: the walk")
    texts = [
        study.findtext(f"{ODM}GlobalVariables/{ODM}{tag}") for tag in ("StudyName", "StudyDescription", "ProtocolName")
    ]
    assert texts == [
        "Night: the walk",
        'This file contains the metadata, events, and data for REDCap project "Night: the walk".',
        "Night: the walk",
    ]


def test_a_record_id_that_was_renamed_is_the_one_that_the_metadata_name() -> None:
    changed = with_field(odm.parse(WARD, "ward.xml"), "ward_id", field_name="place")
    assert one(changed, f"{ODM}MetaDataVersion").get(f"{REDCAP}RecordIdField") == "place"


def test_what_stands_in_the_study_beside_what_we_read_is_kept() -> None:
    units = '<BasicDefinitions><MeasurementUnit OID="u" Name="bed"/></BasicDefinitions>'
    data = WARD.replace(b"</GlobalVariables>", b"</GlobalVariables>" + units.encode())
    changed = replace(odm.parse(data, "ward.xml"), title="New")
    assert one(changed, f"{ODM}MeasurementUnit").get("Name") == "bed"
    assert [el.tag.removeprefix(ODM) for el in root(changed)[0]] == [
        "GlobalVariables",
        "BasicDefinitions",
        "MetaDataVersion",
    ]


def test_definitions_that_no_form_leads_to_are_kept_until_a_field_takes_their_name() -> None:
    stray = (
        '<ItemDef OID="stray" Name="stray" DataType="text"/><CodeList OID="stray.choices"/>'
        '<ItemGroupDef OID="none.stray" Name="" Repeating="No"/><MethodDef OID="m"/></MetaDataVersion>'
    )
    project = odm.parse(WARD.replace(b"</MetaDataVersion>", stray.encode()), "ward.xml")
    for changed in (project, with_field(project, "beds", field_note="New")):
        for tag, oid in (
            ("ItemDef", "stray"),
            ("CodeList", "stray.choices"),
            ("ItemGroupDef", "none.stray"),
            ("MethodDef", "m"),
        ):
            assert one(changed, ODM + tag, OID=oid) is not None
    taken = with_field(project, "beds", field_name="stray")
    assert one(taken, f"{ODM}ItemDef", OID="stray").get("DataType") == "integer"
    assert [field.field_name for field in odm.parse(odm.encode(taken), "w").fields][1] == "stray"


FORM = '<FormDef OID="Form.ward" '
GROUP = '<ItemGroupDef OID="ward.beds" '
REF = '<ItemRef ItemOID="beds" '


@pytest.mark.parametrize(
    "change",
    [
        {"forms": (Form("ward", "Another label"), Form("round", "Round"))},
        {"fields": "lead"},
    ],
)
def test_what_else_a_form_and_its_groups_said_is_kept_when_the_form_changes(change: Mapping[str, object]) -> None:
    ward = newer((FORM, 'redcap:Theme="dark" '), (GROUP, 'SASDatasetName="S" '), (REF, 'KeySequence="4" '))
    if "fields" in change:
        change = {"fields": tuple(field for field in ward.fields if field.field_name != change["fields"])}
    changed = replace(ward, **change)  # type: ignore[arg-type]
    assert one(changed, f"{ODM}FormDef", OID="Form.ward").get(f"{REDCAP}Theme") == "dark"
    assert one(changed, f"{ODM}ItemGroupDef", OID="ward.beds").get("SASDatasetName") == "S"
    assert one(changed, f"{ODM}ItemRef", ItemOID="beds").get("KeySequence") == "4"


EVENT = '<StudyEventDef OID="Event.first_arm_1" '


def test_what_else_an_event_said_is_kept_when_events_change() -> None:
    alias = "<Description><TranslatedText>kept</TranslatedText></Description>"
    ward = newer((EVENT, 'redcap:Color="red" '), ("<Protocol>", alias))
    changed = replace(ward, events=(replace(ward.events[0], name="Begin", forms=("ward",)),))
    event = one(changed, f"{ODM}StudyEventDef")
    assert (event.get(f"{REDCAP}Color"), event.get("Name"), len(event)) == ("red", "Begin", 1)
    assert one(changed, f"{ODM}Protocol").findtext(f"{ODM}Description/{ODM}TranslatedText") == "kept"


def test_an_event_that_repeats_no_more_says_so() -> None:
    ward = odm.parse(WARD, "ward.xml")
    changed = replace(ward, repeating=ward.repeating[1:])
    assert [el.get("Repeating") for el in root(changed).iter(f"{ODM}StudyEventDef")] == ["No", "No"]


def test_what_else_a_group_or_a_repeat_said_is_kept_when_another_comes_in() -> None:
    ward = newer(
        ('<redcap:DataAccessGroups group_name="North"', ' group_code="7"'),
        ('redcap:RepeatInstrument="round"', ' redcap:Order="2"'),
        ("<redcap:RepeatingInstrumentsAndEvents", ' redcap:Version="3"'),
    )  # fmt: skip
    changed = replace(ward, groups=("West", "North"), repeating=(*ward.repeating, Repeat("first_arm_1", "ward")))
    assert one(changed, f"{REDCAP}DataAccessGroups", group_name="North").get("group_code") == "7"
    assert one(changed, f"{REDCAP}DataAccessGroups", group_name="West").attrib == {"group_name": "West"}
    again = one(changed, f"{REDCAP}RepeatingInstrument", **{f"{REDCAP}RepeatInstrument": "round"})
    assert again.get(f"{REDCAP}Order") == "2"
    assert one(changed, f"{REDCAP}RepeatingInstrumentsAndEvents").get(f"{REDCAP}Version") == "3"
    assert odm.parse(odm.encode(changed), "w").repeating == changed.repeating


def test_forms_that_repeat_at_several_events_stand_together_by_event() -> None:
    ward = odm.parse(WARD, "ward.xml")
    listed = (Repeat("first_arm_1", "ward"), Repeat("first_arm_1", "round"), Repeat("later_arm_1", "round"))
    holders = list(root(replace(ward, repeating=listed)).iter(f"{REDCAP}RepeatingInstruments"))
    assert [[child.get(f"{REDCAP}RepeatInstrument") for child in holder] for holder in holders] == [
        ["ward", "round"],
        ["round"],
    ]
    assert odm.parse(odm.encode(replace(ward, repeating=listed)), "w").repeating == listed


def test_the_results_of_a_query_are_kept_when_its_field_gets_another_note() -> None:
    """An XML has the query itself nowhere."""
    lead = '<ItemDef OID="lead" Name="lead" DataType="text" Length="2" redcap:Variable="lead" redcap:FieldType="select"'
    data = WARD.decode().replace(lead, lead.replace("select", "sql").replace('"2"', '"17"'))
    changed = with_field(odm.parse(data.encode(), "ward.xml"), "lead", field_note="New")
    item = one(changed, f"{ODM}ItemDef", OID="lead")
    assert (item.get("Length"), item.get(f"{REDCAP}FieldNote")) == ("17", "New")
    assert item.find(f"{ODM}CodeListRef") is not None
    codes = [el.get("CodedValue") for el in one(changed, f"{ODM}CodeList", OID="lead.choices")]
    assert codes == ["a", "02"]


def test_of_a_field_only_what_changed_is_written_anew() -> None:
    ward = odm.parse(
        WARD.replace(b"<TranslatedText>How many beds?", b'<TranslatedText xml:lang="en">How many beds?')
        .replace(b"This value is admissible", b"Dieser Wert ist erlaubt")
        .replace(b'CodedValue="a"', b'CodedValue="a" Rank="1"'),
        "ward.xml",
    )
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    noted = one(with_field(ward, "beds", field_note="New"), f"{ODM}ItemDef", OID="beds")
    assert noted.find(f"{ODM}Question/{ODM}TranslatedText").get(lang) == "en"  # type: ignore[union-attr]
    assert "Dieser Wert" in str(noted.findtext(f"{ODM}RangeCheck/{ODM}ErrorMessage/{ODM}TranslatedText"))
    asked = one(with_field(ward, "beds", field_label="Beds?", text_validation_max="90"), f"{ODM}ItemDef", OID="beds")
    assert asked.findtext(f"{ODM}Question/{ODM}TranslatedText") == "Beds?"
    assert "Dieser Wert" not in str(asked.findtext(f"{ODM}RangeCheck/{ODM}ErrorMessage/{ODM}TranslatedText"))
    assert one(with_field(ward, "lead", field_note="New"), f"{ODM}CodeListItem", CodedValue="a").get("Rank") == "1"


def test_records_that_were_exchanged_are_all_that_changes() -> None:
    ward = odm.parse(WARD, "ward.xml")
    data = odm.encode(replace(ward, records="<ClinicalData/>"))
    assert odm.parse(data, "w") == replace(ward, records="<ClinicalData/>")
    before, _, _ = odm.encode(ward).partition(b"<ClinicalData")
    assert data == before + b"<ClinicalData/>\n</ODM>\n"
