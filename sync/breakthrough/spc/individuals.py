"""Charts of one value per period: run, i, mr, the NHS XmR, and i' for values that rest on unequal denominators."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from breakthrough.spc.constants import D4, LIMIT, NEAR, SCREEN_NORMALISED, XMR
from breakthrough.spc.errors import refuse_where
from breakthrough.spc.limits import Limits, Lines, around, drawn
from breakthrough.spc.moving import average, between_base, sigma, successive
from breakthrough.spc.series import (
    BoolArray,
    FloatArray,
    aligned,
    as_line,
    as_mask,
    as_series,
    constant,
    mean,
    median,
    ratio,
    total,
)


def run_centre(values: ArrayLike, base: ArrayLike | None = None) -> FloatArray:
    """The median of each series over its base points, missing ones left out; NaN if there is none.

    One figure per series: shape (...,) for values of shape (..., periods).
    """
    points = as_series(values)
    return np.asarray(median(points, as_mask(base, points.shape))[..., 0])


def run(
    values: ArrayLike, base: ArrayLike | None = None, *, centre: ArrayLike | None = None, multiply: float = 1.0
) -> Limits:
    """A run chart: the points and their median, without limits.

    Source: Anhøj & Olesen 2014, Run charts revisited, PLoS ONE 9(11):e113825.
    """
    points, where = _points(values, base)
    line = median(points, where) if centre is None else as_line(centre, points.shape)
    return drawn("run", points, line, None, multiply=multiply)


def i(
    values: ArrayLike,
    base: ArrayLike | None = None,
    *,
    centre: ArrayLike | None = None,
    multiply: float = 1.0,
    screened: bool = True,
) -> Limits:
    """An i chart: centre the mean, sigma the mean moving range of the base points / 1.128, screened or not.

    Moving ranges bridge points outside the base (exclusions), never a missing one. A series whose base points are
    all equal has a centre and no limits (`flat`).

    Source: Montgomery, equation 6.33; screening: Nelson 1982, Journal of Quality Technology 14(3):172-173.
    """
    points, where = _points(values, base)
    line = mean(points, where) if centre is None else as_line(centre, points.shape)
    lines = around(line, sigma(points, where, screened=screened))
    return drawn("i", points, line, lines, multiply=multiply, flat=constant(points, where), screened=screened)


def xmr(
    values: ArrayLike,
    base: ArrayLike | None = None,
    *,
    centre: ArrayLike | None = None,
    multiply: float = 1.0,
    screened: bool = True,
) -> Limits:
    """The NHS's XmR chart: the mean and 2.66 mean moving ranges either side, near limits at two thirds of that.

    An i chart with the other rounding: 2.66 where `i` has 3 / 1.128 = 2.6596.

    Source: NHS England, Making Data Count; NHSRplotthedots 0.2.2.
    """
    points, where = _points(values, base)
    line = mean(points, where) if centre is None else as_line(centre, points.shape)
    ranges = average(between_base(points, where), screened=screened)
    far, near = XMR * ranges, XMR * NEAR / LIMIT * ranges
    lines = Lines(line - far, line + far, line - near, line + near)
    return drawn("xmr", points, line, lines, multiply=multiply, flat=constant(points, where), screened=screened)


def mr(
    values: ArrayLike, base: ArrayLike | None = None, *, centre: ArrayLike | None = None, multiply: float = 1.0
) -> Limits:
    """An mr chart: the plotted value is the change from the period before, without sign; limits 0 and 3.267 centres.

    The first period, and both ranges beside a missing one, are missing. A point outside the base takes its own range
    out of the centre; its successor's range, which touches it too, stays, as in qicharts2. Run rules do not fit:
    neighbouring ranges share a point.

    Source: Montgomery, section 6.4, D4 = 3.267 for ranges of two.
    """
    points, where = _points(values, base)
    ranges = successive(points)
    line = mean(ranges, where) if centre is None else as_line(centre, points.shape)
    refuse_where(line < 0, "The given centre line is below 0, which no range can have.")
    zero = np.zeros(line.shape)
    return drawn("mr", ranges, line, Lines(zero, D4 * line, zero, D4 * NEAR / LIMIT * line), multiply=multiply)


def i_prime(
    numerator: ArrayLike,
    denominator: ArrayLike,
    base: ArrayLike | None = None,
    *,
    centre: ArrayLike | None = None,
    multiply: float = 1.0,
    screened: bool = True,
) -> Limits:
    """An i' (normalised individuals) chart: numerator / denominator, limits as wide as the denominator is small.

    The centre is the denominator-weighted mean of the base. The spread is taken from all successive points of the
    series, base or not, as in qicharts2 0.8.1; in the source it has no such notion. Numerators may be negative;
    raises InputError on negative denominators. A denominator of 0 is a gap.

    Source: W. A. Taylor, Normalized Individuals (I_N) control chart, variation.com, 2017.
    """
    above, below = aligned(numerator, denominator)
    refuse_where(below < 0, "A denominator is below 0. Correct the entry, or pass NaN if it is unknown.")
    value = ratio(above, below)
    there = ~np.isnan(value)
    size = np.where(there, below, np.nan)
    where = as_mask(base, value.shape)
    line = (
        ratio(total(value * size, where), total(size, where & there))
        if centre is None
        else as_line(centre, value.shape)
    )
    deviation = average(_normalised_ranges(value, size), screened=screened, screen=SCREEN_NORMALISED)
    lines = around(line, deviation * np.sqrt(ratio(np.ones(size.shape), size)))
    return drawn("i'", value, line, lines, multiply=multiply, flat=constant(value, there), screened=screened)


def _normalised_ranges(value: FloatArray, size: FloatArray) -> FloatArray:
    """Moving ranges turned into standard deviations of a single unit. Taylor 2017."""
    ranges = successive(value)
    inverse = ratio(np.ones(size.shape), size)
    widths = np.full(value.shape, np.nan)
    widths[..., 1:] = np.sqrt(inverse[..., :-1] + inverse[..., 1:])
    return math.sqrt(math.pi / 2) * ratio(ranges, widths)


def _points(values: ArrayLike, base: ArrayLike | None) -> tuple[FloatArray, BoolArray]:
    points = as_series(values)
    return points, as_mask(base, points.shape)
