"""What may be told of a month's figures to readers who do not own them: one decision for all of them together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from breakthrough.collaborative import Collaborative
from breakthrough.measures.suppression.audience import Audience, coded, owned
from breakthrough.measures.suppression.families import Family, families, judged
from breakthrough.measures.suppression.grid import FIGURES, SUMMED, VISIBLE, Grid, grids
from breakthrough.measures.suppression.rule import Rule
from breakthrough.measures.suppression.running import Year
from breakthrough.measures.suppression.totals import Month, Name, Settled, Told, settle
from breakthrough.measures.values import Pooled
from breakthrough.month import Month as Calendar

EVERY = ""  # the group of all teams

Groups = Mapping[str, Mapping[str, Collection[str]]]  # by name and measure: the teams whose total is wanted

Memory = Mapping[tuple[tuple[str, ...], str], Told]  # by family and month


@dataclass(frozen=True, eq=False)
class Release:
    """What may be told, and to whom. The same for all who own no row, so that readers who compare learn nothing.

    `hidden` are the rows that nobody but their owners gets, `totals` the groups, measures and months whose sums may be
    told, and `touched` those of them with a hidden row among them, of which sums alone may be told.
    """

    collaborative: Collaborative
    coaches: Mapping[str, str]
    groups: frozenset[str]
    measures: frozenset[str]
    hidden: frozenset[tuple[str, str, str]]  # team, measure, month
    totals: frozenset[tuple[str, str, str]]  # group, measure, month
    touched: frozenset[tuple[str, str, str]]
    members: Mapping[tuple[str, str, str], frozenset[str]]  # the teams that each total is made of
    memory: Memory = field(default_factory=dict)

    def last(self) -> Release:
        """The same as one that none comes after: without what it would take to make the next, which is most of it."""
        return replace(self, memory={})

    def rows(self, frame: pd.DataFrame, who: Audience) -> pd.DataFrame:
        """The frame as that reader gets it: own rows as they are, those of others filtered, coded or left out.

        A hidden row has state `suppressed`, and no counts, value, reason or entry; so has a row of a measure that the
        release was not made for. Whatever is worked out from these rows is safe to tell, as it holds nothing that is
        not in them.
        """
        if who.role == "coordinator":
            return frame
        privacy = self.collaborative.privacy
        own = owned(who, self.collaborative, self.coaches)
        mine = frame["team"].isin(own)
        if privacy.peer_names == "none":
            known = mine if who.role not in {"team", "coach"} else mine | frame["team"].isin(self._about(who))
            frame, mine = frame[known], mine[known]
        filtered = self._filtered(frame, ~mine)
        if privacy.peer_names == "coded":
            names = coded([*self.coaches], self.collaborative.name)
            kept = own | self._about(who)
            filtered["team"] = [team if team in kept else names.get(team, "team") for team in filtered["team"].tolist()]
        return filtered

    def counted(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame as one gets it who owns no row, but under the teams' own codes.

        For what only counts teams: how many show a signal, how many tested what before. Never to be shown by team.
        """
        return self._filtered(frame, pd.Series(data=True, index=frame.index))

    def line(self, months: Sequence[Pooled], measure: str, who: Audience, group: str = EVERY) -> tuple[Pooled, ...]:
        """An aggregate line as that reader gets it. `months` are of the teams of `group`, as `pooled` makes them.

        Raises ValueError for a group or measure that the release was not made for: its sums were not judged.
        """
        if who.role != "coordinator" and (group not in self.groups or measure not in self.measures):
            raise ValueError(f"the totals of {measure} over '{group}' were not judged, so none can be told")
        own = owned(who, self.collaborative, self.coaches)
        return tuple(self._month(one, (group, measure, one.month.name), who, own) for one in months)

    def _about(self, who: Audience) -> frozenset[str]:
        """The teams whose names that reader knows: their own, also where even their figures are filtered."""
        return frozenset(
            team for team, coach in self.coaches.items() if (who.role, who.code) in {("team", team), ("coach", coach)}
        )

    def _filtered(self, frame: pd.DataFrame, others: pd.Series) -> pd.DataFrame:
        out = frame.copy()
        keys = zip(frame["team"], frame["measure"], frame["month"], strict=True)
        unjudged = ~frame["measure"].isin(list(self.measures)) & frame["state"].isin(list(VISIBLE))
        hidden = np.array([key in self.hidden for key in keys], dtype=np.bool_) | unjudged.to_numpy()
        hidden &= others.to_numpy()
        blank = hidden | (others.to_numpy() & (frame["state"] == "invalid").to_numpy())
        for name in ("value", *FIGURES):
            out[name] = np.where(blank, np.nan, frame[name].to_numpy(dtype=np.float64))
        out["state"] = np.where(hidden, "suppressed", frame["state"].to_numpy(dtype=object))
        for name in ("deviation", "met", "opportunities"):  # what they tell of small numbers is not judged
            out[name] = np.where(others.to_numpy(), np.nan, frame[name].to_numpy(dtype=np.float64))
        for name in ("reason", "entry_key", "gaps"):
            out[name] = np.where(others.to_numpy(), "", frame[name].to_numpy(dtype=object))
        return out

    def _month(self, one: Pooled, key: tuple[str, str, str], who: Audience, own: frozenset[str]) -> Pooled:
        members = self.members.get(key, frozenset())
        if who.role == "coordinator" or one.reporting == 0 or members <= own:
            return one
        safe = key in self.totals
        if safe and key not in self.touched:
            return one
        teams = replace(one, median=None, at_goal=None, lower_quartile=None, upper_quartile=None, suppressed="teams")
        if safe:
            return teams
        return replace(teams, numerator=np.nan, denominator=np.nan, pooled=None, suppressed="all")


def release(
    frame: pd.DataFrame,
    collaborative: Collaborative,
    coaches: Mapping[str, str],
    *,
    groups: Groups | None = None,
    earlier: Release | None = None,
) -> Release:
    """The release of a results frame of all teams. `coaches` gives every team's coach, '' where there is none.

    `groups` are those whose totals are wanted beside those of all teams, the most wanted first: each stratum and
    cohort by a name of its own. Those of all teams come before any other, so they are told whatever the groups are.
    `earlier` is the release that went out last, made in the same way from the frame of then: what has been told since
    the first stays known.
    """
    codes = [str(code) for code in frame["measure"].unique()]
    every = tuple(str(team) for team in frame["team"].unique())
    named: Groups = {EVERY: dict.fromkeys(codes, every), **(groups or {})}
    rule = Rule(collaborative.privacy.min_count, collaborative.privacy.zero_is_shown)
    memory: dict[tuple[tuple[str, ...], str], Told] = dict(earlier.memory) if earlier else {}
    hidden: set[tuple[str, str, str]] = set(_without_cases(frame, collaborative))
    totals: set[tuple[str, str, str]] = set()
    touched: set[tuple[str, str, str]] = set()
    plain, withheld = judged(collaborative, codes)
    members = dict(_reporting(frame, withheld, named))
    same: dict[frozenset[str], frozenset[str]] = {}  # month after month the same teams: kept once
    hidden |= _owners_alone(frame, withheld)
    years: dict[tuple[tuple[str, ...], Calendar], list[Told]] = {}
    for grid in _grids(frame, collaborative, plain):
        is_in = {
            (name, measure): np.isin(grid.teams, list(teams[measure]))
            for name, teams in named.items()
            for measure in grid.family.measures
            if measure in teams
        }
        for at, name in enumerate(grid.months):
            month = _month(grid, at, is_in, coaches, rule, memory)
            year = years.setdefault((grid.family.measures, collaborative.calendar.year_of(Calendar(name))), [])
            found = settle(month, Year(year).accept) if grid.family.cumulative else settle(month)
            year.append(found.told)
            memory[grid.family.measures, name] = found.told
            hidden |= _hidden(grid, at, found)
            for (group, measure), teams in month.wanted.items():
                key = group, measure, name
                one = frozenset(grid.teams[team] for team in np.flatnonzero(teams).tolist())
                members[key] = same.setdefault(one, one)
                if (found.hidden & teams).any():
                    touched.add(key)
                if (group, measure) in found.totals:
                    totals.add(key)
    return Release(
        collaborative,
        coaches,
        frozenset(named),
        frozenset(codes),
        frozenset(hidden),
        frozenset(totals),
        frozenset(touched),
        members,
        memory,
    )


def _grids(frame: pd.DataFrame, collaborative: Collaborative, codes: Sequence[str]) -> Iterator[Grid]:
    """The families' months as they were defined then: a grid a family for each stretch without a new definition."""
    starts = sorted({one.from_.name for code in codes for one in collaborative.measures[code].versions})
    stretch = np.searchsorted(np.array(starts, dtype=str), frame["month"].to_numpy(dtype=str), side="right")
    for one in np.unique(stretch).tolist():
        rows = frame[stretch == one]
        yield from grids(rows, families(collaborative, codes, Calendar(str(rows["month"].min()))))


def _month(
    grid: Grid,
    at: int,
    is_in: Mapping[Name, NDArray[np.bool_]],
    coaches: Mapping[str, str],
    rule: Rule,
    memory: Memory,
) -> Month:
    family: Family = grid.family
    small = np.zeros(len(grid.teams), np.bool_)
    for measures, teams in grid.patterns(at).items():
        small[teams] = rule.small(grid.numbers(teams, at, measures)).any(axis=1)
    visible = np.logical_or.reduce([grid.there[one][:, at] for one in family.measures])
    figures = grid.figures[:, at]
    return Month(
        family=family,
        teams=grid.teams,
        coaches=coaches,
        figures=figures,
        visible=visible,
        small=small,
        size=np.nansum(figures, axis=1),
        wanted={name: teams & grid.summed[name[1]][:, at] for name, teams in is_in.items()},
        before=memory.get((family.measures, grid.months[at]), Told()),
        rule=rule,
        rows_are_shown=not family.cumulative,
        protects=bool(len(family.protected)) and (rule.min_count > 1 or not rule.zero_is_shown),
    )


def _hidden(grid: Grid, at: int, found: Settled) -> set[tuple[str, str, str]]:
    return {
        (grid.teams[team], measure, grid.months[at])
        for team in np.flatnonzero(found.hidden).tolist()
        for measure in grid.family.measures
        if grid.there[measure][team, at]
    }


def _owners_alone(frame: pd.DataFrame, withheld: Sequence[str]) -> set[tuple[str, str, str]]:
    """The rows of measures that nobody but their owners gets, where they show anything."""
    rows = frame[frame["measure"].isin(withheld) & frame["state"].isin(list(VISIBLE))]
    return set(zip(rows["team"], rows["measure"], rows["month"], strict=True))


def _reporting(
    frame: pd.DataFrame, withheld: Sequence[str], named: Groups
) -> Iterator[tuple[tuple[str, str, str], frozenset[str]]]:
    """The teams that each total of such a measure is made of, by group, measure and month."""
    rows = frame[frame["measure"].isin(withheld) & (frame["state"] == SUMMED)]
    for (measure, month), teams in rows.groupby(["measure", "month"])["team"]:
        for group, of in named.items():
            yield (group, str(measure), str(month)), frozenset(teams) & frozenset(of.get(str(measure), ()))


def _without_cases(frame: pd.DataFrame, collaborative: Collaborative) -> set[tuple[str, str, str]]:
    """Months without cases, where 0 is not shown: the state alone would tell."""
    if collaborative.privacy.zero_is_shown:
        return set()
    rows = frame[(frame["state"] == "no_cases") & ~frame["measure"].isin(list(collaborative.privacy.exempt))]
    return set(zip(rows["team"], rows["measure"], rows["month"], strict=True))
