"""The small shapes that carry meaning in charts, each the same wherever it stands."""

from __future__ import annotations

from breakthrough.measures.values import Direction, State
from breakthrough.reporting.draw.colours import BLUE, INK, PAPER, PLUM, RUST, SLATE, STONE
from breakthrough.reporting.draw.scene import Circle, Line, Mark, Polygon, Rect, Text

SIGNAL_COLOURS: dict[Direction, str] = {"improving": BLUE, "worsening": RUST, "unclear": SLATE}


def signal(direction: Direction, x: float, y: float, size: float) -> list[Mark]:
    """A filled diamond for improving, a square for worsening, a hollow diamond for neither; `size` of a dot."""
    colour, half = SIGNAL_COLOURS[direction], size * 1.4
    if direction == "worsening":
        half = size * 1.1
        corners = ((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half))
    else:
        corners = ((x, y - half), (x + half, y), (x, y + half), (x - half, y))
    if direction == "unclear":
        return [Polygon(corners, fill=PAPER, stroke=colour, stroke_width=1.6)]
    return [Polygon(corners, fill=colour, stroke=PAPER, stroke_width=1)]


def dot(x: float, y: float, size: float, colour: str) -> list[Mark]:
    """A month's value."""
    return [Circle(x, y, size, fill=colour, stroke=PAPER, stroke_width=1)]


def ring(x: float, y: float, size: float = 8) -> list[Mark]:
    """What the latest value wears."""
    return [Circle(x, y, size, stroke=INK, stroke_width=1.4)]


def goal(x: float, y: float) -> list[Mark]:
    """A goal, standing at its due month."""
    return [Circle(x, y, 4.5, fill=PAPER, stroke=PLUM, stroke_width=1.8), Circle(x, y, 1.7, fill=PLUM)]


def flag(x: float, top: float) -> list[Mark]:
    """A session's flag, its pole at `x`, twelve high."""
    cloth = Polygon(((x, top), (x + 9, top + 4.5), (x, top + 9)), fill=SLATE)
    return [cloth, Line(x, top, x, top + 12, SLATE, 1.2)]


def state(of: State, x: float, y: float, size: float = 3.6) -> list[Mark]:
    """The sign of a month without a plotted value, on paper of its own; none where nothing was to be sent."""
    s = size
    ground: Mark = Circle(x, y, s + 1.4, fill=PAPER)
    match of:
        case "missing":
            cross = [Line(x - s, y - s, x + s, y + s, RUST, 1.8), Line(x - s, y + s, x + s, y - s, RUST, 1.8)]
            return [ground, *cross]
        case "late":
            return [ground, *(Circle(x + step * s, y, s / 3.4, fill=RUST) for step in (-1, 0, 1))]
        case "invalid":
            corners = ((x, y - s * 1.1), (x + s * 1.1, y + s * 0.9), (x - s * 1.1, y + s * 0.9))
            return [ground, Polygon(corners, fill=PAPER, stroke=RUST, stroke_width=1.5)]
        case "no_cases":
            return [ground, Circle(x, y, s * 0.8, fill=PAPER, stroke=SLATE, stroke_width=1.2)]
        case "not_collected":
            half = s * 0.75
            return [ground, Rect(x - half, y - half, 2 * half, 2 * half, fill=PAPER, stroke=SLATE, stroke_width=1.2)]
        case "excluded":
            hole = Circle(x, y, s * 0.9, fill=PAPER, stroke=STONE, stroke_width=1.4)
            return [hole, Line(x - s, y + s, x + s, y - s, STONE, 1.4)]
        case "suppressed":
            return [ground, *(Line(x - s * 0.8, y + at, x + s * 0.8, y + at, SLATE, 1.4) for at in (-s / 2, s / 2))]
        case _:
            return []


def numbered(number: int, x: float, y: float, radius: float, size: float, *, filled: bool) -> list[Mark]:
    """A test: filled when it has a result, hollow while it has none."""
    disc = Circle(x, y, radius, fill=INK if filled else PAPER, stroke=INK, stroke_width=1.6)
    word = Text(x, y + size * 0.36, str(number), size, PAPER if filled else INK, 600, "middle")
    return [disc, word]
