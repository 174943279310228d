"""Project XML that the server writes: what of the records it holds, for whom, and what stays as it stood."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from tests.sandbox.conftest import AddUser, Api, Clock, MakeProject, field, invalid
from tests.sandbox.evidence import odm as written
from tests.sandbox.evidence.odm import Visit
from tests.sandbox.evidence.studies import PLAN, TEAMS, WARDS
from tests.sandbox.sending import sent
from tests.sandbox.xml_copies import EVERYTHING, exported, made, parsed

from breakthrough.instruments import odm
from breakthrough.instruments.odm import Entry, File
from redcap_sandbox import Sandbox

UNKNOWN = '\t<redcap:AlertsGroup>\n\t\t<redcap:Alerts alert_title="Late"/>\n\t</redcap:AlertsGroup>\n'


@pytest.fixture
def wards(sandbox: Sandbox) -> Api:
    """The classic project, with something in its XML that the server knows nothing of."""
    return made(sandbox, written.text(WARDS).replace("</GlobalVariables>", f"{UNKNOWN}</GlobalVariables>"))


@pytest.fixture
def teams(sandbox: Sandbox) -> Api:
    """The longitudinal project."""
    return made(sandbox, written.text(TEAMS))


def entries(api: Api, **parameters: Any) -> list[Entry]:
    """The records in the project's XML."""
    return list(odm.entries(parsed(api, **parameters)))


def records(found: Iterable[Entry]) -> list[str]:
    return list(dict.fromkeys(entry.record for entry in found))


def items(found: Iterable[Entry]) -> set[str]:
    return {name for entry in found for name in (*entry.values, *entry.files)}


def grant(owner: Api, username: str, **levels: int) -> None:
    """Gives the user these rights to export forms."""
    owner.json("user", data=[{"username": username, "forms_export": levels}])


@pytest.fixture
def reader(wards: Api, add_user: AddUser) -> Api:
    """A user who may export nothing yet."""
    return add_user(wards, "reader", api_export=1)


def test_the_answer_is_xml_and_logged(wards: Api) -> None:
    reply = wards.call("project_xml")
    assert reply.headers["Content-Type"] == "text/xml; charset=utf-8"
    lines = [(line["action"].strip(), line["details"]) for line in wards.json("log")[:2]]
    assert lines[1] == ("Manage/Design", "Export project XML (API)")
    assert lines[0][0] == "Data export (API)"
    assert lines[0][1].startswith("ward_id, ward_name, ")


def test_the_design_alone_exports_no_data(wards: Api) -> None:
    assert "ClinicalData" not in exported(wards, returnMetadataOnly="TRUE")
    assert "Data export (API)" not in [line["action"] for line in wards.json("log")]


def test_the_xml_says_when_and_by_which_version_it_was_written(wards: Api, clock: Clock) -> None:
    clock.set("2025-11-03 14:05:06")
    found = parsed(wards)
    assert found.created == "2025-11-03T14:05:06"
    assert found.version == wards.call("version").text


# REDCap's order: a record's own rows at all events, then the instances of forms that repeat by themselves.
def test_records_are_in_redcaps_order(teams: Api) -> None:
    found = [(entry.event, entry.form, entry.instance) for entry in entries(teams, records="1")]
    assert found == [
        ("start_arm_1", "enrol", 1),
        ("start_arm_1", "pulse", 1),
        ("learning_session_1_arm_1", "pulse", 1),
        ("learning_session_1_arm_1", "review", 1),
        ("action_period_arm_1", "review", 1),
        ("action_period_arm_1", "review", 2),
        ("start_arm_1", "visit_log", 1),
        ("start_arm_1", "visit_log", 2),
    ]


def test_a_form_that_was_never_opened_is_there_only_for_its_checkboxes(wards: Api) -> None:
    (first, last) = entries(wards, records="10")
    assert (first.form, first.values["ward_name"], first.values["ward_complete"]) == ("ward", "Åsen, øst", "0")
    boxes = ("roles___1", "roles____2", "roles___k__9", "roles___mixedcase")
    assert (last.form, last.values) == ("people", dict.fromkeys(boxes, "0"))


def test_a_row_without_any_value_is_there_as_an_empty_form_of_its_event(teams: Api) -> None:
    row = {"team_id": "9", "redcap_event_name": "learning_session_1_arm_1"}
    teams.save({**row, "redcap_event_name": "start_arm_1"}, row)
    teams.json(
        "formEventMapping", data=[{"arm_num": 1, "unique_event_name": event, "form": form} for event, form in FEW]
    )
    assert entries(teams, records="9")[1:] == [Entry("9", "pulse", "learning_session_1_arm_1")]


FEW = (("start_arm_1", "enrol"), ("learning_session_1_arm_1", "pulse"))


def test_what_is_not_asked_for_is_left_out(wards: Api, teams: Api) -> None:
    plain = entries(wards)
    assert not any(entry.group or entry.files for entry in plain)
    assert "plan" not in items(plain)
    assert not any(entry.timestamp for entry in entries(teams))


def test_groups_times_and_files_come_when_asked_for(wards: Api, teams: Api) -> None:
    first, safety, people = entries(wards, records="1", **EVERYTHING)
    assert (first.group, safety.group, people.group) == ("north_wing", "", "")
    assert safety.files == {"plan": File("plan.txt", "text/plain", PLAN)}
    times = [entry.timestamp for entry in entries(teams, **EVERYTHING) if entry.form == "pulse" and entry.record == "1"]
    assert times == ["2025-09-05 09:15:30", "[not completed]"]


def test_surveys_that_are_off_add_nothing(teams: Api) -> None:
    teams.json("project_settings", data=[{"surveys_enabled": 0}])
    assert not any(entry.timestamp for entry in entries(teams, **EVERYTHING))


def test_records_fields_and_events_narrow_down_the_data(wards: Api, teams: Api) -> None:
    assert records(entries(wards, records="10,1,77")) == ["1", "10"]
    some = entries(wards, **{"fields[0]": "beds", "fields[1]": "safety_complete"})
    assert (records(some), items(some)) == (["1", "2", "10"], {"beds", "safety_complete"})
    events = {entry.event for entry in entries(teams, **{"events[0]": "start_arm_2"})}
    assert events == {"start_arm_2"}
    assert len(parsed(teams, **{"events[0]": "start_arm_2", "fields[0]": "mood"}).fields) == len(TEAMS.fields)


@pytest.mark.parametrize(("parameter", "name"), [("fields", "bedz"), ("events", "never_arm_1")])
def test_unknown_names_are_refused(teams: Api, parameter: str, name: str) -> None:
    assert teams.refusal("project_xml", **{f"{parameter}[0]": name}) == (400, invalid(parameter, name))


def test_a_filter_keeps_rows_and_instances(wards: Api, teams: Api) -> None:
    assert records(entries(wards, filterLogic="[beds] > 60")) == ["2"]
    kept = [(entry.record, entry.event, entry.instance) for entry in entries(teams, filterLogic="[kept] >= 2")]
    assert kept == [
        ("1", "learning_session_1_arm_1", 1),
        ("1", "learning_session_1_arm_1", 1),
        ("1", "action_period_arm_1", 2),
        ("2", "final_review_meeti_arm_2", 1),
    ]
    late = entries(teams, filterLogic="[seen_at] > '2025-09-04'")
    assert [(entry.form, entry.instance) for entry in late] == [("visit_log", 2)]
    assert records(entries(wards, filterLogic="[beds] > 60", fields="ward_id")) == ["2"]
    elsewhere = entries(teams, filterLogic="[start_arm_1][team] = 'Ash'", events="action_period_arm_1")
    assert [(entry.event, entry.instance) for entry in elsewhere] == [
        ("action_period_arm_1", 1),
        ("action_period_arm_1", 2),
    ]
    assert teams.call("project_xml", filterLogic="[kept").status_code == 400


def test_a_form_that_may_not_be_exported_has_no_data(wards: Api, reader: Api) -> None:
    grant(wards, "reader", ward=1, safety=0, people=0)
    assert {entry.form for entry in entries(reader, **EVERYTHING)} == {"ward"}
    assert [form.name for form in parsed(reader).forms] == list(WARDS.forms)


def test_a_survey_that_may_not_be_exported_tells_neither_who_answered_nor_when(
    sandbox: Sandbox, add_user: AddUser
) -> None:
    values = {"ward_id": "1", "redcap_survey_identifier": "Ann", "ward_timestamp": "2025-09-05 09:15:30"}
    survey = {"form_name": "ward", "title": "The ward"}
    owner = made(sandbox, written.text(replace(WARDS, visits=(Visit("1", "ward", values),), surveys=(survey,))))
    assert [(one.identifier, one.timestamp) for one in entries(owner, **EVERYTHING)] == [
        ("Ann", "2025-09-05 09:15:30"),
        ("", ""),
    ]
    reader = add_user(owner, "reader", api_export=1)
    grant(owner, "reader", ward=0, safety=1, people=1)
    assert [(one.identifier, one.timestamp) for one in entries(reader, **EVERYTHING)] == [("", ""), ("", "")]


def test_identifiers_are_left_out_for_who_may_not_see_them(wards: Api, reader: Api) -> None:
    grant(wards, "reader", ward=3, safety=1, people=1)
    found = entries(reader)
    assert {"ward_name", "email"} & items(found) == set()
    assert {"opened", "remarks"} <= items(found)
    assert reader.refusal("project_xml", **{"fields[0]": "email"}) == (400, invalid("fields", "email"))


def test_de_identified_records_have_other_names_and_dates(wards: Api, reader: Api) -> None:
    grant(wards, "reader", ward=2, safety=2, people=2)
    found = entries(reader)
    flat = reader.json("record", fields="ward_id,opened")
    assert records(found) == [row["ward_id"] for row in flat]
    assert all(len(name) == 32 for name in records(found))
    assert [entry.values["opened"] for entry in found if "opened" in entry.values] == [
        row["opened"] for row in flat if row["opened"]
    ]
    assert {"remarks", "ward_name"} & items(found) == set()


def test_times_of_surveys_are_shifted_as_dates_are(teams: Api, add_user: AddUser) -> None:
    reader = add_user(teams, "reader", api_export=1)
    grant(teams, "reader", **{**dict.fromkeys(TEAMS.forms, 1), "pulse": 2})
    stamp = next(entry.timestamp for entry in entries(reader, **EVERYTHING) if entry.timestamp)
    flat = reader.json("record", exportSurveyFields="true", fields="team_id,mood")
    assert stamp == flat[0]["pulse_timestamp"] != "2025-09-05 09:15:30"


def test_a_member_of_a_group_exports_its_records_and_no_groups(wards: Api, add_user: AddUser) -> None:
    member = add_user(wards, "member", "north_wing", api_export=1)
    levels = dict.fromkeys(WARDS.forms, 1)
    wards.json("user", data=[{"username": "member", "data_access_group": "north_wing", "forms_export": levels}])
    found = entries(member, **EVERYTHING)
    assert (records(found), {entry.group for entry in found}) == (["1"], {""})


def test_without_the_right_to_export_nothing_is_exported(wards: Api, add_user: AddUser) -> None:
    assert add_user(wards, "writer", api_import=1).refusal("project_xml")[0] == 403


def test_changes_are_exported_and_all_else_stays_as_it_stood(wards: Api) -> None:
    before = exported(wards, returnMetadataOnly="1")
    row = next(row for row in wards.json("metadata") if row["field_name"] == "falls")
    rows = [{**one, "field_label": "Falls a day"} if one == row else one for one in wards.json("metadata")]
    wards.json("metadata", data=[*rows, field("added", "people", "notes", "Added")])
    wards.json("project_settings", data=[{"project_title": "Renamed", "display_today_now_button": 0}])
    (role,) = wards.json("userRole")
    wards.json("userRole", action="import", data=[{**role, "reports": 0}])
    wards.json("dag", action="import", data=[{"data_access_group_name": "East", "unique_group_name": ""}])
    after = exported(wards, returnMetadataOnly="1")
    found = odm.parse(after.encode(), "after")
    assert (found.title, found.settings["DisplayTodayNowButton"]) == ("Renamed", "0")
    assert [one.field_label for one in found.fields if one.field_name in {"falls", "added"}] == ["Falls a day", "Added"]
    assert found.groups == ("North Wing", "South", "East")
    assert found.roles[0].rights["reports"] == "0"
    assert UNKNOWN in after
    stood = [line for line in before.splitlines() if ' OID="plan"' in line or "R-471100BEDS" in line]
    assert len(stood) == 2
    assert set(stood) <= set(after.splitlines())


@pytest.mark.parametrize("left", ["some words", "²", "9" * 30, "7"])
def test_a_field_that_was_made_one_for_files_holds_none_yet(wards: Api, left: str) -> None:
    wards.save({"ward_id": "10", "remarks": left})
    rows = [{**row, "field_type": "file"} if row["field_name"] == "remarks" else row for row in wards.json("metadata")]
    wards.json("metadata", data=rows)
    assert not any(entry.files for entry in entries(wards, records="10", **EVERYTHING))


def test_what_is_gone_is_not_exported(teams: Api) -> None:
    teams.json("arm", action="delete", **{"arms[0]": "2"})
    teams.json("repeatingFormsEvents", data=[{"event_name": "action_period_arm_1", "form_name": ""}])
    teams.json("metadata", data=[row for row in teams.json("metadata") if row["form_name"] != "pulse"])
    found = parsed(teams)
    assert [event.unique_name for event in found.events] == [event.unique for event in TEAMS.events if event.arm == 1]
    assert [event.forms for event in found.events] == [("enrol", "visit_log"), ("review",), ("review",)]
    assert found.repeating == (odm.Repeat("action_period_arm_1"),)
    assert (found.surveys, found.others) == ((), ())


def test_a_project_without_any_event_has_a_design(teams: Api) -> None:
    teams.json("arm", action="delete", **{"arms[0]": "1", "arms[1]": "2"})
    found = parsed(teams, **EVERYTHING)
    assert (found.events, list(odm.entries(found)), len(found.fields)) == ((), [], len(TEAMS.fields))


def test_a_project_made_without_xml_is_described_in_full(make: MakeProject) -> None:
    owner = make(repeating=("monthly",), groups=("North", "South"))
    owner.save({"record_id": "1", "town": "Ayr", "tools____4": "1", "redcap_data_access_group": "south"})
    place = {"redcap_repeat_instrument": "monthly", "redcap_repeat_instance": "2"}
    owner.save({"record_id": "1", **place, "seen": "4"})
    sent(owner, "file", "a.png", b"\x89PNG", record="1", field="photo")
    found = parsed(owner, **EVERYTHING)
    spelt = "select_choices_or_calculations"  # an XML has choices one by one, and no blanks about their bars
    rows = [{**row, spelt: row[spelt].replace("Drum|k", "Drum | k")} for row in owner.json("metadata")]
    assert [one.row() for one in found.fields] == rows
    assert found.repeating == (odm.Repeat("event_1_arm_1", "monthly"),)
    assert found.settings["Purpose"] == "3"
    first, pdsa, monthly = odm.entries(found)
    boxes = {"tools___a": "0", "tools____4": "1", "tools___k__9": "0"}
    assert first == Entry("1", "profile", values={"town": "Ayr", **boxes, "profile_complete": "0"}, group="south")
    assert pdsa == Entry(
        "1", "pdsa", values={"pdsa_complete": "0"}, files={"photo": File("a.png", "image/png", b"\x89PNG")}
    )
    assert (monthly.form, monthly.instance, monthly.values) == (
        *("monthly", 2),
        {"seen": "4", "total": "8", "monthly_complete": "0"},
    )
