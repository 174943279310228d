"""Signals of the rule sets `ihi` and `nhs` that `anhoej` does not have: trends, two of three, the number of runs."""

from __future__ import annotations

from breakthrough.collaborative import Measure
from breakthrough.measures.values import Chart, Direction, Signal
from breakthrough.reporting import figures
from breakthrough.reporting.sentences import lines
from breakthrough.reporting.sentences.words import capital, plural, series, span

A_SIGNAL: dict[Direction, str] = {
    "improving": "an improving signal",
    "worsening": "a worsening signal",
    "unclear": "an unusual pattern",
}


def trend(chart: Chart, measure: Measure, signal: Signal) -> tuple[str, str]:
    """`Five months in a row rising: a worsening signal`, from which value to which, and what would end it."""
    now, way = chart.points[-1].month, lines.way(chart, signal.months)
    values = {point.month: point.value for point in chart.points}
    first, last = (figures.value(measure, values.get(month)) for month in (signal.months[0], signal.months[-1]))
    heading = f"{capital(plural(signal.count, chart.each))} in a row {way}: {A_SIGNAL[signal.direction]}"
    each = f"each {chart.each} {_than(way)} the one before"
    return heading, (
        f"From {span(signal.months, now)} the figure went from {first} to {last}, {each}; the "
        f"rules in use take {figures.spelled(signal.needed)} in a row for a signal. Something changed; the "
        f"chart cannot say what. {_end(chart, way)}"
    )


def two_of_three(chart: Chart, measure: Measure, signal: Signal, whose: str) -> tuple[str, str]:
    """`January and March lie close to the upper limit: a worsening signal`, and what close means."""
    now, where = chart.points[-1].month, lines.side(chart, signal.months)
    limit = "upper" if where == "above" else "lower"
    heading = f"{capital(series(signal.months, now))} lie close to the {limit} limit: {A_SIGNAL[signal.direction]}"
    return heading, (
        f"Of three {chart.each}s running, all {where} {lines.with_height(chart, measure, whose)}, two lie more than "
        f"two sigma away from it; the limit is at three. That is rare by chance alone. The chart cannot say why."
    )


def runs(chart: Chart, measure: Measure, signal: Signal, whose: str) -> tuple[str, str]:
    """`The months make only two runs about your baseline median: an unusual pattern`, and what chance makes."""
    few = signal.rule == "few_runs"
    heading = (
        f"The {chart.each}s make {'only ' if few else ''}{plural(signal.count, 'run')} about "
        f"{lines.name(chart, whose)}: {A_SIGNAL[signal.direction]}"
    )
    why = (
        f"{capital(chart.each)}s keep to one side for long stretches."
        if few
        else f"{capital(chart.each)}s jump from side to side, as where two kinds of {chart.each}s take turns."
    )
    counted = f"{capital(plural(chart.n_useful, chart.each))} were counted against"
    chance = f"{figures.spelled(signal.needed)} or {'more' if few else 'fewer'}"
    return heading, (
        f"{counted} {lines.with_height(chart, measure, whose)}; a run is the {chart.each}s between two "
        f"crossings of it. By chance alone they make {chance}. {why} The rules do "
        "not say what that means."
    )


def short(chart: Chart, signal: Signal) -> str:
    """Two or three words for a cell: `5 rising`, `near upper limit`, `few runs`."""
    if signal.rule == "trend":
        return f"{signal.count} {lines.way(chart, signal.months)}"
    if signal.rule == "two_of_three":
        return f"near {'upper' if lines.side(chart, signal.months) == 'above' else 'lower'} limit"
    return "few runs" if signal.rule == "few_runs" else "many runs"


def _than(way: str) -> str:
    return "higher than" if way == "rising" else "lower than"


def _end(chart: Chart, way: str) -> str:
    article, against = "An" if chart.each == "event" else "A", "lower" if way == "rising" else "higher"
    return f"{article} {chart.each} {against} than the one before would end the signal."
