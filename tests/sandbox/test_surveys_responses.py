"""What becomes of a survey's answers: values, statuses, times, the log; and when a survey takes none."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.conftest import Clock, field
from tests.sandbox.respondents import CLINIC, Study, study, visits

from redcap_sandbox import Sandbox
from redcap_sandbox.records import entry
from redcap_sandbox.wire.formbody import Upload
from redcap_sandbox.wire.refusals import Refusal

CLOSED = "Thank you for your interest, but this survey is not currently active."
DONE = "Thank you for your interest, but you have already completed this survey."
FULL = (
    "Thank you for your interest; however, the survey is closed because the maximum number of responses has been "
    "reached."
)
RESPONDENT = "[survey respondent]"


@pytest.fixture
def clinic(sandbox: Sandbox, clock: Clock) -> Study:
    """A classic project with record 1, in which all but one form are surveys, on the first of March."""
    clock.set("2025-03-01 10:00:00")
    made = study(sandbox, "enrol", "followup", "diary", repeating=("diary",))
    made.owner.save({"record_id": "1", "email": "ann@example.org"})
    return made


def row(made: Study, record: str) -> dict[str, Any]:
    """The record's base row."""
    return next(
        found
        for found in made.owner.json("record", records=record, exportSurveyFields="true")
        if not found["redcap_repeat_instance"]
    )


def test_a_completed_survey_has_status_2_and_the_server_s_time(clinic: Study, clock: Clock) -> None:
    clinic.answer(clinic.link("1", "followup"), mood="1")
    clock.set("2025-03-02 11:30:05")
    found = row(clinic, "1")
    assert (found["mood"], found["followup_complete"]) == ("1", "2")
    assert found["followup_timestamp"] == "2025-03-01 10:00:00"
    assert found["enrol_timestamp"] == ""


def test_a_partial_response_has_status_0_and_no_time_yet(clinic: Study, clock: Clock) -> None:
    link = clinic.link("1", "followup")
    clinic.answer(link, finished=False, mood="1")
    found = row(clinic, "1")
    assert (found["mood"], found["followup_complete"], found["followup_timestamp"]) == ("1", "0", "[not completed]")
    clock.set("2025-03-01 10:45:00")
    clinic.answer(link, why="")
    found = row(clinic, "1")
    assert (found["mood"], found["followup_complete"]) == ("1", "2")
    assert found["followup_timestamp"] == "2025-03-01 10:45:00"


def test_survey_columns_stand_where_redcap_has_them(clinic: Study) -> None:
    asked = {"exportSurveyFields": "true", "format": "csv"}
    raw = clinic.owner.call("record", **asked).text.splitlines()[0].split(",")
    assert raw[:5] == [
        "record_id", "redcap_repeat_instrument", "redcap_repeat_instance", "redcap_survey_identifier", "enrol_timestamp",
    ]  # fmt: skip
    assert raw[raw.index("mood") - 1] == "followup_timestamp"
    assert "clinic_timestamp" not in raw
    label = clinic.owner.call("record", rawOrLabelHeaders="label", **asked).text.splitlines()[0]
    assert label.startswith(
        'record_id,"Repeat Instrument","Repeat Instance","Survey Identifier","Survey Timestamp",email'
    )
    assert label.count("Survey Timestamp") == 3


def test_without_the_flag_there_are_no_survey_columns(clinic: Study) -> None:
    clinic.answer(clinic.link("1", "followup"), mood="1")
    names = set(clinic.owner.json("record")[0])
    assert not {name for name in names if name.endswith("_timestamp") or name == "redcap_survey_identifier"}


def test_times_are_the_same_in_labels_and_values_of_their_own_in_eav(clinic: Study) -> None:
    clinic.answer(clinic.link("1", "followup"), mood="2", why="tired")
    (labelled,) = (
        found for found in clinic.owner.json("record", exportSurveyFields="true", rawOrLabel="label")
        if not found["redcap_repeat_instance"]
    )  # fmt: skip
    told = labelled["followup_timestamp"], labelled["mood"], labelled["followup_complete"]
    assert told == ("2025-03-01 10:00:00", "Bad", "Complete")
    eav = {
        one["field_name"]: one["value"]
        for one in clinic.owner.json("record", exportSurveyFields="true", type="eav", forms="followup")
    }
    assert eav == {"followup_timestamp": "2025-03-01 10:00:00", "mood": "2", "why": "tired", "followup_complete": "2"}


def test_a_public_link_makes_a_record_each_time(clinic: Study) -> None:
    public = clinic.public()
    assert public == clinic.public()
    assert [clinic.answer(public, smokes="0").record for _ in range(2)] == ["2", "3"]
    assert clinic.link("2", "enrol") != public


def test_a_response_begun_through_the_public_link_goes_on_through_its_own(clinic: Study) -> None:
    first = clinic.answer(clinic.public(), finished=False, smokes="1")
    second = clinic.answer(first.link.hash, packs="3")
    assert (first.record, first.status, second.record, second.status) == ("2", "0", "2", "2")
    assert (row(clinic, "2")["smokes"], row(clinic, "2")["packs"]) == ("1", "3")
    assert first.link.hash == clinic.link("2", "enrol")


def test_the_log_names_the_respondent(clinic: Study) -> None:
    public = clinic.answer(clinic.public(), finished=False, smokes="1", brands___2="1")
    clinic.answer(public.link.hash, packs="2")
    assert clinic.log()[:2] == [
        (RESPONDENT, "Update Response 2", "packs = '2', cigarettes = '40', enrol_complete = '2'"),
        (RESPONDENT, "Create Response 2", "record_id = '2', smokes = '1', brands(2) = checked, enrol_complete = '0'"),
    ]


def test_the_log_tells_instance_and_event(sandbox: Sandbox, clinic: Study) -> None:
    clinic.answer(clinic.link("1", "diary", repeat_instance=2), steps="10")
    details = "[instance = 2], steps = '10', far = '0', diary_complete = '2'"
    assert clinic.log()[0] == (RESPONDENT, "Update Response 1", details)
    made = visits(sandbox, "enrol")
    made.answer(made.public(event=2), smokes="0")
    assert made.log()[0][:2] == (RESPONDENT, "Create Response 1 (Visit (Arm 2: Two))")


def test_an_instance_is_answered_by_itself(clinic: Study) -> None:
    clinic.answer(clinic.link("1", "diary", repeat_instance=2), steps="6000")
    (found,) = (one for one in clinic.owner.json("record", exportSurveyFields="true") if one["redcap_repeat_instance"])
    assert (found["redcap_repeat_instance"], found["steps"], found["far"]) == (2, "6000", "1")
    assert (found["diary_timestamp"], found["diary_complete"]) == ("2025-03-01 10:00:00", "2")


def test_a_repeating_event_is_answered_instance_by_instance(sandbox: Sandbox, clock: Clock) -> None:
    made = visits(sandbox, "followup")
    made.owner.json("repeatingFormsEvents", data=[{"event_name": "visit_arm_1", "form_name": ""}])
    made.owner.save({"record_id": "1", "redcap_event_name": "visit_arm_1", "redcap_repeat_instance": 1})
    for number, mood in ((1, "2"), (3, "1")):
        made.answer(made.link("1", "followup", event="visit_arm_1", repeat_instance=number), mood=mood)
    rows = made.owner.json("record", exportSurveyFields="true")
    assert [(one["redcap_repeat_instance"], one["mood"], one["followup_complete"]) for one in rows] == [
        (1, "2", "2"), (3, "1", "2"),
    ]  # fmt: skip


def test_calculations_run_on_the_page_and_elsewhere(sandbox: Sandbox) -> None:
    fields = (*CLINIC, field("double", "clinic", "calc", choices="[cigarettes] * 2"))
    made = study(sandbox, "enrol")
    made.owner.json("metadata", data=list(fields))
    made.owner.save({"record_id": "1", "weight": "70"})
    made.answer(made.link("1", "enrol"), smokes="1", packs="3")
    found = made.row("1")
    assert (found["cigarettes"], found["double"]) == ("60", "120")
    assert made.log()[0] == (RESPONDENT, "Update record (Auto calculation) 1", "double = '120'")


def test_what_branching_hides_is_erased_without_asking(clinic: Study) -> None:
    link = clinic.link("1", "enrol")
    clinic.answer(link, finished=False, smokes="1", packs="3", brands___1="1")
    assert row(clinic, "1")["brands___1"] == "1"
    clinic.answer(link, smokes="0")
    found = row(clinic, "1")
    assert (found["packs"], found["brands___1"], found["cigarettes"]) == ("", "0", "")
    details = "smokes = '0', cigarettes = '', packs = '', brands(1) = unchecked, enrol_complete = '2'"
    assert sorted(clinic.log()[0][2].split(", ")) == sorted(details.split(", "))


def test_a_value_typed_into_a_field_that_is_hidden_is_not_kept(clinic: Study) -> None:
    clinic.answer(clinic.link("1", "enrol"), smokes="0", packs="3")
    assert row(clinic, "1")["packs"] == ""


def test_a_hidden_calculation_is_blank_and_stays_blank(sandbox: Sandbox) -> None:
    fields = [dict(one) for one in CLINIC]
    next(one for one in fields if one["field_name"] == "cigarettes")["branching_logic"] = "[packs] > 2"
    made = study(sandbox, "enrol")
    made.owner.json("metadata", data=fields)
    link = made.answer(made.public(), finished=False, smokes="1", packs="3").link.hash
    assert made.row("1")["cigarettes"] == "60"
    made.answer(link, packs="1")
    assert made.row("1")["cigarettes"] == ""


def test_a_missing_data_code_survives_hiding(clinic: Study) -> None:
    clinic.setting(missing_data_codes="NASK, Not asked")
    clinic.answer(clinic.link("1", "enrol"), smokes="0", packs="NASK")
    assert row(clinic, "1")["packs"] == "NASK"


def test_fields_with_values_are_not_hidden_where_the_project_says_so(clinic: Study) -> None:
    clinic.setting(**{entry.SHOWS_VALUES: "1"})
    clinic.answer(clinic.link("1", "enrol"), smokes="0", packs="3")
    assert row(clinic, "1")["packs"] == "3"


def test_logic_may_ask_whether_it_runs_on_a_survey(sandbox: Sandbox) -> None:
    fields = [dict(one) for one in CLINIC]
    next(one for one in fields if one["field_name"] == "packs")["branching_logic"] = "[is-survey] = '1'"
    next(one for one in fields if one["field_name"] == "email")["branching_logic"] = "[is-form] = '1'"
    made = study(sandbox, "enrol")
    made.owner.json("metadata", data=fields)
    made.answer(made.public(), packs="3", email="ann@example.org")
    assert (made.row("1")["packs"], made.row("1")["email"]) == ("3", "")


def test_a_blank_erases_and_what_is_not_on_the_page_stays(clinic: Study) -> None:
    link = clinic.link("1", "enrol")
    clinic.answer(link, finished=False, smokes="1", packs="3")
    clinic.answer(link, finished=False, packs="")
    found = row(clinic, "1")
    assert (found["email"], found["smokes"], found["packs"]) == ("ann@example.org", "1", "")


def test_a_bad_value_is_refused_and_nothing_is_saved(clinic: Study) -> None:
    before = clinic.log()
    with pytest.raises(Refusal) as refused:
        clinic.answer(clinic.public(), smokes="1", packs="three")
    message = "This value you provided is not an integer. Please try again."
    assert str(refused.value) == f'"2","packs","three","{message}"'
    assert [found["record_id"] for found in clinic.owner.json("record")] == ["1"]
    assert clinic.log() == before


@pytest.mark.parametrize(
    "name", ["weight", "nonsense", "record_id", "followup_complete", "followup_timestamp", "mood___1"]
)
def test_only_the_survey_s_own_questions_can_be_answered(clinic: Study, name: str) -> None:
    link = clinic.link("1", "followup")
    with pytest.raises(Refusal, match=f"not found in the project as real data fields: {name}$"):
        clinic.page(link, {name: "1"})


def test_a_required_question_must_be_answered_if_it_is_shown(sandbox: Sandbox) -> None:
    fields = [dict(one) for one in CLINIC]
    for one in fields:
        if one["field_name"] in {"smokes", "packs", "brands", "cigarettes"}:
            one["required_field"] = "y"
        if one["field_name"] == "email":
            one |= {"required_field": "y", "field_annotation": "@HIDDEN-SURVEY"}
    made = study(sandbox, "enrol")
    made.owner.json("metadata", data=fields)
    public = made.public()
    with pytest.raises(Refusal, match=r"^\* must provide value: 'smokes'$"):
        made.answer(public)
    with pytest.raises(Refusal, match=r"^\* must provide value: 'packs'$"):
        made.answer(public, smokes="1")
    with pytest.raises(Refusal, match=r"^\* must provide value: 'packs'$"):
        made.answer(public, finished=False, smokes="1", packs="")
    assert made.answer(public, finished=False, smokes="1").status == "0"
    assert made.answer(public, smokes="0").status == "2"


def test_a_file_is_uploaded_with_its_page(sandbox: Sandbox) -> None:
    photo = field("photo", "enrol", "file", required_field="y", branching_logic="[smokes] = '1'")
    made = study(sandbox, "enrol")
    made.owner.json("metadata", data=[*CLINIC[:6], photo, *CLINIC[6:]])
    public = made.public()
    with pytest.raises(Refusal, match="must provide value: 'photo'"):
        made.answer(public, smokes="1")
    picture = Upload("me.png", "image/png", b"\x89PNG")
    with pytest.raises(Refusal, match=r"not found in the project as real data fields: smokes$"):
        made.answer(public, files={"smokes": picture, "photo": picture})
    made.answer(public, files={"photo": picture}, smokes="1")
    assert made.row("1")["photo"] == "me.png"
    assert made.answer(public, files={"photo": picture}, smokes="0").record == "2"
    assert made.row("2")["photo"] == ""


def test_a_survey_is_answered_once(clinic: Study) -> None:
    link = clinic.link("1", "followup")
    clinic.answer(link, mood="1")
    for again in (lambda: clinic.open(link), lambda: clinic.answer(link, mood="2")):
        with pytest.raises(Refusal, match=f"^{DONE}$"):
            again()
    assert row(clinic, "1")["mood"] == "1"


def test_a_completed_response_is_changed_with_its_code_where_that_is_allowed(clinic: Study, clock: Clock) -> None:
    clinic.survey("followup", save_and_return="1", edit_completed_response="1")
    code = clinic.owner.call("surveyReturnCode", record="1", instrument="followup").text
    link = clinic.link("1", "followup")
    clinic.answer(link, mood="1")
    clock.set("2025-03-05 10:00:00")
    with pytest.raises(Refusal, match="Enter your return code"):
        clinic.answer(link, mood="2")
    with pytest.raises(Refusal, match="return code is not the one"):
        clinic.answer(link, code="WRONG123", mood="2")
    assert clinic.open(link, code.lower()).values["mood"] == "1"
    clinic.answer(link, code=code, finished=False, mood="2")
    found = row(clinic, "1")
    assert (found["mood"], found["followup_complete"]) == ("2", "2")
    assert found["followup_timestamp"] == "2025-03-01 10:00:00"


def test_one_comes_back_with_the_return_code(clinic: Study) -> None:
    clinic.survey("enrol", save_and_return="1")
    public = clinic.public()
    begun = clinic.answer(public, finished=False, smokes="1", packs="4").link
    with pytest.raises(Refusal, match="Enter your return code"):
        clinic.open(begun.hash)
    with pytest.raises(Refusal, match="return code is not the one"):
        clinic.open(public, "WRONG123")
    for link in (public, begun.hash):
        found = clinic.open(link, begun.return_code)
        assert (found.record, found.state, found.values["packs"]) == ("2", "partial", "4")
    assert clinic.answer(public, code=begun.return_code, packs="5").record == "2"


def test_where_codes_are_off_the_link_alone_reopens(clinic: Study) -> None:
    clinic.survey("followup", save_and_return="1", save_and_return_code_bypass="1")
    link = clinic.link("1", "followup")
    clinic.answer(link, finished=False, mood="1")
    assert clinic.open(link).values["mood"] == "1"


def test_opening_a_survey_stores_nothing(clinic: Study) -> None:
    found = clinic.open(clinic.public())
    assert (found.record, found.state, dict(found.values)) == ("", "not begun", {})
    assert [one["record_id"] for one in clinic.owner.json("record")] == ["1"]


def test_a_survey_that_is_off_says_so(clinic: Study) -> None:
    link = clinic.link("1", "followup")
    clinic.survey("followup", survey_enabled="0")
    for attempt in (lambda: clinic.open(link), lambda: clinic.answer(link, mood="1")):
        with pytest.raises(Refusal, match=f"^{CLOSED}$"):
            attempt()
    clinic.survey("followup", offline_instructions="Back on Monday.")
    with pytest.raises(Refusal, match=r"^Back on Monday\.$"):
        clinic.open(link)
    clinic.survey("followup", survey_enabled="1")
    clinic.owner.json("project_settings", data=[{"surveys_enabled": 0}])
    with pytest.raises(Refusal, match=f"^{CLOSED}$"):
        clinic.open(link)


def test_the_access_code_opens_the_survey_too(clinic: Study) -> None:
    code = clinic.owner.call("surveyAccessCode", record="1", instrument="followup").text
    assert clinic.open(code.lower()).link.hash == clinic.link("1", "followup")
    assert clinic.answer(code, mood="1").record == "1"


@pytest.mark.parametrize("expires", ["2025-03-02 12:00", "2025-03-02 12:00:00"])
def test_a_survey_expires(clinic: Study, clock: Clock, expires: str) -> None:
    link = clinic.link("1", "followup")
    clinic.survey("followup", survey_expiration=expires)
    clock.set("2025-03-02 11:59:59")
    clinic.open(link)
    clock.set("2025-03-02 12:00:00")
    with pytest.raises(Refusal, match=f"^{CLOSED}$"):
        clinic.open(link)


def test_an_invitation_holds_for_its_time(clinic: Study, clock: Clock) -> None:
    link = clinic.link("1", "followup")
    clinic.survey("followup", survey_time_limit_days="1", survey_time_limit_hours="2", survey_time_limit_minutes="")
    clinic.invite(link)
    clock.set("2025-03-02 12:00:00")
    clinic.open(link)
    clock.set("2025-03-02 12:00:01")
    with pytest.raises(Refusal, match="the time to answer this survey is over"):
        clinic.answer(link, mood="1")
    clinic.link("1", "enrol")
    clinic.open(clinic.public())


@pytest.mark.parametrize(("partials", "taken"), [("1", 2), ("0", 3)])
def test_a_survey_closes_when_enough_have_answered(clinic: Study, partials: str, taken: int) -> None:
    clinic.survey("enrol", response_limit="2", response_limit_include_partials=partials)
    public = clinic.public()
    begun = clinic.answer(public, finished=False, smokes="0")
    for _ in range(taken - 1):
        clinic.answer(public, smokes="0")
    with pytest.raises(Refusal, match=f"^{FULL}$"):
        clinic.open(public)
    assert clinic.answer(begun.link.hash, smokes="1").status == "2"
    clinic.survey("enrol", response_limit_custom_text="Full up.")
    with pytest.raises(Refusal, match=r"^Full up\.$"):
        clinic.answer(public, smokes="0")


def test_a_link_that_was_never_given_out_leads_nowhere(clinic: Study) -> None:
    with pytest.raises(Refusal, match="does not lead to a survey"):
        clinic.open("ACDEFHJKLMNPRTWX")


def test_a_locked_record_takes_no_answer(clinic: Study) -> None:
    link = clinic.link("1", "followup")
    with clinic.sandbox._storage.writing() as db:
        db.execute("UPDATE record SET locked = 1 WHERE project = ?", (clinic.number,))
    with pytest.raises(Refusal, match="locked at the record level"):
        clinic.answer(link, mood="1")


def test_an_import_of_survey_columns_changes_no_response(clinic: Study) -> None:
    clinic.answer(clinic.link("1", "followup"), mood="1")
    sent = {"record_id": "1", "followup_timestamp": "2001-01-01 00:00:00", "redcap_survey_identifier": "X", "mood": "2"}
    clinic.owner.save(sent)
    found = row(clinic, "1")
    assert (found["mood"], found["followup_timestamp"]) == ("2", "2025-03-01 10:00:00")
    assert found["redcap_survey_identifier"] == ""


def test_script_in_an_answer_comes_back_as_it_was(clinic: Study) -> None:
    text = "\"'; DROP TABLE record; -- <script>alert(1)</script> ${x} \\ é 漢"
    clinic.answer(clinic.link("1", "followup"), mood="2", why=text)
    assert row(clinic, "1")["why"] == text
    assert row(clinic, "1")["followup_complete"] == "2"
