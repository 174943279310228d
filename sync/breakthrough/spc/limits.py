"""Limits: what a chart draws, and how lines become limits. Which lines, each chart's own module says."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from breakthrough.spc.constants import LIMIT, NEAR
from breakthrough.spc.errors import InputError
from breakthrough.spc.series import TOLERANCE, BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Limits:
    """One chart of every series. Every array has the shape of the points that went in.

    `chart` is the chart's short name; `screened` says whether moving ranges were screened, None where the chart has
    none. Lines run through missing points, so that they can be drawn in one piece; where a limit's width hangs on a
    denominator or subgroup size that is not there, the limit is NaN. `beyond` compares with the 3 sigma limits only.
    """

    chart: str
    value: FloatArray  # the plotted points, NaN where there is none
    centre: FloatArray
    lower: FloatArray  # 3 sigma
    upper: FloatArray
    near_lower: FloatArray  # 2 sigma
    near_upper: FloatArray
    sigma_z: FloatArray  # p' and u': how many times wider than the sampling error; NaN on other charts
    beyond: IntArray  # +1 above the upper limit, -1 below the lower, 0 inside or missing
    flat: BoolArray  # base points were all equal, so moving ranges say nothing: centre without limits
    screened: bool | None

    def floored(self) -> Limits:
        """The same limits, none below 0 in series that have no negative point; `beyond` is as it was."""
        positive = ~np.any(self.value < 0, axis=-1, keepdims=True)
        return replace(
            self,
            lower=np.where(positive & (self.lower < 0), 0.0, self.lower),
            near_lower=np.where(positive & (self.near_lower < 0), 0.0, self.near_lower),
        )


@dataclass(frozen=True, eq=False)
class Lines:
    """The four lines about a centre, before they are limits of points."""

    lower: FloatArray
    upper: FloatArray
    near_lower: FloatArray
    near_upper: FloatArray

    def clipped(self, low: float | None = None, high: float | None = None) -> Lines:
        """The same lines, kept where the plotted figure can be: shares in [0, 1], counts from 0."""
        if low is None and high is None:
            return self
        return Lines(*(np.clip(line, low, high) for line in (self.lower, self.upper, self.near_lower, self.near_upper)))


def around(centre: FloatArray, sigma: FloatArray) -> Lines:
    """Lines 3 and 2 sigma either side of the centre. Shewhart, Economic Control of Quality, 1931."""
    return Lines(centre - LIMIT * sigma, centre + LIMIT * sigma, centre - NEAR * sigma, centre + NEAR * sigma)


def drawn(
    chart: str,
    value: FloatArray,
    centre: FloatArray,
    lines: Lines | None,
    *,
    multiply: float = 1.0,
    sigma_z: FloatArray | None = None,
    flat: BoolArray | None = None,
    screened: bool | None = None,
) -> Limits:
    """The chart at the points' shape, every figure times `multiply`; no lines, or a flat series, gives no limits.

    Raises InputError if `multiply` is not above 0: it would turn high into low.
    """
    if not multiply > 0:
        raise InputError(f"Points cannot be multiplied by {multiply}. Pass a number above 0, such as 100 for percent.")
    shape, nowhere = value.shape, np.array(np.nan)
    lines = lines or Lines(nowhere, nowhere, nowhere, nowhere)
    flats = np.broadcast_to(np.False_ if flat is None else flat, shape)

    def at_points(line: FloatArray) -> FloatArray:
        return np.where(flats, np.nan, np.broadcast_to(line, shape))

    lower, upper = at_points(lines.lower), at_points(lines.upper)
    return Limits(
        chart=chart,
        value=value * multiply,
        centre=np.broadcast_to(centre, shape) * multiply,
        lower=lower * multiply,
        upper=upper * multiply,
        near_lower=at_points(lines.near_lower) * multiply,
        near_upper=at_points(lines.near_upper) * multiply,
        sigma_z=np.broadcast_to(nowhere if sigma_z is None else sigma_z, shape).copy(),
        beyond=outside(value, lower, upper),
        flat=flats.copy(),
        screened=screened,
    )


def outside(value: FloatArray, lower: FloatArray, upper: FloatArray) -> IntArray:
    """+1 above the upper line, -1 below the lower, 0 between, on a line (within the tolerance) or without one."""
    with np.errstate(invalid="ignore"):
        above = value - upper > TOLERANCE * np.abs(upper)
        below = lower - value > TOLERANCE * np.abs(lower)
    return above.astype(np.int64) - below.astype(np.int64)
