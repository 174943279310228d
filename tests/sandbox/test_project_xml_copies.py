"""A project, its XML, the project made of that: nothing may be lost on the way, in either direction."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sandbox.conftest import Api, Clock, Row, field, new_project
from tests.sandbox.evidence import odm as written
from tests.sandbox.evidence.odm import Study
from tests.sandbox.evidence.studies import TEAMS, WARDS
from tests.sandbox.respondents import Study as Clinic
from tests.sandbox.sending import sent
from tests.sandbox.xml_copies import EVERYTHING, copied, exported, made, parsed, records, timeless, told

from breakthrough.instruments import odm
from breakthrough.instruments.odm import Entry
from redcap_sandbox import Sandbox
from redcap_sandbox.design import reports

# A form for everyone, a survey, a diary that repeats by itself, a visit in an event that repeats as a whole.
FIELDS = (
    field("pid", "base", label="Participant"),
    field("name", "base", "notes", "Say <b>who</b>\nyou & yours are", identifier="y", section_header="You"),
    field("born", "base", validation="date_dmy", text_validation_min="1900-01-01", required_field="y"),
    field("seen_at", "base", validation="datetime_mdy"),
    field("kinds", "base", "checkbox", choices="1, One | -4, Minus, four | mixedCase, Mixed", field_note="Any"),
    field("told", "base", "descriptive", "Read 'this' \"now\""),
    field("mood", "survey", "radio", choices="1, Good | 2, Bad", field_annotation="@HIDDEN-PDF\nlast line"),
    field("why", "survey", branching_logic="[mood] = '2'\nand [kinds(1)] = '1'"),
    field("boxes", "diary", "checkbox", choices="a, A | b, B"),
    field("steps", "diary", validation="integer"),
    field("scan", "visit", "file"),
    field("sign", "visit", "file", validation="signature"),
    field("level", "visit", "slider", choices="low | | high", validation="number"),
    field("sure", "visit", "yesno"),
)
EVENTS = (
    ("start_arm_1", "base"),
    ("start_arm_1", "survey"),
    ("start_arm_1", "diary"),
    ("later_arm_1", "visit"),
    ("later_arm_1", "survey"),
    ("start_arm_2", "base"),
    ("start_arm_2", "diary"),
)
REPEATING = (("start_arm_1", "diary"), ("later_arm_1", ""), ("start_arm_2", "diary"))
# In an order of its own, as a file may be, and with surveys in the queue that the file does not define.
DISORDERLY = replace(
    TEAMS,
    events=tuple(replace(event, forms=event.forms[::-1]) for event in reversed(TEAMS.events)),
    repeating=(
        ("action_period_arm_1", "", ""),
        ("start_arm_1", "pulse", ""),
        ("start_arm_1", "visit_log", "[seen_at]"),
    ),
    surveys=(*TEAMS.surveys, {"form_name": "enrol", "title": "Enrolment", "survey_enabled": "0"}),
    queue=(*TEAMS.queue, {**TEAMS.queue[0], "survey_id": "gone"}, {**TEAMS.queue[0], "event_id": "gone_arm_1"}),
    roles=({**WARDS.roles[0], "data_entry": "[enrol,1]", "double_data": "0", "mycap_participants": "1"},),
    reports=tuple({**report, "title": title} for report in WARDS.reports for title in ("One", "Two")),
    settings={"Purpose": "", "OrderRecordsByField": "team", "PurposeOther": "x"},
)


def trial(sandbox: Sandbox) -> Api:
    """A longitudinal project with two arms, made by calls alone but for what no call can make."""
    owner = new_project(sandbox, FIELDS, groups=("North West", "East", "East"))
    owner.json("project_settings", data=[{"is_longitudinal": 1, "surveys_enabled": 1, "purpose_other": "Fun"}])
    owner.json("arm", action="import", data=[{"arm_num": 1, "name": "One"}, {"arm_num": 2, "name": "Two & more"}])
    names = (("Start", 1, "[name]"), ("Later", 1, ""), ("Start", 2, ""))
    events = [{"event_name": name, "arm_num": arm, "custom_event_label": label} for name, arm, label in names]
    owner.json("event", action="import", override=1, data=events)
    pairs = [{"arm_num": event[-1], "unique_event_name": event, "form": form} for event, form in EVENTS]
    owner.json("formEventMapping", action="import", data=pairs)
    rows = [
        {"event_name": event, "form_name": form, "custom_form_label": "[steps]" * bool(form)}
        for event, form in REPEATING
    ]
    owner.json("repeatingFormsEvents", action="import", data=rows)
    role = {"unique_role_name": "", "role_label": "Helper", "forms": {"base": 1, "visit": 2}, "api_export": 1}
    owner.json("userRole", action="import", data=[role, {"unique_role_name": "", "role_label": "Coach", "design": 1}])
    return owner


@pytest.fixture
def peopled(sandbox: Sandbox, clock: Clock) -> Api:
    """The trial with records, answers to its survey, files, a queue and reports."""
    owner = trial(sandbox)
    project = owner.json("project")["project_id"]
    clinic = Clinic(sandbox, owner, project)
    clinic.survey("survey", form_name="survey", title='How <b>are</b> "you"?', instructions="<p>One</p>\n<p>Two</p>")
    clinic.queue("survey", condition_logic="[name] <> ''")
    with sandbox._storage.writing() as db:
        for title, fields in (("All & sundry", "pid,name,kinds,survey_complete"), ("Steps", "steps")):
            reports.add(db, project, {"title": title, "redcap_reports_fields": fields})
    one, later = {"pid": "1", "redcap_event_name": "start_arm_1"}, {"pid": "1", "redcap_event_name": "later_arm_1"}
    diary = {"redcap_repeat_instrument": "diary"}
    owner.save(
        {**one, "name": "Ann\nB. <c>", "born": "2001-02-03", "seen_at": "2025-01-02 03:04", "kinds____4": "1"},
        {**one, **diary, "redcap_repeat_instance": "3", "steps": "7", "boxes___b": "1"},
        {**one, "redcap_event_name": "start_arm_2", **diary, "redcap_repeat_instance": "1", "steps": "-1"},
        {**later, "redcap_repeat_instance": "1", "level": "40", "sure": "0"},
        {**later, "redcap_repeat_instance": "2", "visit_complete": "2"},
        {"pid": "10", "redcap_event_name": "start_arm_2", "redcap_data_access_group": "east"},
        {"pid": "b 2", "redcap_event_name": "start_arm_2", "redcap_data_access_group": "eastb", "born": "2000-01-01"},
        {"pid": "b 2", "redcap_event_name": "start_arm_1"},
    )
    place = {"record": "1", "event": "later_arm_1", "field": "scan"}
    sent(owner, "file", "scan ü.pdf", bytes(range(256)), **place, repeat_instance="2")
    sent(owner, "file", "empty.unknown", b"", **place, repeat_instance="1")
    clinic.answer(clinic.link("1", "survey", event="start_arm_1"), mood="2", why="So")
    clock.set("2025-09-20 10:00:00")
    clinic.answer(clinic.link("1", "survey", event="later_arm_1", repeat_instance="2"), finished=False, mood="1")
    return owner


def test_a_project_made_by_calls_and_its_copy_are_told_alike(sandbox: Sandbox, peopled: Api) -> None:
    original = told(sandbox, peopled)
    assert len(original["flat"]) == 9
    assert len(original["files"]) == 2
    assert told(sandbox, copied(sandbox, peopled)) == original


@pytest.mark.parametrize("study", [WARDS, TEAMS], ids=["classic", "longitudinal"])
def test_a_project_made_from_xml_and_its_copy_are_told_alike(sandbox: Sandbox, study: Study) -> None:
    first = made(sandbox, written.text(study), project_title=study.title)
    assert told(sandbox, copied(sandbox, first)) == told(sandbox, first)


@pytest.mark.parametrize("study", [WARDS, TEAMS, DISORDERLY], ids=["classic", "longitudinal", "disorderly"])
def test_the_xml_of_a_project_made_from_xml_says_what_that_said(sandbox: Sandbox, study: Study) -> None:
    xml = re.sub(r"\t<redcap:DisplayTodayNowButton>.*\n", "", written.text(study))
    before = odm.parse(xml.encode(), "before")
    after = parsed(made(sandbox, xml, project_title=study.title), **EVERYTHING)
    assert replace(after, version=before.version, created=before.created, records=before.records) == before
    assert sorted(_without(("rate", "share"), odm.entries(after)), key=str) == sorted(
        _without(("rate", "share"), odm.entries(before)), key=str
    )


def _without(computed: Iterable[str], entries: Iterable[Entry]) -> list[Entry]:
    """The entries without calculated values, which are not taken over, and without boxes that are not checked."""
    found = []
    for entry in entries:
        kept = {name: v for name, v in entry.values.items() if name not in computed and ("___" not in name or v == "1")}
        if kept or entry.files:
            found.append(replace(entry, values=kept))
    return found


def test_a_role_of_an_old_xml_is_written_as_it_stood_but_for_its_unique_name(sandbox: Sandbox) -> None:
    old = {"role_name": "Old hand", "data_export_tool": "2", "data_entry": "[ward,1][safety,2]", "design": "1"}
    owner = made(sandbox, written.text(replace(WARDS, roles=(old, {**old, "role_name": "Other", "design": "0"}))))
    uniques = [role["unique_role_name"] for role in owner.json("userRole")]
    assert [dict(role.rights) for role in parsed(owner).roles] == [
        {**old, "unique_role_name": uniques[0]},
        {**old, "role_name": "Other", "design": "0", "unique_role_name": uniques[1]},
    ]


@pytest.mark.parametrize("study", [WARDS, TEAMS], ids=["classic", "longitudinal"])
def test_the_xml_of_a_copy_is_the_same_text(sandbox: Sandbox, study: Study) -> None:
    first = made(sandbox, written.text(study), project_title=study.title)
    before = timeless(exported(first, **EVERYTHING))
    assert "ItemDataBase64Binary" in before
    assert timeless(exported(copied(sandbox, first), **EVERYTHING)) == before


def test_the_xml_of_a_copy_of_a_project_made_by_calls_is_the_same_text(sandbox: Sandbox, peopled: Api) -> None:
    before = timeless(exported(peopled, **EVERYTHING))
    assert timeless(exported(copied(sandbox, peopled), **EVERYTHING)) == before


def test_the_design_alone_makes_the_same_project_without_records(sandbox: Sandbox, peopled: Api) -> None:
    copy = made(sandbox, exported(peopled, returnMetadataOnly="1"), project_title="A project", purpose=3)
    original = told(sandbox, peopled)
    nothing: dict[str, Any] = {"flat": [], "eav": [], "files": {}, "reports": [[], []]}
    assert told(sandbox, copy) == {**original, **nothing}


# Whatever an XML can hold: it knows no control characters but tabs and the ends of lines.
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn"), include_characters="\t\n\r<>&\"'"), max_size=12)
VALUES = {
    "base": {
        "name": TEXTS,
        "born": st.dates().map(str),
        "seen_at": st.sampled_from(("2025-01-02 03:04", "1999-12-31 23:59")),
        "kinds___1": st.sampled_from("01"),
        "kinds____4": st.sampled_from("01"),
        "kinds___mixedcase": st.sampled_from("01"),
        "base_complete": st.sampled_from("012"),
    },
    "survey": {"mood": st.sampled_from("12"), "why": TEXTS, "survey_complete": st.sampled_from("012")},
    "diary": {"boxes___a": st.sampled_from("01"), "steps": st.integers(-9, 9).map(str)},
    "visit": {"level": st.integers(0, 100).map(str), "sure": st.sampled_from("01")},
}
NAMES = st.sampled_from(("1", "2", "10", "01", "Ann 3", "a<b>&'\"", "é"))


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """A row for some of the forms of an event."""
    event = draw(st.sampled_from(sorted({event for event, _ in EVENTS})))
    forms = [form for place, form in EVENTS if place == event]
    row: dict[str, Any] = {"pid": draw(NAMES), "redcap_event_name": event}
    repeating = [form for form in forms if (event, form) in REPEATING]
    again = draw(st.booleans())
    if repeating and again:
        row |= {"redcap_repeat_instrument": repeating[0], "redcap_repeat_instance": draw(st.integers(1, 4))}
        forms = repeating
    else:
        forms = [form for form in forms if form not in repeating]
        if (event, "") in REPEATING:
            row["redcap_repeat_instance"] = draw(st.integers(1, 3))
    given_values = {name: value for form in forms for name, value in VALUES[form].items()}
    if draw(st.booleans()):
        row["redcap_data_access_group"] = draw(st.sampled_from(("north_west", "east", "eastb")))
    return row | draw(st.fixed_dictionaries({}, optional=given_values))


@pytest.fixture(scope="module")
def emptied(server: Sandbox) -> Api:
    """The trial, whose records each example deletes."""
    return trial(server)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(rows(), min_size=1, max_size=8))
def test_whatever_is_imported_is_in_the_copy(server: Sandbox, emptied: Api, imported: list[Row]) -> None:
    if held := {row["pid"] for row in emptied.json("record", fields="pid")}:
        emptied.json("record", action="delete", **{f"records[{place}]": name for place, name in enumerate(held)})
    emptied.save(*imported)
    assert records(copied(server, emptied)) == records(emptied)
