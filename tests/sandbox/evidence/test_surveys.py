"""Links, codes and participants of surveys."""

from __future__ import annotations

import re

import pytest
from redcap.request import RedcapError
from tests.sandbox.conftest import Api, field
from tests.sandbox.evidence.conftest import Create, csv
from tests.sandbox.evidence.odm import Study, Visit

PULSE = {"record": "1", "instrument": "pulse", "event": "start_arm_1"}
COLUMNS = [
    "email",
    "email_occurrence",
    "identifier",
    "record",
    "invitation_sent_status",
    "invitation_send_time",
    "response_status",
    "survey_access_code",
    "survey_link",
    "survey_queue_link",
]


def base(api: Api) -> str:
    return api.url.removesuffix("api/")


# S1 [P] test_export_survey_link, export_survey_link doctest; [R] test-survey-link-export-oneshot
def test_a_survey_has_a_link(teams: Api) -> None:
    link = teams.project().export_survey_link(instrument="pulse", event="start_arm_1", record="1")
    assert re.fullmatch(re.escape(base(teams)) + r"surveys/\?s=\w+", link)
    reply = teams.call("surveyLink", **PULSE, returnFormat="csv")
    assert (reply.status_code, reply.text) == (200, link)


# S1 [R] a link belongs to one record, one survey, one event
def test_each_record_and_event_has_its_own_link(teams: Api) -> None:
    links = {
        teams.call("surveyLink", record=record, instrument="pulse", event=event).text
        for record, event in (("1", "start_arm_1"), ("1", "learning_session_1_arm_1"), ("3", "start_arm_1"))
    }
    assert len(links) == 3


# S2 [R] "Nonexistent Record ID"
def test_an_unknown_record_has_no_link(teams: Api) -> None:
    reply = teams.call("surveyLink", **{**PULSE, "record": "-1"}, returnFormat="csv")
    assert (reply.status_code, reply.text) == (400, 'ERROR: The record "-1" does not exist')


# S3 [P] test_export_survey_queue_link, doctest; [A] exportSurveyQueueLink.R
def test_a_record_has_a_link_to_its_queue(teams: Api) -> None:
    link = teams.project().export_survey_queue_link(record="1")
    assert re.fullmatch(re.escape(base(teams)) + r"surveys/\?sq=\w+", link)
    assert teams.call("surveyQueueLink", record="1").text == link
    assert teams.call("surveyQueueLink", record="3").text != link


# S4 [P] test_export_survey_access_code, test_export_survey_return_code; [A] exportSurveyReturnCode.R
@pytest.mark.parametrize(("content", "length"), [("surveyAccessCode", 9), ("surveyReturnCode", 8)])
def test_codes_have_their_lengths(teams: Api, content: str, length: int) -> None:
    reply = teams.call(content, **PULSE, repeat_instance="1", returnFormat="csv")
    assert (reply.status_code, len(reply.text)) == (200, length)
    assert reply.text.isalnum()
    assert teams.call(content, **PULSE).text == reply.text


# S5 [P] test_survey_participant_export: records that have the event; [A] exportSurveyParticipants.R
def test_the_participants_of_an_event(teams: Api) -> None:
    rows = teams.project().export_survey_participant_list(instrument="pulse", event="start_arm_1")
    assert list(rows[0]) == COLUMNS
    for column, content in (("survey_access_code", "surveyAccessCode"), ("survey_link", "surveyLink")):
        expected = {teams.call(content, **{**PULSE, "record": record}).text for record in ("1", "3")}
        assert {row[column] for row in rows} == expected
    text = csv(teams, "participantList", instrument="pulse", event="start_arm_2")
    assert text.split("\n")[0] == ",".join(COLUMNS)
    assert text.count("\n") == 2


# S5 [P] export_survey_participant_list doctest: `email` is blank for a participant nobody wrote to
def test_a_participant_without_an_address_is_blank(teams: Api) -> None:
    rows = teams.json("participantList", instrument="pulse", event="start_arm_1")
    assert [row["email"] for row in rows] == ["", ""]


# S6 [R] test-survey-link-export-oneshot: a classic project, `event` sent blank
def test_a_classic_survey_needs_no_event(new: Create) -> None:
    study = Study(
        title="Open survey",
        fields=(field("id", "base"), field("age", "follow_up")),
        forms={"base": "Base", "follow_up": "Follow up"},
        surveys=({"form_name": "follow_up", "title": "Follow up", "survey_enabled": "1", "save_and_return": "1"},),
        visits=(Visit("1", "base", {"id": "1", "base_complete": "2"}),),
    )
    owner = new(study)
    reply = owner.call("surveyLink", record="1", instrument="follow_up", event="", returnFormat="csv")
    assert reply.status_code == 200
    assert re.fullmatch(re.escape(base(owner)) + r"surveys/\?s=\w+", reply.text)
    assert len(owner.json("participantList", instrument="follow_up")) == 1


# S7 [P] request.py: a form that is no survey is an error
def test_a_form_that_is_no_survey_has_no_link(teams: Api) -> None:
    with pytest.raises(RedcapError):
        teams.project().export_survey_link(instrument="review", event="learning_session_1_arm_1", record="1")


# S8 [R] projects/survey/README, create_project: surveys come from the XML
def test_surveys_come_with_the_xml(teams: Api, wards: Api) -> None:
    assert teams.json("project")["surveys_enabled"] == 1
    assert wards.json("project")["surveys_enabled"] == 0
