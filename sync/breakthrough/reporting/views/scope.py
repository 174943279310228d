"""What a coach's report is about: the coach's teams in order of need, and everything on record about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from breakthrough.collaborative import Coach, Collaborative, Measure
from breakthrough.errors import NothingToReport
from breakthrough.measures.values import Blocked, Chart, Doubt, Restated, Uncounted
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.links import checked
from breakthrough.reporting.sentences.ratings import Scores
from breakthrough.reporting.views import attention, gather
from breakthrough.reporting.views.occasion import Occasion
from breakthrough.reporting.views.returns import Return, returns
from breakthrough.teams.values import Flag, Pdsa, Portfolio, Team

STEPS = 6  # months of ratings that are looked at


@dataclass(frozen=True, slots=True)
class Scope:
    """One coach's portfolio on one occasion. `teams` stand in order of need; names and addresses are fit to print."""

    collaborative: Collaborative
    coach: Coach
    occasion: Occasion
    today: dt.date
    portfolio: Portfolio
    charts: Mapping[tuple[str, str], Chart]
    doubts: tuple[Doubt, ...]
    teams: tuple[Team, ...]
    names: Mapping[str, str]
    urls: Mapping[str, str]
    flags: Mapping[str, tuple[Flag, ...]]
    scores: Scores
    sent: Mapping[tuple[str, Month], Return]
    received: Mapping[str, dt.date] = field(default_factory=dict)
    blocked: tuple[Blocked, ...] = ()
    unplaced: tuple[Uncounted, ...] = ()
    restated: tuple[Restated, ...] = ()

    @property
    def month(self) -> Month:
        """The month reported."""
        return self.occasion.month

    @property
    def aim(self) -> Measure:
        """The measure that tells whether the aim is met."""
        return self.collaborative.measures[self.collaborative.aim.measure]

    def chart(self, team: str) -> Chart | None:
        """A team's chart of the aim's measure."""
        return self.charts.get((team, self.collaborative.aim.measure))

    def tests(self, team: str) -> list[Pdsa]:
        """A team's tests."""
        return [one for one in self.portfolio.pdsas if one.team == team]


def scope(
    collaborative: Collaborative,
    coach: Coach,
    portfolio: Portfolio,
    frame: pd.DataFrame,
    charts: Mapping[tuple[str, str], Chart],
    flags: Sequence[Flag],
    doubts: Sequence[Doubt],
    received: Mapping[str, dt.date],
    occasion: Occasion,
    blocked: Sequence[Blocked] = (),
    unplaced: Sequence[Uncounted] = (),
    restated: Sequence[Restated] = (),
) -> Scope:
    """The scope. Raises ReportError where anything of another coach's team is given, NothingToReport without a team."""
    mine = [team.code for team in portfolio.teams if team.coach == coach.code]
    others = (*(flag.team for flag in flags), *received, *(one.team for one in restated))
    gather.confine(mine, portfolio, frame, charts, doubts, others)
    teams = portfolio.of_coach(coach.code)
    if not teams:
        raise NothingToReport(f"The coach {coach.code} has no team, so there is nothing to report.")
    codes = [team.code for team in teams]
    raised = attention.by_team([flag for flag in flags if flag.team in codes])
    scores = _recent_scores(portfolio, codes, occasion.month)
    last = {team: steps[-1][1] or 0.0 for team, steps in scores.items()}
    return Scope(
        collaborative=collaborative,
        coach=coach,
        occasion=occasion,
        today=occasion.today(collaborative),
        portfolio=portfolio,
        charts={key: chart for key, chart in charts.items() if key[0] in codes},
        doubts=tuple(doubt for doubt in doubts if doubt.team in codes),
        teams=tuple(attention.ranked(teams, raised, last)),
        names={team.code: line(team.short or team.name, 40) for team in teams},
        urls={team.code: checked(occasion.links(team.code)) for team in teams},
        flags=raised,
        scores=scores,
        sent=returns(frame, collaborative),
        received=received,
        blocked=tuple(blocked),
        unplaced=tuple(unplaced),
        restated=tuple(one for one in restated if one.team in codes),
    )


def _recent_scores(portfolio: Portfolio, teams: Sequence[str], month: Month) -> Scores:
    """The coach's rating of each of the last months, by team; None where a month was not rated."""
    months = [month + -back for back in reversed(range(STEPS))]
    return {
        team: [(at, one.score if (one := gather.rating(portfolio, team, at)) else None) for at in months]
        for team in teams
    }
