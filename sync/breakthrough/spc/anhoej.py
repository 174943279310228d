"""Runs about a centre line, and whether chance explains them: the Anhøj rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from breakthrough.spc.boxes import Box, anhoej_box, best_box, cut_box
from breakthrough.spc.errors import InputError
from breakthrough.spc.series import BoolArray, IntArray, as_line, as_mask, as_series, side

Method: TypeAlias = Literal["anhoej", "bestbox", "cutbox"]
VERSION = "1"  # of the Anhøj rule set; changes when the same data could give another signal


@dataclass(frozen=True, eq=False)
class Runs:
    """The runs of every series, one figure per series: arrays of shape (...,) for points of shape (..., periods).

    Useful points lie off the line and are not missing. The longest run begins and ends at a useful point; where two
    runs are equally long, it is the later one, which is the one still to be acted on.
    """

    n_useful: IntArray
    longest: IntArray
    longest_limit: IntArray  # a longer run is a shift
    crossings: IntArray
    crossings_min: IntArray  # fewer crossings are a signal
    start: IntArray  # period of the longest run's first point, counted from 0; -1 without useful points
    end: IntArray  # period of its last point
    side: IntArray  # +1 above the line, -1 below it, 0 without useful points
    signal_shift: BoolArray
    signal_crossings: BoolArray
    signal: BoolArray  # either of them; with the cut box also both nearly
    rule_set: str
    rule_version: str


def runs(values: ArrayLike, centre: ArrayLike, include: ArrayLike | None = None, *, method: Method = "anhoej") -> Runs:
    """The runs of the points about the line, with the limits of the Anhøj rules for the number of useful points.

    `centre` is one number, one per series, or a line given point by point. Points that are missing, not included, or
    on the line (within 1e-12 of it, relatively) neither count nor break a run. The limits hold for a line that is the
    median of these points or was known before them.

    `method` "bestbox" and "cutbox" take the limits of Anhøj & Wentzel-Larsen 2020 from 10 to 100 useful points.

    Source: Anhøj & Olesen 2014, Run charts revisited, PLoS ONE 9(11):e113825.
    """
    points = as_series(values, finite=False)
    line = as_line(centre, points.shape)
    sides = np.where(as_mask(include, points.shape), side(points, line), 0)
    walk = _walked(sides)
    box = _box(walk.useful, method)
    return Runs(
        n_useful=walk.useful,
        longest=walk.longest,
        longest_limit=box.longest,
        crossings=walk.crossings,
        crossings_min=box.crossings,
        start=walk.start,
        end=walk.end,
        side=walk.side,
        signal_shift=np.asarray(walk.longest > box.longest),
        signal_crossings=np.asarray(walk.crossings < box.crossings),
        signal=~box.holds(walk.crossings, walk.longest),
        rule_set="anhoej" if method == "anhoej" else f"anhoej/{method}",
        rule_version=VERSION,
    )


@dataclass(frozen=True, eq=False)
class _Walk:
    useful: IntArray
    crossings: IntArray
    longest: IntArray
    start: IntArray
    end: IntArray
    side: IntArray


def _walked(sides: IntArray) -> _Walk:
    """The runs found by walking all series at once, one period at a time."""
    *many, periods = sides.shape
    useful, crossings, longest, here, on, longest_on = np.zeros((6, *many), dtype=np.int64)
    begun, start, end = np.full((3, *many), -1, dtype=np.int64)
    for period in range(periods):
        now = sides[..., period]
        counts = now != 0
        turns = counts & (now != on)
        crossings = crossings + (turns & (on != 0))
        useful = useful + counts
        here = np.where(turns, 1, here + counts)
        begun = np.where(turns, period, begun)
        on = np.where(counts, now, on)
        best = counts & (here >= longest)  # the later of two equally long runs
        longest = np.where(best, here, longest)
        start, end = np.where(best, begun, start), np.where(best, period, end)
        longest_on = np.where(best, on, longest_on)
    return _Walk(*(np.asarray(each) for each in (useful, crossings, longest, start, end, longest_on)))


def _box(useful: IntArray, method: str) -> Box:
    boxes = {"anhoej": anhoej_box, "bestbox": best_box, "cutbox": cut_box}
    if method not in boxes:
        raise InputError(f"There is no runs method {method!r}. Known: {', '.join(boxes)}.")
    return boxes[method](useful)
