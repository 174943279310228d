"""One month of one family: which teams' months are hidden, and which totals over teams may be told beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from breakthrough.measures.suppression.families import Family, Floats
from breakthrough.measures.suppression.grid import told
from breakthrough.measures.suppression.rule import Flags, Hidden, Rule, safe

Item = tuple[str, bytes]  # a team's month in the version in which it went into a total: its figures as they are
Name = tuple[str, str]  # group and measure of a total
Accept = Callable[["Month", Mapping[Name, "Total"]], bool]


@dataclass(frozen=True, eq=False)
class Total:
    """A total that was told: the measure, and the items that it was made of."""

    measure: str
    items: frozenset[Item]


@dataclass(frozen=True, eq=False)
class Told:
    """All that reports, one after the other, have told of a family's month."""

    shown: frozenset[Item] = frozenset()
    totals: Mapping[Name, tuple[Total, ...]] = field(default_factory=dict)  # each version of each


@dataclass(frozen=True, eq=False)
class Month:
    """What there is of a family's month. Arrays are by team; `size` says which rows are given up first."""

    family: Family
    teams: tuple[str, ...]
    coaches: Mapping[str, str]
    figures: Floats  # teams × figures
    visible: Flags
    small: Flags  # rows that show a small number, and so are hidden
    size: Floats
    wanted: Mapping[Name, Flags]  # the teams that each total is made of, the most wanted first
    before: Told
    rule: Rule
    rows_are_shown: bool  # whether any other team's row of this family is
    protects: bool  # whether the family holds numbers of people at all

    @cached_property
    def items(self) -> list[Item]:
        """Each team's month as it is now."""
        return [(team, row.tobytes()) for team, row in zip(self.teams, self.figures, strict=True)]

    def item(self, team: int) -> Item:
        """That team's."""
        return self.items[team]

    def total(self, name: Name) -> Total:
        """That total as it is now."""
        return Total(name[1], self.these(self.wanted[name]))

    def these(self, which: Flags) -> frozenset[Item]:
        """Those teams' months: the same set each time, as many totals are made of all teams, or of all of a coach."""
        key = which.tobytes()
        if key not in self._sets:
            self._sets[key] = frozenset(self.item(team) for team in np.flatnonzero(which).tolist())
        return self._sets[key]

    @cached_property
    def _sets(self) -> dict[bytes, frozenset[Item]]:
        return {}


def figures_of(item: Item) -> Floats:
    """What that team's month was made of, in that version."""
    return np.frombuffer(item[1])


@dataclass(frozen=True, eq=False)
class Settled:
    """Which rows are hidden, by team, which totals may be told, and what is known from now on."""

    hidden: Flags
    totals: Mapping[Name, Total]
    told: Told


def settle(month: Month, accept: Accept = lambda _, __: True) -> Settled:
    """What of the month is told.

    A small row is hidden, and so are, smallest first, as many more as it takes to keep it from being worked out from
    the totals. A total that no hiding of rows makes safe is not told. `accept` may refuse a total for other reasons.
    """
    if not month.protects:
        every = {name: month.total(name) for name in month.wanted}
        return Settled(np.zeros(len(month.teams), np.bool_), every, _told(month, month.visible, every))
    hidden = month.visible & month.small if month.rows_are_shown else month.visible.copy()
    items = _items(month, hidden)
    parted = _Parted(items)
    for versions in month.before.totals.values():
        for version in versions:
            parted = parted.by(version)
    totals: dict[Name, Total] = {}
    needs: _Needs = {}
    for name in month.wanted:
        total = month.total(name)
        trial = parted.by(total)
        if not total.items or any(_found(month, items, one, needs) is None for one in trial.classes()):
            continue
        if accept(month, {**totals, name: total}):
            totals[name] = total
            parted = trial
    for one in parted.classes():
        for team in _found(month, items, one, needs) or ():
            hidden[team] = True
    return Settled(hidden, totals, _told(month, month.visible & ~hidden, totals))


@dataclass(frozen=True, eq=False)
class _Items:
    """Hidden items, those of earlier versions last, and rows that may yet be hidden, smallest first."""

    keyed: Sequence[tuple[Item, Floats]]
    is_hidden: Flags
    team: NDArray[np.intp]  # place among the month's teams; -1 for a team that is gone


def _items(month: Month, hidden: Flags) -> _Items:
    open_rows = np.flatnonzero(month.visible & ~hidden)
    open_rows = open_rows[np.lexsort((open_rows, month.size[open_rows]))]
    now = [team for team in np.flatnonzero(hidden).tolist() if month.item(team) not in month.before.shown]
    may = [team for team in open_rows.tolist() if month.item(team) not in month.before.shown]
    here = {month.item(team) for team in (*now, *may)}
    place = {team: at for at, team in enumerate(month.teams)}
    told = {item: None for every in month.before.totals.values() for total in every for item in total.items}
    gone = [(key, figures_of(key)) for key in told if key not in month.before.shown and key not in here]
    keyed = [(month.item(team), month.figures[team]) for team in now] + gone
    keyed += [(month.item(team), month.figures[team]) for team in may]
    teams = [*now, *(place.get(key[0], -1) for key, _ in gone), *may]
    is_hidden = np.arange(len(keyed)) < len(now) + len(gone)
    return _Items(keyed, is_hidden, np.array(teams, dtype=np.intp))


@dataclass(frozen=True, eq=False)
class _Class:
    """Items that are in the same totals, and the measures of those totals."""

    items: NDArray[np.intp]
    measures: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Parted:
    """Items by which totals they are in: `labels` tells them apart. No total tells more of one class than its sum."""

    items: _Items
    columns: tuple[tuple[str, Flags], ...] = ()
    labels: NDArray[np.intp] | None = None

    def by(self, total: Total) -> _Parted:
        """Parted by one more total."""
        column = np.array([key in total.items for key, _ in self.items.keyed], dtype=np.bool_)
        before = 0 if self.labels is None else self.labels
        labels = np.unique(2 * before + column, return_inverse=True)[1]
        return _Parted(self.items, (*self.columns, (total.measure, column)), labels)

    def classes(self) -> Iterator[_Class]:
        """Those with a hidden item that are in any total."""
        if self.labels is None:
            return
        for label in np.unique(self.labels[self.items.is_hidden]).tolist():
            members = np.flatnonzero(self.labels == label)
            first = members[0]
            measures = {measure for measure, column in self.columns if column[first]}
            if measures:
                yield _Class(members, tuple(sorted(measures)))


_Needs = dict[tuple[bytes, tuple[str, ...]], tuple[int, ...] | None]


def _found(month: Month, items: _Items, of: _Class, cache: _Needs) -> tuple[int, ...] | None:
    """The further teams whose rows must be hidden for the sum over the class to be safe; None where none suffice."""
    key = of.items.tobytes(), of.measures
    if key not in cache:
        cache[key] = _needed(month, items, of)
    return cache[key]


def _needed(month: Month, items: _Items, of: _Class) -> tuple[int, ...] | None:
    begin = int(items.is_hidden[of.items].sum())
    size = month.size[items.team[of.items]]
    for most in (begin + 8, len(of.items)):
        some = of.items[:most]
        numbers = told(month.family, np.stack([items.keyed[at][1] for at in some.tolist()]), of.measures)
        teams = [items.keyed[at][0][0] for at in some.tolist()]
        free = np.maximum(numbers - month.family.denominators, 0)
        fine = safe(Hidden(teams, numbers, free, *insiders(teams, month.coaches)), month.rule, begin)
        enough = np.flatnonzero(fine & _parts_no_equals(size, begin, most))
        if len(enough):
            return tuple(items.team[some[begin : begin + int(enough[0])]].tolist())
    return None


def _parts_no_equals(size: Floats, begin: int, most: int) -> Flags:
    """For each k: whether the rows that are hidden so far end where a larger one follows.

    Of rows of one size all are hidden or none: a choice by their order would tell that it was theirs to be hidden.
    """
    ends = np.arange(begin, min(most, len(size)) + 1)
    return np.array([k in {begin, len(size)} or size[k - 1] < size[k] for k in ends.tolist()], dtype=np.bool_)


def insiders(teams: Sequence[str], coaches: Mapping[str, str]) -> tuple[Flags, Floats]:
    """Insiders × items, and how often `min_count` has to be left: nobody, each team, and each coach.

    A team knows its own items, a coach those of theirs. Who knows the rule knows that each insider was left with
    enough, so no team has more than the rest of the sum over that. For as much as `min_count` to be possible
    nevertheless, more has to be left to those who know less.
    """
    own, of = pd.factorize(np.array(teams, dtype=object))[0], [coaches.get(team, "") for team in teams]
    coached, names = pd.factorize(np.array(of, dtype=object))
    nobody = np.zeros((1, len(teams)), np.bool_)
    each = np.arange(own.max(initial=-1) + 1)[:, np.newaxis] == own
    coach = np.array([at for at, name in enumerate(names) if name], dtype=np.intp)[:, np.newaxis] == coached
    apart = 1 if coach.all() else 2
    times = [apart + 1, *[apart] * len(each), *[1] * len(coach)]
    return np.concatenate([nobody, each, coach]), np.array(times, dtype=np.float64)


def _told(month: Month, shown: Flags, totals: Mapping[Name, Total]) -> Told:
    """What was told before, and what is told now."""
    rows = month.these(shown)
    versions = dict(month.before.totals)
    for name, total in totals.items():
        had = versions.get(name, ())
        if not any(one.items == total.items for one in had):
            versions[name] = (*had, total)
    return Told(month.before.shown | rows if month.before.shown else rows, versions)
