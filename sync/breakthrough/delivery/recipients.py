"""Who gets which report: people of a team's roster who agreed to it, coaches that have teams, sponsor, coordinator."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from breakthrough.collaborative import Collaborative
from breakthrough.delivery import addresses
from breakthrough.month import Month
from breakthrough.teams.values import Portfolio, Team


@dataclass(frozen=True, slots=True)
class Recipient:
    """One mail to be: which report, about whom, and to whom. Name and address are as they were typed.

    `coach` is the code of the coach whose calls decide when it goes out; '' where none does.
    """

    report: str  # team, leader, coach, collaborative, coordinator
    subject: str  # the code of a team, of a coach, or of the collaborative
    name: str
    address: str
    coach: str = ""


def of(collaborative: Collaborative, portfolio: Portfolio, day: dt.date, code: str) -> tuple[Recipient, ...]:
    """Everyone who gets a report on that day: teams and their leaders, coaches, the sponsor, the coordinator.

    `code` names the collaborative in its coordinator's report.
    """
    return (
        *of_teams(portfolio, day),
        *of_coaches(collaborative, portfolio, day),
        *of_whole(collaborative, portfolio, code),
    )


def of_teams(portfolio: Portfolio, day: dt.date) -> tuple[Recipient, ...]:
    """One for each person, team and report of theirs: on two teams, both reports; listed twice in a team, one."""
    return tuple(
        recipient
        for team in portfolio.teams
        if _mailed(team, day)
        for report in ("team", "leader")
        for recipient in of_team(portfolio, team, report, day)
    )


def of_coaches(collaborative: Collaborative, portfolio: Portfolio, day: dt.date) -> tuple[Recipient, ...]:
    """One for each coach who is there on that day, with at least one team that has not left."""
    return tuple(
        Recipient("coach", coach.code, coach.name, coach.email, coach.code)
        for coach in collaborative.coaches
        if coach.coaches(day) and portfolio.of_coach(coach.code)
    )


def of_whole(collaborative: Collaborative, portfolio: Portfolio, code: str) -> tuple[Recipient, ...]:
    """The sponsor, where one with an address is named and a team is there; and the coordinator, once any is known."""
    sponsor, coordinator = collaborative.sponsor, collaborative.coordinator
    found = []
    if sponsor and sponsor.email and any(team.status in {"active", "completed"} for team in portfolio.teams):
        found.append(Recipient("collaborative", collaborative.topic, sponsor.name, sponsor.email))
    if portfolio.teams:
        found.append(Recipient("coordinator", code, coordinator.name, coordinator.email))
    return tuple(found)


def of_team(portfolio: Portfolio, team: Team, report: str, day: dt.date) -> tuple[Recipient, ...]:
    """The people of that team who get that report: team, leader or reminders; each address once."""
    found: dict[str, Recipient] = {}
    for person in portfolio.people:
        if person.team == team.code and person.receives(report, day):
            recipient = Recipient(report, team.code, person.name, person.email, team.coach)
            found.setdefault(addresses.same(person.email), recipient)
    return tuple(found.values())


def _mailed(team: Team, day: dt.date) -> bool:
    """Whether the team gets the report of that day: it tells about the month before, and then the team was there."""
    there = team.left is None or Month.of(day) + -1 <= Month.of(team.left)
    return team.status in {"active", "completed"} and there
