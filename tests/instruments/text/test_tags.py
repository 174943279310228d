from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakthrough.instruments.text import tags
from breakthrough.instruments.text.tags import Tag


def shown(annotation: str) -> list[tuple[str, str | None]]:
    return [(tag.name, tag.argument) for tag in tags.found(annotation)]


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("@HIDDEN", [("@HIDDEN", None)]),
        ("@HIDDEN-SURVEY", [("@HIDDEN-SURVEY", None)]),  # not @HIDDEN with something after it
        ("@HIDDEN @READONLY", [("@HIDDEN", None), ("@READONLY", None)]),
        ("@HIDDEN,@READONLY.", [("@HIDDEN", None), ("@READONLY", None)]),
        ("some comment\n@HIDDEN - see the protocol", [("@HIDDEN", None)]),
        ("@CHARLIMIT=20", [("@CHARLIMIT", "20")]),
        ("@DEFAULT='1'", [("@DEFAULT", "1")]),
        ('@DEFAULT = "[e][f:value]"', [("@DEFAULT", "[e][f:value]")]),
        ("@HIDECHOICE= '777,999' @HIDDEN", [("@HIDECHOICE", "777,999"), ("@HIDDEN", None)]),
        ("""@PLACEHOLDER="don't" @HIDDEN""", [("@PLACEHOLDER", "don't"), ("@HIDDEN", None)]),
        (r"@DEFAULT='don\'t' @HIDDEN", [("@DEFAULT", r"don\'t"), ("@HIDDEN", None)]),
        ("@DEFAULT='a @HIDDEN b'", [("@DEFAULT", "a @HIDDEN b")]),
        ("@DEFAULT=''", [("@DEFAULT", "")]),
        (r"@DEFAULT='C:\'", [("@DEFAULT", "C:\\")]),
        ("@CALCTEXT(concat([a], ')', \"(\")) @HIDDEN", [("@CALCTEXT", "concat([a], ')', \"(\")"), ("@HIDDEN", None)]),
        ("@CALCDATE([d], 7, 'd')", [("@CALCDATE", "[d], 7, 'd'")]),
        ("@CALCTEXT (\n[a]\n)", [("@CALCTEXT", "\n[a]\n")]),
        ("@CALCTEXT([a] // it doesn't (\n)@", [("@CALCTEXT", "[a] // it doesn't (\n")]),  # a comment holds anything
        ("# first,\n// don't\n@CALCTEXT([a])", [("@CALCTEXT", "[a]")]),
        ("@IF([a] = '1', @HIDDEN, '') @READONLY", [("@IF", "[a] = '1', @HIDDEN, ''"), ("@READONLY", None)]),
        ("@HIDDEN (because)", [("@HIDDEN", None)]),
        ("@MAXCHOICE(1=25,2=30)", [("@MAXCHOICE", "1=25,2=30")]),
        ("@INLINE(50%,100%)", [("@INLINE", "50%,100%")]),
        (
            '@UVALIDATE={"min": 3, "max": "a b"} @HIDDEN',
            [("@UVALIDATE", '{"min": 3, "max": "a b"}'), ("@HIDDEN", None)],
        ),
        ("@MC-FIELD-SLIDER-BASIC", [("@MC-FIELD-SLIDER-BASIC", None)]),
        ("ask jo@EXAMPLE.org or @@HIDDEN", []),
        ("@jo and @home", []),
        ("@ alone, @1, 5@", []),
        ("", []),
    ],
)
def test_tags_are_found_with_what_they_are_given(annotation: str, expected: list[tuple[str, str | None]]) -> None:
    assert shown(annotation) == expected
    assert [tag.problem for tag in tags.found(annotation)] == [""] * len(expected)


@pytest.mark.parametrize(
    ("annotation", "name", "problem"),
    [
        ("@DEFAULT='1", "@DEFAULT", "the quote of its value is never closed"),
        ("@DEFAULT=", "@DEFAULT", "nothing stands after its equals sign"),
        ("@DEFAULT", "@DEFAULT", "what it needs is missing: write @DEFAULT='...'"),
        ("@DEFAULT=@NOW", "@DEFAULT", "its value is another tag, which REDCap does not look into"),
        ("@DEFAULT=\u2018a\u2019", "@DEFAULT", "its quotes are curly; REDCap knows straight ones only"),
        ("@DEFAULT='it's'", "@DEFAULT", "a quote inside its value ends it early"),
        ("@CALCTEXT([a]", "@CALCTEXT", "its bracket is never closed, or a quote inside it is not"),
        ("@CALCTEXT([a] = 'x)", "@CALCTEXT", "its bracket is never closed, or a quote inside it is not"),
        ("@CALCTEXT", "@CALCTEXT", "what it needs is missing: write @CALCTEXT(...)"),
        ("@JSON={1", "@JSON", "the bracket of its value is never closed"),
        ("@hidden", "@HIDDEN", "it is in small letters, and REDCap knows tags in capitals only"),
    ],
)
def test_a_malformed_tag_says_what_is_wrong_with_it(annotation: str, name: str, problem: str) -> None:
    (tag,) = tags.found(annotation)
    assert (tag.name, tag.problem) == (name, problem)
    assert annotation[tag.start] == "@"


def test_tags_without_a_blank_between_them_are_both_found_and_the_second_is_marked() -> None:
    first, second = tags.found("@READONLY@HIDDEN")
    assert (first.name, first.problem) == ("@READONLY", "")
    assert (second.name, second.problem) == ("@HIDDEN", "nothing parts it from the tag before it; a blank must")


def test_places_point_at_the_tag_and_at_its_argument() -> None:
    annotation = "note @DEFAULT = 'x' @CALCTEXT ([a])"
    default, calc = tags.found(annotation)
    assert annotation[default.start : default.end] == "@DEFAULT = 'x'"
    assert annotation[default.argument_start :][:1] == "x"
    assert annotation[calc.start : calc.end] == "@CALCTEXT ([a])"
    assert annotation[calc.argument_start :][:3] == "[a]"


def test_the_arguments_of_a_function_are_parted_at_its_own_commas() -> None:
    annotation = "@IF(contains([a], 'x,y') , @HIDDEN @DEFAULT='1,2' ,  )"
    (tag,) = tags.found(annotation)
    parts = tags.arguments(annotation, tag)
    assert [part.text for part in parts] == ["contains([a], 'x,y')", "@HIDDEN @DEFAULT='1,2'", ""]
    assert [annotation[part.start : part.end] for part in parts] == [part.text for part in parts]
    assert tags.arguments("@HIDDEN", Tag("@HIDDEN", None, 0, 7)) == ()


def test_tags_inside_an_if_are_found_too_where_they_stand() -> None:
    annotation = "@READONLY @IF([a], @IF([b], @HIDDEN, @DEFAULT='1'), '') @NOW"
    found = tags.every(annotation)
    assert [tag.name for tag in found] == ["@READONLY", "@IF", "@IF", "@HIDDEN", "@DEFAULT", "@NOW"]
    assert annotation[found[4].start : found[4].end] == "@DEFAULT='1'"


def test_the_condition_of_an_if_holds_no_tags() -> None:
    assert [tag.name for tag in tags.every("@IF([a] = '@HIDDEN', @READONLY, '')")] == ["@IF", "@READONLY"]


def test_tags_of_modules_are_told_from_redcaps_own() -> None:
    known, module, family = tags.found("@HIDDEN-PDF @INSTANCETABLE=visits @MC-TASK-UUID")
    assert (known.known, module.known, family.known) == (True, False, True)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("@HIDEN", "@HIDDEN"),
        ("@NOW_UTC", "@NOW-UTC"),  # an underscore for a dash
        ("HIDDEN_SURVEY", "@HIDDEN-SURVEY"),
        ("@INSTANCETABLE", None),
        ("@UVALIDATE", None),
        ("@IMAGEMAP", None),
    ],
)
def test_a_slip_is_told_from_a_tag_of_a_module(written: str, meant: str | None) -> None:
    assert tags.nearest(written) == meant


@given(st.text(alphabet=st.sampled_from("@AIFCHIDDENx-_='\"()[],{}/#\\ \n"), max_size=80))
def test_no_annotation_is_too_odd_and_every_place_is_right(annotation: str) -> None:
    end = 0
    for tag in tags.found(annotation):
        assert tag.start >= end
        assert annotation[tag.start] == "@"
        assert tag.end <= len(annotation)
        end = tag.end
        if tag.argument is not None:
            assert annotation[tag.argument_start :].startswith(tag.argument)
    tags.every(annotation)


@pytest.mark.parametrize("piece", ["@IF(", "@A='", "@A={", "@A=(", "@IF(x,", "@HIDDEN", "('", "@", "@IF([a],@B,"])
def test_a_hostile_annotation_takes_no_more_than_a_moment(piece: str) -> None:
    annotation = piece * (60_000 // len(piece))
    for text in (annotation, annotation + ")" * 20_000):
        started = time.process_time()
        tags.every(text)
        assert time.process_time() - started < 2
