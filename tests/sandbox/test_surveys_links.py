"""Links, codes and addresses of surveys, asked for over the API."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.sandbox.conftest import SUPER_TOKEN, AddUser, Api, Clock, invalid
from tests.sandbox.respondents import Study, study, visits

from redcap_sandbox import Sandbox, serve
from redcap_sandbox.__main__ import main
from redcap_sandbox.design import surveys
from redcap_sandbox.design.surveys import Survey
from redcap_sandbox.store.storage import FILE_NAME

CODES = {"surveyLink": 16, "surveyAccessCode": 9, "surveyReturnCode": 8}
# What links recorded from servers consist of.
CHARACTERS = "[34789ACDEFHJKLMNPRTWXY]"


@pytest.fixture
def clinic(sandbox: Sandbox) -> Study:
    """A classic project with records 1 and 2, in which all but one form are surveys and one may be continued."""
    made = study(sandbox, "enrol", "followup", "diary", repeating=("diary",))
    made.survey("enrol", save_and_return="1")
    made.owner.save({"record_id": "1", "email": "ann@example.org"}, {"record_id": "2", "email": ""})
    return made


@pytest.fixture
def ward(sandbox: Sandbox) -> Study:
    """A longitudinal project with record 1 in the first arm."""
    made = visits(sandbox, "enrol", "clinic")
    made.survey("enrol", save_and_return="1")
    made.owner.save({"record_id": "1", "redcap_event_name": "visit_arm_1"})
    return made


@pytest.mark.parametrize(("content", "length"), CODES.items())
def test_a_code_is_bare_text_and_always_the_same(clinic: Study, content: str, length: int) -> None:
    first = clinic.owner.call(content, record="1", instrument="enrol", repeat_instance="1")
    again = clinic.owner.call(content, record="1", instrument="enrol", format="json")
    other = clinic.owner.call(content, record="2", instrument="enrol")
    assert (first.status_code, first.headers["Content-Type"]) == (200, "text/html; charset=UTF-8")
    code = first.text.removeprefix(clinic.sandbox.url.replace("/api/", "/surveys/?s="))
    assert re.fullmatch(f"{CHARACTERS}{{{length}}}", code)
    assert again.text == first.text
    assert other.text != first.text


def test_a_link_survives_the_renaming_of_its_record_and_not_its_deletion(clinic: Study) -> None:
    clinic.owner.json("user", data=[{"username": "sandbox_owner", "record_rename": 1, "record_delete": 1}])
    before = clinic.link("1", "enrol")
    clinic.owner.call("record", action="rename", record="1", new_record_name="9", format="json")
    assert clinic.link("9", "enrol") == before
    clinic.owner.json("record", action="delete", records="9")
    clinic.owner.save({"record_id": "9"})
    assert clinic.link("9", "enrol") != before


def test_instances_have_links_of_their_own_only_where_a_form_repeats(clinic: Study) -> None:
    assert len({clinic.link("1", "diary", repeat_instance=number) for number in (1, 2, 3)}) == 3
    assert len({clinic.link("1", "enrol", repeat_instance=number) for number in (1, 2, 3)}) == 1


def test_events_have_links_of_their_own(ward: Study) -> None:
    assert ward.link("1", "enrol", event="visit_arm_1") != ward.link("1", "enrol", event="return_arm_1")


def test_the_queue_link_is_one_for_each_record(clinic: Study) -> None:
    clinic.queue("followup")
    links = [clinic.owner.call("surveyQueueLink", record=record).text for record in ("1", "1", "2")]
    base = clinic.sandbox.url.replace("/api/", "/surveys/?sq=")
    assert all(re.fullmatch(f"{re.escape(base)}{CHARACTERS}{{16}}", link) for link in links)
    assert links[0] == links[1] != links[2]


@pytest.mark.parametrize("active", ["", "0"])
def test_there_is_no_queue_link_while_no_survey_is_queued(clinic: Study, active: str) -> None:
    if active:
        clinic.queue("followup", active=active)
    message = "The survey queue is not in use in this project"
    assert clinic.owner.refusal("surveyQueueLink", record="1") == (400, message)


def test_there_is_no_return_code_where_one_cannot_return(clinic: Study) -> None:
    message = "The survey 'followup' has no return codes: Save & Return Later is off"
    assert clinic.owner.refusal("surveyReturnCode", record="1", instrument="followup") == (400, message)


@pytest.mark.parametrize("content", [*CODES, "surveyQueueLink"])
def test_a_record_that_is_not_there_is_named(clinic: Study, content: str) -> None:
    reply = clinic.owner.call(content, record="-1", instrument="enrol", returnFormat="csv")
    assert (reply.status_code, reply.text) == (400, 'ERROR: The record "-1" does not exist')


@pytest.mark.parametrize("content", [*CODES, "participantList"])
def test_only_surveys_have_links(clinic: Study, content: str) -> None:
    asked = clinic.owner.refusal(content, record="1", instrument="clinic")
    assert asked == (400, "The instrument 'clinic' is not a survey")
    assert clinic.owner.refusal(content, record="1", instrument="x") == (400, invalid("instrument", "x"))
    clinic.owner.json("project_settings", data=[{"surveys_enabled": 0}])
    off = (400, "Surveys are not in use in this project")
    assert clinic.owner.refusal(content, record="1", instrument="enrol") == off


@pytest.mark.parametrize("content", [*CODES, "participantList"])
def test_a_longitudinal_project_asks_for_the_event(ward: Study, content: str) -> None:
    missing = (400, 'The required parameter "event" is missing')
    assert ward.owner.refusal(content, record="1", instrument="enrol") == missing
    wrong = ward.owner.refusal(content, record="1", instrument="enrol", event="visit")
    assert wrong == (400, invalid("event", "visit"))
    elsewhere = ward.owner.refusal(content, record="1", instrument="clinic", event="return_arm_1")
    assert elsewhere == (400, "The instrument 'clinic' is not designated for the event 'return_arm_1'")


@pytest.mark.parametrize("instance", ["0", "-1", "1.5", "x", "32768"])
def test_an_instance_is_a_whole_number(clinic: Study, instance: str) -> None:
    message = 'The value of the parameter "repeat_instance" is not valid'
    asked = clinic.owner.refusal("surveyLink", record="1", instrument="diary", repeat_instance=instance)
    assert asked == (400, message)


@pytest.mark.parametrize("content", [*CODES, "surveyQueueLink", "participantList"])
def test_survey_distribution_is_a_right(clinic: Study, add_user: AddUser, content: str) -> None:
    clinic.queue("followup")
    keen = add_user(clinic.owner, "keen", api_export=1, manage_survey_participants=1)
    shy = add_user(clinic.owner, "shy", api_export=1)
    assert keen.call(content, record="1", instrument="enrol").status_code == 200
    message = (
        "Insufficient user privileges: You must have 'API Export' privileges and 'Survey Distribution Tools' "
        "privileges in the project."
    )
    assert shy.refusal(content, record="1", instrument="enrol") == (400, message)


def test_members_of_a_group_get_links_to_its_records_only(sandbox: Sandbox, add_user: AddUser) -> None:
    made = study(sandbox, "enrol", groups=("North", "South"))
    made.owner.save(
        {"record_id": "1", "redcap_data_access_group": "north"}, {"record_id": "2", "redcap_data_access_group": "south"}
    )
    north = add_user(made.owner, "nora", "north", api_export=1, manage_survey_participants=1)
    assert north.call("surveyLink", record="1", instrument="enrol").status_code == 200
    asked = north.refusal("surveyLink", record="2", instrument="enrol")
    assert asked == (400, 'The record "2" does not exist')


def test_links_that_were_asked_for_are_in_the_log(clinic: Study) -> None:
    clinic.link("1", "enrol")
    assert ("sandbox_owner", "Manage/Design ", "Export survey link (API)") in clinic.log("manage")


def test_pycap_gets_links_and_codes(clinic: Study) -> None:
    clinic.queue("followup")
    project = clinic.owner.project()
    link = project.export_survey_link(record="1", instrument="enrol")
    assert link.startswith(clinic.sandbox.url.replace("/api/", "/surveys/?s="))
    assert len(project.export_survey_access_code(record="1", instrument="enrol")) == 9
    assert len(project.export_survey_return_code(record="1", instrument="enrol")) == 8
    assert "/surveys/?sq=" in project.export_survey_queue_link(record="1")


@pytest.mark.parametrize("base", ["https://redcap.example.org/redcap", "https://redcap.example.org/redcap/"])
def test_links_begin_with_the_base_url(tmp_path: Path, base: str) -> None:
    with serve(tmp_path, SUPER_TOKEN, clock=Clock(), base_url=base) as running:
        made = study(running, "enrol")
        made.owner.save({"record_id": "1"})
        link = made.owner.call("surveyLink", record="1", instrument="enrol").text
    assert link.startswith("https://redcap.example.org/redcap/surveys/?s=")


@pytest.mark.parametrize("base", ["redcap.example.org", "ftp://redcap.example.org/", "https://", "https://a b/"])
def test_what_is_no_base_url_is_refused(tmp_path: Path, base: str) -> None:
    with pytest.raises(ValueError, match="is no base URL"):
        serve(tmp_path, SUPER_TOKEN, base_url=base)


def test_the_command_takes_a_base_url(tmp_path: Path) -> None:
    options = ["--port", "0", "--data", str(tmp_path), "--super-token", SUPER_TOKEN]
    base = "https://redcap.example.org/redcap"
    command = [sys.executable, "-m", "redcap_sandbox", "serve", *options, "--base-url", base]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "sandbox")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as running:
        try:
            assert running.stdout is not None
            url = running.stdout.readline().split()[-1]
            item = {"project_title": "A project", "purpose": 0, "surveys_enabled": 1}
            created = Api(url, SUPER_TOKEN).call("project", format="json", data=[item])
            owner = Api(url, created.text[-32:])
            owner.save({"record_id": "1"})
            with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db, db:
                surveys.save(db, owner.json("project")["project_id"], Survey("my_first_instrument", {}))
            link = owner.call("surveyLink", record="1", instrument="my_first_instrument").text
        finally:
            running.terminate()
    assert link.startswith(f"{base}/surveys/?s=")


def test_the_command_refuses_what_is_no_base_url(tmp_path: Path) -> None:
    options = ["serve", "--data", str(tmp_path), "--super-token", SUPER_TOKEN, "--base-url", "here"]
    result = CliRunner().invoke(main, options)
    assert (result.exit_code, "is no base URL" in result.output) == (2, True)
