"""The line a chart is judged against, in words, and on which side of it months lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from breakthrough.collaborative import Measure, Timeline
from breakthrough.language import say
from breakthrough.measures import saying, signals
from breakthrough.measures.saying import Whose
from breakthrough.measures.values import Chart, Point, Signal
from breakthrough.month import Month
from breakthrough.reporting import figures

Side = Literal["above", "below"]


def centre(chart: Chart) -> float | None:
    """The line's height now, or None where there is no line."""
    return next((value for value in reversed(chart.centre) if value is not None), None)


def name(chart: Chart, whose: Whose) -> str:
    """`your baseline median`, `the median of all months`."""
    return saying.line(chart.line, whose)


def with_height(chart: Chart, measure: Measure, whose: Whose) -> str:
    """`your baseline median of 7.4%`."""
    height = figures.value(measure, centre(chart))
    if chart.line.startswith("baseline"):
        return say("{line} of {height}", line=name(chart, whose), height=height)
    return say("{line} at {height}", line=name(chart, whose), height=height)


def side(chart: Chart, months: Sequence[Month]) -> Side:
    """On which side of the line those months lie, judged by the first not on it; of a t chart by its signals."""
    among = set(months)
    heights = dict(zip((point.month for point in chart.points), chart.centre, strict=True))
    for event in chart.events:
        height = heights.get(event.month)
        if event.month in among and event.direction and height is not None:
            return "above" if event.value > height else "below"
    for point, line in zip(chart.points, chart.centre, strict=True):
        if point.month in among and point.value is not None and line is not None and point.value != line:
            return "above" if point.value > line else "below"
    return "above"


def farthest(chart: Chart, month: Month, where: Side) -> float | None:
    """The value of that month's point; of a t chart, that of the event which lies farthest out on that side."""
    events = [event.value for event in chart.events if event.month == month and event.state == "reported"]
    if events:
        return max(events) if where == "above" else min(events)
    return next((point.value for point in chart.points if point.month == month), None)


def way(chart: Chart, months: Sequence[Month]) -> Literal["rising", "falling"]:
    """Which way the values of those months go, from the first to the last."""
    values = {point.month: point.value for point in chart.points}
    return "rising" if (values.get(months[-1]) or 0) > (values.get(months[0]) or 0) else "falling"


def other(where: Side) -> Side:
    """The opposite side."""
    return "below" if where == "above" else "above"


def live(chart: Chart) -> list[Point]:
    """The points that count since the collaborative began."""
    return [point for point in counted(chart) if point.kind in {"live", "tail"}]


def counted(chart: Chart) -> list[Point]:
    """The points with a value that nobody has set aside."""
    return [point for point in chart.points if point.value is not None and point.state != "excluded"]


def split(chart: Chart) -> tuple[int, int]:
    """How many live points, of a t chart events, lie above and below the line; points on it count for neither."""
    lines = dict(zip((point.month for point in chart.points), chart.centre, strict=True))
    since = {point.month for point in live(chart)}
    shown = [(one.month, one.value) for one in chart.events if one.state == "reported" and one.month in since]
    shown = shown or [(point.month, point.value or 0) for point in live(chart)]
    apart = [value - line for month, value in shown if (line := lines[month]) is not None]
    return sum(one > 0 for one in apart), sum(one < 0 for one in apart)


def stretch(chart: Chart, last: Signal) -> Signal:
    """A month beyond a limit with those right before it that lie beyond the same one: it began with the first."""
    beyond = {one.since for one in chart.signals if one.rule == "limits" and one.direction == last.direction}
    months: list[Month] = []
    for point in reversed(counted(chart)):
        if point.month in beyond and (months or point.month == last.since):
            months.insert(0, point.month)
        elif months:
            break
    found = tuple(months) or last.months
    return replace(last, months=found, since=found[0], count=len(found))


def lacking(chart: Chart) -> int:
    """How many more months in a row the latest run needs for a signal.

    Each further month may raise what chance explains (its limit grows with their number), so that is counted in.
    """
    if chart.run is None:
        return 0
    have, more = len(chart.run.months), 0
    while have + more < signals.needed(chart.n_useful + more, chart.rules):
        more += 1
    return more


def coming(timeline: Timeline, chart: Chart, number: int) -> tuple[Month, ...]:
    """The next so many months in session that will have a point; fewer where the collaborative ends before."""
    later = (chart.points[-1].month + 1).to(timeline.last)
    months = [month for month in later if timeline.in_session(month) and month.number in chart.every]
    return tuple(months[:number])
