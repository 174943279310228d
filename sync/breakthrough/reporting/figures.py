"""How figures are written, in a sentence, a table cell or a chart alike: one value, one spelling."""

from __future__ import annotations

import datetime as dt

from breakthrough.collaborative import Measure


def value(measure: Measure, figure: float | None) -> str:
    """`6.8%`, `4.2 points`; an en dash where there is none."""
    if figure is None:
        return "–"
    return f"{figure:,.{measure.decimals}f}{measure.unit}".replace("-", "−")


def goal(measure: Measure, figure: float) -> str:
    """A goal as it was set: `6.5%`, `18%`."""
    return f"{figure:,g}{measure.unit}".replace("-", "−")


def difference(measure: Measure, figure: float) -> str:
    """The size of a difference, in points and without a sign: `0.5 points`. Never a per cent of a per cent."""
    rounded = f"{abs(figure):,.{measure.decimals}f}"
    unit = " points" if measure.unit in {"%", " points"} else measure.unit
    return f"{rounded}{' point' if unit == ' points' and rounded == f'{1:.{measure.decimals}f}' else unit}"


def count(figure: float) -> str:
    """`27,563`."""
    return f"{figure:,.0f}".replace("-", "−")


def of(numerator: float, denominator: float) -> str:
    """`27,563 of 404,666`."""
    return f"{count(numerator)} of {count(denominator)}"


def day(date: dt.date) -> str:
    """`Tue 21 April`."""
    return f"{date:%a} {date.day} {date:%B}"


def long_day(date: dt.date) -> str:
    """`15 April 2026`."""
    return f"{date.day} {date:%B} {date.year}"


_WORDS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def spelled(number: int) -> str:
    """`seven`, and figures above twelve."""
    return _WORDS[number] if 0 <= number < len(_WORDS) else count(number)
