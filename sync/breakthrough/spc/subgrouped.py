"""Charts of several measured values per period: xbar for their means, s for their standard deviations."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from breakthrough.spc.constants import NEAR, a3, b3, b4
from breakthrough.spc.errors import refuse_where
from breakthrough.spc.limits import Limits, Lines, drawn
from breakthrough.spc.series import (
    BoolArray,
    FloatArray,
    aligned,
    as_line,
    as_mask,
    as_series,
    count,
    mean,
    ratio,
    standard_deviation,
    total,
)


class Subgroups(NamedTuple):
    """Mean, sample standard deviation and number of the values in each period's subgroup."""

    mean: FloatArray
    deviation: FloatArray
    size: FloatArray


def subgroups(values: ArrayLike) -> Subgroups:
    """The subgroups of raw values shaped (..., periods, places), NaN in the places a smaller subgroup leaves empty.

    A subgroup without values has mean and deviation NaN and size NaN; one of a single value has deviation NaN.
    """
    raw = as_series(values)
    there = ~np.isnan(raw)
    size = count(there)[..., 0]
    return Subgroups(mean(raw, there)[..., 0], standard_deviation(raw, there)[..., 0], np.where(size > 0, size, np.nan))


def xbar(
    means: ArrayLike,
    deviations: ArrayLike,
    sizes: ArrayLike,
    base: ArrayLike | None = None,
    *,
    centre: ArrayLike | None = None,
    within: ArrayLike | None = None,
    multiply: float = 1.0,
) -> Limits:
    """An xbar chart: centre the mean of all values, limits A3 times the typical standard deviation within subgroups.

    That is the mean of the deviations where all subgroups of the series have one size, else the pooled one, or what
    `within` says it is. Call with `*subgroups(values)`. An empty subgroup is a gap, and has no say in whether sizes are
    equal (qicharts2 counts it, and takes 1 from the degrees of freedom for it); one of a single value has a point and
    no limits. Raises InputError on negative sizes.

    Source: Montgomery, equations 6.28 to 6.31.
    """
    groups, where = _groups(means, deviations, sizes, base)
    weighed = groups.mean * groups.size
    line = (
        ratio(total(weighed, where), total(groups.size, where & ~np.isnan(weighed)))
        if centre is None
        else as_line(centre, groups.mean.shape)
    )
    spread = _within(groups, where) if within is None else as_line(within, groups.mean.shape)
    far, near = a3(groups.size) * spread, a3(groups.size, NEAR) * spread
    return drawn("xbar", groups.mean, line, Lines(line - far, line + far, line - near, line + near), multiply=multiply)


def s(
    means: ArrayLike,
    deviations: ArrayLike,
    sizes: ArrayLike,
    base: ArrayLike | None = None,
    *,
    centre: ArrayLike | None = None,
    multiply: float = 1.0,
) -> Limits:
    """An s chart: standard deviations within subgroups, centre as in `xbar`, limits B3 and B4 times the centre.

    The means are not used; they stand there so that `*subgroups(values)` fits both charts.

    Source: Montgomery, equations 6.27 and 6.31.
    """
    groups, where = _groups(means, deviations, sizes, base)
    line = _within(groups, where) if centre is None else as_line(centre, groups.mean.shape)
    refuse_where(line < 0, "The given centre line is below 0, which no standard deviation can be.")
    size = groups.size
    lines = Lines(b3(size) * line, b4(size) * line, b3(size, NEAR) * line, b4(size, NEAR) * line)
    return drawn("s", groups.deviation, line, lines, multiply=multiply)


def _groups(
    means: ArrayLike, deviations: ArrayLike, sizes: ArrayLike, base: ArrayLike | None
) -> tuple[Subgroups, BoolArray]:
    groups = Subgroups(*aligned(means, deviations, sizes))
    refuse_where(groups.size < 0, "A subgroup has fewer than 0 values.")
    refuse_where(groups.deviation < 0, "A standard deviation is below 0.")
    size = np.where(groups.size > 0, groups.size, np.nan)
    return groups._replace(size=size), as_mask(base, size.shape)


def _within(groups: Subgroups, base: BoolArray) -> FloatArray:
    """Standard deviation within subgroups: mean for equal sizes (Montgomery 6.28), pooled for unequal (6.31)."""
    freedom = groups.size - 1
    pooled = np.sqrt(ratio(total(freedom * groups.deviation**2, base), total(freedom, base)))
    largest = np.max(np.nan_to_num(groups.size, nan=-np.inf), axis=-1, keepdims=True, initial=-np.inf)
    smallest = np.min(np.nan_to_num(groups.size, nan=np.inf), axis=-1, keepdims=True, initial=np.inf)
    return np.where(largest > smallest, pooled, mean(groups.deviation, base))
