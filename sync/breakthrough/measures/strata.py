"""Groups of teams side by side: by cohort, region or kind of organisation, each with its own pooled line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from breakthrough.collaborative import Collaborative
from breakthrough.measures.pooled import pooled
from breakthrough.measures.values import Pooled


@dataclass(frozen=True, slots=True)
class Stratum:
    """The teams of one group, in the frame's order, and their months as of a collaborative of their own.

    `name` is '' for the teams of which the group is not known. A month is provisional by the group's own k of K.
    """

    name: str
    teams: tuple[str, ...]
    months: tuple[Pooled, ...]


def strata(
    frame: pd.DataFrame, collaborative: Collaborative, measure: str, of: Mapping[str, str], *, cohort: bool = False
) -> tuple[Stratum, ...]:
    """The groups by name, the unknown one last; every team of the frame is in exactly one.

    `of` is the group of each team; a team that is not there, or whose group is blank, is in the unknown one. `cohort`
    as for `pooled`. Raises KeyError for a measure that the collaborative does not have.
    """
    groups: dict[str, list[str]] = {}
    for team in frame["team"].unique():
        groups.setdefault(of.get(str(team), "").strip(), []).append(str(team))
    return tuple(
        Stratum(name, tuple(groups[name]), pooled(frame, collaborative, measure, teams=groups[name], cohort=cohort))
        for name in sorted(groups, key=lambda name: (not name, name))
    )
