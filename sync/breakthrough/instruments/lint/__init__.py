"""What is wrong with a dictionary: rules of one kind a module, each yielding findings with a code that never changes.

`find(subject)` gives them all; `codes` lists what there is; silencing is in `accepted`, reading files in `sources`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from breakthrough.instruments.field import COLUMNS
from breakthrough.instruments.lint import (
    cells,
    choices,
    cycles,
    embedding,
    exports,
    identifiers,
    logic,
    matrices,
    names,
    order,
    piping,
    reach,
    references,
    tags,
    validation,
)
from breakthrough.instruments.lint.codes import CODES, SEVERITIES, Kind, Severity
from breakthrough.instruments.lint.finding import Excerpt, Finding
from breakthrough.instruments.lint.subject import Subject

__all__ = ["CODES", "RULES", "SEVERITIES", "Excerpt", "Finding", "Kind", "Severity", "Subject", "find"]

RULES: tuple[Callable[[Subject], Iterator[Finding]], ...] = (
    names.findings,
    order.findings,
    cells.findings,
    choices.findings,
    validation.findings,
    matrices.findings,
    logic.findings,
    references.findings,
    cycles.findings,
    reach.findings,
    piping.findings,
    embedding.findings,
    tags.findings,
    identifiers.findings,
    exports.findings,
)


def find(subject: Subject) -> tuple[Finding, ...]:
    """Every finding, in the order of the fields, then of the columns, then of the place in the cell."""
    found = (finding for rule in RULES for finding in rule(subject))
    return tuple(sorted(found, key=lambda finding: _place(finding, subject)))


def _place(finding: Finding, subject: Subject) -> tuple[int, int, int, str]:
    field = -1 if finding.field is None else subject.places.get(id(finding.field), -1)
    return field, COLUMNS.index(finding.column), finding.span[0] if finding.span else 0, finding.code
