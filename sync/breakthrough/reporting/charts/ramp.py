"""A ramp of linked PDSA cycles: steps climb as a test grows, prediction over result, and the points its log has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import pairwise

from breakthrough.collaborative import Measure
from breakthrough.language import capital, message, say, worded
from breakthrough.reporting.charts import ramp_table, signs
from breakthrough.reporting.charts.ramp_table import DISC, LINE, ROWS, Grid
from breakthrough.reporting.charts.style import Style, style
from breakthrough.reporting.draw.colours import FOG, INK, MIST, SLATE, STONE
from breakthrough.reporting.draw.scene import Line, Mark, Polyline, Scene, Text
from breakthrough.reporting.draw.text import cut as shortened
from breakthrough.reporting.draw.text import width
from breakthrough.teams.values import Pdsa

# Short forms of the six sizes of a test (pd_scale): for the wide cut, and for phones.
_SCALES = {
    1: (message("One person"), message("One")),
    2: (message("A few people"), message("A few")),
    3: (message("One group"), message("Group")),
    4: (message("Several groups"), message("Several")),
    5: (message("Whole unit"), message("Unit")),
    6: (message("Beyond"), message("Beyond")),
}
_STEP = 23.0


def ramp(
    cycles: Sequence[Pdsa],
    ideas: Mapping[str, str],
    *,
    phone: bool = False,
    measures: Mapping[str, Measure] | None = None,
    today: dt.date | None = None,
    wide: float | None = None,
) -> Scene:
    """The cycles of a ramp side by side, oldest first; several ramps one under another, each named by its change idea.

    `ideas`: titles of change ideas by code. `measures` tells the units of predicted and measured numbers; with `today`
    a cycle that waits for its result says for how long. Only the newest cycles are drawn where columns would be too
    narrow to read. Texts are printed only where their form is cleared for it.
    """
    cut = style(phone=phone)
    across = wide or cut.width
    ramps = _ramps(cycles)
    marks: list[Mark] = []
    top = 0.0
    for chain in ramps:
        if len(ramps) > 1:
            title = shortened(_title(chain, ideas), across, cut.label, 600)
            marks.append(Text(0, top + 14, title, cut.label, INK, 600))
            top += 24
        drawn, height = _chain(chain, cut, across, top, measures or {}, today)
        marks += drawn
        top += height + (20 if chain is not ramps[-1] else 0)
    return Scene(across, round(max(top, 20)), tuple(marks))


def _ramps(cycles: Sequence[Pdsa]) -> list[list[Pdsa]]:
    grouped: dict[str, list[Pdsa]] = {}
    for cycle in cycles:
        grouped.setdefault(cycle.ramp or cycle.idea or cycle.code, []).append(cycle)
    return [sorted(chain, key=lambda one: (one.cycle, one.start or dt.date.max)) for chain in grouped.values()]


def _title(chain: Sequence[Pdsa], ideas: Mapping[str, str]) -> str:
    idea = chain[-1].idea
    return ideas.get(idea) or chain[-1].ramp or idea


def _chain(
    chain: Sequence[Pdsa],
    cut: Style,
    across: float,
    top: float,
    measures: Mapping[str, Measure],
    today: dt.date | None,
) -> tuple[list[Mark], float]:
    """One ramp from `top` down, and its height."""
    most = 4 if cut.phone else 5
    shown, earlier = chain[-most:], len(chain) - most
    sizes = _sizes(shown)
    names = {size: say(_SCALES[size][cut.phone]) for size in range(min(sizes), min(max(sizes) + 1, 6) + 1)}
    left = max(width(word, cut.tick) for word in (*names.values(), *map(say, ROWS))) + 12
    grid = Grid(left, (across - left) / max(len(shown), 3), cut)
    foot = top + 8 + _STEP * len(names)
    marks = _levels(names, grid, across, foot)
    marks += _stairs(shown, sizes, grid, across, foot, first=earlier <= 0)
    table, bottom = ramp_table.marks(shown, grid, foot, measures, today)
    if earlier > 0:
        words = capital(worded("{n} earlier cycle not shown", "{n} earlier cycles not shown", earlier))
        bottom += LINE
        table.append(Text(grid.left, bottom, words, cut.small, SLATE))
    return marks + table, bottom + 6 - top


def _sizes(chain: Sequence[Pdsa]) -> list[int]:
    """How large each cycle is; one that does not say stands where the one before it stood."""
    sizes: list[int] = []
    for cycle in chain:
        sizes.append(min(cycle.scale, 6) if cycle.scale > 0 else (sizes[-1] if sizes else 1))
    return sizes


def _level(size: int, lowest: int, foot: float) -> float:
    return foot - _STEP * (size - lowest + 0.5)


def _levels(names: Mapping[int, str], grid: Grid, across: float, foot: float) -> list[Mark]:
    marks: list[Mark] = []
    for size, name in names.items():
        y = _level(size, min(names), foot)
        marks.append(Text(0, y + grid.cut.tick * 0.36, name, grid.cut.tick, SLATE))
        marks.append(Line(grid.left, y + _STEP / 2, across, y + _STEP / 2, FOG, 1))
    return marks


def _stairs(
    chain: Sequence[Pdsa], sizes: Sequence[int], grid: Grid, across: float, foot: float, *, first: bool
) -> list[Mark]:
    """From cycle to cycle, along and then up or down; dashes lead on from the last where its ramp goes on."""
    places = [(grid.x(n), _level(size, min(sizes), foot)) for n, size in enumerate(sizes)]
    marks: list[Mark] = []
    if not first:
        marks.append(Line(grid.left - 8, places[0][1], places[0][0], places[0][1], MIST, 1.8, (3, 3)))
    for (x1, y1), (x2, y2) in pairwise(places):
        marks.append(Polyline(((x1, y1), (x2, y1), (x2, y2)), STONE, 1.8))
    if chain[-1].decision not in {"adopt", "abandon"}:
        (x, y), end = places[-1], min(grid.x(len(chain)), across - 2)
        up = _STEP * 0.8 if sizes[-1] < 6 else 0
        marks += [Line(x, y, end, y, MIST, 1.8, (3, 3)), Line(end, y, end, y - up, MIST, 1.8, (3, 3))]
    for cycle, (x, y) in zip(chain, places, strict=True):
        marks += signs.numbered(
            cycle.cycle, x, y, DISC, 12 if cycle.cycle < 100 else 10, filled=cycle.status == "closed"
        )
    return marks
