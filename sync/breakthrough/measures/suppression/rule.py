"""When a number is small, and when a sum over hidden months of teams tells nothing small about any of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_NOTHING = 1e-6
FEWEST = 2  # teams that a sum is left with, whoever takes off the figures that they know


@dataclass(frozen=True, slots=True)
class Rule:
    """Numbers under `min_count` are small; 0 is where it is not shown."""

    min_count: int
    zero_is_shown: bool

    def small(self, numbers: Floats) -> Flags:
        """Which of them are; the difference of two months is small on either side of 0."""
        size = np.abs(numbers)
        return np.asarray((size < self.min_count) & ~((size == 0) & self.zero_is_shown))


@dataclass(frozen=True, eq=False)
class Hidden:
    """Hidden items in order: a team's numbers in one month, in each version in which they went into a total.

    `numbers` is items × numbers, `free` what of them could be another team's: all but what the team cannot have less
    of, being in the total. `insiders` is insiders × items: whose figures each knows; the first knows none. `times` is
    how often `min_count` has to be left when an insider has taken off what they know.
    """

    teams: Sequence[str]
    numbers: Floats
    free: Floats
    insiders: Flags
    times: Floats


def safe(items: Hidden, rule: Rule, begin: int) -> Flags:
    """For each k from `begin` to all: whether the sum over the first k items is safe to know.

    Safe is a sum in which every insider, having taken off what they know, is left with nothing, or with two teams or
    more whose numbers could all be any one team's and would not be small then; or are all 0, where 0 is shown. The
    proof is in docs/privacy.md: numbers of teams can be moved from one to the other without changing their sum.
    """
    outside = (~items.insiders).astype(np.float64)
    first = np.zeros(len(items.teams))
    first[np.unique(np.array(items.teams, dtype=object), return_index=True)[1]] = 1
    teams = _sums(outside, first[:, np.newaxis], begin)[..., 0]  # insiders × k
    free = _sums(outside, items.free, begin)  # insiders × k × numbers
    # A sum of 0 may come from numbers that cancel out; only where nothing is there, all are known to be 0.
    some = _sums(outside, (np.abs(items.numbers) > _NOTHING).astype(np.float64), begin)
    least = rule.min_count * items.times[:, np.newaxis, np.newaxis]
    fine = (np.abs(free) >= least - _NOTHING) | ((some == 0) & rule.zero_is_shown)
    return np.asarray(((teams == 0) | ((teams >= FEWEST) & fine.all(axis=2))).all(axis=0))


def _sums(outside: Floats, numbers: Floats, begin: int) -> Floats:
    """Insiders × k × numbers: the sums over the first k items from `begin` on, without what each insider knows."""
    start = (outside[:, :begin] @ numbers[:begin])[:, np.newaxis]
    further = np.cumsum(outside[:, begin:, np.newaxis] * numbers[begin:], axis=1)
    return np.concatenate([start, start + further], axis=1)
