"""The lines that points are judged against: frozen from the baseline, or of all months, and anew in each phase."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from breakthrough import spc
from breakthrough.collaborative import Collaborative, Measure
from breakthrough.measures.series import Series
from breakthrough.measures.values import ChartKind
from breakthrough.month import Month
from breakthrough.spc.limits import outside
from breakthrough.spc.series import side

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FEWEST_BASELINE = 3  # months with a value, below which no line is claimed for the baseline


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines of one phase of many series: arrays of series × all months, NaN (or 0, or False) outside the phase."""

    since: Month | None  # when the phase was accepted to begin; None for the first
    centre: Floats
    lower: Floats
    upper: Floats
    sides: NDArray[np.int64]  # of useful, tested points: +1 above the centre, -1 below, 0 on it, missing or not tested
    beyond: NDArray[np.int64]  # the same against the limits
    near: NDArray[np.int64]  # the same against the lines at 2 sigma; 0 beyond the limits
    tested: Flags  # where a point is judged at all
    frozen: Flags  # by series: the line comes from the baseline alone
    sigma_z: Floats  # by series; NaN without limits


def cuts(collaborative: Collaborative, measure: str, team: str | None) -> tuple[Month, ...]:
    """The months at which accepted phases of that team's chart begin, in order; team None is the collaborative's.

    A new version of the definition begins one, too: what is measured otherwise has no line in common with before.
    """
    phases = [p.from_ for p in collaborative.phases if p.measure == measure and p.team in {None, team}]
    return tuple(sorted({*phases, *(version.from_ for version in collaborative.measures[measure].versions)}))


def lines(series: Series, measure: Measure, kind: ChartKind, begins: Sequence[Month]) -> list[Lines]:
    """The lines of each phase in order, at least one. `kind` is a chart's; `begins`: later phases' months."""
    months = series.months
    begins = [begin for begin in begins if months and months[0] < begin <= months[-1]]
    starts: list[Month | None] = [None, *begins]
    ends = [*begins, None]
    return [
        _phase(series, measure, kind, start, _within(months, start, end))
        for start, end in zip(starts, ends, strict=True)
    ]


def _within(months: Sequence[Month], start: Month | None, end: Month | None) -> Flags:
    return np.array([(start is None or m >= start) and (end is None or m < end) for m in months], dtype=np.bool_)


def _phase(series: Series, measure: Measure, kind: ChartKind, since: Month | None, within: Flags) -> Lines:
    kinds = np.array(series.kinds, dtype=object)
    useful = series.useful & within
    baseline = useful & (kinds == "baseline")
    frozen = baseline.sum(axis=-1) >= FEWEST_BASELINE
    base = np.where(frozen[:, np.newaxis], baseline, useful)
    limits = _drawn(series, measure, kind, base, within)
    # History is shown, never judged; a line of the baseline begins where the baseline does.
    drawn = within & ~(frozen[:, np.newaxis] & (kinds == "history"))
    tested = useful & (kinds != "history")
    return Lines(
        since=since,
        centre=np.where(drawn, limits.centre, np.nan),
        lower=np.where(drawn, limits.lower, np.nan),
        upper=np.where(drawn, limits.upper, np.nan),
        sides=np.where(tested, side(series.value, limits.centre), 0),
        beyond=np.where(tested, limits.beyond, 0),
        near=np.where(tested & (limits.beyond == 0), outside(limits.value, limits.near_lower, limits.near_upper), 0),
        tested=tested,
        frozen=frozen,
        sigma_z=limits.sigma_z.max(axis=-1, initial=-np.inf, where=~np.isnan(limits.sigma_z)),
    )


def _drawn(series: Series, measure: Measure, kind: ChartKind, base: Flags, within: Flags) -> spc.Limits:
    """The chart of one phase, as if nothing but the phase were there: no moving range reaches across a cut."""
    plotted = within & ~np.isnan(series.value)  # impossible counts are kept in the frame, and have no value
    value, n, d, deviation = (
        np.where(plotted, one, np.nan) for one in (series.value, series.numerator, series.denominator, series.deviation)
    )
    match kind:
        case "p" | "p_prime" | "u" | "u_prime" | "i_prime":
            return _OVER[kind](n, d, base, multiply=measure.multiply)
        case "c":
            return spc.c(n, base, multiply=measure.multiply)
        case "xbar":
            return spc.xbar(value / measure.multiply, deviation, d, base, multiply=measure.multiply)
        case "g":
            return spc.g(value, base)
        case "t":
            return spc.t(value, base)
        case "i":
            return spc.i(value, base).floored()
        case "xmr":
            return spc.xmr(value, base).floored()
        case _:
            return spc.run(value, base)


_OVER: Mapping[ChartKind, Callable[..., spc.Limits]] = {
    "p": spc.p,
    "p_prime": spc.p_prime,
    "u": spc.u,
    "u_prime": spc.u_prime,
    "i_prime": spc.i_prime,
}
