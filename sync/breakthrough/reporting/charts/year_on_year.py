"""A measure that adds up over the year: one line a school year, and how far the latest month is from a year before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from breakthrough.collaborative import Measure
from breakthrough.language import month_short, say
from breakthrough.measures.values import Chart, Point, State
from breakthrough.reporting import figures
from breakthrough.reporting.charts import axes, comparison, gutter, plot, scale, signs
from breakthrough.reporting.charts.gutter import Label, Words
from breakthrough.reporting.charts.scale import Scale
from breakthrough.reporting.charts.style import Style, style
from breakthrough.reporting.charts.years import Places, Year, drawn, first_month, numbers
from breakthrough.reporting.draw.colours import INK, PEBBLE, PLUM, RUST, SLATE, STONE
from breakthrough.reporting.draw.scene import Line, Mark, Polyline, Scene, Text
from breakthrough.reporting.sentences import states

_OWED: tuple[State, ...] = ("missing", "late", "invalid")
_MONTHS_HIGH = 24.0


def year_on_year(
    chart: Chart, measure: Measure, *, phone: bool = False, year_starts: int = 9, wide: float | None = None
) -> Scene:
    """One line a school year, the newest in ink, with a bracket from the latest value to that of a year before.

    `year_starts` is the number of the month in which the count begins anew; at most four years are drawn. `wide` is the
    width in drawn units, 560 unless given, or 328 for the phone cut.
    """
    cut = style(phone=phone)
    cut = cut if wide is None else replace(cut, width=wide)
    years = drawn(chart, year_starts)
    values = [p.value for year in years for p in year.points if p.value is not None]
    held = scale.fitted([*values, *([chart.goal] if chart.goal is not None else [])] or [0.0, 1.0], measure, cut.plot)
    held = held.at(6.0 + axes.unit_high(measure))
    shown = numbers(chart, years, year_starts)
    labels = _labels(chart, axes.in_labels(measure), held, years, shown, cut)
    left = axes.margin(held, measure, cut, held.low)
    places = Places(shown, left, cut.width - gutter.room(labels), held)
    return Scene(
        cut.width, round(held.bottom + _MONTHS_HIGH + 2), tuple(_marks(chart, measure, years, places, labels, cut))
    )


def _marks(
    chart: Chart, measure: Measure, years: Sequence[Year], places: Places, labels: Sequence[Label], cut: Style
) -> list[Mark]:
    held = places.scale
    marks: list[Mark] = [
        *axes.gridlines(held, places.left, places.right, held.low),
        *axes.unit(measure, cut, held.top),
        *axes.values(held, measure, cut, places.left, held.bottom, held.low),
        Line(places.left, held.bottom, places.right, held.bottom, STONE, 1),
        *_months(places, chart, cut),
        *_goal(chart, places),
    ]
    for year in sorted(years, key=lambda one: -one.age):
        marks += _line(year, places, running=year is years[0])
    marks += _latest(chart, places)
    marks += comparison.marks(chart, measure, years, places, cut)
    if chart.latest is None:
        goal = held.y(chart.goal) if chart.goal is not None else None
        marks += plot.nothing((places.left, places.right), (held.top, held.bottom), goal, cut.label)
    return [*marks, *gutter.marks(labels, places.right, 0.0, held.bottom + _MONTHS_HIGH)]


def _months(places: Places, chart: Chart, cut: Style) -> list[Mark]:
    letters = places.pitch < 30
    now = chart.now.month.number if chart.now else 0
    marks: list[Mark] = []
    for number in places.numbers:
        short = month_short(number)
        word, told = (short[0] if letters else short), number == now
        x, y = places.x(number), places.scale.bottom + 16
        marks.append(Text(x, y, word, cut.letter + 0.5, INK if told else SLATE, 600 if told else 400, "middle"))
    return marks


def _line(year: Year, places: Places, *, running: bool) -> list[Mark]:
    """A year's months joined where they are neighbours; in the running year, the signs of months without a value."""
    colour, wide, size = ((INK, 2.2, 3.6), (STONE, 1.8, 2.6), (PEBBLE, 1.6, 2.2))[max(0, min(year.age, 2))]
    valued = places.each(year.points)
    joined = [(point, place) for point, place in valued if point.state == "reported"]
    marks: list[Mark] = [
        Polyline((at, to), colour, wide) for (a, at), (b, to) in pairwise(joined) if b.month - a.month == 1
    ]
    for point, (x, y) in valued:
        marks += signs.state("excluded", x, y, 3) if point.state == "excluded" else signs.dot(x, y, size, colour)
    if running:
        for point in year.points:
            if point.state in plot.ON_AXIS and point.month.number in places.numbers:
                marks += signs.state(point.state, places.x(point.month.number), places.scale.bottom)
    return marks


def _goal(chart: Chart, places: Places) -> list[Mark]:
    if chart.goal is None:
        return []
    y = places.scale.y(chart.goal)
    due = places.x(chart.goal_by.number) if chart.goal_by else places.right - 4.5
    return [Line(places.left, y, due, y, PLUM, 1.8, (7, 4)), *signs.goal(due, y)]


def _latest(chart: Chart, places: Places) -> list[Mark]:
    latest = chart.latest
    return signs.ring(*places.of(latest)) if latest and latest.month.number in places.numbers else []


def _labels(
    chart: Chart, measure: Measure, held: Scale, years: Sequence[Year], shown: Sequence[int], cut: Style
) -> list[Label]:
    """Each earlier year at its last value, the latest value with its counts, the goal, and signs explained."""
    labels: list[Label] = []
    latest = chart.latest
    for year in years:
        valued = [point for point in year.points if point.value is not None]
        if valued and (latest is None or first_month(latest.month, year.starts.number) != year.starts):
            labels.append(Label(held.y(valued[-1].value or 0.0), _earlier(year, latest, measure, cut)))
    if latest is not None and latest.value is not None:
        labels.append(Label(held.y(latest.value), _newest(latest, measure, years, cut)))
    if chart.goal is not None:
        words = Words(_wanted(chart, measure, chart.goal, cut), cut.label, PLUM, 600)
        labels.append(Label(held.y(chart.goal), (words,)))
    owed = {p.state for p in years[0].points if p.month.number in shown} if years else set()
    signs_ = [
        Words(states.cell(state), cut.small, RUST if state in _OWED else SLATE, sign=state)
        for state in (*_OWED, "no_cases", "not_collected", "excluded")
        if state in owed
    ]
    return labels + ([Label(held.bottom, tuple(signs_))] if signs_ else [])


def _wanted(chart: Chart, measure: Measure, goal: float, cut: Style) -> str:
    exact = figures.goal(measure, goal)
    if chart.goal_by and not cut.phone:
        return say("Goal {goal} by {month}", goal=exact, month=chart.goal_by.short)
    return say("Goal {goal}", goal=exact)


def _earlier(year: Year, latest: Point | None, measure: Measure, cut: Style) -> tuple[Words, ...]:
    """`2024/25: Mar 19.4%`: last year's in the stronger weight."""
    same = next(
        (p for p in year.points if latest and p.month.number == latest.month.number and p.value is not None), None
    )
    words = year.name
    if same and not cut.phone:
        value = figures.value(measure, same.value)
        words = say("{year}: {month} {value}", year=words, month=same.month.short, value=value)
    return (Words(words, cut.label, SLATE, 600 if year.age == 1 else 400),)


def _of(point: Point, measure: Measure) -> str:
    return say("{month} {value}", month=point.month.short, value=figures.value(measure, point.value))


def _newest(latest: Point, measure: Measure, years: Sequence[Year], cut: Style) -> tuple[Words, ...]:
    words = [Words(_of(latest, measure), cut.label, INK, 600)]
    if not cut.phone and latest.numerator is not None and latest.denominator is not None and measure.of_cases:
        words.append(Words(figures.of(latest.numerator, latest.denominator), cut.small, SLATE))
    year = next((one for one in years if latest in one.points), None)
    if year is not None and (len(words) == 1 or year is not years[0]):
        words.append(Words(year.name, cut.small, SLATE))
    return tuple(words)
