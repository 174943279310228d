"""How an export writes what is stored: codes or labels, headings, combined boxes, decimal characters, delimiters."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.conftest import SUPER_TOKEN, Api, MakeProject, field
from tests.sandbox.longitudinal import at, longitudinal

from redcap_sandbox import Sandbox
from redcap_sandbox.client import Administrator

FIELDS = (
    field("record_id", "one", label="Record"),
    field("kind", "one", "radio", "What <i>kind</i>?", choices="1, <b>School</b> | 2, Clinic, day | x, 5 > 3"),
    field("mood", "one", "dropdown", "Mood", choices="-1, Low|0, Even|1,High"),
    field("agreed", "one", "yesno", "Agreed?"),
    field("sure", "one", "truefalse", "Sure?"),
    field("energy", "one", "slider", "Energy", choices="low | | high", validation="number"),
    field("tools", "two", "checkbox", 'The "tools", all', choices="a, Chart | B-2, Drum, big | 0, None"),
    field("height", "two", validation="number_2dp_comma_decimal"),
    field("weight", "two", validation="number"),
    field("code", "two"),
    field("half", "two", "calc", choices="[weight] / 2"),
)
FULL = {
    "record_id": "1",
    "kind": "2",
    "mood": "-1",
    "agreed": "1",
    "sure": "0",
    "energy": "55",
    "tools___a": "1",
    "tools___0": "1",
    "height": "1,80",
    "weight": "75.5",
    "code": "1.5",
}


@pytest.fixture
def owner(make: MakeProject) -> Api:
    made = make(FIELDS)
    made.save(FULL, {"record_id": "2"})
    return made


def row(api: Api, *names: str, **parameters: Any) -> dict[str, Any]:
    """These columns of the first record."""
    found = api.json("record", records="1", **parameters)[0]
    return {name: found[name] for name in names}


def test_labels_are_those_of_the_choices_as_they_are_written(owner: Api) -> None:
    assert row(owner, "kind", "mood", "agreed", "sure", "energy", "one_complete", rawOrLabel="label") == {
        "kind": "Clinic, day",
        "mood": "Low",
        "agreed": "Yes",
        "sure": "False",
        "energy": "55",
        "one_complete": "Incomplete",
    }


def test_a_code_without_a_choice_is_shown_as_it_is(owner: Api, sandbox: Sandbox) -> None:
    Administrator(sandbox.url, SUPER_TOKEN).set_missing_codes(owner.json("project")["project_id"], {"NA": "None"})
    owner.save({"record_id": "1", "mood": "1", "kind": "NA"})
    fewer = dict(FIELDS[2]) | {"select_choices_or_calculations": "0, Even"}
    owner.json("metadata", data=[fewer if one["field_name"] == "mood" else one for one in FIELDS])
    assert row(owner, "mood", "kind", rawOrLabel="label") == {"mood": "1", "kind": "NA"}


def test_boxes_are_worded_three_ways(owner: Api) -> None:
    boxes = ("tools___a", "tools___b_2", "tools___0")
    assert row(owner, *boxes) == dict(zip(boxes, "101", strict=True))
    worded = row(owner, *boxes, rawOrLabel="label")
    assert list(worded.values()) == ["Checked", "Unchecked", "Checked"]
    worded = row(owner, *boxes, rawOrLabel="label", exportCheckboxLabel="true")
    assert list(worded.values()) == ["Chart", "", "None"]
    worded = row(owner, *boxes, exportCheckboxLabel="true")
    assert list(worded.values()) == ["1", "0", "1"]


def test_combined_boxes_stand_in_one_column_as_codes_or_labels(owner: Api) -> None:
    rows = owner.json("record", combineCheckboxOptions="true", forms="two")
    assert list(rows[0]) == ["tools", "height", "weight", "code", "half", "two_complete"]
    assert [one["tools"] for one in rows] == ["a,0", ""]
    assert row(owner, "tools", combineCheckboxOptions="1", rawOrLabel="label") == {"tools": "Chart,None"}
    text = owner.call(
        "record", format="csv", combineCheckboxOptions="1", fields="tools", rawOrLabelHeaders="label"
    ).text
    assert text == '"The ""tools"", all"\n"a,0"\n\n'


def test_combined_boxes_of_instances_and_other_forms_are_blank(team: Api) -> None:
    monthly = {"redcap_repeat_instrument": "monthly", "redcap_repeat_instance": 1}
    team.save({"record_id": "1", "tools___k__9": "1"}, {"record_id": "1", **monthly, "seen": "1"})
    assert [one["tools"] for one in team.json("record", combineCheckboxOptions="true")] == ["k>=9", ""]


def test_values_one_by_one_have_a_row_for_each_box_whatever_is_combined(owner: Api) -> None:
    for combined in ("true", "false"):
        rows = owner.json("record", type="eav", combineCheckboxOptions=combined, fields="tools")
        assert [one["value"] for one in rows] == ["a", "0"]


@pytest.mark.parametrize(
    ("character", "expected"),
    [
        ("", ("1,80", "75.5", "37.75", "1.5")),
        (".", ("1.80", "75.5", "37.75", "1.5")),
        (",", ("1,80", "75,5", "37,75", "1.5")),
    ],
)
def test_numbers_have_the_decimal_character_asked_for(owner: Api, character: str, expected: tuple[str, ...]) -> None:
    names = ("height", "weight", "half", "code")
    assert tuple(row(owner, *names, decimalCharacter=character).values()) == expected
    values = owner.json("record", type="eav", decimalCharacter=character, fields=",".join(names))
    assert {one["field_name"]: one["value"] for one in values} == dict(zip(names, expected, strict=True))


def test_an_unknown_decimal_character_is_refused(owner: Api) -> None:
    assert owner.refusal("record", decimalCharacter="'") == (
        400,
        'The value of the parameter "decimalCharacter" is not valid',
    )


def test_headings_are_labels_without_markup_and_may_be_alike(owner: Api) -> None:
    text = owner.call("record", format="csv", rawOrLabelHeaders="label", csvDelimiter=";").text
    assert text.splitlines()[0] == (
        'Record;"What kind?";Mood;Agreed?;Sure?;Energy;Complete?;"The ""tools"", all (choice=Chart)";'
        '"The ""tools"", all (choice=Drum, big)";"The ""tools"", all (choice=None)";height;weight;code;half;Complete?'
    )
    assert list(owner.json("record", rawOrLabelHeaders="label")[0]) == list(owner.json("record")[0])


@pytest.mark.parametrize(
    ("asked", "between"), [("", ","), ("tab", "\t"), (";", ";"), ("|", "|"), ("^", "^"), ("\t", "\t")]
)
def test_the_delimiter_is_the_one_asked_for_and_quoted_within_values(owner: Api, asked: str, between: str) -> None:
    owner.save({"record_id": "2", "code": f"x{between}y"})
    text = owner.call("record", format="csv", csvDelimiter=asked, fields="record_id,code").text
    assert text == between.join(["record_id", "code"]) + f'\n1{between}1.5\n2{between}"x{between}y"\n'


def test_a_gray_status_may_be_blank_in_labels_too(owner: Api) -> None:
    asked = {"exportBlankForGrayFormStatus": "TRUE", "rawOrLabel": "label", "fields": "one_complete,two_complete"}
    owner.save({"record_id": "2", "two_complete": "1"})
    assert owner.json("record", **asked) == [
        {"one_complete": "Incomplete", "two_complete": "Incomplete"},
        {"one_complete": "", "two_complete": "Unverified"},
    ]


def test_plumbing_has_labels_of_its_own(sandbox: Sandbox) -> None:
    study = longitudinal(sandbox, groups=("North Wing",))
    study.save(
        at("1", "later_arm_1", "visit", 1, weight="70", redcap_data_access_group="north_wing"),
        at("1", "daily_arm_1", "", 2, mood="2"),
    )
    asked = {"rawOrLabel": "label", "exportDataAccessGroups": "true"}
    rows = study.json("record", fields="record_id,weight,mood", **asked)
    assert [list(one.values()) for one in rows] == [
        ["1", "Later (Arm 1: Group 1)", "", "", "North Wing", "", ""],
        ["1", "Later (Arm 1: Group 1)", "Visit", 1, "North Wing", "70", ""],
        ["1", "Daily (Arm 1: Group 1)", "", 2, "North Wing", "", "High"],
    ]
    values = study.json("record", type="eav", fields="weight,mood", **asked)
    assert [list(one.values()) for one in values] == [
        ["1", "Later (Arm 1: Group 1)", "Visit", 1, "weight", "70"],
        ["1", "Daily (Arm 1: Group 1)", "", 2, "mood", "High"],
    ]


def test_survey_fields_stand_where_redcap_has_them_in_every_event(sandbox: Sandbox) -> None:
    study = longitudinal(sandbox)
    admin = Administrator(sandbox.url, SUPER_TOKEN)
    for form in ("enrol", "diary"):
        admin.set_up_survey(study.json("project")["project_id"], form)
    study.save(at("1", "start_arm_1", name="Ann"))
    (found,) = study.json("record", exportSurveyFields="true")
    assert list(found) == [
        *("record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"),
        *("redcap_survey_identifier", "enrol_timestamp", "name", "joined", "enrol_complete"),
        *(
            "weight",
            "remark",
            "visit_complete",
            "diary_timestamp",
            "mood",
            "signs___a",
            "signs___b_2",
            "diary_complete",
        ),
    ]
    assert (found["enrol_timestamp"], found["diary_timestamp"]) == ("", "")
    later = study.json("record", exportSurveyFields="true", forms="diary")[0]
    assert list(later)[:2] == ["diary_timestamp", "mood"]
    text = study.call(
        "record", format="csv", exportSurveyFields="1", rawOrLabelHeaders="label", fields="record_id,name"
    )
    assert text.text.splitlines()[0] == (
        'record_id,"Event Name","Repeat Instrument","Repeat Instance","Survey Identifier","Survey Timestamp",name'
    )


def test_an_export_of_descriptive_fields_alone_has_nothing_to_tell(team: Api) -> None:
    team.save({"record_id": "1"})
    assert team.json("record", fields="intro") == []
    assert team.call("record", format="csv", fields="intro").text == ""
    assert team.json("record", fields="intro,town") == [{"town": ""}]


def test_every_format_says_the_same(owner: Api) -> None:
    rows = owner.json("record", rawOrLabel="label")
    xml = owner.call("record", format="xml", rawOrLabel="label").text
    assert xml.count("<item>") == 2
    assert "<kind><![CDATA[Clinic, day]]></kind>" in xml
    text = owner.call("record", format="csv", rawOrLabel="label").text
    assert text.splitlines()[1] == (
        '1,"Clinic, day",Low,Yes,False,55,Incomplete,Checked,Unchecked,Checked,"1,80",75.5,1.5,37.75,Incomplete'
    )
    assert list(rows[0].values()) == [
        *("1", "Clinic, day", "Low", "Yes", "False", "55", "Incomplete", "Checked", "Unchecked", "Checked"),
        *("1,80", "75.5", "1.5", "37.75", "Incomplete"),
    ]
