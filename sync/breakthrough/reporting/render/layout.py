"""Plain text at 72 columns: wrapped paragraphs and tables that stay readable in any mail program."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from breakthrough.reporting.clean import clean
from breakthrough.reporting.parts import MonthTable

WIDTH = 72
_GAP = 2


def wrap(text: object, indent: str = "") -> str:
    """The text in lines of at most 72 columns; `indent` stands before the first, blanks of its length before others."""
    after = indent if not indent.strip() or indent == "> " else " " * len(indent)
    rest, room = clean(str(text)).expandtabs().replace("\n", " ").rstrip(" "), WIDTH - len(indent)
    lines, start = [], indent
    while len(rest) > room:
        end = rest.rfind(" ", 0, room + 1)
        if end < 0:  # a word that no line holds, as links are: it stands by itself, whole
            end = rest.find(" ")
        if end < 0:
            break
        if line := rest[:end].rstrip(" "):
            lines.append(start + line)
            start = after
        rest = rest[end:].lstrip(" ")
    return "\n".join([*lines, start + rest]) if rest else ""


def beside(left: Sequence[object], right: Sequence[object]) -> str:
    """Two columns, the second wrapped beside the first."""
    lefts = [clean(str(one)) for one in left]
    wide = max(map(len, lefts), default=0) + _GAP
    blank = " " * wide
    rows = [
        textwrap.wrap(clean(str(text)), WIDTH, initial_indent=one.ljust(wide), subsequent_indent=blank)
        for one, text in zip(lefts, right, strict=True)
    ]
    return "\n".join(line for row in rows for line in row)


def columns(first: Sequence[object], *others: Sequence[object]) -> str:
    """A table of the given columns, the first to the left; where it would be too wide, a line for each of its cells."""
    cells = [[clean(str(cell)) for cell in column] for column in (first, *others)]
    widths = [max(map(len, column), default=0) for column in cells]
    rows = list(zip(*cells, strict=True))
    if sum(widths) + _GAP * (len(widths) - 1) <= WIDTH:
        gap = " " * _GAP
        return "\n".join(
            gap.join(cell.ljust(wide) for cell, wide in zip(row, widths, strict=True)).rstrip() for row in rows
        )
    told = [f"{row[0]}: {', '.join(cell for cell in row[1:] if cell)}" for row in rows]
    return "\n".join(wrap(line, "- ") for line in told)


def months(table: MonthTable, label: str) -> str:
    """Months down, figures across: a month a line, so that no line is too long."""
    heads = [label, *(row.label for row in table.rows)]
    lines = [[month, *(row.cells[at] for row in table.rows)] for at, month in enumerate(table.months)]
    widths = [max(len(row[at]) for row in [heads, *lines]) for at in range(len(heads))]
    gap = " " * _GAP
    return "\n".join(
        gap.join(
            [row[0].ljust(widths[0]), *(cell.rjust(wide) for cell, wide in zip(row[1:], widths[1:], strict=True))]
        ).rstrip()
        for row in [heads, *lines]
    )
