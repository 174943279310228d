"""What values mean: when a text is a number, what equals what, what is true. All backends follow this page.

A value is a text or a number. Blank is the empty text; true and false are 1 and 0.
"""

from __future__ import annotations

import math
import re

from breakthrough.logic.decimals import significant, spelled
from breakthrough.logic.setting import Setting
from breakthrough.logic.tree import Comparator, Operator

Value = float | str

BLANK = ""
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_COMMA_NUMBER = re.compile(r"[-+]?(?:[0-9]+,?[0-9]*|,[0-9]+)")
_SQUARINGS = 1024  # whole exponents up to this are multiplied out: the same on every machine


def plain_number(text: str) -> float | None:
    """The number that a text spells out, or None. No blanks around it, no comma, nothing beyond a double's range."""
    if not _NUMBER.fullmatch(text):
        return None
    found = float(text)
    return found if math.isfinite(found) else None


def with_dot(text: str) -> str:
    """A stored number with a decimal comma in the form calculations take; any other text unchanged."""
    return text.replace(",", ".") if _COMMA_NUMBER.fullmatch(text) else text


def number(value: Value, setting: Setting) -> float | None:
    """The value as a number, or None: a blank, a text, and a missing-data code (even one of digits) are none."""
    if not isinstance(value, str):
        return value
    return None if value in setting.missing_codes else plain_number(value)


def text(value: Value) -> str:
    """The value as text: numbers as REDCap stores them."""
    return value if isinstance(value, str) else spelled(value)


def flag(condition: bool) -> float:
    """A condition as a value."""
    return 1.0 if condition else 0.0


def answer(found: float | None) -> Value:
    """A result as a value: nothing, and what is beyond a double's range, is blank."""
    return BLANK if found is None or not math.isfinite(found) else found


def truth(value: Value, setting: Setting) -> bool:
    """Whether a value alone counts as true: a number but 0, a text but blanks and missing codes."""
    if isinstance(value, str) and (value == BLANK or value in setting.missing_codes):
        return False
    found = number(value, setting)
    return found is None or found != 0


def compare(operator: Comparator, left: Value, right: Value, setting: Setting) -> bool:
    """Whether the comparison holds: as numbers where both are, else as text, exactly and in its case.

    For < <= > >= a blank, a missing-data code, and a text against a number make it false.
    """
    if operator == "=":
        return equal(left, right)
    if operator == "<>":
        return not equal(left, right)
    return ordered(operator, left, right, setting)


def equal(left: Value, right: Value) -> bool:
    """Whether two values are the same number, or the same text."""
    one = left if not isinstance(left, str) else plain_number(left)
    other = right if not isinstance(right, str) else plain_number(right)
    if one is not None and other is not None:
        return one == other
    return text(left) == text(right)


def ordered(operator: Comparator, left: Value, right: Value, setting: Setting) -> bool:
    """Whether < <= > or >= holds between two numbers, or two texts by their characters' code points."""
    one, other = number(left, setting), number(right, setting)
    if one is not None and other is not None:
        return _holds(operator, (one > other) - (one < other))
    if one is not None or other is not None:
        return False
    words = (text(left), text(right))
    if BLANK in words or not setting.missing_codes.isdisjoint(words):
        return False
    return _holds(operator, (words[0] > words[1]) - (words[0] < words[1]))


def calculate(operator: Operator, left: float | None, right: float | None) -> float | None:
    """The result of + - * / ^, or None where an operand is, on division by zero, and beyond a double's range."""
    if left is None or right is None:
        return None
    match operator:
        case "+":
            found = left + right
        case "-":
            found = left - right
        case "*":
            found = left * right
        case "/":
            found = left / right if right else math.inf
        case "^":
            return power(left, right)
    return found if math.isfinite(found) else None


def power(base: float, exponent: float) -> float | None:
    """The power, or None where that is no finite real number. 0 ^ 0 is 1."""
    if exponent == int(exponent) and abs(exponent) <= _SQUARINGS:
        found = _multiplied(base, int(abs(exponent)))
        if exponent < 0:
            found = 1 / found if found else math.inf
        return found if math.isfinite(found) else None
    try:
        found = math.pow(base, exponent)
    except (ValueError, OverflowError):
        return None
    return significant(found) if math.isfinite(found) else None


def _multiplied(base: float, times: int) -> float:
    """The base times itself, in the one order that all backends keep."""
    found = 1.0
    while times:
        if times % 2:
            found *= base
        base *= base
        times //= 2
    return found


def _holds(operator: Comparator, sign: int) -> bool:
    return {"<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0, "=": sign == 0, "<>": sign != 0}[operator]
