"""The two axes: gridlines with their values, and months with their years."""

from __future__ import annotations

from collections.abc import Sequence

from breakthrough.collaborative import Measure
from breakthrough.language import exact
from breakthrough.month import Month
from breakthrough.reporting.charts.columns import Columns
from breakthrough.reporting.charts.scale import Scale
from breakthrough.reporting.charts.style import Style
from breakthrough.reporting.draw.colours import INK, MIST, SLATE, STONE
from breakthrough.reporting.draw.scene import Line, Mark, Text
from breakthrough.reporting.draw.text import cut as shortened
from breakthrough.reporting.draw.text import width

MONTHS_HIGH = 32.0  # letters and years under the axis
_YEAR = 11.5
_LONG_UNIT = 7  # letters


def margin(scale: Scale, measure: Measure, style: Style, base: float | None) -> float:
    """How wide the values left of the plot are, with the gap to it."""
    words = _words(scale, measure) + ([_figure(base)] if base is not None else [])
    return max(width(word, style.tick) for word in [*words, _figure(scale.low)]) + 8


def gridlines(scale: Scale, left: float, right: float, base: float | None) -> list[Mark]:
    """A line for each round value; also for zero, where the axis has moved down from it."""
    values = (scale.low, *scale.gridlines) if base is None else scale.gridlines
    return [Line(left, _crisp(scale.y(value)), right, _crisp(scale.y(value)), MIST, 1) for value in values]


def values(scale: Scale, measure: Measure, style: Style, left: float, axis: float, base: float | None) -> list[Mark]:
    """The values at the gridlines, the unit at the top one alone, and the value that the axis starts at."""
    x, drop = left - 7, style.tick * 0.36
    drawn: list[Mark] = []
    for value, word in zip(scale.gridlines, _words(scale, measure), strict=True):
        drawn.append(Text(x, scale.y(value) + drop, word, style.tick, SLATE, anchor="end"))
    lowest = scale.y(scale.gridlines[0]) if scale.gridlines else scale.top
    if base is None:
        drawn.append(Text(x, scale.bottom + drop, _figure(scale.low), style.tick, SLATE, anchor="end"))
        lowest = scale.bottom
    if base is not None and axis - lowest >= 12.5:
        drawn.append(Text(x, axis + drop, _figure(base), style.tick, SLATE, anchor="end"))
    return drawn


def unit_high(measure: Measure) -> float:
    """The height to keep free over the plot for a unit that does not fit behind a figure."""
    return 15.0 if _unit_alone(measure) else 0.0


def unit(measure: Measure, style: Style, top: float) -> list[Mark]:
    """Such a unit, over the values, right above `top`."""
    word = shortened(_unit_alone(measure), style.width / 2, style.tick)
    return [Text(0, top - 4, word, style.tick, SLATE)] if word else []


def in_labels(measure: Measure) -> Measure:
    """The measure as labels spell it: a unit too long for a label is left to the axis."""
    return measure.model_copy(update={"unit": ""}) if len(measure.unit.strip()) > _LONG_UNIT else measure


def months(columns: Columns, style: Style, axis: float, now: Month | None) -> list[Mark]:
    """The axis, a letter a month or a quarter, and each year under its first month; the month reported stands out."""
    drawn: list[Mark] = [Line(columns.left, axis, columns.right, axis, STONE, 1)]
    begins = _years_begin(columns)
    for month in begins:
        x = _crisp(columns.begin(month))
        drawn.append(Line(x, axis, x, axis + 30, MIST, 1))
    for month in _lettered(columns, style):
        told = month == now
        place = (columns.middle(month), axis + 15)
        colour = INK if told else SLATE
        drawn.append(Text(*place, month.short[0], style.letter, colour, 600 if told else 400, "middle"))
    return [*drawn, *_years(columns, begins, axis)]


def _years_begin(columns: Columns) -> list[Month]:
    """Every January but one that the chart itself begins with."""
    return [month for month in columns.months[1:] if month.number == 1]


def _lettered(columns: Columns, style: Style) -> Sequence[Month]:
    for every in (1, 3, 6):
        if columns.pitch * every >= style.letter - 0.5:
            return [month for month in columns.months if (month.number - 1) % every == 0]
    return []


def _years(columns: Columns, begins: Sequence[Month], axis: float) -> list[Mark]:
    ends = [*(columns.begin(month) for month in begins), columns.right]
    drawn: list[Mark] = []
    for n, (month, end) in enumerate(zip([columns.first, *begins], ends, strict=True)):
        x = columns.begin(month) + (5 if n else 2)
        if x + width(str(month.year), _YEAR, 600) + 2 <= end:
            drawn.append(Text(x, axis + 29, str(month.year), _YEAR, INK, 600))
    return drawn


def _words(scale: Scale, measure: Measure) -> list[str]:
    """The gridlines' values, lowest first, with a short unit at the top one."""
    words = [_figure(value) for value in scale.gridlines]
    if words and not _unit_alone(measure):
        words[-1] += measure.unit
    return words


def _unit_alone(measure: Measure) -> str:
    """The unit as a word by itself; '' where it is short enough to follow a figure."""
    unit = measure.unit.strip()
    return unit if len(unit) > 2 else ""


def _figure(value: float) -> str:
    return exact(value)


def _crisp(place: float) -> float:
    """The nearest half unit, which is a whole pixel in a PNG at twice the size."""
    return round(place * 2) / 2
