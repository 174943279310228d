"""Stretches: points in a row that have something in common, for many series at once."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from breakthrough.spc.series import BoolArray, FloatArray, IntArray, side

Some = TypeVar("Some", bound=np.generic)


def in_run(flags: BoolArray, length: int) -> BoolArray:
    """The flags that stand in a run of at least `length` successive ones."""
    marked = np.zeros(flags.shape, dtype=np.bool_)
    if flags.shape[-1] < length:
        return marked
    whole = np.lib.stride_tricks.sliding_window_view(flags, length, axis=-1).all(axis=-1)
    for place in range(length):
        marked[..., place : place + whole.shape[-1]] |= whole
    return marked


def trend(value: FloatArray, points: int) -> IntArray:
    """+1 for points of a trend of so many rising points, -1 of a falling one, 0 for others.

    A missing point and a repeated value break a trend. A turning point belongs to the later one.
    """
    steps = side(value[..., 1:], value[..., :-1])
    rising, falling = (_points_of_steps(in_run(steps == way, points - 1)) for way in (1, -1))
    following = np.zeros(value.shape, dtype=np.int64)
    following[..., :-1] = steps
    return np.select([rising & falling, rising, falling], [following, 1, -1], 0).astype(np.int64)


def run_bridging(sides: IntArray, points: int) -> BoolArray:
    """The points that stand in a run of so many on one side; a side of 0 neither counts nor breaks."""
    order = _in_front(sides != 0)
    packed = np.take_along_axis(sides, order, axis=-1)
    return _back(in_run(packed > 0, points) | in_run(packed < 0, points), order)


def trend_bridging(value: FloatArray, points: int) -> IntArray:
    """`trend`, where a missing point and one that repeats the value before it neither count nor break."""
    order = _in_front(~np.isnan(value))
    packed = np.take_along_axis(value, order, axis=-1)
    told = ~np.isnan(packed)
    told[..., 1:] &= side(packed[..., 1:], packed[..., :-1]) != 0
    again = _in_front(told)
    kept = np.take_along_axis(np.where(told, packed, np.nan), again, axis=-1)
    return _back(_back(trend(kept, points), again), order)


def _points_of_steps(steps: BoolArray) -> BoolArray:
    """The points at either end of the marked steps."""
    points = np.zeros((*steps.shape[:-1], steps.shape[-1] + 1), dtype=np.bool_)
    points[..., 1:] |= steps
    points[..., :-1] |= steps
    return points


def _in_front(wanted: BoolArray) -> IntArray:
    """The order that puts the wanted points first, as they follow one another."""
    return np.argsort(~wanted, axis=-1, kind="stable")


def _back(packed: NDArray[Some], order: IntArray) -> NDArray[Some]:
    """The points at their own periods again."""
    out = np.zeros_like(packed)
    np.put_along_axis(out, order, packed, axis=-1)
    return out
