"""Matrices: rows that are apart, that differ, or that cannot be in one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from redcap_sandbox.design.dictionary import Field
from redcap_sandbox.design.dictionary_check.cells import CHOICES, Rows, at

_GROUP, _RANKING = "matrix_group_name", "matrix_ranking"
_Member = tuple[int, Field]


def faults(rows: Rows) -> Iterator[str]:
    """What is wrong with matrices. A section header within one is none: it parts the matrix on the form."""
    runs: list[list[_Member]] = []
    again: list[_Member] = []
    seen: set[str] = set()
    for (group, _), run in groupby(enumerate(rows), key=lambda one: (one[1].cells[_GROUP], one[1].form)):
        if not group:
            continue
        runs.append(list(run))
        if group in seen:
            again.append(runs[-1][0])
        seen.add(group)
    yield from _told(
        "The rows of a matrix must stand together on one form, but these matrix group names are used again: ",
        _GROUP,
        again,
    )
    members = [member for run in runs for member in run]
    yield from _told(
        "Only fields of field type radio or checkbox can be in a matrix: ",
        _GROUP,
        [(index, row) for index, row in members if row.kind not in {"radio", "checkbox"}],
    )
    yield from _told(
        "All rows of a matrix must have the same field type: ",
        "field_type",
        [(index, row) for run in runs for index, row in run if row.kind != run[0][1].kind],
    )
    yield from _told(
        "All rows of a matrix must have the same choices: ",
        CHOICES,
        [(index, row) for run in runs for index, row in run if row.choices != run[0][1].choices],
        shown=False,
    )
    yield from _told(
        "Only a matrix of radio buttons can be ranked, and then all its rows are: ",
        _RANKING,
        [
            (index, row)
            for run in runs
            for index, row in run
            if row.cells[_RANKING] != run[0][1].cells[_RANKING] or (row.cells[_RANKING] and row.kind == "checkbox")
        ],
        shown=False,
    )


def _told(text: str, column: str, members: Sequence[_Member], *, shown: bool = True) -> Iterator[str]:
    if members:
        cells = (f"{row.cells[column]} ({at(column, index)})" if shown else at(column, index) for index, row in members)
        yield text + ", ".join(cells)
