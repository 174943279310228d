from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from breakthrough.collaborative import Collaborative, Counted
from breakthrough.content import Content
from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments import generate, profiles
from breakthrough.instruments.field import Field, Origin
from breakthrough.instruments.profiles import Profile
from breakthrough.instruments.project import Project

COUNT = Field(
    "count", "m", "$name", field_label="$label", field_note="$help", field_annotation="Repeated for each count",
    text_validation_type_or_show_slider_number="integer", text_validation_min="0", origin=Origin("m.csv", 2),
)  # fmt: skip
CHECK = Field(
    "measure_ck", "m", field_type="descriptive", field_label="$part > $whole",
    field_annotation="Repeated for each check",
)  # fmt: skip
NOTE = Field(
    "measure_nt", "m", "Why", field_label="$name", branching_logic="[measure_st] > 1",
    field_annotation="Repeated for each measure @CHARLIMIT=200",
)  # fmt: skip

NOTE_WITHOUT_HEADER = replace(NOTE, section_header="")

Make = Callable[..., Collaborative]


def made(project: Project, form: str) -> dict[str, Field]:
    return {field.field_name: field for field in project.fields_of(form)}


def test_the_monthly_form_of_the_shipped_collaborative_has_its_fields_in_this_order(project: Project) -> None:
    measures = ["ca_day", "ca_ytd", "ca_gap", "ca_hold", "ca_c5", "ca_plan", "ca_team", "ca_code"]
    assert list(made(project, "monthly_measures")) == [
        "mm_period", "mm_kind",
        "sd_poss", "sd_abs", "ca_day_ck",
        "en_me", "ch_ytd", "ca_ytd_ck",
        "en_swd", "ch_swd", "ca_gap_ck", "ca_gap_vs_ck",
        "nr_prev", "nr_hold", "ca_hold_ck",
        "cr_new", "cr_ct5", "ca_c5_ck",
        "ch_plan", "ca_plan_ck",  # its denominator is asked above, once
        "mt_plan", "mt_done", "ca_team_ck",
        "att_ent", "att_rev", "ca_code_ck",
        *(f"{code}_st" for code in measures),
        *(f"{code}_nt" for code in measures),
        "mm_sampled", "mm_sample_how", "mm_events", "mm_by", "mm_submitted", "mm_noid",
    ]  # fmt: skip


def test_each_count_is_a_whole_number_from_0_with_its_label_and_help(
    project: Project, absenteeism: Collaborative
) -> None:
    fields = made(project, "monthly_measures")
    for code, count in absenteeism.counts.items():
        field = fields[code]
        assert (field.field_type, field.validation, field.text_validation_min) == ("text", "integer", "0")
        assert (field.field_label, field.field_note) == (count.label, count.help)
        assert field.field_annotation == ""


def test_counts_stand_under_a_header_for_the_measure_that_first_uses_them(project: Project) -> None:
    fields = made(project, "monthly_measures")
    headed = [name for name, field in fields.items() if field.section_header and not name.startswith("mm_")]
    assert headed == [
        "sd_poss", "en_me", "en_swd", "nr_prev", "cr_new", "ch_plan", "mt_plan", "att_ent", "ca_day_st", "ca_day_nt",
    ]  # fmt: skip
    assert fields["nr_prev"].section_header.startswith("Held below the line ")


@pytest.mark.parametrize(
    ("check", "logic"),
    [
        ("ca_day_ck", '[sd_poss] <> "" and [sd_abs] > [sd_poss]'),
        ("ca_plan_ck", '[ch_ytd] <> "" and [ch_plan] > [ch_ytd]'),
        (
            "ca_gap_vs_ck",
            '[en_me] <> "" and [en_swd] <> "" and ([ch_ytd] - [ch_swd]) > ([en_me] - [en_swd])',
        ),
    ],
)
def test_a_check_shows_when_the_part_is_larger_than_the_whole(project: Project, check: str, logic: str) -> None:
    field = made(project, "monthly_measures")[check]
    assert field.branching_logic == logic
    assert field.field_type == "descriptive"


def test_counts_that_are_added_are_added_in_the_check() -> None:
    assert generate.too_large(Counted("a + b"), Counted("c")) == '[c] <> "" and ([a] + [b]) > [c]'
    assert generate.too_large(Counted("a"), Counted("c - d")) == '[c] <> "" and [d] <> "" and [a] > ([c] - [d])'
    assert generate.too_large(Counted("- a + b"), Counted("c")) == '[c] <> "" and (- [a] + [b]) > [c]'


def test_the_check_names_the_figures_as_the_form_does(project: Project) -> None:
    label = made(project, "monthly_measures")["ca_hold_ck"].field_label
    assert "“pupils still under 10 in 100 now” should not be more than “Pupils who at the end of last month" in label


def test_a_status_is_a_row_of_one_matrix_and_its_note_shows_only_when_something_is_missing(project: Project) -> None:
    fields = made(project, "monthly_measures")
    status, note = fields["ca_c5_st"], fields["ca_c5_nt"]
    assert (status.field_type, status.codes, status.matrix_group_name) == (
        "radio", ("1", "2", "3", "4", "5"), "mm_status",
    )  # fmt: skip
    assert status.field_label == "Family reached in 5 days"
    assert (note.branching_logic, note.field_annotation) == ("[ca_c5_st] > 1", "@CHARLIMIT=200")


def test_the_charter_asks_for_a_goal_of_its_own_for_every_measure(project: Project) -> None:
    goals = {name: field for name, field in made(project, "team_charter").items() if name.startswith("tc_goal_")}
    assert list(goals) == [
        "tc_goal_ca_day", "tc_goal_ca_ytd", "tc_goal_ca_gap", "tc_goal_ca_hold",
        "tc_goal_ca_c5", "tc_goal_ca_plan", "tc_goal_ca_team", "tc_goal_ca_code",
    ]  # fmt: skip
    assert goals["tc_goal_ca_day"].validation == "number"
    assert "The collaborative's goal: 6.5% by July 2026." in goals["tc_goal_ca_day"].field_note
    assert "goal: 4 points by July 2026." in goals["tc_goal_ca_gap"].field_note


def test_coaches_ideas_and_measures_become_choices(project: Project) -> None:
    coach = made(project, "team_profile")["tp_coach"]
    assert [(one.code, one.label) for one in coach.choices] == [("c1", "Juno Fairweather"), ("c2", "Idris Calloway")]
    tests = made(project, "pdsa_cycle")
    assert tests["pd_change"].codes == (
        "D1a", "D1b", "D1c", "D2a", "D2b", "D2c", "D3a", "D3b", "D3c", "D4a", "D4b", "D4c", "D5a", "D5b", "other",
    )  # fmt: skip
    assert tests["pd_change"].choices[0].label == "D1a Ten-minute daily code check"
    assert tests["pd_measure"].codes[:2] == ("ca_day", "ca_ytd")


EVENTS = [
    {"code": "LS1", "kind": "learning_session", "date": "2025-09-18", "phase": "learning", "title": "One | two"},
    {"code": "AP1", "kind": "leader_call", "date": "2026-01-02", "phase": "testing"},
]


def test_events_and_drivers_become_choices_that_can_be_told_apart(small: Make) -> None:
    made = small(
        calendar={"events": EVENTS},
        drivers=[{"code": "D1", "title": "Trust", "ideas": [{"code": "D1a", "title": "Call"}]}],
    )
    row = Field(
        "e",
        "m",
        field_type="dropdown",
        select_choices_or_calculations="{}, filled in from collaborative.yaml | o, Other",
    )

    def listed(name: str, of: Collaborative) -> list[tuple[str, str]]:
        cell = row.select_choices_or_calculations.format(name)
        (field,) = generate.filled([replace(row, select_choices_or_calculations=cell)], of)
        return [(one.code, one.label) for one in field.choices]

    assert listed("events", made) == [
        ("LS1", "LS1, 18 September 2025: One / two"), ("AP1", "AP1, 2 January 2026: Leader call"), ("o", "Other"),
    ]  # fmt: skip
    assert listed("drivers", made) == [("D1", "D1 Trust"), ("o", "Other")]
    assert listed("ideas", made) == [("D1a", "D1a Call"), ("o", "Other")]
    assert listed("events", small()) == [("o", "Other")]


ITEM = Field(
    "item", "m", "$part of $title", field_label="$label", field_note="$scale", field_annotation="Repeated for each item",
    text_validation_type_or_show_slider_number="integer", origin=Origin("m.csv", 2),
)  # fmt: skip
FOOTER = Field(
    "profile_footer", "m", field_type="descriptive", field_label="$footer", field_annotation="Repeated for each profile"
)


@pytest.fixture
def check() -> Profile:
    return profiles.load(Content(), "systems_check")


@pytest.fixture
def index() -> Profile:
    return profiles.load(Content(), "mhi25")


def test_each_assessment_is_written_whole_with_its_footer_at_its_end(
    small: Make, check: Profile, index: Profile
) -> None:
    found = generate.filled([ITEM, FOOTER], small(), [check, index])
    assert [field.field_name for field in found] == [*check.items, "ca_sc_footer", *index.items, "ca_mh_footer"]
    assert {field.branching_logic for field in found[:13]} == {"[ca_profile] = 'systems_check'"}
    assert {field.branching_logic for field in found[13:]} == {"[ca_profile] = 'mhi25'"}
    assert {field.field_annotation for field in found} == {""}
    assert found[12].field_label == check.footer


def test_an_item_of_our_own_is_a_row_of_a_matrix_and_a_licensed_one_a_number(
    small: Make, check: Profile, index: Profile
) -> None:
    found = {field.field_name: field for field in generate.filled([ITEM], small(), [check, index])}
    own, theirs = found["ca_sc_4_2"], found["ca_mh_4_2"]
    assert (own.field_type, own.validation, own.field_note, own.matrix_group_name) == ("radio", "", "", "ca_sc_4")
    assert own.codes == ("0", "1", "2", "3", "4", "5")
    assert own.field_label == check.parts[3].statements[1]
    assert (theirs.field_type, theirs.validation, theirs.text_validation_min, theirs.text_validation_max) == (
        "text", "integer", "1", "8",
    )  # fmt: skip
    assert (theirs.field_label, theirs.field_note) == ("Item 2 of part 4: read from your licensed copy", "1 to 8")
    assert theirs.matrix_group_name == ""
    assert str(theirs.origin) == "m.csv, row 2 (repeated for ca_mh_4_2)"


def test_a_part_has_one_header_on_its_first_item(small: Make, index: Profile, check: Profile) -> None:
    found = generate.filled([ITEM, FOOTER], small(), [check, index])
    headed = {field.field_name: field.section_header for field in found if field.section_header}
    assert len(headed) == 12
    assert headed["ca_sc_1_1"] == "Part 1: Community of Practice systems check"
    assert headed["ca_mh_6_1"] == "Part 6 of Medical Home Index, 25 themes"


def test_where_there_is_one_assessment_it_is_chosen_already(small: Make, check: Profile, index: Profile) -> None:
    row = Field(
        "ca_profile", "m", field_type="dropdown", select_choices_or_calculations="profiles, filled in from project.yaml"
    )
    (one,) = generate.filled([row], small(), [check])
    assert (one.choices[0].code, one.field_annotation) == ("systems_check", "@DEFAULT='systems_check'")
    (two,) = generate.filled([row], small(), [check, index])
    assert (two.codes, two.field_annotation) == (("systems_check", "mhi25"), "")


def test_rows_for_measures_and_for_assessments_do_not_mix(small: Make, check: Profile) -> None:
    with pytest.raises(DictionaryInvalid, match="repeated for measures and for assessments at once"):
        generate.filled([replace(ITEM, section_header=""), NOTE_WITHOUT_HEADER], small(), [check])


def test_a_label_of_ours_cannot_break_the_form(small: Make) -> None:
    (count, *_) = generate.filled([replace(COUNT, section_header="")], small())
    fell = generate.filled([COUNT], small())[1]
    assert (count.field_name, fell.field_label) == ("beds", "Falls &lt;any&gt;")
    coach = Field(
        "c", "m", field_type="dropdown", select_choices_or_calculations="coaches, filled in from collaborative.yaml"
    )
    (filled,) = generate.filled([coach], small())
    assert [(one.code, one.label) for one in filled.choices] == [("c1", "Bo / Co")]


def test_a_count_no_measure_uses_is_asked_for_at_the_end(small: Make) -> None:
    odd = small(counts={"visits": {"label": "Visits"}})
    found = generate.filled([COUNT, CHECK], odd)
    assert [field.field_name for field in found] == ["beds", "fell", "falls_ck", "visits"]
    assert found[3].section_header == "Also counted"


def test_a_measure_that_is_no_proportion_has_no_check(small: Make) -> None:
    rate = small(measures={"falls": {"unit": " a day"}})
    assert [field.field_name for field in generate.filled([COUNT, CHECK], rate)] == ["beds", "fell"]


def test_a_measure_counted_from_case_rows_is_asked_for_its_status_alone(small: Make) -> None:
    source = {"project": "audit", "form": "chart_audit", "date": "audit_date"}
    plans = {"name": "Plans", "plain": "…", "kind": "process", "direction": "higher", "source": source,
             "denominator": "[tier] >= 2", "numerator": "[plan_date] <> ''"}  # fmt: skip
    found = generate.filled([COUNT, CHECK, NOTE], small(measures={"plans": plans}))
    assert [field.field_name for field in found] == ["beds", "fell", "falls_ck", "falls_nt", "plans_nt"]


def test_a_measure_without_a_goal_says_so(small: Make) -> None:
    row = replace(NOTE, field_label="$goal", branching_logic="")
    assert generate.filled([row], small())[0].field_label == "none set"


def test_rows_that_are_not_repeated_stay_where_they_are_and_as_they_are(small: Make) -> None:
    before, after = Field("a", "m", field_label="$name"), Field("b", "m")
    found = generate.filled([before, NOTE, after], small())
    assert found == (before, replace(NOTE, field_name="falls_nt", field_label="Falls", branching_logic="[falls_st] > 1",
                                     field_annotation="@CHARLIMIT=200"), after)  # fmt: skip


def test_a_repeated_field_knows_its_row_and_what_it_was_repeated_for(small: Make) -> None:
    assert str(generate.filled([COUNT], small())[1].origin) == "m.csv, row 2 (repeated for fell)"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (replace(COUNT, field_annotation="Repeated for each team"), "m.csv, row 2, field count: 'Repeated for each team'"),
        (replace(COUNT, field_label="$lable"), "in its field label, $lable is not known here. Known: $name, $plain"),
        (replace(COUNT, field_note="costs $ 5"), "a $ stands alone; write $$"),
        (
            replace(COUNT, field_annotation="", field_type="radio",
                    select_choices_or_calculations="teams, filled in from collaborative.yaml"),
            "there is no list 'teams' to fill in. Write one of: coaches, drivers, events, ideas, measures, profiles.",
        ),
        (replace(COUNT, field_name="item", field_annotation="Repeated for each item"),
         "m.csv, row 2, field item: no assessment is named to write it for. Name one in project.yaml"),
    ],
)  # fmt: skip
def test_a_row_that_asks_for_what_there_is_not_is_refused(small: Make, row: Field, says: str) -> None:
    with pytest.raises(DictionaryInvalid) as refused:
        generate.filled([row], small())
    assert says in str(refused.value)
