"""The results frame as arrays of teams × months, one family of measures after another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from breakthrough.measures.suppression.families import Family, Floats

Flags = NDArray[np.bool_]

FIGURES = ("numerator", "denominator", "versus_numerator", "versus_denominator")
SUMMED = "reported"  # the one state that a total is made of
VISIBLE = frozenset({SUMMED, "excluded"})  # states that show counts which may be small


@dataclass(frozen=True, eq=False)
class Grid:
    """Teams × months of a family. `figures` is teams × months × its figures, NaN where a measure shows none."""

    family: Family
    teams: tuple[str, ...]
    months: tuple[str, ...]
    figures: Floats
    there: Mapping[str, Flags]  # by measure: counts are shown
    summed: Mapping[str, Flags]  # by measure: and are part of totals

    def patterns(self, month: int) -> dict[tuple[str, ...], NDArray[np.intp]]:
        """The teams that show something that month, by which measures they show."""
        shown = np.stack([self.there[one][:, month] for one in self.family.measures])
        found: dict[tuple[str, ...], list[int]] = {}
        for team in np.flatnonzero(shown.any(axis=0)).tolist():
            key = tuple(one for one, is_there in zip(self.family.measures, shown[:, team], strict=True) if is_there)
            found.setdefault(key, []).append(team)
        return {key: np.array(teams) for key, teams in found.items()}

    def numbers(self, teams: NDArray[np.intp], month: int, measures: Sequence[str]) -> Floats:
        """Teams × protected numbers that those measures tell of that month."""
        return told(self.family, self.figures[teams, month], measures)


def told(family: Family, figures: Floats, measures: Sequence[str]) -> Floats:
    """Items × protected numbers that those measures tell, of items × all figures of the family."""
    all_of = family.figures(family.measures)
    wanted = frozenset(measures)
    columns = [at for at, (measure, _) in enumerate(all_of) if measure in wanted]
    return np.asarray(figures[..., columns] @ family.known(measures).T)


def grids(frame: pd.DataFrame, families: Sequence[Family]) -> list[Grid]:
    """The grid of each family; teams in the frame's order, months in theirs."""
    months = sorted(set(frame["month"]))
    place, names = pd.factorize(frame["team"])
    at = pd.Index(months).get_indexer(pd.Index(frame["month"]))
    codes, measures = pd.factorize(frame["measure"])
    columns = frame[list(FIGURES)].to_numpy(dtype=np.float64)
    state = frame["state"].to_numpy(dtype=object)
    is_visible = np.isin(state, list(VISIBLE)) & ~np.isnan(columns[:, :2]).any(axis=1)
    is_summed = is_visible & (state == SUMMED)
    where = {str(measure): np.flatnonzero(codes == code) for code, measure in enumerate(measures)}
    shape = len(names), len(months)
    found = []
    for family in families:
        parts, there, summed = [], {}, {}
        for measure in family.measures:
            rows = where.get(measure, np.array([], dtype=np.intp))
            cells = place[rows], at[rows]
            there[measure], summed[measure] = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
            there[measure][cells], summed[measure][cells] = is_visible[rows], is_summed[rows]
            for figure in range(len(family.shown[measure])):
                laid = np.full(shape, np.nan)
                laid[cells] = np.where(is_visible[rows], columns[rows, figure], np.nan)
                parts.append(laid)
        teams = tuple(str(name) for name in names)
        found.append(Grid(family, teams, tuple(months), np.stack(parts, axis=-1), there, summed))
    return found
