"""One instrument as a page: sections of questions and matrices, and what it takes from elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from breakthrough.instruments.field import Field
from breakthrough.instruments.preview import elsewhere
from breakthrough.instruments.preview.book import Book
from breakthrough.instruments.preview.elsewhere import Elsewhere
from breakthrough.instruments.preview.markup import Text, text
from breakthrough.instruments.preview.questions import Option, Question, Questions
from breakthrough.instruments.project import Instrument
from breakthrough.instruments.text import matrices


@dataclass(frozen=True, slots=True)
class Grid:
    """A matrix: its columns, and a question a row."""

    name: str
    options: tuple[Option, ...]
    rows: tuple[Question, ...]
    ranked: bool
    kind: str = "matrix"


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one section header; the first may have none."""

    header: Text
    home: Question | None  # the question whose header it is: fields may be embedded in it
    items: tuple[Question | Grid, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Everything the page of one instrument shows. `questions` are all of them, embedded ones and rows included."""

    instrument: Instrument
    custom_label: Text
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]
    elsewhere: tuple[Elsewhere, ...]

    @property
    def asked(self) -> int:
        """How many questions a person can meet: no descriptive text, nothing hidden."""
        quiet = {"descriptive", "record"}
        return sum(one.kind not in quiet and not one.behaviour.hidden for one in self.questions)


def page(book: Book, instrument: Instrument, now: dt.datetime) -> Page:
    """The page of that instrument."""
    fields = book.fields_of(instrument.name)
    record_id = book.fields[0].field_name if book.fields else ""
    made = Questions(fields, book.by_name, record_id, now)
    rows = [field for field in fields if field.field_name not in made.embedded]
    items = _items(rows, made)
    questions = tuple(_every(one for item in items for one in (item.rows if isinstance(item, Grid) else (item,))))
    label = text(instrument.custom_label, book.by_name)
    return Page(instrument, label, _sections(items), questions, elsewhere.of(fields, book, instrument))


def _items(rows: Sequence[Field], made: Questions) -> list[Question | Grid]:
    items: list[Question | Grid] = []
    place = 0
    starts = {matrix.place: matrix for matrix in matrices.found(rows)}
    while place < len(rows):
        matrix = starts.get(place)
        usable = matrix and all(one.field_type in {"radio", "checkbox"} for one in matrix.fields)
        if matrix and usable and not any(fault == "choices" for _, fault in matrix.faults):
            items += _grids(matrix, made)
            place += len(matrix.fields)
        else:
            items.append(made.question(rows[place]))
            place += 1
    return items


def _grids(matrix: matrices.Matrix, made: Questions) -> list[Grid]:
    """The matrix; a section header on a later row parts it, as it does in REDCap."""
    runs: list[list[Question]] = []
    for field in matrix.fields:
        if not runs or field.section_header.strip():
            runs.append([])
        runs[-1].append(made.question(field))
    return [Grid(f"{matrix.name}-{at}", run[0].options, tuple(run), matrix.ranked) for at, run in enumerate(runs)]


def _sections(items: Sequence[Question | Grid]) -> tuple[Section, ...]:
    sections: list[Section] = []
    held: list[Question | Grid] = []
    home: Question | None = None
    for item in items:
        first = item.rows[0] if isinstance(item, Grid) else item
        if first.header:
            if held:
                sections.append(Section(home.header if home else Text(), home, tuple(held)))
            held, home = [], first
        held.append(item)
    if held:
        sections.append(Section(home.header if home else Text(), home, tuple(held)))
    return tuple(sections)


def _every(questions: object) -> list[Question]:
    found: list[Question] = []
    waiting = list(questions)  # type: ignore[call-overload]
    while waiting:
        one = waiting.pop(0)
        found.append(one)
        waiting = [*one.embedded.values(), *waiting]
    return found
