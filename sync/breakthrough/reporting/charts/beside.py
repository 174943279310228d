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
    """The line's months that have a value, oldest first, and what stands at its end, its newest value in it."""

    words: str
    values: tuple[tuple[Month, float], ...]


def heights(one: Beside | None) -> list[float]:
    """The values that the scale must hold."""
    return [value for _, value in one.values] if one else []


def marks(one: Beside | None, columns: Columns, scale: Scale) -> list[Mark]:
    """A thin line with hollow dots, broken where a month has no value."""
    drawn: list[Mark] = []
    here = [(month, value) for month, value in (one.values if one else ()) if columns.first <= month <= columns.last]
    stretches: list[list[tuple[Month, float]]] = []
    for month, value in here:
        if stretches and month - stretches[-1][-1][0] == 1:
            stretches[-1].append((month, value))
        else:
            stretches.append([(month, value)])
    places = [[(columns.middle(month), scale.y(value)) for month, value in stretch] for stretch in stretches]
    drawn += [Polyline(tuple(stretch), SLATE, 1.1) for stretch in places if len(stretch) > 1]
    drawn += [Circle(x, y, _DOT, fill=PAPER, stroke=SLATE, stroke_width=1.1) for stretch in places for x, y in stretch]
    return drawn


def label(one: Beside | None, scale: Scale, cut: Style) -> list[Label]:
    """Its words, at the height of its newest value."""
    if one is None or not one.values:
        return []
    return [Label(scale.y(one.values[-1][1]), (Words(one.words, cut.small + 0.5, SLATE, 400),))]
