"""Questions as blocks of rows, which a page break parts only where a block is longer than a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from redcap_sandbox.pdf import ink, strips
from redcap_sandbox.pdf.ink import Row
from redcap_sandbox.pdf.letters import Letters
from redcap_sandbox.pdf.sheet import Paragraphs, Question, Scale
from redcap_sandbox.pdf.strips import BODY, REQUIRED, SMALL, VALUE, Style

WIDTH = 504.0  # of the printed part of a page
MUST = "* must provide value"
_ANSWERS = 268.0  # where answers begin that stand beside their question
_INDENT = 14.0  # where those begin that stand below it, from the question's
_MANY = 12  # choices in more than one column from here on
_SCALE = 200.0  # of a slider
_TITLE, _HEADER = Style(15, 22, bold=True), Style(10, 14, bold=True)
_PADDING = 4.0


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that belong together.

    A block longer than a page is parted, but not within its first `lead` rows; `again` stands above it where it begins
    a page.
    """

    rows: tuple[Row, ...]
    lead: int
    again: tuple[Row, ...] = ()

    @property
    def height(self) -> float:
        """Of all rows."""
        return sum(row.height for row in self.rows)

    def under(self, rows: Sequence[Row]) -> Block:
        """The block with rows above it that are never parted from its beginning."""
        return Block((*rows, *self.rows), self.lead + len(rows), self.again)


def title(letters: Letters, words: str) -> list[Row]:
    """The rows of a form's title."""
    return [*strips.texts(letters, [words], 0, WIDTH, _TITLE), Row(4)]


def header(letters: Letters, words: Paragraphs) -> list[Row]:
    """The rows of a section header: a grey bar, which may be without words."""
    rows = strips.texts(letters, words, 6, WIDTH - 12, _HEADER) or [Row(_HEADER.lead / 2)]
    padded = [Row(3), *rows, Row(2)]
    return [Row(6), *(row.on(ink.bar(0, 0, WIDTH, row.height, "0.9 g")) for row in padded)]


def question(letters: Letters, asked: Question) -> Block:
    """A question with its answer: beside it where the question is short, else below it."""
    indent = strips.measure(letters, asked.number, BODY) + 8 if asked.number else 0.0
    indent = min(indent, WIDTH / 4)
    side = _beside(letters, asked, indent)
    label = _label(letters, asked, indent, (_ANSWERS if side else WIDTH) - indent)
    if asked.kind == "descriptive":
        rows = [*label, *strips.texts(letters, asked.note, indent, WIDTH - indent, SMALL)]
        if not rows:
            return Block((), 0)
        lead = min(len(rows), 3)
    else:
        x = _ANSWERS if side else indent + _INDENT
        answer = _answer(letters, asked, x, WIDTH - x)
        rows = strips.beside(label, answer) if side else [*label, *answer]
        lead = len(rows) - len(answer) + min(len(answer), 2)
    rule = Row(_PADDING, ink.bar(0, 0, WIDTH, 0.4, ink.PALE))
    return Block((rule, *rows, Row(_PADDING)), lead + 1)


def _beside(letters: Letters, asked: Question, indent: float) -> bool:
    if asked.alignment.startswith("L") or asked.kind in {"descriptive", "notes"} or len(asked.label) > 1:
        return False
    if len(asked.options) > _MANY or strips.measure(letters, asked.number, BODY) > indent:
        return False
    wide = sum(strips.measure(letters, words, BODY) for words in asked.label)
    wide += strips.measure(letters, MUST, REQUIRED) + 6 if asked.required else 0
    return wide <= _ANSWERS - indent - 8


def _label(letters: Letters, asked: Question, indent: float, width: float) -> list[Row]:
    rows = strips.texts(letters, asked.label, indent, width, BODY)
    number = strips.texts(letters, [asked.number], 0, WIDTH / 4, BODY)
    rows = [*number, *rows] if len(number) > 1 else strips.beside(number, rows)  # long numbers stand alone
    return _required(letters, asked, rows, indent, width) if asked.required else rows


def _required(letters: Letters, asked: Question, rows: list[Row], indent: float, width: float) -> list[Row]:
    """The label's rows with REDCap's words for a required field: on the last line if there is room, else below."""
    last = (strips.lines(letters, asked.label, width, BODY) or [""])[-1]
    x = indent + strips.measure(letters, last, BODY) + 6
    if rows and x + strips.measure(letters, MUST, REQUIRED) <= indent + width:
        must = ink.text(letters, x, BODY.baseline, REQUIRED.size, MUST, colour=REQUIRED.colour)
        return [*rows[:-1], rows[-1].then(must)]
    return [*rows, strips.line(letters, MUST, indent, REQUIRED)]


def _answer(letters: Letters, asked: Question, x: float, width: float) -> list[Row]:
    rows: list[Row] = []
    if asked.options:
        single = asked.kind != "checkbox"
        rows += strips.choices(letters, asked.options, single, x, width, _columns(letters, asked, width))
    if asked.scale:
        rows += _slider(letters, asked.scale, asked.answered, x, min(width, _SCALE))
    if asked.value:
        rows += strips.texts(letters, asked.value, x, width, BODY if asked.kind == "notes" else VALUE)
    elif asked.kind == "notes":
        rows += strips.blank(x, width, rows=3)
    elif not asked.options and not asked.scale:
        rows += strips.blank(x, min(width, WIDTH - _ANSWERS))
    return [*rows, *strips.texts(letters, asked.note, x, width, SMALL)]


def _columns(letters: Letters, asked: Question, width: float) -> int:
    if asked.alignment.endswith("H"):
        return 0
    if len(asked.options) <= _MANY:
        return 1
    widest = max(strips.measure(letters, option.label, VALUE) for option in asked.options)
    return max(min(int(width // (widest + strips.MARK + 10)), 3), 1)


def _slider(letters: Letters, scale: Scale, answered: bool, x: float, width: float) -> list[Row]:
    rows = _scale_labels(letters, scale, x, width)
    line = ink.bar(x, 5.5, width, 0.8) + "".join(ink.bar(x + width * part, 3, 0.8, 6) for part in (0, 0.5, 1))
    if scale.at is not None:
        part = min(max((scale.at - scale.low) / (scale.high - scale.low), 0), 1)
        line += ink.bar(x + width * part - 2, 1, 4.8, 10)
    rows.append(Row(12, line))
    if not answered:
        rows.append(strips.line(letters, "(Place a mark on the scale above)", x, SMALL))
    return rows


def _scale_labels(letters: Letters, scale: Scale, x: float, width: float) -> list[Row]:
    """The labels over the slider's left end, middle and right end; one below the other if they are long."""
    room = width / 3 - 4
    cells = [strips.lines(letters, [label], room, SMALL) for label in scale.labels]
    if any(len(cell) > 4 for cell in cells):
        return strips.texts(letters, scale.labels, x, width, SMALL)
    row = Row(max(map(len, cells), default=0) * SMALL.lead)
    for place, cell in enumerate(cells):
        for number, words in enumerate(cell):
            left = x + (width - strips.measure(letters, words, SMALL)) * place / 2
            y = number * SMALL.lead + SMALL.baseline
            row = row.then(ink.text(letters, left, y, SMALL.size, words, colour=SMALL.colour))
    return [row] if row.content else []
