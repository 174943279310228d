from __future__ import annotations

import pytest

from breakthrough.logic import LogicInvalid, parse
from breakthrough.logic.tree import (
    Arithmetic,
    CalcDate,
    Call,
    Comparison,
    Denied,
    Junction,
    Node,
    Number,
    Reference,
    Signed,
    Smart,
    Step,
    Text,
    Today,
    depth,
)

A, B, C = Reference("a"), Reference("b"), Reference("c")


def is_one(node: Node) -> Comparison:
    return Comparison("=", node, Number(1.0))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        pytest.param("[a]", A, id="a field"),
        pytest.param("[ a ]", A, id="blanks within brackets"),
        pytest.param("[AGE]", Reference("age"), id="capitals in a name"),
        pytest.param("[a(1)]", Reference("a", code="1"), id="a choice"),
        pytest.param("[a(-9)]", Reference("a", code="-9"), id="a negative code"),
        pytest.param("[a(OTH)]", Reference("a", code="OTH"), id="a code keeps its case"),
        pytest.param("[a(4.4)]", Reference("a", code="4.4"), id="a code with a point"),
        pytest.param("[a:value]", Reference("a", modifiers=("value",)), id="a modifier"),
        pytest.param("[v1_arm_1][a]", Reference("a", event="v1_arm_1"), id="another event"),
        pytest.param("[1st_arm_1][a]", Reference("a", event="1st_arm_1"), id="an event that begins with a digit"),
        pytest.param("[a][2]", Reference("a", instance="2"), id="an instance"),
        pytest.param("[a][02]", Reference("a", instance="2"), id="an instance with a leading zero"),
        pytest.param("[a][last-instance]", Reference("a", instance="last-instance"), id="the last instance"),
        pytest.param("[v1_arm_1][a][3]", Reference("a", event="v1_arm_1", instance="3"), id="event and instance"),
        pytest.param(
            "[previous-event-name][a(2)][first-instance]",
            Reference("a", code="2", event="previous-event-name", instance="first-instance"),
            id="everything at once",
        ),
        pytest.param("[user-dag-name]", Smart("user-dag-name"), id="a smart variable"),
        pytest.param(
            "[survey-link:form:Click // here]",
            Smart("survey-link", ("form", "Click // here")),
            id="a smart variable with arguments, of which none is a comment",
        ),
        pytest.param(
            "[next-event-name][survey-link:f][new-instance]",
            Smart("survey-link", ("f",), "next-event-name", "new-instance"),
            id="a link to a new instance",
        ),
    ],
)
def test_square_brackets_name_fields_choices_events_instances_and_smart_variables(text: str, tree: Node) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        pytest.param("18", Number(18.0), id="whole"),
        pytest.param(".5", Number(0.5), id="no digit before the point"),
        pytest.param("5.", Number(5.0), id="none after it"),
        pytest.param("-3", Number(-3.0), id="negative"),
        pytest.param("1e3", Number(1000.0), id="exponent"),
        pytest.param("true", Number(1.0), id="true"),
        pytest.param("FALSE", Number(0.0), id="false in capitals"),
        pytest.param("'it'", Text("it"), id="single quotes"),
        pytest.param('"it"', Text("it"), id="double quotes"),
        pytest.param("''", Text(""), id="blank"),
        pytest.param(r"'the user\'s guide'", Text("the user's guide"), id="an escaped quote"),
        pytest.param(r"'a\b\\'", Text("a\\b\\"), id="backslashes"),
        pytest.param("\"a 'b' c\"", Text("a 'b' c"), id="the other quotes within"),
        pytest.param("'// no comment # here [a]'", Text("// no comment # here [a]"), id="a text is only a text"),
        pytest.param("today", Today("today"), id="bare today"),
        pytest.param("'today'", Text("today"), id="today in quotes is a text"),
    ],
)
def test_values_are_numbers_texts_and_the_words_for_now(text: str, tree: Node) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        pytest.param(
            "[a]=1 or [b]=1 and [c]=1",
            Junction("or", (is_one(A), Junction("and", (is_one(B), is_one(C))))),
            id="and binds before or",
        ),
        pytest.param(
            "([a]=1 or [b]=1) and [c]=1",
            Junction("and", (Junction("or", (is_one(A), is_one(B))), is_one(C))),
            id="parentheses bind first",
        ),
        pytest.param("[a]=1 AND [b]=1 And [c]=1", Junction("and", (is_one(A), is_one(B), is_one(C))), id="any case"),
        pytest.param("[a]=1 && [b]=1", Junction("and", (is_one(A), is_one(B))), id="symbol for and"),
        pytest.param("[a]=1 || [b]=1", Junction("or", (is_one(A), is_one(B))), id="symbol for or"),
        pytest.param("[a] != 1", Comparison("<>", A, Number(1.0)), id="other way to write is not"),
        pytest.param("[a] ===1", is_one(A), id="three equals"),
        pytest.param("not [a] = 1", Denied(is_one(A)), id="not takes the whole comparison"),
        pytest.param(
            "[a] + [b] * [c] - 1",
            Arithmetic(A, (Step("+", Arithmetic(B, (Step("*", C),))), Step("-", Number(1.0)))),
            id="times before plus",
        ),
        pytest.param(
            "[a] / [b] / [c]", Arithmetic(A, (Step("/", B), Step("/", C))), id="one level goes from left to right"
        ),
        pytest.param("-[a]^(2)", Arithmetic(Signed("-", A), (Step("^", Number(2.0)),)), id="a sign binds before ^"),
        pytest.param("[a] - -1", Arithmetic(A, (Step("-", Number(-1.0)),)), id="minus a negative"),
        pytest.param(
            "[a] + 1 > [b] * 2",
            Comparison(">", Arithmetic(A, (Step("+", Number(1.0)),)), Arithmetic(B, (Step("*", Number(2.0)),))),
            id="arithmetic before comparison",
        ),
        pytest.param("length ([a])", Call("length", (A,)), id="a blank before the parenthesis"),
        pytest.param("DATEDIFF([a],[b],'d')", Call("datediff", (A, B, Text("d"))), id="a function in capitals"),
        pytest.param("@CALCTEXT(if([a]=1, 'x', ''))", Call("if", (is_one(A), Text("x"), Text(""))), id="@CALCTEXT"),
        pytest.param("@CALCDATE([a], -7, 'd')", CalcDate(A, Number(-7.0), Text("d")), id="@CALCDATE"),
    ],
)
def test_operators_bind_as_redcap_documents(text: str, tree: Node) -> None:
    assert parse(text) == tree


def test_blanks_newlines_and_comments_may_stand_anywhere_between_words() -> None:
    spread = "# first\n[a]\r\n  =\t1 // why\rand // and why\n\u00a0[b]=1\n// last"
    assert parse(spread) == Junction("and", (is_one(A), is_one(B)))


def test_places_point_into_the_text() -> None:
    tree = parse("  [v1_arm_1][a] = 'x'")
    assert isinstance(tree, Comparison)
    assert isinstance(tree.left, Reference)
    assert (tree.left.at, tree.left.end, tree.at) == (2, 15, 16)


def test_a_thousand_conditions_joined_are_one_level() -> None:
    assert depth(parse(" or ".join(["[a]=1"] * 1000))) == 3
    assert depth(parse(" + ".join(["[a]"] * 1000))) == 2


def test_a_lookup_table_of_150_nested_ifs_is_read() -> None:
    assert depth(parse("if([a]=1,2," * 150 + "0" + ")" * 150)) == 152


@pytest.mark.parametrize("text", ["(" * 5000 + "1" + ")" * 5000, "((((1))))"])
def test_parentheses_cost_no_depth(text: str) -> None:
    assert parse(text) == Number(1.0)


@pytest.mark.parametrize("text", ["abs(" * 300 + "1" + ")" * 300, "-" * 100_000 + "[a]", "not " * 5000 + "[a]=1"])
def test_what_is_nested_too_deep_is_refused_and_not_a_crash(text: str) -> None:
    with pytest.raises(LogicInvalid, match="levels deep") as raised:
        parse(text)
    assert raised.value.code == "too-deep"
