"""Charts packed by team: a thousand teams' take 70 MB as values and 5 MB packed, and are asked for a team at a time."""

from __future__ import annotations

import pickle
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pandas as pd
from zlib_ng import zlib_ng

from breakthrough.collaborative import Collaborative
from breakthrough.measures.charts import Goals, charts
from breakthrough.measures.values import Chart

_TOGETHER = 20  # teams whose charts are worked out at once, and are there as values meanwhile
_QUICK = 1  # of zlib's levels


@dataclass(frozen=True)
class Packed(Mapping[tuple[str, str], Chart]):
    """Charts by (team, measure), one team's after another's. Each time it is asked for, a chart is an equal value."""

    # the measures that a team has, and its charts
    _teams: Mapping[str, tuple[tuple[str, ...], bytes]] = field(default_factory=dict)

    def only(self, teams: Collection[str]) -> Packed:
        """The charts of those teams."""
        return Packed({team: self._teams[team] for team in teams if team in self._teams})

    def __getitem__(self, key: tuple[str, str]) -> Chart:
        team, measure = key
        return _unpacked(self._teams[team][1])[measure]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((team, measure) for team, (measures, _) in self._teams.items() for measure in measures)

    def __len__(self) -> int:
        return sum(len(measures) for measures, _ in self._teams.values())

    def __contains__(self, key: object) -> bool:
        match key:
            case (str(team), str(measure)):
                return team in self._teams and measure in self._teams[team][0]
        return False


def stretches(frame: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """Between which places each team's rows stand in a results frame, in its order.

    Raises ValueError where those of a team do not stand together: who took one part of them for all would lose the
    other.
    """
    codes = frame["team"].to_numpy()
    begins = np.flatnonzero(codes[1:] != codes[:-1]) + 1
    bounds = [0, *begins.tolist(), len(codes)] if len(codes) else []
    found = {str(codes[first]): (first, last) for first, last in pairwise(bounds)}
    if len(found) < len(bounds) - 1:
        raise ValueError("the rows of a team do not stand together in the results frame")
    return found


def packed(frame: pd.DataFrame, collaborative: Collaborative, *, goals: Goals | None = None) -> Packed:
    """Every team's chart of every measure, the same values as `charts`. Raises what `stretches` raises."""
    begins = [first for first, _ in stretches(frame).values()]
    bounds = [*begins[::_TOGETHER], len(frame)]
    teams: dict[str, tuple[tuple[str, ...], bytes]] = {}
    for first, last in pairwise(bounds):
        apart: dict[str, dict[str, Chart]] = {}
        for (team, measure), chart in charts(frame.iloc[first:last], collaborative, goals=goals).items():
            apart.setdefault(team, {})[measure] = chart
        teams |= {team: (tuple(own), zlib_ng.compress(pickle.dumps(own), _QUICK)) for team, own in apart.items()}
    return Packed(teams)


@lru_cache(maxsize=4)  # a team's charts are asked for one after the other
def _unpacked(team: bytes) -> Mapping[str, Chart]:
    found: dict[str, Chart] = pickle.loads(zlib_ng.decompress(team))  # noqa: S301 - packed above, and kept in memory
    return found
