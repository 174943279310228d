"""Totals that add up over the year: what came between two months may be small where neither is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from breakthrough.measures.suppression.families import Floats
from breakthrough.measures.suppression.grid import told
from breakthrough.measures.suppression.rule import Hidden, safe
from breakthrough.measures.suppression.totals import Item, Month, Name, Told, Total, figures_of, insiders


@dataclass(frozen=True, eq=False)
class Year:
    """What has been told of a family's year so far, oldest month first. A total is compared with its last one."""

    months: Sequence[Told]

    def accept(self, month: Month, totals: Mapping[Name, Total]) -> bool:
        """Whether those totals may be told of the month that follows.

        A team that was in the total of the month before must be in this one, and what came since, summed over teams
        that are in the same totals, must be safe to know as a sum of hidden numbers is; so must all of what a team
        brings that was not in it yet.
        """
        groups = _classes(totals)
        return all(
            self._fits(month, name, last, [group for group in groups if group <= total.items])
            for name, total in totals.items()
            for last in self._last(name)
        )

    def _last(self, name: Name) -> tuple[Total, ...]:
        """Every version of that total of the newest month that it was told of."""
        for one in reversed(self.months):
            if name in one.totals:
                return one.totals[name]
        return ()

    def _fits(self, month: Month, name: Name, last: Total, groups: Sequence[frozenset[Item]]) -> bool:
        before = {item[0]: figures_of(item) for item in last.items}
        now = {month.item(team): month.figures[team] for team in np.flatnonzero(month.wanted[name]).tolist()}
        if not before.keys() <= {team for team, _ in now}:
            return False
        return all(self._came(month, name[1], {item: now[item] for item in sorted(group)}, before) for group in groups)

    def _came(self, month: Month, measure: str, now: Mapping[Item, Floats], before: Mapping[str, Floats]) -> bool:
        teams = [team for team, _ in now]
        numbers = told(month.family, np.stack(list(now.values())), [measure])
        joined = np.array([team not in before for team in teams])
        had = np.stack([before.get(team, np.zeros(month.figures.shape[1])) for team in teams])
        came = numbers - told(month.family, had, [measure])
        free = came - np.where(joined, month.family.denominators, 0)[:, np.newaxis]
        return bool(safe(Hidden(teams, came, free, *insiders(teams, month.coaches)), month.rule, len(teams))[-1])


def _classes(totals: Mapping[Name, Total]) -> list[frozenset[Item]]:
    """Items that are in the same totals."""
    found: dict[tuple[Name, ...], set[Item]] = {}
    of: dict[Item, list[Name]] = {}
    for name, total in totals.items():
        for item in total.items:
            of.setdefault(item, []).append(name)
    for item, names in of.items():
        found.setdefault(tuple(names), set()).add(item)
    return [frozenset(group) for group in found.values()]
