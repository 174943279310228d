"""Change ideas one under another, each with the teams that have made it routine or are testing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from breakthrough.language import count, say
from breakthrough.reporting.charts.drivers import IdeaState
from breakthrough.reporting.draw.colours import INK, MIST, PAPER, SLATE, STONE
from breakthrough.reporting.draw.scene import Circle, Mark, Rect, Text
from breakthrough.reporting.draw.text import box, cut, line_high, lines, width

BLOCK = 100.0  # the room for teams, right of the titles
_TITLE = 11.5
_SQUARE, _STEP = 6.5, 8.4
_MOST_SQUARES = 12  # teams; more are told in figures over a bar
_SMALL = 11.0
_GAP = 6.0


@dataclass(frozen=True, slots=True)
class Rows:
    """Where ideas stand: titles from `left`, teams up to `right`, of so many teams."""

    left: float
    right: float
    teams: int

    def titles(self, idea: IdeaState) -> tuple[str, ...]:
        """The title in the lines it takes."""
        return lines(idea.title, self.right - BLOCK - 10 - self.left, _TITLE, most=4)

    def high(self, ideas: Sequence[IdeaState]) -> float:
        """The height that the ideas take together."""
        return sum(line_high(line, _TITLE) for idea in ideas for line in self.titles(idea)) + _GAP * len(ideas)

    @property
    def squares(self) -> bool:
        """Whether one square is one team."""
        return self.teams <= _MOST_SQUARES


def marks(rows: Rows, ideas: Sequence[IdeaState], top: float) -> list[Mark]:
    """The ideas from `top` down."""
    drawn: list[Mark] = []
    y = top
    for idea in ideas:
        drawn += _squares(rows, idea, y + 4) if rows.squares else _figures(rows, idea, y)
        for line in rows.titles(idea):
            drawn.append(Text(rows.left, y + _TITLE, line, _TITLE, INK))
            y += line_high(line, _TITLE)
        y += _GAP
    return drawn


def _squares(rows: Rows, idea: IdeaState, top: float) -> list[Mark]:
    """Full squares for teams with whom it is routine, half ones for those that test it, dots for the others."""
    drawn: list[Mark] = []
    for n in range(rows.teams):
        x = rows.right - BLOCK + n * _STEP
        if n < idea.routine:
            drawn += full(x, top)
        elif n < idea.routine + idea.testing:
            drawn += half(x, top)
        else:
            drawn.append(Circle(x + _SQUARE / 2, top + _SQUARE / 2, 0.9, fill=STONE))
    return drawn


def full(x: float, top: float) -> list[Mark]:
    """A team with whom the idea is routine."""
    return [Rect(x, top, _SQUARE, _SQUARE, fill=INK)]


def half(x: float, top: float) -> list[Mark]:
    """A team that tests the idea."""
    frame = Rect(x + 0.5, top + 0.5, _SQUARE - 1, _SQUARE - 1, fill=PAPER, stroke=INK, stroke_width=1)
    return [frame, Rect(x, top, _SQUARE / 2, _SQUARE, fill=INK)]


def _figures(rows: Rows, idea: IdeaState, top: float) -> list[Mark]:
    """Two figures under their heads, and a bar that shows both as a part of all teams."""
    at, unit = rows.right - BLOCK, BLOCK / rows.teams
    done, under_way = idea.routine * unit, idea.testing * unit
    drawn: list[Mark] = []
    for place, number in ((BLOCK / 2 - 4, idea.routine), (BLOCK, idea.testing)):
        drawn.append(Text(at + place, top + 10, count(number), _SMALL, INK if number else SLATE, 600, "end"))
    drawn.append(Rect(at, top + 13, BLOCK, 3, fill=MIST))
    drawn += [Rect(at, top + 13, done, 3, fill=INK)] if done else []
    drawn += [Rect(at + done, top + 13.5, under_way, 2, fill=PAPER, stroke=INK, stroke_width=1)] if under_way else []
    return drawn


def head(rows: Rows, top: float) -> list[Mark]:
    """What the marks mean, in one line over them."""
    if not rows.squares:
        testing = Text(rows.right, top + 10, say("testing"), _SMALL, SLATE, anchor="end")
        end = min(rows.right - BLOCK / 2 - 4, box(testing).left - 8)
        return [Text(end, top + 10, say("routine"), _SMALL, SLATE, anchor="end"), testing]
    told = ((full, say("routine")), (half, say("being tested")), (None, say("not started")))
    wide = sum(_SQUARE + 5 + width(words, _SMALL) + 14 for _, words in told) - 14
    x = max(0.0, min(rows.left, rows.right - wide))
    drawn: list[Mark] = []
    for sign, words in told:
        drawn += sign(x, top + 3.5) if sign else [Circle(x + _SQUARE / 2, top + 3.5 + _SQUARE / 2, 0.9, fill=STONE)]
        x += _SQUARE + 5
        drawn.append(Text(x, top + 10, cut(words, rows.right - x, _SMALL), _SMALL, SLATE))
        x += width(words, _SMALL) + 14
    return drawn
