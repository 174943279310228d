"""Charts as plain values: points, lines, signals and verdict of a measure, of a team or of the collaborative."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from breakthrough.collaborative import Collaborative
from breakthrough.measures import signals
from breakthrough.measures.lines import Lines, cuts, lines
from breakthrough.measures.series import Series, of_all, of_teams
from breakthrough.measures.values import Chart, Point, Signal
from breakthrough.month import Month

Kind = Literal["run", "p_prime", "year_on_year"]
Goals = Mapping[tuple[str, str], float]

RULE_SET = "anhoej 1"  # name and version; the version changes when the same data could be judged otherwise


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


def pooled_chart(frame: pd.DataFrame, collaborative: Collaborative, measure: str) -> Chart:
    """The collaborative's chart: pooled rates, with p′ limits wherever the measure is a share that does not add up.

    Sums over teams vary by more than their size explains, which p′ limits allow for (Laney 2002). Raises KeyError for
    a measure that is not there.
    """
    what = collaborative.measures[measure]
    kind: Kind = "p_prime" if what.is_proportion and not what.cumulative else what.chart
    begins = cuts(collaborative, measure, None)
    return _drawn(of_all(frame, collaborative, measure), collaborative, measure, kind, begins, [what.goal])[0]


def _months(frame: pd.DataFrame) -> list[str]:
    return sorted(set(frame["month"]))


def _of_measure(
    rows: pd.DataFrame, months: Sequence[str], collaborative: Collaborative, measure: str, goals: Goals
) -> dict[tuple[str, str], Chart]:
    """The charts of one measure. Series with the same phases are worked out together."""
    what = collaborative.measures[measure]
    series = of_teams(rows, months, collaborative.calendar)
    alike: dict[tuple[Month, ...], list[int]] = {}
    for row, team in enumerate(series.teams):
        alike.setdefault(cuts(collaborative, measure, team), []).append(row)
    drawn: dict[tuple[str, str], Chart] = {}
    for begins, places in alike.items():
        some = series.only(places)
        wanted = [goals.get((str(team), measure), what.goal) for team in some.teams]
        for one in _drawn(some, collaborative, measure, what.chart, begins, wanted):
            drawn[str(one.team), measure] = one
    return {(str(team), measure): drawn[str(team), measure] for team in series.teams}


def _drawn(
    series: Series,
    collaborative: Collaborative,
    code: str,
    kind: Kind,
    begins: Sequence[Month],
    goals: Sequence[float | None],
) -> list[Chart]:
    measure = collaborative.measures[code]
    if kind == "year_on_year":
        return [_without_rules(series, collaborative, code, row, goals[row]) for row in range(len(series.teams))]
    phases = lines(series, measure, kind, begins)
    centre, lower, upper = (
        _joined([getattr(phase, name) for phase in phases]) for name in ("centre", "lower", "upper")
    )
    return [
        _chart(series, collaborative, code, kind, phases, row, (centre[row], lower[row], upper[row]), goals[row])
        for row in range(len(series.teams))
    ]


@dataclass(frozen=True, slots=True)
class _Judged:
    """One phase of one series: its runs, what they signal, and the words for the line they were judged against."""

    runs: tuple[signals.Stretch, ...]
    signals: tuple[Signal, ...]
    line: str


def _judge(series: Series, collaborative: Collaborative, code: str, kind: Kind, phase: Lines, row: int) -> _Judged:
    measure, start = collaborative.measures[code], collaborative.calendar.start
    runs, words = signals.stretches(phase.sides[row]), _words(kind, phase, row)
    return _Judged(runs, signals.found(runs, phase.beyond[row], series.months, measure, words, start), words)


def _chart(
    series: Series,
    collaborative: Collaborative,
    code: str,
    kind: Kind,
    phases: Sequence[Lines],
    row: int,
    drawn: tuple[Sequence[float | None], ...],
    goal: float | None,
) -> Chart:
    measure, months = collaborative.measures[code], series.months
    judged = [_judge(series, collaborative, code, kind, phase, row) for phase in phases]
    newest, spread = judged[-1], float(phases[-1].sigma_z[row])
    useful = np.flatnonzero(series.useful[row])
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
        run=signals.current(newest.runs, months, measure),
        verdict=signals.verdict(newest.signals, newest.runs, months, months[useful[-1]] if len(useful) else None),
        goal=goal,
        goal_by=measure.goal_by if goal is not None else None,
        rule_set=RULE_SET,
        sigma_z=spread if kind == "p_prime" and np.isfinite(spread) else None,
    )


def _without_rules(series: Series, collaborative: Collaborative, code: str, row: int, goal: float | None) -> Chart:
    """A cumulative measure: its points depend on one another, so no line and no rule fits them."""
    points = _points(series, row)
    nothing = (None,) * len(points)
    return Chart(
        measure=code,
        team=series.teams[row],
        kind="year_on_year",
        points=points,
        centre=nothing,
        lower=nothing,
        upper=nothing,
        line="",
        frozen=False,
        n_useful=int(series.useful[row].sum()),
        signals=(),
        run=None,
        verdict="no_rule",
        goal=goal,
        goal_by=collaborative.measures[code].goal_by if goal is not None else None,
        rule_set=RULE_SET,
    )


def _empty(collaborative: Collaborative, team: str, code: str, goal: float | None) -> Chart:
    measure = collaborative.measures[code]
    wanted = measure.goal if goal is None else goal
    return Chart(
        measure=code,
        team=team,
        kind=measure.chart,
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
        goal_by=measure.goal_by if wanted is not None else None,
        rule_set=RULE_SET,
    )


def _points(series: Series, row: int) -> tuple[Point, ...]:
    figures = zip(
        series.months,
        series.state[row].tolist(),
        _optional(series.value[row]),
        _optional(series.numerator[row]),
        _optional(series.denominator[row]),
        series.kinds,
        strict=True,
    )
    return tuple(Point(*figure) for figure in figures)


def _optional(figures: NDArray[np.float64]) -> list[float | None]:
    return [None if figure != figure else figure for figure in figures.tolist()]  # noqa: PLR0124  NaN differs from itself


def _joined(phases: Sequence[NDArray[np.float64]]) -> list[list[float | None]]:
    """One line a series from its phases, which do not overlap."""
    joined = phases[0]
    for phase in phases[1:]:
        joined = np.where(np.isnan(phase), joined, phase)
    return [_optional(row) for row in joined]


def _words(kind: Kind, phase: Lines, row: int) -> str:
    figure = "average" if kind == "p_prime" else "median"
    if phase.since is not None:
        return f"{figure} since {phase.since.label}"
    return f"baseline {figure}" if phase.frozen[row] else f"{figure} of all months"
