"""A crowd of teams among which one stands: columns that count them by their figure, where dots would be too many."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from breakthrough.reporting.draw.colours import MIST, STONE
from breakthrough.reporting.draw.scene import Mark, Rect

MOST_DOTS = 200  # teams; no collaborative that we know of has had more
HIGH = 130.0  # of the highest column
_NARROWEST = 7.0
_PARTS = (20, 10, 5, 4, 2)  # of the step between two figures under the axis


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many teams have a figure from each edge up to the next; edges lie `step` apart."""

    step: float
    counts: tuple[tuple[int, int], ...]  # the edge, in steps from zero, and the teams
    most: int  # the teams of the highest column

    @classmethod
    def of(cls, values: Iterable[float], between: float, unit: float) -> Crowd:
        """Counted; `between` two figures under the axis is `unit` times as much in drawn units."""
        step = next((between / n for n in _PARTS if between / n * unit >= _NARROWEST), between)
        return _counted(tuple(sorted(values)), step)

    def middle(self, value: float) -> float:
        """The middle of the column that this figure is counted in."""
        return (_edge(value, self.step) + 0.5) * self.step

    def high(self, low: float, high: float) -> float:
        """How high the highest column is from one figure to another, in drawn units."""
        first, last = _edge(low, self.step), _edge(high, self.step)
        return HIGH * max((count for edge, count in self.counts if first <= edge <= last), default=0) / self.most

    def marks(self, x: Callable[[float], float], bottom: float) -> Iterator[Mark]:
        """The columns, standing on `bottom`; `x` is the place of a figure."""
        for edge, count in self.counts:
            left, right = x(edge * self.step) + 0.5, x((edge + 1) * self.step) - 0.5
            high = HIGH * count / self.most
            yield Rect(left, bottom - high, right - left, high, fill=MIST, stroke=STONE)


@lru_cache(maxsize=4)  # a team among others of a month is one of the same crowd as they are
def _counted(values: tuple[float, ...], step: float) -> Crowd:
    counts = Counter(_edge(value, step) for value in values)
    return Crowd(step, tuple(sorted(counts.items())), max(counts.values()))


def _edge(value: float, step: float) -> int:
    return math.floor(value / step + 1e-9)
