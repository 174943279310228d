"""How many teams stand at each level of the rating, month by month: counts of teams, never a mean of ratings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from breakthrough.language import capital, say
from breakthrough.month import Month
from breakthrough.reporting import figures
from breakthrough.reporting.charts.style import Style, style
from breakthrough.reporting.draw.colours import FOG, INK, PLUM, SLATE, STONE
from breakthrough.reporting.draw.scene import Line, Mark, Rect, Scene, Text
from breakthrough.reporting.draw.text import width
from breakthrough.reporting.sentences.ratings import level as named
from breakthrough.reporting.sentences.ratings import score

_WIDE = 592.0
_TARGET = 20.0  # the lane of the target's words
_FOOT = 26.0
_SQUARE = 11.0
_GAP = 2.0
_FEWEST_ACROSS = 64.0  # a month's column
_COUNT = 20.0  # room for a figure beside the squares, at least


@dataclass(frozen=True, slots=True)
class _Blocks:
    """How teams are shown: squares of that size in rows of `across`, or one bar where there are too many."""

    size: float
    across: int
    rows: int
    most: int
    bar: bool


def rating_distribution(
    levels: Mapping[Month, Mapping[float, int]],
    target: float,
    months: Sequence[Month],
    *,
    phone: bool = False,
    wide: float | None = None,
) -> Scene:
    """A square a team in each month's column at its level, the newest month in ink, the target as a dashed line.

    `levels`: how many teams by level, by month. 592 wide unless `wide` says else, 328 for the phone cut; the newest
    months that have room are shown.
    """
    cut = style(phone=phone)
    across = wide or (cut.width if phone else _WIDE)
    left = _names_wide(_rows(levels, months, target), cut)
    shown = list(months)[-max(1, int((across - left) // _FEWEST_ACROSS)) :]
    rows = _rows(levels, shown, target)
    pitch = (across - left) / max(len(shown), 1)
    most = max((number for month in shown for number in levels.get(month, {}).values()), default=1)
    blocks = _blocks(most, pitch)
    high = max(33.0, blocks.rows * (blocks.size + _GAP) + 9)
    marks: list[Mark] = []
    y = 0.0
    for level in rows:
        marks += _name(level, y + high / 2, cut, phone=phone)
        for n, month in enumerate(shown):
            number = levels.get(month, {}).get(level, 0)
            marks += _teams(number, left + n * pitch, y + high / 2, blocks, newest=month == shown[-1])
        y += high
        if level == target:
            marks += _target(target, across, y, cut)
            y += _TARGET
        else:
            marks.append(Line(0, y, across, y, FOG, 1))
    for n, month in enumerate(shown):
        told = month == shown[-1]
        marks.append(Text(left + n * pitch, y + 18, month.short, 12, INK if told else SLATE, 600 if told else 400))
    return Scene(across, round(y + _FOOT), tuple(marks))


def _rows(levels: Mapping[Month, Mapping[float, int]], months: Sequence[Month], target: float) -> list[float]:
    """Every half step from the highest level in use, or the target, down to the lowest."""
    found = [level for month in months for level, number in levels.get(month, {}).items() if number]
    high, low = max([*found, target]), min([*found, target])
    return [high - step / 2 for step in range(round((high - low) * 2) + 1)]


def _names_wide(rows: Sequence[float], cut: Style) -> float:
    if cut.phone:
        return width(score(5.0), 12.5, 600) + 14
    return 28 + max(width(named(level), cut.tick) for level in rows) + 18


def _name(level: float, y: float, cut: Style, *, phone: bool) -> list[Mark]:
    words = named(level)
    marks: list[Mark] = [Text(0, y + 4.5, score(level), 12.5, INK, 600)]
    if words and not phone:
        marks.append(Text(28, y + 4.5, capital(words), cut.tick, SLATE))
    return marks


def _blocks(most: int, pitch: float) -> _Blocks:
    """The largest squares that hold the fullest cell beside its figure; a bar where they would be specks."""
    room = pitch - max(_COUNT, width(figures.count(most), 12, 600) + 1) - 6
    for size, rows in ((_SQUARE, 2), (9.0, 3), (7.0, 4)):
        across = int((room + _GAP) // (size + _GAP))
        if across * rows >= most:
            needed = min(across, max(4, math.ceil(most / rows)))
            return _Blocks(size, needed, math.ceil(most / needed), most, bar=False)
    return _Blocks(_SQUARE, 1, 1, most, bar=True)


def _teams(number: int, x: float, middle: float, blocks: _Blocks, *, newest: bool) -> list[Mark]:
    if number <= 0:
        return []
    colour = INK if newest else STONE
    marks, right = (
        _bar(number, x, middle, blocks, colour) if blocks.bar else _squares(number, x, middle, blocks, colour)
    )
    words = figures.count(number)
    return [*marks, Text(right + 6, middle + 4.3, words, 12, INK if newest else SLATE, 600 if newest else 400)]


def _bar(number: int, x: float, middle: float, blocks: _Blocks, colour: str) -> tuple[list[Mark], float]:
    long = max(2.0, 34.0 * number / blocks.most)
    return [Rect(x, middle - blocks.size / 2, long, blocks.size, fill=colour, radius=1.5)], x + long


def _squares(number: int, x: float, middle: float, blocks: _Blocks, colour: str) -> tuple[list[Mark], float]:
    step = blocks.size + _GAP
    rows = math.ceil(number / blocks.across)
    top = middle - (rows * step - _GAP) / 2
    marks: list[Mark] = [
        Rect(
            x + (n % blocks.across) * step,
            top + (n // blocks.across) * step,
            blocks.size,
            blocks.size,
            fill=colour,
            radius=1.5,
        )
        for n in range(number)
    ]
    return marks, x + min(number, blocks.across) * step - _GAP


def _target(target: float, across: float, y: float, cut: Style) -> list[Mark]:
    """The dashed line under the target's level, in a lane of its own so that no team stands behind the words."""
    words = say("Target: {score} or above", score=score(target))
    wide = width(words, cut.small + 0.5, 600)
    line = y + _TARGET / 2
    return [
        Line(0, line, across - wide - 8, line, PLUM, 1.6, (7, 4)),
        Text(across, line + 4, words, cut.small + 0.5, PLUM, 600, "end"),
    ]
