"""The run chart rules of the Institute for Healthcare Improvement: shift, trend, runs, and the astronomical point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from breakthrough.spc.chance import runs_limits
from breakthrough.spc.series import BoolArray, FloatArray, IntArray
from breakthrough.spc.stretches import run_bridging, trend_bridging

# Of the rule set. The table of runs below is written down from memory of the paper and was not checked against it;
# until somebody has done so, every result says that.
VERSION = "1 (runs table unverified)"
VERSION_EXACT = "1 (exact runs)"

SHIFT = 6  # points on one side of the median; Perla, Provost & Murray 2011
TREND = 5  # points rising or falling; the same
FEWEST_USEFUL = 10  # points off the median, below which these rules do not speak; the same

# Fewest and most runs by number of useful points, 10 to 30. Perla, Provost & Murray 2011, table 1, after Swed &
# Eisenhart 1943; unverified. Where it is not the exact distribution's, it is one run wider, but for the most runs of 29
# points, where it is one narrower: that entry is to be looked at first.
_RUNS = (
    (3, 9), (3, 10), (3, 11), (4, 11), (4, 12), (5, 12), (5, 13), (5, 13), (6, 14), (6, 15), (6, 16),
    (7, 16), (7, 17), (7, 17), (8, 18), (8, 18), (9, 19), (10, 19), (10, 20), (10, 20), (11, 21),
)  # fmt: skip


class RunsLimits(NamedTuple):
    """The fewest and the most runs that chance explains, one figure per series."""

    fewest: IntArray
    most: IntArray


@dataclass(frozen=True, eq=False)
class Found:
    """The patterns of one phase of every series, shaped as the points; `useful` counts points off the median."""

    shift: BoolArray
    trend: IntArray  # +1 rising, -1 falling
    few: BoolArray
    many: BoolArray


def number_of_runs_limits(useful: ArrayLike, *, exact: bool = False) -> RunsLimits:
    """The fewest and the most runs that chance explains among so many useful points.

    From 10 to 30 points those of the table, and beyond it, or if `exact`, those of the exact distribution (see
    `runs_limits`).

    Source of the table, unverified: Perla, Provost & Murray 2011, BMJ Quality & Safety 20:46-51, after Swed &
    Eisenhart 1943.
    """
    numbers, place = np.unique(np.asarray(useful, dtype=np.int64), return_inverse=True)
    limits = np.array([_limits(int(number), exact=exact) for number in numbers], dtype=np.int64).reshape(-1, 2)
    shape = np.shape(useful)
    return RunsLimits(*(np.asarray(limits[place, which]).reshape(shape) for which in (0, 1)))


def found(
    value: FloatArray, sides: IntArray, crossings: IntArray, useful: IntArray, *, min_useful: int, exact: bool
) -> Found:
    """The patterns among the points of one phase; value NaN and side 0 where a point takes no part."""
    speaks = (useful >= min_useful)[..., np.newaxis]
    limits = number_of_runs_limits(useful, exact=exact)
    off, runs = sides != 0, crossings + 1
    return Found(
        shift=np.asarray(speaks & run_bridging(sides, SHIFT)),
        trend=np.where(speaks, trend_bridging(value, TREND), 0),
        few=np.asarray(speaks & off & (runs < limits.fewest)[..., np.newaxis]),
        many=np.asarray(speaks & off & (runs > limits.most)[..., np.newaxis]),
    )


def _limits(useful: int, *, exact: bool) -> tuple[int, int]:
    place = useful - FEWEST_USEFUL
    return runs_limits(useful) if exact or not 0 <= place < len(_RUNS) else _RUNS[place]
