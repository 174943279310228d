"""Blank run charts for a storyboard: months along the foot, the goal named, the line still to be drawn by hand."""

from __future__ import annotations

from dataclasses import dataclass

from breakthrough.collaborative import Collaborative
from breakthrough.instruments.printed import words
from breakthrough.month import Month

_MOST = 3  # charts that a poster has room for
WIDTH, HEIGHT = 300, 130
_LEFT, _RIGHT, _TOP, _FOOT = 24, 298, 11, 114
_LINES = 5


@dataclass(frozen=True, slots=True)
class Tick:
    """A month at its place; `word` below the axis, blank where there is no room for it; `closed`: nobody is there."""

    x: float
    word: str
    closed: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """An empty chart of a measure in the collaborative's months. Lengths are in the drawing's own units."""

    code: str
    name: str
    unit: str
    direction: str
    goal: str
    ticks: tuple[Tick, ...]
    rows: tuple[float, ...]  # heights of the grid's lines, top to foot
    start: float  # where the journey begins,
    begins: str  # with this event
    step: float

    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = _RIGHT
    top: int = _TOP
    foot: int = _FOOT


def posters(collaborative: Collaborative, month: Month) -> tuple[Chart, ...]:
    """The charts of a storyboard: the measure of the aim first, then key measures, then others, three at most."""
    every = collaborative.measures
    ranked = sorted(every, key=lambda code: (code != collaborative.aim.measure, not every[code].key))
    used = [code for code in ranked if (until := every[code].until) is None or until >= month]
    return tuple(_chart(collaborative, code, month) for code in used[:_MOST])


def _chart(collaborative: Collaborative, code: str, month: Month) -> Chart:
    measure, line = collaborative.measures[code], collaborative.calendar
    months = tuple((line.start + -min(line.baseline_months, 6)).to(line.end))
    step = (_RIGHT - _LEFT) / len(months)
    every = max(1, -(-len(months) // 18))
    ticks = tuple(
        Tick(round(_LEFT + (at + 0.5) * step, 2), one.short[0] if at % every == 0 else "", not line.in_session(one))
        for at, one in enumerate(months)
    )
    start = _LEFT + months.index(line.start) * step
    gap = (_FOOT - _TOP) / _LINES
    return Chart(
        code=code,
        name=measure.name,
        unit=measure.unit.strip(),
        direction=words.DIRECTIONS[measure.direction],
        goal=words.goal(measure, month),
        ticks=ticks,
        rows=tuple(round(_TOP + at * gap, 2) for at in range(_LINES + 1)),
        start=round(start, 2),
        begins=next((one.code for one in line.events if one.kind == "learning_session"), ""),
        step=round(step, 2),
    )
