"""Which text a field accepts on import, and how it is stored. Ranges are not checked: in REDCap they are soft.

Dates are stored `YYYY-MM-DD` whatever order they arrive in. A validation type that is not listed here is taken to
be one that the institution added: its values pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Literal

DateOrder = Literal["YMD", "MDY", "DMY"]

_EXPECTED_FORMAT = (
    "The value you provided could not be validated because it does not follow the expected format. Please try again."
)
_NOT_A_NUMBER = "This value you provided is not a number. Please try again."
_NOT_AN_INTEGER = "This value you provided is not an integer. Please try again."
_NOT_A_TIME = (
    "The value entered must be a time value in the following format HH:MM within the range 00:00-23:59 "
    "(e.g., 04:32 or 23:19)."
)
_NOT_AN_EMAIL = "This field must be a valid email address (like joe@user.com). Please re-enter it now."
_NOT_A_ZIPCODE = "This field must be a 5 or 9 digit U.S. ZIP Code (like 94043). Please re-enter it now."
_NOT_A_PHONE = "This field must be a 10 digit U.S. phone number (like 415 555 1212). Please re-enter it now."
_NOT_A_VMRN = (
    "The value entered is not a valid Vanderbilt Medical Record Number (i.e. 4- to 9-digit number, excluding "
    "leading zeros). Please try again."
)

_PHONE = r"(?:\+?1[-. ]?)?\(?[2-9]\d\d\)?[-. ]?[2-9]\d\d[-. ]?\d{4}(?:\s*(?:x|ext\.?)\s*\d+)?"
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_TIME = r"(?:[01]?\d|2[0-3]):[0-5]\d"

_PATTERNS: Mapping[str, tuple[str, str]] = {
    "integer": (r"[-+]?\d+", _NOT_AN_INTEGER),
    "int": (r"[-+]?\d+", _NOT_AN_INTEGER),
    "number": (_NUMBER, _NOT_A_NUMBER),
    "float": (_NUMBER, _NOT_A_NUMBER),
    "number_comma_decimal": (_NUMBER.replace(r"\.", ","), _EXPECTED_FORMAT),
    **{f"number_{n}dp": (rf"-?\d+\.\d{{{n}}}", _EXPECTED_FORMAT) for n in range(1, 5)},
    **{f"number_{n}dp_comma_decimal": (rf"-?\d+,\d{{{n}}}", _EXPECTED_FORMAT) for n in range(1, 5)},
    "time": (_TIME, _NOT_A_TIME),
    "time_hh_mm_ss": (rf"{_TIME}:[0-5]\d", _EXPECTED_FORMAT),
    "time_mm_ss": (r"[0-5]\d:[0-5]\d", _EXPECTED_FORMAT),
    "email": (r"[^@\s,;]+@[^@\s,;]+\.[^@\s.,;]{2,}", _NOT_AN_EMAIL),
    "zipcode": (r"\d{5}(?:-\d{4})?", _NOT_A_ZIPCODE),
    "phone": (_PHONE, _NOT_A_PHONE),
    "ssn": (r"\d{3}-\d\d-\d{4}", _EXPECTED_FORMAT),
    "mrn_10d": (r"\d{10}", _EXPECTED_FORMAT),
    "mrn_generic": (r"[A-Za-z0-9]+", _EXPECTED_FORMAT),
    "vmrn": (r"[1-9]\d{3,8}", _NOT_A_VMRN),
    "alpha_only": (r"[A-Za-z]+", _EXPECTED_FORMAT),
}
_COMPILED = {name: (re.compile(pattern, re.ASCII), text) for name, (pattern, text) in _PATTERNS.items()}

_DATES: Mapping[DateOrder, re.Pattern[str]] = {
    "YMD": re.compile(r"(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})", re.ASCII),
    "MDY": re.compile(r"(?P<m>\d{1,2})[-/](?P<d>\d{1,2})[-/](?P<y>\d{4})", re.ASCII),
    "DMY": re.compile(r"(?P<d>\d{1,2})[-/](?P<m>\d{1,2})[-/](?P<y>\d{4})", re.ASCII),
}
_CLOCKS = {"date": "", "datetime": rf" {_TIME}", "datetime_seconds": rf" {_TIME}:[0-5]\d"}
_DATE_TYPE = re.compile(r"(date|datetime|datetime_seconds)(?:_(?:ymd|mdy|dmy))?")

Check = Callable[[str], str]


class Invalid(ValueError):
    """A value that its field does not accept; the text is the one REDCap shows."""


def text_check(validation: str, order: DateOrder) -> Check | None:
    """The check for a text field of this validation type, None where anything passes.

    `order` is how the import writes dates. The check returns the value as it is stored, or raises Invalid.
    """
    if kind := _DATE_TYPE.fullmatch(validation):
        return _date_check(kind[1], _DATES[order])
    if validation in _COMPILED:
        return _pattern_check(*_COMPILED[validation])
    return None


def choice_check(name: str, codes: frozenset[str]) -> Check:
    """The check for a field that takes only these codes."""

    def check(value: str) -> str:
        code = value.strip()
        if code not in codes:
            raise Invalid(f"The value is not a valid category for {name}")
        return code

    return check


def slider_check() -> Check:
    """The check for a slider, which holds a whole number."""
    return _pattern_check(*_COMPILED["integer"])


def _pattern_check(pattern: re.Pattern[str], text: str) -> Check:
    def check(value: str) -> str:
        stripped = value.strip()
        if not pattern.fullmatch(stripped):
            raise Invalid(text)
        return stripped

    return check


def _date_check(kind: str, days: re.Pattern[str]) -> Check:
    clock = re.compile(_CLOCKS[kind], re.ASCII)

    def check(value: str) -> str:
        stripped = value.strip()
        day = days.match(stripped)
        if not day or not clock.fullmatch(stripped, day.end()):
            raise Invalid(_EXPECTED_FORMAT)
        try:
            stored = date(int(day["y"]), int(day["m"]), int(day["d"]))
        except ValueError:
            raise Invalid(_EXPECTED_FORMAT) from None
        return stored.isoformat() + stripped[day.end() :]

    return check
