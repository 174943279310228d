"""Series by periods: the one array shape of this package, and the statistics taken along it.

A series lies along the last axis, NaN is a missing point, and every axis before the last counts series; a plain
vector is one series. One series and ten thousand take the same path through the same operations in the same order,
so their results agree to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from breakthrough.spc.errors import InputError, refuse_where

FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]
IntArray: TypeAlias = NDArray[np.int64]

# Two numbers this close (relatively) are the same number: 0.1 + 0.2 lies on a centre line of 0.3.
TOLERANCE = 1e-12


def as_series(values: ArrayLike, *, finite: bool = True) -> FloatArray:
    """The values as a contiguous float array of one axis or more; InputError if one is infinite.

    NumPy sums in the order of memory, so a strided or transposed row would be summed in another order than a plain
    vector: hence contiguous.
    """
    array = np.ascontiguousarray(values, dtype=np.float64)
    if array.ndim == 0 or np.ndim(values) == 0:
        raise InputError("A single number is no series. Pass a vector, or an array with periods along the last axis.")
    if finite:
        refuse_where(np.isinf(array), "A point is infinite, so no mean can be taken. Pass NaN for a missing point.")
    return array


def aligned(*values: ArrayLike, finite: bool = True) -> tuple[FloatArray, ...]:
    """The arrays broadcast against each other, each contiguous; InputError if their shapes do not fit."""
    arrays = [as_series(each, finite=finite) for each in values]
    shape = _common_shape([array.shape for array in arrays])
    return tuple(np.ascontiguousarray(np.broadcast_to(array, shape)) for array in arrays)


def as_mask(mask: ArrayLike | None, shape: tuple[int, ...]) -> BoolArray:
    """The mask at the full shape; None is every point."""
    if mask is None:
        return np.ones(shape, dtype=np.bool_)
    array = np.asarray(mask)
    if array.dtype != np.bool_:
        raise InputError(f"A mask holds True and False, this one holds {array.dtype}. Pass a boolean array.")
    try:
        return np.ascontiguousarray(np.broadcast_to(array, shape))
    except ValueError as exc:
        raise InputError(f"A mask of shape {array.shape} does not fit points of shape {shape}.") from exc


def as_line(line: ArrayLike, shape: tuple[int, ...]) -> FloatArray:
    """A line through every period: from one number, from one number per series, or given point by point."""
    array = np.asarray(line, dtype=np.float64)
    if array.ndim and array.shape != shape:
        if array.shape != shape[:-1]:
            raise InputError(
                f"A line of shape {array.shape} does not fit points of shape {shape}. "
                "Pass one number, one per series, or one per point."
            )
        array = array[..., np.newaxis]
    return np.ascontiguousarray(np.broadcast_to(array, shape))


def count(where: BoolArray) -> FloatArray:
    """How many points are marked, per series, with the last axis kept at length 1."""
    return np.asarray(np.sum(where, axis=-1, keepdims=True, dtype=np.float64))


def total(values: FloatArray, where: BoolArray) -> FloatArray:
    """Sum of the marked points that are not missing, per series; 0 if there is none."""
    return np.asarray(np.sum(np.where(where & ~np.isnan(values), values, 0.0), axis=-1, keepdims=True))


def mean(values: FloatArray, where: BoolArray) -> FloatArray:
    """Mean of the marked points that are not missing, per series; NaN if there is none."""
    return ratio(total(values, where), count(where & ~np.isnan(values)))


def median(values: FloatArray, where: BoolArray) -> FloatArray:
    """Median of the marked points that are not missing, per series; NaN if there is none."""
    if values.shape[-1] == 0:
        return np.full((*values.shape[:-1], 1), np.nan)
    # NaN sorts last, so the first `useful` places hold the points.
    ordered = np.sort(np.where(where, values, np.nan), axis=-1)
    useful = np.sum(~np.isnan(ordered), axis=-1, keepdims=True)
    below = np.take_along_axis(ordered, np.maximum(useful - 1, 0) // 2, axis=-1)
    above = np.take_along_axis(ordered, useful // 2 % values.shape[-1], axis=-1)
    return np.where(useful > 0, (below + above) / 2, np.nan)


def standard_deviation(values: FloatArray, where: BoolArray) -> FloatArray:
    """Sample standard deviation (n - 1) of the marked points that are not missing; NaN below two points."""
    there = where & ~np.isnan(values)
    squares = (values - mean(values, there)) ** 2
    return np.sqrt(ratio(total(squares, there), np.maximum(count(there) - 1, 0)))


def ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    """Quotient above / below, NaN where below is 0 or either is missing: never a warning, never infinite."""
    out = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan)
    np.divide(above, below, out=out, where=np.broadcast_to(below != 0, out.shape))
    return out


def constant(values: FloatArray, where: BoolArray) -> BoolArray:
    """Whether two or more marked points are there and all are equal within the tolerance, per series."""
    there = where & np.isfinite(values)
    high = np.max(np.where(there, values, -np.inf), axis=-1, keepdims=True, initial=-np.inf)
    low = np.min(np.where(there, values, np.inf), axis=-1, keepdims=True, initial=np.inf)
    enough = count(there) >= 2
    high, low = np.where(enough, high, 1.0), np.where(enough, low, 0.0)
    return enough & (high - low <= TOLERANCE * np.maximum(np.abs(high), np.abs(low)))


def side(values: FloatArray, line: FloatArray) -> IntArray:
    """+1 above the line, -1 below it, 0 on it (within the tolerance, relative to the line) or missing."""
    with np.errstate(invalid="ignore"):
        distance = values - line
        off = np.abs(distance) > TOLERANCE * np.abs(line)
    return np.where(off, np.sign(np.nan_to_num(distance)), 0.0).astype(np.int64)


def _common_shape(shapes: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError as exc:
        raise InputError(f"Arrays of shapes {', '.join(map(str, shapes))} do not fit one another.") from exc
