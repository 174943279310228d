from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakthrough.errors import ContentMissing, DictionaryInvalid
from breakthrough.instruments import archive, dictionary, formats, odm
from breakthrough.instruments.field import Field
from breakthrough.instruments.odm import Event, Form

ID = Field("record_id", "visit", field_label="Record")
PAIN = Field("pain", "visit", field_type="yesno", branching_logic="[record_id] <> ''")
OTHER = Field("stay", "after", field_type="notes")
CSV = dictionary.encode(dictionary.made((ID, PAIN), "visit.csv"))
ZIP = archive.encode(archive.made((PAIN,), "pain.zip"))
XML = odm.encode(
    odm.Project(
        "Visits",
        (ID, PAIN, OTHER),
        (Form("visit", "The visit"),),
        (Event("one_arm_1", "One", forms=("visit",)),),
        settings={"MissingDataCodes": "NA, Not asked"},
    )
)


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (CSV, "csv"),
        (b"\xef\xbb\xbf" + CSV, "csv"),
        (CSV.decode().encode("utf-16"), "csv"),
        (ZIP, "zip"),
        (XML, "xml"),
        (b"\xef\xbb\xbf\r\n  " + XML.partition(b"\n")[2], "xml"),
        (XML.decode().encode("utf-16"), "xml"),
        (b"", "csv"),
    ],
)
def test_the_three_formats_are_told_apart_by_what_is_in_them(data: bytes, form: str) -> None:
    assert formats.told(data) == form


def test_a_file_is_read_whatever_its_name_says(tmp_path: Path) -> None:
    for number, data in enumerate((CSV, ZIP, XML)):
        path = tmp_path / f"{number}.txt"
        path.write_bytes(data)
        source = formats.read(path)
        assert source.name == path.name
        assert PAIN in source.fields
        assert formats.parse(formats.encode(source), path.name).fields == source.fields
    with pytest.raises(ContentMissing, match=r"none\.csv"):
        formats.read(tmp_path / "none.csv")
    with pytest.raises(ContentMissing, match="cannot be read"):
        formats.read(tmp_path)


def test_an_xml_tells_more_than_a_csv() -> None:
    xml, csv = formats.parse(XML, "p.xml"), formats.parse(CSV, "p.csv")
    assert (xml.labels, xml.events) == ({"visit": "The visit", "after": "After"}, ("one_arm_1",))
    assert xml.missing_codes == {"NA": "Not asked"}
    assert (csv.labels, csv.events, csv.missing_codes) == ({}, None, None)
    assert formats.parse(odm.encode(odm.Project("Classic", (ID,))), "c.xml").events == ()


@pytest.mark.parametrize(
    ("fields", "name", "mode"),
    [
        ((ID, PAIN), "visit.csv", "project"),
        ((ID, PAIN, OTHER), "visit.csv", "project"),
        ((PAIN, OTHER), "visit.csv", "project"),  # two forms: a project with a mistake
        ((PAIN,), "visit.csv", "instrument"),  # a record ID is never a yes or no
        ((replace(ID, branching_logic="[x] = '1'"),), "visit.csv", "instrument"),
        ((replace(ID, text_validation_type_or_show_slider_number="date_dmy"),), "visit.csv", "instrument"),
        ((replace(ID, text_validation_type_or_show_slider_number="integer"),), "visit.csv", "project"),
        ((ID, PAIN), "instrument.csv", "instrument"),
        ((), "visit.csv", "project"),
    ],
)
def test_one_instrument_is_told_from_a_whole_project(fields: tuple[Field, ...], name: str, mode: str) -> None:
    assert formats.parse(dictionary.encode(dictionary.made(fields, name)), name).mode == mode


def test_an_archive_is_one_instrument_and_an_xml_a_project() -> None:
    assert formats.parse(archive.encode(archive.made((ID,), "z")), "z.zip").mode == "instrument"
    assert formats.parse(XML, "p.xml").mode == "project"


def test_remarks_are_those_of_the_format() -> None:
    assert "NA" in formats.parse(b"field_name,form_name,field_type,field_note\na,f,NA,NA\n", "r.csv").remarks[-1]
    assert formats.parse(XML, "p.xml").remarks == ()


@pytest.mark.parametrize("data", [CSV, ZIP, XML], ids=["csv", "zip", "xml"])
def test_fields_are_replaced_in_every_format(data: bytes) -> None:
    source = formats.parse(data, "any")
    changed = tuple(replace(field, field_note="Seen") for field in source.fields)
    written = formats.encode(formats.replaced(source, changed))
    assert formats.parse(written, "any").fields == changed


def test_each_format_becomes_each_other() -> None:
    source = formats.parse(dictionary.encode(dictionary.made((PAIN,), "pain.csv")), "pain.csv")
    for one in ("csv", "zip", "xml"):
        data = formats.converted(source, one)
        assert formats.told(data) == one
        for two in ("csv", "zip", "xml"):
            again = formats.converted(formats.parse(data, "pain.x"), two)
            assert (formats.told(again), formats.parse(again, "pain.y").fields) == (two, (PAIN,))
    with pytest.raises(DictionaryInvalid, match="Write one ZIP a form"):
        formats.converted(formats.parse(XML, "p.xml"), "zip")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"<!DOCTYPE html><html><title>Log in</title>", "this is a web page, perhaps a log-in page"),
        (b"\n<html lang='en'>", "this is a web page"),
        (b"<ODM>", "any, line 1, column 6: this is not a project XML"),
        (b"PK\x05\x06" + b"\x00" * 18, "there is no instrument.csv in this ZIP"),
        (b"%PDF-1.7\n\x00\x01", "this is not a CSV file"),
        (b'[{"field_name": "a"}]', "this is not a data dictionary"),
    ],
)
def test_what_is_none_of_the_three_is_refused_in_words(data: bytes, says: str) -> None:
    with pytest.raises(DictionaryInvalid) as refused:
        formats.parse(data, "any")
    assert says in str(refused.value)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([CSV, ZIP, XML, b"<", b"PK\x03\x04", b"\xff\xfe"]), st.integers(0, 4000), st.binary(max_size=60))
def test_any_bytes_are_either_a_dictionary_or_refused(data: bytes, at: int, put: bytes) -> None:
    try:
        source = formats.parse(data[:at] + put + data[at:], "any")
    except DictionaryInvalid:
        return
    assert formats.parse(formats.encode(source), "any").fields == source.fields
