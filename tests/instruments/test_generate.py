from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from breakthrough.collaborative import Collaborative, Counted
from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments import generate
from breakthrough.instruments.field import Field, Origin
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
        "mm_events", "mm_by", "mm_submitted", "mm_noid",
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
            "there is no list 'teams' in collaborative.yaml to fill in. Write one of: coaches, ideas, measures.",
        ),
    ],
)  # fmt: skip
def test_a_row_that_asks_for_what_there_is_not_is_refused(small: Make, row: Field, says: str) -> None:
    with pytest.raises(DictionaryInvalid) as refused:
        generate.filled([row], small())
    assert says in str(refused.value)
