"""Teams side by side in a funnel: size against rate, between limits as wide as chance makes them at that size."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from breakthrough.collaborative import Measure
from breakthrough.language import say, says
from breakthrough.measures.funnel import Funnel, FunnelLimits, FunnelPoint
from breakthrough.reporting import figures
from breakthrough.reporting.charts import axes, gutter, places, plot, scale, signs
from breakthrough.reporting.charts.gutter import Label, Words
from breakthrough.reporting.charts.scale import Scale
from breakthrough.reporting.charts.style import Style, style
from breakthrough.reporting.draw.colours import HAZE, INK, PAPER, SLATE, STONE
from breakthrough.reporting.draw.scene import Line, Mark, Place, Polygon, Polyline, Rect, Scene, Text, Weight
from breakthrough.reporting.draw.text import Box, box, lines, width
from breakthrough.reporting.draw.text import cut as shortened

_PLOT = 240.0  # height
_DOT, _OWN, _OUT = 3.4, 4.6, 4.0
_NAME = 11.5
_FOOT_LINE = 15.0
_SIZES_HIGH = 40.0  # ticks, and what they count
_MOST_NAMED = 24  # names beside teams inside of the limits, where there is room for them


def funnel(
    made: Funnel,
    measure: Measure,
    names: Mapping[str, str],
    *,
    size: str,
    own: str = "",
    phone: bool = False,
    wide: float | None = None,
) -> Scene:
    """The teams as dots: from left to right by their denominator, upwards by their rate, between the limits.

    `names`: what the reader may know a team by; one that is not in it has no name. `size` says in words what the
    denominator counts. `own` is the reader's own team. Teams beyond the 99.8 % limits have the shape of what that means
    and are named first. Beneath stands what the limits allow for. 560 wide unless `wide` says else, 328 on phones.
    """
    cut = style(phone=phone)
    across = wide or cut.width
    told = axes.in_labels(measure)
    held = scale.fitted(_heights(made), measure, _PLOT if not phone else 190.0).at(6.0 + axes.unit_high(measure))
    labels = _labels(made, told, held, cut)
    left = axes.margin(held, measure, cut, held.low)
    room = _Room(made, held, left, across - gutter.room(labels))
    bottom = held.bottom + _SIZES_HIGH
    foot = lines(_foot(made), across, cut.small, most=9) if made.points or made.without else ()
    marks: list[Mark] = [
        *_band(room),
        *axes.gridlines(held, room.left, room.right, held.low),
        *axes.unit(measure, cut, held.top),
        *axes.values(held, measure, cut, room.left, held.bottom, held.low),
        *_limits(room),
        *_centre(room),
        Line(room.left, held.bottom, room.right, held.bottom, STONE, 1),
        *_sizes(room, size, cut),
    ]
    if not made.points:
        marks += plot.nothing((room.left, room.right), (held.top, held.bottom), None, cut.label)
    dots, boxes = _dots(room, own)
    marks += [*_names(room, names, own, boxes), *dots, *gutter.marks(labels, room.right, 0.0, bottom)]
    marks += [Text(0, bottom + n * _FOOT_LINE, line, cut.small, SLATE) for n, line in enumerate(foot, 1)]
    return Scene(across, round(bottom + 6 + len(foot) * _FOOT_LINE), tuple(marks))


@dataclass(frozen=True, slots=True)
class _Room:
    """Where sizes and rates stand."""

    made: Funnel
    held: Scale
    left: float
    right: float

    @property
    def largest(self) -> float:
        """The size at the right edge."""
        sizes = [limits.denominator for limits in self.made.curve] or [point.denominator for point in self.made.points]
        return max(sizes, default=1.0)

    def x(self, size: float) -> float:
        """Where a size stands; zero is at the left edge."""
        return self.left + min(size / self.largest, 1.0) * (self.right - self.left)

    def of(self, point: FunnelPoint) -> Place:
        """Where a team stands."""
        return self.x(point.denominator), self.held.y(point.value)


def _heights(made: Funnel) -> list[float]:
    """What the scale must hold: every team, the centre, and the limits where teams are, though not their widest."""
    values = [point.value for point in made.points] + ([made.centre] if made.centre is not None else [])
    if not values:
        return [0.0, 1.0]
    slack = max((max(values) - min(values)) / 3, abs(max(values)) * 0.04)
    low, high = min(values) - slack, max(values) + slack
    edges = [edge for point in made.points for edge in (point.lower, point.upper)]
    ends = [(limits.lower, limits.upper, (limits.upper - limits.lower) * 0.06) for limits in made.curve[-1:]]
    narrowest = [edge for lower, upper, clear in ends for edge in (max(lower - clear, 0.0), upper + clear)]
    return [*values, *narrowest, *(min(max(edge, low), high) for edge in edges)]


def _line(room: _Room, name: str) -> list[list[Place]]:
    """One of the limits, in stretches: it stops where it leaves the plot."""
    stretches: list[list[Place]] = [[]]
    for one, other in pairwise(room.made.curve):
        piece = _inside((one.denominator, getattr(one, name)), (other.denominator, getattr(other, name)), room.held)
        if piece is None:
            stretches.append([])
            continue
        start, end = ((room.x(size), room.held.y(value)) for size, value in piece)
        if not stretches[-1] or stretches[-1][-1] != start:
            stretches.append([start])
        stretches[-1].append(end)
    return [stretch for stretch in stretches if len(stretch) > 1]


def _inside(one: Place, other: Place, held: Scale) -> tuple[Place, Place] | None:
    """The piece of a stroke between two (size, value) that lies between the scale's ends; None where none does."""
    (x1, y1), (x2, y2) = one, other
    low, high = held.low, held.high
    if max(y1, y2) < low or min(y1, y2) > high:
        return None

    def at(value: float) -> Place:
        return x1 + (x2 - x1) * (value - y1) / (y2 - y1), value

    start = one if low <= y1 <= high else at(low if y1 < low else high)
    end = other if low <= y2 <= high else at(low if y2 < low else high)
    return start, end


def _band(room: _Room) -> list[Mark]:
    """What lies between the 99.8 % limits, as a pale ground."""
    if not room.made.curve:
        return []
    upper = [(room.x(one.denominator), room.held.y(one.upper)) for one in room.made.curve]
    lower = [(room.x(one.denominator), room.held.y(one.lower)) for one in room.made.curve]
    return [Polygon((*upper, *reversed(lower)), fill=HAZE)]


def _limits(room: _Room) -> list[Mark]:
    marks: list[Mark] = []
    for name in ("upper", "lower"):
        marks += [Polyline(tuple(stretch), STONE, 1.2) for stretch in _line(room, name)]
    for name in ("near_upper", "near_lower"):
        marks += [mark for stretch in _line(room, name) for mark in places.dashed(stretch, STONE, 1.2, (4, 3))]
    return marks


def _centre(room: _Room) -> list[Mark]:
    if room.made.centre is None:
        return []
    y = room.held.y(room.made.centre)
    return [Line(room.left, y, room.right, y, SLATE, 1.6)]


def _sizes(room: _Room, size: str, cut: Style) -> list[Mark]:
    """The sizes along the axis, at round figures that stand clear of one another, and what they count."""
    y = room.held.bottom
    marks: list[Mark] = []
    for value in _ticks(room, cut):
        word, x = figures.count(value), room.x(value)
        middle, _ = _middle(room, value, cut)
        marks += [Line(x, y, x, y + 4, STONE, 1)] if value else []
        marks.append(Text(middle, y + 17, word, cut.letter, SLATE, anchor="middle"))
    words = shortened(say("Size of team: {what}", what=size), room.right - 12, cut.small)
    return [*marks, Text(room.right, y + 33, f"{words} →", cut.small, SLATE, anchor="end")]


def _ticks(room: _Room, cut: Style) -> list[float]:
    power = math.floor(math.log10(max(room.largest, 1.0))) - 1
    steps = [factor * 10.0**at for at in range(max(power, 0), power + 3) for factor in (1, 2, 5)]
    for step in steps:
        values = [step * n for n in range(int(room.largest / step + 1e-9) + 1)]
        widest = width(figures.count(values[-1]), cut.letter)
        # the last one may stand further left than its size, and so nearer to the one before
        *_, (before, half), (last, other) = (0.0, 0.0), *(_middle(room, value, cut) for value in values)
        if room.x(step) - room.left >= widest + 14 and (len(values) < 2 or last - before >= half + other + 6):
            return values
    return [0.0]


def _middle(room: _Room, value: float, cut: Style) -> tuple[float, float]:
    """Where a size's figure has its middle, within the picture, and how far it reaches from there to either side."""
    half = width(figures.count(value), cut.letter) / 2
    return min(max(room.x(value), half), room.right - half + 6), half


def _dots(room: _Room, own: str) -> tuple[list[Mark], list[Box]]:
    """The teams, the reader's own on top, and the room they take."""
    marks: list[Mark] = []
    boxes: list[Box] = []
    quiet = STONE if own else INK
    for point in sorted(room.made.points, key=lambda one: (one.team == own, bool(one.outside))):
        x, y = room.of(point)
        mine, reach = point.team == own, _DOT + 1
        if point.outside:
            marks += signs.signal(point.direction, x, y, _OUT)
            reach = _OUT * 1.4 + 1
        else:
            marks += signs.dot(x, y, _OWN if mine else _DOT, INK if mine else quiet)
        if mine:
            marks += signs.ring(x, y, 8.5)
            reach = 9.5
        boxes.append(Box(x - reach, y - reach, x + reach, y + reach))
    return marks, boxes


def _names(room: _Room, names: Mapping[str, str], own: str, taken: Sequence[Box]) -> list[Mark]:
    """Names beside dots: the reader's own, then teams outside of the limits, then the others that have room."""
    strokes = [stretch for name in ("upper", "lower", "near_upper", "near_lower") for stretch in _line(room, name)]
    if room.made.centre is not None:
        y = room.held.y(room.made.centre)
        strokes.append([(room.left, y), (room.right, y)])
    frame = Box(room.left, room.held.top - 4, room.right, room.held.bottom - 1)
    full, marks, boxes, named = [], [], list(taken), 0
    for point in _in_turn(room.made.points, own):
        mine, out = point.team == own, bool(point.outside)
        weight: Weight = 600 if mine or out else 400
        words = shortened(names.get(point.team, ""), (room.right - room.left) * 0.45, _NAME, weight)
        if not words or (weight == 400 and (named >= _MOST_NAMED or words.endswith("…"))):
            continue
        colour = signs.SIGNAL_COLOURS[point.direction] if out else INK if mine else SLATE
        beside = list(places.beside(words, room.of(point), 13.0 if mine else 9.5, _NAME, colour, weight))
        text = places.free(beside, boxes, strokes, frame)
        if text is None and (mine or out):
            text = places.free(beside, boxes, [], frame)  # better over a line than without its name
        if text is not None:
            boxes.append(box(text))
            full.append(text)
            named += 1
    for text in full:
        marks += _ground(room, box(text))
    return [*marks, *full]


def _in_turn(points: Iterable[FunnelPoint], own: str) -> list[FunnelPoint]:
    """Whose name is placed before whose: own, beyond 99.8 %, beyond 95 %, then the largest."""
    return sorted(points, key=lambda one: (one.team != own, not one.outside, not one.far, -one.denominator, one.team))


def _ground(room: _Room, words: Box) -> list[Mark]:
    """Clear ground under a name, so that no gridline runs through it: as what it stands on."""
    curve = room.made.curve

    def within(limits: FunnelLimits) -> bool:
        return room.held.y(limits.upper) < words.top and words.bottom < room.held.y(limits.lower)

    under = [one for one in curve if words.left - 8 <= room.x(one.denominator) <= words.right + 8]
    fill = HAZE if under and all(map(within, under)) else PAPER
    if fill == PAPER and any(
        room.held.y(one.upper) < words.bottom and words.top < room.held.y(one.lower) for one in under
    ):
        return []  # on the edge of the band: either ground would show
    return [Rect(words.left - 1, words.top, words.right - words.left + 2, words.bottom - words.top, fill=fill)]


def _labels(made: Funnel, measure: Measure, held: Scale, cut: Style) -> list[Label]:
    labels: list[Label] = []
    if made.centre is not None:
        words = say("All teams {value}", value=figures.value(measure, made.centre))
        labels.append(Label(held.y(made.centre), (Words(words, cut.label, SLATE, 600),)))
    if made.curve and not cut.phone:
        end = made.curve[-1]
        for value, words in ((end.upper, say("99.8% limit")), (end.near_upper, say("95% limit"))):
            labels.append(Label(held.y(value), (Words(words, cut.small, SLATE),)))
    return labels


def _foot(made: Funnel) -> str:
    """What the lines mean, whether teams differ by more than chance, and who is not there."""
    told: list[str] = []
    if made.points:
        told.append(
            say("Of teams alike, 95 in 100 lie between the dashed lines and 998 in 1,000 between the solid ones.")
        )
        if made.overdispersed:
            told.append(
                say(
                    "These teams lie further apart than chance alone would set them. The limits allow for that, "
                    "so that only a team unlike the others lies outside."
                )
            )
        elif made.few:
            told.append(say("With fewer than ten teams it cannot be told whether more than chance sets them apart."))
        else:
            told.append(say("Inside the funnel, differences may be no more than chance."))
    if made.without:
        one, many = "{n} team without a figure is not shown.", "{n} teams without a figure are not shown."
        told.append(says(one, many, len(made.without)))
    if made.provisional:
        told.append(say("Not all teams have reported yet: figures may change."))
    return " ".join(told)
