"""Small words that sentences are joined from: numbers with their nouns, lists, months and spans of months."""

from __future__ import annotations

from collections.abc import Sequence

from breakthrough.english import capital, listed
from breakthrough.month import Month
from breakthrough.reporting import figures

__all__ = ["capital", "days", "listed", "many", "named", "ordinal", "plural", "series", "shortened", "span", "times"]


def many(number: int) -> str:
    """`none`, `seven`, `14`: a number that stands for itself."""
    return figures.spelled(number) if number else "none"


def plural(number: int, one: str, many: str = "") -> str:
    """`one month`, `seven months`, `14 months`."""
    return f"{figures.spelled(number)} {one if number == 1 else many or one + 's'}"


def days(number: int) -> str:
    """`1 day`, `26 days`: in figures, as an age is looked up rather than read."""
    return f"{number} day{'' if number == 1 else 's'}"


def times(number: int) -> str:
    """`never`, `once`, `twice`, `three times`."""
    return {0: "never", 1: "once", 2: "twice"}.get(number, f"{figures.spelled(number)} times")


def shortened(parts: Sequence[str], most: int, noun: str = "more") -> str:
    """The list, or its first `most` and how many more there are."""
    if len(parts) <= most:
        return listed(parts)
    return listed([*parts[:most], f"{figures.spelled(len(parts) - most)} {noun}"])


def ordinal(number: int) -> str:
    """`third`, `14th`."""
    firsts = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    if 0 < number < len(firsts):
        return firsts[number]
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def named(month: Month, now: Month) -> str:
    """`March`, or `March 2025` where March alone would be read as another one."""
    return month.word if -12 < month - now < 12 else month.label


def span(months: Sequence[Month], now: Month) -> str:
    """`November to March`; a year stands where it is needed."""
    first, last = months[0], months[-1]
    if first == last:
        return named(first, now)
    return f"{named(first, now)} to {named(last, now)}"


def series(months: Sequence[Month], now: Month) -> str:
    """`February and March`; from four in a row on, the first and the last."""
    if len(months) > 3 and months[-1] - months[0] == len(months) - 1:
        return span(months, now)
    return listed([named(month, now) for month in months])
