"""Validation types: how a value must look, and how a person is told. One table, which the page's script reads too."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

Kind = Literal["text", "number", "date", "datetime", "time"]
Order = Literal["ymd", "mdy", "dmy"]


@dataclass(frozen=True, slots=True)
class Validation:
    """`pattern` holds for the whole typed text and means the same in Python and JavaScript.

    `wanted` says in a sentence what is to be written; `form` is its shape for an empty box. Dates are typed in `order`
    and stored as Y-M-D; `finest` is how far a time goes. `comma`: the decimal mark is a comma.
    """

    name: str
    kind: Kind
    pattern: str
    wanted: str
    form: str = ""
    order: Order = "ymd"
    comma: bool = False
    title: str = ""  # what it is called in the codebook


_SHAPES: dict[Order, tuple[str, str, str]] = {
    "ymd": ("YYYY-MM-DD", "2026-03-21", r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}"),
    "mdy": ("MM-DD-YYYY", "03-21-2026", r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}"),
    "dmy": ("DD-MM-YYYY", "21-03-2026", r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}"),
}
_HOUR = r"(?:[01]?[0-9]|2[0-3])"
_SIXTY = "[0-5][0-9]"
_CLOCKS = {
    "": ("", "", "", ""),
    "minutes": (" HH:MM", " 14:30", f" {_HOUR}:{_SIXTY}", " and a time"),
    "seconds": (" HH:MM:SS", " 14:30:05", f" {_HOUR}:{_SIXTY}:{_SIXTY}", " and a time to the second"),
}


def _dates() -> dict[str, Validation]:
    found: dict[str, Validation] = {}
    for order, (form, example, pattern) in _SHAPES.items():
        for clock, prefix in (("", "date"), ("minutes", "datetime"), ("seconds", "datetime_seconds")):
            shape, time, tail, said = _CLOCKS[clock]
            name = f"{prefix}_{order}"
            found[name] = Validation(
                name,
                "datetime" if clock else "date",
                pattern + tail,
                f"Write a date{said} as {form}{shape}, such as {example}{time}.",
                form + shape,
                order,
                title=f"date{said} ({form}{shape})",
            )
    return found


def _numbers() -> dict[str, Validation]:
    found: dict[str, Validation] = {}
    for mark, ending in ((".", ""), (",", "_comma_decimal")):
        point = "a decimal comma" if ending else "a decimal point"
        loose = rf"[-+]?(?:[0-9]+[{mark}]?[0-9]*|[{mark}][0-9]+)" + ("" if ending else "(?:[eE][-+]?[0-9]+)?")
        found[f"number{ending}"] = Validation(
            f"number{ending}", "number", loose, f"Write a number, with {point} if it has one, such as 12{mark}5.",
            comma=bool(ending), title=f"number ({point})" if ending else "number",
        )  # fmt: skip
        for places in (1, 2, 3, 4):
            name = f"number_{places}dp{ending}"
            example = f"12{mark}{'5000'[:places]}"
            words = f"{places} decimal place{'s' if places > 1 else ''}"
            pattern = rf"-?[0-9]+[{mark}][0-9]{{{places}}}"
            said = f"Write a number with {words}, such as {example}."
            found[name] = Validation(
                name, "number", pattern, said, comma=bool(ending), title=f"number with {words}, {point}"
            )
    return found


def _others() -> dict[str, Validation]:
    rows: tuple[tuple[str, Kind, str, str, str], ...] = (
        ("integer", "number", r"[-+]?[0-9]+", "Write a whole number, such as 42.", "whole number"),
        ("time", "time", f"{_HOUR}:{_SIXTY}", "Write a time as HH:MM, between 00:00 and 23:59, such as 14:30.", "time"),
        ("time_hh_mm_ss", "time", f"{_HOUR}:{_SIXTY}:{_SIXTY}", "Write a time as HH:MM:SS, such as 14:30:05.", "time"),
        ("time_mm_ss", "time", f"{_SIXTY}:{_SIXTY}", "Write minutes and seconds as MM:SS, such as 04:30.", "MM:SS"),
        (
            "email", "text", r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+", "Write an email address, such as jo@school.example.",
            "email address",
        ),
        (
            "phone", "text",
            r"(?:\+?1[-. ]?)?\(?[2-9][0-9]{2}\)?[-. ]?[2-9][0-9]{2}[-. ]?[0-9]{4}(?: ?(?:x|ext\.?) ?[0-9]+)?",
            "Write a North American phone number of ten digits, such as 415 555 1212.", "phone (North America)",
        ),
        (
            "zipcode", "text", "[0-9]{5}(?:-[0-9]{4})?", "Write a U.S. ZIP code of 5 or 9 digits, such as 94043.",
            "ZIP code",
        ),
        (
            "postalcode_canada", "text", "[A-Za-z][0-9][A-Za-z] ?[0-9][A-Za-z][0-9]",
            "Write a Canadian postal code, such as A1A 1A1.", "postal code (Canada)",
        ),
        ("postalcode_australia", "text", "[0-9]{4}", "Write a postcode of 4 digits.", "postcode (Australia)"),
        ("postalcode_french", "text", "[0-9]{5}", "Write a postcode of 5 digits.", "postcode (France)"),
        ("postalcode_germany", "text", "[0-9]{5}", "Write a postcode of 5 digits.", "postcode (Germany)"),
        ("ssn", "text", "[0-9]{3}-[0-9]{2}-[0-9]{4}", "Write it as 123-45-6789.", "social security number (U.S.)"),
        ("mrn_10d", "text", "[0-9]{10}", "Write ten digits.", "record number of ten digits"),
        ("alpha_only", "text", "[A-Za-z]+", "Write letters only.", "letters only"),
    )  # fmt: skip
    return {name: Validation(name, kind, pattern, said, title=title) for name, kind, pattern, said, title in rows}


_OLD_NAMES = {"int": "integer", "float": "number", "date": "date_ymd"}


@cache
def known() -> dict[str, Validation]:
    """Every type that can be checked here. Servers have others of their own, which are not checked."""
    return _dates() | _numbers() | _others()


def of(name: str) -> Validation | None:
    """The validation of that type, or None for a blank and for a type of some server's own."""
    return known().get(_OLD_NAMES.get(name, name))
