"""What every rule of a faults file says: which calls it concerns, and which of those its fault strikes.

A rule that is impossible cannot be made: ValueError says which of its settings is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from redcap_sandbox.wire.call import Call

Words = str | tuple[str, ...]

ANY = "*"
_LONGEST_WAIT = 86_400.0  # seconds: a day
_STRICT = {"extra": "forbid", "allow_inf_nan": False}  # what pydantic shall make of them


def check(good: bool, sentence: str) -> None:
    """ValueError with the sentence about a setting unless that is `good`."""
    if not good:
        raise ValueError(sentence)


def check_wait(seconds: float | None) -> None:
    """ValueError unless one can wait that long; None waits without end."""
    check(seconds is None or 0 <= seconds <= _LONGEST_WAIT, f"seconds must be between 0 and {_LONGEST_WAIT:.0f}")


def check_numbers(numbers: Numbers, name: str) -> None:
    """ValueError unless all numbers of the setting `name` are 1 or more."""
    if not isinstance(numbers, Series):
        several = (numbers,) if isinstance(numbers, int) else numbers
        check(bool(several) and min(several) >= 1, f"{name} counts from 1")


def _among(word: str, words: Words) -> bool:
    several = (words,) if isinstance(words, str) else words
    return ANY in several or word in several


@dataclass(frozen=True, kw_only=True)
class Series:
    """Every so many-th of the numbers 1, 2, 3 …, counted from the one `after`: {every: 3} is 3, 6, 9."""

    __pydantic_config__: ClassVar[Mapping[str, object]] = _STRICT
    every: int = 1
    after: int = 0

    def __post_init__(self) -> None:
        check(self.every >= 1, "every must be 1 or more")
        check(self.after >= 0, "after must be 0 or more")

    def __contains__(self, number: object) -> bool:
        past = number - self.after if isinstance(number, int) else 0
        return past >= 1 and past % self.every == 0


Numbers = int | tuple[int, ...] | Series


def holds(numbers: Numbers, number: int) -> bool:
    """Whether `number` is the one meant, or one of those."""
    return number == numbers if isinstance(numbers, int) else number in numbers


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A fault, and the calls it concerns: those of these contents under one of these actions."""

    __pydantic_config__: ClassVar[Mapping[str, object]] = _STRICT
    kind: ClassVar[str]
    content: Words = ANY
    action: Words = ANY

    def __post_init__(self) -> None:
        check(bool(self.content) and bool(self.action), "content and action must not be empty")

    def concerns(self, call: Call) -> bool:
        """Whether the call has one of the contents and one of the actions."""
        return _among(call.content, self.content) and _among(call.action, self.action)


@dataclass(frozen=True, kw_only=True)
class Sometimes(Rule):
    """A rule that strikes some of the calls it concerns.

    `nth` counts those, from 1; `probability` is drawn for each of these; after `times` strikes there are no more.
    """

    nth: Numbers = Series()
    probability: float = 1.0
    times: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_numbers(self.nth, "nth")
        check(0 <= self.probability <= 1, "probability must be between 0 and 1")
        check(self.times is None or self.times >= 1, "times must be 1 or more")


@dataclass(frozen=True)
class Plan:
    """What a faults file says. The same seed and the same calls give the same faults."""

    rules: tuple[Rule, ...] = ()
    seed: int = 0
