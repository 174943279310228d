from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from breakthrough.instruments import plan
from breakthrough.instruments.difference import changes
from breakthrough.instruments.field import Field
from breakthrough.instruments.plan import Held, Live, Wanted
from breakthrough.instruments.project import Instrument, Project, unique_name
from breakthrough.instruments.wording import Wording

ID = Field("record_id", "base")
AGE = Field("age", "base", field_label="Age", text_validation_type_or_show_slider_number="integer")
MOOD = Field("mood", "visit", field_type="radio", select_choices_or_calculations="1, Good | 2, Bad")
BOX = Field("box", "visit", field_type="checkbox", select_choices_or_calculations="1, One | 2, Two")
YES = Field("yes", "base", field_type="yesno")
TEXT = Field("shown", "base", field_type="descriptive")
DAY = Field("day", "base", text_validation_type_or_show_slider_number="date_ymd")
NOTES = Field("story", "base", field_type="notes")
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


def test_in_a_project_without_records_nothing_can_be_lost_and_a_field_that_goes_is_still_for_a_look() -> None:
    (removed, retyped) = steps(ID, replace(MOOD, field_type="checkbox"), BOX, records=0)
    assert removed == ("remove field age of base: not defined here; no record is there yet", "review")
    assert retyped == ("change field mood of visit: type radio becomes checkbox; no record is there yet", "safe")


def test_what_a_user_in_a_group_sees_does_not_say_that_nothing_is_stored() -> None:
    nothing = {"age": Held(0, {}), "mood": Held(0, {})}
    there = replace(LIVE, records=0, held=nothing, sees_all=False)
    new = (ID, replace(MOOD, select_choices_or_calculations="1, Good"), BOX)
    removed, changed = plan.make(Wanted(replace(PROJECT, fields=new), ("T001",)), there).steps
    assert removed.risk == changed.risk == "loses data"
    unseen = "what it holds cannot be counted: the token's user sees one group only, or may"
    assert removed.evidence == f"not defined here; {unseen}"
    assert changed.evidence == f"the choice 2 goes away (2: 'Bad'); {unseen}"


VISIT_GOES = (ID, AGE)


@pytest.mark.parametrize(
    ("status", "said", "risk"),
    [
        (Held(3, {"1": 1, "2": 2}), "its form goes, whose status is stored: 1 record holds it as Unverified and 2 records hold it as Complete", "loses data"),
        (Held(1, {}), "its form goes, of which 1 record may have repeats", "loses data"),
        (None, "its form goes, whose status cannot be seen with this token", "loses data"),
        (Held(0, {}), "it holds no value", "review"),
    ],
)  # fmt: skip
def test_the_status_of_a_form_that_goes_is_stored_data(status: Held | None, said: str, risk: str) -> None:
    held = {"mood": Held(0, {}), "box": Held(0, {})} | ({"visit_complete": status} if status else {})
    (mood, found), (box, _) = steps(*VISIT_GOES, held=held)
    assert (mood.startswith("remove field mood"), box.startswith("remove field box")) == (True, True)
    assert (mood.rpartition("; ")[2], found) == (said, risk)


def test_moving_the_last_fields_of_a_form_takes_its_status_along() -> None:
    there = (ID, AGE, MOOD)
    held = {"mood": Held(0, {}), "visit_complete": Held(2, {"2": 2})}
    ((said, risk),) = steps(ID, AGE, replace(MOOD, form_name="base"), live=there, held=held)
    assert (said.rpartition("; ")[2], risk) == (
        "its form goes, whose status is stored: 2 records hold it as Complete",
        "loses data",
    )


def test_removing_text_that_is_only_shown_is_safe() -> None:
    shown = Field("shown", "base", field_type="descriptive")
    assert steps(*FIELDS, live=(ID, AGE, shown, MOOD, BOX)) == [
        ("remove field shown of base: not defined here; it is text only", "safe")
    ]


@pytest.mark.parametrize(
    ("choices", "held", "said", "risk"),
    [
        ("1, Good | 2, Bad | 3, So so", {}, "the choice 3 is new (3: 'So so')", "safe"),
        ("2, Bad | 1, Good", {}, "the choices stand in another order", "safe"),
        ("1, Fine | 2, Bad", {}, "the choice 1 gets other words: stored answers change meaning (1: 'Good' becomes 'Fine')", "review"),
        ("1, Good", {"mood": Held(3, {"1": 3})}, "the choice 2 goes away (2: 'Bad'); no record holds such a value", "review"),
        ("1, Good", {"mood": Held(3, {"2": 1})}, "the choice 2 goes away (2: 'Bad'); 1 record holds code 2", "loses data"),
    ],
)  # fmt: skip
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
        (AGE, replace(AGE, field_annotation="@LANGUAGE-CURRENT-FORM"), "loses data"),
        (AGE, replace(AGE, field_annotation="@DOWNLOAD-COUNT(paper)"), "loses data"),
        (AGE, replace(AGE, field_annotation="@READONLY @CHARLIMIT=3"), "safe"),
        (AGE, replace(AGE, field_annotation="@HIDDEN @CHARLIMIT=3"), "review"),
        (AGE, replace(AGE, field_annotation="@hidden-survey"), "review"),
        (AGE, replace(AGE, field_annotation="@IF([mood] = 1, @HIDDEN-FORM, '')"), "review"),
        (replace(AGE, field_annotation="@IF([mood] = 1, @HIDDEN, '')"), replace(AGE, field_annotation="@HIDDEN"), "review"),
        (replace(AGE, field_annotation="@IF([mood] = 1, @HIDDEN, '')"), replace(AGE, field_annotation="@IF([mood] = 2, @HIDDEN, '')"), "review"),
        (replace(AGE, field_annotation="@HIDDEN"), AGE, "safe"),
        (AGE, replace(AGE, field_annotation="@HIDECHOICE='1'"), "safe"),
        (AGE, replace(AGE, field_annotation="@FORCE-MINMAX"), "review"),
        (AGE, replace(AGE, text_validation_min="0"), "review"),
        (replace(AGE, text_validation_min="2"), replace(AGE, text_validation_min="10"), "review"),
        (replace(AGE, text_validation_min="10"), replace(AGE, text_validation_min="2"), "safe"),
        (replace(AGE, text_validation_max="100"), replace(AGE, text_validation_max="99"), "review"),
        (replace(AGE, text_validation_max="99"), replace(AGE, text_validation_max="100"), "safe"),
        (replace(AGE, text_validation_max="99"), AGE, "safe"),
        (replace(DAY, text_validation_max="2026-03-01"), replace(DAY, text_validation_max="2026-02-01"), "review"),
        (replace(DAY, text_validation_max="2026-02-01"), replace(DAY, text_validation_max="2026-03-01"), "safe"),
        (replace(DAY, text_validation_max="2026-02-01"), replace(DAY, text_validation_max="today"), "review"),
        (DAY, replace(DAY, text_validation_type_or_show_slider_number=""), "review"),
        (DAY, replace(DAY, text_validation_type_or_show_slider_number="date_dmy"), "review"),
        (AGE, replace(AGE, text_validation_type_or_show_slider_number=""), "safe"),
        (YES, replace(YES, field_type="truefalse"), "review"),
        (YES, replace(YES, field_type="radio", select_choices_or_calculations="1, Yes | 0, No"), "safe"),
        (YES, replace(YES, field_type="radio", select_choices_or_calculations="1, Yes | 2, No"), "loses data"),
        (TEXT, replace(TEXT, field_type="text"), "safe"),
        (TEXT, replace(TEXT, form_name="visit"), "safe"),
        (AGE, replace(AGE, required_field="y"), "safe"),
    ],
    ids=["same-codes", "text-notes", "to-boxes", "to-calc", "move", "validation", "branching", "identifier", "label", "calculated", "set-value", "set-language", "set-count", "other-tags", "hidden", "hidden-survey", "hidden-if", "hidden-always", "hidden-otherwise", "no-more-hidden", "hidden-choice", "forced", "new-min", "higher-min", "lower-min", "lower-max", "higher-max", "no-max", "earlier-max", "later-max", "piped-max", "date-gone", "date-other", "integer-gone", "yes-to-true", "yes-to-radio", "yes-recoded", "to-text", "move-text", "required"],
)  # fmt: skip
def test_each_kind_of_change_has_its_risk(old: Field, new: Field, risk: str) -> None:
    worst = max((change.risk for change in changes(old, new)), key=["safe", "review", "loses data"].index)
    assert worst == risk


@pytest.mark.parametrize(
    ("held", "said", "risk"),
    [
        ({"story": Held(9, {}, lines=4)}, "4 records hold a value with some", "loses data"),
        ({"story": Held(9, {}, lines=0)}, "no record holds such a value", "review"),
        ({"story": Held(9, {})}, "9 records hold a value, and whether it has any was not counted", "review"),
        ({}, "whether values have any cannot be seen with this token", "review"),
    ],
)
def test_notes_on_one_line_are_judged_by_the_line_breaks_that_are_stored(
    held: dict[str, Held], said: str, risk: str
) -> None:
    found = steps(ID, replace(NOTES, field_type="text"), live=(ID, NOTES), held=held)
    what = "change field story of base: type notes becomes text: line breaks in values are lost when a form is saved"
    assert [one for one in found if "story" in one[0]] == [(f"{what}; {said}", risk)]
    assert plan.in_danger(replace(PROJECT, fields=(ID, replace(NOTES, field_type="text"))), (ID, NOTES)) == ("story",)


LONG = "On how many days of the last month was anybody of your team at school before eight o'clock"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (AGE, replace(AGE, field_label="Years"), "('Age' becomes 'Years')"),
        (AGE, replace(AGE, text_validation_type_or_show_slider_number="number"), "('integer' becomes 'number')"),
        (AGE, replace(AGE, text_validation_min="1"), "('' becomes '1')"),
        (AGE, replace(AGE, field_label="Age\n <b>now</b>\x1b"), "('Age' becomes 'Age <b>now</b>')"),
        (AGE, replace(AGE, field_annotation="@HIDDEN"), "('' becomes '@HIDDEN')"),
        (replace(AGE, field_label=f"{LONG}?"), replace(AGE, field_label=f"{LONG}, or nine?"),
         ("('…nth was anybody of your team at school before eight o'clock?' becomes "
          "'…nybody of your team at school before eight o'clock, or nine?')")),
    ],
    ids=["label", "validation", "min", "one-line", "annotation", "long"],
)  # fmt: skip
def test_the_old_and_the_new_words_are_told_cut_to_where_they_differ(old: Field, new: Field, words: str) -> None:
    ((said, _),) = steps(ID, new, MOOD, BOX, live=(ID, old, MOOD, BOX))
    assert said.endswith(words)


def test_many_choices_in_other_words_are_told_by_the_first_five() -> None:
    old = replace(MOOD, select_choices_or_calculations=" | ".join(f"{n}, Old {n}" for n in range(7)))
    new = replace(MOOD, select_choices_or_calculations=" | ".join(f"{n}, New {n}" for n in range(7)))
    ((said, _),) = steps(ID, AGE, new, BOX, live=(ID, AGE, old, BOX))
    assert said.endswith("4: 'Old 4' becomes 'New 4'; and 2 more)")


def test_a_licensed_wording_is_told_neither_old_nor_new() -> None:
    licensed = replace(PROJECT, wording=Wording({"age": {"field_label": "Secret new"}, "mood": {}}))
    there = replace(LIVE, fields=(ID, replace(AGE, field_label="Secret old"), replace(MOOD, select_choices_or_calculations="1, Secret | 2, Bad"), BOX))  # fmt: skip
    found = plan.make(Wanted(licensed, ("T001",)), there)
    assert [step.name for step in found.steps] == ["change-field:age:label", "change-field:mood:choice-words"]
    assert "Secret" not in plan.words(found) + plan.markdown(found, "t") + str(plan.as_json(found))


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
        "change field box of visit: the choices 1 and 2 go away (1: 'One'; 2: 'Two'); 12 records hold code 1; 1 record holds code 2",
        "loses data",
    )
    assert added.endswith("the choice 3 is new (3: 'Three')")


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
        replace(LIVE, groups={"t001": "T001", "faculty": "Faculty"}),
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


def test_a_field_that_comes_to_stand_first_is_known_to_take_the_records_names_over() -> None:
    found = dict(steps(Field("code", "base"), *FIELDS))
    said = "records would be known by code and no more by record_id, which would hold nothing"
    assert found[f"order fields of the dictionary: {said}"] == "loses data"
    assert dict(steps(Field("code", "base"), *FIELDS, records=0)) == {
        "add field code of base: not in REDCap": "safe",
        f"order fields of the dictionary: {said}; no record is there yet": "safe",
    }


def test_what_others_wrote_in_redcap_cannot_pass_for_a_line_of_the_plan() -> None:
    there = replace(LIVE, repeating={"visit": "x\n1 step: 1 safe.\x1b[2J\u202e"}, labels={"visit": "a"})
    made = plan.make(Wanted(PROJECT, ("T001",)), there)
    assert [step.evidence for step in made.steps] == ["now 'x 1 step: 1 safe.[2J'"]
    assert plan.words(made).splitlines()[2] == "      now 'x 1 step: 1 safe.[2J'"
