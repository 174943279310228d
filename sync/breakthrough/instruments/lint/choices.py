"""C: choices – none, twice, codes that REDCap does not take or that exports cannot tell apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from breakthrough.instruments.field import Field, export_name
from breakthrough.instruments.lint.finding import Finding, quoted
from breakthrough.instruments.lint.subject import Subject
from breakthrough.instruments.text import choices as lists
from breakthrough.instruments.text import html
from breakthrough.instruments.text.choices import Choice

_COLUMN = "select_choices_or_calculations"
_CODE = re.compile(r"[A-Za-z0-9_.-]+")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_BLANK = re.compile(r"\|\s*(?=\|)|\A\s*\||\|\s*\Z")
_FORGOTTEN = re.compile(r"(-?[0-9]+)[ .:;=)-]+(\S.*)", re.DOTALL)  # "1 Yes", "1. Yes", "1=Yes"


def findings(subject: Subject) -> Iterator[Finding]:
    """What is wrong with choices and slider labels."""
    for field in subject.fields:
        if field.field_type == "slider":
            yield from _slider(field)
        elif field.field_type in {"radio", "dropdown", "checkbox"}:
            yield from _listed(field, subject)


def _slider(field: Field) -> Iterator[Finding]:
    labels = lists.sliders(getattr(field, _COLUMN))
    if len(labels) > 3:
        problem = f"it has {len(labels)} labels, and REDCap shows three"
        yield Finding("C011", field, problem, "Keep left, middle and right", _COLUMN, _span(labels[3]))


def _listed(field: Field, subject: Subject) -> Iterator[Finding]:
    listed = subject.choices(field)
    if not listed:
        yield Finding(
            "C001", field, f"a {field.field_type} has no choices", "Write them as: 1, First | 2, Second", _COLUMN
        )
        return
    yield from _codes(field, listed)
    yield from _labels(field, listed)
    yield from _numbers(field, listed)
    if field.field_type == "checkbox":
        yield from _columns(field, listed)
    for choice in listed:
        if choice.code in subject.missing_codes:
            problem = f"the code {quoted(choice.code)} is one of the project's missing-data codes, too"
            yield Finding("C010", field, problem, "Give the choice another code", _COLUMN, _span(choice))
    if blank := _BLANK.search(getattr(field, _COLUMN)):
        problem = "a choice is blank: two bars follow each other, or one stands at an end"
        yield Finding("C008", field, problem, "Take the spare bar out", _COLUMN, blank.span())


def _codes(field: Field, listed: tuple[Choice, ...]) -> Iterator[Finding]:
    for group in lists.duplicates(listed):
        problem = f"the code {quoted(group[0].code)} stands {len(group)} times among its choices"
        yield Finding("C002", field, problem, "Give each its own code", _COLUMN, _span(group[1]))
    for choice in listed:
        if not choice.coded:
            forgotten = _FORGOTTEN.fullmatch(choice.label)
            meant = f"{forgotten[1]}, {forgotten[2]}" if forgotten else f"{choice.code}, {choice.label}"
            problem = f"the choice {quoted(choice.label)} has no code, and gets its position: {choice.code}"
            yield Finding("C006", field, problem, f"Write {quoted(meant)}", _COLUMN, _span(choice))
        elif not _CODE.fullmatch(choice.code):
            problem = f"{quoted(choice.code)} cannot be the code of a choice"
            yield Finding(
                "C003", field, problem, "Use letters, digits, dots, dashes and underscores", _COLUMN, _span(choice)
            )


def _labels(field: Field, listed: tuple[Choice, ...]) -> Iterator[Finding]:
    seen: set[str] = set()
    for choice in listed:
        label = html.plain(choice.label)
        if not choice.label:
            problem = f"the choice {quoted(choice.code)} has no label"
            yield Finding("C005", field, problem, "Write what people are to read", _COLUMN, _span(choice))
        elif label and label in seen:
            problem = f"the label {quoted(label)} stands on two choices"
            yield Finding("C007", field, problem, "Give each its own words", _COLUMN, _span(choice))
        seen.add(label)


def _numbers(field: Field, listed: tuple[Choice, ...]) -> Iterator[Finding]:
    """`02` and `2` are two codes to REDCap, and one number to its logic and to whatever reads the export."""
    first: dict[float, Choice] = {}
    for choice in listed:
        if not _NUMBER.fullmatch(choice.code) or len(choice.code) > 15:
            continue
        other = first.setdefault(float(choice.code), choice)
        if other.code != choice.code:
            problem = f"the codes {quoted(other.code)} and {quoted(choice.code)} are one number to logic and statistics"
            yield Finding("C009", field, problem, "Change one of them", _COLUMN, _span(choice))


def _columns(field: Field, listed: tuple[Choice, ...]) -> Iterator[Finding]:
    for group in lists.collisions(listed):
        column = export_name(field.field_name, group[0].code)
        codes = ", ".join(quoted(code) for code in Counter(choice.code for choice in group))
        problem = f"its codes {codes} become the same column {column} in exports"
        yield Finding("C004", field, problem, "Change one of the codes", _COLUMN, _span(group[1]))


def _span(part: Choice | lists.Label) -> tuple[int, int]:
    return part.start, part.end
