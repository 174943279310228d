"""Exact limits of counts: quantiles of the binomial and the Poisson distribution, interpolated between whole counts."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from breakthrough.spc.series import FloatArray

# Counts this many standard deviations from the mean, and a few more for skew, have chances far below rounding.
_SIGMAS, _SKEW = 12.0, 60.0


def binomial_limit(size: FloatArray, share: FloatArray, tail: float) -> FloatArray:
    """The count that a share of `tail` of all draws of `size` cases stays below, as a fraction of whole counts.

    Arrays that broadcast; NaN where size or share is missing. Sizes are whole numbers, shares from 0 to 1.

    Source: Spiegelhalter 2005, Funnel plots for comparing institutional performance, Statistics in Medicine
    24:1185-1202, appendix A.1.1: r - (F(r) - tail) / (F(r) - F(r - 1)), r the smallest count with F(r) >= tail.
    """
    return _each(partial(_binomial, tail=tail), size, share)


def poisson_limit(mean: FloatArray, tail: float) -> FloatArray:
    """The same for counts that have that mean. Source: as `binomial_limit`, appendix A.1.2."""
    return _each(partial(_poisson, tail=tail), mean, np.zeros(()))


def _each(limit: Callable[[float, float], float], first: FloatArray, second: FloatArray) -> FloatArray:
    """The limit for every pair, worked out once for those that repeat."""
    one, other = np.broadcast_arrays(first, second)
    pairs, place = np.unique(np.stack([one.ravel(), other.ravel()]), axis=1, return_inverse=True)
    worked = np.array([limit(float(a), float(b)) for a, b in pairs.T], dtype=np.float64)
    return worked[place.reshape(-1)].reshape(one.shape)


def _binomial(size: float, share: float, tail: float) -> float:
    if math.isnan(size) or math.isnan(share):
        return math.nan
    if share in {0.0, 1.0} or size == 0:
        return size * share
    mean, odds = size * share, math.log(share) - math.log1p(-share)
    counts = _window(mean, math.sqrt(mean * (1 - share)), size)
    steps = np.log((size - counts[:-1]) / (counts[:-1] + 1)) + odds
    return _interpolated(counts, steps, tail)


def _poisson(mean: float, _: float, tail: float) -> float:
    if math.isnan(mean) or mean == 0:
        return mean
    counts = _window(mean, math.sqrt(mean), math.inf)
    return _interpolated(counts, np.log(mean / (counts[:-1] + 1)), tail)


def _window(mean: float, deviation: float, most: float) -> FloatArray:
    """The whole counts that can matter."""
    reach = _SIGMAS * deviation + _SKEW
    return np.arange(max(0.0, math.floor(mean - reach)), min(most, math.ceil(mean + reach)) + 1)


def _interpolated(counts: FloatArray, steps: FloatArray, tail: float) -> float:
    """The interpolated quantile, from the logarithm of each chance over the one before it."""
    logs = np.concatenate([[0.0], np.cumsum(steps)])
    chances = np.exp(logs - logs.max())
    below = np.cumsum(chances / chances.sum())
    place = min(int(np.searchsorted(below, tail)), len(counts) - 1)
    before = below[place - 1] if place else 0.0
    return float(counts[place] - (below[place] - tail) / (below[place] - before))
