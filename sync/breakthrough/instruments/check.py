"""What must hold before anything is sent to REDCap: of what lint finds, the errors and what REDCap would rewrite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments.field import Field
from breakthrough.instruments.lint import CODES, Finding, Subject, find
from breakthrough.instruments.text import piping

__all__ = ["Finding", "findings", "require", "unknown"]


def require(fields: Sequence[Field]) -> None:
    """Raises DictionaryInvalid listing every finding, one a line; returns nothing where there is none."""
    found = findings(fields)
    if found:
        raise DictionaryInvalid("\n".join(str(finding) for finding in found))


def findings(fields: Sequence[Field]) -> tuple[Finding, ...]:
    """Everything in a whole project's fields that stops a deploy, in the order of the fields."""
    return tuple(finding for finding in find(Subject(tuple(fields))) if stops(finding))


def stops(finding: Finding) -> bool:
    """Whether a deploy must not go on: REDCap refuses it, it breaks, or REDCap makes something else of it."""
    kind = CODES[finding.code]
    return kind.severity == "error" or kind.rewritten


def unknown(text: str, named: Mapping[str, Field]) -> tuple[str, ...]:
    """The names that a text pipes, such as `[tr_name]`, and that are no fields."""
    return tuple(pipe.name for pipe in piping.found(text) if not pipe.smart and pipe.name not in named)
