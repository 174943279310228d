"""Texts and choices as rows of a page, each broken to the width it has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from redcap_sandbox.pdf import direction, ink
from redcap_sandbox.pdf.ink import Row
from redcap_sandbox.pdf.letters import Letters
from redcap_sandbox.pdf.sheet import Option
from redcap_sandbox.pdf.wrapping import wrapped


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks. `lead` is from one baseline to the next."""

    size: float
    lead: float
    bold: bool = False
    colour: str = ink.BLACK

    @property
    def baseline(self) -> float:
        """How far it is under the upper edge of the text's row."""
        return self.lead * 0.78


BODY = Style(9.5, 13)
VALUE = Style(9.5, 13, bold=True)
SMALL = Style(8, 10.5, colour=ink.GREY)
REQUIRED = Style(7.5, 10.5, colour=ink.RED)
MARK = 14  # from a choice's mark to its label
_APART = 16  # between choices on one line


def lines(letters: Letters, paragraphs: Iterable[str], width: float, style: Style) -> list[str]:
    """Paragraphs as lines of that width."""
    scale = style.size / 1000
    return [
        line
        for paragraph in paragraphs
        for line in wrapped(paragraph, lambda text: letters.width(text, style.bold) * scale, width)
    ]


def measure(letters: Letters, text: str, style: Style) -> float:
    """How wide a text is on one line."""
    return letters.width(text, style.bold) * style.size / 1000


def line(letters: Letters, words: str, x: float, style: Style, leftward: bool | None = None) -> Row:
    """A row of one line of text; `leftward` as in `ink.text`."""
    return Row(style.lead, ink.text(letters, x, style.baseline, style.size, words, style.bold, style.colour, leftward))


def texts(letters: Letters, paragraphs: Iterable[str], x: float, width: float, style: Style) -> list[Row]:
    """Paragraphs as rows."""
    return [
        line(letters, words, x, style, direction.is_right_to_left(paragraph))
        for paragraph in paragraphs
        for words in lines(letters, [paragraph], width, style)
    ]


def beside(left: Sequence[Row], right: Sequence[Row]) -> list[Row]:
    """Rows side by side; read from left to right, row by row."""
    shared = [one.beside(other) for one, other in zip(left, right, strict=False)]
    return [*shared, *left[len(shared) :], *right[len(shared) :]]


def blank(x: float, width: float, rows: int = 1) -> list[Row]:
    """Rules to write on."""
    height = BODY.lead if rows == 1 else 18
    return [Row(height, ink.bar(x, height - 2.5, width, 0.5, ink.GREY))] * rows


def choices(
    letters: Letters, options: Sequence[Option], single: bool, x: float, width: float, columns: int
) -> list[Row]:
    """Choices with their marks, in that many columns; read row by row, so that their order stays.

    With 0 columns as many on a line as there is room for; one below the other if any needs more than a line.
    """
    wide = [MARK + measure(letters, option.label, _look(option)) for option in options]
    if columns == 0 and max(wide, default=0) <= width:
        return _flowing(letters, options, single, x, width, wide)
    if columns > 1:
        column, starts = width / columns, range(0, len(options), columns)
        rows = list[Row]()
        for at in starts:
            shown = enumerate(options[at : at + columns])
            rows.append(reduce(Row.beside, (_option(letters, one, single, x + n * column) for n, one in shown)))
        return rows
    return [row for option in options for row in _listed(letters, option, single, x, width)]


def _listed(letters: Letters, option: Option, single: bool, x: float, width: float) -> list[Row]:
    first, *more = texts(letters, [option.label], x + MARK, width - MARK, _look(option)) or [Row(BODY.lead)]
    return [first.on(_mark(option, single, x)), *more]


def _flowing(
    letters: Letters, options: Sequence[Option], single: bool, x: float, width: float, wide: Sequence[float]
) -> list[Row]:
    rows: list[list[Row]] = [[]]
    at = 0.0
    for option, room in zip(options, wide, strict=True):
        if rows[-1] and at + room > width:
            rows.append([])
            at = 0.0
        rows[-1].append(_option(letters, option, single, x + at))
        at += room + _APART
    return [reduce(Row.beside, row) for row in rows]


def _option(letters: Letters, option: Option, single: bool, x: float) -> Row:
    words = line(letters, option.label, x + MARK, _look(option)) if option.label else Row(BODY.lead)
    return words.on(_mark(option, single, x))


def _mark(option: Option, single: bool, x: float) -> str:
    return ink.mark(x, BODY.baseline, 11, single, option.chosen)


def _look(option: Option) -> Style:
    return VALUE if option.chosen else BODY
