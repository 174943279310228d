"""Matrices as tables: the shared choices once above, and a line of marks for each question."""

from __future__ import annotations

from collections.abc import Sequence

from redcap_sandbox.pdf import ink, strips
from redcap_sandbox.pdf.blocks import MUST, WIDTH, Block
from redcap_sandbox.pdf.ink import Row
from redcap_sandbox.pdf.letters import Letters
from redcap_sandbox.pdf.sheet import Question
from redcap_sandbox.pdf.strips import BODY, REQUIRED, SMALL, VALUE, Style

_QUESTIONS = 0.4 * WIDTH
_CHOICE = Style(8, 9.5)
_NARROWEST, _TALLEST = 28.0, 6  # of the choices' columns: points, lines


def grid(letters: Letters, rows: tuple[Question, ...]) -> tuple[Block, ...]:
    """The matrix as blocks, a page's first one under the choices again.

    () where the choices differ from row to row or are too long for columns.
    """
    choices = rows[0].options
    if not choices or any(_labels(row) != _labels(rows[0]) for row in rows):
        return ()
    column = (WIDTH - _QUESTIONS) / len(choices)
    if column < _NARROWEST or any(_too_wide(letters, choice.label, column) for choice in choices):
        return ()
    cells = [strips.lines(letters, [choice.label], column - 6, _CHOICE) for choice in choices]
    if max(map(len, cells)) > _TALLEST:
        return ()
    head = _head(letters, cells, column)
    lines = [_line(letters, asked, column) for asked in rows]
    first = (head, *lines[0], *(lines[1] if len(lines) > 1 else ()))
    further = (Block(line, len(line), again=(head,)) for line in lines[2:])
    return (Block(first, len(first)), *further, Block((Row(4),), 1))


def _labels(asked: Question) -> list[str]:
    return [option.label for option in asked.options]


def _too_wide(letters: Letters, label: str, column: float) -> bool:
    return any(strips.measure(letters, word, _CHOICE) > column - 6 for word in label.split())


def _head(letters: Letters, cells: Sequence[Sequence[str]], column: float) -> Row:
    """The choices, each in the middle of its column, their last lines level."""
    most = max(map(len, cells))
    row = Row(most * _CHOICE.lead + 8, ink.bar(0, 0, WIDTH, 0.4, ink.PALE))
    for place, cell in enumerate(cells):
        for number, words in enumerate(cell):
            x = _QUESTIONS + place * column + (column - strips.measure(letters, words, _CHOICE)) / 2
            y = 4 + (most - len(cell) + number) * _CHOICE.lead + _CHOICE.baseline
            row = row.then(ink.text(letters, x, y, _CHOICE.size, words))
    return row


def _line(letters: Letters, asked: Question, column: float) -> tuple[Row, ...]:
    """A question and, on its last line, its marks; so whatever reads line by line finds the question whole."""
    indent = min(strips.measure(letters, asked.number, BODY) + 8, _QUESTIONS / 2) if asked.number else 0.0
    width = _QUESTIONS - indent - 8
    number = strips.texts(letters, [asked.number], 0, max(indent - 4, 1), BODY)
    rows = strips.beside(number, strips.texts(letters, asked.label, indent, width, BODY))
    if asked.required:
        rows.append(strips.line(letters, MUST, indent, REQUIRED))
    rows = rows or [Row(BODY.lead)]
    single = asked.kind != "checkbox"
    marks = (
        ink.mark(_QUESTIONS + (place + 0.5) * column - 4.4, BODY.baseline, 11, single, option.chosen)
        for place, option in enumerate(asked.options)
    )
    rows[-1] = rows[-1].then("".join(marks))
    rows += strips.texts(letters, asked.value, _QUESTIONS, WIDTH - _QUESTIONS, VALUE)
    rows += strips.texts(letters, asked.note, indent, width, SMALL)
    rule = Row(3, ink.bar(0, 0, WIDTH, 0.4, ink.PALE))
    return (rule, *rows, Row(2))
