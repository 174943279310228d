from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments import odm
from breakthrough.instruments.field import COLUMNS, Field
from breakthrough.instruments.odm import Event, Form, Repeat, source

WARD = Path(__file__).with_name("ward.xml").read_bytes()

# The dictionary that REDCap would download for the same project, by hand.
DICTIONARY = """\
ward_id,ward,,text,Ward,,,,,,,,,,,,,
beds,ward,Size,text,How many <b>beds</b>?,,On a normal day,integer,1,80,,,y,LH,,,,"// counted
at noon @CHARLIMIT=3"
kinds,ward,,checkbox,Kinds of patient,"1, Adults, old | -9, Unknown",,,,,,,,,,,,
lead,ward,,dropdown,Who leads?,"a, A nurse | 02, A doctor, <i>any</i>",,autocomplete,,,y,,,,,,,
plan,ward,,notes,"Plan,
in two lines",,,,,,,"[kinds(1)] = ""1""
or [beds] > 20",,,,,,
rate,ward,,calc,Rate,"// share
round(1 / [beds], 2)",,,,,,,,,,,,
mood,ward,,slider,Mood,low | | high,,number,,,,,,,,,,
code,ward,,text,Code,BIOPORTAL:HP,,,,,,,,,,,,
rd_on,round,,text,Date,,,date_dmy,,,,,,,,,,
rd_ok,round,,yesno,Done?,,,,,,,,,,,,,
rd_how,round,,radio,How?,"1, By phone | 2, On foot",,,,,,,,,,how,,
rd_pic,round,,descriptive,A map,,,,,,,,,,,,,
"""


@pytest.fixture(scope="module")
def ward() -> odm.Project:
    return odm.parse(WARD, "ward.xml")


def test_the_fields_are_those_of_the_dictionary(ward: odm.Project) -> None:
    rows = csv.reader(io.StringIO(DICTIONARY, newline=""))
    assert ward.fields == tuple(Field.of(dict(zip(COLUMNS, row, strict=True))) for row in rows)


def test_a_line_break_in_an_attribute_stays_one(ward: odm.Project) -> None:
    """As a blank it would make the comment of the calculation swallow the calculation."""
    rate = next(field for field in ward.fields if field.field_name == "rate")
    assert rate.select_choices_or_calculations == "// share\nround(1 / [beds], 2)"
    assert ward.surveys[0].settings["instructions"] == "<p>Hello</p>\n<p>Thank you</p>"


def test_a_field_is_found_again_at_its_line_in_the_file(ward: odm.Project) -> None:
    lines = WARD.decode().splitlines()
    for field in ward.fields:
        assert field.origin is not None
        assert f'redcap:Variable="{field.field_name}"' in lines[field.origin.line - 1]
        assert str(field.origin) == f"ward.xml, line {field.origin.line}"


def test_what_stands_round_the_fields_is_read(ward: odm.Project) -> None:
    assert (ward.title, ward.version, ward.created) == ("Ward walk", "15.5.1", "2026-03-02T09:30:00")
    assert ward.forms == (Form("ward", "The ward & its staff"), Form("round", "Round"))
    assert ward.labels == {"ward": "The ward & its staff", "round": "Round"}
    assert ward.events == (
        Event("first_arm_1", "First", "1", "Only arm", forms=("ward", "round")),
        Event("later_arm_1", "Later", "1", "Only arm", "30", "2", "3", "[rd_on]", ("round",)),
    )
    assert ward.arms == {"1": "Only arm"}
    assert ward.repeating == (Repeat("later_arm_1"), Repeat("first_arm_1", "round", "[rd_on]"))
    assert ward.groups == ("North", "South & East")
    assert (ward.roles[0].name, ward.roles[0].entry) == ("Coach", {"ward": 2, "round": 1})
    assert (ward.surveys[0].form, ward.surveys[0].title, ward.surveys[0].enabled) == ("round", "The round", True)
    assert (ward.reports[0].title, ward.reports[0].fields) == ("All rounds", ("ward_id", "rd_on"))
    assert ward.missing_codes == {"UNK": "Unknown", "NA": "Not asked"}
    assert ward.settings["NewerSetting"] == "7"
    assert [group.tag for group in ward.others] == ["redcap:AlertsGroup"]
    assert ward.remarks == ()


def test_the_records_are_kept_as_they_stand(ward: odm.Project) -> None:
    assert ward.records.startswith('<ClinicalData StudyOID="Project.WardWalk"')
    assert ward.records.endswith("</ClinicalData>")
    assert 'Value="one&#10;two &gt; one"' in ward.records


def test_each_element_beside_the_study_is_kept_whether_it_is_empty_or_not() -> None:
    head, _, _ = WARD.partition(b"<ClinicalData")
    beside = b"<ReferenceData a='/>'/><ClinicalData><x/></ClinicalData><Association/>"
    parts = odm.parse(head + beside + b"</ODM>", "ward.xml").records.split("\n")
    assert parts == ["<ReferenceData a='/>'/>", "<ClinicalData><x/></ClinicalData>", "<Association/>"]


def test_another_prefix_for_the_same_namespace_means_the_same(ward: odm.Project) -> None:
    renamed = WARD.replace(b"redcap:", b"rc:").replace(b"xmlns:redcap", b"xmlns:rc")
    assert odm.parse(renamed, "ward.xml").fields == ward.fields


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_every_encoding_with_a_mark_is_read(ward: odm.Project, encoding: str) -> None:
    assert odm.parse(WARD.decode().encode(encoding), "ward.xml") == ward


def test_an_encoding_that_is_told_is_believed_and_one_that_is_wrong_is_guessed_and_said() -> None:
    latin = WARD.replace(b"A nurse", "Une sœur âgée".encode("cp1252"))
    told = odm.parse(latin.replace(b'encoding="UTF-8"', b'encoding="windows-1252"'), "ward.xml")
    guessed = odm.parse(latin, "ward.xml")
    assert told.fields[3].choices[0].label == guessed.fields[3].choices[0].label == "Une sœur âgée"
    assert told.remarks == ()
    assert "Windows-1252" in guessed.remarks[0]


def test_an_item_that_is_nowhere_defined_and_a_lost_query_are_told_of() -> None:
    data = WARD.replace(b'<ItemDef OID="mood"', b'<ItemDef OID="gone"').replace(b'"redcap:FieldType="calc"', b"")
    data = data.replace(b'redcap:FieldType="textarea"', b'redcap:FieldType="sql"')
    found = odm.parse(data, "ward.xml")
    assert "mood" not in [field.field_name for field in found.fields]
    assert found.remarks == (
        "The item mood is on the form ward but is nowhere defined; it is left out.",
        "The query of plan is not in an XML; only its results were exported.",
    )


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><ODM>&b;</ODM>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><ODM>&a;</ODM>'


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"<ODM><Study></ODM>", "ward.xml, line 1, column 15: this is not a project XML that can be read: mismatched tag"),
        (BOMB, "ward.xml, line 1, column 34: this is not a project XML that can be read: it has a document type"),
        (OUTSIDE, "it has a document type (DOCTYPE)"),
        (b"<ODM>&nbsp;</ODM>", "undefined entity"),
        (b"<a>" * 200 + b"</a>" * 200, "it nests deeper than 64 levels"),
        (b"<ODM><Study>" + b"<x>" * 200, "it nests deeper than 64 levels"),
        (b"<ODM><ClinicalData>" + b"<x>" * 200, "it nests deeper than 64 levels"),
        (b'<ODM a="1" a="2"/>', "duplicate attribute"),
        (b"<rc:ODM/>", "unbound prefix"),
        (b"<html><body/></html>", "this XML is not a project of REDCap's (its root is 'html', not ODM)"),
        (b"<ODM><Study/></ODM>", "it holds records only"),
        (b"<ODM><ClinicalData/></ODM>", "it holds records only"),
        (b"<ODM><Study><MetaDataVersion><ItemDef OID='a'/></MetaDataVersion></Study></ODM>", "this is ODM, but not REDCap's"),
        (b"", "no element found"),
        (b'<?xml version="1.0" encoding="shift_jis"?><ODM/>', "its encoding 'shift_jis' is not one REDCap writes"),
        (b'<?xml version="1.0" encoding="nonsense"?><ODM/>', "its encoding 'nonsense'"),
        (b"<ODM>\x01</ODM>", "not well-formed"),
        (b"<ODM>\x00</ODM>", "not well-formed"),
    ],
)  # fmt: skip
def test_what_is_no_project_is_refused_with_place_and_remedy(data: bytes, says: str) -> None:
    with pytest.raises(DictionaryInvalid) as refused:
        odm.parse(data, "ward.xml")
    assert says in str(refused.value)
    assert str(refused.value).startswith("ward.xml")
    assert "xport" in str(refused.value) or "Save it" in str(refused.value)


def test_a_mistake_below_broken_attributes_is_told_by_its_line_in_the_file() -> None:
    lines = WARD.split(b"\n")
    place = next(number for number, line in enumerate(lines, start=1) if b'<CodeList OID="rd_how' in line)
    lines[place - 1] = lines[place - 1].replace(b"<CodeList ", b"<CodeList <")
    with pytest.raises(DictionaryInvalid, match=rf"ward\.xml, line {place}, column 12: "):
        odm.parse(b"\n".join(lines), "ward.xml")


def test_a_file_larger_than_any_project_is_not_even_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "LARGEST", 100)
    with pytest.raises(DictionaryInvalid, match="Export the project without its records"):
        odm.parse(WARD, "ward.xml")


def test_a_file_of_endless_elements_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MOST", 50)
    with pytest.raises(DictionaryInvalid, match="it has more than 50 elements"):
        odm.parse(WARD, "ward.xml")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_damage_is_either_read_or_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(WARD)))
    cut = data.draw(st.integers(0, 40))
    put = data.draw(
        st.sampled_from([b"", b"<", b">", b'"', b"&", b"\x00", b"\xff", b"]]>", b"<!--", b"<ODM>", b"redcap:"])
    )
    try:
        found = odm.parse(WARD[:at] + put + WARD[at + cut :], "ward.xml")
    except DictionaryInvalid:
        return
    assert odm.parse(odm.encode(found), "ward.xml").fields == found.fields
