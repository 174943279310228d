"""Functions of numbers. Blanks, texts and missing-data codes are skipped by those that take many values."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from breakthrough.logic.decimals import How, rounded, significant
from breakthrough.logic.setting import Setting
from breakthrough.logic.values import BLANK, Value, answer, flag, number, plain_number, text

_WHOLE = re.compile(r"[-+]?[0-9]+")


def sum_(setting: Setting, *values: Value) -> Value:
    """The total; 0 where nothing is a number."""
    return answer(total(_given(setting, values)))


def mean(setting: Setting, *values: Value) -> Value:
    """The total divided by how many are numbers."""
    given = _given(setting, values)
    return answer(total(given) / len(given)) if given else BLANK


def median(setting: Setting, *values: Value) -> Value:
    """The middle number, or the mean of the middle two."""
    given = sorted(_given(setting, values))
    if len(given) % 2:
        return given[len(given) // 2]
    return answer((given[len(given) // 2 - 1] + given[len(given) // 2]) / 2) if given else BLANK


def min_(setting: Setting, *values: Value) -> Value:
    """The lowest number."""
    return min(_given(setting, values), default=BLANK)


def max_(setting: Setting, *values: Value) -> Value:
    """The highest number."""
    return max(_given(setting, values), default=BLANK)


def stdev(setting: Setting, *values: Value) -> Value:
    """The sample standard deviation, with n − 1; blank below two numbers."""
    given = _given(setting, values)
    if len(given) < 2:
        return BLANK
    centre = total(given) / len(given)
    squares = total([(one - centre) * (one - centre) for one in given])
    return answer(math.sqrt(squares / (len(given) - 1)) if math.isfinite(squares) else None)


def total(given: Sequence[float]) -> float:
    """The sum from left to right. Not math.fsum: all backends add in this order."""
    found = 0.0
    for one in given:
        found += one
    return found


def round_(setting: Setting, value: Value, places: Value = 0.0) -> Value:
    """Rounded half away from zero."""
    return _rounded(setting, value, places, "half")


def roundup(setting: Setting, value: Value, places: Value = 0.0) -> Value:
    """Rounded away from zero."""
    return _rounded(setting, value, places, "up")


def rounddown(setting: Setting, value: Value, places: Value = 0.0) -> Value:
    """Rounded toward zero."""
    return _rounded(setting, value, places, "down")


def abs_(setting: Setting, value: Value) -> Value:
    """Without its sign."""
    return _of_one(setting, value, abs)


def sqrt(setting: Setting, value: Value) -> Value:
    """The square root; blank below 0."""
    return _of_one(setting, value, lambda found: math.sqrt(found) if found >= 0 else None)


def exponential(setting: Setting, value: Value) -> Value:
    """The power of e, at 14 digits."""
    return _of_one(setting, value, lambda found: significant(math.exp(found)) if found < 709 else None)


def log(setting: Setting, value: Value, base: Value | None = None) -> Value:
    """The logarithm to that base, natural without one, at 14 digits; blank where there is none."""
    found = number(value, setting)
    root = math.e if base is None else number(base, setting)
    if found is None or root is None or found <= 0 or root <= 0 or root == 1:
        return BLANK
    result = math.log(found) if base is None else math.log(found) / math.log(root)
    return answer(significant(result))


def mod(setting: Setting, dividend: Value, divisor: Value) -> Value:
    """The remainder, with the sign of the dividend; blank for a divisor of 0."""
    one, other = number(dividend, setting), number(divisor, setting)
    return BLANK if one is None or not other else answer(math.fmod(one, other))


def isnumber(setting: Setting, value: Value) -> Value:
    """1 where the value is a number."""
    return flag(number(value, setting) is not None)


def isinteger(setting: Setting, value: Value) -> Value:
    """1 where the value is a whole number, written without a point."""
    return flag(number(value, setting) is not None and _WHOLE.fullmatch(text(value)) is not None)


def count(value: Value) -> int | None:
    """A value as a count of places or characters: cut to a whole number, or None where it is no number."""
    found = plain_number(value) if isinstance(value, str) else value
    return None if found is None else int(found)


def _given(setting: Setting, values: Sequence[Value]) -> list[float]:
    return [found for value in values if (found := number(value, setting)) is not None]


def _of_one(setting: Setting, value: Value, function: Callable[[float], float | None]) -> Value:
    found = number(value, setting)
    return BLANK if found is None else answer(function(found))


def _rounded(setting: Setting, value: Value, places: Value, how: How) -> Value:
    found, at = number(value, setting), count(places)
    return BLANK if found is None or at is None else answer(rounded(found, at, how))
