"""Teams side by side over one period: a funnel, in which a team is judged by limits as wide as it is small."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from breakthrough import spc
from breakthrough.collaborative import Collaborative, Measure
from breakthrough.measures.pooled import pooled
from breakthrough.measures.values import Direction
from breakthrough.month import Month

MONTHS = 3  # months in session that a funnel is of; long enough for small teams, short enough to be about now
_BEYOND, _STEPS = 1.06, 48  # how far the lines go beyond the largest team, and of how many pieces they are
_FAR_OUT = 1.6448536269514722  # normal quantile of 0.95

Outside = Literal["above", "below", ""]


@dataclass(frozen=True, slots=True)
class FunnelPoint:
    """One team. `outside` compares with the limits that hold 99.8 % of teams, `far` with those that hold 95 %."""

    team: str
    numerator: float
    denominator: float
    value: float
    lower: float
    upper: float
    near_lower: float
    near_upper: float
    outside: Outside
    far: Outside
    direction: Direction  # whether the side it lies on outside of 99.8 % is the good one; unclear where it lies inside


@dataclass(frozen=True, slots=True)
class FunnelLimits:
    """The limits of a team of that denominator, whether or not there is one: what the funnel's lines go through."""

    denominator: float
    lower: float  # 99.8 %
    upper: float
    near_lower: float  # 95 %
    near_upper: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """The teams that have a figure, in the frame's order, and those that have none.

    `centre` is the pooled rate of the period. `overdispersed` tells that teams lie further apart than chance alone
    would set them, by what they are or whom they serve; the limits then allow for that. `few`: fewer than ten teams,
    of which that cannot be told. `phi` is about 1 where chance alone sets teams apart. `provisional`: a month of the
    period is. `version` is that of the rules for the limits. `curve` has them from small denominators, where they are
    widest, to beyond the largest team's.
    """

    measure: str
    months: tuple[Month, ...]
    points: tuple[FunnelPoint, ...]
    without: tuple[str, ...]
    centre: float | None
    limits: Literal["exact", "overdispersed"]
    overdispersed: bool
    few: bool
    phi: float | None
    provisional: bool
    version: str
    curve: tuple[FunnelLimits, ...] = ()

    @property
    def outside(self) -> tuple[FunnelPoint, ...]:
        """The teams beyond the limits that hold 99.8 % of teams like the others."""
        return tuple(point for point in self.points if point.outside)


def funnel(
    frame: pd.DataFrame, collaborative: Collaborative, measure: str, *, months: Sequence[Month] | None = None
) -> Funnel:
    """The funnel of a measure over those months, else over `period`; a team's counts of reported months are summed.

    Limits are exact (binomial of shares, Poisson of other rates), and those that allow for over-dispersion where the
    spread of ten teams or more is larger than chance makes in one of twenty collaboratives (N phi beyond the 95 %
    quantile of chi² with N - 1 degrees of freedom; Spiegelhalter 2005, Quality and Safety in Health Care 14:347-351).
    Raises ValueError for a measure that is not of cases or events over cases or exposure, such as the difference of two
    groups; KeyError for one that the collaborative does not have.
    """
    what = collaborative.measures[measure]
    if not what.of_cases:
        raise ValueError(f"'{measure}' is no share or rate of cases, so that there is no denominator for a funnel.")
    over = tuple(months) if months is not None else period(frame, collaborative, measure)
    teams, sums = _sums(frame, measure, over)
    n, d = sums
    there = d > 0
    make = spc.funnel_p if what.is_proportion else spc.funnel_u
    made = make(n[there], d[there], multiply=what.multiply)
    spread = _overdispersed(made)
    if spread:
        made = make(n[there], d[there], limits="overdispersed", multiply=what.multiply)
    return Funnel(
        measure=measure,
        months=over,
        points=_points([team for team, has in zip(teams, there, strict=True) if has], n[there], made, what),
        without=tuple(team for team, has in zip(teams, there, strict=True) if not has),
        centre=float(made.centre[0]) if there.any() else None,
        limits="overdispersed" if spread else "exact",
        overdispersed=spread,
        few=bool(made.few),
        phi=float(made.phi) if there.any() else None,
        provisional=any(one.provisional for one in pooled(frame, collaborative, measure) if one.month in over),
        version=f"{made.rule_set} {made.rule_version}",
        curve=_curve(made) if there.any() else (),
    )


def period(frame: pd.DataFrame, collaborative: Collaborative, measure: str) -> tuple[Month, ...]:
    """The last three months in session of the frame; where a figure is of more than a month, one month alone.

    A cumulative measure has the year so far in it, a quarterly one the quarter. That month is the newest which is not
    provisional, else the newest of which any team has a figure: teams can be compared over the same time only.
    """
    what = collaborative.measures[measure]
    line = [one for one in pooled(frame, collaborative, measure) if collaborative.calendar.in_session(one.month)]
    line = [one for one in line if what.in_use(one.month)]
    if not what.cumulative and all(what.reports(one.month) for one in line):
        return tuple(one.month for one in line[-MONTHS:])
    there = [one for one in line if one.pooled is not None]
    newest = [one for one in there if not one.provisional] or there
    return (newest[-1].month,) if newest else ()


def _sums(
    frame: pd.DataFrame, measure: str, months: Sequence[Month]
) -> tuple[list[str], tuple[spc.FloatArray, spc.FloatArray]]:
    """The teams of the frame, and their numerators and denominators over those months; 0 where nothing was reported."""
    teams = [str(team) for team in frame["team"].unique()]
    names = {month.name for month in months}
    rows = frame[(frame["measure"] == measure) & (frame["state"] == "reported") & frame["month"].isin(names)]
    place = pd.Index(teams).get_indexer(pd.Index(rows["team"]))
    n, d = (
        np.bincount(place, weights=rows[name].to_numpy(dtype=np.float64), minlength=len(teams)).astype(np.float64)
        for name in ("numerator", "denominator")
    )
    return teams, (n, d)


def _overdispersed(made: spc.Funnel) -> bool:
    many = int(made.teams)
    return not bool(made.few) and many * float(made.phi) > _chi_squared(many - 1)


def _chi_squared(freedom: int) -> float:
    """The 95 % quantile. Wilson & Hilferty 1931, PNAS 17:684-688: within 0.1 % from nine degrees of freedom on."""
    part = 2 / (9 * freedom)
    return freedom * (1 - part + _FAR_OUT * math.sqrt(part)) ** 3


def _curve(made: spc.Funnel) -> tuple[FunnelLimits, ...]:
    """The limits at sizes that lie closer together where they are small, as that is where the lines bend."""
    largest = float(made.denominator.max()) * _BEYOND
    sizes = np.unique(np.ceil(largest * np.linspace(0, 1, _STEPS + 1)[1:] ** 2))
    limits = made.curve(sizes)
    drawn = (sizes, limits.lower, limits.upper, limits.near_lower, limits.near_upper)
    return tuple(FunnelLimits(*row) for row in zip(*(line.tolist() for line in drawn), strict=True))


def _points(
    teams: Sequence[str], numerator: spc.FloatArray, made: spc.Funnel, measure: Measure
) -> tuple[FunnelPoint, ...]:
    sides: dict[int, Outside] = {1: "above", -1: "below", 0: ""}
    beyond, near = made.beyond.tolist(), made.near.tolist()
    return tuple(
        FunnelPoint(
            team=team,
            numerator=float(numerator[at]),
            denominator=float(made.denominator[at]),
            value=float(made.value[at]),
            lower=float(made.lower[at]),
            upper=float(made.upper[at]),
            near_lower=float(made.near_lower[at]),
            near_upper=float(made.near_upper[at]),
            outside=sides[beyond[at]],
            far=sides[near[at]],
            direction=_direction(measure, beyond[at]),
        )
        for at, team in enumerate(teams)
    )


def _direction(measure: Measure, side: int) -> Direction:
    """Good or bad is said of a place as of a signal: improving for the good side."""
    if measure.direction == "neither" or side == 0:
        return "unclear"
    return "improving" if (side > 0) == (measure.direction == "higher") else "worsening"
