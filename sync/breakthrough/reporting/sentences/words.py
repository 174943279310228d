"""Small words that sentences are joined from: numbers with their nouns, lists, months and spans of months."""

from __future__ import annotations

from collections.abc import Sequence

from breakthrough.language import capital, count, listed, message_as, say, say_as, says, spelled, spoken, worded
from breakthrough.month import Month

__all__ = ["capital", "days", "joined", "listed", "many", "named", "ordinal", "series", "shortened", "span", "times"]

_ORDINALS = (
    message_as("which in a row", "first"),
    message_as("which in a row", "second"),
    message_as("which in a row", "third"),
    message_as("which in a row", "fourth"),
    message_as("which in a row", "fifth"),
    message_as("which in a row", "sixth"),
    message_as("which in a row", "seventh"),
    message_as("which in a row", "eighth"),
    message_as("which in a row", "ninth"),
    message_as("which in a row", "tenth"),
)


def joined(*sentences: str) -> str:
    """Whole sentences, one after another; those that are not said are left out."""
    return " ".join(one for one in sentences if one)


def many(number: int) -> str:
    """`none`, `seven`, `14`: a number that stands for itself."""
    return spelled(number) if number else say_as("a number that stands for itself", "none")


def days(number: int) -> str:
    """`1 day`, `26 days`: in figures, as an age is looked up rather than read."""
    return says("{n} day", "{n} days", number)


def times(number: int) -> str:
    """`never`, `once`, `twice`, `three times`."""
    match number:
        case 0:
            return say("never")
        case 1:
            return say("once")
        case 2:
            return say("twice")
        case _:
            return worded("{n} time", "{n} times", number)


def shortened(parts: Sequence[str], most: int) -> str:
    """The list, or its first `most` and how many more there are."""
    if len(parts) <= most:
        return listed(parts)
    return listed([*parts[:most], worded("{n} more", "{n} more", len(parts) - most)])


def ordinal(number: int) -> str:
    """`third`, `14th`."""
    if 0 < number <= len(_ORDINALS):
        return say_as(*_ORDINALS[number - 1])
    if not spoken().english:
        return say_as("which in a row", "number {n}", n=number)
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{count(number)}{ending}"


def named(month: Month, now: Month) -> str:
    """`March`, or `March 2025` where March alone would be read as another one."""
    return month.word if -12 < month - now < 12 else month.label


def span(months: Sequence[Month], now: Month) -> str:
    """`November to March`; a year stands where it is needed."""
    first, last = months[0], months[-1]
    if first == last:
        return named(first, now)
    return say("{first} to {last}", first=named(first, now), last=named(last, now))


def series(months: Sequence[Month], now: Month) -> str:
    """`February and March`; from four in a row on, the first and the last."""
    if len(months) > 3 and months[-1] - months[0] == len(months) - 1:
        return span(months, now)
    return listed([named(month, now) for month in months])
