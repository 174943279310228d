"""How evidence is written: numbers, days and lists in plain words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

_NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def spelled(number: int) -> str:
    """`seven`, and figures above twelve."""
    return _NUMBERS[number] if 0 <= number < len(_NUMBERS) else f"{number:,}"


def many(number: int, one: str) -> str:
    """`1 day`, `13 days`."""
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"


def day(date: dt.date) -> str:
    """`2 April`."""
    return f"{date.day} {date:%B}"


def listed(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def capital(text: str) -> str:
    """The same with its first letter a capital."""
    return text[:1].upper() + text[1:]
