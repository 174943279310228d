"""A second line in a chart: what is to be read beside the first, such as the median of teams beside the pooled rate."""

from __future__ import annotations

from dataclasses import dataclass

from breakthrough.month import Month
from breakthrough.reporting.charts.columns import Columns
from breakthrough.reporting.charts.gutter import Label, Words
from breakthrough.reporting.charts.scale import Scale
from breakthrough.reporting.charts.style import Style
from breakthrough.reporting.draw.colours import PAPER, SLATE
from breakthrough.reporting.draw.scene import Circle, Mark, Polyline

_DOT = 2.2


@dataclass(frozen=True, slots=True)
class Beside:
    """The line's months, oldest first, None where one has no value; and what stands at its end, its newest value in it.

    Months in which nothing is reported by design are left out: the line runs on over them.
    """

    words: str
    values: tuple[tuple[Month, float | None], ...]


def heights(one: Beside | None) -> list[float]:
    """The values that the scale must hold."""
    return [value for _, value in one.values if value is not None] if one else []


def marks(one: Beside | None, columns: Columns, scale: Scale) -> list[Mark]:
    """A thin line with hollow dots, broken where a month has no value."""
    drawn: list[Mark] = []
    places: list[list[tuple[float, float]]] = [[]]
    for month, value in one.values if one else ():
        if value is None:
            places.append([])
        elif columns.first <= month <= columns.last:
            places[-1].append((columns.middle(month), scale.y(value)))
    drawn += [Polyline(tuple(stretch), SLATE, 1.1) for stretch in places if len(stretch) > 1]
    drawn += [Circle(x, y, _DOT, fill=PAPER, stroke=SLATE, stroke_width=1.1) for stretch in places for x, y in stretch]
    return drawn


def label(one: Beside | None, scale: Scale, cut: Style) -> list[Label]:
    """Its words, at the height of its newest value."""
    held = heights(one)
    if one is None or not held:
        return []
    return [Label(scale.y(held[-1]), (Words(one.words, cut.small + 0.5, SLATE, 400),))]
