"""What stands under the cycles of a ramp: dates, prediction over result, decision, and the points its log has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from breakthrough.collaborative import Measure
from breakthrough.language import brief_day, brief_days, exact, message, month_short, say, say_as
from breakthrough.reporting import figures
from breakthrough.reporting.charts.style import Style
from breakthrough.reporting.draw.colours import INK, PAPER, RUST, SLATE
from breakthrough.reporting.draw.scene import Circle, Mark, Text, Weight
from breakthrough.reporting.draw.text import cut as shortened
from breakthrough.reporting.draw.text import line_high, lines, width
from breakthrough.reporting.sentences.cycles import decision
from breakthrough.reporting.sentences.words import days
from breakthrough.teams.values import Pdsa
from breakthrough.teams.values import Text as Written

ROWS = (message("Predicted"), message("Got"), message("Decision"), message("Log kept"))
LINE = 15.0
DISC = 10.5  # radius of a cycle's number
_POINTS = 8
_OPEN = {"overdue", "awaiting study"}


@dataclass(frozen=True, slots=True)
class _Cell:
    """What stands in the table under a cycle, a line or two."""

    lines: tuple[str, ...]
    colour: str = INK
    weight: Weight = 400


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the columns of cycles begin: the first at `left`, each next one `pitch` on."""

    left: float
    pitch: float
    cut: Style

    def x(self, place: int) -> float:
        """The middle of the disc of the cycle at that place."""
        return self.left + place * self.pitch + DISC + 1.5

    @property
    def room(self) -> float:
        """For words in a column."""
        return self.pitch - 8


def marks(
    chain: Sequence[Pdsa], grid: Grid, foot: float, measures: Mapping[str, Measure], today: dt.date | None
) -> tuple[list[Mark], float]:
    """Dates, prediction, result, decision and log under each cycle; rows grow to two lines where words need them."""
    cut, y = grid.cut, foot + 18
    drawn: list[Mark] = []
    for place, cycle in enumerate(chain):
        drawn.append(Text(_start(grid, place), y, _dates(cycle, grid), cut.tick, INK))
    for name in ROWS[:3]:
        cells = [_cell(name, cycle, grid, measures, today) for cycle in chain]
        pitch = max([LINE, *(line_high(line, cut.tick, cell.weight) for cell in cells for line in cell.lines)])
        y += 19
        drawn.append(Text(0, y, say(name), cut.tick, SLATE))
        for place, cell in enumerate(cells):
            for n, line in enumerate(cell.lines):
                drawn.append(Text(_start(grid, place), y + n * pitch, line, cut.tick, cell.colour, cell.weight))
        y += pitch * (max(len(cell.lines) for cell in cells) - 1)
    y += 19
    drawn.append(Text(0, y, say(ROWS[3]), cut.tick, SLATE))
    beside = all(_dots_wide(cut) + 6 + width(_score(_POINTS), cut.small) <= grid.room for _ in chain)
    for place, cycle in enumerate(chain):
        drawn += _log(cycle, _start(grid, place), y, cut, beside=beside)
    return drawn, y if beside else y + LINE


def _start(grid: Grid, place: int) -> float:
    return grid.left + place * grid.pitch


def _cell(name: str, cycle: Pdsa, grid: Grid, measures: Mapping[str, Measure], today: dt.date | None) -> _Cell:
    match name:
        case "Predicted":
            return _predicted(cycle, grid, measures)
        case "Got":
            return _got(cycle, grid, measures)
        case _:
            return _decision(cycle, grid, today)


def _predicted(cycle: Pdsa, grid: Grid, measures: Mapping[str, Measure]) -> _Cell:
    if cycle.predicted is None and not cycle.prediction.written.strip():
        return (
            _missing((say("not written"), say("missing")), grid) if cycle.status != "planned" else _Cell(("–",), SLATE)
        )
    return _told(cycle.predicted, cycle.prediction, cycle, grid, measures)


def _got(cycle: Pdsa, grid: Grid, measures: Mapping[str, Measure]) -> _Cell:
    if cycle.result_number is None and not cycle.result.written.strip():
        if cycle.status in {"planned", "running"}:
            return _Cell(
                ("–" if cycle.status == "planned" else _fitting([say_as("state of a test", "running")], grid),), SLATE
            )
        return _missing((say("not written"), say("missing")), grid)
    return _told(cycle.result_number, cycle.result, cycle, grid, measures, weight=600)


def _decision(cycle: Pdsa, grid: Grid, today: dt.date | None) -> _Cell:
    if cycle.decision:
        return _Cell((_fitting([decision(cycle)], grid),))
    if cycle.status not in _OPEN:
        return _Cell(("–",), SLATE)
    since = cycle.end if cycle.status == "awaiting study" else cycle.end_planned
    if today is None or since is None or today <= since:
        return _missing((say_as("a test without a decision", "open"),), grid)
    told = days((today - since).days)
    return _missing((say("open {days}", days=told), told), grid)


def _told(
    number: float | None,
    text: Written,
    cycle: Pdsa,
    grid: Grid,
    measures: Mapping[str, Measure],
    weight: Weight = 400,
) -> _Cell:
    """The number with its measure's unit; else the words, as far as two lines go, where they may be printed."""
    if number is not None:
        measure = measures.get(cycle.measure)
        word = figures.goal(measure, number) if measure else exact(number)
        return _Cell((shortened(word, grid.room, grid.cut.tick, weight),), weight=weight)
    if text.printable is None:
        return _Cell(lines(say("in REDCap"), grid.room, grid.cut.tick), SLATE)
    return _Cell(lines(text.printable, grid.room, grid.cut.tick, weight, most=2), weight=weight)


def _missing(forms: Sequence[str], grid: Grid) -> _Cell:
    """What is owed, in the longest form that fits."""
    return _Cell((_fitting(forms, grid, 600),), RUST, 600)


def _fitting(forms: Sequence[str], grid: Grid, weight: Weight = 400) -> str:
    """The longest of the forms that fits, else as much as fits of the shortest."""
    fits = (form for form in forms if width(form, grid.cut.tick, weight) <= grid.room)
    return next(fits, None) or shortened(forms[-1], grid.room, grid.cut.tick, weight)


def _dates(cycle: Pdsa, grid: Grid) -> str:
    """`10–14 Nov`, `23 Feb–20 Mar`, `from 3 Mar`; the month alone where there is no room for more."""
    start, end = cycle.start, cycle.end or cycle.end_planned
    if start is None:
        forms = [say("no date")]
    elif end is None:
        forms = [say("from {day}", day=brief_day(start)), month_short(start.month)]
    elif end == start:
        forms = [brief_day(start), month_short(start.month)]
    elif (start.year, start.month) == (end.year, end.month):
        forms = [brief_days(start, end), month_short(end.month)]
    else:
        months = f"{month_short(start.month)}–{month_short(end.month)}"
        forms = [brief_days(start, end), months, month_short(end.month)]
    return _fitting(forms, grid)


def _score(kept: int) -> str:
    return say("{score} of {full}", score=kept, full=_POINTS)


def _dots_wide(cut: Style) -> float:
    return _POINTS * (7.0 if cut.phone else 8.2) - 2


def _log(cycle: Pdsa, x: float, y: float, cut: Style, *, beside: bool) -> list[Mark]:
    """A dot for each point of a well-kept log, filled as far as the score goes, and the score in figures."""
    pitch, size = (7.0, 2.6) if cut.phone else (8.2, 2.9)
    kept = max(0, min(cycle.score, _POINTS))
    drawn: list[Mark] = []
    for n in range(_POINTS):
        at = x + size + n * pitch
        if n < kept:
            drawn.append(Circle(at, y - 4, size, fill=INK))
        else:
            drawn.append(Circle(at, y - 4, size - 0.4, fill=PAPER, stroke=SLATE, stroke_width=1.1))
    words = _score(kept)
    if beside:
        return [*drawn, Text(x + _dots_wide(cut) + 6, y, words, cut.small, SLATE)]
    return [*drawn, Text(x, y + LINE, words, cut.small, SLATE)]
