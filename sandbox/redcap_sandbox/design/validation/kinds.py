"""The validation types that the server has: name, label, kind of data, pattern, and what REDCap says of a bad value.

The patterns are our own. Of the labels and kinds of data those marked *assumed* were not seen on a server; which types
a new server shows in its designer was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

DateOrder = Literal["YMD", "MDY", "DMY"]
DataType = Literal[
    "date",
    "datetime",
    "datetime_seconds",
    "email",
    "integer",
    "mrn",
    "number",
    "number_comma_decimal",
    "phone",
    "postal_code",
    "ssn",
    "text",
    "time",
]

EXPECTED_FORMAT = (
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

NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
TIME = r"(?:[01]?\d|2[0-3]):[0-5]\d"
_PHONE = r"(?:\+?1[-. ]?)?\(?[2-9]\d\d\)?[-. ]?[2-9]\d\d[-. ]?\d{4}(?:\s*(?:x|ext\.?)\s*\d+)?"
_PHONE_AUSTRALIA = (
    r"(?:\(0[2378]\)|0[2378]|\+61[ -]?[2378])[ -]?\d{4}[ -]?\d{4}|(?:04|\+61[ -]?4)\d\d[ -]?\d{3}[ -]?\d{3}"
)
_PHONE_UK = (
    r"(?=(?:\D*\d){10,13}\D*$)"
    r"(?:(?:\+44|0044)[ -]?(?:\(0\)[ -]?)?[1-9]\d{1,4}|\(0\d{2,4}\)|0\d{2,4})[ -]?\d{3,4}[ -]?\d{3,4}"
)
_POSTAL_CANADA = r"[ABCEGHJ-NPRSTVXYabceghj-nprstvxy]\d[A-Za-z][ -]?\d[A-Za-z]\d"
_POSTAL_UK = r"[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}"

# Types whose names older dictionaries and the project XML write otherwise.
OLDER_NAMES: Mapping[str, str] = {
    "date": "date_ymd",
    "datetime": "datetime_ymd",
    "datetime_seconds": "datetime_seconds_ymd",
    "int": "integer",
    "float": "number",
}


@dataclass(frozen=True)
class ValidationType:
    """A validation type of text fields.

    `visible`: the designer offers it; one that is not may still be used in a dictionary. `order` is how people enter
    a date, None for other kinds; `pattern` is '' for dates, which more than a pattern decides on.
    """

    name: str
    label: str
    data_type: DataType
    pattern: str = ""
    message: str = EXPECTED_FORMAT
    order: DateOrder | None = None
    visible: bool = False


def _dates() -> list[ValidationType]:
    kinds: tuple[tuple[DataType, str, str], ...] = (
        ("date", "Date", ""),
        ("datetime", "Datetime", " H:M"),
        ("datetime_seconds", "Datetime w/ seconds", " H:M:S"),
    )
    orders: tuple[DateOrder, ...] = ("DMY", "MDY", "YMD")
    return [
        ValidationType(
            f"{kind}_{order.lower()}", f"{label} ({'-'.join(order)}{clock})", kind, order=order, visible=True
        )
        for kind, label, clock in kinds
        for order in orders
    ]


def _numbers() -> list[ValidationType]:
    comma = NUMBER.replace(r"\.", ",")
    found = [
        ValidationType("number", "Number", "number", NUMBER, _NOT_A_NUMBER, visible=True),
        ValidationType("number_comma_decimal", "Number (comma as decimal)", "number_comma_decimal", comma),
    ]
    for places in range(1, 5):
        words = f"{places} decimal place{'s' if places > 1 else ''}"
        found += [
            ValidationType(f"number_{places}dp", f"Number ({words})", "number", rf"-?\d+\.\d{{{places}}}"),
            ValidationType(
                f"number_{places}dp_comma_decimal",
                f"Number ({words} - comma as decimal)",
                "number_comma_decimal",
                rf"-?\d+,\d{{{places}}}",
            ),
        ]
    return found


def _postal(country: str, label: str, pattern: str) -> ValidationType:
    return ValidationType(f"postalcode_{country}", label, "postal_code", pattern)


# By label, as the designer lists them. Labels from "Letters only" to "Vanderbilt MRN" are assumed but for those of the
# visible types and of numbers and times.
TYPES: tuple[ValidationType, ...] = tuple(
    sorted(
        [
            *_dates(),
            *_numbers(),
            ValidationType(
                "email", "Email", "email", r"[^@\s,;]+@[^@\s,;]+\.[^@\s.,;]{2,}", _NOT_AN_EMAIL, visible=True
            ),
            ValidationType("integer", "Integer", "integer", r"[-+]?\d+", _NOT_AN_INTEGER, visible=True),
            ValidationType("time", "Time (HH:MM)", "time", TIME, _NOT_A_TIME, visible=True),
            ValidationType("time_hh_mm_ss", "Time (HH:MM:SS)", "time", rf"{TIME}:[0-5]\d", visible=True),
            ValidationType("time_mm_ss", "Time (MM:SS)", "time", r"[0-5]\d:[0-5]\d"),
            ValidationType(
                "zipcode", "Zipcode (U.S.)", "postal_code", r"\d{5}(?:-\d{4})?", _NOT_A_ZIPCODE, visible=True
            ),
            ValidationType("phone", "Phone (North America)", "phone", _PHONE, _NOT_A_PHONE, visible=True),
            ValidationType("phone_australia", "Phone (Australia)", "phone", _PHONE_AUSTRALIA),
            ValidationType("phone_uk", "Phone (UK)", "phone", _PHONE_UK),
            _postal("australia", "Postal Code (Australia)", r"\d{4}"),
            _postal("canada", "Postal Code (Canada)", _POSTAL_CANADA),
            _postal("french", "Postal Code (France)", r"\d{5}"),
            _postal("germany", "Postal Code (Germany)", r"\d{5}"),
            _postal("uk", "Postal Code (UK)", _POSTAL_UK),
            ValidationType("ssn", "Social Security Number (U.S.)", "ssn", r"\d{3}-\d\d-\d{4}"),
            ValidationType("mrn_10d", "MRN (10 digits)", "mrn", r"\d{10}"),
            ValidationType("mrn_generic", "MRN (generic)", "mrn", r"[A-Za-z0-9]+"),
            ValidationType("vmrn", "Vanderbilt MRN", "mrn", r"[1-9]\d{3,8}", _NOT_A_VMRN),
            ValidationType("alpha_only", "Letters only", "text", r"[A-Za-z]+"),
        ],
        key=lambda known: known.label,
    )
)
_BY_NAME: Mapping[str, ValidationType] = {known.name: known for known in TYPES}


def find(name: str) -> ValidationType | None:
    """The type of that name, an older one too; None for one that this server does not have."""
    return _BY_NAME.get(OLDER_NAMES.get(name, name))
