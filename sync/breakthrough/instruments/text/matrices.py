"""Matrices: rows of one group that share their choices. `found(fields)`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from breakthrough.instruments.field import Field
from breakthrough.instruments.text.choices import Choice

Fault = Literal["type", "choices", "ranking", "section_header"]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of one group on one form with nothing between them; `place` is that of the first among all fields."""

    name: str
    form: str
    place: int
    fields: tuple[Field, ...]

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The choices of the first row, which are the matrix's columns."""
        return self.fields[0].choices

    @property
    def ranked(self) -> bool:
        """Whether each column may be chosen once only."""
        return any(field.matrix_ranking.strip().lower() == "y" for field in self.fields)

    @property
    def faults(self) -> tuple[tuple[Field, Fault], ...]:
        """The rows that differ from the first in type, choices or ranking, and those a section header parts from it."""
        first = self.fields[0]
        faults: list[tuple[Field, Fault]] = []
        for field in self.fields[1:]:
            if field.field_type != first.field_type:
                faults.append((field, "type"))
            if field.choices != first.choices:
                faults.append((field, "choices"))
            if field.matrix_ranking.strip().lower() != first.matrix_ranking.strip().lower():
                faults.append((field, "ranking"))
            if field.section_header.strip():
                faults.append((field, "section_header"))
        return tuple(faults)


def found(fields: Sequence[Field]) -> tuple[Matrix, ...]:
    """The matrices among those fields, in order; a group in several runs or on several forms comes once for each."""
    matrices: list[Matrix] = []
    place = 0
    for (name, form), run in groupby(fields, key=lambda field: (field.matrix_group_name.strip(), field.form_name)):
        rows = tuple(run)
        if name:
            matrices.append(Matrix(name, form, place, rows))
        place += len(rows)
    return tuple(matrices)
