"""Charts of counts: p and p' for shares of cases, u and u' for events per exposure, c for plain counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from breakthrough.spc.constants import D2
from breakthrough.spc.errors import refuse_where
from breakthrough.spc.limits import Limits, around, drawn
from breakthrough.spc.moving import average, between_base
from breakthrough.spc.series import (
    BoolArray,
    FloatArray,
    aligned,
    as_line,
    as_mask,
    as_series,
    constant,
    mean,
    ratio,
    standard_deviation,
    total,
)


@dataclass(frozen=True, eq=False)
class Counts:
    """Numerators over denominators, both missing where either is, and the base they are judged by."""

    numerator: FloatArray
    denominator: FloatArray
    value: FloatArray
    base: BoolArray

    def centre(self, given: ArrayLike | None) -> FloatArray:
        """Sum of numerators / sum of denominators over the base (Montgomery 7.11), or the given line."""
        if given is not None:
            return as_line(given, self.value.shape)
        return ratio(total(self.numerator, self.base), total(self.denominator, self.base))


def p(
    numerator: ArrayLike,
    denominator: ArrayLike,
    base: ArrayLike | None = None,
    *,
    centre: ArrayLike | None = None,
    multiply: float = 1.0,
    strict: bool = True,
) -> Limits:
    """A p chart: shares of cases, centre the pooled share, limits by binomial sampling error, within [0, 1].

    Series × periods arrays of counts; a missing numerator or denominator is a gap, and so is a denominator of 0 (no
    cases, no point). `base` marks the points the centre comes from; `centre` gives it instead (a share, unmultiplied).

    Raises InputError on negative counts, cases without a denominator and numerators above theirs. `strict=False`
    takes such counts as they come, as qicharts2 does.

    Source: Montgomery, section 7.2.2, sd = sqrt(p (1 - p) / n).
    """
    counts = counts_of(numerator, denominator, base, at_most_one=True, strict=strict)
    line = counts.centre(centre)
    lines = around(line, _binomial(line, counts.denominator)).clipped(0.0, 1.0)
    return drawn("p", counts.value, line, lines, multiply=multiply)


def p_prime(
    numerator: ArrayLike,
    denominator: ArrayLike,
    base: ArrayLike | None = None,
    *,
    centre: ArrayLike | None = None,
    multiply: float = 1.0,
    screened: bool = True,
    ordered: bool = True,
    strict: bool = True,
) -> Limits:
    """A p' chart: as `p`, with limits sigma_z times as wide, so that large denominators do not cry wolf.

    sigma_z is the mean moving range of the standardised shares / 1.128, `screened` or not; points with no order in
    time (`ordered=False`, a funnel) use their standard deviation instead. Shapes and errors as in `p`.

    Source: Laney 2002, Improved control charts for attributes, Quality Engineering 14(4):531-537.
    """
    counts = counts_of(numerator, denominator, base, at_most_one=True, strict=strict)
    line = counts.centre(centre)
    sampling = _binomial(line, counts.denominator)
    sigma_z = _sigma_z(counts, line, sampling, screened=screened, ordered=ordered)
    lines = around(line, sampling * sigma_z).clipped(0.0, 1.0)
    flat = constant(counts.value, counts.base)
    return drawn("p'", counts.value, line, lines, multiply=multiply, sigma_z=sigma_z, flat=flat, screened=screened)


def u(
    numerator: ArrayLike,
    denominator: ArrayLike,
    base: ArrayLike | None = None,
    *,
    centre: ArrayLike | None = None,
    multiply: float = 1.0,
    strict: bool = True,
) -> Limits:
    """A u chart: events per exposure, centre the pooled rate, limits by Poisson sampling error, from 0 up.

    Shapes, gaps and errors as in `p`, but events may outnumber the units of exposure.

    Source: Montgomery, equation 7.19, sd = sqrt(u / n).
    """
    counts = counts_of(numerator, denominator, base, at_most_one=False, strict=strict)
    line = counts.centre(centre)
    lines = around(line, _poisson(line, counts.denominator)).clipped(0.0)
    return drawn("u", counts.value, line, lines, multiply=multiply)


def u_prime(
    numerator: ArrayLike,
    denominator: ArrayLike,
    base: ArrayLike | None = None,
    *,
    centre: ArrayLike | None = None,
    multiply: float = 1.0,
    screened: bool = True,
    ordered: bool = True,
    strict: bool = True,
) -> Limits:
    """A u' chart: as `u`, with limits sigma_z times as wide; sigma_z, `screened` and `ordered` as in `p_prime`.

    Source: Laney 2002, Improved control charts for attributes, Quality Engineering 14(4):531-537.
    """
    counts = counts_of(numerator, denominator, base, at_most_one=False, strict=strict)
    line = counts.centre(centre)
    sampling = _poisson(line, counts.denominator)
    sigma_z = _sigma_z(counts, line, sampling, screened=screened, ordered=ordered)
    lines = around(line, sampling * sigma_z).clipped(0.0)
    flat = constant(counts.value, counts.base)
    return drawn("u'", counts.value, line, lines, multiply=multiply, sigma_z=sigma_z, flat=flat, screened=screened)


def c(
    counts: ArrayLike, base: ArrayLike | None = None, *, centre: ArrayLike | None = None, multiply: float = 1.0
) -> Limits:
    """A c chart: counts over equal exposure, centre their mean, limits by Poisson sampling error, from 0 up.

    Raises InputError on a negative count.

    Source: Montgomery, equation 7.17, sd = sqrt(c).
    """
    value = as_series(counts)
    refuse_where(value < 0, "A count is below 0. Correct the entry, or pass NaN if it is unknown.")
    where = as_mask(base, value.shape)
    line = mean(value, where) if centre is None else as_line(centre, value.shape)
    refuse_where(line < 0, "The given centre line is below 0, which no count can have.")
    return drawn("c", value, line, around(line, np.sqrt(line)).clipped(0.0), multiply=multiply)


def counts_of(
    numerator: ArrayLike, denominator: ArrayLike, base: ArrayLike | None, *, at_most_one: bool, strict: bool
) -> Counts:
    """The counts as arrays of one shape, a gap where either is missing; InputError on counts that cannot be."""
    above, below = aligned(numerator, denominator)
    missing = np.isnan(above) | np.isnan(below)
    above, below = np.where(missing, np.nan, above), np.where(missing, np.nan, below)
    value = ratio(above, below)
    if strict:
        refuse_where(above < 0, "A numerator is below 0. Correct the entry, or pass NaN if it is unknown.")
        refuse_where(below < 0, "A denominator is below 0. Correct the entry, or pass NaN if it is unknown.")
        refuse_where(
            (below == 0) & (above > 0),
            "There are cases in a numerator whose denominator is 0. Correct the entry, or pass NaN if it is unknown.",
        )
        if at_most_one:
            refuse_where(
                above > below,
                "A numerator is larger than its denominator, so it is no share of it. Correct the entry, "
                "or draw a u chart if the denominator is an exposure.",
            )
    else:
        value = np.where((below == 0) & (above > 0), np.inf, value)
    return Counts(above, below, value, as_mask(base, value.shape))


def _binomial(line: FloatArray, denominator: FloatArray) -> FloatArray:
    refuse_where((line < 0) | (line > 1), "The centre line is no share: it lies outside 0 to 1.")
    return np.sqrt(ratio(line * (1 - line), denominator))


def _poisson(line: FloatArray, denominator: FloatArray) -> FloatArray:
    refuse_where(line < 0, "The centre line is below 0, which no rate can have.")
    return np.sqrt(ratio(line, denominator))


def _sigma_z(counts: Counts, line: FloatArray, sampling: FloatArray, *, screened: bool, ordered: bool) -> FloatArray:
    standardised = ratio(counts.value - line, sampling)
    if not ordered:
        return standard_deviation(standardised, counts.base)
    return average(between_base(standardised, counts.base), screened=screened) / D2  # Laney 2002
