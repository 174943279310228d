"""Every code is found where it should be, and nothing is found where nothing is wrong."""

from __future__ import annotations

import time

import pytest
from tests.lint.planted import RIGHT, WRONG, WRONG_TWICE, Example, box, calc, codes, found, radio, shown, tagged, text

from breakthrough.instruments.field import Field
from breakthrough.instruments.lint import CODES, find
from breakthrough.instruments.lint.codes import SEVERITIES

OF_FILES = {"F001", "F002", "F003", "F004", "F005", "F006", "F007", "F008"}
OF_SILENCING = {"S001"}


@pytest.mark.parametrize("example", WRONG, ids=str)
def test_what_is_wrong_is_found_and_nothing_else(example: Example) -> None:
    findings = find(example.subject)
    assert set(codes(findings)) == {example.code}, [str(finding) for finding in findings]


@pytest.mark.parametrize("example", WRONG_TWICE, ids=str)
def test_a_thing_that_is_wrong_in_two_ways_is_found_in_both(example: Example) -> None:
    assert set(codes(find(example.subject))) == set(example.code.split())


@pytest.mark.parametrize("example", RIGHT, ids=lambda example: example.code)
def test_what_is_right_has_no_finding_of_any_severity(example: Example) -> None:
    assert [str(finding) for finding in find(example.subject)] == []


def test_every_code_has_an_example() -> None:
    planted = {code for example in (*WRONG, *WRONG_TWICE) for code in example.code.split()}
    assert planted | OF_FILES | OF_SILENCING == set(CODES)


@pytest.mark.parametrize("example", [*WRONG, *WRONG_TWICE], ids=str)
def test_a_finding_points_into_its_cell_and_says_what_to_do(example: Example) -> None:
    for finding in find(example.subject):
        assert finding.severity in SEVERITIES
        assert finding.field is not None
        cell = getattr(finding.field, finding.column)
        start, end = finding.span or (0, len(cell))
        assert 0 <= start <= end <= len(cell)
        assert finding.problem
        assert finding.remedy
        assert not (finding.problem + finding.remedy).endswith(".")
        assert not finding.problem.endswith(".")
        assert "\n" not in finding.problem + finding.remedy


@pytest.mark.parametrize(
    ("example", "excerpt", "place"),
    [
        (WRONG[0], "1a", "1"),
        (next(one for one in WRONG if one.code == "C002"), "1, A | 1, B", "1, B"),
        (next(one for one in WRONG if one.code == "L004"), "[low] = 1", "[low]"),
        (next(one for one in WRONG if one.code == "L010"), "if([r] = '3', 1, 0)", "'"),
        (next(one for one in WRONG if one.code == "L016"), "datediff([lo], [hi], 'D')", "'D'"),
        (next(one for one in WRONG if one.code == "P005"), "[week_2_arm_1] [x]", "[week_2_arm_1] [x]"),
        (next(one for one in WRONG if one.code == "A006"), "@CHARLIMIT=5 @WORDLIMIT=5", "@WORDLIMIT=5"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_the_excerpt_marks_the_place(example: Example, excerpt: str, place: str) -> None:
    shown = find(example.subject)[0].excerpt
    assert shown is not None
    assert shown.text == excerpt
    assert shown.text[shown.start : shown.start + shown.length] == place


@pytest.mark.parametrize(
    ("fields", "remedy"),
    [
        ((text("date_of_visit"), shown("x", "[date_of_vist] <> ''")), "Did you mean [date_of_visit]"),
        ((text("date_of_visit"), shown("x", "[vist_date_of] <> ''")), "Name a field of this project"),
        ((radio("r", "A, One"), calc("x", "if([r] = 'a', 1, 0)")), "Write A: capitals count"),
        ((box("b", "A, One"), shown("x", "[b(a)] = '1'")), "Write A: capitals count"),
        ((box("b"), shown("x", "[b] = '1'")), "Name a box, such as [b(1)] = '1'"),
        ((text("lo"), calc("x", "arund([lo])")), "Did you mean 'round'"),
        ((tagged("@HIDEN"),), "Did you mean @HIDDEN"),
        ((radio("x", "1 Yes | 2 No"),), "Write '1, Yes'"),
        ((text(kind="date_ymdd"),), "Did you mean date_ymd"),
        ((text(field_type="textarea"),), "Did you mean notes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_remedy_names_what_was_probably_meant(fields: tuple[Field, ...], remedy: str) -> None:
    assert found(*fields)[0].remedy == remedy


def test_names_are_suggested_quickly_where_thousands_are_missing() -> None:
    missing = [shown(f"field_{number}", f"[feld_{number}_x] = 1") for number in range(3000)]
    begun = time.process_time()
    findings = found(*missing)
    assert time.process_time() - begun < 10  # a search through all names for each takes minutes
    assert set(codes(findings)) == {"L004"}


def test_findings_come_in_the_order_of_fields_then_columns_then_places() -> None:
    subject = Example("", WRONG[0].fields + WRONG[-1].fields).subject
    places = [(subject.places[id(finding.field)], finding.letter) for finding in find(subject)]
    assert places == sorted(places)
