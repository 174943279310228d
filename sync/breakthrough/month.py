"""A calendar month, the unit that everything is counted and reported in."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, total_ordering

from breakthrough.language import month_label, month_short, month_word

_FORM = re.compile(r"(\d{4})-(\d{2})(?:-01)?")


@total_ordering
@dataclass(frozen=True, slots=True)
class Month:
    """`Month("2026-03")`, also from `"2026-03-01"`, as REDCap stores a period. Months add, subtract and sort.

    Raises ValueError when the text is not a month.
    """

    name: str
    _index: int = field(init=False, repr=False, compare=False)  # months since the year 0: what is reckoned with

    def __post_init__(self) -> None:
        found = _FORM.fullmatch(self.name)
        if not found or not 1 <= int(found[2]) <= 12:
            raise ValueError(f"'{self.name}' is not a month. Write it as year and month, such as 2026-03.")
        object.__setattr__(self, "name", f"{found[1]}-{found[2]}")
        object.__setattr__(self, "_index", int(found[1]) * 12 + int(found[2]) - 1)

    @classmethod
    def of(cls, day: dt.date) -> Month:
        """The month that a date or a time falls in."""
        return _month(day.year * 12 + day.month - 1)

    @property
    def year(self) -> int:
        """The year, four digits."""
        return self._index // 12

    @property
    def number(self) -> int:
        """1 for January to 12 for December."""
        return self._index % 12 + 1

    @property
    def first(self) -> dt.date:
        """The first day, which is how a period is stored in REDCap."""
        return dt.date(self.year, self.number, 1)

    @property
    def last(self) -> dt.date:
        """The last day."""
        return self.day(31)

    def day(self, number: int) -> dt.date:
        """That day of the month, or its last day where the month is shorter."""
        return dt.date(self.year, self.number, min(number, calendar.monthrange(self.year, self.number)[1]))

    @property
    def label(self) -> str:
        """`March 2026`, in the language that is spoken."""
        return month_label(self.year, self.number)

    @property
    def word(self) -> str:
        """`March`."""
        return month_word(self.number)

    @property
    def short(self) -> str:
        """`Mar`."""
        return month_short(self.number)

    def to(self, last: Month) -> Iterator[Month]:
        """Every month from this one to `last`, both included; none when `last` is earlier."""
        return (self + n for n in range(last - self + 1))

    def __add__(self, months: int) -> Month:
        return _month(self._index + months)

    def __sub__(self, other: Month) -> int:
        """Months from `other` to this one."""
        return self._index - other._index

    def __lt__(self, other: Month) -> bool:
        return self._index < other._index

    def __hash__(self) -> int:
        return self._index

    def __reduce__(self) -> tuple[Callable[[int], Month], tuple[int]]:
        """Months travel between processes by the thousand: each as one number."""
        return _month, (self._index,)

    def __str__(self) -> str:
        return self.name


@lru_cache(maxsize=4096)  # the same few hundred come again and again
def _month(index: int) -> Month:
    return Month(f"{index // 12:04d}-{index % 12 + 1:02d}")
