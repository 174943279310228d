"""Respondents answer surveys through the admin page: links, participants, pages, the trigger."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from tests.sandbox.admin.conftest import Join, NewProject, Project, Receiver
from tests.sandbox.conftest import field

from redcap_sandbox import Refusal, Sandbox
from redcap_sandbox.client import Administrator

ME = "sandbox_owner"
NOBODY = "[survey respondent]"


@pytest.fixture
def surveyed(clinic: Project, admin: Administrator) -> Project:
    """The clinic with its visit and its diary as surveys."""
    admin.set_up_survey(clinic.number, "visit", title="Your visit")
    admin.set_up_survey(clinic.number, "diary")
    return clinic


@pytest.fixture(scope="module")
def still_surveyed(server: Sandbox, still: Project) -> Project:
    """A project in which the visit is a survey, for refusals."""
    Administrator(server.url, server.super_token).set_up_survey(still.number, "visit")
    return still


def own_link(project: Project, record: str, form: str, **parameters: Any) -> str:
    reply = project.owner.call("surveyLink", record=record, instrument=form, **parameters)
    assert reply.status_code == 200, reply.text
    return reply.text


def test_a_public_survey_makes_a_record_each_time(surveyed: Project, admin: Administrator) -> None:
    link = admin.public_link(surveyed.number)
    assert admin.open_survey(link) == {
        "project_id": surveyed.number,
        "instrument": "visit",
        "title": "Your visit",
        "record": "",
        "state": "not begun",
        "values": {},
    }
    saved = [admin.answer_survey(link, {"smokes": "1", "packs": "2", "brands___2": "1"}) for _ in range(2)]
    assert [one["record"] for one in saved] == ["1", "2"]
    assert surveyed.log()[1] == (
        NOBODY,
        "Create Response 2",
        "record_id = '2', smokes = '1', packs = '2', brands(2) = checked, cigarettes = '40', visit_complete = '2'",
    )


def test_a_response_goes_on_page_by_page_with_its_return_code(surveyed: Project, admin: Administrator) -> None:
    admin.set_up_survey(surveyed.number, "visit", save_and_return="1")
    public = admin.public_link(surveyed.number)
    first = admin.answer_survey(public, {"smokes": "1", "brands___1": "1"}, finished=False)
    assert (first["status"], len(first["return_code"]), first["event"], first["repeat_instance"]) == ("0", 8, "", 1)
    reply = surveyed.owner.call("surveyReturnCode", record=first["record"], instrument="visit")
    assert reply.text == first["return_code"]
    with pytest.raises(Refusal, match="Enter your return code"):
        admin.open_survey(first["link"])
    for link, code in ((first["link"], first["return_code"]), (f"{public}&rc={first['return_code']}", "")):
        opened = admin.open_survey(link, code)
        assert (opened["record"], opened["state"]) == (first["record"], "partial")
        assert opened["values"] == {"smokes": "1", "brands___1": "1", "visit_complete": "0"}
    last = admin.answer_survey(public, {"packs": "3"}, code=first["return_code"])
    assert (last["record"], last["status"], last["link"]) == (first["record"], "2", first["link"])
    row = surveyed.row(first["record"], forms="visit", exportSurveyFields="true")
    assert (row["packs"], row["visit_timestamp"]) == ("3", "2025-09-18 08:30:15")


def test_without_save_and_return_there_is_no_code(surveyed: Project, admin: Administrator) -> None:
    assert admin.answer_survey(admin.public_link(surveyed.number), {}, finished=False)["return_code"] == ""


def test_a_survey_is_opened_by_its_address_its_hash_or_its_access_code(surveyed: Project, admin: Administrator) -> None:
    admin.save_form(surveyed.number, ME, "7", "outcome", {})
    link = own_link(surveyed, "7", "visit")
    code = surveyed.owner.call("surveyAccessCode", record="7", instrument="visit").text
    for way in (link, link.partition("?s=")[2], code):
        assert admin.open_survey(way)["record"] == "7"


def test_branching_of_a_page_erases_without_asking(surveyed: Project, admin: Administrator) -> None:
    saved = admin.answer_survey(admin.public_link(surveyed.number), {"smokes": "0", "packs": "2"})
    assert surveyed.row(saved["record"], fields="packs,cigarettes") == {"packs": "", "cigarettes": ""}


def test_a_file_is_sent_with_a_page(new: NewProject, admin: Administrator) -> None:
    made = new((field("record_id", "f"), field("name", "f"), field("photo", "f", "file")))
    admin.set_up_survey(made.number, "f")
    saved = admin.answer_survey(
        admin.public_link(made.number), {"name": "Ann"}, files={"photo": ("é.png", b"\x89PNG\x00")}
    )
    reply = made.owner.call("file", action="export", record=saved["record"], field="photo")
    assert reply.content == b"\x89PNG\x00"
    assert made.row(saved["record"])["photo"] == "é.png"


def test_a_participant_is_invited_and_answers(surveyed: Project, admin: Administrator) -> None:
    link = admin.add_participant(surveyed.number, "ann@example.org", identifier="Ann")
    later = admin.add_participant(surveyed.number, "bob@example.org")
    admin.invite(link)
    admin.invite(later, at="2025-09-19T10:00")
    saved = admin.answer_survey(link, {"smokes": "0"})
    listed = surveyed.owner.json("participantList", instrument="visit")
    seen = [(one["email"], one["identifier"], one["record"], one["invitation_sent_status"]) for one in listed]
    assert seen == [("ann@example.org", "Ann", saved["record"], 1), ("bob@example.org", "", "", 0)]
    assert [one["invitation_send_time"] for one in listed] == ["", "2025-09-19 10:00:00"]
    with pytest.raises(Refusal, match="already completed this survey"):
        admin.answer_survey(link, {"smokes": "1"})
    assert surveyed.designs()[0] == ("site_admin", "Add survey participants")


def test_an_invitation_needs_a_link_and_a_time(surveyed: Project, admin: Administrator) -> None:
    link = admin.add_participant(surveyed.number, "ann@example.org")
    with pytest.raises(Refusal, match='"at" is not valid'):
        admin.invite(link, at="tomorrow")
    with pytest.raises(Refusal, match="does not lead to a survey"):
        admin.invite("https://example.org/?x=1")
    with pytest.raises(Refusal, match="address is not valid"):
        admin.add_participant(surveyed.number, "ann")


def test_each_arm_has_a_public_survey_at_its_first_event(trial: Project, admin: Administrator) -> None:
    with pytest.raises(Refusal, match="The first instrument 'visit' is not a survey"):
        admin.public_link(trial.number)
    admin.set_up_survey(trial.number, "visit")
    saved = admin.answer_survey(admin.public_link(trial.number, "start_arm_2"), {"smokes": "0"})
    assert (saved["event"], admin.public_link(trial.number)) == (
        "start_arm_2",
        admin.public_link(trial.number, "start_arm_1"),
    )
    with pytest.raises(Refusal, match='"event" are not valid'):
        admin.public_link(trial.number, "week_arm_1")


def test_distributing_surveys_is_a_right(surveyed: Project, admin: Administrator, join: Join) -> None:
    join(surveyed, "nell", manage_survey_participants=0)
    for refused in (
        lambda: admin.public_link(surveyed.number, username="nell"),
        lambda: admin.add_participant(surveyed.number, "ann@example.org", username="nell"),
        lambda: admin.invite(admin.add_participant(surveyed.number, "bob@example.org"), username="nell"),
    ):
        with pytest.raises(Refusal, match="manage_survey_participants"):
            refused()
    admin.set_rights(surveyed.number, "nell", {"manage_survey_participants": 1})
    admin.add_participant(surveyed.number, "ann@example.org", username="nell")
    assert surveyed.designs()[0] == ("nell", "Add survey participants")


def test_the_project_designates_a_field_for_addresses(new: NewProject, admin: Administrator) -> None:
    made = new((field("record_id", "f"), field("mail", "f", validation="email"), field("name", "f")))
    admin.set_up_survey(made.number, "f")
    made.owner.save({"record_id": "1", "mail": "ann@example.org"})
    assert [one["email"] for one in made.owner.json("participantList", instrument="f")] == [""]
    admin.set_email_field(made.number, "mail")
    assert [one["email"] for one in made.owner.json("participantList", instrument="f")] == ["ann@example.org"]
    for wrong in ("name", "nothing"):
        with pytest.raises(Refusal, match='"field" are not valid'):
            admin.set_email_field(made.number, wrong)
    admin.set_email_field(made.number, "")
    assert [one["email"] for one in made.owner.json("participantList", instrument="f")] == [""]


# --- the trigger ----------------------------------------------------------------------------------------------------


def test_every_page_fires_the_trigger(
    sandbox: Sandbox, surveyed: Project, admin: Administrator, receiver: Receiver
) -> None:
    admin.set_trigger(surveyed.number, receiver.url)
    page = admin.answer_survey(admin.public_link(surveyed.number), {"smokes": "1"}, finished=False)
    admin.answer_survey(page["link"], {"packs": "1"})
    admin.wait_for_triggers()
    base = sandbox.url.removesuffix("api/")
    common = [
        ("redcap_url", base),
        ("project_url", f"{base}redcap_v15.9.0/index.php?pid={surveyed.number}"),
        ("project_id", str(surveyed.number)),
        ("username", NOBODY),
        ("record", "1"),
        ("instrument", "visit"),
    ]
    assert receiver.posts == [[*common, ("visit_complete", "0")], [*common, ("visit_complete", "2")]]


def test_a_repeating_survey_tells_its_instance_event_and_group(
    trial: Project, admin: Administrator, receiver: Receiver
) -> None:
    admin.set_up_survey(trial.number, "diary")
    admin.save_form(trial.number, ME, "1", "visit", {}, event="start_arm_1")
    admin.assign_group(trial.number, "1", "north")
    admin.set_trigger(trial.number, receiver.url)
    answered = admin.answer_survey(
        own_link(trial, "1", "diary", event="start_arm_1", repeat_instance="3"), {"steps": "9"}
    )
    assert (answered["event"], answered["repeat_instance"]) == ("start_arm_1", 3)
    admin.wait_for_triggers()
    assert receiver.posts[0][5:] == [
        ("instrument", "diary"),
        ("diary_complete", "2"),
        ("redcap_event_name", "start_arm_1"),
        ("redcap_data_access_group", "north"),
        ("redcap_repeat_instance", "3"),
        ("redcap_repeat_instrument", "diary"),
    ]


def test_a_page_that_is_refused_is_not_stored_and_does_not_fire(
    surveyed: Project, admin: Administrator, receiver: Receiver
) -> None:
    admin.set_trigger(surveyed.number, receiver.url)
    link = admin.public_link(surveyed.number)
    for values in ({"packs": "many", "smokes": "1"}, {"steps": "1"}, {"record_id": "5"}):
        with pytest.raises(Refusal):
            admin.answer_survey(link, values)
    admin.wait_for_triggers()
    assert (receiver.posts, surveyed.owner.json("record")) == ([], [])


# --- responses on a form --------------------------------------------------------------------------------------------


def test_a_response_is_read_only_on_its_form_but_for_who_may_edit_responses(
    surveyed: Project, admin: Administrator, join: Join
) -> None:
    join(surveyed, "nell")
    record = admin.answer_survey(admin.public_link(surveyed.number), {"smokes": "0"})["record"]
    for level in (1, 130, 146):
        admin.set_rights(surveyed.number, "nell", forms={"visit": level})
        with pytest.raises(Refusal) as why:
            admin.save_form(surveyed.number, "nell", record, "visit", {"weight": "70"})
        assert (why.value.status, why.value.message) == (403, "Survey response is read-only")
    for level, weight in ((3, "70"), (138, "71"), (154, "72")):
        admin.set_rights(surveyed.number, "nell", forms={"visit": level})
        admin.save_form(surveyed.number, "nell", record, "visit", {"weight": weight})
    assert surveyed.log()[0] == ("nell", f"Update record {record}", "weight = '72'")
    admin.save_form(surveyed.number, "site_admin", record, "visit", {"weight": "73"})
    admin.save_form(surveyed.number, ME, record, "outcome", {})  # no survey


def test_a_page_lets_no_forced_range_and_no_unique_value_be_broken(new: NewProject, admin: Administrator) -> None:
    made = new(
        (
            field("record_id", "f"),
            field("top", "f", validation="integer"),
            field("fixed", "f", validation="integer", text_validation_max="[top]", field_annotation="@FORCE-MINMAX"),
            field("soft", "f", validation="integer", text_validation_max="5"),
            field("code", "f"),
        )
    )
    admin.set_up_survey(made.number, "f")
    made.owner.json("project_settings", data=[{"secondary_unique_field": "code"}])
    link = admin.public_link(made.number)
    admin.answer_survey(link, {"top": "3", "fixed": "3", "soft": "6", "code": "A"})
    with pytest.raises(Refusal, match=r'"2","fixed","4","The value you provided must be within the suggested range'):
        admin.answer_survey(link, {"top": "3", "fixed": "4"})
    with pytest.raises(Refusal, match='"2","code","A","DUPLICATE VALUE!'):
        admin.answer_survey(link, {"code": "A"})
    assert made.owner.json("record", fields="record_id,soft") == [{"record_id": "1", "soft": "6"}]


def test_a_survey_that_nobody_answered_is_a_form_like_any_other(surveyed: Project, admin: Administrator) -> None:
    admin.save_form(surveyed.number, ME, "1", "visit", {"smokes": "0"})
    admin.save_form(surveyed.number, ME, "1", "visit", {"smokes": "1"})


# --- setting up -----------------------------------------------------------------------------------------------------


def test_setting_up_a_survey_and_deleting_it(surveyed: Project, admin: Administrator) -> None:
    admin.set_up_survey(surveyed.number, "visit", save_and_return="1")
    assert [details for _, details in surveyed.designs()[:3]] == [
        "Modify survey info",
        "Set up survey",
        "Set up survey",
    ]
    public = admin.public_link(surveyed.number)
    saved = admin.answer_survey(public, {"smokes": "0"})
    assert surveyed.row("1", forms="visit", exportSurveyFields="true")["visit_timestamp"] != ""
    admin.delete_survey(surveyed.number, "visit")
    assert surveyed.designs()[0] == ("site_admin", "Delete survey")
    row = surveyed.row("1", forms="visit", exportSurveyFields="true")
    assert "visit_timestamp" not in row
    assert row["smokes"] == "0"
    for link in (public, saved["link"]):
        with pytest.raises(Refusal, match="does not lead to a survey"):
            admin.answer_survey(link, {})
    admin.set_up_survey(surveyed.number, "visit")
    assert surveyed.row("1", forms="visit", exportSurveyFields="true")["visit_timestamp"] == ""


def test_the_survey_queue(surveyed: Project, admin: Administrator) -> None:
    admin.save_form(surveyed.number, ME, "1", "outcome", {})
    assert surveyed.owner.call("surveyQueueLink", record="1").status_code == 400
    admin.set_up_queue(surveyed.number, [{"form": "diary", "auto_start": "1"}])
    assert "?sq=" in surveyed.owner.call("surveyQueueLink", record="1").text
    assert surveyed.designs()[0] == ("site_admin", "Set up survey queue")
    admin.delete_survey(surveyed.number, "diary")
    admin.set_up_survey(surveyed.number, "diary")
    assert surveyed.owner.call("surveyQueueLink", record="1").status_code == 400
    admin.set_up_queue(surveyed.number, [{"form": "diary"}])
    admin.set_up_queue(surveyed.number, [])
    assert surveyed.owner.call("surveyQueueLink", record="1").status_code == 400


@pytest.mark.parametrize(
    ("action", "data", "words"),
    [
        ("set_up_survey", {"form": "nothing"}, '"form" are not valid: .nothing.'),
        ("set_up_survey", {"form": "visit", "settings": {"Bad name": "1"}}, '"settings" are not valid'),
        ("set_up_survey", {"form": "visit", "settings": ["x"]}, '"settings" is not valid'),
        ("delete_survey", {"form": "outcome"}, '"form" are not valid: .outcome.'),
        ("set_up_queue", {"queue": [{"form": "outcome"}]}, '"form" are not valid: .outcome.'),
        ("set_up_queue", {"queue": [{"form": "visit", "event": "x"}]}, '"event" are not valid: .x.'),
        ("set_up_queue", {"queue": [{"form": "visit", "A": ""}]}, '"settings" are not valid'),
        ("set_up_queue", {"queue": "visit"}, '"queue" is not valid'),
    ],
)
def test_what_cannot_be_set_up_is_refused(
    still_surveyed: Project, admin: Administrator, action: str, data: dict[str, Any], words: str
) -> None:
    with pytest.raises(Refusal, match=words):
        admin.call(action, project_id=still_surveyed.number, **data)


def test_curl_sends_files_and_answers_alike(sandbox: Sandbox, new: NewProject, admin: Administrator) -> None:
    made = new((field("record_id", "f"), field("photo", "f", "file")))
    admin.set_up_survey(made.number, "f")
    link = admin.public_link(made.number)
    reply = requests.post(
        sandbox.url.replace("/api/", "/sandbox/admin"),
        data={"token": sandbox.super_token, "action": "answer_survey", "data": f'{{"link": "{link}"}}'},
        files={"photo": ("a.txt", b"x", "text/plain")},
        timeout=10,
    )
    assert (reply.status_code, reply.json()["record"]) == (200, "1")
    assert made.row("1")["photo"] == "a.txt"
