"""Charts of rare events: g for cases between events, t for time between events."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from breakthrough.spc.constants import G_MEDIAN, T_POWER
from breakthrough.spc.errors import refuse_where
from breakthrough.spc.limits import Limits, Lines, around, drawn
from breakthrough.spc.moving import sigma
from breakthrough.spc.series import FloatArray, as_line, as_mask, as_series, constant, mean, median


def g(
    between: ArrayLike, base: ArrayLike | None = None, *, centre: ArrayLike | None = None, multiply: float = 1.0
) -> Limits:
    """A g chart: cases between events. The line is the median, for the run rules; the limits come from the mean m.

    `centre` gives the mean, and the line is then its median, 0.693 of it. Raises InputError on a negative count.

    Source: limits m +/- 3 sqrt(m (m + 1)), Montgomery, section 7.3.5 (geometric distribution); 0.693: Provost &
    Murray 2011, p. 228.
    """
    points = as_series(between)
    refuse_where(points < 0, "There are fewer than 0 cases between two events. Correct the entry.")
    where = as_mask(base, points.shape)
    level = mean(points, where) if centre is None else as_line(centre, points.shape)
    refuse_where(level < 0, "The given mean is below 0, which no count can have.")
    line = median(points, where) if centre is None else G_MEDIAN * level
    lines = around(level, np.sqrt(level * (level + 1))).clipped(0.0)
    return drawn("g", points, line, lines, multiply=multiply)


def t(
    between: ArrayLike,
    base: ArrayLike | None = None,
    *,
    centre: ArrayLike | None = None,
    multiply: float = 1.0,
    screened: bool = True,
) -> Limits:
    """A t chart: time between events, an i chart of time^(1/3.6) brought back; limits below 0 become 0.

    `centre` is a time. Raises InputError where a time is 0 or less: two events at one moment are one event, or need
    a finer clock.

    Source: Nelson 1994, Journal of Quality Technology 26:239-240; Montgomery, section 7.3.5.
    """
    points = as_series(between)
    refuse_where(points <= 0, "The time between two events must be greater than 0. Use a finer unit, or a g chart.")
    where = as_mask(base, points.shape)
    rooted = points ** (1 / T_POWER)
    line = mean(rooted, where) if centre is None else _rooted(as_line(centre, points.shape))
    lines = around(line, sigma(rooted, where, screened=screened))
    return drawn(
        "t",
        points,
        line**T_POWER,
        Lines(*(_back(each) for each in (lines.lower, lines.upper, lines.near_lower, lines.near_upper))),
        multiply=multiply,
        flat=constant(points, where),
        screened=screened,
    )


def _rooted(centre: FloatArray) -> FloatArray:
    refuse_where(centre <= 0, "The given centre line is 0 or less, which no time between events can be.")
    return np.asarray(centre ** (1 / T_POWER))


def _back(line: FloatArray) -> FloatArray:
    # A negative number has no 3.6th power; as a time it is "at once".
    return np.asarray(np.maximum(line, 0.0) ** T_POWER)
