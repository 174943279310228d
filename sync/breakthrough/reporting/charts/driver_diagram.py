"""From aim to ideas: the driver diagram with its live state, on as many pages as it needs to stay readable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from breakthrough.language import say
from breakthrough.reporting.charts import drivers, idea_rows, places, signs
from breakthrough.reporting.charts.drivers import Branch, Diagram, IdeaState
from breakthrough.reporting.charts.idea_rows import Rows
from breakthrough.reporting.charts.style import Style, style
from breakthrough.reporting.draw.colours import FOG, INK, PAPER, RUST, SLATE, STONE
from breakthrough.reporting.draw.scene import Circle, Line, Mark, Place, Polyline, Rect, Scene, Text, Weight
from breakthrough.reporting.draw.text import line_high, lines

_WIDE = 592.0
_AIM, _LANE, _DRIVER, _ARM = 118.0, 32.0, 172.0, 22.0  # widths: aim, lines to the drivers, drivers, lines to ideas
_PAGE, _PHONE_PAGE = 1000.0, 1500.0  # heights that a page keeps to, where a driver is not alone on it
_HEAD = 22.0
_FEWEST = 3  # ideas of a driver that are worth beginning on a page
_BETWEEN = 14.0
_PAD = 9.0
_TITLE, _SMALL = 12.0, 11.0


def driver_diagram(made: Diagram, *, phone: bool = False, wide: float | None = None) -> tuple[Scene, ...]:
    """The pages of the diagram, 592 wide unless `wide` says else; 328 in the phone cut, with ideas under their driver.

    The line to a driver is as thick as there are teams at work on it, and dashed where there are none. A driver whose
    ideas are too many for a page goes on upon the next one. One without drivers has a page with the aim alone.
    """
    cut = style(phone=phone)
    across = wide or (cut.width if phone else _WIDE)
    lay = _Lay.of(made, across, cut)
    return tuple(_page(made, page, lay) for page in _pages(made, lay))


@dataclass(frozen=True, slots=True)
class _Part:
    """A driver with as many of its ideas as stand together. `rest`: its others stand on the page before."""

    branch: Branch
    ideas: tuple[IdeaState, ...]
    rest: bool


@dataclass(frozen=True, slots=True)
class _Lay:
    """Where columns begin and how high a page may be; on phones all stand under one another."""

    across: float
    driver: float  # the left edge of drivers
    broad: float  # their width
    rows: Rows
    most: float
    phone: bool

    @classmethod
    def of(cls, made: Diagram, across: float, cut: Style) -> _Lay:
        if cut.phone:
            return cls(across, 0.0, across, Rows(_PAD + 3, across, made.teams), _PHONE_PAGE, phone=True)
        left = _AIM + _LANE
        rows = Rows(left + _DRIVER + _ARM, across, made.teams)
        return cls(across, left, _DRIVER, rows, _PAGE, phone=False)


def _pages(made: Diagram, lay: _Lay) -> list[list[_Part]]:
    """The drivers in order, each on one page where that holds it; a larger one is parted where its page ends."""
    whole = lay.most - _HEAD - (_aim_high(made, lay) + _BETWEEN if lay.phone else 0.0)
    pages: list[list[_Part]] = [[]]
    room = whole
    waiting = [_Part(branch, branch.ideas, rest=False) for branch in reversed(made.branches)]
    while waiting:
        part = waiting.pop()
        high, fits = _high(part, made, lay), _fitting(part, made, lay, room)
        if high <= room:
            fits = part
        elif pages[-1] and (high <= whole or len(fits.ideas) < _FEWEST or _high(fits, made, lay) > room):
            pages.append([])
            room = whole
            waiting.append(part)
            continue
        pages[-1].append(fits)
        room -= _high(fits, made, lay) + _BETWEEN
        if fits.ideas != part.ideas:
            waiting.append(_Part(part.branch, part.ideas[len(fits.ideas) :], rest=True))
            pages.append([])
            room = whole
    return pages


def _fitting(part: _Part, made: Diagram, lay: _Lay, room: float) -> _Part:
    """The driver with as many of its ideas, from the first, as fit into that height; with one at least."""
    for n in range(len(part.ideas), 1, -1):
        fewer = replace(part, ideas=part.ideas[:n])
        if _high(fewer, made, lay) <= room:
            return fewer
    return replace(part, ideas=part.ideas[:1])


def _page(made: Diagram, parts: Sequence[_Part], lay: _Lay) -> Scene:
    top = _aim_high(made, lay) + _BETWEEN if lay.phone else 0.0
    marks: list[Mark] = idea_rows.head(lay.rows, top) if parts else []
    y = top + (_HEAD if parts else 0.0)
    ends: list[tuple[_Part, float]] = []
    for part in parts:
        drawn, middle = _part(part, made, lay, y)
        marks += drawn
        ends.append((part, middle))
        y += _high(part, made, lay) + _BETWEEN
    aim = _aim_high(made, lay)
    bottom = max(y - _BETWEEN, 0.0 if lay.phone else aim)
    at = 0.0 if lay.phone else max(0.0, ((_HEAD if parts else 0.0) + bottom - aim) / 2)
    if not lay.phone:
        marks = [*_branches(ends, made, at + aim / 2), *marks]
    marks += _aim(made, lay, at)
    return Scene(lay.across, round(max(bottom, at + aim) + 2), tuple(marks))


def _aim_words(made: Diagram, lay: _Lay) -> list[tuple[str, float, Weight]]:
    broad = (lay.across if lay.phone else _AIM) - 2 * _PAD
    words: list[tuple[str, float, Weight]] = [(say("Aim"), _SMALL, 400)]
    words += [(line, 13, 600) for line in lines(made.measure, broad, 13, 600)]
    words += [(line, 13, 600) for line in lines(made.goal, broad, 13, 600)]
    return words + [(line, _SMALL, 400) for line in lines(made.aim, broad, _SMALL, most=6 if lay.phone else 18)]


def _aim_high(made: Diagram, lay: _Lay) -> float:
    return sum(line_high(*words) for words in _aim_words(made, lay)) + 2 * _PAD


def _aim(made: Diagram, lay: _Lay, top: float) -> list[Mark]:
    broad = lay.across if lay.phone else _AIM
    marks: list[Mark] = [Rect(0, top, broad, _aim_high(made, lay), fill=INK, radius=4)]
    y = top + _PAD
    for words, size, weight in _aim_words(made, lay):
        marks.append(Text(_PAD, y + size, words, size, PAPER, weight))
        y += line_high(words, size, weight)
    return marks


def _driver_words(part: _Part, made: Diagram, lay: _Lay) -> tuple[list[tuple[str, float, str, Weight]], list[str]]:
    """The driver's title and what is under it, then the lines of its state, which begin after a sign."""
    branch, broad = part.branch, lay.broad - 2 * _PAD
    title = f"{branch.code} {branch.title}"
    title = say("{driver}, continued", driver=title) if part.rest else title
    words: list[tuple[str, float, str, Weight]] = [
        (line, _TITLE, INK, 600) for line in lines(title, broad, _TITLE, 600, most=4)
    ]
    if part.rest:
        return words, []
    for second in branch.secondary:
        words += [(line, _SMALL, SLATE, 400) for line in lines(second, broad, _SMALL, most=3)]
    return words, list(lines(drivers.state(branch, made.teams), broad - 14, _SMALL, 600))


def _driver_high(part: _Part, made: Diagram, lay: _Lay) -> float:
    words, told = _driver_words(part, made, lay)
    lined = sum(line_high(line, size, weight) for line, size, _, weight in words)
    return lined + (sum(line_high(line, _SMALL, 600) for line in told) + 4 if told else 0) + 2 * _PAD - 3


def _high(part: _Part, made: Diagram, lay: _Lay) -> float:
    box, ideas = _driver_high(part, made, lay), lay.rows.high(part.ideas)
    return box + (8 + ideas if ideas else 0) if lay.phone else max(box, ideas)


def _part(part: _Part, made: Diagram, lay: _Lay, top: float) -> tuple[list[Mark], float]:
    """A driver with its ideas from `top` down, and the height of its middle."""
    box, ideas, high = _driver_high(part, made, lay), lay.rows.high(part.ideas), _high(part, made, lay)
    if lay.phone:
        marks = _driver(part, made, lay, top)
        if part.ideas:
            begin = top + box + 8
            marks.append(Line(3, begin, 3, begin + ideas - 6, STONE, 1))
            marks += idea_rows.marks(lay.rows, part.ideas, begin)
        return marks, top + box / 2
    middle = top + high / 2
    marks = _driver(part, made, lay, middle - box / 2)
    if part.ideas:
        x, begin = lay.driver + lay.broad + _ARM / 2, middle - ideas / 2
        marks += [Line(lay.driver + lay.broad, middle, x, middle, STONE, 1)]
        marks += [Line(x, begin, x, begin + ideas - 6, STONE, 1)]
        marks += idea_rows.marks(lay.rows, part.ideas, begin)
    return marks, middle


def _driver(part: _Part, made: Diagram, lay: _Lay, top: float) -> list[Mark]:
    words, told = _driver_words(part, made, lay)
    neglected = not part.branch.at_work
    edge, high = 0.5 if neglected else 0.0, _driver_high(part, made, lay)
    frame = Rect(lay.driver + edge, top + edge, lay.broad - 2 * edge, high - 2 * edge, fill=FOG, radius=4)
    marks: list[Mark] = [frame._replace(fill=PAPER, stroke=STONE) if neglected else frame]
    y = top + _PAD - 2
    for line, size, colour, weight in words:
        marks.append(Text(lay.driver + _PAD, y + size, line, size, colour, weight))
        y += line_high(line, size, weight)
    if told:
        y += 4
        sign, colour = _sign(part.branch, lay.driver + _PAD + 4.5, y + _SMALL - 4)
        marks += sign
        for line in told:
            marks.append(Text(lay.driver + _PAD + 14, y + _SMALL, line, _SMALL, colour, 600))
            y += line_high(line, _SMALL, 600)
    return marks


def _sign(branch: Branch, x: float, y: float) -> tuple[list[Mark], str]:
    """The sign before a driver's state, and the colour of its words."""
    if not branch.at_work:
        return [Line(x - 4, y, x + 4, y, RUST, 2)], RUST
    if branch.worsening:
        return signs.signal("worsening", x, y, 3.4), signs.SIGNAL_COLOURS["worsening"]
    if branch.improving:
        return signs.signal("improving", x, y, 3.4), signs.SIGNAL_COLOURS["improving"]
    return [Circle(x, y, 3.6, stroke=SLATE, stroke_width=1.4)], SLATE


def _branches(ends: Sequence[tuple[_Part, float]], made: Diagram, start: float) -> list[Mark]:
    """A line from the aim to each driver: as thick as its share of teams at work, dashed where none is."""
    marks: list[Mark] = []
    for part, middle in ends:
        curve = _curve((_AIM, start), (_AIM + _LANE, middle))
        if part.branch.at_work:
            marks.append(Polyline(curve, STONE, 1.2 + 4.8 * part.branch.at_work / max(made.teams, 1)))
        else:
            marks += places.dashed(curve, STONE, 1.2, (4, 3))
    return marks


def _curve(one: Place, other: Place) -> tuple[Place, ...]:
    """A Bézier curve that leaves and arrives level, in strokes too short to be told from it."""
    (x1, y1), (x2, y2) = one, other
    bend = (x1 + x2) / 2
    steps = [n / 24 for n in range(25)]
    return tuple(
        (
            x1 * (1 - t) ** 3 + 3 * bend * t * (1 - t) ** 2 + 3 * bend * t**2 * (1 - t) + x2 * t**3,
            y1 * ((1 - t) ** 3 + 3 * t * (1 - t) ** 2) + y2 * (3 * t**2 * (1 - t) + t**3),
        )
        for t in steps
    )
