"""One team in the coach's grid: its measure as a sparkline, and six months of rating as steps."""

from __future__ import annotations

from collections.abc import Sequence

from breakthrough.measures.values import Chart
from breakthrough.month import Month
from breakthrough.reporting.charts import signs, sparkline
from breakthrough.reporting.charts.columns import Columns
from breakthrough.reporting.draw.colours import INK, MIST, PLUM
from breakthrough.reporting.draw.scene import Line, Mark, Place, Polyline, Scene

_WIDTH, _HEIGHT = 168.0, 40.0
_SPARK = 106.0
_STEPS = (122.0, 164.0)
_LOWEST, _HIGHEST = 0.5, 5.0  # the rating scale
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
    held = sparkline.fitted(sparkline.values(chart, columns.first), -6.0, _HEIGHT - 10)
    return sparkline.marks(chart, sparkline.Room(columns, held, 3, _HEIGHT - 6))


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
