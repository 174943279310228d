"""The participant list of a survey."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.conftest import AddUser, Clock
from tests.sandbox.respondents import Study, study, visits

from redcap_sandbox import Sandbox
from redcap_sandbox.surveys import participants
from redcap_sandbox.wire.refusals import Refusal

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


@pytest.fixture
def clinic(sandbox: Sandbox) -> Study:
    """A classic project whose records 1, 2 and 10 have e-mail addresses in a designated field, but for the last."""
    made = study(sandbox, "enrol", "followup", "diary", repeating=("diary",))
    made.setting(**{participants.EMAIL_FIELD: "email"})
    made.owner.save(
        {"record_id": "1", "email": "ann@example.org"},
        {"record_id": "2", "email": "ann@example.org"},
        {"record_id": "10", "smokes": "1"},
    )
    return made


def listed(made: Study, form: str = "enrol", **parameters: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = made.owner.json("participantList", instrument=form, **parameters)
    return rows


def test_a_participant_is_told_with_counts_and_states_as_numbers(clinic: Study) -> None:
    clinic.queue("followup")
    first = listed(clinic)[0]
    queue = clinic.owner.call("surveyQueueLink", record="1").text
    assert list(first.items()) == [
        ("email", "ann@example.org"),
        ("email_occurrence", 1),
        ("identifier", ""),
        ("record", "1"),
        ("invitation_sent_status", 0),
        ("invitation_send_time", ""),
        ("response_status", 0),
        ("survey_access_code", clinic.owner.call("surveyAccessCode", record="1", instrument="enrol").text),
        ("survey_link", clinic.owner.call("surveyLink", record="1", instrument="enrol").text),
        ("survey_queue_link", queue),
    ]


def test_every_record_is_in_the_list_in_natural_order_and_addresses_are_counted(clinic: Study) -> None:
    rows = [(row["email"], row["email_occurrence"], row["record"]) for row in listed(clinic)]
    assert rows == [("ann@example.org", 1, "1"), ("ann@example.org", 2, "2"), ("", 1, "")]


def test_the_list_of_a_later_survey_takes_the_address_from_the_designated_field(clinic: Study) -> None:
    assert [row["email"] for row in listed(clinic, "followup")] == ["ann@example.org", "ann@example.org", ""]


def test_a_survey_may_have_a_field_of_its_own_for_the_address(sandbox: Sandbox) -> None:
    made = study(sandbox, "enrol", "followup")
    made.survey("followup", email_participant_field="email")
    made.owner.save({"record_id": "1", "email": "ann@example.org"})
    assert [row["email"] for row in listed(made, "followup")] == ["ann@example.org"]
    assert [row["email"] for row in listed(made, "enrol")] == [""]


def test_a_record_that_nothing_identifies_stays_anonymous(sandbox: Sandbox) -> None:
    made = study(sandbox, "enrol")
    made.queue("enrol")
    made.owner.save({"record_id": "1", "email": "ann@example.org"})
    (row,) = listed(made)
    assert (row["email"], row["record"], row["survey_queue_link"]) == ("", "", "")
    assert row["survey_link"] == made.owner.call("surveyLink", record="1", instrument="enrol").text


def test_without_a_queue_there_are_no_queue_links(clinic: Study) -> None:
    assert {row["survey_queue_link"] for row in listed(clinic)} == {""}


def test_the_state_goes_from_0_by_1_to_2(clinic: Study, clock: Clock) -> None:
    link = clinic.link("1", "followup")
    states = [[row["response_status"] for row in listed(clinic, "followup")]]
    clinic.answer(link, finished=False, mood="1")
    states.append([row["response_status"] for row in listed(clinic, "followup")])
    clinic.answer(link, mood="1")
    states.append([row["response_status"] for row in listed(clinic, "followup")])
    assert states == [[0, 0, 0], [1, 0, 0], [2, 0, 0]]


def test_what_was_imported_is_no_response(clinic: Study) -> None:
    clinic.owner.save({"record_id": "1", "mood": "1", "followup_complete": "2"})
    assert [row["response_status"] for row in listed(clinic, "followup")] == [0, 0, 0]


def test_a_repeating_survey_lists_every_instance_and_otherwise_the_first(clinic: Study) -> None:
    for number in (1, 2):
        clinic.answer(clinic.link("1", "diary", repeat_instance=number), finished=number == 1, steps="3")
    rows = listed(clinic, "diary")
    assert [(row["record"], row["response_status"]) for row in rows] == [("1", 2), ("1", 1), ("2", 0), ("", 0)]
    assert rows[1]["survey_link"].endswith(clinic.link("1", "diary", repeat_instance=2))
    assert rows[2]["survey_link"].endswith(clinic.link("2", "diary"))


def test_an_event_lists_the_records_of_its_arm(sandbox: Sandbox) -> None:
    made = visits(sandbox, "enrol")
    made.setting(**{participants.EMAIL_FIELD: "email"})
    made.owner.save(
        {"record_id": "1", "redcap_event_name": "visit_arm_1", "email": "ann@example.org"},
        {"record_id": "2", "redcap_event_name": "visit_arm_2", "email": "bob@example.org"},
    )
    found = {
        event: [row["record"] for row in listed(made, event=event)]
        for event in ("visit_arm_1", "return_arm_1", "visit_arm_2")
    }
    assert found == {"visit_arm_1": ["1"], "return_arm_1": ["1"], "visit_arm_2": ["2"]}


def test_who_was_added_is_listed_without_a_record_until_he_answers(sandbox: Sandbox) -> None:
    made = study(sandbox, "enrol")
    made.owner.save({"record_id": "7"})
    named = made.add_participant("ann@example.org", "Ann")
    made.add_participant("ann@example.org")
    rows = [(row["email"], row["email_occurrence"], row["identifier"], row["record"]) for row in listed(made)]
    assert rows == [("", 1, "", ""), ("ann@example.org", 1, "Ann", ""), ("ann@example.org", 2, "", "")]
    made.answer(named.hash, smokes="0")
    states = [(row["email"], row["record"], row["response_status"]) for row in listed(made)]
    assert states == [("", "", 0), ("ann@example.org", "8", 2), ("ann@example.org", "", 0)]


def test_the_identifier_of_a_participant_is_exported_with_his_record(sandbox: Sandbox) -> None:
    made = study(sandbox, "enrol")
    link = made.add_participant("ann@example.org", "Ann O'Neill")
    made.answer(link.hash, smokes="0")
    assert made.row("1")["redcap_survey_identifier"] == "Ann O'Neill"
    eav = made.owner.json("record", type="eav", exportSurveyFields="true", fields="record_id")
    assert {"record": "1", "field_name": "redcap_survey_identifier", "value": "Ann O'Neill"} in eav


def test_the_public_link_is_no_participant(sandbox: Sandbox) -> None:
    made = study(sandbox, "enrol")
    made.public()
    assert listed(made) == []


@pytest.mark.parametrize("email", ["", "ann", "ann@", "@example.org"])
def test_a_participant_has_a_valid_address(sandbox: Sandbox, email: str) -> None:
    made = study(sandbox, "enrol")
    with pytest.raises(Refusal, match="e-mail address is not valid"):
        made.add_participant(email)


def test_participants_are_added_to_the_first_event_of_an_arm_only(sandbox: Sandbox) -> None:
    made = visits(sandbox, "enrol")
    made.add_participant("ann@example.org", event=0)
    made.add_participant("bob@example.org", event=2)
    with pytest.raises(Refusal, match="first instrument, in the first event of an arm"):
        made.add_participant("cy@example.org", event=1)
    assert [row["email"] for row in listed(made, event="visit_arm_2")] == ["bob@example.org"]


def test_an_invitation_is_scheduled_until_its_time_has_come(clinic: Study, clock: Clock) -> None:
    clock.set("2025-03-01 08:00:00")
    clinic.invite(clinic.link("1", "enrol"), "2025-03-01 09:00:00")
    seen = []
    for now in ("2025-03-01 08:59:59", "2025-03-01 09:00:00"):
        clock.set(now)
        row = listed(clinic)[0]
        seen.append((row["invitation_sent_status"], row["invitation_send_time"]))
    assert seen == [(0, "2025-03-01 09:00:00"), (1, "")]


def test_who_has_answered_is_not_invited(clinic: Study, clock: Clock) -> None:
    clock.set("2025-03-01 08:00:00")
    link = clinic.link("1", "enrol")
    clinic.invite(link, "2025-03-01 09:00:00")
    clinic.answer(link, smokes="0")
    assert listed(clinic)[0]["invitation_send_time"] == ""


def test_members_of_a_group_see_its_records_and_nobody_without_one(sandbox: Sandbox, add_user: AddUser) -> None:
    made = study(sandbox, "enrol", groups=("North",))
    made.setting(**{participants.EMAIL_FIELD: "email"})
    made.owner.save(
        {"record_id": "1", "email": "ann@example.org", "redcap_data_access_group": "north"},
        {"record_id": "2", "email": "bob@example.org"},
    )
    made.add_participant("cy@example.org")
    north = add_user(made.owner, "nora", "north", api_export=1, manage_survey_participants=1)
    assert [row["record"] for row in north.json("participantList", instrument="enrol")] == ["1"]
    assert [row["email"][:3] for row in listed(made)] == ["ann", "bob", "cy@"]


def test_the_list_in_csv_and_xml(clinic: Study) -> None:
    link = clinic.owner.call("surveyLink", record="1", instrument="enrol").text
    code = clinic.owner.call("surveyAccessCode", record="1", instrument="enrol").text
    lines = clinic.owner.call("participantList", instrument="enrol", format="csv").text.splitlines()
    assert lines[:2] == [",".join(COLUMNS), f"ann@example.org,1,,1,0,,0,{code},{link},"]
    xml = clinic.owner.call("participantList", instrument="enrol", format="xml").text
    assert f"<survey_link><![CDATA[{link}]]></survey_link>" in xml
    assert "<response_status><![CDATA[0]]></response_status>" in xml


def test_an_empty_list_still_has_its_header(sandbox: Sandbox) -> None:
    made = study(sandbox, "enrol")
    assert made.owner.call("participantList", instrument="enrol", format="csv").text == ",".join(COLUMNS) + "\n"


def test_pycap_reads_the_list(clinic: Study) -> None:
    frame = clinic.owner.project().export_survey_participant_list(instrument="enrol", format_type="df")
    assert list(frame.columns) == COLUMNS
    assert len(clinic.owner.project().export_survey_participant_list(instrument="enrol")) == 3
