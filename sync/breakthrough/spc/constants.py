"""The constants of control charts, each with its source; those that depend on subgroup size as functions."""

from __future__ import annotations

import math

import numpy as np

from breakthrough.spc.series import FloatArray

# Montgomery = D. C. Montgomery, Introduction to Statistical Quality Control, 6th ed., Wiley 2009. The rounded values
# are kept on purpose: qicharts2 and the books use them, and exact ones (d2 = 1.128379) would move limits by 0.03 %.
D2 = 1.128  # mean moving range of two / sigma; Montgomery, Appendix VI, n = 2
D4 = 3.267  # upper limit / mean of moving ranges of two; Montgomery, Appendix VI, n = 2
XMR = 2.66  # 3 / d2, rounded; Wheeler, Understanding Variation, 1993; used by NHS England, Making Data Count
SCREEN = 3.267  # moving ranges at or above this multiple of their mean are dropped once; Nelson 1982, JQT 14(3):172
SCREEN_NORMALISED = 3.2665  # the same for the I' chart; W. A. Taylor, Normalized Individuals chart, variation.com 2017
T_POWER = 3.6  # Weibull shape that makes exponential times near normal; Nelson 1994, JQT 26:239; Montgomery 7.6
G_MEDIAN = 0.693  # ln 2, median / mean of an exponential; Provost & Murray, The Health Care Data Guide, 2011, p. 228
LIMIT = 3.0  # sigmas; Shewhart 1931
NEAR = 2.0  # sigmas, the warning lines


def c4(size: FloatArray) -> FloatArray:
    """Expected sample standard deviation / sigma, by subgroup size; NaN below 2. Montgomery, Appendix VI."""
    # Subgroups are few and sizes repeat, so the standard library's exact log-gamma is called once per size.
    sizes, place = np.unique(size, return_inverse=True)
    return np.array([_c4(value) for value in sizes], dtype=np.float64)[place].reshape(size.shape)


def c5(size: FloatArray) -> FloatArray:
    """Standard deviation of the sample standard deviation / sigma, sqrt(1 - c4^2). Montgomery, section 6.3."""
    return np.sqrt(1 - c4(size) ** 2)


def a3(size: FloatArray, sigmas: float = LIMIT) -> FloatArray:
    """Width of xbar limits in mean standard deviations, 3 / (c4 sqrt n). Montgomery, equation 6.28."""
    return sigmas / (c4(size) * np.sqrt(size))


def b3(size: FloatArray, sigmas: float = LIMIT) -> FloatArray:
    """Lower limit of s / its centre, 1 - 3 c5 / c4, at least 0. Montgomery, equation 6.27."""
    return np.maximum(0.0, 1 - sigmas * c5(size) / c4(size))


def b4(size: FloatArray, sigmas: float = LIMIT) -> FloatArray:
    """Upper limit of s / its centre, 1 + 3 c5 / c4. Montgomery, equation 6.27."""
    return 1 + sigmas * c5(size) / c4(size)


def _c4(size: float) -> float:
    if not size > 1:  # also NaN
        return math.nan
    return math.sqrt(2 / (size - 1)) * math.exp(math.lgamma(size / 2) - math.lgamma((size - 1) / 2))
