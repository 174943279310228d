"""Why points have changed shape: a bracket over the months of a signal with its words, clear of the data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from breakthrough.language import say, says
from breakthrough.measures import saying
from breakthrough.measures.values import Chart, Direction, Signal
from breakthrough.month import Month
from breakthrough.reporting.charts import plot, series, signs
from breakthrough.reporting.charts.columns import Columns
from breakthrough.reporting.charts.scale import Scale
from breakthrough.reporting.charts.series import Series
from breakthrough.reporting.charts.style import Style
from breakthrough.reporting.draw.colours import HAZE, PAPER
from breakthrough.reporting.draw.scene import Mark, Polyline, Rect, Text
from breakthrough.reporting.draw.text import Box, balanced, width
from breakthrough.reporting.sentences import lines
from breakthrough.reporting.sentences.verdicts import chip

Side = Literal["above", "below"]

_MOST = 2  # notes in one chart; further signals keep their shapes
_HAIR = 1e-6  # what rounding may leave of a distance: a box moved just clear of a line must count as clear of it
_CLEAR = 11.0  # between the outermost point and the bracket: room for a ring
_FOOT = 5.0
_PITCH = 14.0
_WIDEST, _NARROWEST = 236.0, 150.0
_SIGN = 13.0


@dataclass(frozen=True, slots=True)
class Note:
    """A bracket from `left` to `right` and the lines of words beyond it, together in `box`."""

    direction: Direction
    side: Side
    left: float
    right: float
    words: tuple[str, ...]
    box: Box
    ground: str


def placed(
    of: Series, columns: Columns, scale: Scale, style: Style, goal: tuple[float, float, float] | None
) -> tuple[Note, ...]:
    """The notes of the newest signals, each beyond the data on its side; they may need room over or under the plot.

    `goal` is the goal line: from x, to x, at y.
    """
    notes: list[Note] = []
    stories = _stories(of.chart)
    if not stories:
        return ()
    obstacles = _Obstacles(of, columns, scale, goal)
    for story in stories:
        notes.append(_placed(story, columns, style, obstacles, notes))
    return tuple(notes)


def grounds(notes: Iterable[Note]) -> list[Mark]:
    """Paper under the words, so that gridlines and poles do not run through them."""
    boxes = [(note.box, note.ground) for note in notes]
    return [Rect(b.left - 3, b.top, b.right - b.left + 6, b.bottom - b.top, fill=ground) for b, ground in boxes]


def marks(notes: Iterable[Note], style: Style) -> list[Mark]:
    """Brackets, the signs of the signals, and their words."""
    return [mark for note in notes for mark in _marks(note, style)]


def _marks(note: Note, style: Style) -> list[Mark]:
    colour, box = signs.SIGNAL_COLOURS[note.direction], note.box
    foot = -_FOOT if note.side == "below" else _FOOT
    y = box.top + _FOOT if note.side == "below" else box.bottom - _FOOT
    left, right = note.left, note.right
    bracket = Polyline(((left, y + foot), (left, y), (right, y), (right, y + foot)), colour, 1.6)
    first = y + 15 if note.side == "below" else box.top + style.label - 1
    texts = [
        Text(box.left + _SIGN, first + n * _PITCH, line, style.label - 0.5, colour, 600)
        for n, line in enumerate(note.words)
    ]
    return [bracket, *signs.signal(note.direction, box.left + 5, first - 4.2, 3.4), *texts]


@dataclass(frozen=True, slots=True)
class _Story:
    direction: Direction
    side: Side
    first: Month
    last: Month
    words: str
    short: str  # for the phone cut


def _stories(chart: Chart) -> list[_Story]:
    """What the newest signals say: a shift or trend before months beyond a limit before a pattern of all months."""
    if chart.latest is None:
        return []  # every figure is set aside, and the plot says that there is none yet
    shifts = [one for one in chart.signals if one.rule == "shift"]
    beyond = [one for one in chart.signals if one.rule == "limits"]
    trends = [one for one in chart.signals if one.rule in {"trend", "two_of_three"}]
    stories = [_shift(chart, max(shifts, key=lambda one: one.months[-1]))] if shifts else []
    if trends:
        newest = max(trends, key=lambda one: one.months[-1])
        stories.append(_trend(chart, newest) if newest.rule == "trend" else _two_of_three(chart, newest))
    if beyond:
        stories.append(_limits(chart, beyond))
    seldom = [one for one in chart.signals if one.rule in {"crossings", "few_runs", "many_runs"}]
    if seldom and not stories:
        stories.append(_crossings(seldom[-1]) if seldom[-1].rule == "crossings" else _runs(seldom[-1]))
    return stories[:_MOST]


def _word(signal: Signal) -> str:
    return chip(signal.direction).word


def _shift(chart: Chart, signal: Signal) -> _Story:
    side = _side(chart, signal.months)
    points = saying.figured(signal.count, chart.each)
    long = {"signal": _word(signal), "points": points, "line": saying.line(signal.line, "the")}
    short = {"signal": _word(signal), "n": signal.count, "line": saying.line(signal.line)}
    if side == "above":
        words = say("{signal}: {points} in a row above {line}", **long)
        brief = say("{signal}: {n} in a row above {line}", **short)
    else:
        words = say("{signal}: {points} in a row below {line}", **long)
        brief = say("{signal}: {n} in a row below {line}", **short)
    return _Story(signal.direction, side, signal.months[0], signal.months[-1], words, brief)


def _trend(chart: Chart, signal: Signal) -> _Story:
    places = {"signal": _word(signal), "points": saying.figured(signal.count, chart.each)}
    words = (
        say("{signal}: {points} in a row rising", **places)
        if lines.way(chart, signal.months) == "rising"
        else say("{signal}: {points} in a row falling", **places)
    )
    return _Story(signal.direction, _side(chart, signal.months), signal.months[0], signal.months[-1], words, words)


def _two_of_three(chart: Chart, signal: Signal) -> _Story:
    side = _side(chart, signal.months)
    long = {"signal": _word(signal), "points": saying.figured(signal.count, chart.each)}
    short = {"signal": _word(signal), "n": signal.count}
    if side == "above":
        words = say("{signal}: {points} close to the upper limit", **long)
        brief = say("{signal}: {n} near upper limit", **short)
    else:
        words = say("{signal}: {points} close to the lower limit", **long)
        brief = say("{signal}: {n} near lower limit", **short)
    return _Story(signal.direction, side, signal.months[0], signal.months[-1], words, brief)


def _limits(chart: Chart, signals: Sequence[Signal]) -> _Story:
    """The newest months beyond a limit, with the neighbours that lie beyond the same one."""
    newest = max(signals, key=lambda one: one.months[-1])
    side = _side(chart, newest.months)
    alike = {month for one in signals if one.direction == newest.direction for month in one.months}
    first, last = next(run for run in series.runs(alike) if run[0] <= newest.months[-1] <= run[1])
    months = first.short if first == last else say("{first} to {last}", first=first.short, last=last.short)
    places = {"signal": _word(newest), "months": months}
    if side == "above":
        words = say("{signal}: {months} above the upper limit", **places)
        brief = say("{signal}: {months} above upper limit", **places)
    else:
        words = say("{signal}: {months} below the lower limit", **places)
        brief = say("{signal}: {months} below lower limit", **places)
    return _Story(newest.direction, side, first, last, words, brief)


def _crossings(signal: Signal) -> _Story:
    places = {"signal": chip("unclear").word, "line": saying.line(signal.line, "the"), "needed": signal.needed}
    if signal.count:
        words = says(
            "{signal}: {line} is crossed only once; chance alone makes {needed} or more",
            "{signal}: {line} is crossed only {n} times; chance alone makes {needed} or more",
            signal.count,
            **places,
        )
        brief = says(
            "{signal}: {line} crossed only once", "{signal}: {line} crossed only {n} times", signal.count, **places
        )
    else:
        words = say("{signal}: {line} is never crossed; chance alone makes {needed} or more", **places)
        brief = say("{signal}: {line} never crossed", **places)
    return _Story("unclear", "below", signal.months[0], signal.months[-1], words, brief)


def _runs(signal: Signal) -> _Story:
    places = {"signal": chip("unclear").word, "line": saying.line(signal.line, "the"), "needed": signal.needed}
    if signal.rule == "few_runs":
        words = says(
            "{signal}: {n} run about {line}; chance alone makes {needed} or more",
            "{signal}: {n} runs about {line}; chance alone makes {needed} or more",
            signal.count,
            **places,
        )
    else:
        words = says(
            "{signal}: {n} run about {line}; chance alone makes {needed} or fewer",
            "{signal}: {n} runs about {line}; chance alone makes {needed} or fewer",
            signal.count,
            **places,
        )
    brief = says("{signal}: {n} run", "{signal}: {n} runs", signal.count, **places)
    return _Story("unclear", "below", signal.months[0], signal.months[-1], words, brief)


def _side(chart: Chart, months: Sequence[Month]) -> Side:
    if chart.events:
        return lines.side(chart, months)
    at = {point.month: (point.value, height) for point, height in zip(chart.points, chart.centre, strict=True)}
    value, height = at.get(months[-1], (None, None))
    return "below" if value is not None and height is not None and value < height else "above"


class _Obstacles:
    """What words must keep clear of: the data with its slopes, and the lines that run across."""

    def __init__(self, of: Series, columns: Columns, scale: Scale, goal: tuple[float, float, float] | None) -> None:
        chart = of.chart
        self.strokes = [
            [(columns.middle(point.month), scale.y(point.value or 0.0)) for point in stretch] for stretch in of.joined
        ]
        self.strokes += [[place] for place in plot.event_places(chart, columns, scale)]
        self.strokes += [
            [(columns.middle(point.month), scale.y(point.value))]
            for point in chart.points
            if point.state == "excluded" and point.value is not None
        ]
        self.across = [goal] if goal else []
        for centre in of.centres:
            end = columns.right if centre.last == of.centres[-1].last else columns.end(centre.last)
            self.across.append((columns.begin(centre.first), end, scale.y(centre.value)))
        self.band = []
        for point, low, high in zip(chart.points, chart.lower, chart.upper, strict=True):
            if low is not None and high is not None:
                left, right = columns.begin(point.month), columns.end(point.month)
                self.band.append((left, right, scale.y(high), scale.y(low)))
                self.across += [(left, right, scale.y(high)), (left, right, scale.y(low))]

    def outermost(self, left: float, right: float, side: Side) -> float | None:
        """The y of the data farthest out between two x, or None where there is none."""
        heights = [y for stroke in self.strokes for y in _heights(stroke, left, right)]
        return (max(heights) if side == "below" else min(heights)) if heights else None

    def beyond(self, box: Box, side: Side, notes: Sequence[Note]) -> Box:
        """That box moved outwards until no line runs through it and no other note is under it."""
        while True:
            lines_hit = [y for left, right, y in self.across if left < box.right and right > box.left]
            hit = [(y - 3.0, y + 3.0) for y in lines_hit if box.top - 3 + _HAIR < y < box.bottom + 3 - _HAIR]
            hit += [(note.box.top - 2, note.box.bottom + 2) for note in notes if box.touches(note.box, 2 - _HAIR)]
            if not hit:
                return box
            by = max(b for _, b in hit) - box.top if side == "below" else min(t for t, _ in hit) - box.bottom
            box = Box(box.left, box.top + by, box.right, box.bottom + by)

    def ground(self, box: Box) -> str:
        """What lies under a box: the band of the limits, or paper."""
        under = [b for b in self.band if b[0] < box.right and b[1] > box.left and b[2] < box.bottom and b[3] > box.top]
        return HAZE if under else PAPER


def _heights(stroke: Sequence[tuple[float, float]], left: float, right: float) -> list[float]:
    """The y of a stroke between two x: of its places inside, and where it crosses the edges."""
    inside = [y for x, y in stroke if left <= x <= right]
    for (x1, y1), (x2, y2) in pairwise(stroke):
        if x2 < left or x1 > right:
            continue
        inside += [y1 + (y2 - y1) * (edge - x1) / (x2 - x1) for edge in (left, right) if x1 < edge < x2]
    return inside


@lru_cache(maxsize=512)  # a chart is laid out twice, and the next team's signals are often told in the same words
def _broken(words: str, limit: float, size: float) -> tuple[str, ...]:
    return balanced(words, limit, size, 600)


def _placed(story: _Story, columns: Columns, style: Style, obstacles: _Obstacles, notes: Sequence[Note]) -> Note:
    size = style.label - 0.5
    left = min(columns.middle(story.first) - 7, columns.end(story.first) - 12)
    ahead = columns.right - left - _SIGN
    limit = min(_WIDEST, columns.right - columns.left - _SIGN - 4, max(ahead, _NARROWEST))
    words = _broken(story.short if style.phone else story.words, limit, size)
    wide = max(width(line, size, 600) for line in words) + _SIGN
    right = max(columns.middle(story.last) + 7, left + 12)
    start = max(columns.left + 2, min(left, columns.right - wide))
    low, high = min(start, left), max(start + wide, right)
    tall = _FOOT + 5 + _PITCH * len(words) + 1
    edge = obstacles.outermost(low - 6, high + 6, story.side) or 0.0
    if story.side == "below":
        box = Box(start, edge + _CLEAR - _FOOT, start + wide, edge + _CLEAR - _FOOT + tall)
    else:
        box = Box(start, edge - _CLEAR + _FOOT - tall, start + wide, edge - _CLEAR + _FOOT)
    whole = obstacles.beyond(Box(low, box.top, high, box.bottom), story.side, notes)
    box = Box(start, whole.top, start + wide, whole.bottom)
    return Note(story.direction, story.side, left, right, words, box, obstacles.ground(box))
