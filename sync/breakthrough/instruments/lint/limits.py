"""Least and greatest values as the Min and Max columns hold them: numbers, dates and times, so that they compare."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_CLOCK = r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?"
_ISO = re.compile(rf"([0-9]{{4}})-([0-9]{{1,2}})-([0-9]{{1,2}})(?:[ T]{_CLOCK})?")
_TYPED = re.compile(rf"([0-9]{{1,2}})[-/.]([0-9]{{1,2}})[-/.]([0-9]{{4}}|[0-9]{{2}})(?:,? {_CLOCK})?")
_TIME = re.compile(_CLOCK)
_DATES = re.compile(r"(date|datetime|datetime_seconds)_([ymd]{3})")
_NUMBERS = re.compile(r"integer|number|number_[0-9]dp|(?:number|number_[0-9]dp)_comma_decimal|int|float")
_MINUTES = {"time": 2, "time_hh_mm_ss": 3, "time_mm_ss": 2}


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit: `value` compares with others of the same kind. `usual`: it is written as REDCap writes it."""

    value: float
    usual: bool = True


def kind(validation: str) -> str:
    """number, date, time, or blank where the validation takes no range that is known."""
    if _NUMBERS.fullmatch(validation):
        return "number"
    if validation == "date" or _DATES.fullmatch(validation):
        return "date"
    return "time" if validation in _MINUTES else ""


def read(cell: str, validation: str) -> Limit | None:
    """The limit in that cell, or None where it is no value of that validation at all."""
    text = cell.strip()
    match kind(validation):
        case "number":
            return _number(text, validation)
        case "date":
            return _date(text, validation)
        case "time":
            return _time(text, validation)
    return None


def _number(text: str, validation: str) -> Limit | None:
    comma = validation.endswith("comma_decimal")
    dotted = text.replace(",", ".", 1)
    if not _NUMBER.fullmatch(dotted):
        return None
    return Limit(float(dotted), usual=comma or "," not in text)


def _date(text: str, validation: str) -> Limit | None:
    shape, order = validation.rsplit("_", 1) if "_" in validation else ("date", "ymd")
    if found := _ISO.fullmatch(text):
        moment = _moment(found[1], found[2], found[3], found.groups()[3:])
        clocked = found[4] is not None
        return None if moment is None else Limit(moment, usual=clocked == (shape != "date"))
    if found := _TYPED.fullmatch(text):
        year = found[3] if len(found[3]) == 4 else f"20{found[3]}"
        days = ((found[2], found[1]), (found[1], found[2]))  # D/M and M/D: the field's own order is tried first
        for month, day in days if order == "dmy" else reversed(days):
            moment = _moment(year, month, day, found.groups()[3:])
            if moment is not None:
                return Limit(moment, usual=False)
    return None


def _moment(year: str, month: str, day: str, clock: tuple[str | None, ...]) -> float | None:
    """Seconds since the beginning of the calendar."""
    hours, minutes, seconds = (int(part or 0) for part in clock)
    if hours > 23 or minutes > 59 or seconds > 59:
        return None
    try:
        return 86_400 * date(int(year), int(month), int(day)).toordinal() + 3600 * hours + 60 * minutes + seconds
    except ValueError:
        return None


def _time(text: str, validation: str) -> Limit | None:
    found = _TIME.fullmatch(text)
    if not found:
        return None
    first, second, third = (int(part or 0) for part in found.groups())
    if validation == "time_mm_ss" and found[3] is None:
        return Limit(60 * first + second) if first < 60 and second < 60 else None
    if first > 23 or second > 59 or third > 59:
        return None
    parts = 3 if found[3] else 2
    return Limit(3600 * first + 60 * second + third, usual=parts == _MINUTES[validation])
