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
    """The runs of all series at once: useful points put in front, so that those of a run stand beside one another."""
    *many, periods = sides.shape
    if periods == 0:
        nothing, nowhere = np.zeros(many, dtype=np.int64), np.full(many, -1, dtype=np.int64)
        return _Walk(nothing, nothing, nothing, nowhere, nowhere, nothing)
    order = np.argsort(sides == 0, axis=-1, kind="stable")
    packed = np.take_along_axis(sides, order, axis=-1)
    there, place = packed != 0, np.arange(periods)
    turns = there.copy()
    turns[..., 1:] &= packed[..., 1:] != packed[..., :-1]
    begun = np.maximum.accumulate(np.where(turns, place, 0), axis=-1)
    lengths = np.where(there, place - begun + 1, 0)
    # The last place where a run is as long as the longest: the later of two equally long runs.
    last = (periods - 1 - np.argmax(lengths[..., ::-1], axis=-1))[..., np.newaxis]
    longest = np.take_along_axis(lengths, last, axis=-1)
    any_useful = longest > 0
    first = np.where(any_useful, last - longest + 1, 0)
    start, end = (np.where(any_useful, np.take_along_axis(order, at, axis=-1), -1) for at in (first, last))
    told = (longest, start, end, np.take_along_axis(packed, last, axis=-1))
    crossings = np.maximum(np.sum(turns, axis=-1) - 1, 0)
    return _Walk(np.asarray(np.sum(there, axis=-1)), np.asarray(crossings), *(each[..., 0] for each in told))


def _box(useful: IntArray, method: str) -> Box:
    boxes = {"anhoej": anhoej_box, "bestbox": best_box, "cutbox": cut_box}
    if method not in boxes:
        raise InputError(f"There is no runs method {method!r}. Known: {', '.join(boxes)}.")
    return boxes[method](useful)
