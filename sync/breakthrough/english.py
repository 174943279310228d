"""How numbers, days and lists are spelled in English: by the command line, and by reports that speak it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

_WORDS = (
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
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def month_name(number: int) -> str:
    """`March`, of 1 to 12; whatever language the computer speaks."""
    return MONTHS[number - 1]


def count(figure: float) -> str:
    """`27,563`."""
    return f"{figure:,.0f}".replace("-", "−")


def figure(value: float, decimals: int, unit: str) -> str:
    """`6.8%`, `4.2 points`: the unit follows as it stands."""
    return f"{value:,.{decimals}f}{unit}".replace("-", "−")


def exact(value: float, unit: str = "") -> str:
    """A figure as it was set: `6.5%`, `18%`, `1,250`."""
    return f"{value:,.10g}{unit}".replace("-", "−")


def of(numerator: float, denominator: float) -> str:
    """`27,563 of 404,666`."""
    return f"{count(numerator)} of {count(denominator)}"


def spelled(number: int) -> str:
    """`seven`, and figures above twelve."""
    return _WORDS[number] if 0 <= number < len(_WORDS) else count(number)


def many(number: int, one: str) -> str:
    """`1 row`, `13 rows`: a number in figures and what it counts."""
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"


def month(first: dt.date) -> str:
    """`March 2026`."""
    return f"{month_name(first.month)} {first.year}"


def day(date: dt.date) -> str:
    """`Tue 21 April`."""
    return f"{date:%a} {short_day(date)}"


def short_day(date: dt.date) -> str:
    """`21 April`."""
    return f"{date.day} {month_name(date.month)}"


def long_day(date: dt.date) -> str:
    """`15 April 2026`."""
    return f"{short_day(date)} {date.year}"


def listed(parts: Sequence[str], last: str = "and") -> str:
    """`A`, `A and B`, `A, B and C`; '' of nothing."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def one_line(text: str) -> str:
    """The text on one line, without what moves a cursor: what others wrote cannot pass for a line of ours."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def capital(text: str) -> str:
    """The same with a capital at its start."""
    return text[:1].upper() + text[1:]
