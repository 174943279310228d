"""Cells of a dictionary by the names a spreadsheet gives them, for the messages about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from string import ascii_uppercase

from redcap_sandbox.design.dictionary import COLUMNS, Field

Rows = Sequence[Field]
CHOICES = "select_choices_or_calculations"
VALIDATION = "text_validation_type_or_show_slider_number"


def at(column: str, index: int) -> str:
    """The cell as a spreadsheet names it: `A3`; row 1 is the header."""
    return f"{ascii_uppercase[COLUMNS.index(column)]}{index + 2}"


def places(rows: Rows, column: str, wrong: Callable[[Field], bool]) -> str:
    """The cells of that column whose rows are wrong: `B2, B4`; '' if none is."""
    return ", ".join(at(column, index) for index, row in enumerate(rows) if wrong(row))


def values(rows: Rows, column: str, wrong: Callable[[Field], bool]) -> str:
    """What stands in those cells, and where: `texte (D3), notes (D7)`."""
    return ", ".join(f"{row.cells[column]} ({at(column, index)})" for index, row in enumerate(rows) if wrong(row))
