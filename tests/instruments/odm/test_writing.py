from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakthrough.content import Content
from breakthrough.instruments import dictionary, odm
from breakthrough.instruments.field import Field
from breakthrough.instruments.odm import Event, Form, Repeat, Report, Role, Survey
from breakthrough.instruments.text.choices import Choice, joined

WARD = Path(__file__).with_name("ward.xml").read_bytes()
REDCAP = "{https://projectredcap.org}"
ODM = "{http://www.cdisc.org/ns/odm/v1.3}"


def content(data: bytes) -> list[tuple[str, dict[str, str], str]]:
    """Every element in order as the library's own parser sees it: an oracle that shares nothing with ours."""
    recoded = data.decode().replace("\r\n", "\n")
    return [(one.tag, dict(one.attrib), (one.text or "").strip()) for one in ET.fromstring(recoded).iter()]  # noqa: S314 - what we wrote ourselves


def broken_as_blanks(data: bytes) -> bytes:
    """With the breaks inside attributes as the blanks that a plain parser makes of them."""
    return data.replace(b"&#10;", b" ")


def elements(data: bytes, tag: str) -> list[ET.Element]:
    return list(ET.fromstring(data).iter(ODM + tag))  # noqa: S314 - what we wrote ourselves


def test_an_unchanged_project_is_written_as_it_stood() -> None:
    written = odm.encode(odm.parse(WARD, "ward.xml"))
    assert content(broken_as_blanks(written)) == content(WARD)
    assert odm.parse(written, "ward.xml") == odm.parse(WARD, "ward.xml")


def test_it_is_laid_out_as_redcap_lays_it_out() -> None:
    written = odm.encode(odm.parse(WARD, "ward.xml")).decode().splitlines()
    original = WARD.decode().splitlines()
    assert sum(line in original for line in written) > len(written) - 12


def test_without_the_file_it_was_read_from_everything_modelled_is_still_written() -> None:
    ward = odm.parse(WARD, "ward.xml")
    fresh = odm.encode(replace(ward, kept=None))
    assert replace(odm.parse(fresh, "ward.xml"), settings={}) == replace(ward, settings={})
    assert odm.parse(fresh, "ward.xml").settings["NewerSetting"] == "7"


def test_what_is_made_from_nothing_is_what_the_server_would_write() -> None:
    """All definitions, groups and lists; but for the server's own items and a picture, which no dictionary holds."""
    ward = odm.parse(WARD, "ward.xml")
    fresh = odm.encode(replace(ward, kept=None))
    own = ("redcap_data_access_group", "round_timestamp")

    def told(data: bytes, tag: str) -> list[tuple[dict[str, str], list[str]]]:
        found = [one for one in elements(data, tag) if one.get("OID") not in own and one.get("ItemOID") not in own]
        return [(dict(one.attrib), [part.text or "" for part in one.iter() if not len(part)]) for one in found]

    recoded = odm.encode(ward)
    for tag in ("Protocol", "StudyEventDef", "FormRef", "CodeList", "CodeListItem", "ItemRef", "RangeCheck"):
        assert told(fresh, tag) == told(recoded, tag)
    assert told(fresh, "ItemDef")[:-2] == told(recoded, "ItemDef")[:-2]
    names = [one.get("Name") for one in elements(recoded, "ItemGroupDef")]
    assert [one.get("Name") for one in elements(fresh, "ItemGroupDef")] == names


def test_only_the_field_that_was_changed_is_written_anew() -> None:
    ward = odm.parse(WARD, "ward.xml")
    changed = [replace(one, field_note="Look twice") if one.field_name == "rd_pic" else one for one in ward.fields]
    written = odm.encode(replace(ward, fields=tuple(changed)))
    before, after = content(odm.encode(ward)), content(written)
    assert [(one, two) for one, two in zip(before, after, strict=True) if one != two] == [
        (item, (item[0], item[1] | {f"{REDCAP}FieldNote": "Look twice"}, item[2]))
        for item in before
        if item[1].get("OID") == "rd_pic"
    ]
    assert "iVBORw0KGgo=" in written.decode(), "the picture went missing"


def test_a_field_that_is_added_moved_or_removed_keeps_the_others_as_they_stood() -> None:
    ward = odm.parse(WARD, "ward.xml")
    new = Field("beds_spare", "ward", field_label="Spare beds", required_field="y")
    fields = (*ward.fields[:2], new, *(one for one in ward.fields[2:] if one.field_name != "lead"))
    again = odm.parse(odm.encode(replace(ward, fields=fields)), "ward.xml")
    assert again.fields == fields
    items = {one.get("OID"): one for one in elements(odm.encode(replace(ward, fields=fields)), "ItemRef")}
    assert "lead" not in items
    refs = [one.get("ItemOID") for one in elements(odm.encode(replace(ward, fields=fields)), "ItemRef")]
    assert refs[:4] == ["ward_id", "redcap_data_access_group", "beds", "beds_spare"]


def test_a_part_that_was_changed_is_written_anew_and_the_parts_beside_it_as_they_stood() -> None:
    ward = odm.parse(WARD, "ward.xml")
    changed = replace(
        ward,
        title="Ward walk II",
        groups=("North",),
        repeating=(Repeat("first_arm_1", "round", "[rd_on]"),),
        events=ward.events[:1],
        surveys=(),
        settings={**ward.settings, "NewerSetting": "8"},
    )
    again = odm.parse(odm.encode(changed), "ward.xml")
    assert replace(again, records="") == replace(changed, records="")
    assert again.roles == ward.roles
    assert again.others == ward.others


def test_elements_of_other_namespaces_are_kept_and_stay_well_formed() -> None:
    own = b'<v:Extra xmlns:v="urn:vendor" v:a="1"><v:Deep/></v:Extra>\n</MetaDataVersion>'
    for prefix in (b"redcap", b"rc"):
        data = WARD.replace(b"</MetaDataVersion>", own).replace(b"redcap:", prefix + b":")
        data = data.replace(b"xmlns:redcap", b"xmlns:" + prefix)
        written = odm.encode(odm.parse(data, "ward.xml"))
        (extra,) = ET.fromstring(written).iter("{urn:vendor}Extra")  # noqa: S314 - what we wrote ourselves
        assert (extra.get("{urn:vendor}a"), [one.tag for one in extra]) == ("1", ["{urn:vendor}Deep"])


def test_a_project_made_by_hand_has_what_every_file_has() -> None:
    project = odm.Project(
        title='Café "A" & more',
        fields=(Field("record_id", "first_form"), Field("x", "second", field_type="yesno")),
        forms=(Form("second", "The second"),),
        repeating=(Repeat("event_1_arm_1", "second"),),
        groups=("T001",),
        roles=(Role({"role_name": "Team", "data_entry": "[second,1]"}),),
        surveys=(Survey({"form_name": "second", "title": "S"}),),
        reports=(Report({"title": "R", "redcap_reports_fields": "x"}),),
        created="2026-01-31T12:34:56",
    )
    data = odm.encode(project)
    root = ET.fromstring(data)  # noqa: S314 - what we wrote ourselves
    (version,) = root.iter(f"{ODM}MetaDataVersion")
    assert version.get("OID") == "Metadata.CafAMore_2026-01-31_1234"
    assert version.get(f"{REDCAP}RecordIdField") == "record_id"
    assert root.findtext(f"{ODM}Study/{ODM}GlobalVariables/{REDCAP}SurveysEnabled") == "1"
    again = odm.parse(data, "made.xml")
    assert again.labels == {"second": "The second", "first_form": "First Form"}
    assert (again.title, again.repeating, again.groups) == (project.title, project.repeating, project.groups)
    assert (again.roles, again.surveys, again.reports) == (project.roles, project.surveys, project.reports)


@pytest.mark.parametrize(
    ("headers", "groups"),
    [
        (["", "", ""], [["a", "b", "c"]]),
        (["One", "", ""], [["a"], ["b", "c"]]),  # a group ends where its header does
        (["", "One", "One"], [["a"], ["b", "c"]]),
        (["", " ", "Two"], [["a"], ["b"], ["c"]]),  # a bar without words is a header, too
    ],
)
def test_a_group_of_items_goes_as_far_as_its_section_header(headers: list[str], groups: list[list[str]]) -> None:
    fields = tuple(Field(name, "f", section_header=header) for name, header in zip("abc", headers, strict=True))
    found = elements(odm.encode(odm.Project("P", fields)), "ItemGroupDef")
    assert [[ref.get("ItemOID") for ref in one] for one in found] == [*groups, ["f_complete"]]
    assert [one.get("OID") for one in found] == [f"f.{group[0]}" for group in groups] + ["f.f_complete"]


def test_what_no_xml_can_hold_is_left_out_and_the_rest_comes_back() -> None:
    label = "a\x00b\x0bc\ufffe\r\n\td <&>\"' ]]>"
    fields = (Field("a", "f", field_label=label, field_note=label, section_header=label),)
    (again,) = odm.parse(odm.encode(odm.Project("P\x01", fields)), "p.xml").fields
    assert again.field_label == again.field_note == again.section_header == "abc\r\n\td <&>\"' ]]>"


def test_rows_of_a_form_that_are_apart_are_brought_together() -> None:
    fields = (Field("a", "f"), Field("b", "g"), Field("c", "f"))
    again = odm.parse(odm.encode(odm.Project("P", fields)), "p.xml").fields
    assert [field.field_name for field in again] == ["a", "c", "b"]


def test_events_of_several_arms_are_named_with_their_arm() -> None:
    events = (Event("v_arm_1", "Visit"), Event("v_arm_2", "Visit", "2", "Arm 2", forms=("f",)))
    data = odm.encode(odm.Project("P", (Field("a", "f"),), events=events))
    assert [one.get("Name") for one in elements(data, "StudyEventDef")] == [
        "Visit (Arm 1: Arm 1)",
        "Visit (Arm 2: Arm 2)",
    ]
    assert odm.parse(data, "p.xml").events == events


def test_every_shipped_instrument_goes_into_an_xml_and_comes_back() -> None:
    folder = Content().folders[-1] / "instruments"
    fields = tuple(field for path in sorted(folder.glob("*.csv")) for field in dictionary.read(path))
    again = odm.parse(odm.encode(odm.Project("All", fields)), "all.xml")
    assert len(again.fields) == len(fields) > 100
    for one, two in zip(again.fields, fields, strict=True):
        assert one == two


names = st.integers(0, 10**6).map(lambda number: f"v{number}")
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=8
)
broken = st.lists(texts, max_size=3).map("\n".join)
codes = st.text(st.sampled_from("abAB019_.-"), min_size=1, max_size=4)
lists = st.lists(
    st.builds(Choice, codes, texts.map(lambda text: text.replace("|", "").replace("\x85", "").strip())), max_size=4
)
cells = {
    "section_header": broken, "field_label": broken, "field_note": broken, "branching_logic": broken,
    "field_annotation": broken, "question_number": texts, "matrix_group_name": texts, "custom_alignment": texts,
    "identifier": st.sampled_from(["", "y"]), "required_field": st.sampled_from(["", "y"]),
    "matrix_ranking": st.sampled_from(["", "y"]), "text_validation_min": texts, "text_validation_max": texts,
}  # fmt: skip
kinds = st.one_of(
    st.tuples(st.sampled_from(["radio", "dropdown", "checkbox"]), lists.map(lambda some: joined(tuple(some))), st.just("")),
    st.tuples(st.sampled_from(["calc", "slider"]), broken, st.just("")),
    st.tuples(st.just("text"), broken, st.sampled_from(["", "integer", "number", "number_1dp", "date_mdy", "time", "own_type"])),
    st.tuples(st.sampled_from(["notes", "yesno", "truefalse", "descriptive", "file", "sql"]), st.just(""), st.just("")),
    st.tuples(st.just("slider"), broken, st.just("number")),
)  # fmt: skip


@st.composite
def dictionaries(draw: st.DrawFn) -> tuple[Field, ...]:
    found: list[Field] = []
    for form in draw(st.lists(st.sampled_from("fgh"), min_size=1, max_size=3, unique=True)):
        for _ in range(draw(st.integers(1, 3))):
            kind, choices, validation = draw(kinds)
            row = {name: draw(cell) for name, cell in cells.items()}
            row |= {"field_type": kind, "select_choices_or_calculations": choices}
            row["text_validation_type_or_show_slider_number"] = validation
            found.append(Field.of(row | {"field_name": f"{draw(names)}_{len(found)}", "form_name": form}))
    return tuple(found)


@settings(max_examples=100, deadline=None)
@given(dictionaries())
def test_a_dictionary_becomes_an_xml_and_the_same_dictionary_again(fields: tuple[Field, ...]) -> None:
    as_csv = dictionary.encode(dictionary.made(fields, "d.csv"))
    read = dictionary.parse(as_csv, "d.csv").fields
    data = odm.encode(odm.Project("P", read))
    ET.fromstring(data)  # noqa: S314 - what we wrote ourselves
    again = odm.parse(data, "d.xml").fields
    assert again == fields
    assert dictionary.encode(dictionary.made(again, "d.csv")) == as_csv
