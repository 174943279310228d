"""One finding: what is wrong, where, and what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass

from breakthrough.instruments.field import COLUMNS, HEADERS, Field
from breakthrough.instruments.lint.codes import CODES, Severity

WIDEST = 100  # characters of a line that an excerpt shows
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A line of the cell. `line` and `column` of the place in the cell count from 1; `start` is its place in `text`."""

    text: str
    line: int
    column: int
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong and what to do, in half sentences without a full stop.

    `column` is the API's name of the column, `span` the place in its cell, counted in characters from 0; None is the
    whole cell. A finding about the file has no field, and a row only where one row is meant.
    """

    code: str
    field: Field | None
    problem: str
    remedy: str
    column: str = "field_name"
    span: tuple[int, int] | None = None
    row: int | None = None
    line: int | None = None  # of the file's text, where there is no field that tells

    @property
    def severity(self) -> Severity:
        """error, warning or note."""
        return CODES[self.code].severity

    @property
    def header(self) -> str:
        """The column as REDCap's download heads it; blank where the finding is about the file."""
        return HEADERS[self.column] if self.field else ""

    @property
    def letter(self) -> str:
        """The column's letter in a spreadsheet, as REDCap's own messages name cells."""
        return chr(ord("A") + COLUMNS.index(self.column)) if self.field else ""

    @property
    def excerpt(self) -> Excerpt | None:
        """The line of the cell that the finding is about, without characters that could act on a terminal."""
        cell = str(getattr(self.field, self.column)) if self.field else ""
        if not cell.strip():
            return None
        start, end = self.span or (0, len(cell))
        return _excerpt(cell, max(0, min(start, len(cell))), max(0, min(end, len(cell))))

    def __str__(self) -> str:
        """`pdsa_cycle.csv, row 7, field pd_kind: …`, then what is wrong and what to do."""
        if self.field is None:
            return f"{self.problem}. {self.remedy}."
        where = f"{self.field.origin}, " if self.field.origin else ""
        return f"{where}field {self.field.field_name or '(no name)'}: {self.problem}. {self.remedy}."


def visible(text: str) -> str:
    """The text with a blank or a dot for every character that is not seen or that steers a terminal."""
    return _UNSEEN.sub(lambda one: " " if one[0] in "\t\r\n" else "·", text)


def quoted(text: str, longest: int = 40) -> str:
    """The text in quotes for a message: visible, and cut where it is long."""
    text = visible(text)
    return f"'{text if len(text) <= longest else text[: longest - 1] + '…'}'"


def _excerpt(cell: str, start: int, end: int) -> Excerpt:
    while start < end and cell[start].isspace():
        start += 1
    before = cell[:start]
    begins = max(before.rfind("\n"), before.rfind("\r")) + 1
    line = re.split(r"[\r\n]", cell[begins:], maxsplit=1)[0]
    place = start - begins
    cut = max(0, place - WIDEST // 2) if len(line) > WIDEST else 0
    shown = line[cut : cut + WIDEST]
    length = max(1, min(end - start, len(shown) - (place - cut)))
    lines = 1 + len(re.findall(r"\r\n|\r|\n", before))
    return Excerpt(visible(shown), lines, place + 1, place - cut, length)
