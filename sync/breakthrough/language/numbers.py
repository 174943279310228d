"""Numbers, spelled as the language that is spoken does."""

from __future__ import annotations

from decimal import Decimal

from babel import numbers

from breakthrough import english
from breakthrough.language.current import spoken


def count(figure: float) -> str:
    """`27,563`."""
    return english.count(figure) if spoken().english else _decimal(f"{figure:.0f}")


def figure(value: float, decimals: int, unit: str) -> str:
    """`6.8%`, `4.2 points`: the unit follows as it stands."""
    if spoken().english:
        return english.figure(value, decimals, unit)
    return f"{_decimal(f'{value:.{decimals}f}')}{unit}"


def exact(value: float, unit: str = "") -> str:
    """A figure as it was set: `6.5%`, `18%`, `1,250`."""
    return english.exact(value, unit) if spoken().english else f"{_decimal(f'{value:.10g}')}{unit}"


def trimmed(value: float) -> str:
    """At most two decimals, and no zero at their end: `6.85`, `7`."""
    if spoken().english:
        return f"{value:,.2f}".rstrip("0").rstrip(".").replace("-", "−")
    return _decimal(f"{value:.2f}".rstrip("0").rstrip("."))


def score(value: float) -> str:
    """A step of the rating scale: `3.5`."""
    return f"{value:.1f}" if spoken().english else _decimal(f"{value:.1f}")


def _decimal(digits: str) -> str:
    """What was rounded already, with the language's own marks; nothing is rounded twice."""
    places = len(digits.partition(".")[2])
    pattern = f"#,##0.{'0' * places}" if places else "#,##0"
    return numbers.format_decimal(Decimal(digits), format=pattern, locale=spoken().locale).replace("-", "−")
