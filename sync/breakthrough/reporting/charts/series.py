"""What of a chart is plotted: its stretches of joined points, and its centre lines by phase."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
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


@dataclass(frozen=True)
class Series:
    """A chart with what of it is plotted, each worked out once: the parts of a picture ask for it again and again."""

    chart: Chart

    @cached_property
    def plotted(self) -> tuple[Point, ...]:
        """The points that lines run through: with a value, and not set aside."""
        return tuple(point for point in self.chart.points if point.value is not None and point.state == "reported")

    @cached_property
    def latest(self) -> Point | None:
        """The newest point that has a value and is not set aside."""
        return self.chart.latest

    @cached_property
    def joined(self) -> tuple[tuple[Point, ...], ...]:
        """Stretches of plotted points without a gap: no line is drawn over a month that has none, nor into a phase."""
        stretches: list[list[Point]] = []
        for point in self.plotted:
            follows = stretches and self.follows(stretches[-1][-1].month, point.month)
            if follows and not _redefined(self.chart, stretches[-1][-1], point):
                stretches[-1].append(point)
            else:
                stretches.append([point])
        return tuple(map(tuple, stretches))

    def follows(self, before: Month, month: Month) -> bool:
        """Whether a month is of the same phase as the one before it: where some are seldom, the last reported."""
        return self._before.get(month) == before and month not in self._begins

    @cached_property
    def _before(self) -> dict[Month, Month]:
        return {later.month: before.month for before, later in pairwise(self.chart.points)}

    @cached_property
    def _begins(self) -> frozenset[Month]:
        return frozenset(centre.first for centre in self.centres[1:])

    @cached_property
    def centres(self) -> tuple[Centre, ...]:
        """The centre line of each phase, oldest first. A month without a height inside a phase does not end it."""
        phases: list[list[tuple[Point, float]]] = []
        for point, height in zip(self.chart.points, self.chart.centre, strict=True):
            if height is None:
                continue
            same = phases and abs(phases[-1][-1][1] - height) < 1e-9
            if same and not _redefined(self.chart, phases[-1][-1][0], point):
                phases[-1].append((point, height))
            else:
                phases.append([(point, height)])
        return tuple(_centre(self.chart, phase, newest=phase is phases[-1]) for phase in phases)

    @cached_property
    def signalled(self) -> dict[Month, Direction]:
        """The months whose points change shape, by direction. Crossings and runs, patterns of all, change none."""
        return self.chart.signalled

    @cached_property
    def closed(self) -> tuple[tuple[Month, Month], ...]:
        """First and last month of each time in which nobody is there."""
        return tuple(runs(point.month for point in self.chart.points if point.state == "not_in_session"))


def _redefined(chart: Chart, before: Point, after: Point) -> bool:
    return bool(chart.versions) and any(before.month < version <= after.month for version in chart.versions)


def _centre(chart: Chart, phase: Sequence[tuple[Point, float]], *, newest: bool) -> Centre:
    points = [point for point, _ in phase]
    baseline = [point for point in points if point.kind == "baseline"]
    valued = sum(point.value is not None and point.state == "reported" for point in baseline)
    frozen = bool(baseline) and (chart.frozen if newest else valued >= _FEWEST_BASELINE)
    return Centre(points[0].month, points[-1].month, phase[0][1], (baseline if frozen else points)[-1].month)


def runs(months: Iterable[Month]) -> list[tuple[Month, Month]]:
    """First and last of each stretch of neighbouring months."""
    ordered = sorted(set(months))
    if not ordered:
        return []
    cuts = [0, *(n + 1 for n, (a, b) in enumerate(pairwise(ordered)) if b - a > 1), len(ordered)]
    return [(ordered[a], ordered[b - 1]) for a, b in pairwise(cuts)]
