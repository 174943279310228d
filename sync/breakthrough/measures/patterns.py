"""Patterns that the rule sets `ihi` and `nhs` add to shifts and limits, in one phase of one series.

The same that `spc.RULE_SETS` marks point by point, each pattern apart, since each becomes a signal of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from breakthrough import spc
from breakthrough.measures.values import Rule
from breakthrough.spc import ihi, nhs
from breakthrough.spc.series import side

SHIFTS = {"ihi": ihi.SHIFT, "nhs": nhs.SHIFT}  # points on one side that make a signal, however many there are
NHS_ORDER: tuple[Rule, ...] = ("limits", "trend", "two_of_three", "shift")  # the first names a point; spc.Pattern


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern at those places of the series. `side` is +1 where it is high or rising, -1 low or falling, else 0."""

    rule: Rule
    side: int
    places: tuple[int, ...]
    count: int
    needed: int


def of_ihi(values: NDArray[np.float64], sides: NDArray[np.int64], runs: int) -> list[Pattern]:
    """Trends of five, and too few or too many runs; values are NaN where a point is missing or not judged.

    A missing point and one that repeats the value before it neither count nor break a trend.
    """
    places = np.flatnonzero(~np.isnan(values)).tolist()
    found = _trends(values, places, ihi.TREND, repeats_break=False)
    useful = tuple(np.flatnonzero(sides).tolist())
    limits = spc.number_of_runs_limits(len(useful))
    fewest, most = int(limits.fewest), int(limits.most)
    if runs < fewest:
        found.append(Pattern("few_runs", 0, useful, runs, fewest))
    if runs > most:
        found.append(Pattern("many_runs", 0, useful, runs, most))
    return found


def of_nhs(
    values: NDArray[np.float64], sides: NDArray[np.int64], near: NDArray[np.int64], there: NDArray[np.bool_]
) -> list[Pattern]:
    """Trends of seven, and two of three successive months near one limit.

    `there` marks the months that owe a point: one of them without a point breaks every pattern, and so does a repeated
    value a trend. A month when nobody is in session is not there, and breaks nothing.
    """
    found: list[Pattern] = []
    for places in _unbroken(np.flatnonzero(there).tolist(), values):
        found += _trends(values, places, nhs.TREND, repeats_break=True)
        found += _two_of_three(places, sides, near)
    return found


def _unbroken(places: Sequence[int], values: NDArray[np.float64]) -> list[list[int]]:
    """The places in stretches without a missing point."""
    found: list[list[int]] = [[]]
    for place in places:
        if np.isnan(values[place]):
            found.append([])
        else:
            found[-1].append(place)
    return [stretch for stretch in found if stretch]


def _trends(values: NDArray[np.float64], places: Sequence[int], points: int, *, repeats_break: bool) -> list[Pattern]:
    """Every stretch of so many points or more, each farther the same way than the one before it."""
    found: list[Pattern] = []
    way, stretch = 0, list(places[:1])
    plotted = values[list(places)]
    for place, step in zip(places[1:], side(plotted[1:], plotted[:-1]).tolist(), strict=True):
        if step == 0 and not repeats_break:
            continue
        if step and way in {0, step}:
            stretch.append(place)
        else:
            found += _long_enough(way, stretch, points)
            stretch = [stretch[-1], place] if step else [place]
        way = step
    return [*found, *_long_enough(way, stretch, points)]


def _long_enough(way: int, stretch: Sequence[int], points: int) -> list[Pattern]:
    return [Pattern("trend", way, tuple(stretch), len(stretch), points)] if way and len(stretch) >= points else []


def _two_of_three(places: Sequence[int], sides: NDArray[np.int64], near: NDArray[np.int64]) -> list[Pattern]:
    """Near points of three successive ones all on one side, at least two of them near; overlapping threes are one."""
    groups: list[tuple[int, set[int]]] = []
    for at in range(len(places) - 2):
        three = places[at : at + 3]
        on = {int(sides[place]) for place in three}
        close = {place for place in three if near[place]}
        if len(on) == 1 and 0 not in on and len(close) >= 2:
            now = on.pop()
            if groups and groups[-1][0] == now and groups[-1][1] & close:
                groups[-1][1].update(close)
            else:
                groups.append((now, close))
    return [Pattern("two_of_three", now, tuple(sorted(close)), len(close), 2) for now, close in groups]
