from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakthrough.instruments import odm
from breakthrough.instruments.field import Field
from breakthrough.instruments.odm import Entry, Event, File, Form, Repeat, Survey

WARD = Path(__file__).with_name("ward.xml").read_bytes()
ODM = "{http://www.cdisc.org/ns/odm/v1.3}"
REDCAP = "{https://projectredcap.org}"
MOMENT = "datetime_dmy"


def project(**changes: object) -> odm.Project:
    """Two arms; `note` repeats at the start, the visit as a whole."""
    fields = (
        Field("id", "base"),
        Field("born", "base", section_header="About you"),
        Field("race", "base", "About you", "checkbox", select_choices_or_calculations="1, A | B.2, B"),
        Field("words", "base", field_type="notes"),
        Field("more", "base"),
        Field("at", "note", text_validation_type_or_show_slider_number=MOMENT),
        Field("scan", "note", "Files", "file"),
        Field("sign", "note", "Files", "file", text_validation_type_or_show_slider_number="signature"),
    )
    events = (
        Event("start_arm_1", "Start", forms=("base", "note")),
        Event("visit_arm_1", "Visit", forms=("note",)),
        Event("start_arm_2", "Start", "2", "Arm 2", forms=("base",)),
    )
    made = odm.Project(
        "Two arms", fields, (Form("base", "Base"), Form("note", "Note")), events, created="2026-01-31T12:34:56"
    )
    return replace(made, repeating=(Repeat("visit_arm_1"), Repeat("start_arm_1", "note")), **changes)  # type: ignore[arg-type]


ENTRIES = [
    Entry("1", "base", "start_arm_1", values={"more": 'a <b> & "c"', "words": "one\ntwo\tthree", "base_complete": "0"}),
    Entry("1", "note", "start_arm_1", 1, {"at": "2026-03-01 08:30"}),
    Entry("1", "note", "start_arm_1", 2, {"note_complete": "2"}, {"scan": File("é.txt", "text/plain", b"hi")}),
    Entry("1", "note", "visit_arm_1", 1, {"at": "soon"}),
    Entry("1", "note", "visit_arm_1", 3, {"note_complete": "1"}),
    Entry("x'2", "base", "start_arm_2", values={"race___b_2": "1", "race___1": "0", "born": "", "extra": "7"}),
]

WRITTEN = """\
<ClinicalData StudyOID="Project.TwoArms" MetaDataVersionOID="Metadata.TwoArms_2026-01-31_1234">
	<SubjectData SubjectKey="1" redcap:RecordIdField="id">
		<StudyEventData StudyEventOID="Event.start_arm_1" StudyEventRepeatKey="1" redcap:UniqueEventName="start_arm_1">
			<FormData FormOID="Form.base" FormRepeatKey="1">
				<ItemGroupData ItemGroupOID="base.id" ItemGroupRepeatKey="1">
					<ItemData ItemOID="id" Value="1"/>
					<ItemData ItemOID="words" Value="one&#10;two&#9;three"/>
					<ItemData ItemOID="more" Value="a &lt;b&gt; &amp; &quot;c&quot;"/>
				</ItemGroupData>
				<ItemGroupData ItemGroupOID="base.base_complete" ItemGroupRepeatKey="1">
					<ItemData ItemOID="base_complete" Value="0"/>
				</ItemGroupData>
			</FormData>
			<FormData FormOID="Form.note" FormRepeatKey="1">
				<ItemGroupData ItemGroupOID="note.at" ItemGroupRepeatKey="1">
					<ItemData ItemOID="at" Value="2026-03-01T08:30"/>
				</ItemGroupData>
			</FormData>
			<FormData FormOID="Form.note" FormRepeatKey="2">
				<ItemGroupData ItemGroupOID="note.scan" ItemGroupRepeatKey="1">
					<ItemDataBase64Binary ItemOID="scan" redcap:DocName="é.txt" redcap:MimeType="text/plain"><![CDATA[aGk=]]></ItemDataBase64Binary>
				</ItemGroupData>
				<ItemGroupData ItemGroupOID="note.note_complete" ItemGroupRepeatKey="1">
					<ItemData ItemOID="note_complete" Value="2"/>
				</ItemGroupData>
			</FormData>
		</StudyEventData>
		<StudyEventData StudyEventOID="Event.visit_arm_1" StudyEventRepeatKey="1" redcap:UniqueEventName="visit_arm_1">
			<FormData FormOID="Form.note" FormRepeatKey="1">
				<ItemGroupData ItemGroupOID="note.at" ItemGroupRepeatKey="1">
					<ItemData ItemOID="at" Value="soon"/>
				</ItemGroupData>
			</FormData>
		</StudyEventData>
		<StudyEventData StudyEventOID="Event.visit_arm_1" StudyEventRepeatKey="3" redcap:UniqueEventName="visit_arm_1">
			<FormData FormOID="Form.note" FormRepeatKey="1">
				<ItemGroupData ItemGroupOID="note.note_complete" ItemGroupRepeatKey="1">
					<ItemData ItemOID="note_complete" Value="1"/>
				</ItemGroupData>
			</FormData>
		</StudyEventData>
	</SubjectData>
	<SubjectData SubjectKey="x&#039;2" redcap:RecordIdField="id">
		<StudyEventData StudyEventOID="Event.start_arm_2" StudyEventRepeatKey="1" redcap:UniqueEventName="start_arm_2">
			<FormData FormOID="Form.base" FormRepeatKey="1">
				<ItemGroupData ItemGroupOID="base.id" ItemGroupRepeatKey="1">
					<ItemData ItemOID="id" Value="x&#039;2"/>
				</ItemGroupData>
				<ItemGroupData ItemGroupOID="" ItemGroupRepeatKey="1">
					<ItemData ItemOID="race___1" Value="0"/>
					<ItemData ItemOID="race___b_2" Value="1"/>
				</ItemGroupData>
				<ItemGroupData ItemGroupOID="" ItemGroupRepeatKey="1">
					<ItemData ItemOID="extra" Value="7"/>
				</ItemGroupData>
			</FormData>
		</StudyEventData>
	</SubjectData>
</ClinicalData>
"""


def test_records_are_written_as_redcap_writes_them() -> None:
    """One element holds both groups without a header when all between them is blank; one without its first is unnamed."""
    assert "".join(odm.records_xml(project(), ENTRIES)) == WRITTEN


def test_a_project_without_records_has_an_element_all_the_same() -> None:
    assert "".join(odm.records_xml(project(), [])) == (
        '<ClinicalData StudyOID="Project.TwoArms" MetaDataVersionOID="Metadata.TwoArms_2026-01-31_1234">\n'
        "</ClinicalData>\n"
    )


def test_a_classic_project_has_no_element_for_its_event() -> None:
    fields = (Field("id", "one"), Field("a", "two"))
    plain = odm.Project("P", fields, repeating=(Repeat("event_1_arm_1", "two"),))
    entries = [Entry("1", "one"), Entry("1", "two", instance=2, values={"a": "x"})]
    assert "".join(odm.records_xml(plain, entries)).splitlines()[1:-1] == [
        '	<SubjectData SubjectKey="1" redcap:RecordIdField="id">',
        '			<FormData FormOID="Form.one" FormRepeatKey="1">',
        '				<ItemGroupData ItemGroupOID="one.id" ItemGroupRepeatKey="1">',
        '					<ItemData ItemOID="id" Value="1"/>',
        "				</ItemGroupData>",
        "			</FormData>",
        '			<FormData FormOID="Form.two" FormRepeatKey="2">',
        '				<ItemGroupData ItemGroupOID="two.a" ItemGroupRepeatKey="1">',
        '					<ItemData ItemOID="a" Value="x"/>',
        "				</ItemGroupData>",
        "			</FormData>",
        "	</SubjectData>",
    ]


def test_an_event_that_comes_again_has_an_element_again() -> None:
    """So REDCap writes the repeats of forms, which come after everything else."""
    entries = [ENTRIES[0], ENTRIES[3], ENTRIES[1]]
    events = [one.get("StudyEventOID") for one in elements(streamed(project(), entries), "StudyEventData")]
    assert events == ["Event.start_arm_1", "Event.visit_arm_1", "Event.start_arm_1"]


def streamed(made: odm.Project, entries: list[Entry], *, groups: bool = False, surveys: bool = False) -> bytes:
    return b"".join(odm.stream(made, entries, groups=groups, surveys=surveys))


def elements(data: bytes, tag: str) -> list[ET.Element]:
    return list(ET.fromstring(data).iter(ODM + tag))  # noqa: S314 - what we wrote ourselves


def test_a_streamed_project_is_the_encoded_one_with_its_records() -> None:
    made = project(records="".join(odm.records_xml(project(), ENTRIES)).rstrip())
    assert streamed(project(), ENTRIES) == odm.encode(made)
    assert replace(odm.parse(odm.encode(made), "p"), settings={}) == made


def test_the_records_of_a_file_are_written_as_they_stood() -> None:
    """But for the record ID, which the example leaves out on the form that has it, and whose group it would begin."""
    ward = odm.parse(WARD, "ward.xml")
    again = odm.parse(streamed(ward, list(odm.entries(ward))), "ward.xml")
    own = '\n\t\t\t\t\t<ItemData ItemOID="ward_id" Value="1"/>'
    assert again.records.replace(own, "") == ward.records.replace('"ward.kinds___1"', '"ward.ward_id"')
    assert replace(again, records="") == replace(ward, records="")


def test_records_that_are_kept_still_name_their_study_when_it_is_called_otherwise() -> None:
    ward = replace(odm.parse(WARD, "ward.xml"), title="Night walk", created="2027-01-02T03:04:05")
    root = ET.fromstring(odm.encode(ward))  # noqa: S314 - what we wrote ourselves
    (data,), (study,), (version,) = (list(root.iter(ODM + tag)) for tag in ("ClinicalData", "Study", "MetaDataVersion"))
    assert data.get("StudyOID") == study.get("OID") == "Project.NightWalk"
    assert data.get("MetaDataVersionOID") == version.get("OID") == "Metadata.NightWalk_2027-01-02_0304"
    (streamed_data,) = elements(streamed(ward, []), "ClinicalData")
    assert streamed_data.attrib == data.attrib


SURVEYED = (Survey({"form_name": "base", "title": "B"}), Survey({"form_name": "note", "title": "N"}))


def groups_of(data: bytes) -> dict[str, list[str | None]]:
    found = elements(data, "ItemGroupDef")
    return {str(one.get("OID")): [one.get("Name"), *(ref.get("ItemOID") for ref in one)] for one in found}


def test_groups_and_surveys_have_items_where_redcap_has_them() -> None:
    """A first form that is a survey names its time twice, and begins a group with it."""
    made = project(groups=("North",), surveys=SURVEYED)
    found = groups_of(streamed(made, [], groups=True, surveys=True))
    assert found["base.id"] == [
        "Base", "id", "redcap_data_access_group", "redcap_survey_identifier", "base_timestamp",
    ]  # fmt: skip
    assert found["base.base_timestamp"] == ["", "base_timestamp"]
    assert found["base.born"] == ["About you", "born", "race___1", "race___b_2"]
    assert found["note.note_timestamp"] == ["Note", "note_timestamp", "at"]
    items = elements(streamed(made, [], groups=True, surveys=True), "ItemDef")
    kinds = {one.get("OID"): (one.get("DataType"), one.get(f"{REDCAP}FieldType")) for one in items}
    assert kinds["redcap_data_access_group"] == kinds["redcap_survey_identifier"] == ("text", None)
    assert kinds["base_timestamp"] == kinds["note_timestamp"] == ("datetime", None)
    assert odm.parse(streamed(made, [], groups=True, surveys=True), "p").fields == made.fields


def test_only_what_may_hold_something_has_such_items() -> None:
    made = project(groups=("North",), surveys=SURVEYED)
    assert groups_of(streamed(made, [])) == groups_of(odm.encode(project()))
    assert groups_of(streamed(project(), [], groups=True, surveys=True)) == groups_of(odm.encode(project()))
    off = replace(made, groups=(), settings={"SurveysEnabled": "0"})
    assert groups_of(streamed(off, [], groups=True, surveys=True)) == groups_of(odm.encode(project()))
    north = groups_of(streamed(made, [], groups=True))
    assert north["base.id"] == ["Base", "id", "redcap_data_access_group"]
    assert "base.base_timestamp" not in north


def test_such_values_come_first_even_where_nothing_defines_them() -> None:
    entry = Entry("1", "base", "start_arm_1", values={"more": "x"}, group="north", identifier="me", timestamp="now")
    for made in (project(), project(groups=("North",), surveys=SURVEYED)):
        items = [one.get("ItemOID") for one in elements(streamed(made, [entry], groups=True, surveys=True), "ItemData")]
        assert items == ["id", "redcap_data_access_group", "redcap_survey_identifier", "base_timestamp", "more"]


def test_entries_are_taken_one_by_one_while_the_text_goes_out() -> None:
    taken = 0

    def endless() -> Iterator[Entry]:
        nonlocal taken
        while True:
            taken += 1
            yield Entry(str(taken), "base", "start_arm_1", values={"more": "x" * 1000})

    pieces = odm.stream(project(), endless())
    sizes = [len(next(pieces)) for _ in range(5)]
    assert taken < 500
    assert max(sizes) < 200_000


def test_what_no_xml_can_hold_is_left_out_of_values() -> None:
    entry = Entry("1\x00", "base", "start_arm_1", values={"more": "a\x0bb\ufffec\r\n\ud800"})
    (again,) = odm.entries(odm.parse(streamed(project(), [entry]), "p"))
    assert (again.record, again.values) == ("1", {"more": "abc\r\n"})


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1
)
long_texts = st.lists(texts | st.just("\t") | st.just("\r") | st.just("]]>") | st.just("&#10;"), min_size=1).map(
    "\n".join
)
files = st.builds(File, texts, st.sampled_from(["text/plain", "image/png"]), st.binary(max_size=40))
boxes = st.fixed_dictionaries({}, optional={"race___1": st.sampled_from("01"), "race___b_2": st.sampled_from("01")})
base = st.builds(
    lambda values, checked: values | checked,
    st.fixed_dictionaries(
        {}, optional={"born": texts, "words": long_texts, "more": long_texts, "base_complete": st.sampled_from("012"), "odd one": texts}
    ),
    boxes,
)  # fmt: skip
note = st.fixed_dictionaries(
    {}, optional={"at": st.just("2026-12-24 18:00") | st.just("2026-12-24 18:00:00") | texts.map("x".__add__)}
)
common = {"group": st.just("") | texts, "identifier": st.just("") | texts, "timestamp": st.just("") | texts}
uploads = st.dictionaries(st.sampled_from(["scan", "sign"]), files)
numbers = st.integers(1, 99)
entries = st.one_of(
    st.builds(Entry, texts, st.just("base"), st.sampled_from(["start_arm_1", "start_arm_2"]), st.just(1), base, **common),
    st.builds(Entry, texts, st.just("note"), st.sampled_from(["start_arm_1", "visit_arm_1"]), numbers, note, uploads, **common),
    st.builds(Entry, texts, st.just("note"), st.just("start_arm_2"), st.just(1), note, uploads, **common),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(entries, max_size=8), st.booleans(), st.booleans())
def test_entries_come_back_from_an_xml_as_they_went_into_it(given_: list[Entry], groups: bool, surveys: bool) -> None:
    made = project(groups=("North",), surveys=SURVEYED)
    data = streamed(made, given_, groups=groups, surveys=surveys)
    assert list(odm.entries(odm.parse(data, "p.xml"))) == given_
    assert list(odm.entries(odm.parse(odm.encode(odm.parse(data, "p.xml")), "p.xml"))) == given_
    # Another parser's count: nothing is written that was not given, and nothing twice.
    count = sum(len([value for value in one.values.values() if value]) + len(one.files) for one in given_)
    extra = sum((one.form == "base") + sum(map(bool, (one.group, one.identifier, one.timestamp))) for one in given_)
    held = elements(data, "ItemData") + elements(data, "ItemDataBase64Binary")
    assert len(held) == count + extra
    assert len(elements(data, "FormData")) == len(given_)


@pytest.mark.parametrize("classic", [True, False])
def test_what_repeats_as_a_whole_counts_the_event_and_what_repeats_by_itself_the_form(classic: bool) -> None:
    made = replace(project(), events=() if classic else project().events)
    repeats = (Repeat("event_1_arm_1", "note"),) if classic else (Repeat("visit_arm_1"), Repeat("visit_arm_1", "note"))
    made = replace(made, repeating=repeats)
    event = "" if classic else "visit_arm_1"
    (form,) = elements(streamed(made, [Entry("1", "note", event, 7, {"at": "x"})]), "FormData")
    assert form.get("FormRepeatKey") == "7"
