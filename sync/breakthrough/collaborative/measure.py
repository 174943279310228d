"""What a measure is: which counts or case rows make it, which way is better, where it should go, how it is drawn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, StringConstraints, model_validator

from breakthrough.collaborative.cases import Condition, Source, told
from breakthrough.collaborative.timeline import MonthField
from breakthrough.configfile import Misplaced, Model
from breakthrough.errors import LogicInvalid

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


CountedField = Annotated[
    Counted,
    BeforeValidator(lambda value: value if isinstance(value, Counted) else Counted(str(value))),
    PlainSerializer(lambda counted: counted.text),
]


PartField = Annotated[
    Counted | Condition,
    BeforeValidator(lambda value: value if isinstance(value, Counted | Condition) else Counted(str(value))),
    PlainSerializer(lambda part: part.text),
]


class Ratio(Model):
    """A numerator over a denominator: the group that a difference is taken against."""

    model_config = Model.model_config | {"arbitrary_types_allowed": True}

    numerator: CountedField
    denominator: CountedField
    name: str = ""


class Measure(Model):
    """One entry of `measures:`. Its rate is numerator / denominator x multiply, in `unit`.

    With `versus` the measure is a difference: its own rate less that of `versus`, in points. With `source` it is
    counted from case rows: the denominator's are those that meet its condition, the numerator's those of them that
    meet the numerator's as well.
    """

    model_config = Model.model_config | {"arbitrary_types_allowed": True}

    name: Annotated[str, Field(min_length=1, max_length=40)]
    plain: str
    kind: Literal["outcome", "process", "balancing"]
    source: Source | None = None
    numerator: PartField
    denominator: PartField
    versus: Ratio | None = None
    definition: str = ""
    multiply: Annotated[float, Field(gt=0)] = 100
    unit: Annotated[str, StringConstraints(strip_whitespace=False)] = "%"  # follows the figure as it stands: " points"
    decimals: Annotated[int, Field(ge=0, le=3)] = 1
    direction: Literal["lower", "higher", "neither"]
    goal: float | None = None
    goal_by: MonthField | None = None
    chart: Literal["run", "p_prime", "year_on_year"] = "run"
    cumulative: bool = False
    key: bool = False
    lag: Annotated[int, Field(ge=0, le=3)] = 0
    drivers: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _logic_over_case_rows(cls, raw: Any) -> Any:
        """Numerator and denominator are logic where case rows are counted, else counts."""
        if not isinstance(raw, Mapping) or raw.get("source") is None:
            return raw
        read, faults = dict(raw), []
        for part in ("numerator", "denominator"):
            if part in read and not isinstance(read[part], Condition):
                try:
                    read[part] = Condition("" if read[part] is None else str(read[part]))
                except LogicInvalid as wrong:
                    faults.append(((part,), told(part, wrong)))
        if faults:
            raise Misplaced(faults)
        return read

    @model_validator(mode="after")
    def _fits_together(self) -> Measure:
        if self.cumulative and self.chart != "year_on_year":
            raise ValueError(
                "a cumulative measure is compared with the same month last year. Write chart: year_on_year"
            )
        if self.chart == "year_on_year" and not self.cumulative:
            raise ValueError("chart: year_on_year is for measures that add up over the year. Write cumulative: true")
        if self.goal_by and self.goal is None:
            raise ValueError("goal_by is given without a goal")
        if self.versus and self.source:
            raise ValueError("the difference of two groups is made of counts, not of case rows. Take versus out")
        if self.versus and self.chart == "p_prime":
            raise ValueError("a difference is not a proportion, so p′ limits do not apply. Write chart: run")
        return self

    @property
    def counts(self) -> tuple[str, ...]:
        """Every count the measure is made of, each once, in the order written; none where case rows are counted."""
        parts = [self.numerator, self.denominator]
        if self.versus:
            parts += [self.versus.numerator, self.versus.denominator]
        return tuple(dict.fromkeys(code for part in parts if isinstance(part, Counted) for code in part.counts))

    @property
    def conditions(self) -> dict[str, Condition]:
        """The logic over case rows, by `denominator` and `numerator`; none where counts are reported."""
        parts = {"denominator": self.denominator, "numerator": self.numerator}
        return {name: part for name, part in parts.items() if isinstance(part, Condition)}

    @property
    def case_fields(self) -> frozenset[str]:
        """The fields of case rows that the measure reads, with the status of their form; none where it reads none.

        The record's name is read in any case, and is not among them unless the logic names it.
        """
        if self.source is None:
            return frozenset()
        named = (field for condition in self.conditions.values() for field in condition.references.fields)
        return frozenset({*named, *self.source.fields, self.source.status})

    @property
    def is_proportion(self) -> bool:
        """True where the numerator is part of the denominator, so that it cannot be larger."""
        return self.versus is None and self.unit == "%"
