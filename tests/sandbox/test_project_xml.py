"""Projects made from project XML: what is read, what is passed over, what is refused."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from tests.sandbox.conftest import SUPER_TOKEN, Api, Clock, field
from tests.sandbox.evidence import odm
from tests.sandbox.evidence.odm import Event, Study, Upload, Visit
from tests.sandbox.evidence.studies import PLAN, TEAMS, WARDS
from tests.sandbox.xml_copies import EVERYTHING, asked, exported, made, parsed

from breakthrough.instruments.odm import File, entries
from redcap_sandbox import Sandbox

FIELDS = (
    field("id", "base"),
    field("age", "base", validation="integer"),
    field("kind", "base", "radio", choices="1, One | 2, Two"),
    field("tools", "base", "checkbox", choices="1, Hammer | 2, Saw"),
    field("twice", "base", "calc", choices="[age] * 2"),
    field("scan", "base", "file"),
    field("note", "extra", "notes"),
)
FORMS = {"base": "Base data", "extra": "More"}


def study(*visits: Visit, **changes: Any) -> Study:
    """A small classic project."""
    return replace(Study("Small", FIELDS, FORMS, visits=visits), **changes)


def text(*visits: Visit, **changes: Any) -> str:
    return odm.text(study(*visits, **changes))


def test_settings_are_those_of_the_xml(sandbox: Sandbox) -> None:
    told = {
        "RecordAutonumberingEnabled": "0",
        "CustomRecordLabel": "[age] years",
        "SecondaryUniqueField": "age",
        "SchedulingEnabled": "1",
        "SurveysEnabled": "1",
        "DisplayTodayNowButton": "0",
        "PreventBranchingEraseValues": "1",
        "RandomizationEnabled": "1",
        "PurposeOther": "1,2",
        "ProjectNotes": "Two lines\nof notes",
        "MissingDataCodes": "UNK, Unknown\nNA, Not asked",
    }
    info = made(sandbox, text(settings=told)).json("project")
    assert {name: value for name, value in info.items() if name in SETTINGS} == SETTINGS


SETTINGS = {
    "record_autonumbering_enabled": 0,
    "custom_record_label": "[age] years",
    "secondary_unique_field": "age",
    "scheduling_enabled": 1,
    "surveys_enabled": 1,
    "display_today_now_button": 0,
    "bypass_branching_erase_field_prompt": 1,
    "randomization_enabled": 1,
    "purpose_other": "1,2",
    "project_notes": "Two lines\nof notes",
    "missing_data_codes": "UNK, Unknown\nNA, Not asked",
}


def test_what_is_asked_for_goes_before_the_xml(sandbox: Sandbox) -> None:
    xml = text(settings={"Purpose": "2", "PurposeOther": "1", "ProjectNotes": "Of the XML"})
    owner = made(sandbox, xml, project_title="Asked: for", purpose=1, purpose_other="Fun", project_notes="Asked")
    info = owner.json("project")
    assert [info[name] for name in ("project_title", "purpose", "purpose_other", "project_notes")] == [
        *("Asked: for", 1, "Fun", "Asked")
    ]


# redcapAPI's createRedcapProject sends all three switches, off by default, along with the XML.
def test_a_switch_that_is_asked_to_be_off_is_as_in_the_xml(sandbox: Sandbox) -> None:
    off = {"is_longitudinal": 0, "surveys_enabled": 0, "record_autonumbering_enabled": 0}
    info = made(sandbox, odm.text(TEAMS), **off).json("project")
    assert {name: info[name] for name in off} == dict.fromkeys(off, 1)
    off_in_xml = text(settings={"RecordAutonumberingEnabled": "0"})
    assert made(sandbox, off_in_xml, **off).json("project")["record_autonumbering_enabled"] == 0
    assert (
        made(sandbox, off_in_xml, record_autonumbering_enabled=1).json("project")["record_autonumbering_enabled"] == 1
    )


@pytest.mark.parametrize(
    ("surveys", "enabled"), [((), 0), (({"form_name": "base", "title": "Please"},), 1)], ids=["none", "one"]
)
def test_an_old_xml_does_not_say_that_surveys_are_on(
    sandbox: Sandbox, surveys: tuple[dict[str, str], ...], enabled: int
) -> None:
    xml = re.sub(r"\s*<redcap:SurveysEnabled>.*?</redcap:SurveysEnabled>", "", text(surveys=surveys))
    assert "SurveysEnabled" not in xml
    assert made(sandbox, xml).json("project")["surveys_enabled"] == enabled


def test_a_purpose_that_is_left_blank_is_that_of_the_call(sandbox: Sandbox) -> None:
    assert made(sandbox, text(settings={"Purpose": ""}), purpose=4).json("project")["purpose"] == 4


def test_settings_that_are_no_digits_are_those_of_a_new_project(sandbox: Sandbox) -> None:
    names = ("RecordAutonumberingEnabled", "DisplayTodayNowButton", "SchedulingEnabled")
    info = made(sandbox, text(settings=dict.fromkeys(names, "9" * 5000))).json("project")
    assert [
        info[name] for name in ("record_autonumbering_enabled", "display_today_now_button", "scheduling_enabled")
    ] == [*(1, 1, 0)]


def test_a_new_project_has_one_user_with_the_rights_of_a_creator(sandbox: Sandbox) -> None:
    (user,) = made(sandbox, odm.text(WARDS)).json("user")
    (usual,) = made_without_xml(sandbox).json("user")
    by_form = {"forms", "forms_export"}
    assert {name: user[name] for name in user if name not in by_form} == {
        name: usual[name] for name in usual if name not in by_form
    }
    assert (user["forms"], user["forms_export"]) == (dict.fromkeys(WARDS.forms, 1), dict.fromkeys(WARDS.forms, 1))


def made_without_xml(sandbox: Sandbox) -> Api:
    reply = Api(sandbox.url, SUPER_TOKEN).call("project", format="json", data=[{"project_title": "T", "purpose": 0}])
    return Api(sandbox.url, reply.text)


def test_the_log_begins_with_the_creation_and_the_records(sandbox: Sandbox, clock: Clock) -> None:
    clock.set("2025-11-03 14:05:06")
    visit = Visit("7", "base", {"id": "7", "age": "40", "tools___1": "1", "tools___2": "0", "base_complete": "2"})
    lines = list(reversed(made(sandbox, text(visit)).json("log")))
    assert {line["timestamp"] for line in lines} == {"2025-11-03 14:05"}
    told = [(line["action"].strip(), line["details"], line["record"]) for line in lines]
    assert told[1] == ("Manage/Design", "Create project using REDCap XML file", "")
    details = "id = '7', age = '40', tools(1) = checked, base_complete = '2'"
    assert told[2] == ("Create record (API) 7", details, "7")


def test_events_keep_their_unique_names_days_and_labels(sandbox: Sandbox) -> None:
    events = (
        Event("odd_name_arm_3", "First", 3, "Third arm", ("base",), custom_label="[age]"),
        Event("second_arm_3", "Second", 3, "Third arm", ("base", "extra"), day=14),
    )
    owner = made(sandbox, text(events=events))
    assert owner.json("arm") == [{"arm_num": 3, "name": "Third arm"}]
    assert [(row["unique_event_name"], row["custom_event_label"]) for row in owner.json("event")] == [
        ("odd_name_arm_3", "[age]"),
        ("second_arm_3", ""),
    ]
    assert [event.day_offset for event in parsed(owner).events] == ["0", "14"]


def test_an_event_that_repeats_as_a_whole_has_no_form_that_repeats_by_itself(sandbox: Sandbox) -> None:
    events = (Event("one_arm_1", "One", 1, "Arm 1", ("base", "extra")), Event("two_arm_1", "Two", 1, "Arm 1", ()))
    visit = Visit("1", "extra", {"note": "Twice", "extra_complete": "0"}, "one_arm_1", instance=5, event_instance=2)
    repeating = (("one_arm_1", "", ""), ("one_arm_1", "extra", "[note]"), ("gone_arm_1", "extra", ""))
    owner = made(sandbox, text(visit, events=events, repeating=repeating))
    assert owner.json("repeatingFormsEvents") == [{"event_name": "one_arm_1", "form_name": "", "custom_form_label": ""}]
    rows = owner.json("record", fields="id,note")
    assert [(row["redcap_repeat_instrument"], row["redcap_repeat_instance"]) for row in rows] == [("", 2)]


def test_a_form_that_repeats_in_a_classic_project_has_instances(sandbox: Sandbox) -> None:
    base = Visit("1", "base", {"id": "1", "base_complete": "0"})
    visits = [Visit("1", "extra", {"note": str(n), "extra_complete": "2"}, instance=n) for n in (1, 3)]
    owner = made(sandbox, text(base, *visits, repeating=(("event_1_arm_1", "extra", "[note]"),)))
    assert owner.json("repeatingFormsEvents") == [{"form_name": "extra", "custom_form_label": "[note]"}]
    rows = owner.json("record", fields="id,note")
    assert [(row["redcap_repeat_instrument"], row["redcap_repeat_instance"], row["note"]) for row in rows] == [
        ("", "", ""),
        ("extra", 1, "1"),
        ("extra", 3, "3"),
    ]


def test_the_event_of_a_classic_project_does_not_repeat(sandbox: Sandbox) -> None:
    visit = Visit("1", "base", {"id": "1", "age": "4"})
    owner = made(sandbox, text(visit, repeating=(("event_1_arm_1", "", ""), ("event_1_arm_1", "gone", ""))))
    assert owner.call("repeatingFormsEvents", format="json").status_code == 400
    assert owner.json("record", fields="id,age") == [{"id": "1", "age": "4"}]


def test_an_instrument_without_a_label_gets_the_usual_one(sandbox: Sandbox) -> None:
    owner = made(sandbox, text(forms={"base": "", "extra": "More"}))
    assert [row["instrument_label"] for row in owner.json("instrument")] == ["Base", "More"]


def test_a_role_of_an_old_server_has_one_export_right_for_all_forms_and_gets_a_unique_name(sandbox: Sandbox) -> None:
    old = {"role_name": "Old hand", "data_export_tool": "2", "data_entry": "[base,1][extra,2]", "design": "1"}
    (role,) = made(sandbox, text(roles=(old,))).json("userRole")
    assert (role["role_label"], role["design"]) == ("Old hand", "1")
    assert (role["forms"], role["forms_export"]) == ({"base": 1, "extra": 2}, {"base": 2, "extra": 2})
    assert re.fullmatch(r"U-[0-9A-Z]{10}", role["unique_role_name"])


def test_a_role_keeps_its_unique_name_in_every_copy(sandbox: Sandbox) -> None:
    names = [made(sandbox, odm.text(WARDS)).json("userRole")[0]["unique_role_name"] for _ in range(2)]
    assert names == ["U-4711CLERKS"] * 2


def test_the_survey_queue_is_in_use(sandbox: Sandbox) -> None:
    owner = made(sandbox, odm.text(TEAMS))
    assert "/surveys/?sq=" in owner.call("surveyQueueLink", record="1", format="json").text
    without = made(sandbox, odm.text(replace(TEAMS, queue=())))
    assert without.call("surveyQueueLink", record="1", format="json").status_code == 400


def test_values_are_stored_as_they_are_whether_valid_or_not(sandbox: Sandbox) -> None:
    visit = Visit("1", "base", {"id": "1", "age": "ancient", "kind": "9", "base_complete": "7"})
    (row,) = made(sandbox, text(visit)).json("record", fields="age,kind,base_complete")
    assert row == {"age": "ancient", "kind": "9", "base_complete": "7"}


def test_calculated_fields_are_blank_until_the_record_is_saved(sandbox: Sandbox) -> None:
    visit = Visit("1", "base", {"id": "1", "age": "40", "twice": "99", "base_complete": "0"})
    owner = made(sandbox, text(visit))
    assert owner.json("record", fields="twice") == [{"twice": ""}]
    owner.save({"id": "1", "age": "41"})
    assert owner.json("record", fields="twice") == [{"twice": "82"}]


# As in the XML of a real server, into which records had been imported without a status.
def test_a_form_without_a_status_stays_without_one(sandbox: Sandbox) -> None:
    owner = made(sandbox, text(Visit("1", "base", {"id": "1", "age": "40"})))
    (row,) = owner.json("record", exportBlankForGrayFormStatus="true", fields="age,base_complete")
    assert row == {"age": "40", "base_complete": ""}


def test_items_that_no_field_holds_and_forms_that_are_not_there_are_passed_over(sandbox: Sandbox) -> None:
    values = {"id": "1", "gone": "1", "age": "40", "redcap_data_access_group": "nowhere"}
    strange = Visit("1", "extra", {"note": Upload("a.txt", "text/plain", b"no text"), "scan": "7"})
    xml = text(Visit("1", "base", values), strange, surveys=({"form_name": "gone", "title": "Gone"},))
    xml = xml.replace("</SubjectData>", '<FormData FormOID="Form.gone"/></SubjectData>')
    owner = made(sandbox, xml)
    assert owner.json("record", fields="id,age,scan,note") == [{"id": "1", "age": "40", "scan": "", "note": ""}]
    assert parsed(owner).surveys == ()


def test_files_come_with_their_names_types_and_bytes(sandbox: Sandbox) -> None:
    file = Upload("Scan für alle.pdf", "application/x-scan", PLAN)
    owner = made(sandbox, text(Visit("1", "base", {"id": "1", "scan": file})))
    entry = next(iter(entries(parsed(owner, **EVERYTHING))))
    assert entry.files == {"scan": File("Scan für alle.pdf", "application/x-scan", PLAN)}
    assert owner.call("file", action="export", record="1", field="scan").content == PLAN


def test_a_file_is_called_by_its_name_without_any_path(sandbox: Sandbox) -> None:
    file = Upload("../../etc/passwd", "text/plain", PLAN)
    owner = made(sandbox, text(Visit("1", "base", {"id": "1", "scan": file})))
    assert owner.json("record", fields="scan") == [{"scan": "passwd"}]


def test_a_respondent_is_known_by_the_record_where_the_first_form_repeats(sandbox: Sandbox) -> None:
    visit = Visit("1", "base", {"id": "1", "age": "4", "redcap_survey_identifier": "Ann"}, instance=2)
    xml = text(visit, repeating=(("event_1_arm_1", "base", ""),), surveys=({"form_name": "base", "title": "Base"},))
    rows = made(sandbox, xml).json("record", exportSurveyFields="true")
    assert [(row["redcap_repeat_instance"], row["age"]) for row in rows] == [("", ""), (2, "4")]
    assert rows[0]["redcap_survey_identifier"] == "Ann"


def test_groups_respondents_and_times_of_surveys_are_read_from_the_records(sandbox: Sandbox) -> None:
    visit = Visit(
        "1",
        "base",
        {
            "id": "1",
            "redcap_data_access_group": "north_wing",
            "redcap_survey_identifier": "Ann",
            "base_timestamp": "2025-09-05 09:15:30",
            "base_complete": "2",
        },
    )
    partial = Visit("1", "extra", {"extra_timestamp": "[not completed]", "note": "so far", "extra_complete": "0"})
    surveys = ({"form_name": "base", "title": "Base"}, {"form_name": "extra", "title": "More"})
    owner = made(sandbox, text(visit, partial, dags=("North Wing",), surveys=surveys))
    wanted = {"exportSurveyFields": "true", "exportDataAccessGroups": "true"}
    (row,) = owner.json("record", **wanted)
    assert {name: row[name] for name in row if name.startswith("redcap_") or name.endswith("_timestamp")} == {
        "redcap_data_access_group": "north_wing",
        "redcap_survey_identifier": "Ann",
        "base_timestamp": "2025-09-05 09:15:30",
        "extra_timestamp": "[not completed]",
    }


UNKNOWN = """\
	<redcap:NewerSetting>7</redcap:NewerSetting>
	<redcap:AlertsGroup>
		<redcap:Alerts alert_title="Late" alert_condition="[age] = &#039;&#039;"/>
	</redcap:AlertsGroup>
	<redcap:MultilanguageSettingsGroup>
		<redcap:MultilanguageSettings settings="YTowOnt9"/>
	</redcap:MultilanguageSettingsGroup>
"""


def test_what_the_server_knows_nothing_of_is_kept_and_exported_again(sandbox: Sandbox) -> None:
    film = 'redcap:VideoUrl="https://film.example/1" redcap:VideoDisplayInline="1"'
    xml = text().replace("</GlobalVariables>", f"{UNKNOWN}</GlobalVariables>")
    xml = xml.replace('redcap:FieldType="textarea"', f'redcap:FieldType="textarea" {film}')
    again = exported(made(sandbox, xml))
    for line in UNKNOWN.splitlines():
        assert line in again
    assert film in again


# The lines of old and of foreign files, which say less.
@pytest.mark.parametrize(
    ("pattern", "instead"),
    [
        (r' redcap:UniqueEventName="[^"]*"', ""),
        (r' redcap:RecordIdField="[^"]*"', ""),
        (r"\t*<redcap:(RecordAuto|Custom|Display|Prevent|Missing)\w+>.*?</redcap:\w+>\n", ""),
        (r'Repeating="No"', 'Repeating="Yes"'),
        (r"(?s)\t<Protocol>.*?</Protocol>\n", ""),
        (r'encoding="UTF-8" \?>\n', 'encoding="UTF-8"?>\n<!-- exported -->\n'),
        (r"\n", "\r\n"),
    ],
    ids=["unique names", "record ID", "settings", "Repeating", "protocol", "comment", "line ends"],
)
def test_files_of_other_versions_make_the_same_project(sandbox: Sandbox, pattern: str, instead: str) -> None:
    xml = odm.text(replace(TEAMS, repeating=(), surveys=(), queue=()))
    other = re.sub(pattern, instead, xml)
    assert other != xml
    first, second = (made(sandbox, one) for one in (xml, other))
    for content in ("metadata", "instrument", "formEventMapping", "record"):
        assert second.json(content) == first.json(content)


FAULTY = {
    "no XML": "Project",
    "not REDCap's": "<records/>",
    "cut short": odm.text(WARDS)[:-40],
    "with a document type": odm.text(WARDS).replace("<ODM ", '<!DOCTYPE x [<!ENTITY a "b">]>\n<ODM ', 1),
    "records alone": re.sub(r"(?s)<MetaDataVersion.*</MetaDataVersion>", "<MetaDataVersion/>", odm.text(WARDS)),
    "a file cut short": text(Visit("1", "base", {"id": "1", "scan": Upload("a", "b/c", PLAN)})).replace("]]>", "!]]>"),
    "an unknown event": odm.text(TEAMS).replace(
        'RepeatKey="1" redcap:UniqueEventName="start_arm_1"', 'RepeatKey="1" redcap:UniqueEventName="never_arm_1"'
    ),
    "a record without a name": text(Visit("1", "base", {"id": "1"})).replace('SubjectKey="1"', 'SubjectKey=" "'),
    "a repeat that is no number": text(Visit("1", "extra", {}), repeating=(("event_1_arm_1", "extra", ""),)).replace(
        'FormRepeatKey="1"', 'FormRepeatKey="first"'
    ),
    "a field's name": text().replace('"age"', '"a ge"'),
    "an arm's number": odm.text(TEAMS).replace('ArmNum="2"', 'ArmNum="two"'),
    "two forms of one name": text()
    .replace('"Form.extra"', '"Form.base"')
    .replace('FormName="extra"', 'FormName="base"'),
    "only a status": re.sub(r'redcap:FieldType="(?!select)', 'redcap:Kind="', text()),
}


@pytest.mark.parametrize("xml", FAULTY.values(), ids=FAULTY)
def test_a_faulty_xml_is_refused_and_nothing_is_made(sandbox: Sandbox, xml: str) -> None:
    before = made(sandbox, text()).json("project")["project_id"]
    reply = asked(sandbox, xml)
    assert (reply.status_code, reply.json()["error"][:15]) == (400, "The project XML")
    assert made(sandbox, text()).json("project")["project_id"] == before + 1


def test_a_refusal_says_where_the_xml_is_at_fault(sandbox: Sandbox) -> None:
    assert re.match(
        r"The project XML, line \d+: these records .* scan ", asked(sandbox, FAULTY["a file cut short"]).json()["error"]
    )
