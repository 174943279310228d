"""Making Data Count: the NHS's four patterns on an XmR chart, and its variation and assurance icons."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from breakthrough.spc.errors import InputError
from breakthrough.spc.limits import Limits, outside
from breakthrough.spc.phases import masks
from breakthrough.spc.series import BoolArray, FloatArray, IntArray, as_line, side
from breakthrough.spc.stretches import in_run, trend

Improvement: TypeAlias = Literal["increase", "decrease", "neutral"]
VERSION = "0.2.2"  # of the rules: NHSRplotthedots 0.2.2

TREND = 7  # points rising or falling; NHS England, Making Data Count
SHIFT = 7  # points on one side of the mean; the same


class Pattern(IntEnum):
    """What a point is part of. The lowest number that applies names it."""

    COMMON = 0
    BEYOND = 1  # outside the limits
    TREND = 2  # one of 7 points each strictly rising, or falling
    TWO_OF_THREE = 3  # between 2 and 3 sigma, as another of three successive points on its side of the mean
    SHIFT = 4  # one of 7 successive points on one side of the mean


class Variation(IntEnum):
    """The variation icon: what the last point says."""

    COMMON = 0
    IMPROVEMENT = 1
    CONCERN = 2
    HIGH = 3  # special, and neither direction is better
    LOW = 4


class Assurance(IntEnum):
    """The assurance icon: what the limits promise about the target."""

    NONE = 0  # no target, no limits, or neither direction is better
    PASS = 1  # the target will be met
    HIT_OR_MISS = 2
    FAIL = 3  # the target will not be met unless the process changes


@dataclass(frozen=True, eq=False)
class Patterns:
    """Every point's Pattern and direction (+1 high or rising, -1 low or falling, 0 common), shaped as the points."""

    pattern: IntArray
    direction: IntArray
    rule_set: str
    rule_version: str


def patterns(limits: Limits, phase: ArrayLike | None = None) -> Patterns:
    """The patterns of every point; all points of a pattern are marked, and none reaches across phases.

    A missing point breaks every pattern, and a point on the mean breaks a shift (it does not under the Anhøj rules).
    A point beyond the limits does not count towards two of three. A point where a fall turns into a rise, or the
    other way round, belongs to what follows.

    Source: NHS England, Making Data Count; NHSRplotthedots 0.2.2.
    """
    shape = limits.value.shape
    pattern, direction = np.zeros((2, *shape), dtype=np.int64)
    for inside in masks(np.zeros(shape, dtype=np.int64) if phase is None else phase, shape):
        found, towards = _patterns_within(limits, inside)
        pattern, direction = np.where(inside, found, pattern), np.where(inside, towards, direction)
    return Patterns(pattern, direction, "nhs", VERSION)


def variation(found: Patterns, value: FloatArray, improvement: Improvement) -> IntArray:
    """The Variation of every series (...,), by the pattern of its last point that is not missing.

    Source: NHS England, Making Data Count; NHSRplotthedots 0.2.2.
    """
    last = _last(value)
    direction = _at(found.direction, last)
    if _sign(improvement) == 0:
        named = np.where(direction > 0, Variation.HIGH, Variation.LOW)
    else:
        named = np.where(direction * _sign(improvement) > 0, Variation.IMPROVEMENT, Variation.CONCERN)
    return np.asarray(np.where((last >= 0) & (direction != 0), named, Variation.COMMON), dtype=np.int64)


def assurance(limits: Limits, target: ArrayLike | None, improvement: Improvement) -> IntArray:
    """The Assurance of every series (...,), by the limits at its last period; the target is one number or one each.

    Source: NHSRplotthedots 0.2.2. A target on a limit, or between them, is hit or miss.
    """
    if target is None or _sign(improvement) == 0 or limits.value.shape[-1] == 0:
        return np.full(limits.value.shape[:-1], Assurance.NONE, dtype=np.int64)
    aim = as_line(target, limits.value.shape)[..., -1]
    lower, upper = limits.lower[..., -1], limits.upper[..., -1]
    ahead = outside(aim, lower, upper) * _sign(improvement)  # +1: the target is better than all the process gives
    named = np.select([ahead > 0, ahead < 0], [Assurance.FAIL, Assurance.PASS], Assurance.HIT_OR_MISS)
    return np.where(np.isnan(lower) | np.isnan(aim), Assurance.NONE, named).astype(np.int64)


def _patterns_within(limits: Limits, inside: BoolArray) -> tuple[IntArray, IntArray]:
    value = np.where(inside, limits.value, np.nan)
    sides = side(value, limits.centre)
    beyond = np.where(inside, limits.beyond, 0)
    slope = trend(value, TREND)
    near = (beyond == 0) & (outside(value, limits.near_lower, limits.near_upper) != 0)
    shift = in_run(sides > 0, SHIFT) | in_run(sides < 0, SHIFT)
    pattern = np.select(
        [beyond != 0, slope != 0, _two_of_three(near, sides), shift],
        [Pattern.BEYOND, Pattern.TREND, Pattern.TWO_OF_THREE, Pattern.SHIFT],
        Pattern.COMMON,
    ).astype(np.int64)
    direction = np.select([pattern == Pattern.COMMON, beyond != 0, pattern == Pattern.TREND], [0, beyond, slope], sides)
    return pattern, direction.astype(np.int64)


def _two_of_three(near: BoolArray, sides: IntArray) -> BoolArray:
    """Near points of three successive ones all on one side of the mean, at least two of them near."""
    marked = np.zeros(near.shape, dtype=np.bool_)
    if near.shape[-1] < 3:
        return marked
    three = np.lib.stride_tricks.sliding_window_view
    enough = three(near, 3, axis=-1).sum(axis=-1) >= 2
    together = np.abs(three(sides, 3, axis=-1).sum(axis=-1)) == 3
    for place in range(3):
        marked[..., place : place + enough.shape[-1]] |= enough & together
    return marked & near


def _last(value: FloatArray) -> IntArray:
    """Period of the last point that is not missing, -1 if there is none."""
    periods = np.arange(value.shape[-1])
    return np.asarray(np.max(np.where(np.isnan(value), -1, periods), axis=-1, initial=-1))


def _at(values: IntArray, period: IntArray) -> IntArray:
    if values.shape[-1] == 0:
        return np.zeros(period.shape, dtype=np.int64)
    return np.asarray(np.take_along_axis(values, np.maximum(period, 0)[..., np.newaxis], axis=-1)[..., 0])


def _sign(improvement: str) -> int:
    signs = {"increase": 1, "decrease": -1, "neutral": 0}
    if improvement not in signs:
        raise InputError(f"{improvement!r} is no direction of improvement. Known: {', '.join(signs)}.")
    return signs[improvement]
