"""Pictures in words, for readers who hear them or have images off: the finding, with the numbers it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from breakthrough.collaborative import Measure
from breakthrough.language import capital, inside, message, say, score, worded
from breakthrough.measures import saying
from breakthrough.measures.values import Chart, Point
from breakthrough.month import Month
from breakthrough.reporting import figures
from breakthrough.reporting.clean import line
from breakthrough.reporting.sentences import cycles as tests
from breakthrough.reporting.sentences import goals, lines, states, verdicts
from breakthrough.teams.values import Pdsa

_KINDS = {
    "run": message("Run chart of {measure}"),
    "i": message("Control chart (i) of {measure}"),
    "i_prime": message("Control chart (i′) of {measure}"),
    "xmr": message("XmR chart of {measure}"),
    "p": message("Control chart (p) of {measure}"),
    "p_prime": message("Control chart (p′) of {measure}"),
    "u": message("Control chart (u) of {measure}"),
    "u_prime": message("Control chart (u′) of {measure}"),
    "c": message("Control chart (c) of {measure}"),
    "g": message("Control chart (g) of {measure}"),
    "t": message("Chart of days between events (t) of {measure}"),
    "xbar": message("Control chart of averages (x̄) of {measure}"),
    "year_on_year": message("Year-on-year line of {measure}"),
}


def chart(chart: Chart, measure: Measure, heading: str) -> str:
    """`Run chart of absence rate. March 6.8%, 27,563 of 404,666. Baseline median 7.4%. …`."""
    told = [say(_KINDS[chart.kind], measure=inside(measure.name)), heading, _latest(chart, measure)]
    if lines.centre(chart) is not None:
        height = figures.value(measure, lines.centre(chart))
        told.append(say("{line} {height}", line=capital(saying.line(chart.line)), height=height))
    told.append(capital(goals.wanted(chart, measure)))
    return " ".join(f"{part}." for part in told if part)


def row(chart: Chart, measure: Measure, team: str, scores: Sequence[tuple[Month, float | None]]) -> str:
    """`Hartlepool: 6.8% in March, 3 below; coach's rating 2.0 in October, 3.0 in March.`."""
    latest = chart.latest
    value = (
        say("{value} in {month}", value=figures.value(measure, latest.value), month=latest.month.word)
        if latest
        else say("no figure")
    )
    rated = [(month, one) for month, one in scores if one is not None]
    steps = [
        say("{value} in {month}", value=score(one), month=month.word)
        for month, one in dict([*rated[:1], *rated[-1:]]).items()
    ]
    places = {"team": line(team, 60), "value": value, "verdict": verdicts.word(chart, measure)}
    if steps:
        return say("{team}: {value}, {verdict}; coach’s rating {steps}.", steps=", ".join(steps), **places)
    return say("{team}: {value}, {verdict}; no rating.", **places)


def ramp(cycles: Sequence[Pdsa], title: str, measures: Mapping[str, Measure]) -> str:
    """`PDSA ramp: cause sheet. Cycle 1: predicted 83, got 67, then adapt. …`."""
    told = [say("Cycle {cycle}: {story}.", cycle=one.cycle, story=tests.story(one, measures)) for one in cycles]
    return " ".join([say("PDSA ramp: {title}.", title=line(title, 80)), *told])


def distribution(levels: Mapping[float, int], month: Month) -> str:
    """`Teams at each coach's rating in March: three teams at 3.5, two teams at 3.0.`."""
    held = [
        worded("{n} team at {rating}", "{n} teams at {rating}", count, rating=score(level))
        for level, count in sorted(levels.items(), reverse=True)
    ]
    if not held:
        return say("Teams at each coach’s rating in {month}: none rated.", month=month.word)
    return say("Teams at each coach’s rating in {month}: {teams}.", month=month.word, teams=", ".join(held))


def _latest(chart: Chart, measure: Measure) -> str:
    point = chart.latest
    if point is None:
        return say("no figure yet")
    newest, counts = chart.points[-1], counted(measure, point)
    told = [say("{month} {value}", month=point.month.word, value=figures.value(measure, point.value)), counts]
    if newest.month != point.month:
        told.append(states.clause(newest.month.word, newest.state))
    return ", ".join(one for one in told if one)


def counted(measure: Measure, point: Point) -> str:
    """`27,563 of 404,666`; '' where the figure is not of cases, such as a difference between groups."""
    if not measure.of_cases or point.numerator is None or point.denominator is None:
        return ""
    return figures.of(point.numerator, point.denominator)
