from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakthrough.instruments.text import piping
from breakthrough.instruments.text.piping import Pipe


def one(text: str, events: tuple[str, ...] = ()) -> Pipe:
    (found,) = piping.found(text, events)
    return found


def test_a_field_is_found_where_it_stands() -> None:
    text = "Dear [first_name], your score is [score:hideunderscore]."
    first, second = piping.found(text)
    assert (first.name, text[first.start : first.end]) == ("first_name", "[first_name]")
    assert (second.name, second.modifiers) == ("score", ("hideunderscore",))
    assert text[second.start : second.end] == "[score:hideunderscore]"


@pytest.mark.parametrize(
    ("text", "name", "event", "instance", "code", "modifiers", "smart"),
    [
        ("[weight]", "weight", "", "", None, (), False),
        ("[WEIGHT]", "weight", "", "", None, (), False),  # REDCap takes references in any case
        ("[race(-9)]", "race", "", "", "-9", (), False),
        ("[race(OTH):label]", "race", "", "", "OTH", ("label",), False),
        ("[visit_1_arm_1][weight]", "weight", "visit_1_arm_1", "", None, (), False),
        ("[visit_1_arm_1b][weight]", "weight", "visit_1_arm_1b", "", None, (), False),
        ("[previous-event-name][weight]", "weight", "previous-event-name", "", None, (), False),
        ("[weight][2]", "weight", "", "2", None, (), False),
        ("[weight][last-instance]", "weight", "", "last-instance", None, (), False),
        ("[e_arm_1][weight:value][current-instance]", "weight", "e_arm_1", "current-instance", None, ("value",), False),
        ("[record-name]", "record-name", "", "", None, (), True),
        ("[survey-link:form_a:Click here, please]", "survey-link", "", "", None,
         ("form_a", "Click here, please"), True),
        ("[first-event-name][survey-url:form_a][new-instance]", "survey-url", "first-event-name", "new-instance",
         None, ("form_a",), True),
        ("[event-name]", "event-name", "", "", None, (), True),
        ("[current-instance]", "current-instance", "", "", None, (), True),
    ],
)  # fmt: skip
def test_every_documented_form_is_understood(
    text: str, name: str, event: str, instance: str, code: str | None, modifiers: tuple[str, ...], smart: bool
) -> None:
    assert one(text) == Pipe(name, 0, len(text), event, instance, code, modifiers, smart)


@pytest.mark.parametrize(
    "prose",
    [
        "20 mg/day or below [low dose]",
        "see note [1]",
        "[1][2]",
        "[follow-up] and [Mini-Mental]",
        "[]",
        "[ weight ]",
        "[2nd]",
        "[see: page 4]",
        "[[ ]]",
        "open [ and closed ]",
    ],
)
def test_bracketed_prose_is_left_alone(prose: str) -> None:
    assert piping.found(prose) == ()


def test_a_word_in_brackets_may_be_prose_and_says_so() -> None:
    assert not one("a [optional] remark").certain
    assert not one("ten [Hour(s)]").certain
    assert one("[weight:label]").certain
    assert one("[weight][3]").certain
    assert one("[e_arm_1][weight]").certain
    assert one("[user-name]").certain


def test_a_smart_variable_with_a_slip_is_found_by_its_form_alone() -> None:
    assert one("[survey-lnk:form_a]").name == "survey-lnk"
    assert not one("[survey-lnk:form_a]").certain


def test_two_fields_side_by_side_are_two_unless_the_first_is_an_event() -> None:
    assert [pipe.name for pipe in piping.found("[first_name][last_name]")] == ["first_name", "last_name"]
    assert one("[baseline][last_name]", ("baseline",)).event == "baseline"
    assert [pipe.event for pipe in piping.found("[a_arm_1][x][b_arm_1][y]")] == ["a_arm_1", "b_arm_1"]


def test_a_blank_between_event_and_field_parts_them() -> None:
    assert [pipe.event for pipe in piping.found("[visit_1_arm_1] [weight]")] == ["", ""]


@given(st.text(alphabet=st.sampled_from("[]()ab_1-:arm \n"), max_size=60))
def test_no_text_is_too_odd_and_every_place_is_right(text: str) -> None:
    end = 0
    for pipe in piping.found(text):
        assert pipe.start >= end
        assert text[pipe.start] == "["
        assert text[pipe.end - 1] == "]"
        end = pipe.end
