"""Pictures in words, for readers who hear them or have images off: the finding, with the numbers it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from breakthrough.collaborative import Measure
from breakthrough.measures.values import Chart, Point
from breakthrough.month import Month
from breakthrough.reporting import figures
from breakthrough.reporting.clean import line
from breakthrough.reporting.sentences import cycles as tests
from breakthrough.reporting.sentences import goals, lines, ratings, states, verdicts
from breakthrough.reporting.sentences.words import capital, plural
from breakthrough.teams.values import Pdsa

_KINDS = {
    "run": "Run chart",
    "i": "Control chart (i)",
    "i_prime": "Control chart (i′)",
    "xmr": "XmR chart",
    "p": "Control chart (p)",
    "p_prime": "Control chart (p′)",
    "u": "Control chart (u)",
    "u_prime": "Control chart (u′)",
    "c": "Control chart (c)",
    "g": "Control chart (g)",
    "t": "Chart of days between events (t)",
    "xbar": "Control chart of averages (x̄)",
    "year_on_year": "Year-on-year line",
}


def chart(chart: Chart, measure: Measure, heading: str) -> str:
    """`Run chart of absence rate. March 6.8%, 27,563 of 404,666. Baseline median 7.4%. …`."""
    told = [f"{_KINDS[chart.kind]} of {measure.name.lower()}", heading, _latest(chart, measure)]
    if lines.centre(chart) is not None:
        told.append(f"{capital(chart.line)} {figures.value(measure, lines.centre(chart))}")
    told.append(capital(goals.wanted(chart, measure)))
    return " ".join(f"{part}." for part in told if part)


def row(chart: Chart, measure: Measure, team: str, scores: Sequence[tuple[Month, float | None]]) -> str:
    """`Hartlepool: 6.8% in March, 3 below; coach's rating 2.0 in October, 3.0 in March.`."""
    latest = chart.latest
    value = f"{figures.value(measure, latest.value)} in {latest.month.word}" if latest else "no figure"
    rated = [(month, score) for month, score in scores if score is not None]
    steps = [f"{ratings.score(score)} in {month.word}" for month, score in dict([*rated[:1], *rated[-1:]]).items()]
    rating = f"; coach’s rating {', '.join(steps)}" if steps else "; no rating"
    return f"{line(team, 60)}: {value}, {verdicts.word(chart, measure)}{rating}."


def ramp(cycles: Sequence[Pdsa], title: str, measures: Mapping[str, Measure]) -> str:
    """`PDSA ramp: cause sheet. Cycle 1: predicted 83, got 67, then adapt. …`."""
    told = [f"Cycle {cycle.cycle}: {tests.story(cycle, measures)}" for cycle in cycles]
    return f"PDSA ramp: {line(title, 80)}. {'. '.join(told)}."


def distribution(levels: Mapping[float, int], month: Month) -> str:
    """`Teams at each coach's rating in March: three teams at 3.5, two teams at 3.0.`."""
    held = [
        f"{plural(count, 'team')} at {ratings.score(level)}" for level, count in sorted(levels.items(), reverse=True)
    ]
    return f"Teams at each coach’s rating in {month.word}: {', '.join(held) or 'none rated'}."


def _latest(chart: Chart, measure: Measure) -> str:
    point = chart.latest
    if point is None:
        return "no figure yet"
    newest = chart.points[-1]
    stale = "" if newest.month == point.month else f", {newest.month.word} {states.clause(newest.state)}"
    return f"{point.month.word} {figures.value(measure, point.value)}{counted(measure, point)}{stale}"


def counted(measure: Measure, point: Point) -> str:
    """`, 27,563 of 404,666`; '' where the figure is not of cases, such as a difference between groups."""
    if not measure.of_cases or point.numerator is None or point.denominator is None:
        return ""
    return f", {figures.of(point.numerator, point.denominator)}"
