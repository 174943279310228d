"""What chance alone does to runs and crossings: critical values, and their exact joint distribution.

The model is n independent points, each above the line with the same probability: one half about a median that was
known beforehand, more after a shift.
"""

from __future__ import annotations

from functools import cache
from math import comb

import numpy as np

from breakthrough.spc.errors import InputError
from breakthrough.spc.series import FloatArray


@cache
def longest_run_limit(useful: int) -> int:
    """The longest run that chance explains among so many useful points, round(log2 n) + 3; 0 without points.

    In whole numbers, so that no rounding of a logarithm decides: log2 n >= k + 1/2 means n^2 >= 2^(2k + 1), and the
    two are never equal.

    Source: Schilling 2012, The surprising predictability of long runs, Mathematics Magazine 85(2):141-149; Anhøj &
    Olesen 2014, PLoS ONE 9(11):e113825.
    """
    if useful < 1:
        return 0
    whole = useful.bit_length() - 1
    nearest = whole + 1 if useful * useful >= 1 << (2 * whole + 1) else whole
    return nearest + 3  # Schilling 2012


@cache
def fewest_crossings(useful: int) -> int:
    """The fewest crossings that chance explains: the 5 % quantile of Binomial(n - 1, 1/2); 0 without points.

    The smallest c with P(C <= c) >= 1/20, in whole numbers: 20 times the sum of binomials against 2^(n - 1).

    Source: Chen 2010, A note on modified run chart rules (7); Anhøj & Olesen 2014, PLoS ONE 9(11):e113825.
    """
    chances = max(useful - 1, 0)
    crossings, ways, below = 0, 1, 1  # ways: sequences with exactly so many crossings; below: with so many or fewer
    while 20 * below < 1 << chances:  # 5 %, Chen 2010
        ways = ways * (chances - crossings) // (crossings + 1)
        crossings += 1
        below += ways
    return crossings


@cache
def runs_limits(useful: int) -> tuple[int, int]:
    """The fewest and the most runs about a median that chance explains at 5 %, two-sided; (0, 0) without points.

    Exactly, and as near to halves above and below as so many useful points allow: fewer runs than the first and more
    than the second each have a chance of at most 2.5 %. In whole numbers: 40 times the arrangements against all.

    Source: Wald & Wolfowitz 1940, Annals of Mathematical Statistics 11:147-162, the distribution of which Swed &
    Eisenhart 1943, Annals of Mathematical Statistics 14:66-87, made the tables.
    """
    above, below = useful // 2, useful - useful // 2
    if not above:
        return (useful, useful)  # no point, or one: nothing is to be found in their runs
    every, fewest, most = comb(useful, above), 2, useful
    ways = {runs: _arrangements(runs, above, below) for runs in range(2, useful + 1)}
    tail = ways[fewest]
    while 40 * tail <= every:  # 2.5 %
        fewest += 1
        tail += ways[fewest]
    tail = ways[most]
    while 40 * tail <= every:
        most -= 1
        tail += ways[most]
    return fewest, most


def _arrangements(runs: int, above: int, below: int) -> int:
    """How many orders of so many points above and below make so many runs."""
    half = runs // 2
    if runs % 2 == 0:
        return 2 * comb(above - 1, half - 1) * comb(below - 1, half - 1)
    return comb(above - 1, half) * comb(below - 1, half - 1) + comb(above - 1, half - 1) * comb(below - 1, half)


def joint_distribution(points: int, above: float = 0.5) -> FloatArray:
    """P(C = c and L = l) at [c, l] for the crossings C and the longest run L of `points` independent points.

    `above` is each point's probability of lying above the line. The array has one row for each c from 0 to points - 1
    and one column for each l from 0 (always 0) to points; it sums to 1. Raises InputError without points.

    The distribution is that of Wentzel-Larsen & Anhøj 2019, PLoS ONE 14(10):e0223233; the way of computing it is ours.
    """
    return joint_distributions(points, above)[points]


def joint_distributions(up_to: int, above: float = 0.5) -> list[FloatArray]:
    """The joint distributions of every number of points from 0 (an empty one) to `up_to`, for the price of the last.

    A series is a chain of runs on alternating sides. ends[on][done, l, c] is the probability that the first `done`
    points end in a whole run on that side, no run so far longer than l, after c crossings; its last run has some
    length and was preceded by a chain that ended on the other side.
    """
    if up_to < 1 or not 0 <= above <= 1:
        raise InputError("Runs need at least 1 point, and a probability from 0 to 1.")
    chance = (above, 1 - above)
    ends = np.zeros((2, up_to + 1, up_to + 1, up_to))
    for done in range(1, up_to + 1):
        for on in (0, 1):
            ends[on, done, done:, 0] = chance[on] ** done  # one run from the first point on
            for length in range(1, done):
                before = ends[1 - on, done - length, length:, :-1]
                ends[on, done, length:, 1:] += chance[on] ** length * before
    at_most = ends[0] + ends[1]
    exactly = np.diff(at_most, axis=1, prepend=0.0)
    return [np.ascontiguousarray(exactly[points, : points + 1, :points].T) for points in range(up_to + 1)]


def box_probability(joint: FloatArray, crossings: int, longest: int) -> float:
    """P(C >= crossings and L <= longest): the chance that no run rule with these limits signals."""
    return float(joint[crossings:, : longest + 1].sum())
