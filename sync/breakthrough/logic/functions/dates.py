"""Functions of dates. A value that holds no date gives a blank."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date
from typing import cast

from breakthrough.logic.moments import DAY, UNITS, Kind, Moment, Order, moment, written
from breakthrough.logic.setting import Setting
from breakthrough.logic.values import BLANK, Value, answer, number, truth

_ORDERS = ("ymd", "mdy", "dmy")


def datediff(setting: Setting, first: Value, second: Value, unit: Value, *options: Value) -> Value:
    """Second minus first in that unit, with fractions; without a sign unless the last option is true.

    Two dates or datetimes, or two times of day; a date counts from its midnight.
    """
    order, signed = read_options(setting, options)
    one, other = moment(first, setting, order), moment(second, setting, order)
    if one is None or other is None or (one.kind == "time") != (other.kind == "time") or unit not in UNITS:
        return BLANK
    found = (other.seconds - one.seconds) / UNITS[str(unit)]
    return answer(found if signed else abs(found))


def read_options(setting: Setting, options: Sequence[Value]) -> tuple[Order, bool]:
    """The format dates are typed in and whether the result keeps its sign, from what follows the unit."""
    order: Order = "ymd"
    signed = False
    for option in options:
        if option in _ORDERS:
            order = cast("Order", option)
        else:
            signed = option == "true" or (option != "false" and truth(option, setting))
    return order, signed


def age_at_date(setting: Setting, birth: Value, other: Value, decimal: Value = 0.0) -> Value:
    """Birthdays had by that day; with `decimal`, and the share of the year since the last one. Blank before birth."""
    born, on = _day(birth, setting), _day(other, setting)
    if born is None or on is None or on < born:
        return BLANK
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    if decimal == "false" or not truth(decimal, setting):
        return float(years)
    last, following = _birthday(born, born.year + years), _birthday(born, born.year + years + 1)
    return years + (on.toordinal() - last) / (following - last)


def year(setting: Setting, value: Value) -> Value:
    """The year of a date."""
    return _part(value, setting, lambda day: day.year)


def month(setting: Setting, value: Value) -> Value:
    """The month, 1 to 12."""
    return _part(value, setting, lambda day: day.month)


def day(setting: Setting, value: Value) -> Value:
    """The day of the month."""
    return _part(value, setting, lambda day: day.day)


def dayoftheweek(setting: Setting, value: Value) -> Value:
    """1 for Monday to 7 for Sunday."""
    return _part(value, setting, lambda day: day.isoweekday())


def calcdate(setting: Setting, source: Value, amount: Value, unit: Value) -> Value:
    """The date so much later, as it is stored: to the day for a date and whole days or more, else with its time.

    What is left of a day is cut off, so that 1 month after 1 January is 31 January (30.44 days).
    """
    start, by = moment(source, setting), number(amount, setting)
    if start is None or start.kind == "time" or by is None or unit not in UNITS:
        return BLANK
    moved = start.seconds + by * UNITS[str(unit)]
    if not 0 <= moved < date.max.toordinal() * DAY:
        return BLANK
    return written(math.floor(moved + 0.5), _fineness(start.kind, str(unit))) or BLANK


def _fineness(kind: Kind, unit: str) -> Kind:
    if kind == "seconds" or unit == "s":
        return "seconds"
    return "minutes" if kind == "minutes" or unit in {"h", "m"} else "date"


def _day(value: Value, setting: Setting) -> date | None:
    found: Moment | None = moment(value, setting)
    return None if found is None or found.kind == "time" else found.day


def _part(value: Value, setting: Setting, part: Callable[[date], int]) -> Value:
    found = _day(value, setting)
    return BLANK if found is None else float(part(found))


def _birthday(born: date, year: int) -> int:
    """Day number of the birthday in that year; of 29 February, 1 March where there is none."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    month, day = (3, 1) if (born.month, born.day) == (2, 29) and not leap else (born.month, born.day)
    return (
        date(year, month, day).toordinal()
        if year <= date.max.year
        else date(year - 400, month, day).toordinal() + 146_097
    )
