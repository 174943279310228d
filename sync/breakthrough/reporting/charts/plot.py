"""The data itself: closed months, limits, centre line, goal, the line through the months, and their points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from breakthrough.language import say, say_as
from breakthrough.measures.values import Chart, Point
from breakthrough.month import Month
from breakthrough.reporting.charts import signs
from breakthrough.reporting.charts.columns import Columns
from breakthrough.reporting.charts.scale import Scale
from breakthrough.reporting.charts.series import Series
from breakthrough.reporting.draw.colours import FOG, HAZE, INK, PAPER, PEBBLE, PLUM, SLATE, STONE
from breakthrough.reporting.draw.scene import Line, Mark, Polygon, Polyline, Rect, Text
from breakthrough.reporting.draw.text import Box, box

ON_AXIS = frozenset({"missing", "late", "invalid", "no_cases", "not_collected", "suppressed"})
_KINDS = {"history": (PEBBLE, 1.4), "baseline": (STONE, 1.6), "live": (INK, 2.0), "tail": (INK, 2.0)}
_CLOSED = 10.5


def closed(of: Series, columns: Columns, top: float, axis: float) -> list[Mark]:
    """Grey columns where nobody is there."""
    return [Rect(left, top, right - left, axis - top, fill=FOG) for left, right in _closed(of, columns)]


def closed_words(
    of: Series, columns: Columns, top: float, axis: float, taken: Sequence[Box], lines: Sequence[float]
) -> list[Mark]:
    """The word in each grey column wide enough, where neither words nor lines are: low if it can be."""
    words: list[Mark] = []
    closed_ = say_as("state of a month, in a table", "closed")
    for left, right in _closed(of, columns):
        if right - left < 8:
            continue
        word = Text((left + right) / 2 + _CLOSED * 0.36, 0, closed_, _CLOSED, SLATE, rotation=-90)
        room = box(word)
        beside = [one for one in taken if one.left < room.right + 2 and room.left < one.right + 2]
        busy = [(one.top - 2, one.bottom + 2) for one in beside]
        busy += [(line - 3, line + 3) for line in lines]
        for y in range(round(axis) - 6, round(top) + 40, -3):
            if not meets(busy, y + room.top, y + room.bottom):
                words.append(word._replace(y=y))
                break
    return words


def _closed(of: Series, columns: Columns) -> list[tuple[float, float]]:
    return [(columns.begin(first), columns.end(last)) for first, last in of.closed]


def band(of: Series, columns: Columns, scale: Scale) -> list[Mark]:
    """What chance explains, month by month, as a pale stepped band."""
    drawn: list[Mark] = []
    for stretch in _limited(of):
        upper = [place for month, _, high in stretch for place in _step(columns, month, scale.y(high))]
        lower = [place for month, low, _ in stretch for place in _step(columns, month, scale.y(low))]
        drawn.append(Polygon((*upper, *reversed(lower)), fill=HAZE))
        drawn += [Polyline(tuple(edge), STONE, 1) for edge in (upper, lower)]
    return drawn


def _limited(of: Series) -> list[list[tuple[Month, float, float]]]:
    """Neighbouring months that have limits, not across two phases."""
    chart = of.chart
    stretches: list[list[tuple[Month, float, float]]] = []
    for point, low, high in zip(chart.points, chart.lower, chart.upper, strict=True):
        if low is None or high is None or point.state == "not_in_session":
            continue
        if stretches and of.follows(stretches[-1][-1][0], point.month):
            stretches[-1].append((point.month, low, high))
        else:
            stretches.append([(point.month, low, high)])
    return stretches


def _step(columns: Columns, month: Month, y: float) -> tuple[tuple[float, float], tuple[float, float]]:
    return (columns.begin(month), y), (columns.end(month), y)


def centre(of: Series, columns: Columns, scale: Scale) -> list[Mark]:
    """Each phase's line: solid over the months it was worked out from, dotted where it is carried forward."""
    drawn: list[Mark] = []
    for phase in of.centres:
        y, end = scale.y(phase.value), columns.end(phase.last)
        solid = columns.end(phase.solid_to)
        drawn.append(Line(columns.begin(phase.first), y, solid, y, SLATE, 1.6))
        to = columns.right if phase is of.centres[-1] else end
        if to > solid:
            drawn.append(Line(solid, y, to, y, SLATE, 1.6, (2, 3)))
    return drawn


def goal_line(chart: Chart, columns: Columns, scale: Scale) -> tuple[float, float, float] | None:
    """Where the goal in force now runs: from its first live month to the end of its due month, at its height."""
    if chart.goal is None:
        return None
    live = [point.month for point in chart.points if point.kind in {"live", "tail"}]
    if chart.goals:
        since = next((month for month, goal in reversed(_steps(chart)) if goal == chart.goal), None)
        live = [month for month in live if since is None or month >= since]
    left = columns.begin(live[0]) if live else columns.left
    due = chart.goal_by
    right = columns.end(due) if due is not None and due <= columns.last else columns.right
    return min(left, right - 12), max(right, columns.left + 12), scale.y(chart.goal)


def goal(line: tuple[float, float, float] | None) -> list[Mark]:
    """The goal's dashes, and the sign at their end."""
    if line is None:
        return []
    left, right, y = line
    return [Line(left, y, right - 5, y, PLUM, 1.8, (7, 4)), *signs.goal(right - 4.5, y)]


def former_goals(chart: Chart, columns: Columns, scale: Scale) -> list[Mark]:
    """The goals that held before the one in force, each over its own live months, a step away from the next."""
    steps = _steps(chart)
    marks: list[Mark] = []
    for (since, height), (until, _) in pairwise(steps):
        if height is not None:
            y = scale.y(height)
            marks.append(Line(columns.begin(since), y, columns.begin(until), y, PLUM, 1.2, (7, 4)))
    return marks


def _steps(chart: Chart) -> list[tuple[Month, float | None]]:
    """Each goal with the first live month that it held in."""
    steps: list[tuple[Month, float | None]] = []
    for point, goal in zip(chart.points, chart.goals, strict=False):
        if point.kind in {"live", "tail"} and (not steps or steps[-1][1] != goal):
            steps.append((point.month, goal))
    return steps


def data(of: Series, columns: Columns, scale: Scale) -> list[Mark]:
    """The line through neighbouring months, then the points over it, the latest ringed; on a t chart, the events."""
    if of.chart.events:
        return _events(of.chart, columns, scale)
    drawn: list[Mark] = []
    for stretch in of.joined:
        drawn += _joined(stretch, columns, scale)
    return [*drawn, *_points(of, columns, scale)]


def _joined(stretch: Sequence[Point], columns: Columns, scale: Scale) -> Iterable[Mark]:
    """One stroke a kind of month, each beginning where the last one ended."""
    pieces: list[tuple[str, list[Point]]] = []
    for before, after in pairwise(stretch):
        if pieces and pieces[-1][0] == after.kind:
            pieces[-1][1].append(after)
        else:
            pieces.append((after.kind, [before, after]))
    for kind, points in pieces:
        colour, wide = _KINDS[kind]
        yield Polyline(tuple(_place(point, columns, scale) for point in points), colour, _thin(wide, columns))


def event_places(chart: Chart, columns: Columns, scale: Scale) -> list[tuple[float, float]]:
    """Where the events of a t chart stand: within their month, at their day."""
    return [
        (columns.begin(one.month) + (one.day - 0.5) / 31 * columns.pitch, scale.y(one.value)) for one in chart.events
    ]


def _events(chart: Chart, columns: Columns, scale: Scale) -> list[Mark]:
    """Event after event joined, the newest ringed; those that a signal is made of in its shape."""
    places = event_places(chart, columns, scale)
    kinds = {point.month: point.kind for point in chart.points}
    drawn: list[Mark] = [Polyline(tuple(places), INK, _thin(1.6, columns))] if len(places) > 1 else []
    for one, (x, y) in zip(chart.events, places, strict=True):
        if one.state == "excluded":
            drawn += signs.state("excluded", x, y, max(radius(columns), 2.6))
        elif one.direction:
            drawn += signs.signal(one.direction, x, y, radius(columns))
        else:
            drawn += signs.dot(x, y, radius(columns) * 0.85, _KINDS[kinds[one.month]][0])
    return [*drawn, *signs.ring(*places[-1], max(5.5, radius(columns) * 2.2))]


def _points(of: Series, columns: Columns, scale: Scale) -> list[Mark]:
    changed, latest, size = of.signalled, of.latest, radius(columns)
    drawn: list[Mark] = []
    for point in of.chart.points:
        if point.value is None:
            continue
        x, y = _place(point, columns, scale)
        if point.state == "excluded":
            drawn += signs.state("excluded", x, y, max(size, 2.6))
        elif point.month in changed:
            drawn += signs.signal(changed[point.month], x, y, size)
        else:
            drawn += signs.dot(x, y, size if point.kind in {"live", "tail"} else size * 0.85, _KINDS[point.kind][0])
    if latest is not None:
        drawn += signs.ring(*_place(latest, columns, scale), max(5.5, size * 2.2))
    return drawn


def _place(point: Point, columns: Columns, scale: Scale) -> tuple[float, float]:
    return columns.middle(point.month), scale.y(point.value or 0.0)


def radius(columns: Columns) -> float:
    """The size of a point: smaller where months are close together."""
    return min(3.6, max(2.1, columns.pitch * 0.31))


def _thin(wide: float, columns: Columns) -> float:
    return wide if columns.pitch >= 9 else wide * 0.8


def on_axis(chart: Chart, columns: Columns, axis: float) -> list[Mark]:
    """A sign at the axis for each month that should have, or could have, sent a value and has none."""
    size = min(3.8, max(1.8, columns.pitch * 0.3))
    return [
        mark
        for point in chart.points
        if point.value is None and point.state in ON_AXIS
        for mark in signs.state(point.state, columns.middle(point.month), axis, size)
    ]


def paper(boxes: Iterable[Box]) -> list[Mark]:
    """Clear ground under words."""
    return [Rect(b.left - 2, b.top - 1, b.right - b.left + 4, b.bottom - b.top + 2, fill=PAPER) for b in boxes]


def nothing(across: tuple[float, float], down: tuple[float, float], goal: float | None, size: float) -> list[Mark]:
    """Says in the middle of an empty plot, clear of the goal line, that there is nothing to plot yet."""
    (left, right), (top, bottom) = across, down
    heights = [top + (bottom - top) * share for share in (0.5, 0.25, 0.75)]
    y = next((height for height in heights if goal is None or abs(height - 4 - goal) > 14), heights[0])
    words = Text((left + right) / 2, y, say("No figures yet"), size, SLATE, anchor="middle")
    return [*paper([box(words)]), words]


def spans(left: float, right: float, stroke: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """From where to where down the page a stroke from place to place runs between two x: of its places, and slopes."""
    found = [(y, y) for x, y in stroke if left < x < right]
    for (x1, y1), (x2, y2) in pairwise(stroke):
        if max(x1, x2) < left or min(x1, x2) > right:
            continue
        heights = [y1 + (y2 - y1) * (x - x1) / (x2 - x1) for x in (left, right) if min(x1, x2) < x < max(x1, x2)]
        heights += [y for x, y in ((x1, y1), (x2, y2)) if left <= x <= right]
        if heights:
            found.append((min(heights), max(heights)))
    return found


def meets(taken: Iterable[tuple[float, float]], top: float, bottom: float) -> bool:
    """Whether any of those spans reaches between `top` and `bottom`."""
    return any(low < bottom and high > top for low, high in taken)


def crosses(room: Box, stroke: Sequence[tuple[float, float]]) -> bool:
    """Whether a stroke from place to place runs through that room."""
    return meets(spans(room.left, room.right, stroke), room.top, room.bottom)
