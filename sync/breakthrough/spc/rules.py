"""Rule sets by name: each reads a chart and says what is signal, in one shape, with its name and version.

A further set is one more class with `name`, `version` and `judge`, entered in RULE_SETS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from breakthrough.spc import ihi, nhs
from breakthrough.spc.anhoej import VERSION, Method, runs
from breakthrough.spc.limits import Limits
from breakthrough.spc.phases import masks
from breakthrough.spc.series import BoolArray, IntArray, as_mask, side


@dataclass(frozen=True, eq=False)
class Finding:
    """What one rule found. `points` are those of the pattern, none where there is no signal.

    `side` is +1 for points that are high or rising, -1 for low or falling, 0 for the others and for a rule that has
    no direction. `points` and `side` have the shape of the chart, `signal` one figure per series.
    """

    rule: str
    signal: BoolArray
    points: BoolArray
    side: IntArray


@dataclass(frozen=True, eq=False)
class Judgement:
    """All that a rule set found, under the set's name and version."""

    rule_set: str
    rule_version: str
    findings: tuple[Finding, ...]

    def __getitem__(self, rule: str) -> Finding:
        """The finding of that rule; KeyError if the set has no such rule."""
        for finding in self.findings:
            if finding.rule == rule:
                return finding
        raise KeyError(rule)


class RuleSet(Protocol):
    """Something that tells signals from chance on a chart."""

    @property
    def name(self) -> str:
        """The name under which a configuration asks for it."""

    @property
    def version(self) -> str:
        """Changes whenever the same chart could be judged otherwise."""

    def judge(self, limits: Limits, include: ArrayLike | None = None, phase: ArrayLike | None = None) -> Judgement:
        """What is signal on the chart, phase by phase; points not included take no part in runs."""


@dataclass(frozen=True)
class Anhoej:
    """Unusually long runs and unusually few crossings, and points beyond 3 sigma. Anhøj & Olesen 2014; Shewhart 1931.

    Rules: `shift` (its points are the longest run), `crossings` (its points are all useful ones; no direction) and
    `beyond`. The run rules do not fit an mr chart, and get no points there. `min_useful`: with fewer useful points
    the run rules are silent; by default they speak at any number, as in qicharts2, though below 10 hardly ever.
    """

    method: Method = "anhoej"
    min_useful: int = 0

    @property
    def name(self) -> str:
        """`anhoej`, or `anhoej/bestbox` and `anhoej/cutbox`."""
        return "anhoej" if self.method == "anhoej" else f"anhoej/{self.method}"

    @property
    def version(self) -> str:
        """The version of the limits and of how runs are counted."""
        return VERSION

    def judge(self, limits: Limits, include: ArrayLike | None = None, phase: ArrayLike | None = None) -> Judgement:
        """The three rules' findings; the 3 sigma rule looks at points that are not included, too."""
        shape = limits.value.shape
        where = as_mask(include, shape) & (limits.chart != "mr")
        sides = np.where(where, side(limits.value, limits.centre), 0)
        shift, crossings = np.zeros((2, *shape), dtype=np.bool_)
        for inside in _phases(phase, shape):
            found = runs(limits.value, limits.centre, where & inside, method=self.method)
            speaks = found.n_useful >= self.min_useful
            useful = inside & (sides != 0)
            # The cut box's corner, where both limits are only just kept, is told with the crossings.
            few = speaks & found.signal & (found.signal_crossings | ~found.signal_shift)
            shift |= useful & _between(found.start, found.end, shape) & _each(speaks & found.signal_shift)
            crossings |= useful & _each(few)
        return Judgement(
            self.name,
            self.version,
            (
                _finding("shift", np.where(shift, sides, 0)),
                _undirected("crossings", crossings),
                _finding("beyond", limits.beyond),
            ),
        )


@dataclass(frozen=True, eq=False)
class Ihi:
    """The rules of the Institute for Healthcare Improvement on a run chart; beyond 3 sigma where limits are drawn.

    Rules: `shift` (6 or more points on one side; points on the median neither count nor break), `trend` (5 or more
    points each higher, or each lower, than the one before; a repeated value neither counts nor breaks), `few_runs` and
    `many_runs` (all useful points, no direction), `astronomical` and `beyond`. A missing point neither counts nor
    breaks. All speak from `min_useful` points off the median; the last two always do. An astronomical point is for
    people to judge: it is told where `marked` says so, and nothing here marks one. No rule fits an mr chart but
    `beyond`.

    The limits for runs come from a table that was not checked against the paper, as the version says, or with
    `exact_runs` from the exact distribution.

    Source: Perla, Provost & Murray 2011, The run chart: a simple analytical tool for learning from variation in
    healthcare processes, BMJ Quality & Safety 20:46-51; Provost & Murray, The Health Care Data Guide, 2011.
    """

    min_useful: int = ihi.FEWEST_USEFUL
    exact_runs: bool = False
    marked: ArrayLike | None = None

    @property
    def name(self) -> str:
        """`ihi`."""
        return "ihi"

    @property
    def version(self) -> str:
        """The version of the rules, with the state of the runs table."""
        return ihi.VERSION_EXACT if self.exact_runs else ihi.VERSION

    def judge(self, limits: Limits, include: ArrayLike | None = None, phase: ArrayLike | None = None) -> Judgement:
        """The six rules' findings; marked points and those beyond limits are told even if they are not included."""
        shape = limits.value.shape
        where = as_mask(include, shape) & (limits.chart != "mr")
        sides = side(limits.value, limits.centre)
        marked = np.zeros(shape, dtype=np.bool_) if self.marked is None else as_mask(self.marked, shape)
        shift, few, many = np.zeros((3, *shape), dtype=np.bool_)
        trend = np.zeros(shape, dtype=np.int64)
        for inside in _phases(phase, shape):
            part = where & inside
            counted = runs(limits.value, limits.centre, part)
            told = ihi.found(
                np.where(part, limits.value, np.nan),
                np.where(part, sides, 0),
                counted.crossings,
                counted.n_useful,
                min_useful=self.min_useful,
                exact=self.exact_runs,
            )
            shift, few, many, trend = shift | told.shift, few | told.few, many | told.many, trend + told.trend
        return Judgement(
            self.name,
            self.version,
            (
                _finding("shift", np.where(shift, sides, 0)),
                _finding("trend", trend),
                _undirected("few_runs", few),
                _undirected("many_runs", many),
                _finding("astronomical", np.where(marked, sides, 0)),
                _finding("beyond", limits.beyond),
            ),
        )


@dataclass(frozen=True)
class Nhs:
    """The four patterns of Making Data Count on an `xmr` chart; see `spc.patterns`.

    Rules: `beyond`, `trend`, `two_of_three` and `shift`. A point is told under the first that applies to it, so a
    rule's points may be fewer than its pattern has.
    """

    @property
    def name(self) -> str:
        """`nhs`, for National Health Service England."""
        return "nhs"

    @property
    def version(self) -> str:
        """The version of NHSRplotthedots whose rules these are."""
        return nhs.VERSION

    def judge(self, limits: Limits, include: ArrayLike | None = None, phase: ArrayLike | None = None) -> Judgement:
        """The four rules' findings; a point that is not included breaks patterns, and is still told beyond limits."""
        value = np.where(as_mask(include, limits.value.shape), limits.value, np.nan)
        found = nhs.patterns(replace(limits, value=value), phase)
        rules = {
            "beyond": nhs.Pattern.BEYOND,
            "trend": nhs.Pattern.TREND,
            "two_of_three": nhs.Pattern.TWO_OF_THREE,
            "shift": nhs.Pattern.SHIFT,
        }
        findings = (_finding(name, np.where(found.pattern == rule, found.direction, 0)) for name, rule in rules.items())
        return Judgement(self.name, self.version, tuple(findings))


RULE_SETS: Mapping[str, RuleSet] = MappingProxyType({"anhoej": Anhoej(), "ihi": Ihi(), "nhs": Nhs()})


def _finding(rule: str, sides: IntArray) -> Finding:
    """The finding whose points are those that have a side."""
    points = np.asarray(sides != 0)
    return Finding(rule, np.asarray(points.any(axis=-1)), points, sides)


def _undirected(rule: str, points: BoolArray) -> Finding:
    """The finding of a rule that knows no direction."""
    return Finding(rule, np.asarray(points.any(axis=-1)), points, np.zeros(points.shape, dtype=np.int64))


def _phases(phase: ArrayLike | None, shape: tuple[int, ...]) -> list[BoolArray]:
    return masks(np.zeros(shape, dtype=np.int64) if phase is None else phase, shape)


def _between(start: IntArray, end: IntArray, shape: tuple[int, ...]) -> BoolArray:
    """The periods from start to end of each series, both included."""
    periods = np.arange(shape[-1])
    return np.asarray((periods >= start[..., np.newaxis]) & (periods <= end[..., np.newaxis]))


def _each(per_series: BoolArray) -> BoolArray:
    """One figure per series, set against every period."""
    return np.asarray(per_series)[..., np.newaxis]
