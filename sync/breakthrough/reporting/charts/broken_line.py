"""The line of all teams, broken at the month in which the work began: pooled, their median, and two fitted lines."""

from __future__ import annotations

from collections.abc import Sequence

from breakthrough.collaborative import Event, Measure
from breakthrough.language import say
from breakthrough.measures.interrupted import Interrupted
from breakthrough.measures.values import Pooled
from breakthrough.month import Month
from breakthrough.reporting import figures
from breakthrough.reporting.charts import axes, gutter, lanes, scale, signs
from breakthrough.reporting.charts.columns import Columns
from breakthrough.reporting.charts.gutter import Label, Words
from breakthrough.reporting.charts.scale import Scale
from breakthrough.reporting.charts.style import Style, style
from breakthrough.reporting.draw.colours import FOG, INK, PLUM, SLATE, STONE
from breakthrough.reporting.draw.scene import Line, Mark, Place, Polyline, Rect, Scene

_DOT = 2.6


def broken_line(
    months: Sequence[Pooled],
    measure: Measure,
    at: Month,
    found: Interrupted | None,
    *,
    events: Sequence[Event],
    goal: float | None,
    phone: bool = False,
) -> Scene:
    """The picture. `found` is the model of the pooled months from the first of `months`; None draws no fitted lines.

    The ground is grey up to `at`, the first month of the work; sessions among the events are flagged. Months without a
    pooled figure, or a withheld one, are gaps.
    """
    cut = style(phone=phone)
    rough = scale.fitted(_values(months, found, goal), measure, cut.plot)
    labels = _labels(months, measure, rough, cut, found, goal)
    right = cut.width - gutter.room(labels)
    columns = Columns(months[0].month, months[-1].month, axes.margin(rough, measure, cut, rough.low), right)
    top = lanes.laid([], events, columns, cut.width)
    placed = rough.at(top.high + axes.unit_high(measure))
    axis = placed.bottom
    spread = [(one.month, one.median) for one in months if one.median is not None]
    pooled = [(one.month, one.pooled) for one in months if one.pooled is not None]
    marks: list[Mark] = [
        *_before(columns, at, top.high, axis),
        *axes.gridlines(placed, columns.left, columns.right, placed.low),
        *lanes.poles(top, axis),
        *axes.unit(measure, cut, top.high + axes.unit_high(measure)),
        *axes.values(placed, measure, cut, columns.left, axis, placed.low),
        *axes.months(columns, cut, axis, months[-1].month),
        *lanes.marks(top),
        *_goal(goal, columns, placed),
        *(Polyline(path, STONE, 1.2) for path in _paths(spread, columns, placed)),
        *_fitted(months[0].month, at, found, columns, placed),
        *(Polyline(path, INK, 1.8) for path in _paths(pooled, columns, placed)),
        *(mark for month, value in pooled for mark in signs.dot(columns.middle(month), placed.y(value), _DOT, INK)),
        *gutter.marks(
            _labels(months, measure, placed, cut, found, goal), columns.right, top.high, axis + axes.MONTHS_HIGH
        ),
    ]
    return Scene(cut.width, round(axis + axes.MONTHS_HIGH + 2), tuple(marks))


def _values(months: Sequence[Pooled], found: Interrupted | None, goal: float | None) -> list[float]:
    values = [value for one in months for value in (one.pooled, one.median) if value is not None]
    values += [*found.fitted, *found.expected[-1:]] if found else []
    return values + ([goal] if goal is not None else []) or [0.0, 1.0]


def _before(columns: Columns, at: Month, top: float, axis: float) -> list[Mark]:
    if not columns.first < at <= columns.last:
        return []
    x = round(columns.begin(at) * 2) / 2
    return [Rect(columns.left, top, x - columns.left, axis - top, fill=FOG), Line(x, top, x, axis, INK, 1.2)]


def _goal(goal: float | None, columns: Columns, placed: Scale) -> list[Mark]:
    if goal is None:
        return []
    return [Line(columns.left, placed.y(goal), columns.right, placed.y(goal), PLUM, 1.4, (6, 4))]


def _fitted(first: Month, at: Month, found: Interrupted | None, columns: Columns, placed: Scale) -> list[Mark]:
    """The two straight lines, and the first one drawn on, dotted."""
    if found is None or not found.fitted:
        return []

    def point(month: Month, value: float) -> Place:
        return columns.middle(month), placed.y(value)

    last = first + (len(found.fitted) - 1)
    before = (point(first, found.fitted[0]), point(at + -1, found.fitted[found.start - 1]))
    after = (point(at, found.fitted[found.start]), point(last, found.fitted[-1]))
    (x1, y1), (x2, y2) = point(at, found.expected[0]), point(last, found.expected[-1])
    return [
        Polyline(before, SLATE, 2.4),
        Polyline(after, SLATE, 2.4),
        Line(x1, y1, x2, y2, SLATE, 1.4, (1.5, 3)),
    ]


def _paths(points: Sequence[tuple[Month, float]], columns: Columns, placed: Scale) -> list[tuple[Place, ...]]:
    """Stretches of neighbouring months, as places."""
    paths: list[list[Place]] = []
    last: Month | None = None
    for month, value in points:
        if last is None or month - last > 1:
            paths.append([])
        paths[-1].append((columns.middle(month), placed.y(value)))
        last = month
    return [tuple(path) for path in paths if len(path) > 1]


def _labels(
    months: Sequence[Pooled],
    measure: Measure,
    placed: Scale,
    cut: Style,
    found: Interrupted | None,
    goal: float | None,
) -> list[Label]:
    """What stands in the gutter, each at the height of what it names."""
    spelled = axes.in_labels(measure)
    labels: list[Label] = []
    pooled = next((one.pooled for one in reversed(months) if one.pooled is not None), None)
    middle = next((one.median for one in reversed(months) if one.median is not None), None)
    if pooled is not None:
        words = say("Pooled {figure}", figure=figures.value(spelled, pooled))
        labels.append(Label(placed.y(pooled), (Words(words, cut.label, INK, 600),)))
    if middle is not None:
        words = say("Median {figure}", figure=figures.value(spelled, middle))
        labels.append(Label(placed.y(middle), (Words(words, cut.small, SLATE),)))
    if goal is not None:
        words = say("Goal {goal}", goal=figures.goal(spelled, goal))
        labels.append(Label(placed.y(goal), (Words(words, cut.label, PLUM, 600),)))
    if found and found.expected:
        words = say("As before {figure}", figure=figures.value(spelled, found.expected[-1]))
        labels.append(Label(placed.y(found.expected[-1]), (Words(words, cut.small, SLATE),)))
    return labels
