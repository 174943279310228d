"""Where months and days stand across a chart: one column a month."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from breakthrough.month import Month


@dataclass(frozen=True, slots=True)
class Columns:
    """The months from `first` to `last`, in columns of equal width between `left` and `right`."""

    first: Month
    last: Month
    left: float
    right: float
    pitch: float = field(init=False)  # the width of a column
    months: tuple[Month, ...] = field(init=False)
    _places: dict[Month, float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        months = tuple(self.first.to(self.last))
        pitch = (self.right - self.left) / len(months)
        object.__setattr__(self, "months", months)
        object.__setattr__(self, "pitch", pitch)
        object.__setattr__(self, "_places", {month: self.left + n * pitch for n, month in enumerate(months)})

    def begin(self, month: Month) -> float:
        """The left edge of a month; of one before or after the chart, where it would be."""
        place = self._places.get(month)
        return self.left + (month - self.first) * self.pitch if place is None else place

    def middle(self, month: Month) -> float:
        """Where a month's value is plotted."""
        return self.begin(month) + self.pitch / 2

    def end(self, month: Month) -> float:
        """The right edge of a month."""
        return self.begin(month) + self.pitch

    def day(self, date: dt.date) -> float:
        """The place of a day within its month, not beyond the chart."""
        month = Month.of(date)
        share = (date.day - 1) / month.last.day
        return min(max(self.begin(month) + share * self.pitch, self.left), self.right)

    def holds(self, date: dt.date) -> bool:
        """Whether a day falls in one of the months."""
        return self.first <= Month.of(date) <= self.last
