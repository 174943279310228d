"""How far the latest month is from the same month a year before: a bracket between the two, and its words."""

from __future__ import annotations

from collections.abc import Sequence

from breakthrough.collaborative import Measure
from breakthrough.language import say
from breakthrough.measures.values import Chart, Point
from breakthrough.reporting import figures
from breakthrough.reporting.charts import axes, plot
from breakthrough.reporting.charts.style import Style
from breakthrough.reporting.charts.years import Places, Year
from breakthrough.reporting.draw.colours import INK
from breakthrough.reporting.draw.scene import Mark, Polyline, Text
from breakthrough.reporting.draw.text import Box, box, width


def before(chart: Chart) -> Point | None:
    """The same month a year before the latest value, where it has one."""
    latest = chart.latest
    wanted = latest.month + -12 if latest else None
    return next((p for p in chart.points if p.month == wanted and p.value is not None), None)


def _apart(chart: Chart, measure: Measure, *, phone: bool) -> str:
    """`0.5 points lower`; the measure's unit is left off where there is little room."""
    latest, then = chart.latest, before(chart)
    if latest is None or then is None or latest.value is None or then.value is None:
        return ""
    change = figures.apart(measure, latest.value, then.value)
    if not change:
        return say("as a year ago")
    size = figures.bare(measure, change) if phone else figures.difference(measure, change)
    return say("{size} higher", size=size) if change > 0 else say("{size} lower", size=size)


def marks(chart: Chart, measure: Measure, years: Sequence[Year], places: Places, cut: Style) -> list[Mark]:
    """The bracket between this year's month and last year's, and its words in the nearest clear spot."""
    latest, then = chart.latest, before(chart)
    words = _apart(chart, axes.in_labels(measure), phone=cut.phone)
    if latest is None or then is None or not words:
        return []
    (x, y), (_, earlier) = places.of(latest), places.of(then)
    edge = x + 15
    bracket: list[Mark] = []
    if abs(y - earlier) > 3:
        bracket = [Polyline(((edge - 4, earlier), (edge, earlier), (edge, y), (edge - 4, y)), INK, 1.3)]
    spot = _clear(words, edge, (y + earlier) / 2, years, chart, places, cut)
    return bracket if spot is None else [*bracket, *plot.paper([box(spot)]), spot]


def _clear(
    words: str, x: float, y: float, years: Sequence[Year], chart: Chart, places: Places, cut: Style
) -> Text | None:
    """The words beside the bracket, over or under it, clear of lines and points; None where there is no room."""
    held = places.scale
    long = width(words, cut.label, 600)
    start = max(places.left + 2, min(x + 7, places.right - long - 2))
    strokes = [[place for _, place in places.each(year.points)] for year in years]
    tried = [Text(left, 0, words, cut.label, INK, 600) for left in (start, max(places.left + 2, x - long - 22))]
    rooms = []
    for text in tried:
        room = _wide(box(text))
        taken = [span for stroke in strokes for span in plot.spans(room.left, room.right, stroke)]
        taken += [(held.y(chart.goal),) * 2] if chart.goal is not None else []
        taken += [(y, y)] if room.left < x + 1 and room.right > x - 25 else []
        rooms.append((text, room, taken))
    heights = sorted(range(round(held.top) + 12, round(held.bottom) - 6, 2), key=lambda at: abs(at - 4 - y))
    for at in heights:
        for text, room, taken in rooms:
            if not plot.meets(taken, at + room.top, at + room.bottom):
                return text._replace(y=at)
    return None


def _wide(room: Box) -> Box:
    """That room with what is to be kept clear about it."""
    return Box(room.left - 5, room.top - 5, room.right + 5, room.bottom + 5)
