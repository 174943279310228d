"""How figures are written, in a sentence, a table cell or a chart alike: one value, one spelling."""

from __future__ import annotations

from decimal import Decimal

from breakthrough.collaborative import Measure
from breakthrough.english import count, day, long_day, of, spelled

__all__ = ["apart", "count", "day", "difference", "goal", "long_day", "of", "spelled", "value"]


def value(measure: Measure, figure: float | None) -> str:
    """`6.8%`, `4.2 points`; an en dash where there is none."""
    if figure is None:
        return "–"
    return f"{figure:,.{measure.decimals}f}{measure.unit}".replace("-", "−")


def goal(measure: Measure, figure: float) -> str:
    """A goal as it was set: `6.5%`, `18%`."""
    return f"{figure:,g}{measure.unit}".replace("-", "−")


def apart(measure: Measure, figure: float, other: float) -> float:
    """`figure` less `other` as both are shown: a reader who subtracts the two rounded figures gets the same."""
    shown, beside = (Decimal(f"{one:.{measure.decimals}f}") for one in (figure, other))
    return float(shown - beside)


def difference(measure: Measure, figure: float) -> str:
    """The size of a difference, in points and without a sign: `0.5 points`. Never a per cent of a per cent."""
    rounded = f"{abs(figure):,.{measure.decimals}f}"
    unit = " points" if measure.unit in {"%", " points"} else measure.unit
    return f"{rounded}{' point' if unit == ' points' and rounded == f'{1:.{measure.decimals}f}' else unit}"
