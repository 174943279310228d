"""The shipped instruments, held to the same standard as code."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import pytest

from breakthrough import collaborative as collaboratives
from breakthrough import teams
from breakthrough.content import Content, shipped
from breakthrough.instruments import check, dictionary, lint
from breakthrough.instruments import project as projects
from breakthrough.instruments.field import Field
from breakthrough.instruments.project import EVERY_TIER, Project, Tier

FOLDER = shipped() / "instruments"
FILES = sorted(FOLDER.rglob("*.csv"))
COLLABORATIVES = sorted((shipped() / "config" / "collaboratives").glob("*/collaborative.yaml"))
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)

# Name and type of every field, as other rooms read them; ! required, # identifier.
EXPECTED = {
    "team_profile": """
        record_id text, tp_name text!, tp_short text!, tp_org text, tp_type dropdown, tp_region text, tp_size integer,
        tp_cohort text, tp_status radio!, tp_joined date_ymd!, tp_left date_ymd, tp_left_why dropdown,
        tp_coach dropdown!, tp_coach_from date_ymd, tp_dua yesno, tp_setting checkbox, tp_population notes,
        tp_noid yesno!""",
    "team_roster": """
        tr_name text!#, tr_email email!#, tr_role dropdown!, tr_deputy yesno, tr_from date_ymd!, tr_to date_ymd,
        tr_reports checkbox, tr_hours number, tr_qi_before yesno, tr_consent_mail yesno!""",
    "team_charter": """
        tc_aim notes!, tc_what text, tc_by_how_much text, tc_by_when date_ymd, tc_for_whom text, tc_where text,
        tc_pilot text, tc_spread_to notes, tc_goal_measure number, tc_boundaries notes, tc_leader_ok date_ymd,
        tc_rev integer, tc_noid yesno!""",
    "monthly_measures": """
        mm_period date_ymd!, mm_kind radio!, count integer, measure_ck descriptive, measure_st radio, measure_nt text,
        mm_sampled yesno, mm_sample_how text, mm_events notes, mm_by text, mm_submitted date_ymd, mm_noid yesno!""",
    "monthly_report": """
        mr_period date_ymd!, mr_self radio!, mr_did notes, mr_learned notes, mr_barrier checkbox, mr_barrier_txt text,
        mr_ask notes, mr_ask_of radio!, mr_leader_met yesno, mr_meetings integer, mr_family_present integer,
        mr_hours number, mr_next notes, mr_bright notes, mr_share yesno, mr_noid yesno!, mr_submitted date_ymd""",
    "pdsa_cycle": """
        pd_id text!, pd_title text!, pd_ramp text, pd_cycle integer!, pd_prev text, pd_change dropdown!,
        pd_measure dropdown, pd_kind radio!, pd_question notes!, pd_predict notes!, pd_predict_num number,
        pd_planned_on date_ymd, pd_who text, pd_where text, pd_start date_ymd, pd_end_plan date_ymd, pd_scale radio!,
        pd_scale_n integer, pd_data_plan notes, pd_end date_ymd, pd_happened notes, pd_surprise notes, pd_result notes,
        pd_result_num number, pd_met radio, pd_learned notes, pd_act radio, pd_next notes, pd_next_by date_ymd,
        pd_share yesno, pd_file file, pd_noid yesno!""",
    "coach_rating": """
        cr_period date_ymd!, cr_coach dropdown!, cr_score radio!, cr_why notes!, cr_suggest notes!, cr_engage radio,
        cr_method radio, cr_leader radio, cr_data radio, cr_risk radio, cr_private notes, cr_released yesno,
        cr_on date_ymd, cr_noid yesno!""",
    "prework": """
        pw_team yesno, pw_team_on date_ymd, pw_aim yesno, pw_aim_on date_ymd, pw_leader yesno, pw_leader_on date_ymd,
        pw_process_map yesno, pw_process_map_on date_ymd, pw_map_file file, pw_family yesno, pw_family_on date_ymd,
        pw_data_source yesno, pw_data_source_on date_ymd, pw_test_pull yesno, pw_test_pull_on date_ymd,
        pw_baseline yesno, pw_baseline_on date_ymd, pw_storyboard yesno, pw_storyboard_on date_ymd, pw_trained yesno,
        pw_trained_on date_ymd, pw_calls_booked yesno, pw_calls_booked_on date_ymd, pw_ready calc, pw_importance radio,
        pw_time radio, pw_leader_support radio, pw_data_ease radio, pw_barriers notes, pw_noid yesno!""",
    "coach_contact": """
        ct_date date_ymd!, ct_kind radio!, ct_period date_ymd, ct_min integer, ct_with checkbox, ct_topics checkbox,
        ct_notes notes, ct_ask_ref date_ymd, ct_ask_status radio, ct_flag_ack checkbox, ct_follow_by date_ymd,
        ct_done yesno, ct_noid yesno!""",
    "event_attendance": """
        ea_event dropdown!, ea_date date_ymd, ea_status radio!, ea_n integer, ea_roles checkbox, ea_leader yesno,
        ea_presented yesno""",
    "change_status": """
        cs_change dropdown!, cs_period date_ymd!, cs_stage radio!, cs_reach_n integer, cs_reach_d integer,
        cs_reach_ck descriptive, cs_by radio, cs_note notes, cs_noid yesno!""",
    "leader_checkin": """
        lc_period date_ymd!, lc_read yesno, lc_met_team yesno, lc_barrier_removed yesno, lc_barrier_txt text,
        lc_priority radio, lc_decision radio, lc_comment notes, lc_noid yesno!""",
    "storyboard": """
        sb_event dropdown!, sb_file file!, sb_best notes, sb_hard notes, sb_question notes, sb_public yesno,
        sb_noid yesno!""",
    "care_assessment": """
        ca_profile dropdown!, ca_time radio!, ca_date date_ymd, ca_who checkbox, ca_condition text, item integer,
        profile_footer descriptive, ca_comment notes, ca_noid yesno!""",
    "spread_plan": """
        sp_unit text!, sp_change dropdown, sp_size integer, sp_lead text, sp_start_plan date_ymd, sp_start date_ymd,
        sp_stage radio, sp_data yesno, sp_adapt notes, sp_reason_stop notes, sp_noid yesno!""",
    "sustain_check": """
        su_change dropdown, su_when radio!, su_measure radio, su_owner radio, su_train radio, su_written radio, su_leader radio,
        su_wanted radio, su_cost radio, su_fit radio, su_adapt radio, su_means radio, su_score calc, su_risk notes,
        su_do notes, su_by date_ymd, su_noid yesno!""",
    "closeout": """
        co_aim_met radio!, co_best_change notes, co_would_not notes, co_sustain_owner text, co_next_measure_freq radio,
        co_adopted checkbox, co_package_text notes, co_pub_ok yesno, co_noid yesno!""",
    "document_upload": """
        du_type dropdown!, du_file file!, du_driver dropdown, du_note notes, du_share yesno, du_noid yesno!""",
    "report_log": """
        rl_kind radio, rl_period date_ymd, rl_rev integer, rl_sent datetime_seconds_ymd, rl_to_role dropdown,
        rl_status radio, rl_hash text""",
    "session_evaluation": """
        record_id text, le_event dropdown!, le_role radio, le_useful radio, le_ideas radio, le_peers radio,
        le_plan yesno, le_confident radio, le_change notes, le_noid yesno!""",
    "chart_audit": """
        record_id text, au_kind radio!, au_on date_ymd!, au_seen_on date_ymd, au_screen_on date_ymd, au_tier radio,
        au_ready yesno, au_plan_on date_ymd, au_back_on date_ymd""",
}
PREFIXES = {
    "team_profile": "tp", "team_roster": "tr", "team_charter": "tc", "prework": "pw", "monthly_measures": "mm",
    "monthly_report": "mr", "pdsa_cycle": "pd", "change_status": "cs", "storyboard": "sb", "document_upload": "du",
    "leader_checkin": "lc", "care_assessment": "ca", "spread_plan": "sp", "sustain_check": "su", "closeout": "co",
    "coach_rating": "cr", "coach_contact": "ct", "event_attendance": "ea", "report_log": "rl",
    "session_evaluation": "le", "chart_audit": "au",
}  # fmt: skip
STANDING_FOR_OTHERS = {"measure", "count", "item", "profile"}  # the first word of rows that are repeated
TAGS = {"@TODAY", "@READONLY", "@CHARLIMIT", "@PLACEHOLDER", "@DEFAULT", "@NONEOFTHEABOVE"}


every_collaborative = pytest.mark.parametrize("path", COLLABORATIVES, ids=lambda path: path.parent.name)


def loaded(path: Path, name: str = "main", *, tiers: Collection[Tier] | None = None) -> Project:
    return projects.load(Content(), collaboratives.load(path), name, tiers=tiers)


@pytest.fixture(scope="module", params=COLLABORATIVES, ids=lambda path: path.parent.name)
def project(request: pytest.FixtureRequest) -> Project:
    """The project with every form there is."""
    return loaded(request.param, tiers=EVERY_TIER)


@pytest.fixture(scope="module", params=COLLABORATIVES, ids=lambda path: path.parent.name)
def core(request: pytest.FixtureRequest) -> Project:
    """The project as it is used where nobody asks for more."""
    return loaded(request.param)


def field_of(name: str) -> Field:
    (found,) = (field for path in FOLDER.glob("*.csv") for field in dictionary.read(path) if field.field_name == name)
    return found


def is_free_text(field: Field) -> bool:
    """Somebody may write anything there. What is flagged as an identifier is handled as one; the key is no text."""
    typed = field.field_type == "notes" or (field.field_type == "text" and not field.validation)
    return typed and not (
        field.is_identifier or "@READONLY" in field.field_annotation or field.field_name == "record_id"
    )


def spelled(field: Field) -> str:
    kind = (field.validation if field.field_type == "text" else "") or field.field_type
    return f"{field.field_name} {kind}{'!' if field.is_required else ''}{'#' if field.is_identifier else ''}"


def test_every_dictionary_is_part_of_the_project_and_the_other_way_round() -> None:
    assert sorted(path.stem for path in FILES) == sorted(EXPECTED) == sorted(PREFIXES)
    for folder in {path.parent for path in FILES}:
        listed = projects._definition(Content(), str(folder.relative_to(shipped()))).instruments
        assert sorted(listed) == sorted(path.stem for path in folder.glob("*.csv"))


@every_file
def test_an_instrument_has_exactly_the_fields_that_reports_look_for(path: Path) -> None:
    assert sorted(map(spelled, dictionary.read(path))) == sorted(
        entry.strip() for entry in EXPECTED[path.stem].split(",")
    )


@every_file
def test_a_dictionary_is_plain_ascii_in_the_form_redcap_writes(path: Path) -> None:
    data = path.read_bytes()
    assert data.isascii()
    found = dictionary.parse(data, path.name)
    assert found.remarks == ()
    assert dictionary.encode(found) == data
    assert {len(line.cells) for line in found.lines} == {18}


@every_file
def test_fields_have_a_short_name_with_the_forms_own_prefix_and_a_label(path: Path) -> None:
    for field in dictionary.read(path):
        first = field.field_name.split("_")[0]
        assert first in {PREFIXES[path.stem]} | STANDING_FOR_OTHERS or field.field_name == "record_id"
        assert len(field.field_name) <= 26
        assert field.field_label.strip()
        for cell in field.row().values():
            assert cell.strip() == cell, field.field_name


def test_no_two_forms_share_a_prefix() -> None:
    assert len(set(PREFIXES.values())) == len(PREFIXES)


@every_file
def test_action_tags_are_known_and_long_texts_have_a_limit(path: Path) -> None:
    for field in dictionary.read(path):
        tags = re.findall(r"@[A-Z-]+", field.field_annotation)
        assert set(tags) <= TAGS, field.field_name
        if field.field_type == "notes":
            assert "@CHARLIMIT" in tags, field.field_name
            assert field.custom_alignment == "LV", field.field_name


@every_file
def test_a_form_with_free_text_asks_last_whether_it_is_free_of_names(path: Path) -> None:
    fields = dictionary.read(path)
    boxes = [field for field in fields if field.field_name == f"{PREFIXES[path.stem]}_noid"]
    assert len(boxes) == any(map(is_free_text, fields))
    for box in boxes:
        assert (box.field_type, box.is_required) == ("yesno", True)
        assert not any(is_free_text(field) for field in fields[fields.index(box) :])


def test_the_whole_project_holds_in_every_shipped_collaborative(project: Project) -> None:
    assert check.findings(project.fields) == ()
    assert all(len(field.field_name) <= 26 for field in project.fields)
    for field in project.fields:
        told = "".join(field.row().values())
        assert not re.search(r"\$[a-z]|\.yaml|Repeated for", told), field.field_name


def test_lint_finds_nothing_in_the_whole_project(project: Project) -> None:
    assert lint.find(lint.Subject(project.fields)) == ()


def test_an_export_has_each_column_once_and_short_enough_for_every_statistics_program(project: Project) -> None:
    columns = [column for field in project.fields for column in field.export_names]
    columns += [f"{one.name}_complete" for one in project.instruments]
    assert len(set(columns)) == len(columns)
    assert max(map(len, columns)) <= 32  # Stata and SAS cut at 32


@every_collaborative
def test_the_sister_project_holds_and_belongs_to_no_team(path: Path) -> None:
    sister = loaded(path, "session_evaluation")
    assert check.findings(sister.fields) == ()
    assert lint.find(lint.Subject(sister.fields)) == ()
    assert [(one.name, one.repeating, one.survey) for one in sister.instruments] == [
        ("session_evaluation", False, True)
    ]
    assert sister.group_rule == ""
    assert not [field for field in sister.fields if field.is_identifier]
    assert not [field.field_name for field in sister.fields if "team" in field.field_name]


@every_collaborative
def test_the_chart_audit_holds_names_nobody_and_gives_each_team_a_group(path: Path) -> None:
    audit = loaded(path, "chart_audit")
    assert check.findings(audit.fields) == ()
    assert lint.find(lint.Subject(audit.fields)) == ()
    assert [(one.name, one.repeating, one.by) for one in audit.instruments] == [("chart_audit", False, "team")]
    assert audit.group("T003") == "T003"
    assert not [field.field_name for field in audit.fields if field.is_identifier or is_free_text(field)]


@every_collaborative
def test_what_measures_count_in_another_project_is_there_under_the_codes_they_ask_for(path: Path) -> None:
    counted = [one for one in collaboratives.load(path).measures.values() if one.source]
    for measure in counted:
        assert measure.source
        fields = {field.field_name: field for field in loaded(path, measure.source.project).fields}
        assert measure.case_fields <= {*fields, measure.source.status}
        asked = re.findall(r"\[(\w+)\] = '(\w+)'", " ".join(one.text for one in measure.conditions.values()))
        coded = [(name, code) for name, code in asked if fields[name].field_type == "radio"]
        assert coded
        assert [(name, code) for name, code in coded if code not in fields[name].codes] == []


def test_forms_stand_in_the_order_in_which_they_are_met(project: Project) -> None:
    assert [one.name for one in project.instruments] == list(PREFIXES)[:-2]  # those of the sister projects come last
    assert [one.by for one in project.instruments] == [
        "coordinator", *["team"] * 9, "leader", *["team"] * 4, "coach", "coach", "coordinator", "worker",
    ]  # fmt: skip


def test_one_starts_with_the_core_and_only_the_senior_leader_answers_a_survey(core: Project, project: Project) -> None:
    assert [one.name for one in core.instruments] == [
        "team_profile", "team_roster", "team_charter", "prework", "monthly_measures", "monthly_report", "pdsa_cycle",
        "coach_rating", "coach_contact", "event_attendance",
    ]  # fmt: skip
    assert [one.name for one in project.instruments if one.tier == "optional"] == ["report_log"]
    assert [one.name for one in project.instruments if one.survey] == ["leader_checkin"]
    assert [one.name for one in project.instruments if not one.repeating] == [
        "team_profile", "team_charter", "prework", "closeout",
    ]  # fmt: skip


def test_no_month_asks_for_more_than_seven_answers_that_must_be_given(core: Project) -> None:
    monthly = [*core.fields_of("monthly_measures"), *core.fields_of("monthly_report")]
    required = [field.field_name for field in monthly if field.is_required]
    assert required == ["mm_period", "mm_kind", "mm_noid", "mr_period", "mr_self", "mr_ask_of", "mr_noid"]
    assert len([field for field in core.fields_of("pdsa_cycle") if field.is_required]) <= 9


@every_file
def test_a_required_question_is_asked_only_where_it_can_be_answered(path: Path) -> None:
    for field in dictionary.read(path):
        if field.is_required:
            assert field.field_type not in {"descriptive", "calc"}
            assert "@READONLY" not in field.field_annotation


def test_only_the_people_of_the_roster_are_identifiers(project: Project) -> None:
    assert [field.field_name for field in project.fields if field.is_identifier] == ["tr_name", "tr_email"]


@pytest.mark.parametrize("name", ["mr_self", "cr_score"])
def test_both_ratings_have_the_same_ten_levels_in_half_points(name: str) -> None:
    field = field_of(name)
    assert field.codes == ("05", "10", "15", "20", "25", "30", "35", "40", "45", "50")
    for choice in field.choices:
        assert choice.label.startswith(f"{int(choice.code) / 10:.1f} ")
    assert field.choices == field_of("mr_self").choices


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("tp_status", "1 2 3 4 5"),
        ("tr_role", "1 2 3 4 5 6 7"),
        ("tr_reports", "1 2 3"),
        ("mm_kind", "1 2 3"),
        ("measure_st", "1 2 3 4 5"),
        ("mr_ask_of", "1 2 3 4 5"),
        ("pd_kind", "1 2 3"),
        ("pd_scale", "1 2 3 4 5 6"),
        ("pd_met", "1 2 3 4"),
        ("pd_act", "1 2 3 4"),
        ("cr_engage", "0 1 2 3 4"),
        ("cr_risk", "1 2 3"),
        ("cs_stage", "0 1 2 3 4 5"),
        ("ea_status", "1 2 3 4"),
        ("ct_kind", "1 2 3 4 5"),
        ("ct_with", "1 2 3 4 5 6 7"),
        ("ca_who", "1 2 3 4 5 6 7"),
        ("ea_roles", "2 3 4 5 6 7"),  # the senior leader has a question of its own
        ("ct_ask_status", "1 2 3"),
        ("lc_priority", "1 2 3 4 5"),
        ("lc_decision", "1 2 3 4"),
        ("ca_time", "1 2 3 4"),
        ("sp_stage", "0 1 2 3 4 5"),
        ("su_when", "1 2 3 4 5"),
        ("su_measure", "0 1 2 3 4"),
        ("co_aim_met", "1 2 3 4"),
        ("pw_importance", "1 2 3 4 5"),
    ],
)
def test_codes_are_those_that_other_rooms_read(name: str, codes: str) -> None:
    assert field_of(name).codes == tuple(codes.split())


@pytest.mark.parametrize(
    ("names", "logic"),
    [
        ("pd_result pd_result_num pd_met pd_learned", "[pd_end] <> ''"),
        ("pd_act pd_next pd_next_by pd_share pd_file", "[pd_met] <> ''"),
        ("pd_question pd_end pd_happened pd_noid", ""),  # always there
        ("mr_ask", "[mr_ask_of] <> '' and [mr_ask_of] <> '5'"),
        ("tr_reports", "[tr_consent_mail] = '1'"),
        ("mm_sample_how", "[mm_sampled] = '1'"),
        ("ea_n ea_leader ea_roles ea_presented", "[ea_status] = '1' or [ea_status] = '2'"),
        ("ea_date", "[ea_event] = 'other'"),
        ("ct_ask_status", "[ct_ask_ref] <> ''"),
        ("cs_reach_ck", "[cs_reach_d] <> '' and [cs_reach_n] > [cs_reach_d]"),
        ("lc_noid", "[lc_comment] <> '' or [lc_barrier_txt] <> ''"),  # nothing written, nothing to confirm
        ("sp_reason_stop", "[sp_stage] = '5'"),
    ],
)
def test_questions_show_when_their_time_has_come(names: str, logic: str) -> None:
    for name in names.split():
        assert field_of(name).branching_logic == logic


@pytest.mark.parametrize("name", ["mm_submitted", "mr_submitted", "pd_planned_on"])
def test_dates_that_prove_something_fill_themselves_in_and_cannot_be_typed(name: str) -> None:
    assert field_of(name).field_annotation == "@TODAY @READONLY"


def asked(project: Project, form: str) -> list[str]:
    """What somebody who has everything must look at: no question that branching hides, no row of a matrix of excuses."""
    return [
        field.field_name
        for field in project.fields_of(form)
        if field.holds_data and not field.branching_logic and field.matrix_group_name != "mm_status"
        and "@READONLY" not in field.field_annotation
    ]  # fmt: skip


def test_a_data_lead_is_asked_for_at_most_fifteen_counts_and_six_things_more(core: Project) -> None:
    questions = asked(core, "monthly_measures")
    counts = [field for field in core.fields_of("monthly_measures") if field.validation in {"integer", "number"}]
    assert 5 <= len(counts) <= 15
    assert [name for name in questions if name.startswith("mm_")] == [
        "mm_period", "mm_kind", "mm_sampled", "mm_events", "mm_by", "mm_noid",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "most"),
    [  # about ten seconds for a tick, a minute for a sentence
        ("monthly_report", 14), ("pdsa_cycle", 22), ("coach_rating", 14), ("coach_contact", 9), ("event_attendance", 2),
        ("change_status", 6), ("leader_checkin", 7), ("storyboard", 7), ("document_upload", 6), ("sustain_check", 16),
        ("spread_plan", 7), ("closeout", 9), ("prework", 19), ("care_assessment", 7),
    ],
)  # fmt: skip
def test_a_form_is_short(project: Project, form: str, most: int) -> None:
    assert len(asked(project, form)) <= most


def test_the_coach_can_answer_every_flag_that_the_software_raises(project: Project) -> None:
    raised = {
        name
        for path in (Path(teams.__file__).parent).glob("*.py")
        for name in re.findall(r'\.flag\("([a-z0-9_]+)"', path.read_text(encoding="utf-8"))
    }
    (flags,) = (field for field in project.fields if field.field_name == "ct_flag_ack")
    assert len(raised) >= 12
    assert raised <= set(flags.codes)


LISTS = {  # first event and first driver, as the forms' lists have them
    "absenteeism": ("LS1, 18 September 2025: Learning session 1: the aim, the data, a first test",
                    "D1 Timely, trusted attendance data"),
    "math_swd": ("LS1, 20 August 2025: Learning session 1: the aim, the data, a first test",
                 "M1 Core mathematics that everybody can get into"),
    "medical_home": ("LS1, 12 June 2025: Learning session 1: the register, the aim, a first test",
                     "IS Information that finds and follows children"),
}  # fmt: skip


@every_collaborative
def test_lists_of_the_collaborative_stand_in_the_forms(path: Path) -> None:
    project = loaded(path, tiers=EVERY_TIER)
    first = {field.field_name: field.choices[0] for field in project.fields if field.choices}
    event, driver = LISTS[path.parent.name]
    assert (first["ea_event"].code, first["ea_event"].label) == ("LS1", event)
    assert first["sb_event"] == first["ea_event"]
    assert first["cs_change"] == first["sp_change"] == first["co_adopted"] == first["pd_change"]
    assert (first["du_driver"].code, first["du_driver"].label) == (driver.split()[0], driver)
    assert first["cr_coach"] == first["tp_coach"]
