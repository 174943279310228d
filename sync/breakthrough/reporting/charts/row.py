"""One team in the coach's grid: its measure as a sparkline, and six months of rating as steps."""

from __future__ import annotations

from collections.abc import Sequence

from breakthrough.measures.values import Chart
from breakthrough.month import Month
from breakthrough.reporting.charts import plot, series, signs
from breakthrough.reporting.charts.columns import Columns
from breakthrough.reporting.charts.scale import Scale
from breakthrough.reporting.draw.colours import FOG, INK, MIST, PEBBLE, PLUM, STONE
from breakthrough.reporting.draw.scene import Circle, Line, Mark, Place, Polyline, Rect, Scene

_WIDTH, _HEIGHT = 168.0, 40.0
_SPARK = 106.0
_STEPS = (122.0, 164.0)
_LOWEST, _HIGHEST = 0.5, 5.0  # the rating scale
_COLOURS = {"history": PEBBLE, "baseline": STONE, "live": INK, "tail": INK}
_MOST = 24  # months: more would be hair


def row(chart: Chart, ratings: Sequence[tuple[Month, float | None]], target: float) -> Scene:
    """A picture 168 by 40: the last two years of the chart on a scale of its own, then the ratings, oldest first.

    A dashed line stands at the rating aimed for. Months not sent are crosses; a signal gives the last point its shape.
    """
    marks = _spark(chart) if chart.points else []
    return Scene(_WIDTH, _HEIGHT, (*marks, *_steps([score for _, score in ratings], target)))


def _spark(chart: Chart) -> list[Mark]:
    points = chart.points[-_MOST:]
    columns = Columns(points[0].month, points[-1].month, 1.0, _SPARK)
    values = [p.value for p in series.plotted(chart) if p.month >= columns.first and p.value is not None]
    phases = [phase for phase in series.centres(chart) if phase.last >= columns.first]
    scale = _scale([*values, *(phase.value for phase in phases)])
    shut = series.runs(point.month for point in points if point.state == "not_in_session")
    marks: list[Mark] = [
        Rect(columns.begin(first), 3, columns.end(last) - columns.begin(first), _HEIGHT - 6, fill=FOG)
        for first, last in shut
    ]
    for phase in phases:
        y = scale.y(phase.value)
        marks.append(Line(columns.begin(max(phase.first, columns.first)), y, columns.end(phase.last), y, STONE, 1))
    for stretch in series.joined(chart):
        marks += _stroke(
            [(p.month, p.value or 0.0, p.kind) for p in stretch if p.month >= columns.first], columns, scale
        )
    marks += [
        mark
        for point in points
        if point.value is None and point.state in plot.ON_AXIS
        for mark in signs.state(point.state, columns.middle(point.month), _HEIGHT - 6, min(2.4, columns.pitch * 0.5))
    ]
    return [*marks, *_last(chart, columns, scale)]


def _scale(values: Sequence[float]) -> Scale:
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    slack = (high - low) * 0.05 or abs(high) * 0.1 or 1.0
    return Scale(low - slack, high + slack, 1.0, -6.0, _HEIGHT - 10)


def _stroke(points: Sequence[tuple[Month, float, str]], columns: Columns, scale: Scale) -> list[Mark]:
    """The points of one stretch joined, in the colour of the month each stroke leads to; one alone is a dot."""
    places: list[Place] = [(columns.middle(month), scale.y(value)) for month, value, _ in points]
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


def _last(chart: Chart, columns: Columns, scale: Scale) -> list[Mark]:
    latest = chart.latest
    if latest is None or latest.month < columns.first or latest.value is None:
        return []
    x, y = columns.middle(latest.month), scale.y(latest.value)
    changed = series.signalled(chart).get(latest.month)
    return signs.signal(changed, x, y, 3) if changed else signs.dot(x, y, 3, INK)


def _steps(scores: Sequence[float | None], target: float) -> list[Mark]:
    """A level stretch a month, joined upright where two months follow each other; a gap where there is no rating."""
    left, right = _STEPS
    marks: list[Mark] = [
        Line(left, _level(target), right, _level(target), PLUM, 1, (3, 2.5)),
        Line(left, _HEIGHT - 7, right, _HEIGHT - 7, MIST, 1),
    ]
    if not scores:
        return marks
    wide = (right - left) / len(scores)
    path: list[Place] = []
    for n, score in enumerate([*scores, None]):
        if score is None:
            marks += [Polyline(tuple(path), INK, 1.8)] if path else []
            path = []
            continue
        path += [(left + n * wide, _level(score)), (left + (n + 1) * wide, _level(score))]
    if scores[-1] is not None:
        marks += signs.dot(right, _level(scores[-1]), 2.8, INK)
    return marks


def _level(score: float) -> float:
    low, high = _HEIGHT - 7, 5.0
    return round((low - (score - _LOWEST) / (_HIGHEST - _LOWEST) * (low - high)) * 2) / 2
