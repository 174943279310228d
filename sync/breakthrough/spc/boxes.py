"""Best box and cut box: the Anhøj limits fitted to each number of useful points from 10 to 100. Experimental.

The best box, C >= fewest crossings and L <= longest run, is the one that catches a shift of 0.8 standard deviations
most often among those that a stable series leaves at most 7.5 % of the time. The cut box lets go of the best box's
corner, and of as many cells beside it as that 7.5 % allows.

Source of the limits: Anhøj & Wentzel-Larsen 2020, Smooth operator: Modifying the Anhøj rules to improve runs analysis
in statistical process control, PLoS ONE 15(6):e0233920, Table 1. The tests compute the best boxes anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from breakthrough.spc.chance import fewest_crossings, longest_run_limit
from breakthrough.spc.series import BoolArray, IntArray

FIRST, LAST = 10, 100  # useful points for which the table holds limits; the Anhøj limits stand in elsewhere

# fmt: off
_CROSSINGS = (  # Anhøj & Wentzel-Larsen 2020, Table 1, column C of the best box, N = 10 to 100
    2, 3, 3, 3, 3, 4, 5, 5, 5, 5, 6, 7, 6, 6, 6, 6, 9, 9, 9, 10, 11, 11, 11, 11, 11, 12, 13, 14, 13, 15, 15,
    15, 14, 14, 17, 17, 17, 17, 19, 19, 19, 19, 19, 21, 21, 21, 21, 23, 23, 23, 23, 23, 25, 25, 26, 26, 27,
    27, 27, 28, 29, 29, 29, 30, 30, 31, 31, 31, 32, 33, 33, 33, 34, 33, 35, 35, 35, 35, 37, 37, 38, 37, 39,
    39, 39, 39, 39, 41, 41, 42, 41,
)
_LONGEST = (  # the same, column L
    6, 7, 6, 6, 6, 7, 8, 7, 7, 7, 7, 8, 7, 7, 7, 7, 9, 8, 8, 8, 10, 9, 8, 8, 8, 8, 9, 10, 8, 11, 9, 9, 8, 8,
    10, 9, 9, 9, 12, 10, 9, 9, 9, 11, 10, 9, 9, 12, 10, 10, 9, 9, 11, 10, 11, 10, 12, 10, 10, 11, 14, 11,
    10, 11, 10, 12, 11, 10, 11, 13, 11, 10, 11, 10, 11, 11, 10, 10, 12, 11, 12, 10, 13, 11, 11, 10, 10, 12,
    11, 12, 10,
)
_CROSSINGS_CUT = (  # the same, Cbord of the cut box: fewest crossings with the longest run; C itself where uncut
    3, 4, 3, 3, 3, 6, 6, 5, 6, 6, 6, 7, 7, 7, 7, 6, 10, 10, 11, 10, 12, 14, 11, 12, 13, 12, 15, 14, 13, 15,
    15, 17, 14, 14, 17, 17, 19, 20, 20, 21, 19, 21, 21, 23, 23, 21, 23, 25, 24, 26, 23, 24, 27, 27, 27, 27,
    29, 27, 29, 29, 30, 31, 30, 31, 30, 32, 34, 33, 33, 37, 35, 33, 36, 36, 35, 38, 36, 38, 38, 39, 38, 39,
    41, 40, 42, 39, 41, 42, 44, 43, 42,
)
_LONGEST_CUT = (  # the same, Lbord of the cut box: longest run with the fewest crossings; L itself where uncut
    5, 6, 6, 6, 6, 6, 7, 7, 6, 5, 7, 8, 6, 6, 6, 7, 7, 7, 7, 8, 9, 8, 8, 7, 7, 8, 8, 10, 8, 11, 9, 8, 8, 8,
    10, 9, 8, 7, 11, 9, 9, 8, 7, 9, 8, 9, 8, 11, 9, 8, 9, 8, 9, 9, 10, 9, 10, 10, 8, 8, 13, 9, 9, 10, 10, 9,
    8, 9, 8, 11, 9, 10, 10, 7, 11, 8, 9, 8, 10, 9, 12, 9, 12, 10, 8, 10, 8, 9, 9, 10, 9,
)
# fmt: on


@dataclass(frozen=True, eq=False)
class Box:
    """The crossings and longest runs that chance explains, one region per series."""

    crossings: IntArray  # fewest
    longest: IntArray
    crossings_with_longest: IntArray  # fewest crossings still allowed beside the longest run allowed
    longest_with_crossings: IntArray  # longest run still allowed beside the fewest crossings allowed

    def holds(self, crossings: IntArray, longest: IntArray) -> BoolArray:
        """Whether chance explains what was seen."""
        inside = (crossings >= self.crossings) & (longest <= self.longest)
        beside_fewest = (crossings > self.crossings) | (longest <= self.longest_with_crossings)
        beside_longest = (longest < self.longest) | (crossings >= self.crossings_with_longest)
        return np.asarray(inside & beside_fewest & beside_longest)


def anhoej_box(useful: IntArray) -> Box:
    """The plain Anhøj limits as a box, by number of useful points."""
    crossings, longest = _looked_up(fewest_crossings, useful), _looked_up(longest_run_limit, useful)
    return Box(crossings, longest, crossings, longest)


def best_box(useful: IntArray) -> Box:
    """The best box by number of useful points."""
    plain = anhoej_box(useful)
    crossings = _from_table(_CROSSINGS, useful, plain.crossings)
    longest = _from_table(_LONGEST, useful, plain.longest)
    return Box(crossings, longest, crossings, longest)


def cut_box(useful: IntArray) -> Box:
    """The cut box by number of useful points."""
    best = best_box(useful)
    return Box(
        best.crossings,
        best.longest,
        _from_table(_CROSSINGS_CUT, useful, best.crossings),
        _from_table(_LONGEST_CUT, useful, best.longest),
    )


def _looked_up(limit: Callable[[int], int], useful: IntArray) -> IntArray:
    """The limit for each number of useful points, asked for once per number that occurs."""
    numbers, place = np.unique(useful, return_inverse=True)
    return np.array([limit(int(number)) for number in numbers], dtype=np.int64)[place].reshape(useful.shape)


def _from_table(table: tuple[int, ...], useful: IntArray, otherwise: IntArray) -> IntArray:
    """The table's entry from 10 to 100 useful points, the other limit before and after it."""
    entries = np.asarray(table, dtype=np.int64)[np.clip(useful, FIRST, LAST) - FIRST]
    return np.where((useful >= FIRST) & (useful <= LAST), entries, otherwise)
