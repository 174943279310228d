"""The lane of tests under a plot: numbered, as long as they lasted, filled when they have a result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from breakthrough.language import say
from breakthrough.month import Month
from breakthrough.reporting.charts import signs
from breakthrough.reporting.charts.columns import Columns
from breakthrough.reporting.draw.colours import INK, MIST, PAPER, SLATE
from breakthrough.reporting.draw.scene import Line, Mark, Rect, Text
from breakthrough.reporting.draw.text import width

_R = 7.5
_ROW = 19.0
_MOST_ROWS = 3
_APART = 2.0
_NAME = 11.5
_NUDGE = 9.0  # so far may a test stand after its day before it takes a new row


@dataclass(frozen=True, slots=True)
class TestMark:
    """A test of change as the lane shows it. `end` None: it has not ended. `finished`: it has a result."""

    __test__: ClassVar[bool] = False  # no test of this program: pytest is to leave it alone

    number: int
    start: dt.date
    end: dt.date | None
    finished: bool


@dataclass(frozen=True, slots=True)
class Pill:
    """A test in its row: from `left` to `right`, at least as wide as its number's disc."""

    test: TestMark
    left: float
    right: float
    row: int


@dataclass(frozen=True, slots=True)
class Lane:
    """The tests that found room; where there are too many at once the oldest are left off."""

    pills: tuple[Pill, ...]
    rows: int

    @property
    def high(self) -> float:
        """The height of its rows."""
        return self.rows * _ROW + 4 if self.rows else 0

    @property
    def name(self) -> str:
        """`Tests 1–4`, of those that are shown."""
        return _name([pill.test for pill in self.pills])


def _name(tests: Sequence[TestMark]) -> str:
    low, high = min(test.number for test in tests), max(test.number for test in tests)
    return say("Test {number}", number=str(low)) if low == high else _between(str(low), str(high))


def _between(low: str, high: str) -> str:
    return say("Tests {first}–{last}", first=low, last=high)


def name_wide(tests: Sequence[TestMark]) -> float:
    """The room beside the plot that the lane's name takes at most, whichever tests it will hold."""
    if not tests:
        return 0.0
    widest = "0" * len(str(max(test.number for test in tests)))
    return width(_between(widest, widest), _NAME) + 16


def laid(tests: Sequence[TestMark], columns: Columns, now: Month | None) -> Lane:
    """The tests that touch the months shown, each in the first row that has room where it began."""
    shown = sorted((t for t in tests if _touches(t, columns)), key=lambda test: (test.start, test.number))
    for first in range(len(shown)):
        lane = _rows(shown[first:], columns, now)
        if lane is not None:
            return lane
    return Lane((), 0)


def marks(lane: Lane, columns: Columns, top: float) -> list[Mark]:
    """The rows from `top` down, and their name beside them."""
    if not lane.pills:
        return []
    drawn: list[Mark] = []
    for row in range(lane.rows):
        y = _middle(top, row)
        drawn.append(Line(columns.left, y, columns.right, y, MIST, 1))
    for pill in lane.pills:
        drawn += _pill(pill, _middle(top, pill.row))
    return [*drawn, Text(columns.right + 12, _middle(top, 0) + _NAME * 0.36, lane.name, _NAME, SLATE)]


def _middle(top: float, row: int) -> float:
    return top + _ROW * (row + 0.5)


def _pill(pill: Pill, y: float) -> list[Mark]:
    wide = pill.right - pill.left
    body = Rect(
        pill.left,
        y - _R,
        wide,
        2 * _R,
        fill=INK if pill.test.finished else PAPER,
        stroke=INK,
        stroke_width=1.6,
        radius=_R,
    )
    disc = signs.numbered(
        pill.test.number, pill.left + _R, y, _R, 11 if pill.test.number < 100 else 9, filled=pill.test.finished
    )
    return [body, *disc[1:]]


def _touches(test: TestMark, columns: Columns) -> bool:
    """Whether it ran in one of the months shown; one that has not ended counts by its start."""
    return Month.of(test.start) <= columns.last and Month.of(test.end or test.start) >= columns.first


def _rows(tests: Sequence[TestMark], columns: Columns, now: Month | None) -> Lane | None:
    ends = [columns.left - _APART - _R] * _MOST_ROWS
    pills = []
    for test in tests:
        left = min(columns.day(test.start), columns.right - 2 * _R)
        row = next((n for n, end in enumerate(ends) if end + _APART <= left + _NUDGE), None)
        if row is None:
            row = min(range(_MOST_ROWS), key=lambda n: ends[n])
        left = max(left, ends[row] + _APART)
        right = max(_end(test, columns, now), left + 2 * _R)
        if right > columns.right + _R:
            return None
        ends[row] = right
        pills.append(Pill(test, left, right, row))
    return Lane(tuple(pills), max(pill.row for pill in pills) + 1)


def _end(test: TestMark, columns: Columns, now: Month | None) -> float:
    if test.end is not None:
        return columns.day(test.end + dt.timedelta(days=1))
    return columns.day(max(now.last, test.start)) if now else columns.day(test.start)
