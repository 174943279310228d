"""A run chart or p′ chart: what happened month by month, against which line, with what was tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from breakthrough.collaborative import Event, Measure
from breakthrough.language import message, say
from breakthrough.measures import saying
from breakthrough.measures.values import Chart, Point, State
from breakthrough.month import Month
from breakthrough.reporting import figures
from breakthrough.reporting.charts import axes, gutter, lanes, notes, pills, plot, scale
from breakthrough.reporting.charts import beside as besides
from breakthrough.reporting.charts.beside import Beside
from breakthrough.reporting.charts.columns import Columns
from breakthrough.reporting.charts.gutter import Label, Words
from breakthrough.reporting.charts.lanes import Bracket
from breakthrough.reporting.charts.pills import TestMark
from breakthrough.reporting.charts.scale import Scale
from breakthrough.reporting.charts.series import Centre, Series
from breakthrough.reporting.charts.style import Style, style
from breakthrough.reporting.draw.colours import INK, PLUM, RUST, SLATE
from breakthrough.reporting.draw.scene import Mark, Scene, Text
from breakthrough.reporting.draw.text import box, width
from breakthrough.reporting.sentences import goals, states

_STATES: tuple[State, ...] = ("missing", "late", "invalid", "no_cases", "not_collected", "excluded", "suppressed")
_OWED = {"missing", "late", "invalid"}
_PLOT_SHARE = 0.65  # of the width, roughly: what margin and gutter leave
_NARROWEST = 6.0  # a month's column


def timeline(
    chart: Chart,
    measure: Measure,
    *,
    events: Sequence[Event],
    tests: Sequence[TestMark],
    until: Month,
    beside: Beside | None = None,
    phone: bool = False,
    wide: float | None = None,
) -> Scene:
    """A run or p′ chart from its first month to `until`, so that the empty months show how much road is left.

    `wide` is its width in drawn units, 560 unless given, or 328 for the phone cut. Learning sessions and congresses
    among the events are flagged; tests that touch the months shown get a lane of their own.
    A line `beside` the chart's own is thin, and told apart by hollow dots.
    """
    cut = style(phone=phone)
    cut = cut if wide is None else replace(cut, width=wide)
    chart = _readable(chart, until, cut)
    of, told = Series(chart), axes.in_labels(measure)
    first, last = _span(chart, until)
    rough = scale.fitted([*_values(of), *besides.heights(beside)], measure, cut.plot)
    labels = [*_labels(of, told, rough, cut), *besides.label(beside, rough, cut)]
    right = cut.width - max(gutter.room(labels), pills.name_wide(tests))

    def across(left: float) -> Columns:
        return Columns(first, last, left, right)

    columns = across(axes.margin(rough, measure, cut, rough.low))
    goal = plot.goal_line(chart, columns, rough)
    trial = notes.placed(of, columns, rough, cut, goal)
    top_lane = lanes.laid(_brackets(of, told, columns), events, columns, cut.width)
    over = axes.unit_high(measure) + max([0.0, *(4 - note.box.top for note in trial)])
    under = max([0.0, *(note.box.bottom + 6 - rough.bottom for note in trial)])
    placed = rough.at(top_lane.high + over)
    axis, base = placed.lowered(under, scale.bounds(measure)[0])
    left = axes.margin(placed, measure, cut, base)
    if left != columns.left:
        columns = across(left)
        top_lane = lanes.laid(_brackets(of, told, columns), events, columns, cut.width)
    return _drawn(of, measure, cut, columns, placed, (axis, base), top_lane, tests, beside)


def _drawn(
    of: Series,
    measure: Measure,
    cut: Style,
    columns: Columns,
    placed: Scale,
    foot: tuple[float, float | None],
    top_lane: lanes.Lanes,
    tests: Sequence[TestMark],
    beside: Beside | None,
) -> Scene:
    """Everything in its painting order: ground first, words last."""
    chart, (axis, base) = of.chart, foot
    top, now = top_lane.high, chart.now.month if chart.now else None
    goal = plot.goal_line(chart, columns, placed)
    said = notes.placed(of, columns, placed, cut, goal)
    lane = pills.laid(tests, columns, now)
    labels = [*_labels(of, axes.in_labels(measure), placed, cut, axis), *besides.label(beside, placed, cut)]
    height = axis + axes.MONTHS_HIGH + (lane.high + 8 if lane.pills else 2)
    across, down = (columns.left, columns.right), (placed.top, placed.bottom)
    empty = [] if of.latest else plot.nothing(across, down, goal[2] if goal else None, cut.label)
    level = [placed.y(centre.value) for centre in of.centres] + ([goal[2]] if goal else [])
    marks: list[Mark] = [
        *plot.band(of, columns, placed),
        *axes.gridlines(placed, columns.left, columns.right, base),
        *lanes.poles(top_lane, axis),
        *notes.grounds(said),
        *plot.closed(of, columns, top, axis),
        *axes.unit(measure, cut, top + axes.unit_high(measure)),
        *axes.values(placed, measure, cut, columns.left, axis, base),
        *axes.months(columns, cut, axis, now),
        *lanes.marks(top_lane),
        *plot.centre(of, columns, placed),
        *plot.former_goals(chart, columns, placed),
        *plot.goal(goal),
        *besides.marks(beside, columns, placed),
        *plot.data(of, columns, placed),
        *plot.on_axis(chart, columns, axis),
        *notes.marks(said, cut),
        *empty,
        *plot.closed_words(
            of, columns, top, axis, [n.box for n in said] + [box(t) for t in empty if isinstance(t, Text)], level
        ),
        *gutter.marks(labels, columns.right, top, axis + axes.MONTHS_HIGH),
        *pills.marks(lane, columns, axis + axes.MONTHS_HIGH + 2),
    ]
    return Scene(cut.width, round(height), tuple(marks))


def _span(chart: Chart, until: Month) -> tuple[Month, Month]:
    if not chart.points:
        return until + -11, until
    return chart.points[0].month, max(until, chart.points[-1].month)


def _readable(chart: Chart, until: Month, cut: Style) -> Chart:
    """The chart without the months before its baseline, where all of them would be too close together to tell apart."""
    first, last = _span(chart, until)
    keep = [n for n, point in enumerate(chart.points) if point.kind != "history"]
    seen = any(point.value is not None for point in chart.points[keep[0] :]) if keep else False
    if not seen or (cut.width * _PLOT_SHARE) / (last - first + 1) >= _NARROWEST:
        return chart
    kept = slice(keep[0], None)
    months = {point.month for point in chart.points[kept]}
    return replace(
        chart,
        points=chart.points[kept],
        centre=chart.centre[kept],
        lower=chart.lower[kept],
        upper=chart.upper[kept],
        goals=chart.goals[kept],
        events=tuple(event for event in chart.events if event.month in months),
        signals=tuple(signal for signal in chart.signals if months.issuperset(signal.months)),
    )


def _values(of: Series) -> list[float]:
    """The values that the scale must hold. Limits may widen it by a third of the data's spread, not more."""
    chart = of.chart
    solid = [point.value for point in of.plotted if point.value is not None]
    solid += [centre.value for centre in of.centres]
    solid += [chart.goal] if chart.goal is not None else []
    solid += [goal for point, goal in zip(chart.points, chart.goals, strict=False) if goal is not None and _live(point)]
    solid += [event.value for event in chart.events if event.state == "reported"]
    if not solid:
        return [0.0, 1.0]
    slack = max((max(solid) - min(solid)) / 3, abs(max(solid)) * 0.02)
    extra = [limit for limit in (*chart.lower, *chart.upper) if limit is not None]
    extra += [point.value for point in chart.points if point.state == "excluded" and point.value is not None]
    low, high = min(solid) - slack, max(solid) + slack
    return solid + [min(max(value, low), high) for value in extra]


def _live(point: Point) -> bool:
    return point.kind in {"live", "tail"}


def _labels(of: Series, measure: Measure, placed: Scale, cut: Style, axis: float | None = None) -> list[Label]:
    """What stands in the gutter: centre line, latest value with its counts, goal, limits, and signs explained."""
    chart, latest = of.chart, of.latest
    labels: list[Label] = []
    if of.centres:
        height = of.centres[-1].value
        figure = figures.value(measure, height)
        average = "average" in chart.line
        words = say("Average {figure}", figure=figure) if average else say("Median {figure}", figure=figure)
        labels.append(Label(placed.y(height), (Words(words, cut.label, SLATE, 600),)))
    if latest is not None and latest.value is not None:
        labels.append(Label(placed.y(latest.value), _latest(latest, measure, cut)))
    if chart.goal is not None:
        words = say("Goal {goal}", goal=figures.goal(measure, chart.goal))
        labels.append(Label(placed.y(chart.goal), (Words(words, cut.label, PLUM, 600),)))
    if not cut.phone:
        labels += _limits(chart, measure, placed, cut)
    here = {point.state for point in chart.points if point.state in plot.ON_AXIS or point.state == "excluded"}
    signs = [_sign(state, cut) for state in _STATES if state in here]
    foot = placed.bottom if axis is None else axis
    return labels + ([Label(foot, tuple(signs))] if signs else [])


def _latest(latest: Point, measure: Measure, cut: Style) -> tuple[Words, ...]:
    value = figures.value(measure, latest.value)
    words = [Words(say("{month} {value}", month=latest.month.short, value=value), cut.label, INK, 600)]
    if not cut.phone and latest.numerator is not None and latest.denominator is not None and measure.of_cases:
        counts = figures.of(latest.numerator, latest.denominator)
        parts = [counts] if width(counts, cut.small) <= cut.width * 0.19 else _in_two(counts)
        words += [Words(part, cut.small, SLATE) for part in parts]
    return tuple(words)


def _in_two(counts: str) -> list[str]:
    """Counts too long for a line, with all but the last figure on the first."""
    head, _, tail = counts.rpartition(" ")
    return [head, tail] if head else [tail]


def _limits(chart: Chart, measure: Measure, placed: Scale, cut: Style) -> list[Label]:
    newest = [
        (low, high) for low, high in zip(chart.lower, chart.upper, strict=True) if low is not None and high is not None
    ]
    if not newest:
        return []
    low, high = newest[-1]
    return [
        Label(placed.y(value), (Words(say(name, figure=figures.value(measure, value)), cut.small, SLATE),))
        for name, value in ((message("Upper limit {figure}"), high), (message("Lower limit {figure}"), low))
    ]


def _sign(state: State, cut: Style) -> Words:
    return Words(states.cell(state), cut.small, RUST if state in _OWED else SLATE, sign=state)


def _brackets(of: Series, measure: Measure, columns: Columns) -> list[Bracket]:
    """A bracket for each phase, where there are several; else for the baseline, and words for the months before it."""
    if len(of.centres) > 1:
        return [_phase(of.chart, measure, columns, n, phase) for n, phase in enumerate(of.centres, 1)]
    brackets = []
    history = [p.month for p in of.plotted if p.kind == "history"]
    if history:
        names = (say("Before the baseline"), say("Before"))
        brackets.append(Bracket(columns.begin(history[0]), columns.end(history[-1]), names, bare=True))
    baseline = [p.month for p in of.plotted if p.kind == "baseline"]
    if baseline:
        each = goals.each(of.chart)
        names = (say("Baseline: {points}", points=saying.figured(len(baseline), each)), say("Baseline"))
        brackets.append(Bracket(columns.begin(baseline[0]) + 2, columns.end(baseline[-1]) - 2, names))
    return brackets


def _phase(chart: Chart, measure: Measure, columns: Columns, number: int, phase: Centre) -> Bracket:
    figure = figures.value(measure, phase.value)
    level = say("average {figure}", figure=figure) if "average" in chart.line else say("median {figure}", figure=figure)
    before = [point.month for point in chart.points if point.month < phase.first]
    if before and any(before[-1] < version <= phase.first for version in chart.versions):
        told = [say("Defined anew: {level}", level=one) for one in (level, figure)]
        names = (*told, say("Defined anew"), figure)
    else:
        told = [say("Phase {number}: {level}", number=number, level=one) for one in (level, figure)]
        names = (*told, say("Phase {number}", number=number), figure)
    return Bracket(columns.begin(phase.first) + 2, columns.end(phase.last) - 2, names)
