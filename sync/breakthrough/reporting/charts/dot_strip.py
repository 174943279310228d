"""You among peers: one strip from the lowest to the highest rate, a dot a team, your own apart in shape and word."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from breakthrough.collaborative import Measure
from breakthrough.language import say, says
from breakthrough.reporting import figures
from breakthrough.reporting.charts import axes, plot
from breakthrough.reporting.charts.crowd import HIGH, MOST_DOTS, Crowd
from breakthrough.reporting.charts.style import Style, style
from breakthrough.reporting.draw.colours import INK, MIST, PAPER, PLUM, SLATE, STONE
from breakthrough.reporting.draw.scene import Circle, Line, Mark, Rect, Scene, Text, Weight
from breakthrough.reporting.draw.text import box, line_high, width
from breakthrough.reporting.draw.text import cut as shortened

_DISC, _DOT, _SPECK, _OWN = 9.0, 5.0, 3.0, 12.5  # radius of a team with a code in it, without, of many, of the reader's
_WIDEST_DISC = 14.0  # longer codes are names, and stand beside their dot
_LONGEST = 130.0  # of a name
_CODE, _NAME, _HEAD = 10.5, 11.0, 12.0  # sizes of words
_ROW_GAP = 2.0
_MOST_ROWS = 9  # of names; where more would be needed, dots stand without them
_HEAD_HIGH = 17.0
_APART = 56.0  # figures under the axis, at least
_FOOT_HIGH = 24.0


@dataclass(frozen=True, slots=True)
class Peer:
    """A team's value. `label` is its code or its name as the policy has it, '' where peers are not named."""

    value: float
    label: str = ""


def dot_strip(
    peers: Sequence[Peer],
    measure: Measure,
    *,
    own: float | None,
    median: float | None,
    goal: float | None = None,
    phone: bool = False,
    wide: float | None = None,
) -> Scene:
    """The reader's own value among those of its peers, which are no more than the reader may see.

    `own` is None where the team has no figure; `median` that of all teams shown. Codes stand in the discs, names beside
    the dots as far as there is room; of more than `MOST_DOTS` teams, columns count them and nobody is named. 560 wide
    unless `wide` says else, 328 for the phone cut.
    """
    cut = style(phone=phone)
    across = wide or cut.width
    told = axes.in_labels(measure)
    values = [peer.value for peer in peers] + [one for one in (own, median, goal) if one is not None]
    axis = _Axis.of(values or [0.0, 1.0], told, across, cut)
    crowd = axis.crowd(values[: len(peers)] + ([] if own is None else [own])) if len(peers) > MOST_DOTS else None
    mine = crowd.middle(own) if crowd and own is not None else own
    laid = _laid([] if crowd else peers, mine, axis, across)
    pitch = _pitch([item for item, _ in laid])
    teams = len(peers) + (own is not None)
    heads = _heads(_lines(median, goal, teams, told, axis), across)
    top = _HEAD_HIGH * (1 + max((head.lane for head in heads), default=-1)) + 4
    high = max((row + _rows_of(item, pitch) for item, row in laid), default=2) * pitch + (HIGH if crowd else 0)
    bottom = round(top + high + 7)
    marks: list[Mark] = [Line(axis.x(tick), top, axis.x(tick), bottom, MIST, 1) for tick in axis.ticks]
    marks += crowd.marks(axis.x, bottom) if crowd else ()
    marks += [mark for head in heads for mark in _head(head, top, bottom)]
    for item, row in laid:
        stand = bottom - (
            crowd.high(axis.value(item.x - item.radius), axis.value(item.x + item.radius)) if crowd else 0
        )
        marks += _team(item, stand - 3 - (row + _rows_of(item, pitch) / 2) * pitch, across)
    if not laid and not crowd:
        words = Text(across / 2, (top + bottom) / 2 + 4, say("No figures yet"), cut.label, SLATE, anchor="middle")
        marks += [*plot.paper([box(words)]), words]
    marks += [Line(0, bottom, across, bottom, STONE, 1), *_figures(axis, told, cut, across, bottom)]
    foot = _better(measure)
    marks += [Text(0, bottom + 34, foot, cut.small, SLATE)] if foot else []
    if crowd:
        counted = says("Highest column: {n} team", "Highest column: {n} teams", crowd.most)
        marks.append(Text(across, bottom + 34, counted, cut.small, SLATE, anchor="end"))
    return Scene(across, bottom + _FOOT_HIGH + (16 if foot or crowd else 0), tuple(marks))


def _lines(
    median: float | None, goal: float | None, teams: int, measure: Measure, axis: _Axis
) -> list[tuple[float, str, str]]:
    """The upright lines: where, the words, and the colour."""
    lines = []
    if median is not None:
        value = figures.value(measure, median)
        words = says("Median of {n} team {value}", "Median of {n} teams {value}", teams, value=value)
        lines.append((axis.x(median), words, SLATE))
    if goal is not None:
        lines.append((axis.x(goal), say("Goal {value}", value=figures.goal(measure, goal)), PLUM))
    return lines


def _head(head: _Head, top: float, bottom: float) -> list[Mark]:
    y = top - 4 - _HEAD_HIGH * head.lane
    begin, end = head.reach
    dash = (7.0, 4.0) if head.colour == PLUM else ()
    return [
        Rect(begin - 2, y - 11, end - begin + 4, 14, fill=PAPER),
        Line(head.x, y - 9, head.x, bottom, head.colour, 1.8, dash),
        Text(begin if head.ahead else end, y, head.words, _HEAD, head.colour, 600, "start" if head.ahead else "end"),
    ]


def _figures(axis: _Axis, measure: Measure, cut: Style, across: float, bottom: float) -> list[Mark]:
    marks: list[Mark] = []
    for tick in axis.ticks:
        words = figures.goal(measure, tick)
        half = width(words, cut.tick) / 2
        x = min(max(axis.x(tick), half), across - half)
        marks.append(Text(x, bottom + 17, words, cut.tick, SLATE, anchor="middle"))
    return marks


def _better(measure: Measure) -> str:
    """Which way is better; '' where neither is."""
    if measure.direction == "lower":
        return say("← lower is better")
    return say("higher is better →") if measure.direction == "higher" else ""


@dataclass(frozen=True, slots=True)
class _Axis:
    """Where values stand across, and which figures help to read them."""

    low: float
    high: float
    left: float
    right: float
    ticks: tuple[float, ...]

    @classmethod
    def of(cls, values: Sequence[float], measure: Measure, across: float, cut: Style) -> _Axis:
        low, high = min(values), max(values)
        if high - low < abs(high) * 0.01 or high == low:
            slack = abs(high) * 0.1 or 1.0
            low, high = low - slack, high + slack
        edge = 22.0
        unit = (across - 2 * edge) / (high - low)
        for step in _steps(high - low):
            first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
            ticks = tuple(round(n * step, 9) for n in range(first, last + 1))
            if step * unit >= _APART and all(
                step * unit >= width(figures.goal(measure, tick), cut.tick) + 14 for tick in ticks
            ):
                break
        return cls(low, high, edge, across - edge, ticks)

    def crowd(self, values: Sequence[float]) -> Crowd:
        """The teams of those values, counted in columns that figures under the axis stand at."""
        between = self.ticks[1] - self.ticks[0] if len(self.ticks) > 1 else self.high - self.low
        return Crowd.of(values, between, (self.right - self.left) / (self.high - self.low))

    def x(self, value: float) -> float:
        """The place of a value."""
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)

    def value(self, x: float) -> float:
        """The value of a place."""
        return self.low + (x - self.left) / (self.right - self.left) * (self.high - self.low)


def _steps(span: float) -> Iterator[float]:
    """1, 2, 5, 10 … from a tenth of the span upwards, as long as a figure falls within it."""
    power = math.floor(math.log10(span / 10))
    for at in range(power, power + 3):
        for factor in (1, 2, 5):
            if factor * 10.0**at <= span:
                yield factor * 10.0**at


@dataclass(frozen=True, slots=True)
class _Item:
    """A team's dot with the words in it or beside it, and how far it reaches to both sides."""

    x: float
    radius: float
    words: str
    inside: bool  # the words stand in the disc
    own: bool

    def reach(self, across: float) -> tuple[float, float]:
        """From where to where it takes room; words beside it stand left of it where there is no room on the right."""
        if self.inside or not self.words:
            return self.x - self.radius, self.x + self.radius
        wide = width(self.words, _NAME) + 4
        if self.x + self.radius + wide <= across:
            return self.x - self.radius, self.x + self.radius + wide
        return self.x - self.radius - wide, self.x + self.radius


def _laid(peers: Sequence[Peer], own: float | None, axis: _Axis, across: float) -> list[tuple[_Item, int]]:
    """Every team with its row, the lowest first; without their names where those would need too many rows."""
    labels = [shortened(peer.label, _LONGEST, _NAME) for peer in peers]
    widest = max((width(label, _CODE, 600) for label in labels), default=0.0)
    coded = widest <= 2 * _WIDEST_DISC - 6
    radius = (max(_DISC, widest / 2 + 3) if coded else _DOT) if widest else _DOT
    tries = [(radius, labels)] if widest else []
    bare = [""] * len(peers)
    for size, words, most in (*((*one, _MOST_ROWS) for one in tries), (_DOT, bare, _MOST_ROWS), (_SPECK, bare, None)):
        items = [
            _Item(axis.x(peer.value), size, word, inside=coded, own=False)
            for peer, word in zip(peers, words, strict=True)
        ]
        if own is not None:
            mine = say("you")
            items.append(_Item(axis.x(own), _OWN, mine, inside=width(mine, _CODE, 600) <= 2 * _OWN - 3, own=True))
        rows = _rows(items, across, most)
        if rows is not None:
            return list(zip(items, rows, strict=True))
    raise AssertionError  # pragma: no cover  the last try takes as many rows as it needs


def _pitch(items: Sequence[_Item]) -> float:
    """The height of a row: that of a peer's dot, or of words beside it."""
    radius = max((item.radius for item in items if not item.own), default=_OWN)
    beside = [line_high(item.words, _NAME) for item in items if item.words and not item.inside]
    return max(2 * radius + _ROW_GAP, *beside, 0.0)


def _rows_of(item: _Item, pitch: float) -> int:
    """How many rows a dot takes: the reader's own is larger than its peers'."""
    return math.ceil((2 * item.radius + _ROW_GAP) / pitch - 1e-9)


def _rows(items: Sequence[_Item], across: float, most: int | None) -> list[int] | None:
    """A row for each, the lowest that has room: the reader's own first, so that it stands at the axis.

    None where `most` rows are not enough.
    """
    taken: list[list[tuple[float, float]]] = []
    edges: list[tuple[float, float]] = []  # of each row: the farthest left edge in it, and the farthest right one
    rows, pitch = [0] * len(items), _pitch(items)
    for n in sorted(range(len(items)), key=lambda n: (not items[n].own, items[n].x, items[n].words)):
        left, right = items[n].reach(across)
        row = next(
            (
                at
                for at, (begin, end) in enumerate(edges)
                # the dots come from left to right: nearly always the farthest edges say all
                if end + 2 < left or (right + 2 < begin and _free(taken[at], left, right))
            ),
            len(taken),
        )
        if most is not None and row >= most:
            return None
        rows[n], high = row, _rows_of(items[n], pitch)
        taken += [[] for _ in range(row + high - len(taken))]
        edges += [(-math.inf, -math.inf)] * (len(taken) - len(edges))
        for at in range(row, row + high):
            taken[at].append((left, right))
            edges[at] = max(edges[at][0], left), max(edges[at][1], right)
    return rows


def _free(busy: Sequence[tuple[float, float]], left: float, right: float) -> bool:
    return all(right + 2 < a or b + 2 < left for a, b in busy)


def _team(item: _Item, y: float, across: float) -> list[Mark]:
    if item.own:
        disc = Circle(item.x, y, item.radius, fill=INK, stroke=PAPER, stroke_width=1.2)
    else:
        disc = Circle(item.x, y, item.radius, fill=PAPER, stroke=STONE, stroke_width=1.4)
    if not item.words:
        return [disc]
    weight: Weight = 600 if item.own or item.inside else 400
    colour = (PAPER if item.inside else INK) if item.own else SLATE
    if item.inside:
        return [disc, Text(item.x, y + _CODE * 0.36, item.words, _CODE, colour, weight, "middle")]
    ahead = item.reach(across)[1] > item.x + item.radius
    at = item.x + item.radius + 4 if ahead else item.x - item.radius - 4
    words = Text(at, y + _NAME * 0.36, item.words, _NAME, colour, weight, "start" if ahead else "end")
    room = box(words)
    return [Rect(room.left - 1, room.top, room.right - room.left + 2, room.bottom - room.top, fill=PAPER), disc, words]


@dataclass(frozen=True, slots=True)
class _Head:
    """An upright line with its words beside its upper end, in a lane of its own where they would touch others."""

    x: float
    words: str
    colour: str
    ahead: bool  # the words stand right of the line
    lane: int  # 0 is next to the dots

    @property
    def reach(self) -> tuple[float, float]:
        """From where to where the words stand."""
        long = width(self.words, _HEAD, 600)
        return (self.x + 5, self.x + 5 + long) if self.ahead else (self.x - 5 - long, self.x - 5)


def _heads(lines: Sequence[tuple[float, str, str]], across: float) -> list[_Head]:
    """The lines by x: the left one's words lead away from the right one's where there is room at the edge."""
    heads: list[_Head] = []
    ordered = sorted(lines)
    for n, (x, words, colour) in enumerate(ordered):
        long = width(words, _HEAD, 600) + 5
        right, left = x + long <= across, x - long >= 0
        ahead = right and not (left and n + 1 < len(ordered)) if right or left else x < across / 2
        fitting = shortened(words, (across - x if ahead else x) - 6, _HEAD, 600)
        heads.append(_Head(x, fitting, colour, ahead, 0))
    if len(heads) == 2:
        (_, end), (begin, _) = heads[0].reach, heads[1].reach
        if end + 6 > begin and not (not heads[0].ahead and heads[1].ahead):
            upper = 0 if heads[0].ahead else 1
            heads[upper] = replace(heads[upper], lane=1)
    return heads
