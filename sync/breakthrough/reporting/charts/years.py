"""School years side by side: which of them are drawn, and where their months stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from breakthrough.measures.values import Chart, Point
from breakthrough.month import Month
from breakthrough.reporting.charts.scale import Scale
from breakthrough.reporting.draw.scene import Place

_MOST = 4  # the newest ones; older lines would only crowd


@dataclass(frozen=True, slots=True)
class Year:
    """A school year by its first month: its points in order, and how many years before that of the latest value.

    A year that has begun without a value yet has the age -1.
    """

    starts: Month
    points: tuple[Point, ...]
    age: int

    @property
    def name(self) -> str:
        """`2024/25`, or `2025` where the year of the calendar is meant."""
        last = (self.starts + 11).year
        return str(last) if last == self.starts.year else f"{self.starts.year}/{last % 100:02d}"


@dataclass(frozen=True, slots=True)
class Places:
    """Where values stand: a column for each month of the year, by its number, and the scale."""

    numbers: tuple[int, ...]
    left: float
    right: float
    scale: Scale
    pitch: float = field(init=False)  # the width of a column
    _middles: dict[int, float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        pitch = (self.right - self.left) / len(self.numbers)
        middles = {number: self.left + (n + 0.5) * pitch for n, number in enumerate(self.numbers)}
        object.__setattr__(self, "pitch", pitch)
        object.__setattr__(self, "_middles", middles)

    def x(self, number: int) -> float:
        """The middle of a month's column."""
        return self._middles[number]

    def of(self, point: Point) -> Place:
        """Where a point with a value stands."""
        return self.x(point.month.number), self.scale.y(point.value or 0.0)

    def each(self, points: Iterable[Point]) -> list[tuple[Point, Place]]:
        """Those points that have a value and a column, each with its place."""
        valued = (point for point in points if point.value is not None)
        return [(point, self.of(point)) for point in valued if point.month.number in self._middles]


def first_month(month: Month, starts: int) -> Month:
    """The first month of the school year that a month is in; `starts` is that month's number."""
    return month + -((month.number - starts) % 12)


def drawn(chart: Chart, starts: int) -> list[Year]:
    """The newest years that have a value, and the one that is running; the newest first."""
    grouped: dict[Month, list[Point]] = {}
    for point in chart.points:
        grouped.setdefault(first_month(point.month, starts), []).append(point)
    running = max(grouped, default=None)
    newest = first_month(chart.latest.month, starts) if chart.latest else running
    kept = [
        Year(first, tuple(points), (newest - first) // 12 if newest else 0)
        for first, points in sorted(grouped.items(), reverse=True)
        if first == running or any(point.value is not None for point in points)
    ]
    return [year for year in kept if year.age < _MOST]


def numbers(chart: Chart, years: Sequence[Year], starts: int) -> tuple[int, ...]:
    """The months of the year to show, in its order: from the first with a value to the last, or to the goal's."""
    order = [(starts - 1 + n) % 12 + 1 for n in range(12)]
    wanted = {point.month.number for year in years for point in year.points if point.value is not None}
    if chart.goal is not None and chart.goal_by is not None:
        wanted.add(chart.goal_by.number)
    if chart.now is not None:
        wanted.add(chart.now.month.number)
    places = [n for n, number in enumerate(order) if number in wanted] or [0, 11]
    return tuple(order[min(places) : max(places) + 1])
