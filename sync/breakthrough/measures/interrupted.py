"""Interrupted time series: whether level and slope of a series changed at a month that was chosen beforehand.

For the closing congress, beside the chart: a model of two straight lines, with errors that allow for months resembling
their neighbours. It says how much changed at that month, never why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from breakthrough.language import figure, say

Floats = NDArray[np.float64]

LEAST = 3  # points on either side, below which no line with an error can be drawn; a line through two fits anything
FEW = 8  # the same, below which the result is weak; Penfold & Zhang 2013, Academic Pediatrics 13(6S):S38-S44
YEAR = 12  # the same, below which months of the year are unbalanced; Wagner et al. 2002, J Clin Pharm Ther 27:299-309
_TERMS = 4  # level and slope, and the change of each


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with the ends of its confidence interval, its standard error and its two-sided p-value."""

    value: float
    low: float
    high: float
    error: float
    p: float


@dataclass(frozen=True, slots=True)
class Interrupted:
    """What a segmented regression says of one series. Figures are in the unit of the series, slopes a month.

    `level` is the change at the first month after the interruption, against the line before drawn on to that month;
    `slope` is slope after less slope before. Both are None where there are too few points, or where all of them lie on
    the lines. `expected` is that line drawn on, from the interruption; `fitted` the model at every month.
    """

    start: int  # place of the first month after the interruption
    before: int  # points there, missing ones not counted
    after: int
    level: Estimate | None
    slope: Estimate | None
    slope_before: Estimate | None
    slope_after: Estimate | None
    fitted: tuple[float, ...]  # () without a model
    expected: tuple[float, ...]
    lag: int | None  # months that errors are allowed to reach
    autocorrelation: float | None  # of the residuals, from one point to the next
    confidence: float
    warnings: tuple[str, ...]  # whole sentences, for whoever reads the figures


def interrupted(values: ArrayLike, start: int, *, lag: int | None = None, confidence: float = 0.95) -> Interrupted:
    """The change of level and slope at place `start` of one series of months, NaN where one is missing.

    y = b0 + b1 t + b2 after + b3 (t - start) after, by ordinary least squares; errors are Newey & West's, with weights
    that fall to 0 beyond `lag` months (by default the whole part of 4 (n / 100)^(2/9)), times n / (n - 4); intervals
    are Student's t with n - 4 degrees of freedom. Missing months are left out, and the points beside a gap count as
    neighbours. With `lag` 0 errors allow for unequal spread and not for autocorrelation.

    The regression is statsmodels'. Raises ValueError for a start outside the series, an infinite value, a lag below 0
    or a confidence that is none.

    Source: Wagner, Soumerai, Zhang & Ross-Degnan 2002, Segmented regression analysis of interrupted time series studies
    in medication use research, J Clin Pharm Ther 27:299-309; Newey & West 1987, Econometrica 55:703-708; lag: Newey &
    West 1994, Review of Economic Studies 61:631-653; gaps: Datta & Du 2012, Nonparametric HAC estimation for time
    series data with missing observations, Federal Reserve Board IFDP 1060.
    """
    series = np.asarray(values, dtype=np.float64)
    _refuse(series, start, lag, confidence)
    months = np.arange(len(series))
    there = ~np.isnan(series)
    before, after = int(there[:start].sum()), int(there[start:].sum())
    warnings = _few(before, after)
    if min(before, after) < LEAST:
        return _without(start, before, after, confidence, warnings)
    design = _design(months, start)
    used, points = design[there], series[there]
    reach = _lag(len(points)) if lag is None else min(lag, len(points) - 1)
    coefficients, *_ = np.linalg.lstsq(used, points, rcond=None)
    residuals = points - used @ coefficients
    if np.abs(residuals).max() <= 1e-9 * max(np.abs(points).max(), np.finfo(np.float64).tiny):
        exact = say(
            "All points lie on the two lines, so that no error can be told: look for figures that were made up."
        )
        return _without(start, before, after, confidence, (*warnings, exact))
    model = _fit(used, points, reach)
    lines = np.array([[0, 0, 1, 0], [0, 0, 0, 1], [0, 1, 0, 0], [0, 1, 0, 1]], dtype=np.float64)
    level, slope, slope_before, slope_after = _estimates(model, lines, confidence)
    beside = float(np.sum(residuals[1:] * residuals[:-1]) / np.sum(residuals**2))
    return Interrupted(
        start=start,
        before=before,
        after=after,
        level=level,
        slope=slope,
        slope_before=slope_before,
        slope_after=slope_after,
        fitted=tuple((design @ coefficients).tolist()),
        expected=tuple((design[start:, :2] @ coefficients[:2]).tolist()),
        lag=reach,
        autocorrelation=beside,
        confidence=confidence,
        warnings=(*warnings, *_alike(beside, len(points))),
    )


def interrupted_each(
    values: ArrayLike, start: int, *, lag: int | None = None, confidence: float = 0.95
) -> tuple[Interrupted, ...]:
    """The same for every row of an array of series × months, in order: each team apart, or teams and their pooled line.

    Looking at many teams, one in twenty shows a change by chance at 95 %; the pooled line is what the model is for.
    """
    rows = np.asarray(values, dtype=np.float64)
    if rows.ndim != 2:
        raise ValueError("Series of several teams are rows of an array with two axes, teams and months.")
    return tuple(interrupted(row, start, lag=lag, confidence=confidence) for row in rows)


def _refuse(series: Floats, start: int, lag: int | None, confidence: float) -> None:
    if series.ndim != 1:
        raise ValueError("One series is a row of months. For several teams, use interrupted_each.")
    if not 0 < start < len(series):
        raise ValueError(f"The interruption is at place {start}, which is not inside the series of {len(series)}.")
    if np.isinf(series).any():
        raise ValueError("A value is infinite. Pass NaN for a month without one.")
    if lag is not None and lag < 0:
        raise ValueError("Errors cannot reach over fewer than 0 months.")
    if not 0 < confidence < 1:
        raise ValueError("A confidence lies between 0 and 1, such as 0.95.")


def _design(months: NDArray[np.int64], start: int) -> Floats:
    """One row a month: constant, time, after or not, time since the interruption. Wagner et al. 2002."""
    after = (months >= start).astype(np.float64)
    return np.column_stack([np.ones(len(months)), months, after, after * (months - start)])


def _lag(points: int) -> int:
    return int(4 * (points / 100) ** (2 / 9))  # Newey & West 1994


def _fit(design: Floats, points: Floats, lag: int) -> Any:
    # Imported here: it takes seconds, and nothing but the closing congress asks for it.
    from statsmodels.regression.linear_model import OLS  # type: ignore[import-untyped]  # noqa: PLC0415

    kept = {"maxlags": lag, "use_correction": True}
    return OLS(points, design).fit(cov_type="HAC", cov_kwds=kept, use_t=True)


def _estimates(model: Any, lines: Floats, confidence: float) -> list[Estimate]:
    """Each combination of the coefficients with its interval."""
    test = model.t_test(lines)
    bounds = test.conf_int(alpha=1 - confidence)
    told = zip(test.effect, bounds[:, 0], bounds[:, 1], test.sd.ravel(), np.ravel(test.pvalue), strict=True)
    return [Estimate(*(float(figure) for figure in one)) for one in told]


def _few(before: int, after: int) -> tuple[str, ...]:
    """What so few points mean for the figures."""
    least, sides = min(before, after), {"before": before, "after": after}
    if least < LEAST:
        return (
            say(
                "There are too few points for a model: {before} before and {after} after the interruption, and {least} "
                "are needed on either side.",
                least=LEAST,
                **sides,
            ),
        )
    if least < FEW:
        return (
            say(
                "There are few points, {before} before and {after} after the interruption. With under {few} on either "
                "side one odd month can make the result, and the intervals are narrower than they should be.",
                few=FEW,
                **sides,
            ),
        )
    if least < YEAR:
        return (
            say(
                "There are {before} before and {after} after the interruption. With under {year} on either side the "
                "two lines rest on different months of the year, so a season can look like a change.",
                year=YEAR,
                **sides,
            ),
        )
    return ()


def _alike(autocorrelation: float, points: int) -> tuple[str, ...]:
    """A warning where neighbours resemble one another by more than chance, which short series cannot allow for."""
    if autocorrelation <= 2 / np.sqrt(points):  # Bartlett's bound at 95 %
        return ()
    told = say(
        "Months that follow one another are alike (autocorrelation {value}): the intervals allow for it, but not in "
        "full where the series is short.",
        value=figure(autocorrelation, 2, ""),
    )
    return (told,)


def _without(start: int, before: int, after: int, confidence: float, warnings: tuple[str, ...]) -> Interrupted:
    return Interrupted(
        start, before, after, None, None, None, None, (), (), None, None, confidence=confidence, warnings=warnings
    )
