"""What every document of the closing congress is made of: results as everybody may have them, and the work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from breakthrough.collaborative import Collaborative
from breakthrough.errors import ReportError
from breakthrough.language import say_as
from breakthrough.measures.interrupted import Interrupted, interrupted
from breakthrough.measures.suppression.audience import coded
from breakthrough.measures.values import Chart, Pooled
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.views.occasion import Occasion
from breakthrough.teams import across, changes
from breakthrough.teams.changes import Change, Stage
from breakthrough.teams.package import Across
from breakthrough.teams.values import Portfolio

KEPT: tuple[Stage, ...] = ("adopted", "implementing", "spread")


@dataclass(frozen=True)
class Harvest:
    """The end of a collaborative, as anybody may be told of it.

    `frame` and `pooled` hold what readers get who own no row, under the teams' own codes; `charts` are drawn from
    them. `names` gives each team's name as the policy has it, and is empty where teams are not to be named.
    """

    collaborative: Collaborative
    code: str
    portfolio: Portfolio
    frame: pd.DataFrame
    charts: Mapping[tuple[str, str], Chart]
    pooled: Mapping[str, Sequence[Pooled]]
    occasion: Occasion
    names: Mapping[str, str]
    changes: tuple[Change, ...]
    across: tuple[Across, ...]

    @property
    def at(self) -> Month:
        """The first month of the work, at which the lines are broken."""
        return self.collaborative.calendar.start

    @property
    def months(self) -> tuple[Month, ...]:
        """From the first month with data to the one reported."""
        return tuple(self.collaborative.calendar.first.to(self.occasion.month))

    def broken(self, measure: str, team: str = "") -> Interrupted | None:
        """Whether level and slope of a measure changed in a team, or in all; None where that cannot be asked.

        A cumulative measure has no such figure: a sum so far resembles the month before by its making.
        """
        months, start = self.months, self.at - self.months[0]
        if self.collaborative.measures[measure].cumulative or not 0 < start < len(months):
            return None
        known = self._line(measure, team)
        return interrupted(np.array([known.get(month, np.nan) for month in months], dtype=np.float64), start)

    def _line(self, measure: str, team: str) -> dict[Month, float]:
        if not team:
            return {one.month: one.pooled for one in self.pooled.get(measure, ()) if one.pooled is not None}
        rows = self.frame[(self.frame["measure"] == measure) & (self.frame["team"] == team)]
        rows = rows[(rows["state"] == "reported") & rows["value"].notna()]
        return {Month(month): float(value) for month, value in zip(rows["month"], rows["value"], strict=True)}


def harvest(
    collaborative: Collaborative,
    portfolio: Portfolio,
    frame: pd.DataFrame,
    charts: Mapping[tuple[str, str], Chart],
    pooled: Mapping[str, Sequence[Pooled]],
    *,
    code: str,
    occasion: Occasion,
) -> Harvest:
    """The harvest. Raises ReportError where a row is as its owner entered it: the documents are for everybody."""
    if bool((frame["entry_key"] != "").any()) or bool((frame["reason"] != "").any()):
        raise ReportError(
            "The documents of the closing congress were given rows as they were entered, so they are not made. This is "
            "a fault of the program, not of the data: please report it."
        )
    today = occasion.today(collaborative)
    found = changes(portfolio, collaborative, charts, today)
    return Harvest(
        collaborative=collaborative,
        code=code,
        portfolio=portfolio,
        frame=frame,
        charts=charts,
        pooled=pooled,
        occasion=occasion,
        names=named(collaborative, portfolio),
        changes=found,
        across=across(found, collaborative, charts),
    )


def named(collaborative: Collaborative, portfolio: Portfolio) -> dict[str, str]:
    """Each team's name as the policy on names has it: its own, a made-up one, or none."""
    codes = [team.code for team in portfolio.teams]
    match collaborative.privacy.peer_names:
        case "named":
            return {team.code: line(team.short or team.name, 40) for team in portfolio.teams}
        case "coded":
            made_up = coded(codes, collaborative.name)
            return {
                code: say_as("a team by a made-up name", "team {code}", code=name.removeprefix("team "))
                for code, name in made_up.items()
            }
        case _:
            return {}


def publishable(portfolio: Portfolio) -> tuple[str, ...]:
    """The teams whose results may be published under their name, as they said at the end."""
    said = {one.team for one in portfolio.closeouts if one.publishable}
    return tuple(team.code for team in portfolio.teams if team.code in said and team.status != "applied")
