"""Branching in words, action tags, piped keys and validation types, without a browser."""

from __future__ import annotations

import re

import pytest
from tests.preview.conftest import NOW
from tests.preview.kitchen import BOOK, FIELDS

from breakthrough.instruments.preview import behaviour, elsewhere, logic, markup, sentences, validation

KNOWN = BOOK.by_name


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", ""),
        ("[sure] = '1'", "“Sure?” is “Yes”"),
        ("'1' = [sure]", "“Sure?” is “Yes”"),
        ("[kind] <> '' and [kind] <> '2'", "“Kind” is answered and is not “Two”"),
        ("[kind] = '1' or [kind] = '2'", "“Kind” is “One” or “Two”"),
        ("[kind] > 1", "“Kind” is “Two” or “Three”"),
        ("[fruit(9)] <> '1'", "“Which fruit?” does not include “None of these”"),
        ("[whole] >= 3 and [on_ymd] < today", "“Whole” is at least 3 and “On_ymd” is before today"),
        ("3 < [whole]", "“Whole” is more than 3"),
        ("([whole] + [must_fit]) > [comma]", "“Whole” plus “Must_fit” is more than “Comma”"),
        ("[sure] = '1' and ([whole] = '' or [agree] = '0')", "“Sure?” is “Yes” and (“Whole” is blank or “True?” is “False”)"),
        ("not([title] = '')", "not (“Title” is blank)"),
        ("datediff([on_ymd], today, 'd') > 7", "the number of days between “On_ymd” and today is more than 7"),
        ("datediff([on_ymd], 'today', 'M', true) <= 3", "the number of months from “On_ymd” to today is at most 3"),
        ("datediff([on_ymd], today, [kind]) > 7", "datediff([on_ymd], today, [kind]) > 7"),
        ("datediff([on_ymd]) > 7", "datediff([on_ymd]) > 7"),
        ("[first_arm_1][title] = 'x'", "[first_arm_1][title] = 'x'"),
        ("[title] = =", "[title] = ="),
        ("[kind] > 9", "[kind] > 9"),
    ],
)  # fmt: skip
def test_a_condition_is_told_in_words_or_else_as_it_stands(source: str, words: str) -> None:
    assert sentences.condition(source, KNOWN) == words


def test_tags_inside_if_count_by_what_is_true_of_a_new_record() -> None:
    found = behaviour.of("@IF([a] = '', @READONLY @DEFAULT='x', @HIDDEN) @CHARLIMIT=30", NOW)
    assert (found.read_only, found.initial, found.hidden, found.characters) == (True, "x", False, 30)
    assert behaviour.of("@IF([a] = '1', @HIDDEN, '')", NOW).hidden is False
    assert behaviour.of("@HIDECHOICE='1,2' @SHOWCHOICE='2'", NOW).left_out == {"1"}
    assert behaviour.of("@HIDDEN-SURVEY @CHARLIMIT=none", NOW) == behaviour.Behaviour()


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("date_ymd", "2026-3-1", "1-3-2026"),
        ("datetime_seconds_dmy", "01-03-2026 09:05:59", "01-03-2026 09:05"),
        ("time_mm_ss", "59:59", "60:00"),
        ("number", "-.29", "1,5"),
        ("number_2dp", "99.99", "99.9"),
        ("number_comma_decimal", "2,345623", "2.3"),
        ("integer", "-10", "1.0"),
        ("float", "4", "four"),
        ("email", "email@test.edu", "ringo@noreply"),
        ("phone", "415 555 1212", "8675309"),
        ("zipcode", "94043-1234", "9404"),
        ("postalcode_canada", "A0A 0A0", "AAA 000"),
        ("alpha_only", "ABCxyz", "A1"),
    ],
)
def test_a_validation_type_takes_what_redcap_takes(name: str, good: str, bad: str) -> None:
    rule = validation.of(name)
    assert rule is not None
    assert re.fullmatch(rule.pattern, good)
    assert not re.fullmatch(rule.pattern, bad)


def test_every_validation_tells_a_person_what_to_write() -> None:
    assert validation.of("vmrn") is None
    assert validation.of("") is None
    for name, rule in validation.known().items():
        assert re.fullmatch(r"Write .+\.", rule.wanted), name
        assert rule.title, name


def test_what_a_page_needs_from_elsewhere_is_named_by_where_it_comes_from() -> None:
    found = elsewhere.of(BOOK.fields_of("sink"), BOOK, BOOK.instruments[1])
    assert [(one.key, one.label, one.place) for one in found] == [
        ("[user-name]", "[user-name]", "given by REDCap"),
        ("site", "Which site?", "First"),
    ] or [(one.key, one.label, one.place) for one in found] == [
        ("site", "Which site?", "First"),
        ("[user-name]", "[user-name]", "given by REDCap"),
    ]


def test_brackets_that_are_prose_stay_prose() -> None:
    told = markup.text("20 mg [low dose] or [high] for [title]", KNOWN)
    assert "".join(part.html for part in told.parts).startswith("20 mg [low dose] or [high] for <span")
    assert told.plain == "20 mg [low dose] or [high] for …"


def test_a_fields_logic_is_its_branching_and_what_it_works_out() -> None:
    by_name = {one.field_name: list(logic.logic_of(one)) for one in FIELDS}
    assert by_name["total"] == ["[whole] * 2"]
    assert by_name["later"] == ["@CALCDATE([on_ymd], 7, 'd')"]
    assert by_name["deep"] == ["[why] <> ''"]
    assert by_name["title"] == []
