"""The codebook: every field with its name, label, type, choices, checks and branching, in words and as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from breakthrough.instruments.field import Choice, Field
from breakthrough.instruments.preview import sentences, validation
from breakthrough.instruments.preview.book import Book
from breakthrough.instruments.preview.logic import calculation
from breakthrough.instruments.preview.markup import Text, text
from breakthrough.instruments.project import Instrument
from breakthrough.instruments.text import choices as lists
from breakthrough.instruments.text.html import plain

_TYPES = {
    "text": "text, one line", "notes": "text, several lines", "textarea": "text, several lines",
    "radio": "one of these", "dropdown": "one of these (drop-down)", "select": "one of these (drop-down)",
    "checkbox": "any of these", "yesno": "yes or no", "truefalse": "true or false", "calc": "worked out",
    "slider": "slider", "descriptive": "text to read", "file": "file", "sql": "one of a list that REDCap looks up",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One field. `limits` and `condition` are words; the logic beside them is as REDCap holds it."""

    number: int
    field: Field
    header: Text
    label: Text
    note: Text
    type: str
    choices: tuple[tuple[Choice, str], ...]
    limits: tuple[str, ...]
    condition: str
    calculation: str

    @property
    def logic(self) -> str:
        """The branching logic on one line."""
        return " ".join(self.field.branching_logic.split())


@dataclass(frozen=True, slots=True)
class Chapter:
    """One instrument's lines."""

    instrument: Instrument
    lines: tuple[Line, ...]


def chapters(book: Book) -> tuple[Chapter, ...]:
    """Every instrument of the book with its fields."""
    numbers = {field.field_name: number for number, field in enumerate(book.fields, start=1)}
    return tuple(
        Chapter(one, tuple(_line(field, numbers[field.field_name], book) for field in book.fields_of(one.name)))
        for one in book.instruments
    )


def _line(field: Field, number: int, book: Book) -> Line:
    known = book.by_name
    return Line(
        number=number,
        field=field,
        header=text(field.section_header, known),
        label=text(field.field_label, known),
        note=text(field.field_note, known),
        type=_type(field),
        choices=tuple((choice, plain(choice.label)) for choice in field.choices),
        limits=tuple(_limits(field)),
        condition=sentences.condition(field.branching_logic, known),
        calculation=calculation(field),
    )


def _type(field: Field) -> str:
    if field.field_type == "file" and field.validation == "signature":
        return "signature"
    if field.field_type != "text" or not field.validation:
        return _TYPES.get(field.field_type, field.field_type)
    rule = validation.of(field.validation)
    return rule.title if rule else f"text, checked by this server's own rule {field.validation}"


def _limits(field: Field) -> Iterator[str]:
    if field.field_type == "slider":
        labels = [label.text for label in lists.sliders(field.select_choices_or_calculations)]
        if any(labels):
            yield "words: " + ", ".join(plain(label) or "(blank)" for label in labels)
    least, greatest = field.text_validation_min.strip(), field.text_validation_max.strip()
    if least and greatest:
        yield f"from {least} to {greatest}"
    elif least or greatest:
        yield f"from {least}" if least else f"to {greatest}"
    if field.matrix_group_name:
        yield f"matrix {field.matrix_group_name}" + (", ranked" if field.matrix_ranking.lower() == "y" else "")
