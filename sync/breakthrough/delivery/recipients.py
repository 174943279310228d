"""Who gets which report: people of a team's roster who agreed to it, coaches that have teams, sponsor, coordinator."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from breakthrough.collaborative import Collaborative
from breakthrough.delivery import addresses
from breakthrough.month import Month
from breakthrough.teams.values import Roster, Team


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


def of(collaborative: Collaborative, roster: Roster, day: dt.date, code: str) -> tuple[Recipient, ...]:
    """Everyone who gets a report on that day: teams and their leaders, coaches, the sponsor, the coordinator.

    `code` names the collaborative in its coordinator's report.
    """
    return (
        *of_teams(roster, day),
        *of_coaches(collaborative, roster, day),
        *of_whole(collaborative, roster, code),
    )


def of_teams(roster: Roster, day: dt.date) -> tuple[Recipient, ...]:
    """One for each person, team and report of theirs: on two teams, both reports; listed twice in a team, one."""
    return tuple(
        recipient
        for team in roster.teams
        if _mailed(team, day)
        for report in ("team", "leader")
        for recipient in of_team(roster, team, report, day)
    )


def of_coaches(collaborative: Collaborative, roster: Roster, day: dt.date) -> tuple[Recipient, ...]:
    """One for each coach who is there on that day, with at least one team that has not left."""
    return tuple(
        Recipient("coach", coach.code, coach.name, coach.email, coach.code)
        for coach in collaborative.coaches
        if coach.coaches(day) and roster.of_coach(coach.code)
    )


def of_whole(collaborative: Collaborative, roster: Roster, code: str) -> tuple[Recipient, ...]:
    """The sponsor, where one with an address is named and a team is there; and the coordinator, once any is known."""
    sponsor, coordinator = collaborative.sponsor, collaborative.coordinator
    found = []
    if sponsor and sponsor.email and any(team.status in {"active", "completed"} for team in roster.teams):
        found.append(Recipient("collaborative", collaborative.topic, sponsor.name, sponsor.email))
    if roster.teams:
        found.append(Recipient("coordinator", code, coordinator.name, coordinator.email))
    return tuple(found)


def of_team(roster: Roster, team: Team, report: str, day: dt.date) -> tuple[Recipient, ...]:
    """The people of that team who get that report: team, leader or reminders; each address once."""
    found: dict[str, Recipient] = {}
    for person in roster.people_of(team.code):
        if person.receives(report, day):
            recipient = Recipient(report, team.code, person.name, person.email, team.coach)
            found.setdefault(addresses.same(person.email), recipient)
    return tuple(found.values())


def _mailed(team: Team, day: dt.date) -> bool:
    """Whether the team gets the report of that day: it tells about the month before, and then the team was there."""
    there = team.left is None or Month.of(day) + -1 <= Month.of(team.left)
    return team.status in {"active", "completed"} and there
