from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from breakthrough.instruments import plan
from breakthrough.instruments.difference import changes
from breakthrough.instruments.field import Field
from breakthrough.instruments.plan import Held, Live, Wanted
from breakthrough.instruments.project import Instrument, Project, unique_name

ID = Field("record_id", "base")
AGE = Field("age", "base", field_label="Age", text_validation_type_or_show_slider_number="integer")
MOOD = Field("mood", "visit", field_type="radio", select_choices_or_calculations="1, Good | 2, Bad")
BOX = Field("box", "visit", field_type="checkbox", select_choices_or_calculations="1, One | 2, Two")
YES = Field("yes", "base", field_type="yesno")
TEXT = Field("shown", "base", field_type="descriptive")
FIELDS = (ID, AGE, MOOD, BOX)
PROJECT = Project(
    FIELDS, (Instrument("base", "Base"), Instrument("visit", "Visit", repeating=True, custom_label="[mood]"))
)
LIVE = Live(FIELDS, {"visit": "[mood]"}, {"t001": "T001"}, records=3, held={})


def steps(
    *fields: Field, live: tuple[Field, ...] = FIELDS, held: Mapping[str, Held] | None = None, records: int = 3
) -> list[tuple[str, str]]:
    """What is done and the risk, of the dictionary `fields` against the live one."""
    there = replace(LIVE, fields=live, held=held or {}, records=records)
    found = plan.make(Wanted(replace(PROJECT, fields=fields), ("T001",)), there).steps
    return [(f"{step.kind} {step.what}: {step.evidence}", step.risk) for step in found]


def test_a_project_that_agrees_has_no_steps() -> None:
    assert plan.make(Wanted(PROJECT, ("T001",)), LIVE).steps == ()


def test_what_redcap_writes_differently_is_no_difference() -> None:
    there = (
        ID,
        replace(AGE, custom_alignment="RV", field_label=" Age\r\n"),
        replace(MOOD, select_choices_or_calculations="1,Good|2,Bad"),
        BOX,
    )
    assert steps(*FIELDS, live=there) == []


def test_a_new_instrument_is_one_step_and_a_new_field_another() -> None:
    found = steps(*FIELDS, Field("n", "new"), Field("o", "new"), live=(ID, MOOD, BOX))
    assert found == [
        ("add field age of base: not in REDCap", "safe"),
        ("add instrument new: not in REDCap; 2 new fields", "safe"),
    ]


@pytest.mark.parametrize(
    ("held", "evidence", "risk"),
    [
        ({"age": Held(2, {})}, "not defined here; 2 records hold a value in it", "loses data"),
        ({"age": Held(0, {})}, "not defined here; it holds no value", "review"),
        ({}, "not defined here; what it holds cannot be seen with this token", "loses data"),
    ],
)
def test_removing_a_field_is_judged_by_what_it_holds(held: dict[str, Held], evidence: str, risk: str) -> None:
    assert steps(ID, MOOD, BOX, held=held) == [(f"remove field age of base: {evidence}", risk)]


def test_in_a_project_without_records_nothing_can_be_lost() -> None:
    assert [risk for _, risk in steps(ID, MOOD, BOX, records=0)] == ["safe"]


def test_removing_text_that_is_only_shown_is_safe() -> None:
    shown = Field("shown", "base", field_type="descriptive")
    assert steps(*FIELDS, live=(ID, AGE, shown, MOOD, BOX)) == [
        ("remove field shown of base: not defined here; it is text only", "safe")
    ]


@pytest.mark.parametrize(
    ("choices", "held", "said", "risk"),
    [
        ("1, Good | 2, Bad | 3, So so", {}, "the choice 3 is new", "safe"),
        ("2, Bad | 1, Good", {}, "the choices stand in another order", "safe"),
        ("1, Fine | 2, Bad", {}, "the choice 1 gets other words: stored answers change meaning", "review"),
        ("1, Good", {"mood": Held(3, {"1": 3})}, "the choice 2 goes away; no record holds such a value", "review"),
        ("1, Good", {"mood": Held(3, {"2": 1})}, "the choice 2 goes away; 1 record holds code 2", "loses data"),
    ],
)
def test_choices_are_judged_by_what_happens_to_stored_codes(
    choices: str, held: dict[str, Held], said: str, risk: str
) -> None:
    found = steps(ID, AGE, replace(MOOD, select_choices_or_calculations=choices), BOX, held=held)
    assert found == [(f"change field mood of visit: {said}", risk)]


def test_a_new_code_for_an_old_label_is_pointed_out() -> None:
    found = [change.said for change in changes(MOOD, replace(MOOD, select_choices_or_calculations="1, Good | 9, Bad"))]
    assert found == ["the choice 2 goes away (the label of 2 has a new code)", "the choice 9 is new"]


@pytest.mark.parametrize(
    ("old", "new", "risk"),
    [
        (MOOD, replace(MOOD, field_type="dropdown"), "safe"),
        (AGE, replace(AGE, field_type="notes", text_validation_type_or_show_slider_number=""), "safe"),
        (MOOD, replace(MOOD, field_type="checkbox"), "loses data"),
        (AGE, replace(AGE, field_type="calc", select_choices_or_calculations="1"), "loses data"),
        (AGE, replace(AGE, form_name="visit"), "loses data"),
        (AGE, replace(AGE, text_validation_type_or_show_slider_number="number"), "review"),
        (AGE, replace(AGE, branching_logic="[mood] = 1"), "review"),
        (AGE, replace(AGE, identifier="y"), "review"),
        (AGE, replace(AGE, field_label="Years"), "safe"),
        (AGE, replace(AGE, field_annotation="@CALCTEXT(if([mood] = 1, 'a', 'b'))"), "loses data"),
        (AGE, replace(AGE, field_annotation="@IF([mood] = 1, @SETVALUE='3', '')"), "loses data"),
        (AGE, replace(AGE, field_annotation="@HIDDEN @CHARLIMIT=3"), "safe"),
        (YES, replace(YES, field_type="truefalse"), "review"),
        (YES, replace(YES, field_type="radio", select_choices_or_calculations="1, Yes | 0, No"), "safe"),
        (YES, replace(YES, field_type="radio", select_choices_or_calculations="1, Yes | 2, No"), "loses data"),
        (TEXT, replace(TEXT, field_type="text"), "safe"),
        (TEXT, replace(TEXT, form_name="visit"), "safe"),
        (AGE, replace(AGE, required_field="y"), "safe"),
    ],
    ids=["same-codes", "text-notes", "to-boxes", "to-calc", "move", "validation", "branching", "identifier", "label", "calculated", "set-value", "other-tags", "yes-to-true", "yes-to-radio", "yes-recoded", "to-text", "move-text", "required"],
)  # fmt: skip
def test_each_kind_of_change_has_its_risk(old: Field, new: Field, risk: str) -> None:
    worst = max((change.risk for change in changes(old, new)), key=["safe", "review", "loses data"].index)
    assert worst == risk


def test_every_difference_of_a_field_has_a_name_of_its_own() -> None:
    new = replace(
        MOOD, field_type="dropdown", field_label="Mood", select_choices_or_calculations="3, New | 2, Worse | 4, Newer",
        required_field="y",
    )  # fmt: skip
    found = plan.make(Wanted(replace(PROJECT, fields=(ID, AGE, new, BOX)), ("T001",)), LIVE).steps
    assert [step.name for step in found] == [
        "change-field:mood:type", "change-field:mood:label", "change-field:mood:choices",
        "change-field:mood:choice-words", "change-field:mood:choice-new", "change-field:mood:required",
    ]  # fmt: skip


def test_a_field_that_asks_the_same_under_another_name_is_pointed_out_as_a_renaming() -> None:
    renamed = (ID, replace(AGE, field_name="years"), MOOD, BOX)
    hint = "years asks the same: renamed? Its values do not move by themselves"
    assert steps(*renamed, held={"age": Held(2, {})}) == [
        (f"remove field age of base: not defined here; 2 records hold a value in it; {hint}", "loses data"),
        ("add field years of base: not in REDCap; perhaps age renamed", "safe"),
    ]


@pytest.mark.parametrize(
    "coming",
    [
        (replace(AGE, field_name="years", field_label="Years"),),
        (replace(AGE, field_name="years", form_name="visit"),),
        (replace(AGE, field_name="years"), replace(AGE, field_name="again")),
    ],
    ids=["other-label", "other-form", "two-alike"],
)
def test_where_nobody_can_tell_no_renaming_is_guessed(coming: tuple[Field, ...]) -> None:
    assert not [said for said, _ in steps(ID, MOOD, BOX, *coming) if "renamed" in said]


def test_codes_that_are_stored_are_told_with_how_many_records_hold_them() -> None:
    cell = replace(BOX, select_choices_or_calculations="3, Three")
    ((said, risk), (added, _)) = steps(ID, AGE, MOOD, cell, held={"box": Held(12, {"1": 12, "2": 1})})
    assert (said, risk) == (
        "change field box of visit: the choice 1, 2 goes away; 12 records hold code 1; 1 record holds code 2",
        "loses data",
    )
    assert added.endswith("the choice 3 is new")


def test_another_first_field_is_another_record_name() -> None:
    assert [risk for said, risk in steps(AGE, ID, MOOD, BOX) if said.startswith("order fields")] == ["loses data"]


def test_moving_the_record_id_is_for_a_look_and_loses_nothing() -> None:
    found = steps(*FIELDS, live=(replace(ID, form_name="my_first_instrument"), AGE, MOOD, BOX))
    assert found == [("change field record_id of base: it moves from my_first_instrument to base", "review")]


def test_another_order_is_a_step() -> None:
    assert steps(ID, AGE, BOX, MOOD) == [
        ("order fields of the dictionary: the fields that both have stand in another order", "safe")
    ]


def test_the_fields_to_ask_redcap_about_are_those_a_step_could_empty() -> None:
    wanted = replace(PROJECT, fields=(ID, replace(MOOD, select_choices_or_calculations="1, Good"), BOX))
    shown = Field("shown", "base", field_type="descriptive")
    assert plan.in_danger(wanted, (*FIELDS, shown)) == ("age", "mood")


@pytest.mark.parametrize(
    ("repeating", "said", "risk"),
    [
        ({}, "repeat instrument visit: it does not repeat in REDCap", "review"),
        ({"visit": ""}, "label repeats of visit with '[mood]': now ''", "safe"),
        (
            {"visit": "[mood]", "base": ""},
            "stop repeating base: it does not repeat here; its repeats after the first would be hidden",
            "loses data",
        ),
    ],
)
def test_the_repeating_setup_is_compared(repeating: dict[str, str], said: str, risk: str) -> None:
    (step,) = plan.make(Wanted(PROJECT, ("T001",)), replace(LIVE, repeating=repeating)).steps
    assert (f"{step.kind} {step.what}: {step.evidence}", step.risk) == (said, risk)
    assert step.part == "repeating setup"


def test_a_team_without_a_group_gets_one_and_other_groups_are_left_alone() -> None:
    (step,) = plan.make(
        Wanted(
            PROJECT,
            (
                "T001",
                "T002",
            ),
        ),
        replace(LIVE, groups={"t001": "t001", "faculty": "Faculty"}),
    ).steps
    assert str(step) == "add group T002: team T002 has no data access group in REDCap"
    assert step.part == "data access groups"


def test_a_step_tells_its_risk_where_there_is_one() -> None:
    (step,) = plan.make(Wanted(replace(PROJECT, fields=(ID, MOOD, BOX)), ("T001",)), LIVE).steps
    assert str(step).endswith("cannot be seen with this token (loses data)")


@pytest.mark.parametrize(
    ("group", "unique"), [("T001", "t001"), ("New DAG", "new_dag"), ("dag-a", "daga"), ("Test_Group1", "test_group1")]
)
def test_the_unique_name_of_a_group_is_made_as_redcap_makes_it(group: str, unique: str) -> None:
    assert unique_name(group) == unique
