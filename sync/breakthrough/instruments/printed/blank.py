"""An instrument as a sheet to be filled in by hand: its questions in order, each with room for its answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from breakthrough.instruments.preview import Book
from breakthrough.instruments.preview.markup import Text
from breakthrough.instruments.preview.page import Grid, page
from breakthrough.instruments.preview.questions import Option, Question
from breakthrough.instruments.project import Instrument

Shape = Literal["line", "number", "date", "time", "lines", "ticks", "slider", "file", "worked out", "read"]

COLUMNS = 12
_WIDE = 44  # characters of a label from which on its answer gets the whole width
_SHORT_CHOICES = 30  # characters of the longest choice up to which choices stand beside each other
_QUIET = frozenset({"record"})  # stands at the head of the sheet
_SPANS: Mapping[Shape, int] = {"number": 4, "date": 4, "time": 4, "line": 6}


@dataclass(frozen=True, slots=True)
class Hint:
    """How a worksheet's template wants a field: columns of twelve, lines to write on, a mark for the style sheet.

    `columns`: in how many columns its choices stand. `note`: whether what stands below the question is printed; it may
    speak of what only a screen does.
    """

    span: int | None = None
    lines: int | None = None
    columns: int | None = None
    mark: str = ""
    note: bool = True


@dataclass(frozen=True, slots=True)
class Blank:
    """A question on paper. `columns`: in how many columns its choices stand; `only_if`: when it is asked at all.

    `say` is printed below the question in place of its note; neither where `shows_note` is false.
    """

    question: Question
    shape: Shape
    span: int
    lines: int
    columns: int
    mark: str
    say: str
    shows_note: bool
    only_if: str
    kind: str = "blank"

    @property
    def date_parts(self) -> tuple[tuple[str, int], ...]:
        """What a date asks for, in its order: letters and how many of them."""
        parts = {"y": ("year", 4), "m": ("month", 2), "d": ("day", 2)}
        order = self.question.field.validation.rpartition("_")[2]
        return tuple(parts[letter] for letter in (order if set(order) == set("ymd") else "ymd"))


@dataclass(frozen=True, slots=True)
class Matrix:
    """A matrix on paper: its choices as columns, a question a row."""

    options: tuple[Option, ...]
    rows: tuple[Question, ...]
    span: int = COLUMNS
    kind: str = "matrix"


@dataclass(frozen=True, slots=True)
class Part:
    """What stands under one section header, laid out in rows."""

    header: Text
    home: Question | None
    rows: tuple[tuple[Blank | Matrix, ...], ...]


@dataclass(frozen=True, slots=True)
class Form:
    """An instrument on paper."""

    instrument: Instrument
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """An instrument before it is laid out: a template says how it wants some of its fields, and gets the form."""

    book: Book
    instrument: Instrument
    now: dt.datetime
    conditions: bool = field(default=True)

    def laid_out(
        self, hints: Mapping[str, Mapping[str, Any]] | None = None, says: Mapping[str, str] | None = None
    ) -> Form:
        """The form. `hints` are `Hint`s by the field's name, or by how it begins: `tc_goal_*`; `says` by name alone.

        A field that is named nowhere gets the room that its type needs, so that one that is added is on the paper too.
        """
        wanted = {name: Hint(**told) for name, told in (hints or {}).items()}
        parts = []
        for section in page(self.book, self.instrument, self.now).sections:
            items = [made for item in section.items for made in self._made(item, wanted, says or {})]
            if items:
                parts.append(Part(section.header, section.home, tuple(_rows(items))))
        return Form(self.instrument, tuple(parts))

    def _made(
        self, item: Question | Grid, hints: Mapping[str, Hint], says: Mapping[str, str]
    ) -> Iterator[Blank | Matrix]:
        if isinstance(item, Grid):
            rows = tuple(row for row in item.rows if _on_paper(row))
            if rows:
                yield Matrix(item.options, rows)
        elif _on_paper(item):
            hint = _hint(item.id, hints)
            yield _blank(item, hint, says.get(item.id, ""), conditions=self.conditions)


def _on_paper(question: Question) -> bool:
    tags = question.behaviour
    if tags.hidden or tags.left_off_paper or question.kind in _QUIET:
        return False
    # A remark that appears upon certain answers is for the screen: on paper nobody can answer it.
    return not (question.kind == "descriptive" and question.only_if)


def _hint(name: str, hints: Mapping[str, Hint]) -> Hint:
    if name in hints:
        return hints[name]
    begun = [key for key in hints if key.endswith("*") and name.startswith(key[:-1])]
    return hints[max(begun, key=len)] if begun else Hint()


def _blank(question: Question, hint: Hint, say: str, *, conditions: bool) -> Blank:
    shape = _shape(question)
    columns = hint.columns or _choice_columns(question)
    label = len(question.label.plain)
    span = hint.span or (COLUMNS if label > _WIDE else _SPANS.get(shape, COLUMNS))
    # What REDCap fills in by itself is written by hand here, so what is said of the filling in is not printed.
    note = hint.note and not question.behaviour.fills
    return Blank(
        question,
        shape,
        max(1, min(span, COLUMNS)),
        hint.lines if hint.lines is not None else _lines(question),
        columns,
        hint.mark,
        say,
        note,
        question.only_if if conditions else "",
    )


def _shape(question: Question) -> Shape:
    match question.kind:
        case "notes":
            return "lines"
        case "radio" | "checkbox" | "dropdown":
            return "ticks" if question.options else "line"
        case "slider":
            return "slider"
        case "file":
            return "file"
        case "calc":
            return "worked out"
        case "descriptive":
            return "read"
    if question.behaviour.read_only and not question.behaviour.fills:
        return "worked out"
    kind = question.validation.kind if question.validation else ""
    kinds: Mapping[str, Shape] = {"number": "number", "date": "date", "time": "time"}
    return kinds.get(kind, "line")


def _lines(question: Question) -> int:
    """Lines for handwriting: about ninety letters go on one."""
    room = question.behaviour.characters
    return 4 if room is None else max(2, min(6, round(room / 120)))


def _choice_columns(question: Question) -> int:
    """One column for sentences, more for words; choices that stand in a row on the screen do on paper, too."""
    longest = max((len(option.text.plain) for option in question.options), default=0)
    many = len(question.options)
    if many <= 1 or longest > 2 * _SHORT_CHOICES:
        return 1
    if longest > _SHORT_CHOICES:
        return 2 if many > 3 else 1
    return min(many, 4 if longest <= _SHORT_CHOICES // 2 else 3)


def _rows(items: Sequence[Blank | Matrix]) -> Iterator[tuple[Blank | Matrix, ...]]:
    row: list[Blank | Matrix] = []
    for item in items:
        if row and sum(one.span for one in row) + item.span > COLUMNS:
            yield tuple(row)
            row = []
        row.append(item)
    if row:
        yield tuple(row)
