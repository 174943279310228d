"""All teams' charts of one measure on one page: a panel a team, one scale, and the verdict in words over each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

from breakthrough.collaborative import Measure
from breakthrough.language import listed, say
from breakthrough.measures import saying
from breakthrough.measures.values import Chart
from breakthrough.month import Month
from breakthrough.reporting import figures
from breakthrough.reporting.charts import axes, scale, signs, sparkline
from breakthrough.reporting.charts.columns import Columns
from breakthrough.reporting.charts.scale import Scale
from breakthrough.reporting.charts.style import Style, style
from breakthrough.reporting.draw.colours import INK, MIST, RUST, SLATE
from breakthrough.reporting.draw.scene import Line, Mark, Scene, Text, Weight
from breakthrough.reporting.draw.text import cut as shortened
from breakthrough.reporting.draw.text import lines, width
from breakthrough.reporting.sentences import states, verdicts

_HEAD = 33.0  # a panel's two lines of words
_ACROSS = ((60, 4), (10**6, 5))  # up to so many teams: columns of panels in the wide cut
_PHONE_ACROSS = ((10**6, 2),)
_MANY = 24  # teams, above which panels are lower
_GAP, _ROW_GAP = 22.0, 16.0
_NAME, _WORDS, _VALUE = 12.5, 11.0, 12.0
_MONTHS, _PITCH = 24, 3.4  # the newest of them, each so wide at least; more would be hair
_FOOT_LINE = 15.0
_FEWEST, _FAR = 12, 6.0  # values; times the middle half's spread above it, beyond which a value is cut off


@dataclass(frozen=True, slots=True)
class Panel:
    """A team's chart. `name` is what the reader may know it by."""

    name: str
    chart: Chart


def by_need(panels: Sequence[Panel]) -> list[Panel]:
    """Those needing help first: a worsening signal, a month not sent, an unusual pattern; improving ones last.

    Among those without a signal the longest run on the worse side of the line comes first; then the name tells.
    """
    return sorted(panels, key=lambda panel: (*_need(panel.chart), panel.name))


def _need(chart: Chart) -> tuple[int, int]:
    if chart.verdict == "worsening":
        return 0, 0
    if chart.now is not None and chart.now.state in states.WANTED:
        return 1, 0
    if chart.verdict == "unclear":
        return 2, 0
    run = chart.run
    turned = {"worsening": -1, "improving": 1}.get(run.direction, 0) if run else 0
    return (4 if chart.verdict == "improving" else 3), turned * len(run.months if run else ())


def small_multiples(
    panels: Sequence[Panel], measure: Measure, *, phone: bool = False, wide: float | None = None
) -> Scene:
    """The panels in the order given, row by row, all over the same months and on the same scale.

    560 wide unless `wide` says else, 328 for the phone cut. A line beneath tells what the grey lines stand for.
    """
    cut = style(phone=phone)
    across = wide or cut.width
    told = axes.in_labels(measure)
    grid = _Grid.of(panels, told, across, cut)
    months = _months(panels, min(_MONTHS, int(grid.line / _PITCH)))
    if not months:
        return Scene(across, 40, (Text(0, 24, say("No figures yet"), cut.label, SLATE),))
    held = _scale(panels, measure, months[0], grid.plot)
    marks: list[Mark] = []
    for n, panel in enumerate(panels):
        left, top = (n % grid.columns) * (grid.wide + _GAP), (n // grid.columns) * grid.pitch
        marks += _panel(panel, told, grid, held.at(top + _HEAD - 6), Columns(*months, left, left + grid.line))
    bottom = ((len(panels) - 1) // grid.columns + 1) * grid.pitch - _ROW_GAP
    words = lines(_foot(held, told, months, panels), across, _WORDS, most=4)
    for n, line in enumerate(words, 1):
        marks.append(Text(0, bottom + 8 + n * _FOOT_LINE, line, _WORDS, SLATE))
    return Scene(across, round(bottom + 14 + len(words) * _FOOT_LINE), tuple(marks))


@dataclass(frozen=True, slots=True)
class _Grid:
    """How panels are laid: so many columns, each `wide`, of which the line takes `line` and the value the rest."""

    columns: int
    wide: float
    line: float
    plot: float
    pitch: float

    @classmethod
    def of(cls, panels: Sequence[Panel], measure: Measure, across: float, cut: Style) -> _Grid:
        many = len(panels) > _MANY
        most = next(columns for teams, columns in (_PHONE_ACROSS if cut.phone else _ACROSS) if len(panels) <= teams)
        columns = max(1, min(most, int((across + _GAP) // 96)))
        each = (across - _GAP * (columns - 1)) / columns
        values = [panel.chart.latest.value for panel in panels if panel.chart.latest]
        figure = max((width(figures.value(measure, value), _VALUE, 600) for value in values), default=0.0)
        plot = 30.0 if many else 42.0
        return cls(columns, each, each - figure - 7, plot, _HEAD + plot + 8 + _ROW_GAP)


def _months(panels: Sequence[Panel], most: int) -> tuple[Month, Month] | tuple[()]:
    """The first and the last month that all panels show: the newest ones that have room."""
    ends = [(panel.chart.points[0].month, panel.chart.points[-1].month) for panel in panels if panel.chart.points]
    if not ends:
        return ()
    last = max(end for _, end in ends)
    return max(min(begin for begin, _ in ends), last + (1 - most)), last


def _scale(panels: Sequence[Panel], measure: Measure, first: Month, plot: float) -> Scale:
    """One scale for all. A few values far above all others would press the rest flat: they stand at its upper edge."""
    every = [value for panel in panels for value in sparkline.values(panel.chart, first)] or [0.0, 1.0]
    if len(every) >= _FEWEST:
        low, _, high = quantiles(every, n=4)
        fence = high + _FAR * (high - low)
        every = [min(value, fence) for value in every] if high > low else every
    return scale.fitted(every, measure, plot + 6)


def _panel(panel: Panel, measure: Measure, grid: _Grid, held: Scale, columns: Columns) -> list[Mark]:
    left, top, chart = columns.left, held.top + 6 - _HEAD, panel.chart
    words, colour, weight = _verdict(chart, measure, grid.wide)
    marks: list[Mark] = [
        Text(left, top + 13, shortened(panel.name, grid.wide, _NAME, 600), _NAME, INK, 600),
        Text(left, top + 27, shortened(words, grid.wide, _WORDS, weight), _WORDS, colour, weight),
    ]
    marks += [Line(left, y, columns.right, y, MIST, 0.5) for y in map(held.y, _lines(held))]
    marks += sparkline.marks(chart, sparkline.Room(columns, held, top + _HEAD, held.bottom + 5), signalled=True)
    latest = chart.latest
    if latest is not None and latest.value is not None and latest.month >= columns.first:
        y = min(max(held.y(latest.value), top + _HEAD + 5), held.bottom) + _VALUE * 0.36
        here = chart.now is None or chart.now.month == latest.month
        value = figures.value(measure, latest.value)
        marks.append(Text(left + grid.wide, y, value, _VALUE, INK if here else SLATE, 600, "end"))
    return marks


def _verdict(chart: Chart, measure: Measure, room: float) -> tuple[str, str, Weight]:
    """The finding in a few words with its colour: a month owed before a signal, a signal before a run."""
    if chart.now is not None and chart.now.state in states.WANTED:
        return say("{month} {state}", month=chart.now.month.short, state=states.cell(chart.now.state)), RUST, 600
    word = verdicts.word(chart, measure)
    if chart.verdict in {"improving", "worsening", "unclear"}:
        short = (
            word if width(word, _WORDS, 600) <= room else word.partition(",")[0]
        )  # `◆ improving`, of how many is said
        return short, signs.SIGNAL_COLOURS[chart.verdict], 600
    return word, SLATE, 400


def _lines(held: Scale) -> tuple[float, ...]:
    """The values of the grey lines: three at most, as panels are low."""
    every = held.gridlines
    return every if len(every) <= 3 else every[1::2]


def _foot(held: Scale, measure: Measure, months: tuple[Month, Month], panels: Sequence[Panel]) -> str:
    """What is the same in every panel, and what is its own."""
    heights = [figures.goal(measure, value) for value in _lines(held)]
    told = [say("The same scale in every panel.")]
    if heights:
        told = [say("Grey lines: {values}, the same in every panel.", values=listed(heights))]
    own = {panel.chart.line for panel in panels if panel.chart.line}
    if len(own) == 1:
        told.append(say("Flat line: the team’s own {line}.", line=saying.line(own.pop())))
    elif own:
        told.append(say("Flat line: the team’s own median or average."))
    told.append(say("{first} to {last}.", first=months[0].label, last=months[1].label))
    most = max((value for panel in panels for value in sparkline.values(panel.chart, months[0])), default=held.high)
    if most > held.high + 1e-9:
        told.append(say("Values above {value} stand at the upper edge.", value=figures.value(measure, held.high)))
    return " ".join(told)
