"""Whether branching can ever be true: against every combination of answers, tried one by one."""

from __future__ import annotations

from datetime import datetime
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.lint.planted import box, calc, codes, found, radio, shown, tagged, text

from breakthrough.instruments.field import Field
from breakthrough.instruments.lint import solve
from breakthrough.logic.parse import parse
from breakthrough.logic.record import Record
from breakthrough.logic.row import holds
from breakthrough.logic.setting import Setting
from breakthrough.logic.tree import Reference

# What each field can hold; n can hold any whole number, of which those around the constants tell all there is to tell.
FIELDS = {"p": ("", "1", "2", "3"), "q": ("", "a", "b"), "b(1)": ("0", "1"), "n": ("", *map(str, range(-1, 7)))}
ATOMS = [
    *(f"[p] {operator} {value}" for operator in ("=", "<>", "<", ">=") for value in (1, 2, 3)),
    *(f"[q] {operator} '{value}'" for operator in ("=", "<>") for value in ("a", "b", "A", "")),
    *(f"[b(1)] = '{value}'" for value in (0, 1)),
    *(f"[n] {operator} {value}" for operator in ("=", "<>", "<", "<=", ">", ">=") for value in (0, 2, 5)),
    "contains([q], 'a')",
    "1 = 2",
    "'x' = 'x'",
]  # fmt: skip


def domain(reference: Reference) -> tuple[str, ...] | None:
    name = reference.field if reference.code is None else f"{reference.field}({reference.code})"
    return None if name == "n" else FIELDS[name]


def logic() -> st.SearchStrategy[str]:
    return st.recursive(
        st.sampled_from(ATOMS),
        lambda inner: st.builds(
            lambda word, parts, denied: f"{'not ' if denied else ''}({f' {word} '.join(parts)})",
            st.sampled_from(["and", "or"]),
            st.lists(inner, min_size=2, max_size=3),
            st.booleans(),
        ),
        max_leaves=6,
    )


@settings(max_examples=150, deadline=None)
@given(logic())
def test_it_can_hold_exactly_where_some_answers_make_it_hold(condition: str) -> None:
    tree = parse(condition)
    setting = Setting.at(datetime.fromisoformat("2026-01-01"))
    tried = (dict(zip(FIELDS, values, strict=True)) for values in product(*FIELDS.values()))
    assert solve.ways(tree).can_hold(domain) == any(holds(tree, Record(values), setting) for values in tried)


@pytest.mark.parametrize(
    ("condition", "possible"),
    [
        ("[n] > 1 and [n] < 2", True),  # a number need not be whole
        ("[n] > 2 and [n] < 2", False),
        ("[n] > 5 and [n] = '5'", False),
        ("[n] = '' and [n] > 0", False),
        ("[n] = 'a' and [n] <> 'a'", False),
        ("[n] >= '2026-01-01' and [n] <= '2025-12-31'", False),
        ("[n] >= '2025-12-31' and [n] <= '2026-01-01'", True),
        ("[n] > 5 and [other] < 5", True),
        ("[n][1] = 1 and [n][2] = 2", True),  # two instances are two values
        ("[e_arm_1][n] = 1 and [n] = 2", True),
        ("[n] > [other] and [n] < [other]", True),  # not looked into
        ("datediff([n], 'today', 'd') > 5 and datediff([n], 'today', 'd') < 5", True),  # neither is this
        ("[n] = 1 and ([n] = 2 or [n] = 3)", False),
        ("not ([n] = 1 or [n] <> 1)", False),
        (" or ".join(f"([n] = {number} and [n] = {number + 1})" for number in range(400)), True),  # too many ways
    ],
)
def test_fields_that_can_hold_anything(condition: str, possible: bool) -> None:
    assert solve.ways(parse(condition)).can_hold(lambda _: None) is possible


def test_required_fields_behind_impossible_branching_are_named_too() -> None:
    findings = found(radio("r"), shown("x", "[r] = '1' and [r] = '2'", required_field="y"))
    assert codes(findings) == ["R001", "R003"]
    assert {finding.field.field_name for finding in findings if finding.field} == {"x"}


def test_what_waits_for_an_impossible_field_is_never_shown_either() -> None:
    findings = found(
        radio("r"),
        radio("x", branching_logic="[r] = '1' and [r] = '2'"),
        shown("y", "[x] = '1'"),
        shown("z", "[y] <> '' or [r] = '1'"),
        shown("w", "[x] = ''"),
    )
    assert [(one.code, one.field and one.field.field_name) for one in findings] == [("R001", "x"), ("R002", "y")]


@pytest.mark.parametrize(
    "filled",
    [
        calc("x", "1 + 1", branching_logic="[y] = 1"),
        tagged("@DEFAULT='1'", shown("x", "[y] = 1")),
        tagged("@HIDDEN-SURVEY", shown("x", "[y] = 1")),
    ],
    ids=["calculated", "filled in", "hidden on surveys"],
)
def test_a_field_that_fills_itself_opens_others(filled: Field) -> None:
    assert codes(found(filled, shown("y", "[x] <> ''"))) == []


def test_a_box_that_is_never_ticked_can_be_asked_for_as_not_ticked() -> None:
    closed = box("b", branching_logic="[y] = 1 and [y] = 2")
    findings = found(text("y"), closed, shown("p", "[b(1)] = '0'"), shown("q", "[b(1)] = '1'"))
    assert [(one.code, one.field and one.field.field_name) for one in findings] == [("R001", "b"), ("R002", "q")]
