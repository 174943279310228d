"""How the shipped forms speak: to people with little time, in plain words, one sentence at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from breakthrough.content import Content, shipped
from breakthrough.instruments import dictionary, profiles
from breakthrough.instruments.field import Field

FILES = sorted((shipped() / "instruments").rglob("*.csv"))
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)

ASKING = ("Which ", "What ", "How ", "Who ", "When ", "Where ", "Why ", "Did ", "Do ", "Does ", "Is ", "Are ", "Has ",
          "Have ", "May ", "Was ", "Release ")  # fmt: skip
MARKUP = re.compile(r"<[^>]+>")
AMERICAN = re.compile(
    r"\b(\w+iz(e|es|ed|ing|ation)|behaviors?|colors?|centers?|programs?|favor\w*|labor|fulfill|judgment|gray)\b", re.IGNORECASE
)  # fmt: skip
OFFICE = re.compile(
    r"\b(please (ensure|note|complete|indicate)|utili\w+|stakeholder\w*|leverage|respondent\w*|kindly|via|e\.g\.|i\.e\.|etc|"
    r"and/or|applicable|facilitat\w+|implement(ed|ation)|N/A|deliverable\w*|KPI\w*|as per|in order to)\b",
    re.IGNORECASE,
)  # fmt: skip
CAPITALS = {"PDSA", "PLAN", "DO", "STUDY", "ACT", "YYYY", "MM", "T001", "ID"}


def shown(field: Field) -> Iterator[str]:
    """Every text of the field that somebody reads."""
    yield from (field.section_header, field.field_label, field.field_note)
    yield from (choice.label for choice in field.choices if field.field_type not in {"yesno", "truefalse"})


def texts(path: Path) -> list[str]:
    return [MARKUP.sub("", text).strip() for field in dictionary.read(path) for text in shown(field) if text]


@every_file
def test_a_question_ends_as_one(path: Path) -> None:
    for field in dictionary.read(path):
        label = field.field_label
        if label.startswith(ASKING):
            assert label.endswith(("?", ".")), label
        if "?" in label:
            assert label.endswith("?"), label


@every_file
def test_what_has_two_sentences_ends_the_last_one(path: Path) -> None:
    for text in texts(path):
        if re.search(r"[.?!] [A-Z0-9]", text):
            assert text[-1] in ".?!", text


@every_file
def test_a_note_begins_with_a_capital_and_does_not_trail_off(path: Path) -> None:
    for field in dictionary.read(path):
        note = field.field_note
        assert note[:1] == note[:1].upper(), note
        assert not note.endswith((",", ";", ":")), note


@every_file
def test_a_sentence_can_be_read_in_one_breath(path: Path) -> None:
    for text in texts(path):
        for sentence in re.split(r"(?<=[.?!:;]) ", text):
            assert len(sentence.split()) <= 30, sentence


@every_file
def test_words_are_plain_british_and_spaced_once(path: Path) -> None:
    for text in texts(path):
        assert not AMERICAN.search(text), text
        assert not OFFICE.search(text), text
        assert not re.search(r"  | [,.;?!]|!", text), text
        assert set(re.findall(r"\b[A-Z]{2,}[0-9]*\b", text)) <= CAPITALS, text


@every_file
def test_one_thing_is_called_by_one_name(path: Path) -> None:
    said = " ".join(texts(path))
    for other in ("head teacher", "principal", "sponsor", "mentor", "advisor", "workshop", "webform", "survey", "KPI"):
        assert not re.search(rf"\b{other}s?\b", said, re.IGNORECASE), other


@every_file
def test_a_form_says_at_its_top_who_it_is_for_or_how_long_it_takes(path: Path) -> None:
    first = next(field for field in dictionary.read(path) if field.field_name != "record_id")
    assert first.section_header.endswith((".", "team"))  # the roster's: One page for each person on the team


def test_the_month_is_asked_for_in_the_same_way_everywhere() -> None:
    asked = [
        field
        for path in FILES
        for field in dictionary.read(path)
        if field.field_name.endswith("_period") and "@READONLY" not in field.field_annotation
    ]
    assert [field.field_name for field in asked] == [
        "cs_period",
        "ct_period",
        "cr_period",
        "lc_period",
        "mm_period",
        "mr_period",
    ]
    for field in asked:
        assert field.validation == "date_ymd"
        assert field.field_label.startswith("Which month")
        assert field.field_note.startswith("Its first day: 2025-11-01 stands for November 2025")
        assert field.field_annotation == "@PLACEHOLDER='YYYY-MM-01'"


def test_the_box_about_names_says_the_same_everywhere() -> None:
    boxes = [field for path in FILES for field in dictionary.read(path) if field.field_name.endswith("_noid")]
    assert {field.field_label for field in boxes} == {"Is it free of names and identifiers?"}
    for field in boxes:
        assert field.field_note.startswith("Yes means: what you wrote "), field.field_name
        assert "nobody can be recognised from it. Only then is " in field.field_note


def test_our_own_statements_are_whole_sentences_of_a_reasonable_length() -> None:
    content = Content()
    said = [
        text
        for name in profiles.names(content)
        for part in profiles.load(content, name).parts
        for text in part.statements
    ]
    assert len(said) == len(set(said)) == 12 + 10
    for text in said:
        assert text.endswith(".")
        assert len(text.split()) <= 25, text
        assert not AMERICAN.search(text)
