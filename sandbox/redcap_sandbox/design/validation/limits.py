"""The range of a field, which forms point out and nobody enforces, and values as a form shows them.

Imports never look at a range.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from redcap_sandbox.design.validation import dates
from redcap_sandbox.design.validation.dates import Invalid
from redcap_sandbox.design.validation.kinds import NUMBER, ValidationType, find

_OUTSIDE = "The value you provided is outside the suggested range"
_FORCED = "The value you provided must be within the suggested range"
_ADMISSIBLE = " This value is admissible, but you may wish to double check it."
_NO_LIMIT = "no limit"  # assumed
_NUMBER = re.compile(NUMBER, re.ASCII)
_RANGED = frozenset({"date", "datetime", "datetime_seconds", "integer", "number", "number_comma_decimal", "time"})
_DATED = frozenset({"date", "datetime", "datetime_seconds"})


def takes_range(validation: str) -> bool:
    """Whether the type has a least and a greatest value: dates, times and numbers do."""
    kind = find(validation)
    return kind is not None and kind.data_type in _RANGED


def comparable(validation: str, text: str) -> float | str | None:
    """The value or limit as something that orders with others of its type; None if it is none.

    Dates may be written as they are stored or as people enter them, with their time or without.
    """
    kind = find(validation)
    text = text.strip()
    if kind is None or kind.data_type not in _RANGED:
        return None
    if kind.data_type in _DATED:
        return _moment(kind, text)
    if kind.data_type == "time":
        return _clock(kind, text)
    dotted = text.replace(",", ".", 1)
    return float(dotted) if _NUMBER.fullmatch(dotted) else None


def range_message(validation: str, value: str, least: str, greatest: str, *, forced: bool = False) -> str:
    """What a form says of a value outside the range, '' if it is inside or there is none.

    `least` and `greatest` are '' where there is no such limit; one that cannot be read does not apply. `forced` is for
    @FORCE-MINMAX, whose fields keep no such value. How a range with one end is shown is assumed.
    """
    found = comparable(validation, value)
    low, high = comparable(validation, least), comparable(validation, greatest)
    if found is None or not (_above(low, found) or _above(found, high)):
        return ""
    shown = " - ".join(
        _NO_LIMIT if limit is None else displayed(validation, text) for limit, text in ((low, least), (high, greatest))
    )
    if forced:
        return f"{_FORCED} ({shown})."
    both = low is not None and high is not None
    return f"{_OUTSIDE if both else _FORCED} ({shown}).{_ADMISSIBLE}"


def limit(cell: str, validation: str, now: str, look_up: Callable[[str], str]) -> str:
    """The limit that a min or max cell stands for: itself, `today`, `now`, or the value of a field.

    `now` is `YYYY-MM-DD HH:MM:SS`; `look_up` is given a reference such as `[event][field]` and returns its value.
    """
    text = cell.strip()
    word = text.lower()
    if word not in {"today", "now"}:
        return look_up(text).strip() if text.startswith("[") else text
    kind = find(validation)
    if kind is None or kind.data_type == "date" or word == "today":
        return now[:10]
    if kind.data_type == "time":
        return now[11:] if validation == "time_hh_mm_ss" else now[11:16]
    return now if kind.data_type == "datetime_seconds" else now[:16]


def displayed(validation: str, value: str) -> str:
    """The stored value in the field's own notation: dates in its order, times with two digits for the hour."""
    kind = find(validation)
    if kind is None or not value:
        return value
    if kind.data_type == "time":
        return _clock(kind, value) or value
    if kind.order is None:
        return value
    moment = _moment(kind, value)
    if moment is None:
        return value
    day, _, clock = moment.partition(" ")
    year, month, number = day.split("-")
    parts = {"Y": year, "M": month, "D": number}
    return "-".join(parts[letter] for letter in kind.order) + (f" {clock}" if clock else "")


def _above(one: float | str | None, other: float | str | None) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one > other
    return isinstance(one, float) and isinstance(other, float) and one > other


def _moment(kind: ValidationType, text: str) -> str | None:
    """The date or datetime as it is stored; one with too little or too much of a time is cut to what there is."""
    for shape in ("date", "datetime", "datetime_seconds"):
        try:
            read = dates.stored(text, shape, kind.order or "YMD")
        except Invalid:
            continue
        return read[:10] if kind.data_type == "date" else read
    return None


def _clock(kind: ValidationType, text: str) -> str | None:
    if not re.fullmatch(kind.pattern, text, re.ASCII):
        return None
    return text if text[1] != ":" else f"0{text}"
