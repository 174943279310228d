"""What a form holds once a person has filled it in: branching and calculations together, without a server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sandbox.conftest import field

from redcap_sandbox.design.dictionary import assembled
from redcap_sandbox.design.events import Arm, Event
from redcap_sandbox.design.project import Project
from redcap_sandbox.records import branching
from redcap_sandbox.records.entry import SHOWS_VALUES, Filled, Place, filled
from redcap_sandbox.records.reading import Document, Record
from redcap_sandbox.records.sight import Sight

HERE = Place(1, "form")
FIRST = field("record_id", "form")
NOW = "2025-03-01 10:00:00"


def project(*fields: Mapping[str, str], **settings: str | int) -> Project:
    """A classic project of these fields, of which the forms `again` repeat."""
    dictionary = assembled([FIRST, *fields], {})
    repeating = {(1, "again"): ""} if "again" in dictionary.form_labels else {}
    return Project(
        id=1,
        settings=settings,
        dictionary=dictionary,
        arms=(Arm(1, "Arm 1"),),
        stored_events=(Event(1, 1, "Event 1", "event_1_arm_1"),),
        designated={},
        repeating=repeating,
        groups=(),
        surveys={},
    )


def entered(
    made: Project,
    typed: Mapping[str, str],
    stored: Mapping[str, str] | None = None,
    kept: Sequence[str] = (),
    place: Place = HERE,
    others: Sequence[Document] = (),
) -> Filled:
    """The form after these values were typed into what is stored."""
    documents = [Document(1, "", 1, {}), Document(1, place.form, place.instance, stored or {}), *others]
    return filled(Record(1, "7", None, documents), place, typed, made, Sight(made, NOW), kept)


# Each question is shown if the one before was answered with yes.
CHAIN = tuple(
    field(f"q{number}", "form", "yesno", branching_logic=f"[q{number - 1}] = '1'" if number else "")
    for number in range(6)
)
ANSWERS = st.dictionaries(st.sampled_from([f"q{number}" for number in range(6)]), st.sampled_from(["", "0", "1"]))


@given(typed=ANSWERS, stored=ANSWERS)
def test_of_a_chain_of_questions_only_those_up_to_the_first_no_keep_an_answer(
    typed: dict[str, str], stored: dict[str, str]
) -> None:
    after = entered(project(*CHAIN), typed, {name: value for name, value in stored.items() if value})
    answers = [{**stored, **typed}.get(f"q{number}", "") for number in range(6)]
    asked = next((number for number, value in enumerate(answers) if value != "1"), 5)
    held = {**stored, **after.values}
    assert [held.get(f"q{number}", "") for number in range(6)] == answers[: asked + 1] + [""] * (5 - asked)
    assert after.hidden == {f"q{number}" for number in range(asked + 1, 6)}


LADDER = (
    field("a", "form", "yesno"),
    field("b", "form", "yesno", branching_logic="[a] = '1'"),
    field("c", "form", "yesno", branching_logic="[b] = '' or [a] = '0'"),
    field("total", "form", "calc", choices="sum([a], [b], [c])", branching_logic="[c] <> ''"),
    field("d", "form", branching_logic="[total] > 1"),
)
LADDER_ANSWERS = st.fixed_dictionaries(
    {}, optional={**{name: st.sampled_from(["", "0", "1"]) for name in "abc"}, "d": st.sampled_from(["", "x"])}
)


def climbed(given_: Mapping[str, str]) -> dict[str, str]:
    """What the ladder's fields hold, worked out step by step."""
    a, b, c, d = (given_.get(name, "") for name in "abcd")
    b = b if a == "1" else ""
    c = c if not b or a == "0" else ""
    total = "" if not c else str(sum(int(value) for value in (a, b, c) if value))
    return {"a": a, "b": b, "c": c, "total": total, "d": d if total and int(total) > 1 else ""}


@given(typed=LADDER_ANSWERS, stored=LADDER_ANSWERS)
def test_branching_and_calculations_settle_whatever_was_stored_before(
    typed: dict[str, str], stored: dict[str, str]
) -> None:
    held = {name: value for name, value in stored.items() if value}
    after = entered(project(*LADDER), typed, held)
    got = {**held, **after.values}
    assert {name: got.get(name, "") for name in ("a", "b", "c", "total", "d")} == climbed({**stored, **typed})


def test_fields_that_chase_each_other_come_to_an_end() -> None:
    made = project(
        field("a", "form", branching_logic="[b] = ''"),
        field("b", "form", branching_logic="[a] <> ''"),
    )
    after = entered(made, {"a": "1", "b": "1"})
    assert not any(after.values[name] for name in after.hidden)


def test_logic_that_cannot_be_read_hides_nothing() -> None:
    made = project(field("a", "form", branching_logic="[b = "), field("b", "form"))
    assert branching.rules(made.dictionary, "form") == ()
    assert dict(entered(made, {"a": "x"}).values) == {"a": "x"}


def test_the_record_id_is_never_hidden() -> None:
    made = project(field("a", "form"))
    first = {**FIRST, "branching_logic": "[a] = '1'"}
    dictionary = assembled([first, field("a", "form")], {})
    assert branching.rules(dictionary, "form") == ()
    assert entered(made, {}).hidden == frozenset()


@pytest.mark.parametrize("tag", ["@HIDDEN", "@HIDDEN-SURVEY", "@HIDDEN-FORM"])
def test_an_action_tag_hides_without_erasing(tag: str) -> None:
    made = project(field("a", "form", field_annotation=tag))
    after = entered(made, {}, {"a": "x"})
    assert (dict(after.values), after.hidden) == ({}, frozenset())


def test_a_person_may_keep_a_value_that_would_be_erased() -> None:
    made = project(*CHAIN)
    stored = {"q0": "1", "q1": "1", "q2": "0"}
    after = entered(made, {"q0": "0"}, stored, kept=["q1"])
    assert dict(after.values) == {"q0": "0"}
    assert "q1" in after.hidden
    assert "q2" not in after.hidden  # for q1 still says yes


def test_a_missing_data_code_is_kept_in_a_hidden_field() -> None:
    made = project(*CHAIN, missing_data_codes="NI, No information")
    after = entered(made, {"q0": "0"}, {"q1": "NI"})
    assert (dict(after.values), "q1" in after.hidden) == ({"q0": "0"}, True)


def test_a_hidden_checkbox_loses_every_box() -> None:
    boxes = field("boxes", "form", "checkbox", choices="1, One | -2, Two | c, Three", branching_logic="[a] = '1'")
    made = project(field("a", "form", "yesno"), boxes)
    after = entered(made, {"a": "0"}, {"boxes(1)": "1", "boxes(-2)": "1"})
    assert dict(after.values) == {"a": "0", "boxes(1)": "", "boxes(-2)": ""}


def test_a_project_may_show_hidden_fields_that_have_values() -> None:
    made = project(*CHAIN, **{SHOWS_VALUES: "1"})
    after = entered(made, {"q0": "0"}, {"q1": "1"})
    assert (dict(after.values), sorted(after.hidden)) == ({"q0": "0"}, ["q3", "q4", "q5"])


def test_a_calculation_counts_in_branching_and_a_hidden_one_is_blank() -> None:
    made = project(
        field("a", "form", validation="integer"),
        field("double", "form", "calc", choices="[a] * 2", branching_logic="[a] < 10"),
        field("big", "form", branching_logic="[double] > 6"),
    )
    assert dict(entered(made, {"a": "4", "big": "x"}).values) == {"a": "4", "double": "8", "big": "x"}
    after = entered(made, {"a": "11"}, {"a": "4", "double": "8", "big": "x"})
    assert dict(after.values) == {"a": "11", "double": "", "big": ""}


def test_calculations_of_other_forms_are_left_to_saving() -> None:
    made = project(field("a", "form", validation="integer"), field("double", "other", "calc", choices="[a] * 2"))
    assert dict(entered(made, {"a": "4"}).values) == {"a": "4"}


def test_an_instance_sees_its_own_values_and_the_base_row() -> None:
    made = project(
        field("a", "form", "yesno"),
        field("b", "again", "yesno"),
        field("c", "again", branching_logic="[a] = '1' and [b] = '1'"),
        field("n", "again", "calc", choices="if([b] = '1', 1, 2)"),
    )
    others = [Document(1, "form", 1, {"a": "1"}), Document(1, "again", 1, {"b": "0"})]
    after = entered(made, {"b": "1", "c": "x"}, place=Place(1, "again", 2), others=others)
    assert (dict(after.values), after.hidden) == ({"b": "1", "c": "x", "n": "1"}, frozenset())
    first = entered(made, {"c": "x"}, {"b": "0"}, place=Place(1, "again", 1), others=others[:1])
    assert first.values["c"] == ""


def test_a_record_that_is_not_made_yet_can_be_filled_in() -> None:
    made = project(*CHAIN, field("name", "form", "calc", choices="[record_id] + 1"))
    after = filled(Record(0, "7", None, ()), HERE, {"q0": "0", "q1": "1"}, made, Sight(made, NOW))
    assert dict(after.values) == {"q0": "0", "q1": "", "name": "8"}
