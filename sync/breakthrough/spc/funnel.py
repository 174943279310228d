"""Funnel charts: many teams over one period, against limits as wide as each team is small."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from breakthrough.spc.counts import counts_of
from breakthrough.spc.errors import InputError, refuse_where
from breakthrough.spc.exact import binomial_limit, poisson_limit
from breakthrough.spc.limits import Lines, outside
from breakthrough.spc.series import BoolArray, FloatArray, IntArray, count, ratio, total

Kind: TypeAlias = Literal["exact", "normal", "overdispersed"]
VERSION = "1"  # of the limits; changes when the same data could be told apart otherwise

FAR = 3.090232306167813  # normal quantile of 0.999: limits that hold 99.8 %; Spiegelhalter 2005
NEAR = 1.959963984540054  # normal quantile of 0.975: limits that hold 95 %; the same
FAR_TAIL, NEAR_TAIL = 0.001, 0.025
WINSORISED = 0.1  # of the teams at either end, whose z-scores are drawn in; Spiegelhalter 2005
FEW = 10  # teams, below which the spread between teams cannot be told; our judgement


@dataclass(frozen=True, eq=False)
class Funnel:
    """A funnel: the teams lie along the last axis, every axis before it counts funnels.

    `z` is how far a team lies from the centre in standard errors, on the scale that the limits were made on; only for
    exact limits, which have no scale, it is the normal approximation's. `beyond` and `near` compare the value with the
    limits that are drawn, so that no team is flagged that the picture shows inside. `phi` is the mean of the squared
    z-scores, about 1 where chance alone sets teams apart, and `tau2` the variance between teams on the transformed
    scale; both are told whatever the limits are.
    """

    chart: str
    value: FloatArray  # NaN where a team has no cases or sent none
    denominator: FloatArray
    centre: FloatArray
    lower: FloatArray  # 99.8 %
    upper: FloatArray
    near_lower: FloatArray  # 95 %
    near_upper: FloatArray
    z: FloatArray
    beyond: IntArray  # +1 above the 99.8 % limit, -1 below the lower
    near: IntArray  # the same with the 95 % limits
    teams: IntArray  # those with a point in the base, one figure a funnel, as those that follow
    phi: FloatArray
    tau2: FloatArray
    few: BoolArray  # too few teams for phi and tau2 to mean much
    kind: Kind
    multiply: float
    rule_set: str
    rule_version: str

    def curve(self, denominator: ArrayLike) -> Lines:
        """The limits at any denominators, to be drawn: arrays of funnels × denominators (or those alone)."""
        sizes = np.asarray(denominator, dtype=np.float64)
        maker = _P if self.chart == "funnel p" else _U
        theta = self.centre[..., :1] / self.multiply
        lines = maker.lines(self.kind, theta, sizes, self.tau2[..., np.newaxis])
        return Lines(*(line * self.multiply for line in (lines.lower, lines.upper, lines.near_lower, lines.near_upper)))


def funnel_p(
    numerator: ArrayLike,
    denominator: ArrayLike,
    base: ArrayLike | None = None,
    *,
    centre: ArrayLike | None = None,
    limits: Kind = "exact",
    winsorised: float = WINSORISED,
    multiply: float = 1.0,
) -> Funnel:
    """A funnel of shares of cases: centre the pooled share, limits that hold 95 % and 99.8 % of teams like the others.

    Arrays of funnels × teams; gaps and errors as in `p`. `base` marks the teams that centre, phi and tau2 come from;
    `centre` gives the line instead, one number a funnel. `limits`:

    exact: quantiles of the binomial distribution, interpolated; denominators must be whole numbers.
    normal: centre ± z sqrt(p (1 - p) / n), within [0, 1].
    overdispersed: teams differ by more than chance. On the scale arcsin sqrt p, where the standard error is
    s = 1 / (2 sqrt n), the limits are z sqrt(s² + tau²) wide. tau² comes from z-scores winsorised at both ends (the
    most extreme tenth is drawn in to the tenth's bound), so that an outlier does not widen the limits that should show
    it: tau² = (N phi - (N - 1)) / (sum w - sum w² / sum w), w = 1 / s², at least 0.

    Source: Spiegelhalter 2005, Funnel plots for comparing institutional performance, Statistics in Medicine
    24:1185-1202; Spiegelhalter 2005, Handling over-dispersion of performance indicators, Quality and Safety in Health
    Care 14:347-351; tau²: DerSimonian & Laird 1986, Controlled Clinical Trials 7:177-188.
    """
    return _funnel(_P, numerator, denominator, base, centre, limits, winsorised, multiply)


def funnel_u(
    numerator: ArrayLike,
    denominator: ArrayLike,
    base: ArrayLike | None = None,
    *,
    centre: ArrayLike | None = None,
    limits: Kind = "exact",
    winsorised: float = WINSORISED,
    multiply: float = 1.0,
) -> Funnel:
    """A funnel of events per exposure: as `funnel_p`, with the Poisson distribution.

    normal: centre ± z sqrt(u / n), from 0 up. overdispersed: on the scale sqrt u, s = 1 / (2 sqrt n), which a team
    without events can be told on, too (a logarithm has no place for it).

    Source: as `funnel_p`.
    """
    return _funnel(_U, numerator, denominator, base, centre, limits, winsorised, multiply)


@dataclass(frozen=True)
class _Maker:
    """What differs between shares and rates."""

    chart: str
    at_most: float
    error: Callable[[FloatArray, FloatArray], FloatArray]  # standard error of a point, from centre and denominator
    exact: Callable[[FloatArray, FloatArray, float], FloatArray]  # limit of the count
    forth: Callable[[FloatArray], FloatArray]  # to the scale where the standard error is 1 / (2 sqrt n)
    back: Callable[[FloatArray], FloatArray]

    def lines(self, kind: Kind, theta: FloatArray, size: FloatArray, tau2: FloatArray) -> Lines:
        """The limits of points that rest on those denominators; NaN where there is none."""
        size = np.where(size > 0, size, np.nan)
        if kind == "exact":
            refuse_where(
                np.asarray(self.at_most < np.inf) & (size != np.floor(size)) & ~np.isnan(size),
                "A denominator is no whole number, so the binomial distribution has no limits for it. "
                "Ask for limits 'normal'.",
            )
            tails = (FAR_TAIL, 1 - FAR_TAIL, NEAR_TAIL, 1 - NEAR_TAIL)
            drawn = [ratio(self.exact(size, theta, tail), size) for tail in tails]
        elif kind == "normal":
            error = self.error(theta, size)
            drawn = [theta + z * error for z in (-FAR, FAR, -NEAR, NEAR)]
        else:
            error, middle = np.sqrt(_squared_error(size) + tau2), self.forth(theta)
            drawn = [self.back(middle + z * error) for z in (-FAR, FAR, -NEAR, NEAR)]
        return Lines(*drawn).clipped(0.0, self.at_most)


def _squared_error(size: FloatArray) -> FloatArray:
    return ratio(np.full(size.shape, 0.25), size)


def _funnel(
    maker: _Maker,
    numerator: ArrayLike,
    denominator: ArrayLike,
    base: ArrayLike | None,
    centre: ArrayLike | None,
    kind: Kind,
    winsorised: float,
    multiply: float,
) -> Funnel:
    if kind not in {"exact", "normal", "overdispersed"}:
        raise InputError(f"There are no funnel limits {kind!r}. Known: exact, normal, overdispersed.")
    if not 0 <= winsorised < 0.5:
        raise InputError("Z-scores can be winsorised by a share of the teams from 0 to under a half at either end.")
    if not multiply > 0:
        raise InputError(f"Points cannot be multiplied by {multiply}. Pass a number above 0, such as 100 for percent.")
    counts = counts_of(numerator, denominator, base, at_most_one=maker.at_most == 1, strict=True)
    theta = np.broadcast_to(counts.centre(centre), counts.value.shape)
    refuse_where((theta < 0) | (theta > maker.at_most), "The centre line lies outside what the points can be.")
    size = np.where(np.isnan(counts.value), np.nan, counts.denominator)
    there = counts.base & ~np.isnan(counts.value)
    naive = ratio(maker.forth(counts.value) - maker.forth(theta), np.sqrt(_squared_error(size)))
    phi, tau2 = _spread(naive, size, there, winsorised)
    lines = maker.lines(kind, theta, size, tau2)
    if kind == "overdispersed":
        z = ratio(maker.forth(counts.value) - maker.forth(theta), np.sqrt(_squared_error(size) + tau2))
    else:
        z = ratio(counts.value - theta, maker.error(theta, size))
    teams = count(there)[..., 0].astype(np.int64)
    return Funnel(
        chart=maker.chart,
        value=counts.value * multiply,
        denominator=size,
        centre=theta * multiply,
        lower=lines.lower * multiply,
        upper=lines.upper * multiply,
        near_lower=lines.near_lower * multiply,
        near_upper=lines.near_upper * multiply,
        z=z,
        beyond=outside(counts.value, lines.lower, lines.upper),
        near=outside(counts.value, lines.near_lower, lines.near_upper),
        teams=teams,
        phi=phi[..., 0],
        tau2=tau2[..., 0],
        few=np.asarray(teams < FEW),
        kind=kind,
        multiply=multiply,
        rule_set="funnel",
        rule_version=VERSION,
    )


def _spread(naive: FloatArray, size: FloatArray, there: BoolArray, winsorised: float) -> tuple[FloatArray, FloatArray]:
    """The figures phi and tau² of a funnel; NaN and 0 without teams. Spiegelhalter 2005; DerSimonian & Laird 1986."""
    low, high = _quantile(naive, there, winsorised), _quantile(naive, there, 1 - winsorised)
    squares = np.minimum(np.maximum(naive, low), high) ** 2
    many, weight = count(there), 4 * size
    phi = ratio(total(squares, there), many)
    weights = total(weight, there)
    room = weights - ratio(total(weight**2, there), weights)
    tau2 = ratio(many * phi - (many - 1), np.where(room > 0, room, 0.0))
    return phi, np.maximum(0.0, np.nan_to_num(tau2))


def _quantile(values: FloatArray, there: BoolArray, share: float) -> FloatArray:
    """The quantile of the marked values, interpolated linearly (R's type 7); NaN if there is none."""
    ordered = np.sort(np.where(there, values, np.nan), axis=-1)  # NaN sorts last
    if ordered.shape[-1] == 0:
        return np.full((*ordered.shape[:-1], 1), np.nan)
    place = np.maximum(np.sum(~np.isnan(ordered), axis=-1, keepdims=True) - 1, 0) * share
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, np.ceil(place).astype(np.int64))
    first, second = (np.take_along_axis(ordered, at, axis=-1) for at in (below, above))
    return np.asarray(first + (second - first) * (place - below))


def _arcsine(share: FloatArray) -> FloatArray:
    return np.arcsin(np.sqrt(share))


def _sine(angle: FloatArray) -> FloatArray:
    return np.sin(np.clip(angle, 0.0, np.pi / 2)) ** 2


def _square(root: FloatArray) -> FloatArray:
    return np.maximum(root, 0.0) ** 2


_P = _Maker(
    chart="funnel p",
    at_most=1.0,
    error=lambda theta, size: np.sqrt(ratio(theta * (1 - theta), size)),
    exact=binomial_limit,
    forth=_arcsine,
    back=_sine,
)
_U = _Maker(
    chart="funnel u",
    at_most=np.inf,
    error=lambda theta, size: np.sqrt(ratio(theta, size)),
    exact=lambda size, theta, tail: poisson_limit(theta * size, tail),
    forth=np.sqrt,
    back=_square,
)
