from __future__ import annotations

import tracemalloc
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments import odm
from breakthrough.instruments.field import Field
from breakthrough.instruments.odm import Entry, File, Repeat

WARD = Path(__file__).with_name("ward.xml").read_bytes()
HEAD, _, _ = WARD.partition(b"<ClinicalData")

# Own example: the first event's round repeats, the later event repeats as a whole (see ward.xml).
RECORDS = """\
<ClinicalData StudyOID="Project.WardWalk" MetaDataVersionOID="Metadata.WardWalk_2026-03-02_0930">
	<SubjectData SubjectKey="W &amp; 1" redcap:RecordIdField="ward_id">
		<StudyEventData StudyEventOID="Event.first_arm_1" StudyEventRepeatKey="1" redcap:UniqueEventName="first_arm_1">
			<FormData FormOID="Form.ward" FormRepeatKey="4">
				<ItemGroupData ItemGroupOID="ward.ward_id" ItemGroupRepeatKey="1">
					<ItemData ItemOID="ward_id" Value="W &amp; 1"/>
					<ItemData ItemOID="redcap_data_access_group" Value="south__east"/>
					<ItemData ItemOID="redcap_survey_identifier" Value="nurse"/>
				</ItemGroupData>
				<ItemGroupData ItemGroupOID="ward.kinds___1" ItemGroupRepeatKey="1">
					<ItemData ItemOID="kinds___1" Value="1"/>
					<ItemData ItemOID="kinds____9" Value="0"/>
					<ItemData ItemOID="lead" Value=""/>
					<ItemData ItemOID="plan" Value="one

	two &gt; &quot;one&quot;"/>
				</ItemGroupData>
				<ItemGroupData ItemGroupOID="ward.ward_complete" ItemGroupRepeatKey="1">
					<ItemData ItemOID="ward_complete" Value="2"/>
				</ItemGroupData>
			</FormData>
			<FormData FormOID="Form.round" FormRepeatKey="1">
				<ItemGroupData ItemGroupOID="round.round_timestamp" ItemGroupRepeatKey="1">
					<ItemData ItemOID="round_timestamp" Value="[not completed]"/>
					<ItemDataBase64Binary ItemOID="rd_pic" redcap:DocName="a &lt;b&gt;.txt" redcap:MimeType="text/plain">
						<![CDATA[YSBm
aWxl]]>
					</ItemDataBase64Binary>
				</ItemGroupData>
			</FormData>
			<FormData FormOID="Form.round" FormRepeatKey="12">
				<ItemGroupData ItemGroupOID="round.rd_on" ItemGroupRepeatKey="1">
					<ItemData ItemOID="rd_on" Value="2026-03-01"/>
				</ItemGroupData>
			</FormData>
		</StudyEventData>
		<StudyEventData StudyEventOID="Event.later_arm_1" StudyEventRepeatKey="3" redcap:UniqueEventName="later_arm_1">
			<FormData FormOID="Form.round" FormRepeatKey="1"/>
		</StudyEventData>
	</SubjectData>
</ClinicalData>"""

ENTRIES = [
    Entry(
        "W & 1",
        "ward",
        "first_arm_1",
        values={"kinds___1": "1", "kinds____9": "0", "plan": 'one\n\n\ttwo > "one"', "ward_complete": "2"},
        group="south__east",
        identifier="nurse",
    ),
    Entry(
        "W & 1",
        "round",
        "first_arm_1",
        files={"rd_pic": File("a <b>.txt", "text/plain", b"a file")},
        timestamp="[not completed]",
    ),
    Entry("W & 1", "round", "first_arm_1", 12, values={"rd_on": "2026-03-01"}),
    Entry("W & 1", "round", "later_arm_1", 3),
]


def whole(records: str) -> bytes:
    return HEAD + records.encode() + b"\n</ODM>\n"


def read(records: str) -> list[Entry]:
    return list(odm.entries(odm.parse(whole(records), "ward.xml")))


FIELDS = (Field("id", "one"), Field("a", "one"), Field("b", "two"))


def classic(records: str, fields: tuple[Field, ...] = FIELDS, repeating: tuple[Repeat, ...] = ()) -> odm.Project:
    return odm.Project("P", fields, records=records, repeating=repeating)


def test_each_form_of_a_record_is_an_entry_with_the_instance_that_the_setup_counts() -> None:
    assert read(RECORDS) == ENTRIES


def test_records_that_were_taken_over_into_another_project_are_read_alike() -> None:
    ward = odm.parse(whole("<ClinicalData/>"), "ward.xml")
    text = RECORDS.replace("\n\n\ttwo", "&#10;&#10;&#9;two")  # as a parser of XML must have it
    assert list(odm.entries(replace(ward, records=text))) == ENTRIES
    assert list(odm.entries(replace(ward, records=text, kept=None))) == ENTRIES


def test_a_project_without_records_has_no_entries() -> None:
    assert list(odm.entries(odm.parse(HEAD + b"</ODM>", "ward.xml"))) == []
    assert read('<ClinicalData StudyOID="Project.WardWalk" MetaDataVersionOID="M"/>') == []


def test_a_classic_project_names_no_event_and_its_forms_repeat_at_an_event_nobody_sees() -> None:
    form = '<FormData FormOID="Form.%s" FormRepeatKey="2"><ItemGroupData><ItemData ItemOID="%s" Value="x"/></ItemGroupData></FormData>'
    inside = form % ("one", "a") + form % ("two", "b")
    expected = [Entry("1", "one", values={"a": "x"}), Entry("1", "two", instance=2, values={"b": "x"})]
    bare = f'<ClinicalData><SubjectData SubjectKey="1">{inside}</SubjectData></ClinicalData>'
    event = f'<StudyEventData StudyEventOID="Event.event_1_arm_1" StudyEventRepeatKey="1">{inside}</StudyEventData>'
    told = f'<ClinicalData><SubjectData SubjectKey="1">{event}</SubjectData></ClinicalData>'
    for records in (bare, told):
        assert list(odm.entries(classic(records, repeating=(Repeat("event_1_arm_1", "two"),)))) == expected


def test_an_event_is_known_by_its_definition_where_the_records_name_only_that() -> None:
    """As another system may write it. A form outside any event counts for the first one."""
    data = whole(RECORDS.replace(' redcap:UniqueEventName="later_arm_1"', "").replace('"Event.later_arm_1"', '"SE.2"'))
    data = data.replace(b'<StudyEventDef OID="Event.later_arm_1"', b'<StudyEventDef OID="SE.2"')
    assert [(one.event, one.instance) for one in odm.entries(odm.parse(data, "w"))][-1] == ("later_arm_1", 3)
    text = '<ClinicalData><SubjectData SubjectKey="1"><FormData FormOID="Form.ward"/></SubjectData></ClinicalData>'
    assert read(text) == [Entry("1", "ward", "first_arm_1")]


def test_a_date_with_a_time_loses_its_t_only_in_a_field_of_that_kind() -> None:
    fields = (
        Field("id", "one"),
        Field("at", "one", text_validation_type_or_show_slider_number="datetime_mdy"),
        Field("to", "one", text_validation_type_or_show_slider_number="datetime_seconds_ymd"),
        Field("words", "one"),
    )
    values = {"at": "2026-03-01T08:30", "to": "2026-03-01T08:30:59", "words": "2026-03-01T08:30", "id": "1"}
    items = "".join(f'<ItemData ItemOID="{name}" Value="{value}"/>' for name, value in values.items())
    text = f'<SubjectData SubjectKey="1"><FormData FormOID="Form.one">{items}</FormData></SubjectData>'
    (entry,) = odm.entries(classic(f"<ClinicalData>{text}</ClinicalData>", fields=fields))
    assert entry.values == {"at": "2026-03-01 08:30", "to": "2026-03-01 08:30:59", "words": "2026-03-01T08:30"}


def test_a_field_that_is_called_like_a_timestamp_stays_a_field() -> None:
    fields = (Field("id", "one"), Field("one_timestamp", "one"))
    item = '<ItemData ItemOID="one_timestamp" Value="x"/>'
    text = f'<SubjectData SubjectKey="1"><FormData FormOID="Form.one">{item}</FormData></SubjectData>'
    (entry,) = odm.entries(classic(text, fields=fields))
    assert (entry.values, entry.timestamp) == ({"one_timestamp": "x"}, "")


@pytest.mark.parametrize("prefix", ["rc", "r.c-1"])
def test_the_namespaces_of_the_root_hold_for_the_records(prefix: str) -> None:
    data = (
        whole(RECORDS).replace(b"redcap:", prefix.encode() + b":").replace(b"xmlns:redcap", b"xmlns:" + prefix.encode())
    )
    assert list(odm.entries(odm.parse(data, "ward.xml"))) == ENTRIES
    named = ENTRIES[1].files["rd_pic"].name
    again = odm.parse(odm.encode(odm.parse(data, "ward.xml")), "ward.xml")
    assert list(odm.entries(again))[1].files["rd_pic"].name == named


def test_elements_with_a_prefix_of_their_own_are_read_alike() -> None:
    tags = ("ClinicalData", "SubjectData", "StudyEventData", "FormData", "ItemGroupData", "ItemData")
    text = RECORDS
    for tag in tags:
        text = text.replace(f"<{tag}", f"<o:{tag}").replace(f"</{tag}", f"</o:{tag}")
    text = text.replace("</o:ItemDataBase64Binary", "</ItemDataBase64Binary").replace(
        "<o:ItemDataBase64", "<ItemDataBase64"
    )
    data = whole(text).replace(b"<ODM ", b'<ODM xmlns:o="http://www.cdisc.org/ns/odm/v1.3" ')
    assert list(odm.entries(odm.parse(data, "ward.xml"))) == ENTRIES


def test_what_is_beside_the_items_is_passed_over() -> None:
    text = RECORDS.replace("<FormData", "<AuditRecord><UserRef UserOID='u'/>by hand</AuditRecord><!-- x --><FormData")
    assert read(f"<ReferenceData/>{text}<Association/>{text}") == ENTRIES * 2


TORN = """\
<ClinicalData>
	<SubjectData SubjectKey="secret">
		<FormData FormOID="Form.ward">
			<ItemData ItemOID="plan" Value="secret
secret
secret"/>
{}
		</FormData>
	</SubjectData>
</ClinicalData>"""


@pytest.mark.parametrize(
    ("torn", "says"),
    [
        ('<ItemData Value="secret"/>', "an item has no ItemOID, the name of its field"),
        ('<ItemDataBase64Binary ItemOID="rd_pic">c2VjcmV0A</ItemDataBase64Binary>', "the file of rd_pic is not base64"),
        ('<ItemDataBase64Binary ItemOID="rd_pic">secré</ItemDataBase64Binary>', "the file of rd_pic is not base64"),
        ("<ItemDataBase64Binary/>", "an item has no ItemOID"),
        (
            '<ItemDataBase64Binary ItemOID="a">c2Vj<ItemDataBase64Binary ItemOID="b"/></ItemDataBase64Binary>',
            "a file stands inside another",
        ),
        ('<FormData FormOID="Form.ward"/>', "FormData does not stand inside SubjectData or its StudyEventData"),
        ('</FormData><ItemData ItemOID="plan"/><FormData FormOID="Form.ward">', "an item stands outside FormData"),
        ("</FormData><FormData>", "FormData has no FormOID"),
        (
            '</FormData><SubjectData SubjectKey="2"/><FormData FormOID="Form.ward">',
            "SubjectData stands inside SubjectData",
        ),
        ("</FormData><StudyEventData/><FormData FormOID='Form.ward'>", "StudyEventData has no StudyEventOID"),
        ("<StudyEventData StudyEventOID='Event.x'/>", "StudyEventData does not stand directly inside SubjectData"),
        (
            "</FormData><FormData FormOID='Form.round' FormRepeatKey='secret'>",
            "FormRepeatKey is not a number from 1",
        ),
        ("</FormData><FormData FormOID='Form.round' FormRepeatKey='0'>", "FormRepeatKey is not a number from 1"),
        ("</FormData><FormData FormOID='Form.round' FormRepeatKey='²'>", "FormRepeatKey is not a number from 1"),
        (
            "</FormData><StudyEventData StudyEventOID='Event.later_arm_1' StudyEventRepeatKey='-1'/><FormData FormOID='a'>",
            "StudyEventRepeatKey is not a number from 1",
        ),
        ('</FormData></SubjectData><SubjectData><FormData FormOID="Form.ward">', "SubjectData has no SubjectKey"),
    ],
)
def test_what_is_not_as_it_must_be_is_refused_with_its_line_in_the_file(torn: str, says: str) -> None:
    """Also below breaks inside attributes, which are recoded, and without telling what anybody entered."""
    records = TORN.format(torn)
    data = whole(records)
    line = next(number for number, one in enumerate(data.decode().split("\n"), start=1) if one == torn)
    project = odm.parse(data, "ward.xml")
    with pytest.raises(DictionaryInvalid) as refused:
        list(odm.entries(project))
    text = str(refused.value)
    assert text.startswith(f"ward.xml, line {line}: these records cannot be read: {says}")
    assert text.endswith("Export the project again from REDCap (Other Functionality > Download metadata & data).")
    assert "secret" not in text


def test_the_line_is_right_in_a_second_part_of_the_records_too() -> None:
    first = TORN.format("").encode()
    records = TORN.format("<ItemData/>")
    data = HEAD.replace(b"<Study ", first + b"\n<Study ", 1) + records.encode() + b"\n</ODM>"
    line = next(number for number, one in enumerate(data.decode().split("\n"), start=1) if one == "<ItemData/>")
    with pytest.raises(DictionaryInvalid, match=rf"^ward\.xml, line {line}: "):
        list(odm.entries(odm.parse(data, "ward.xml")))


@pytest.mark.parametrize(
    "text",
    [
        "<ClinicalData>",
        "<ClinicalData>\n&a;</ClinicalData>",
        '<!DOCTYPE ODM [<!ENTITY a "aa">]><ClinicalData>&a;</ClinicalData>',
        "<ClinicalData/></ODM><ODM>",
        "</ODM>",
        "<x:ClinicalData/>",
        "<ClinicalData>\x00</ClinicalData>",
        "<ClinicalData>\ud800</ClinicalData>",
    ],
)
def test_text_that_is_no_xml_is_refused_and_no_entity_is_expanded(text: str) -> None:
    with pytest.raises(DictionaryInvalid, match=r"^the project's records, line [12]: these records cannot be read: "):
        list(odm.entries(classic(text)))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_damage_to_records_is_either_read_or_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(RECORDS)))
    cut = data.draw(st.integers(0, 60))
    put = data.draw(
        st.sampled_from(["", "<", ">", '"', "&", "]]>", "<!--", "<FormData>", "</FormData>", "<ItemData/>"])
    )
    ward = odm.parse(HEAD + b"</ODM>", "ward.xml")
    try:
        found = list(odm.entries(replace(ward, records=RECORDS[:at] + put + RECORDS[at + cut :])))
    except DictionaryInvalid:
        return
    assert all(entry.record and entry.form for entry in found)


def long(records: int) -> str:
    item = '<ItemData ItemOID="a" Value="{0}{0}{0}{0}{0}{0}{0}{0}"/>'
    one = '<SubjectData SubjectKey="{0}"><FormData FormOID="Form.one">' + item * 10 + "</FormData></SubjectData>"
    return "<ClinicalData>" + "".join(one.format(f"{number:06}") for number in range(records)) + "</ClinicalData>"


def test_entries_come_while_the_rest_has_not_been_read_yet() -> None:
    torn = long(2000) + "<torn"
    assert [one.record for one in islice(odm.entries(classic(torn)), 3)] == ["000000", "000001", "000002"]
    with pytest.raises(DictionaryInvalid):
        list(odm.entries(classic(torn)))


def test_reading_a_long_text_takes_no_memory_that_grows_with_it() -> None:
    project = classic(long(3000))
    assert len(project.records) > 2_500_000
    tracemalloc.start()
    try:
        assert sum(1 for _ in odm.entries(project)) == 3000
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
