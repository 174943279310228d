"""The shipped instruments, held to the same standard as code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from breakthrough import collaborative as collaboratives
from breakthrough.content import Content, shipped
from breakthrough.instruments import check, dictionary
from breakthrough.instruments import project as projects
from breakthrough.instruments.field import Field
from breakthrough.instruments.project import Project

FILES = sorted((shipped() / "instruments").glob("*.csv"))
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
        mm_events notes, mm_by text, mm_submitted date_ymd, mm_noid yesno!""",
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
        cr_period date_ymd!, cr_coach text!, cr_score radio!, cr_why notes!, cr_suggest notes!, cr_engage radio,
        cr_method radio, cr_leader radio, cr_data radio, cr_risk radio, cr_private notes, cr_released yesno,
        cr_on date_ymd, cr_noid yesno!""",
}
TAGS = {"@TODAY", "@READONLY", "@CHARLIMIT", "@PLACEHOLDER", "@DEFAULT", "@NONEOFTHEABOVE"}


@pytest.fixture(scope="module", params=COLLABORATIVES, ids=lambda path: path.parent.name)
def project(request: pytest.FixtureRequest) -> Project:
    return projects.load(Content(), collaboratives.load(request.param))


def field_of(name: str) -> Field:
    (found,) = (field for path in FILES for field in dictionary.read(path) if field.field_name == name)
    return found


def spelled(field: Field) -> str:
    kind = (field.validation if field.field_type == "text" else "") or field.field_type
    return f"{field.field_name} {kind}{'!' if field.is_required else ''}{'#' if field.is_identifier else ''}"


def test_every_dictionary_is_part_of_the_project_and_the_other_way_round() -> None:
    listed = projects._definition(Content()).instruments
    assert sorted(listed) == [path.stem for path in FILES] == sorted(EXPECTED)


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
def test_fields_have_a_short_name_with_the_forms_prefix_and_a_label(path: Path) -> None:
    prefix = path.stem.split("_")[0][0] + path.stem.split("_")[1][0]
    prefix = {"team_profile": "tp", "pdsa_cycle": "pd"}.get(path.stem, prefix)
    for field in dictionary.read(path):
        assert len(field.field_name) <= 26
        assert field.field_name == "record_id" or field.field_name.split("_")[0] in {prefix, "measure", "count"}
        assert field.field_label.strip()
        assert field.field_note.strip() == field.field_note


@every_file
def test_action_tags_are_known_and_long_texts_have_a_limit(path: Path) -> None:
    for field in dictionary.read(path):
        tags = re.findall(r"@[A-Z-]+", field.field_annotation)
        assert set(tags) <= TAGS, field.field_name
        if field.field_type == "notes":
            assert "@CHARLIMIT" in tags, field.field_name
            assert field.custom_alignment == "LV", field.field_name


@every_file
def test_a_form_with_free_text_asks_whether_it_is_free_of_names(path: Path) -> None:
    fields = dictionary.read(path)
    assert any(field.field_type == "notes" for field in fields) == any(
        field.field_name.endswith("_noid") for field in fields
    )


def test_the_whole_project_holds_in_every_shipped_collaborative(project: Project) -> None:
    assert check.findings(project.fields) == ()
    assert all(len(field.field_name) <= 26 for field in project.fields)
    assert not [field.field_name for field in project.fields if "$" in field.field_label + field.field_note]
    assert not [field for field in project.fields if "collaborative.yaml" in "".join(field.row().values())]


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
    ],
)
def test_questions_show_when_their_time_has_come(names: str, logic: str) -> None:
    for name in names.split():
        assert field_of(name).branching_logic == logic


@pytest.mark.parametrize("name", ["mm_submitted", "mr_submitted", "pd_planned_on"])
def test_dates_that_prove_something_fill_themselves_in_and_cannot_be_typed(name: str) -> None:
    assert field_of(name).field_annotation == "@TODAY @READONLY"


def test_a_data_lead_who_has_every_figure_fills_in_twenty_fields(project: Project) -> None:
    asked = [
        field.field_name
        for field in project.fields_of("monthly_measures")
        if field.holds_data and not field.branching_logic and not field.matrix_group_name
        and "@READONLY" not in field.field_annotation
    ]  # fmt: skip
    assert len(asked) == 5 + 15  # month, kind, unusual, by, box; and the counts
