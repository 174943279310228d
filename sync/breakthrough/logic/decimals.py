"""Doubles as REDCap shows and rounds them. Every backend does exactly this, so that they agree to the last digit.

A calculation is stored with at most 14 significant digits (docs/logic.md). Rounding first takes a number to 15, so
that 1.005, which a double holds as 1.00499…, rounds to 1.01, as a person expects.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Context
from decimal import Decimal as Exact
from typing import Literal

How = Literal["half", "up", "down"]

_MODES: dict[How, str] = {"half": ROUND_HALF_UP, "up": ROUND_UP, "down": ROUND_DOWN}
_FARTHEST = 330  # places beyond which no double has digits


def spelled(value: float) -> str:
    """The number as text: at most 14 significant digits, no trailing zeros, a dot, never an exponent, never -0."""
    if value.is_integer() and abs(value) < 1e14:
        return str(int(value))
    short = repr(value)
    if len(short) <= 15 and "e" not in short:  # 14 digits and a dot at most: the shortest form is the rounded one
        return short
    return format(_rounded_to(value, 14).normalize(), "f")


def significant(value: float) -> float:
    """The number at 14 significant digits.

    Results of log, exponential and fractional powers are taken to this: their last digit differs from one mathematical
    library to the next.
    """
    return float(_rounded_to(value, 14)) if value else value


def rounded(value: float, places: int, how: How) -> float:
    """The number at so many decimal places (negative: tens, hundreds …): half away from zero, away from, toward it."""
    places = max(-_FARTHEST, min(_FARTHEST, places))
    wide = Context(prec=3 * _FARTHEST)
    quantum = Exact(1).scaleb(-places, wide)
    return float(_rounded_to(value, 15).quantize(quantum, _MODES[how], wide))


def _rounded_to(value: float, digits: int) -> Exact:
    return Context(prec=digits, rounding=ROUND_HALF_UP).create_decimal_from_float(value)
