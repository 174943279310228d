"""What of a chart is plotted: its stretches of joined points, and its centre lines by phase."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from breakthrough.measures.values import Chart, Direction, Point
from breakthrough.month import Month

_FEWEST_BASELINE = 3  # months with a value, from which a line is frozen


@dataclass(frozen=True, slots=True)
class Centre:
    """One phase's centre line: its months, its height, and the last month that it was worked out from."""

    first: Month
    last: Month
    value: float
    solid_to: Month


def plotted(chart: Chart) -> list[Point]:
    """The points that lines run through: with a value, and not set aside."""
    return [point for point in chart.points if point.value is not None and point.state == "reported"]


def joined(chart: Chart) -> list[list[Point]]:
    """Stretches of plotted points without a gap: no line is drawn across a month that has none, nor into a phase."""
    breaks = {centre.first for centre in centres(chart)[1:]}
    before = before_of(chart)
    stretches: list[list[Point]] = []
    for point in plotted(chart):
        follows = stretches and before.get(point.month) == stretches[-1][-1].month and point.month not in breaks
        if follows and not redefined(chart, stretches[-1][-1], point):
            stretches[-1].append(point)
        else:
            stretches.append([point])
    return stretches


def before_of(chart: Chart) -> dict[Month, Month]:
    """The month of the point before, by month: the month before, or where that is seldom, the last that is reported."""
    return {later.month: before.month for before, later in pairwise(chart.points)}


def centres(chart: Chart) -> list[Centre]:
    """The centre line of each phase, oldest first. A month without a height inside a phase does not interrupt it."""
    phases: list[list[tuple[Point, float]]] = []
    for point, height in zip(chart.points, chart.centre, strict=True):
        if height is None:
            continue
        if phases and abs(phases[-1][-1][1] - height) < 1e-9 and not redefined(chart, phases[-1][-1][0], point):
            phases[-1].append((point, height))
        else:
            phases.append([(point, height)])
    return [_centre(chart, phase, newest=phase is phases[-1]) for phase in phases]


def redefined(chart: Chart, before: Point, after: Point) -> bool:
    """Whether the measure was defined otherwise between the two."""
    return bool(chart.versions) and any(before.month < version <= after.month for version in chart.versions)


def _centre(chart: Chart, phase: Sequence[tuple[Point, float]], *, newest: bool) -> Centre:
    points = [point for point, _ in phase]
    baseline = [point for point in points if point.kind == "baseline"]
    valued = sum(point.value is not None and point.state == "reported" for point in baseline)
    frozen = bool(baseline) and (chart.frozen if newest else valued >= _FEWEST_BASELINE)
    return Centre(points[0].month, points[-1].month, phase[0][1], (baseline if frozen else points)[-1].month)


def signalled(chart: Chart) -> dict[Month, Direction]:
    """The months whose points change shape, by direction. Crossings and runs are patterns of all, and change none."""
    return {
        month: signal.direction
        for signal in sorted(chart.signals, key=lambda one: one.rule == "limits")
        if signal.rule not in {"crossings", "few_runs", "many_runs"}
        for month in signal.months
    }


def runs(months: Iterable[Month]) -> list[tuple[Month, Month]]:
    """First and last of each stretch of neighbouring months."""
    ordered = sorted(set(months))
    if not ordered:
        return []
    cuts = [0, *(n + 1 for n, (a, b) in enumerate(pairwise(ordered)) if b - a > 1), len(ordered)]
    return [(ordered[a], ordered[b - 1]) for a, b in pairwise(cuts)]
