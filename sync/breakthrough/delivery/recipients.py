"""Who gets which report: people of a team's roster who agreed to it, and the coaches that have teams."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from breakthrough.collaborative import Collaborative
from breakthrough.delivery import addresses
from breakthrough.month import Month
from breakthrough.teams.values import Portfolio, Team


@dataclass(frozen=True, slots=True)
class Recipient:
    """One mail to be: which report, about which team or coach, and to whom. Name and address are as they were typed."""

    report: str  # team, coach
    subject: str  # team code or coach code
    name: str
    address: str


def of(collaborative: Collaborative, portfolio: Portfolio, day: dt.date) -> tuple[Recipient, ...]:
    """Everyone who gets a report on that day: teams in the portfolio's order, then coaches."""
    return (*of_teams(portfolio, day), *of_coaches(collaborative, portfolio, day))


def of_teams(portfolio: Portfolio, day: dt.date) -> tuple[Recipient, ...]:
    """One for each person and team: on two teams, both reports; listed twice in a team, one."""
    return tuple(
        recipient for team in portfolio.teams if _mailed(team, day) for recipient in _of_team(portfolio, team, day)
    )


def of_coaches(collaborative: Collaborative, portfolio: Portfolio, day: dt.date) -> tuple[Recipient, ...]:
    """One for each coach who is there on that day, with at least one team that has not left."""
    return tuple(
        Recipient("coach", coach.code, coach.name, coach.email)
        for coach in collaborative.coaches
        if coach.coaches(day) and portfolio.of_coach(coach.code)
    )


def _mailed(team: Team, day: dt.date) -> bool:
    """Whether the team gets the report of that day: it tells about the month before, and then the team was there."""
    there = team.left is None or Month.of(day) + -1 <= Month.of(team.left)
    return team.status in {"active", "completed"} and there


def _of_team(portfolio: Portfolio, team: Team, day: dt.date) -> tuple[Recipient, ...]:
    found: dict[str, Recipient] = {}
    for person in portfolio.people:
        if person.team == team.code and person.receives("team", day):
            recipient = Recipient("team", team.code, person.name, person.email)
            found.setdefault(addresses.same(person.email), recipient)
    return tuple(found.values())
