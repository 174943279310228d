"""Arithmetic in demo.yaml, in REDCap's own logic: `[pupils] * [half_days]`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

from breakthrough.errors import LogicInvalid
from breakthrough.logic import Record, Setting, parse, references, row

_ANY = Setting.at(dt.datetime(1, 1, 1))  # noqa: DTZ001 - no formula here may read the clock


class Formula:
    """A number worked out of named numbers. Raises ValueError for what is no logic, or reads the clock."""

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        try:
            self.tree = parse(self.text)
        except LogicInvalid as wrong:
            raise ValueError(f"character {wrong.column}: {wrong.reason}") from wrong
        read = references(self.tree)
        if read.clock:
            raise ValueError("a formula cannot read the clock: the story is the same on every day")
        self.names = frozenset(read.fields)

    def of(self, numbers: Mapping[str, float]) -> float:
        """The number that comes out. Raises ValueError where none does, as after a division by nothing."""
        record = Record({name: repr(numbers[name]) for name in self.names if name in numbers})
        found = row.result(self.tree, record, _ANY)
        if not found:
            raise ValueError(f"the formula {self.text} comes to nothing")
        return float(found)

    def holds(self, values: Mapping[str, str]) -> bool:
        """Whether it is true of a row with those values."""
        return row.holds(self.tree, Record(values), _ANY)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Formula) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Formula({self.text!r})"


FormulaField = Annotated[
    Formula,
    BeforeValidator(lambda value: value if isinstance(value, Formula) else Formula(str(value))),
    PlainSerializer(lambda formula: formula.text),
]
