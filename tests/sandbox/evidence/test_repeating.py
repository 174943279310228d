"""Which forms and events repeat."""

from __future__ import annotations

from typing import Literal

import pytest
from tests.sandbox.conftest import Api, MakeProject
from tests.sandbox.evidence.conftest import csv

NOTHING = (
    "You cannot export repeating instruments and events because the project does not contain any repeating "
    "instruments and events"
)


# R1 [P] export_repeating_instruments_events doctest: a repeating event has a blank form
def test_a_longitudinal_project_names_the_event(teams: Api) -> None:
    log = {"event_name": "start_arm_1", "form_name": "visit_log", "custom_form_label": "[seen_at]"}
    event = {"event_name": "action_period_arm_1", "form_name": "", "custom_form_label": ""}
    assert teams.json("repeatingFormsEvents") == [log, event]


# R2 [R] redcap-instrument-repeating.R: a classic project has two columns
def test_a_classic_project_names_the_form(make: MakeProject) -> None:
    owner = make(repeating=("monthly", "pdsa"))
    assert csv(owner, "repeatingFormsEvents") == "form_name,custom_form_label\nmonthly,\npdsa,\n"


# R3 [R] redcap-instrument-repeating.R, redcap-read.R
def test_a_project_that_repeats_nothing_refuses_to_list_it(wards: Api) -> None:
    assert wards.refusal("repeatingFormsEvents") == (400, NOTHING)
    assert wards.call("repeatingFormsEvents", format="csv").text == f"ERROR: {NOTHING}"


# R4 [P] test_import_export_repeating_forms, import_repeating_instruments_events doctest
@pytest.mark.parametrize("asked", ["xml", "json", "csv", "df"])
def test_pycap_imports_its_own_export(own_teams: Api, asked: Literal["xml", "json", "csv", "df"]) -> None:
    project = own_teams.project()
    exported = project.export_repeating_instruments_events(format_type=asked)
    assert project.import_repeating_instruments_events(to_import=exported, import_format=asked) == 2
    assert len(own_teams.json("repeatingFormsEvents")) == 2


# R5 [A] test-110: an import replaces what repeats; columns may be left out; none at all ends repeating
def test_an_import_replaces_what_repeats(own_teams: Api) -> None:
    data = '"event_name","form_name"\n"start_arm_1","enrol"'
    assert own_teams.call("repeatingFormsEvents", format="csv", returnFormat="csv", data=data).text == "1"
    rows = own_teams.json("repeatingFormsEvents")
    assert [(row["event_name"], row["form_name"]) for row in rows] == [("start_arm_1", "enrol")]
    assert own_teams.json("project")["has_repeating_instruments_or_events"] == 1
    none = '"event_name","form_name","custom_form_label"\n'
    assert own_teams.call("repeatingFormsEvents", format="csv", returnFormat="csv", data=none).text == "0"
    assert own_teams.json("project")["has_repeating_instruments_or_events"] == 0
    assert own_teams.refusal("repeatingFormsEvents") == (400, NOTHING)
