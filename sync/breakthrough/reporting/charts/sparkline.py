"""A measure's months as a line without axes, for a row of a grid or a panel among others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from breakthrough.measures.values import Chart
from breakthrough.month import Month
from breakthrough.reporting.charts import plot, series, signs
from breakthrough.reporting.charts.columns import Columns
from breakthrough.reporting.charts.scale import Scale
from breakthrough.reporting.charts.series import Series
from breakthrough.reporting.draw.colours import FOG, INK, PEBBLE, STONE
from breakthrough.reporting.draw.scene import Circle, Line, Mark, Place, Polyline, Rect

_COLOURS = {"history": PEBBLE, "baseline": STONE, "live": INK, "tail": INK}
_LAST = 3.0  # the size of the latest point
_SIGNALLED = 1.9  # that of the months of a signal before it


@dataclass(frozen=True, slots=True)
class Room:
    """Where a sparkline stands: months across, values up; closed months go from `top` to `foot`, where signs stand."""

    columns: Columns
    scale: Scale
    top: float
    foot: float


def fitted(values: Sequence[float], top: float, bottom: float) -> Scale:
    """A scale of its own for those values, from `bottom` up to a little over `top`."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    slack = (high - low) * 0.05 or abs(high) * 0.1 or 1.0
    return Scale(low - slack, high + slack, 1.0, top, bottom)


def values(chart: Chart, first: Month) -> list[float]:
    """What a scale of its own must hold from that month on: the plotted values and the centre lines."""
    of = Series(chart)
    plotted = [p.value for p in of.plotted if p.month >= first and p.value is not None]
    return [*plotted, *(phase.value for phase in of.centres if phase.last >= first)]


def marks(chart: Chart, room: Room, *, signalled: bool = False) -> list[Mark]:
    """Closed months, the centre line, the months joined, a sign for each month without a figure, the latest point.

    The latest point has the shape of a signal it is part of; with `signalled` the other months of a signal have, too.
    """
    columns, scale, of = room.columns, room.scale, Series(chart)
    points = [point for point in chart.points if columns.first <= point.month <= columns.last]
    shut = series.runs(point.month for point in points if point.state == "not_in_session")
    drawn: list[Mark] = [
        Rect(columns.begin(first), room.top, columns.end(last) - columns.begin(first), room.foot - room.top, fill=FOG)
        for first, last in shut
    ]
    for phase in of.centres:
        if phase.last >= columns.first:
            y = scale.y(phase.value)
            drawn.append(Line(columns.begin(max(phase.first, columns.first)), y, columns.end(phase.last), y, STONE, 1))
    for stretch in of.joined:
        seen = [(p.month, p.value or 0.0, p.kind) for p in stretch if columns.first <= p.month <= columns.last]
        drawn += _stroke(seen, room)
    drawn += [
        mark
        for point in points
        if point.value is None and point.state in plot.ON_AXIS
        for mark in signs.state(point.state, columns.middle(point.month), room.foot, min(2.4, columns.pitch * 0.5))
    ]
    return [*drawn, *(_signals(of, room) if signalled else []), *_last(of, room)]


def _stroke(points: Sequence[tuple[Month, float, str]], room: Room) -> list[Mark]:
    """The points of one stretch joined, in the colour of the month each stroke leads to; one alone is a dot."""
    places: list[Place] = [(room.columns.middle(month), room.scale.y(value)) for month, value, _ in points]
    if len(points) == 1:
        return [Circle(*places[0], 1.2, fill=_COLOURS[points[0][2]])]
    strokes: list[Mark] = []
    begin = 0
    for n in range(1, len(points)):
        if n + 1 == len(points) or points[n + 1][2] != points[n][2]:
            kind = points[n][2]
            strokes.append(Polyline(tuple(places[begin : n + 1]), _COLOURS[kind], 1.1 if kind != "live" else 1.7))
            begin = n
    return strokes


def _signals(of: Series, room: Room) -> list[Mark]:
    """The months of a signal before the latest one, in its shape."""
    changed, latest = of.signalled, of.latest
    return [
        mark
        for point in of.plotted
        if point.month in changed and point != latest and room.columns.first <= point.month <= room.columns.last
        for mark in signs.signal(
            changed[point.month], room.columns.middle(point.month), room.scale.y(point.value or 0.0), _SIGNALLED
        )
    ]


def _last(of: Series, room: Room) -> list[Mark]:
    latest = of.latest
    if latest is None or latest.value is None or not room.columns.first <= latest.month <= room.columns.last:
        return []
    x, y = room.columns.middle(latest.month), room.scale.y(latest.value)
    changed = of.signalled.get(latest.month)
    return signs.signal(changed, x, y, _LAST) if changed else signs.dot(x, y, _LAST, INK)
