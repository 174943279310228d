"""Everything that a picture shows, in figures, for those who read with a keyboard, a screen reader, or a pencil."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from breakthrough.collaborative import Measure
from breakthrough.language import capital, message, message_as, say, say_as, score
from breakthrough.measures import saying
from breakthrough.measures.values import Chart, Point
from breakthrough.month import Month
from breakthrough.reporting import figures
from breakthrough.reporting.parts import Listing, Row
from breakthrough.reporting.sentences import states

# What the numerator and the denominator are called; '' where there is none, or it says nothing by itself.
COUNTED = {
    **dict.fromkeys(("proportion", "rate", "all_or_none"), (message("Counted"), message("Out of"))),
    "index": (message("Points"), message("Out of")),
    "mean": ("", message("Values")),
    "median": ("", message("Values")),
    "time_between": ("", message("Gaps ended")),
}
_SIGNALS = {
    "improving": message_as("a signal, in a table", "◆ improving"),
    "worsening": message_as("a signal, in a table", "■ worsening"),
    "unclear": message_as("a signal, in a table", "◇ unusual"),
}


def of_chart(chart: Chart, measure: Measure) -> Listing:
    """Every month of a chart, the oldest first: value or state, counts, line, limits and signals.

    A column that would be empty is left out.
    """
    above, below = COUNTED.get(measure.type, ("", ""))
    points = chart.points
    columns = {
        measure.name: [value(measure, point) for point in points],
        say(above) if above else "": [count(point, point.numerator) for point in points],
        say(below) if below else "": [count(point, point.denominator) for point in points],
        capital(saying.line(chart.line)): [_height(measure, one) for one in chart.centre],
        say("Lower limit"): [_height(measure, one) for one in chart.lower],
        say("Upper limit"): [_height(measure, one) for one in chart.upper],
        say("Signal"): _signals(chart),
    }
    shown = {head: cells for head, cells in columns.items() if head and any(cells)}
    heads = (capital(saying.one(chart.each)), *shown)
    rows = zip(points, zip(*shown.values(), strict=True), strict=True) if shown else ()
    return Listing(heads, tuple(Row(point.month.label, cells) for point, cells in rows))


def of_ratings(levels: Mapping[Month, Mapping[float, int]], months: Sequence[Month]) -> Listing:
    """How many teams stood on each step in each month; the highest step first."""
    steps = sorted({step for month in months for step in levels[month]}, reverse=True)
    rows = (Row(score(step), tuple(figures.count(levels[month].get(step, 0)) for month in months)) for step in steps)
    return Listing((say("Rating"), *(month.short for month in months)), tuple(rows))


def of_teams(charts: Sequence[tuple[str, Chart]], measure: Measure) -> Listing:
    """Every month of several teams' charts of one measure: a row a month, a column a team; the oldest month first."""
    told = {name: {point.month: value(measure, point) for point in chart.points} for name, chart in charts}
    months = sorted({month for cells in told.values() for month in cells})
    rows = (Row(month.label, tuple(cells.get(month, "") for cells in told.values())) for month in months)
    return Listing((say("Month"), *told), tuple(rows))


def value(measure: Measure, point: Point) -> str:
    """`6.8%`, `not sent`, `6.8% set aside`."""
    words = states.cell(point.state)
    if point.value is None:
        return words
    figure = figures.value(measure, point.value)
    return say("{figure} {state}", figure=figure, state=words) if words else figure


def count(point: Point, count: float | None) -> str:
    """`27,563`; '' where there is none to tell."""
    return "" if count is None or point.state == "not_in_session" else figures.count(count)


def _height(measure: Measure, height: float | None) -> str:
    return "" if height is None else figures.value(measure, height)


def _signals(chart: Chart) -> list[str]:
    """What each month is drawn as; only where it is drawn as nothing, the pattern of all months that it belongs to."""
    patterns = {month: signal.direction for signal in chart.signals for month in signal.months}
    of = patterns | chart.signalled
    return [say_as(*_SIGNALS[of[point.month]]) if of.get(point.month) in _SIGNALS else "" for point in chart.points]
