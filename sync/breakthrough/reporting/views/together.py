"""What the report on the whole collaborative is made of: figures as a sponsor may have them, and counts of teams."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.errors import ReportError
from breakthrough.measures.health import Tally
from breakthrough.measures.values import Chart, Pooled
from breakthrough.month import Month
from breakthrough.reporting.sentences.ratings import Scores
from breakthrough.reporting.views.occasion import Occasion
from breakthrough.teams.changes import Change
from breakthrough.teams.determinants import Determinant
from breakthrough.teams.spread import Reach

_OWNERS = ("reason", "entry_key")  # columns that nobody has but the owner of a row


@dataclass(frozen=True)
class Together:
    """All teams on one occasion. No text that a team wrote is in it.

    `rows` are of the aim's measure, as the release gives them to a sponsor, and `panels` the charts of those rows, by
    the name that the sponsor may know a team by; `lines` and `line_charts` are by measure. `charts`, `changes`,
    `scores` and `determinants` are by the teams' own codes, to be counted and never to be told by team.
    """

    collaborative: Collaborative
    occasion: Occasion
    teams: frozenset[str]  # codes of all teams
    rows: pd.DataFrame
    names: Mapping[str, str]
    panels: Mapping[str, Chart]
    lines: Mapping[str, Sequence[Pooled]]
    line_charts: Mapping[str, Chart]
    charts: Mapping[tuple[str, str], Chart]
    changes: Sequence[Change]
    scores: Scores
    health: Sequence[Tally]
    determinants: Sequence[Determinant]
    reach: Reach

    @property
    def aim(self) -> Measure:
        """The aim's measure."""
        return self.collaborative.measures[self.collaborative.aim.measure]

    @property
    def month(self) -> Month:
        """The month reported."""
        return self.occasion.month

    @property
    def today(self) -> dt.date:
        """The day of issue where the collaborative is."""
        return self.occasion.today(self.collaborative)

    @property
    def now(self) -> Pooled | None:
        """The month's value of the aim's measure over all teams; of one that is reported seldom, the newest."""
        until = [one for one in self.lines.get(self.collaborative.aim.measure, ()) if one.month <= self.month]
        there = [one for one in until if one.reporting]
        newest = until[-1] if until else None
        return there[-1] if there and not self.aim.reports(self.month) else newest


def confine(of: Together) -> None:
    """Nothing, where the rows are as a sponsor may have them. Raises ReportError where any is as its owner gets it."""
    policy = of.collaborative.privacy.peer_names
    known = {*(str(team) for team in of.rows["team"].unique()), *of.panels}
    told = {
        "named": False,
        "coded": bool(known & of.teams),
        "none": bool(known),
    }[policy]
    owned = any(bool((of.rows[name] != "").any()) for name in _OWNERS)
    if told or owned or set(of.rows["measure"].unique()) - {of.collaborative.aim.measure}:
        raise ReportError(
            "The report on all teams was given rows that are not as a sponsor may see them, so it is not made. This is "
            "a fault of the program, not of the data: please report it."
        )
