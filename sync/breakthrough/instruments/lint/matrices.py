"""M: matrices – rows that differ, that are apart, or that cannot be in one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from breakthrough.instruments.field import Field
from breakthrough.instruments.lint.finding import Finding, quoted
from breakthrough.instruments.lint.subject import Subject
from breakthrough.instruments.text import matrices
from breakthrough.instruments.text.matrices import Matrix

_LEGAL = re.compile(r"[a-z0-9_]+")
_GROUP, _RANKING = "matrix_group_name", "matrix_ranking"


def findings(subject: Subject) -> Iterator[Finding]:
    """What is wrong with matrices."""
    seen: set[str] = set()
    for matrix in matrices.found(subject.fields):
        first = matrix.fields[0]
        if matrix.name in seen:
            problem = f"the matrix {quoted(matrix.name)} begins a second time here"
            yield Finding("M003", first, problem, "Keep its rows together, on one form", _GROUP)
        elif not _LEGAL.fullmatch(matrix.name):
            problem = f"the matrix name {quoted(matrix.name)} is not one REDCap takes as it is"
            yield Finding("M007", first, problem, "Use small letters, digits and underscores", _GROUP)
        elif len(matrix.fields) == 1 and first.field_type in {"radio", "checkbox"}:
            problem = f"the matrix {quoted(matrix.name)} has one row only"
            yield Finding("M008", first, problem, "Take the field out of it, or add rows", _GROUP)
        seen.add(matrix.name)
        yield from _rows(matrix)


def _rows(matrix: Matrix) -> Iterator[Finding]:
    for field in matrix.fields:
        if field.field_type not in {"radio", "checkbox"}:
            problem = f"a {field.field_type} cannot be in a matrix"
            yield Finding("M002", field, problem, "Only radio and checkbox can", _GROUP)
        elif field.matrix_ranking.strip().lower() == "y" and field.field_type == "checkbox":
            problem = "only rows of radio buttons can be ranked"
            yield Finding("M005", field, problem, "Leave the ranking blank", _RANKING)
    yield from _faults(matrix)


def _faults(matrix: Matrix) -> Iterator[Finding]:
    differing: set[int] = set()
    for field, fault in matrix.faults:
        if fault in {"type", "choices"} and field.field_type in {"radio", "checkbox"} and id(field) not in differing:
            differing.add(id(field))
            yield _differs(matrix, field, fault)
        elif fault == "section_header":
            problem = f"a section header parts the matrix {quoted(matrix.name)}"
            yield Finding("M004", field, problem, "Put it on the first row", "section_header")
        elif fault == "ranking":
            problem = f"the rows of the matrix {quoted(matrix.name)} are not ranked alike"
            yield Finding("M006", field, problem, "Write y on all of them, or on none", _RANKING)


def _differs(matrix: Matrix, field: Field, fault: str) -> Finding:
    column = "field_type" if fault == "type" else "select_choices_or_calculations"
    problem = f"it differs from the row above in the matrix {quoted(matrix.name)}: another {fault.removesuffix('s')}"
    return Finding("M001", field, problem, "Give all rows one type and the same choices", column)
