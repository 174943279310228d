"""Where a value stands on the page, and which gridlines help to read it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from breakthrough.collaborative import Measure

_MOST_LINES = 4
_HEADROOM = 10.0  # for the ring about a point at the very top
_ROUNDER = 12.0  # so much more height is a multiple of the step worth
_APART = 13.0  # between the number at the axis and that of the first gridline


@dataclass(frozen=True)
class Scale:
    """Values from `low`, at `bottom`, to `high`, a little under `top`. `step` lies between gridlines."""

    low: float
    high: float
    step: float
    top: float
    bottom: float
    unit: float = field(init=False)  # drawn units for 1 of the measure

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", (self.bottom - self.top - _HEADROOM) / (self.high - self.low))

    def y(self, value: float) -> float:
        """The place of a value; one beyond the ends stands at the end."""
        if self.low <= value <= self.high:
            return self.bottom - (value - self.low) * self.unit
        return self.bottom if value < self.low else self.bottom - (self.high - self.low) * self.unit

    @cached_property
    def gridlines(self) -> tuple[float, ...]:
        """The values of the gridlines above the axis, lowest first: four at most."""
        return tuple(round(n * self.step, 9) for n in _multiples(self.low, self.high, self.step))

    def at(self, top: float) -> Scale:
        """The same, moved to begin at `top`."""
        return replace(self, top=top, bottom=top + self.bottom - self.top)

    def lowered(self, by: float, floor: float | None) -> tuple[float, float | None]:
        """Where the axis goes to gain at least `by` below the data, and the round value there; None under `floor`."""
        if by <= 0:
            return self.bottom, self.low
        part = _part(self.step)
        least = self.low - by / self.unit
        whole = math.floor(least / self.step + 1e-9) * self.step
        near = (least - whole) * self.unit <= _ROUNDER
        wanted = whole if near else math.floor(least / part + 1e-9) * part
        if floor is not None and wanted < floor:
            return self.bottom + by, None
        return self.bottom + (self.low - wanted) * self.unit, round(wanted, 9)


def fitted(values: Sequence[float], measure: Measure, height: float) -> Scale:
    """The scale from 0 to `height` that holds those values, from zero unless that would waste most of the room."""
    floor, cap = bounds(measure)
    low, high = _range(values, floor, cap)
    from_zero = floor is not None and 0 <= low - floor <= 0.6 * (high - low)  # a mean may lie below nought
    for step in _steps(high - low):
        if len(_multiples(low, high, step)) > _MOST_LINES:
            continue  # and all the more from a base under `low`
        base = floor if from_zero and floor is not None else _base(low, high, step, height, floor)
        if len(_multiples(base, high, step)) <= _MOST_LINES:
            return Scale(base, high, step, 0.0, height)
    raise AssertionError  # pragma: no cover  steps grow without end


def _multiples(low: float, high: float, step: float) -> range:
    """How many steps from zero each gridline between the two is."""
    return range(math.floor(low / step + 1e-9) + 1, math.floor(high / step + 1e-9) + 1)


def bounds(measure: Measure) -> tuple[float | None, float | None]:
    """The least and the most that the measure can be, where that is known."""
    return (None if measure.versus else 0.0), (100.0 if measure.is_proportion and measure.multiply == 100 else None)


def _range(values: Sequence[float], floor: float | None, cap: float | None) -> tuple[float, float]:
    low, high = min(values), max(values)
    slack = max(0.0, (abs(high) * 0.2 or 1.0) - (high - low)) / 2  # a flat series still gets some height
    if high - low < abs(high) * 0.02 or high == low:
        low, high = low - slack, high + slack
    if floor is not None and min(values) >= floor:
        low = max(low, floor)
    if cap is not None and max(values) <= cap:
        high = min(high, cap)
    return (low, high) if high > low else (low - 1, high)


def _base(low: float, high: float, step: float, height: float, floor: float | None) -> float:
    """A round value under the data, with room for the marks on the axis, and clear of the first gridline."""
    part = _part(step)
    base = math.floor((low - (high - low) * 0.09) / part + 1e-9) * part
    for _ in range(8):
        first = (math.floor(base / step + 1e-9) + 1) * step
        on_line = abs(base / step - round(base / step)) < 1e-6
        if on_line or (first - base) / (high - base) * (height - _HEADROOM) >= _APART:
            break
        base -= part
    if floor is not None and base < floor <= low:
        return floor
    return round(base, 9)


def _part(step: float) -> float:
    """What an axis may start on between gridlines: halves of 1 and 2, fifths of 5."""
    return step / 5 if f"{step:e}".startswith("5") else step / 2


def _steps(span: float) -> Iterator[float]:
    """1, 2, 5, 10 … from a tenth of the span upwards."""
    power = math.floor(math.log10(span / 10))
    while True:
        for factor in (1, 2, 5):
            yield factor * 10.0**power
        power += 1
