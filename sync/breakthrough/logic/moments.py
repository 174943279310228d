"""Dates and times as REDCap stores them: read from text, counted in seconds, written back."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Literal, NamedTuple

from breakthrough.logic.setting import Setting
from breakthrough.logic.values import Value

Order = Literal["ymd", "mdy", "dmy"]
Kind = Literal["date", "minutes", "seconds", "time"]  # datetimes are told apart by their last digit

DAY = 86_400
# A year is 365.2425 days and a month 30.44, in datediff as in @CALCDATE.
UNITS = {"y": 31_556_952, "M": 2_630_016, "d": DAY, "h": 3_600, "m": 60, "s": 1}

_CLOCK = r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?"
_STORED = re.compile(rf"([0-9]{{4}})-([0-9]{{2}})-([0-9]{{2}})(?: {_CLOCK})?")
_TYPED = re.compile(rf"([0-9]{{1,2}})[-/.]([0-9]{{1,2}})[-/.]([0-9]{{4}})(?: {_CLOCK})?")
_TIME = re.compile(_CLOCK)


class Moment(NamedTuple):
    """A point in time: seconds since the first day of year 1 (of its day, for a time alone), and how fine it is."""

    seconds: int
    kind: Kind

    @property
    def day(self) -> date:
        """Its calendar day."""
        return date.min + timedelta(days=self.seconds // DAY)


def moment(value: Value, setting: Setting, order: Order = "ymd") -> Moment | None:
    """The date, datetime or time that a value holds, or None. 'today' is midnight; 'now' has the time of day.

    Stored dates are Y-M-D whatever the field shows; `order` is how a date in another form is read, if it is one.
    """
    if not isinstance(value, str) or value in setting.missing_codes:
        return None
    if value == "today":
        return Moment(_midnight(setting.today), "date")
    if value == "now":
        clock = setting.now
        return Moment(_midnight(clock.date()) + clock.hour * 3600 + clock.minute * 60 + clock.second, "seconds")
    if found := _STORED.fullmatch(value):
        return _on(found[1], found[2], found[3], found.groups()[3:])
    if order != "ymd" and (found := _TYPED.fullmatch(value)):
        month, day = (found[1], found[2]) if order == "mdy" else (found[2], found[1])
        return _on(found[3], month, day, found.groups()[3:])
    if found := _TIME.fullmatch(value):
        seconds = _of_day(found.groups())
        return None if seconds is None else Moment(seconds, "time")
    return None


def written(seconds: int, kind: Kind) -> str | None:
    """The text that is stored for that point in time, or None outside the years 1 to 9999."""
    days, rest = divmod(seconds, DAY)
    if not 0 <= days < date.max.toordinal():
        return None
    shown = (date.min + timedelta(days=days)).isoformat()
    if kind == "date":
        return shown
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}"
    return f"{shown} {clock}:{rest % 60:02}" if kind == "seconds" else f"{shown} {clock}"


def _midnight(day: date) -> int:
    return (day.toordinal() - 1) * DAY


def _on(year: str, month: str, day: str, clock: tuple[str | None, ...]) -> Moment | None:
    try:
        midnight = _midnight(date(int(year), int(month), int(day)))
    except ValueError:
        return None
    if clock[0] is None:
        return Moment(midnight, "date")
    seconds = _of_day(clock)
    return None if seconds is None else Moment(midnight + seconds, "seconds" if clock[2] else "minutes")


def _of_day(clock: tuple[str | None, ...]) -> int | None:
    hours, minutes, seconds = (int(part or 0) for part in clock)
    return hours * 3600 + minutes * 60 + seconds if hours < 24 and minutes < 60 and seconds < 60 else None
