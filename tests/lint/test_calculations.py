"""Circles of calculations: each told once, with the way round it."""

from __future__ import annotations

from tests.lint.planted import calc, codes, found, tagged, text


def test_a_circle_is_told_once_and_shows_the_way_round() -> None:
    findings = found(calc("z", "[x] + 1"), calc("x", "[y] + 1"), calc("y", "[z] + 1"))
    assert codes(findings) == ["L018"]
    assert findings[0].problem == "its calculation needs its own result: [z] → [x] → [y] → [z]"
    assert findings[0].field is not None
    assert findings[0].field.field_name == "z"


def test_two_circles_are_two_findings() -> None:
    findings = found(calc("x", "[y]"), calc("y", "[x]"), calc("p", "[q]"), calc("q", "[p]"), calc("r", "[p]"))
    assert [(one.code, one.field and one.field.field_name) for one in findings] == [("L018", "x"), ("L018", "p")]


def test_calctext_and_calcdate_take_part_in_circles() -> None:
    findings = found(calc("x", "length([y])"), tagged("@CALCTEXT(concat([x], '!'))", text("y")))
    assert codes(findings) == ["L018"]


def test_a_calculation_of_what_people_enter_is_no_circle() -> None:
    assert codes(found(text("a1"), calc("b1", "[a1] * 2", branching_logic="[c1] <> ''"), calc("c1", "[a1] * 3"))) == []


def test_a_thousand_calculations_one_after_the_other_are_looked_through_without_recursion() -> None:
    chain = [calc(f"c{number}", f"[c{number - 1}] + 1") for number in range(1, 1500)]
    assert codes(found(text("c0"), *chain)) == []
