"""Dates as people and files write them → dates as REDCap stores them, `YYYY-MM-DD`, whatever the order on the form."""

from __future__ import annotations

import re
from datetime import date

from redcap_sandbox.design.validation.kinds import EXPECTED_FORMAT, TIME, DateOrder

_DAY = re.compile(r"(\d{1,4})([-/])(\d{1,4})\2(\d{1,4})", re.ASCII)
_CLOCKS = {
    "date": re.compile("()"),
    "datetime": re.compile(rf" ({TIME})", re.ASCII),
    "datetime_seconds": re.compile(rf" ({TIME}:[0-5]\d)", re.ASCII),
}
# Two digits of a year: 40, 43 and 96 were seen to be 1940, 1943 and 1996; where the century turns is assumed.
_TURN = 30


class Invalid(ValueError):
    """A value that its field does not accept; the text is the one REDCap shows.

    `shown` is what REDCap names as the value: where it had begun to read a date, the date as it read it.
    """

    def __init__(self, text: str, shown: str | None = None) -> None:
        super().__init__(text)
        self.shown = shown


def stored(text: str, kind: str, order: DateOrder) -> str:
    """The date, `datetime` or `datetime_seconds` as it is stored. Invalid if there is no such day or time.

    With dashes a date is Y-M-D in every order, with slashes it is in the order asked for. Day and month may have one
    digit, the year two: `2/25/43` is 1943-02-25. A year of one digit is none of this century: `40/7/7` in the order
    MDY is read as 0007-40-07, which is no day.
    """
    day = _DAY.match(text)
    clock = _CLOCKS[kind].fullmatch(text, day.end()) if day else None
    if not day or not clock:
        raise Invalid(EXPECTED_FORMAT)
    year, month, number = _ordered(day, order)
    read = f"{_full(year)}-{month:0>2}-{number:0>2}"
    try:
        date(*map(int, read.split("-")))
    except ValueError:
        raise Invalid(EXPECTED_FORMAT, read + text[day.end() :]) from None
    return read if kind == "date" else f"{read} {_padded(clock[1])}"


def _ordered(day: re.Match[str], order: DateOrder) -> tuple[str, str, str]:
    first, separator, second, third = day.groups()
    if len(first) > 2 or (separator == "-" and (order == "YMD" or len(third) < 4)):
        return first, second, third
    if order == "YMD":  # slashes without a year in front belong to the other orders
        raise Invalid(EXPECTED_FORMAT)
    return (third, first, second) if order == "MDY" else (third, second, first)


def _full(year: str) -> str:
    if len(year) == 2:
        return f"{'20' if int(year) < _TURN else '19'}{year}"
    return f"{year:0>4}"


def _padded(clock: str) -> str:
    """The time with two digits for its hour: stored datetimes are compared as text."""
    return clock if clock[1] != ":" else f"0{clock}"
