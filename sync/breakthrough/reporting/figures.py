"""How figures are written, in a sentence, a table cell or a chart alike: one value, one spelling."""

from __future__ import annotations

from decimal import Decimal

from breakthrough import language
from breakthrough.collaborative import Measure
from breakthrough.language import count, day, exact, long_day, of, say, says, spelled

__all__ = [
    "apart",
    "columned",
    "count",
    "day",
    "difference",
    "exact",
    "goal",
    "long_day",
    "of",
    "size",
    "spelled",
    "value",
]

_LONG_UNIT = 3  # letters that a cell has room for
_IN_POINTS = frozenset({"%", " points"})


def value(measure: Measure, figure: float | None) -> str:
    """`6.8%`, `4.2 points`; an en dash where there is none."""
    if figure is None:
        return "–"
    return language.figure(figure, measure.decimals, measure.unit)


def columned(measure: Measure) -> tuple[Measure, str]:
    """The measure as the cells of a table write it, and the label of its row: a unit of words stands there, once."""
    if not measure.unit.startswith(" ") and len(measure.unit) <= _LONG_UNIT:
        return measure, measure.name
    label = say("{measure}, {unit}", measure=measure.name, unit=measure.unit.strip())
    return measure.model_copy(update={"unit": ""}), label


def goal(measure: Measure, figure: float) -> str:
    """A goal as it was set: `6.5%`, `18%`."""
    return exact(figure, measure.unit)


def apart(measure: Measure, figure: float, other: float) -> float:
    """`figure` less `other` as both are shown: a reader who subtracts the two rounded figures gets the same."""
    shown, beside = (Decimal(f"{one:.{measure.decimals}f}") for one in (figure, other))
    return float(shown - beside)


def difference(measure: Measure, figure: float) -> str:
    """The size of a difference, in points and without a sign: `0.5 points`. Never a per cent of a per cent."""
    if measure.unit not in _IN_POINTS:
        return size(measure, figure)
    one = f"{abs(figure):.{measure.decimals}f}" == f"{1:.{measure.decimals}f}"
    return says("{n} point", "{n} points", 1 if one else 2, n=size(measure, figure))


def bare(measure: Measure, figure: float) -> str:
    """The same without a unit that is a word of its own, where there is no room for it."""
    unit = measure.unit if measure.unit not in _IN_POINTS and not measure.unit.startswith(" ") else ""
    return language.figure(abs(figure), measure.decimals, unit)


def size(measure: Measure, figure: float) -> str:
    """The same beside a figure that has its unit: `0.5`; a unit other than points stands here, too."""
    return language.figure(abs(figure), measure.decimals, "" if measure.unit in _IN_POINTS else measure.unit)
