"""Charts as plain values: points, lines, signals and verdict of a measure, of a team or of the collaborative."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from breakthrough import english, spc
from breakthrough.collaborative import Collaborative, Measure
from breakthrough.measures import choice, patterns, signals
from breakthrough.measures.lines import Lines, cuts, lines
from breakthrough.measures.series import Series, of_all, of_teams
from breakthrough.measures.values import Chart, ChartKind, Direction, Each, Occurrence, Point, Pooled, Signal
from breakthrough.month import Month

Goals = Mapping[tuple[str, str], float]


def rule_set(collaborative: Collaborative) -> str:
    """Name and version of the rules in use; the version changes when the same data could be judged otherwise."""
    rules = spc.RULE_SETS[collaborative.rules]
    return f"{rules.name} {rules.version}"


def chart(
    frame: pd.DataFrame, collaborative: Collaborative, team: str, measure: str, *, goal: float | None = None
) -> Chart:
    """The chart of one measure of one team over the months of the results frame; no points if the team is not there.

    `goal` is the team's own, in place of the collaborative's. Raises KeyError for a measure that is not there.
    """
    rows = frame[(frame["team"] == team) & (frame["measure"] == measure)]
    goals = {} if goal is None else {(team, measure): goal}
    drawn = _of_measure(rows, _months(frame), collaborative, measure, goals)
    return drawn[team, measure] if drawn else _empty(collaborative, team, measure, goal)


def charts(
    frame: pd.DataFrame, collaborative: Collaborative, *, goals: Goals | None = None
) -> dict[tuple[str, str], Chart]:
    """Every team's chart of every measure, by (team, measure): the same values as `chart`, worked out together."""
    drawn: dict[tuple[str, str], Chart] = {}
    months = _months(frame)
    for measure, rows in frame.groupby("measure", sort=False):
        drawn |= _of_measure(rows, months, collaborative, str(measure), goals or {})
    return drawn


def pooled_chart(
    frame: pd.DataFrame, collaborative: Collaborative, measure: str, *, line: Sequence[Pooled] | None = None
) -> Chart:
    """The collaborative's chart: pooled rates, with p′ limits for shares of cases and u′ limits for rates.

    Sums over teams vary by more than their size explains, which these limits allow for (Laney 2002). What does not add
    up over teams is charted as the median of teams, and the sum of counts, which hangs on how many teams have sent
    theirs, without limits. `line` in place of
    `pooled(frame, …)`, where some of it is withheld from the reader: a month that is withheld is a gap, and lines and
    limits are those of the other months. Raises KeyError for a measure that is not there.
    """
    what = collaborative.measures[measure]
    kind = choice.pooled(what, collaborative.rules)
    begins = cuts(collaborative, measure, None)
    return _drawn(of_all(frame, collaborative, measure, line), collaborative, measure, kind, begins, [None])[0]


def _months(frame: pd.DataFrame) -> list[str]:
    return sorted(frame["month"].unique())


def _of_measure(
    rows: pd.DataFrame, months: Sequence[str], collaborative: Collaborative, measure: str, goals: Goals
) -> dict[tuple[str, str], Chart]:
    """The charts of one measure. Series with the same phases are worked out together."""
    what = collaborative.measures[measure]
    series = of_teams(rows, [name for name in months if what.reports(Month(name))], collaborative.calendar)
    alike: dict[tuple[Month, ...], list[int]] = {}
    for row, team in enumerate(series.teams):
        alike.setdefault(cuts(collaborative, measure, team), []).append(row)
    drawn: dict[tuple[str, str], Chart] = {}
    for begins, places in alike.items():
        some = series.only(places)
        wanted = [goals.get((str(team), measure)) for team in some.teams]
        for one in _drawn(some, collaborative, measure, choice.of_team(what, collaborative.rules), begins, wanted):
            drawn[str(one.team), measure] = one
    return {(str(team), measure): drawn[str(team), measure] for team in series.teams}


def _drawn(
    series: Series,
    collaborative: Collaborative,
    code: str,
    kind: ChartKind,
    begins: Sequence[Month],
    goals: Sequence[float | None],
) -> list[Chart]:
    measure = collaborative.measures[code]
    if kind == "year_on_year":
        return [_without_rules(series, collaborative, code, kind, row, goals[row]) for row in range(len(series.teams))]
    if kind == "t":
        return [_of_events(series, collaborative, code, row, begins, goals[row]) for row in range(len(series.teams))]
    phases = lines(series, measure, kind, begins)
    centre, lower, upper = (
        _joined([getattr(phase, name) for phase in phases]) for name in ("centre", "lower", "upper")
    )
    return [
        _chart(series, collaborative, code, kind, phases, row, (centre[row], lower[row], upper[row]), goals[row])
        for row in range(len(series.teams))
    ]


def _of_events(
    series: Series, collaborative: Collaborative, code: str, row: int, begins: Sequence[Month], goal: float | None
) -> Chart:
    """A t chart: lines and signals are those of the events, while a point is a month's median.

    The lines are level within a phase, so that a month has the height that its events are judged against.
    """
    events = series.by_event(row)
    if not events.months:
        return _without_rules(series, collaborative, code, "t", row, goal)
    phases = lines(events, collaborative.measures[code], "t", begins)
    found = _chart(events, collaborative, code, "t", phases, 0, ((), (), ()), goal)
    starts = [None, *(phase.since for phase in phases[1:])]

    def by_month(name: str) -> tuple[float | None, ...]:
        heights = [_optional(getattr(phase, name)[0]) for phase in phases]
        levels = [next((height for height in one if height is not None), None) for one in heights]
        return tuple(
            None if kind == "history" and bool(phases[at].frozen[0]) else levels[at]
            for month, kind in zip(series.months, series.kinds, strict=True)
            for at in [sum(start is not None and month >= start for start in starts)]
        )

    return replace(
        found,
        points=_points(series, row),
        centre=by_month("centre"),
        lower=by_month("lower"),
        upper=by_month("upper"),
        signals=tuple(replace(one, months=tuple(dict.fromkeys(one.months))) for one in found.signals),
        goals=_goals(collaborative.measures[code], series.months, goal),
        events=_marked(events, collaborative, code, phases, series.events(row)),
    )


def _marked(
    of: Series, collaborative: Collaborative, code: str, phases: Sequence[Lines], events: Sequence[Occurrence]
) -> tuple[Occurrence, ...]:
    """The events with the signals that each is part of: shifts, and above these what lies beyond a limit."""
    directions: dict[int, Direction] = {}
    for phase in phases:
        judged = _judge(of, collaborative, code, "t", phase, 0)
        for one in sorted(judged.signals, key=lambda signal: signal.rule == "limits"):
            places = (
                [place for place in np.flatnonzero(phase.beyond[0]) if of.months[place] == one.since]
                if one.rule == "limits"
                else [
                    place for _, run in judged.runs if tuple(of.months[at] for at in run) == one.months for place in run
                ]
            )
            directions |= {int(place): one.direction for place in places if one.rule in {"limits", "shift"}}
    return tuple(replace(one, direction=directions.get(place)) for place, one in enumerate(events))


@dataclass(frozen=True, slots=True)
class _Judged:
    """One phase of one series: its runs, what they signal, and the words for the line they were judged against."""

    runs: tuple[signals.Stretch, ...]
    signals: tuple[Signal, ...]
    line: str


def _judge(series: Series, collaborative: Collaborative, code: str, kind: ChartKind, phase: Lines, row: int) -> _Judged:
    measure, start, rules = collaborative.measures[code], collaborative.calendar.start, collaborative.rules
    sides, words = phase.sides[row], _words(kind, choice.each(measure, kind), phase, row)
    runs, others = signals.stretches(sides), list[patterns.Pattern]()
    if rules != "anhoej":
        values = np.where(phase.tested[row], series.value[row], np.nan)
    if rules == "ihi":
        others = patterns.of_ihi(values, sides, len(runs))
    if rules == "nhs":
        there = np.array([collaborative.calendar.in_session(month) for month in series.months], dtype=np.bool_)
        runs = signals.stretches(sides, there & (sides == 0))
        others = patterns.of_nhs(values, sides, phase.near[row], there)
    found = signals.found(runs, phase.beyond[row], series.months, measure, words, start, rules, others)
    return _Judged(runs, found, words)


def _chart(
    series: Series,
    collaborative: Collaborative,
    code: str,
    kind: ChartKind,
    phases: Sequence[Lines],
    row: int,
    drawn: tuple[Sequence[float | None], ...],
    goal: float | None,
) -> Chart:
    measure, months = collaborative.measures[code], series.months
    judged = [_judge(series, collaborative, code, kind, phase, row) for phase in phases]
    newest, spread = judged[-1], float(phases[-1].sigma_z[row])
    useful = np.flatnonzero(series.useful[row])
    wanted, by = _goal(measure, months, goal)
    return Chart(
        measure=code,
        team=series.teams[row],
        kind=kind,
        points=_points(series, row),
        centre=tuple(drawn[0]),
        lower=tuple(drawn[1]),
        upper=tuple(drawn[2]),
        line=newest.line,
        frozen=bool(phases[-1].frozen[row]),
        n_useful=sum(len(places) for _, places in newest.runs),
        signals=tuple(signal for phase in judged for signal in phase.signals),
        run=signals.current(newest.runs, months, measure, collaborative.rules),
        verdict=signals.verdict(
            newest.signals, newest.runs, months, months[useful[-1]] if len(useful) else None, collaborative.rules
        ),
        goal=wanted,
        goal_by=by,
        rule_set=rule_set(collaborative),
        sigma_z=spread if kind in {"p_prime", "u_prime"} and np.isfinite(spread) else None,
        each=choice.each(measure, kind),
        every=measure.every,
        goals=_goals(measure, months, goal),
        versions=tuple(one.from_ for one in measure.versions),
    )


def _without_rules(
    series: Series, collaborative: Collaborative, code: str, kind: ChartKind, row: int, goal: float | None
) -> Chart:
    """A cumulative measure: its points depend on one another, so no line and no rule fits them. Or nothing to judge."""
    measure = collaborative.measures[code]
    bare = _bare(collaborative, series.teams[row], code, kind, goal, series.months)
    points = _points(series, row)
    nothing = (None,) * len(points)
    return replace(
        bare,
        points=points,
        centre=nothing,
        lower=nothing,
        upper=nothing,
        n_useful=int(series.useful[row].sum()),
        goals=_goals(measure, series.months, goal),
    )


def _empty(collaborative: Collaborative, team: str, code: str, goal: float | None) -> Chart:
    kind = choice.of_team(collaborative.measures[code], collaborative.rules)
    return _bare(collaborative, team, code, kind, goal, ())


def _bare(
    collaborative: Collaborative,
    team: str | None,
    code: str,
    kind: ChartKind,
    goal: float | None,
    months: Sequence[Month],
) -> Chart:
    measure = collaborative.measures[code]
    wanted, by = _goal(measure, months, goal)
    return Chart(
        measure=code,
        team=team,
        kind=kind,
        points=(),
        centre=(),
        lower=(),
        upper=(),
        line="",
        frozen=False,
        n_useful=0,
        signals=(),
        run=None,
        verdict="no_rule" if measure.cumulative else "few",
        goal=wanted,
        goal_by=by,
        rule_set=rule_set(collaborative),
        each=choice.each(measure, kind),
        every=measure.every,
        versions=tuple(one.from_ for one in measure.versions),
    )


def _goal(measure: Measure, months: Sequence[Month], own: float | None) -> tuple[float | None, Month | None]:
    """The goal in force in the last of those months, and by when it should be reached; the team's own, where it has."""
    wanted, by = measure.goal_at(months[-1]) if months else (measure.goal, measure.goal_by)
    return (wanted, by) if own is None else (own, by)


def _goals(measure: Measure, months: Sequence[Month], own: float | None) -> tuple[float | None, ...]:
    if own is not None or not measure.goals:
        return ()
    return tuple(measure.goal_at(month)[0] for month in months)


def _points(series: Series, row: int) -> tuple[Point, ...]:
    return tuple(
        map(
            Point,
            series.months,
            series.state[row].tolist(),
            _optional(series.value[row]),
            _optional(series.numerator[row]),
            _optional(series.denominator[row]),
            series.kinds,
        )
    )


def _optional(figures: NDArray[np.float64]) -> list[float | None]:
    return [None if figure != figure else figure for figure in figures.tolist()]  # noqa: PLR0124  NaN differs from itself


def _joined(phases: Sequence[NDArray[np.float64]]) -> list[list[float | None]]:
    """One line a series from its phases, which do not overlap."""
    joined = phases[0]
    for phase in phases[1:]:
        joined = np.where(np.isnan(phase), joined, phase)
    return [_optional(row) for row in joined]


def _words(kind: ChartKind, each: Each, phase: Lines, row: int) -> str:
    """A line as tables name it, in English; reports say it by `saying.line`."""
    figure = "median" if kind in {"run", "g"} else "average"
    if phase.since is not None:
        return f"{figure} since {english.month(phase.since.first)}"
    return f"baseline {figure}" if phase.frozen[row] else f"{figure} of all {each}s"
