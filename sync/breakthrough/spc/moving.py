"""Moving ranges: how much a series changes from one base point to the next."""

from __future__ import annotations

import numpy as np

from breakthrough.spc.constants import D2, SCREEN
from breakthrough.spc.series import BoolArray, FloatArray, mean


def successive(values: FloatArray) -> FloatArray:
    """|change from the period before|, at its own period; NaN at the first and beside a missing point."""
    ranges = np.full(values.shape, np.nan)
    ranges[..., 1:] = np.abs(np.diff(values, axis=-1))
    return ranges


def between_base(values: FloatArray, base: BoolArray) -> FloatArray:
    """|change from the base point before|: bridges points outside the base, never a missing one.

    The base points are moved to the front of their series, so the ranges stand there and not at their periods.
    """
    order = np.argsort(~base, axis=-1, kind="stable")
    packed = np.where(np.take_along_axis(base, order, axis=-1), np.take_along_axis(values, order, axis=-1), np.nan)
    return successive(packed)


def average(ranges: FloatArray, *, screened: bool, screen: float = SCREEN) -> FloatArray:
    """Mean of the ranges; screened, mean of those below `screen` times it (once, strictly). Nelson 1982."""
    there = np.ones(ranges.shape, dtype=np.bool_)
    first = mean(ranges, there)
    return mean(ranges, ranges < screen * first) if screened else first


def sigma(values: FloatArray, base: BoolArray, *, screened: bool) -> FloatArray:
    """Standard deviation within a series, from its moving ranges: their mean / 1.128. Montgomery, equation 6.33."""
    return average(between_base(values, base), screened=screened) / D2
