"""Counts of the monthly form that are added and subtracted, and where logic over case rows may stand in their place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

from breakthrough.collaborative.cases import Condition

_TERM = re.compile(r"\s*([+-]?)\s*([a-z][a-z0-9_]*)")


class Counted:
    """Counts added and subtracted: `sd_abs`, or `ch_ytd - ch_swd`. Raises ValueError for anything else."""

    def __init__(self, text: str) -> None:
        self.text = " ".join(text.split())
        self.terms: tuple[tuple[int, str], ...] = tuple(_terms(self.text))

    @property
    def counts(self) -> tuple[str, ...]:
        """The codes of the counts, in the order written."""
        return tuple(code for _, code in self.terms)

    def value(self, counts: Mapping[str, float]) -> float | None:
        """The sum, or None where any of its counts is absent."""
        if any(code not in counts for code in self.counts):
            return None
        return sum(sign * counts[code] for sign, code in self.terms)

    def __repr__(self) -> str:
        return f"Counted({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Counted) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(self.terms)


def _terms(text: str) -> list[tuple[int, str]]:
    if "[" in text:
        raise ValueError(
            "this is REDCap's logic, which counts case rows. Say with 'source' which rows, or name a count, such as: "
            "sd_abs"
        )
    terms, at = [], 0
    while at < len(text):
        found = _TERM.match(text, at)
        if not found or (at > 0 and not found[1]):
            raise ValueError(f"'{text}' is not a count, or counts joined by + and -, such as: ch_ytd - ch_swd")
        terms.append((-1 if found[1] == "-" else 1, found[2]))
        at = found.end()
        while at < len(text) and text[at] == " ":
            at += 1
    if not terms:
        raise ValueError("a count is missing here, such as: sd_abs")
    return terms


Part = Counted | Condition  # what stands above or below a line

PartField = Annotated[
    Part,
    BeforeValidator(lambda value: value if isinstance(value, Counted | Condition) else Counted(str(value))),
    PlainSerializer(lambda part: part.text),
]

LogicField = Annotated[
    Condition,
    BeforeValidator(lambda value: value if isinstance(value, Condition) else Condition(str(value))),
    PlainSerializer(lambda condition: condition.text),
]
