"""Production and Draft Mode: what may be changed, by whom, and what the log says of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from tests.sandbox.admin.conftest import CLINIC, Join, NewProject, Project
from tests.sandbox.conftest import Clock, Row, field

from redcap_sandbox import Refusal
from redcap_sandbox.client import Administrator

ME = "sandbox_owner"
SITE = "site_admin"


def changed(rows: Iterable[Row], name: str, **cells: str) -> list[Row]:
    """The dictionary with other cells in one row."""
    return [{**row, **cells} if row["field_name"] == name else dict(row) for row in rows]


def without(rows: Iterable[Row], name: str) -> list[Row]:
    return [dict(row) for row in rows if row["field_name"] != name]


@pytest.fixture
def live(clinic: Project, admin: Administrator) -> Project:
    """The clinic in production, with a record."""
    admin.save_form(clinic.number, ME, "1", "visit", {"smokes": "1", "packs": "2", "brands___1": "1"})
    admin.to_production(clinic.number)
    return clinic


# --- the status -----------------------------------------------------------------------------------------------------


def test_moving_to_production_keeps_the_records(live: Project, admin: Administrator) -> None:
    info = live.owner.json("project")
    assert (info["in_production"], info["production_time"]) == (1, "2025-09-18 08:30:15")
    assert live.row("1", fields="packs") == {"packs": "2"}
    assert live.designs()[0] == (SITE, "Move project to Production status")
    with pytest.raises(Refusal, match="in production already"):
        admin.to_production(live.number)


def test_moving_to_production_deletes_the_records_if_asked(clinic: Project, admin: Administrator) -> None:
    clinic.owner.save({"record_id": "1"}, {"record_id": "2"})
    admin.to_production(clinic.number, keep_data=False)
    assert clinic.owner.json("record") == []
    assert clinic.designs()[0] == (SITE, "Move project to Production status (delete all records)")
    assert clinic.owner.call("generateNextRecordName").text == "1"


def test_a_designer_moves_to_production_others_may_not(clinic: Project, admin: Administrator, join: Join) -> None:
    join(clinic, "nell")
    with pytest.raises(Refusal) as why:
        admin.to_production(clinic.number, username="nell")
    assert why.value.status == 403
    assert clinic.owner.json("project")["in_production"] == 0
    admin.set_rights(clinic.number, "nell", {"design": 1})
    admin.to_production(clinic.number, username="nell")
    assert clinic.designs()[0][0] == "nell"


def test_moving_back_to_development_drops_the_draft(live: Project, admin: Administrator) -> None:
    admin.enter_draft(live.number)
    admin.to_development(live.number)
    info = live.owner.json("project")
    assert (info["in_production"], info["production_time"]) == (0, "")
    assert live.designs()[0] == (SITE, "Move project back to Development status")
    assert admin.draft(live.number) == {"rows": None, "submitted": False}
    with pytest.raises(Refusal, match="in development already"):
        admin.to_development(live.number)
    assert live.owner.json("metadata", data=list(CLINIC)) == len(CLINIC)


def test_in_production_the_api_changes_no_design(trial: Project, admin: Administrator) -> None:
    admin.save_form(trial.number, ME, "1", "visit", {}, event="start_arm_1")
    before = {
        content: trial.owner.json(content) for content in ("metadata", "arm", "event", "formEventMapping", "record")
    }
    admin.to_production(trial.number)
    calls: list[tuple[str, dict[str, Any]]] = [
        ("metadata", {"data": before["metadata"]}),
        ("arm", {"action": "import", "data": [{"arm_num": 3, "name": "Third"}]}),
        ("arm", {"action": "delete", "arms": "2"}),
        ("event", {"action": "import", "data": [{"event_name": "End", "arm_num": 1}]}),
        ("event", {"action": "delete", "events": "start_arm_2"}),
        ("formEventMapping", {"action": "import", "data": before["formEventMapping"][:1]}),
    ]
    for content, given in calls:
        assert trial.owner.refusal(content, **given)[0] == 400, content
    assert {content: trial.owner.json(content) for content in before} == before


def test_in_production_the_api_changes_data_and_people(live: Project) -> None:
    live.owner.save({"record_id": "2", "weight": "70"})
    live.owner.json("dag", action="import", data=[{"data_access_group_name": "East", "unique_group_name": ""}])
    live.owner.json("user", data=[{"username": "nell"}])
    live.owner.json("userRole", data=[{"role_label": "Reader"}])
    live.owner.json("record", action="delete", records="2")


# --- Draft Mode -----------------------------------------------------------------------------------------------------


def test_a_draft_becomes_the_dictionary_once_it_is_approved(live: Project, admin: Administrator, clock: Clock) -> None:
    rows = live.owner.json("metadata")
    admin.enter_draft(live.number)
    assert admin.draft(live.number) == {"rows": rows, "submitted": False}
    drafted = [*rows, field("height", "outcome", validation="number")]
    assert admin.upload_draft(live.number, drafted) == len(CLINIC) + 1
    assert live.owner.json("metadata") == rows
    assert admin.submit_draft(live.number) == [{"field": "height", "change": "added", "warning": ""}]
    assert admin.draft(live.number)["submitted"] is True
    assert live.owner.json("metadata") == rows
    clock.set("2025-10-01 12:00:00")
    assert admin.approve_draft(live.number) == 1
    assert live.owner.json("metadata") == drafted
    live.owner.save({"record_id": "1", "height": "180"})
    assert admin.draft(live.number) == {"rows": None, "submitted": False}
    assert admin.revisions(live.number) == [{"number": 1, "at": "2025-10-01 12:00:00", "rows": drafted}]
    assert live.designs()[:4] == [
        (SITE, "Approve production project modifications"),
        (SITE, "Request approval for production project modifications"),
        (SITE, "Upload data dictionary"),
        (SITE, "Enter draft mode"),
    ]


def test_revisions_are_counted(live: Project, admin: Administrator) -> None:
    for number in (1, 2):
        admin.enter_draft(live.number)
        admin.upload_draft(live.number, changed(CLINIC, "note", field_label=f"Note {number}"))
        admin.submit_draft(live.number)
        assert admin.approve_draft(live.number) == number
    labels = [revision["rows"][-1]["field_label"] for revision in admin.revisions(live.number)]
    assert labels == ["Note 1", "Note 2"]


def test_a_rejected_draft_stays_for_editing(live: Project, admin: Administrator) -> None:
    admin.enter_draft(live.number)
    drafted = changed(CLINIC, "note", field_label="Other")
    admin.upload_draft(live.number, drafted)
    admin.submit_draft(live.number)
    admin.reject_draft(live.number)
    assert live.designs()[0] == (SITE, "Reject production project modifications")
    assert admin.draft(live.number) == {"rows": drafted, "submitted": False}
    assert live.owner.json("metadata") == list(CLINIC)
    admin.upload_draft(live.number, CLINIC)
    assert admin.submit_draft(live.number) == []


def test_a_removed_draft_is_gone(live: Project, admin: Administrator) -> None:
    for submitted in (False, True):
        admin.enter_draft(live.number)
        admin.upload_draft(live.number, changed(CLINIC, "note", field_label="Other"))
        if submitted:
            admin.submit_draft(live.number)
        admin.remove_draft(live.number)
        assert live.designs()[0] == (SITE, "Remove production project modifications")
        assert admin.draft(live.number)["rows"] is None
        assert live.owner.json("metadata") == list(CLINIC)


def test_each_step_needs_the_one_before(clinic: Project, admin: Administrator) -> None:
    number = clinic.number

    def refused(call: Any, words: str) -> None:
        with pytest.raises(Refusal, match=words):
            call()

    refused(lambda: admin.enter_draft(number), "in development: its dictionary can be changed at once")
    admin.to_production(number)
    refused(lambda: admin.upload_draft(number, CLINIC), "not in Draft Mode: enter it first")
    refused(lambda: admin.submit_draft(number), "not in Draft Mode: enter it first")
    refused(lambda: admin.remove_draft(number), "not in Draft Mode")
    admin.enter_draft(number)
    refused(lambda: admin.enter_draft(number), "in Draft Mode already")
    refused(lambda: admin.approve_draft(number), "No draft has been submitted")
    refused(lambda: admin.reject_draft(number), "No draft has been submitted")
    admin.submit_draft(number)
    refused(lambda: admin.submit_draft(number), "awaits review")
    refused(lambda: admin.upload_draft(number, CLINIC), "awaits review")


def test_a_draft_with_faults_is_refused_as_an_import_is(live: Project, admin: Administrator) -> None:
    admin.enter_draft(live.number)
    for rows, words in (
        ([*CLINIC, field("note", "outcome")], "note"),
        ([*CLINIC, field("bad", "outcome", "radio")], "bad|choices"),
        ([{**row, "colour": "red"} for row in CLINIC], "columns that REDCap does not know: colour"),
        ([], "has no fields"),
    ):
        with pytest.raises(Refusal, match=words) as why:
            admin.upload_draft(live.number, rows)
        assert why.value.status == 400
    assert admin.draft(live.number)["rows"] == list(CLINIC)


def test_only_an_administrator_drafts_an_sql_field(live: Project, admin: Administrator, join: Join) -> None:
    join(live, "nell", design=1)
    drafted = [*CLINIC, field("query", "outcome", "sql", choices="select 1")]
    admin.enter_draft(live.number, username="nell")
    with pytest.raises(Refusal, match=r"(?i)\bsql\b"):
        admin.upload_draft(live.number, drafted, username="nell")
    admin.upload_draft(live.number, drafted)
    admin.submit_draft(live.number, username="nell")
    assert [who for who, _ in live.designs()[:3]] == ["nell", SITE, "nell"]


def test_drafting_is_a_designers_right(live: Project, admin: Administrator, join: Join) -> None:
    join(live, "nell", design=0)
    for call in (
        lambda: admin.enter_draft(live.number, username="nell"),
        lambda: admin.upload_draft(live.number, CLINIC, username="nell"),
        lambda: admin.submit_draft(live.number, username="nell"),
    ):
        with pytest.raises(Refusal, match="do not have the right for this in the project: design"):
            call()


def test_the_review_says_what_changes_and_what_it_may_cost(new: NewProject, admin: Administrator) -> None:
    fields = (
        field("record_id", "f"),
        field("used", "f"),
        field("unused", "f"),
        field("sort", "f", "radio", choices="1, A | 2, B"),
        field("boxes", "f", "checkbox", choices="1, A | 2, B"),
        field("more", "f", "dropdown", choices="1, A"),
        field("label", "f", "radio", choices="1, A | 2, B"),
        field("same", "f"),
    )
    made = new(fields)
    made.owner.save({"record_id": "1", "used": "x"})
    admin.to_production(made.number)
    admin.enter_draft(made.number)
    drafted: list[Row] = without(without(fields, "used"), "unused")
    for name, choices in (
        ("sort", "1, A"),
        ("boxes", "1, A"),
        ("more", "1, A | 2, B"),
        ("label", "1, A | 2, C"),
    ):
        drafted = changed(drafted, name, select_choices_or_calculations=choices)
    admin.upload_draft(made.number, [*changed(drafted, "same", field_note="New"), field("late", "f")])
    assert admin.submit_draft(made.number) == [
        {"field": "used", "change": "deleted", "warning": "*Data WILL be lost"},
        {"field": "unused", "change": "deleted", "warning": ""},
        {"field": "sort", "change": "edited", "warning": "*Data MIGHT be lost due to deleted choice(s)"},
        {"field": "boxes", "change": "edited", "warning": "*Data WILL be lost"},
        {"field": "more", "change": "edited", "warning": ""},
        {
            "field": "label",
            "change": "edited",
            "warning": "*Possible label mismatch because of label changes. Check if okay.",
        },
        {"field": "same", "change": "edited", "warning": ""},
        {"field": "late", "change": "added", "warning": ""},
    ]


def test_what_is_lost_is_lost_when_the_draft_is_approved(live: Project, admin: Administrator) -> None:
    admin.enter_draft(live.number)
    drafted = without(changed(CLINIC, "brands", select_choices_or_calculations="2, Two"), "packs")
    drafted = [row for row in drafted if row["field_type"] != "calc"]
    admin.upload_draft(live.number, drafted)
    admin.submit_draft(live.number)
    assert live.row("1", fields="packs,brands") == {"packs": "2", "brands___1": "1", "brands___2": "0"}
    admin.approve_draft(live.number)
    assert live.row("1", fields="smokes,brands") == {"smokes": "1", "brands___2": "0"}
    admin.enter_draft(live.number)
    admin.upload_draft(live.number, CLINIC)
    admin.submit_draft(live.number)
    admin.approve_draft(live.number)
    assert live.row("1", fields="packs,brands") == {"packs": "", "brands___1": "0", "brands___2": "0"}


def test_a_draft_survives_a_longitudinal_project_and_its_events(trial: Project, admin: Administrator) -> None:
    admin.to_production(trial.number)
    admin.enter_draft(trial.number)
    with pytest.raises(Refusal, match="no_event_arm_1"):
        admin.upload_draft(trial.number, changed(CLINIC, "note", branching_logic="[no_event_arm_1][packs] = '1'"))
    logic = changed(CLINIC, "note", branching_logic="[start_arm_1][packs] = '1'")
    admin.upload_draft(trial.number, [*logic, field("extra", "extra")])
    admin.submit_draft(trial.number)
    admin.approve_draft(trial.number)
    forms = {row["form"] for row in trial.owner.json("formEventMapping")}
    assert forms == {"visit", "diary", "outcome"}  # a new form is designated nowhere yet
