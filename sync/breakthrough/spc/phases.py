"""Phases: a series cut into stretches, each with a chart of its own; and frozen baselines.

A phase is what the same chart makes of the points inside it, every other point being absent: so no chart knows of
phases, and no moving range or run reaches across a cut.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from breakthrough.spc.anhoej import Method, Runs, runs
from breakthrough.spc.errors import InputError
from breakthrough.spc.limits import Limits
from breakthrough.spc.series import BoolArray, IntArray, aligned, as_mask, as_series


def cut(periods: int, starts: Sequence[int]) -> IntArray:
    """Phase numbers, from 0, for one series of so many periods; `starts` are the first periods of the later phases.

    Starts outside the series are left out, so one list serves series of every length.
    """
    labels = np.zeros(periods, dtype=np.int64)
    for start in {start for start in starts if 0 < start < periods}:
        labels[start:] += 1
    return labels


def frozen(phase: ArrayLike, points: int) -> BoolArray:
    """The first `points` periods of each phase, missing ones counted: the base of limits frozen after them."""
    labels = _labels(phase, np.shape(phase))
    place = np.zeros(labels.shape, dtype=np.int64)
    for inside in masks(labels):
        place = np.where(inside, np.cumsum(inside, axis=-1), place)
    return np.asarray((place > 0) & (place <= points))


def masks(phase: ArrayLike, shape: tuple[int, ...] | None = None) -> list[BoolArray]:
    """One mask per phase. Phase numbers count from 0; a point numbered below 0 belongs to none."""
    labels = _labels(phase, np.shape(phase) if shape is None else shape)
    return [np.asarray(labels == number) for number in range(int(labels.max(initial=-1)) + 1)]


def by_phase(
    chart: Callable[..., Limits], phase: ArrayLike, *series: ArrayLike, base: ArrayLike | None = None, **options: Any
) -> Limits:
    """The chart drawn anew in each phase, joined into one: `by_phase(p_prime, phase, numerator, denominator)`.

    `phase` holds phase numbers from 0, for all series at once (periods,) or each its own (..., periods); `options`
    go to the chart.
    """
    arrays = aligned(*series)
    where = as_mask(base, arrays[0].shape)
    inside = masks(phase, arrays[0].shape)
    if not inside:
        return chart(*arrays, base=where, **options)
    parts = [
        chart(*(np.where(within, array, np.nan) for array in arrays), base=where & within, **options)
        for within in inside
    ]
    return _joined(parts, inside)


def runs_by_phase(
    values: ArrayLike,
    centre: ArrayLike,
    phase: ArrayLike,
    include: ArrayLike | None = None,
    *,
    method: Method = "anhoej",
) -> list[Runs]:
    """The runs within each phase, in order; a series that has no such phase has no useful points in it."""
    points = as_series(values, finite=False)
    where = as_mask(include, points.shape)
    return [runs(points, centre, where & within, method=method) for within in masks(phase, points.shape)]


def _joined(parts: list[Limits], inside: list[BoolArray]) -> Limits:
    """The charts put side by side, each point from its own phase's chart."""
    joined: dict[str, Any] = {}
    for field in fields(Limits):
        each = [getattr(part, field.name) for part in parts]
        if isinstance(each[0], np.ndarray):
            nothing = np.nan if each[0].dtype == np.float64 else 0
            joined[field.name] = np.select(inside, each, default=nothing).astype(each[0].dtype)
        else:
            joined[field.name] = each[0]
    return Limits(**joined)


def _labels(phase: ArrayLike, shape: tuple[int, ...]) -> IntArray:
    labels = np.asarray(phase)
    if not np.issubdtype(labels.dtype, np.integer):
        raise InputError(f"Phase numbers are whole, these are {labels.dtype}. Use spc.cut to make them.")
    try:
        return np.broadcast_to(labels, shape).astype(np.int64)
    except ValueError as exc:
        raise InputError(f"Phase numbers of shape {labels.shape} do not fit points of shape {shape}.") from exc
