"""Who came: teams by events, the share of events a team was at, of teams an event had, and events missed running."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from breakthrough.collaborative import Collaborative, Event
from breakthrough.month import Month
from breakthrough.teams.meetings import OTHER
from breakthrough.teams.records import Attendance
from breakthrough.teams.values import Portfolio, Team

_HERE = frozenset({"present", "partly"})


@dataclass(frozen=True, slots=True)
class Attended:
    """How often teams were there: of `expected` times, which leaves out those that are excused or not recorded."""

    present: int = 0
    partly: int = 0
    absent: int = 0
    excused: int = 0
    unrecorded: int = 0

    @property
    def there(self) -> int:
        """Times present, for all of it or part of it."""
        return self.present + self.partly

    @property
    def expected(self) -> int:
        """Times that count: present, partly or absent without excuse."""
        return self.there + self.absent

    @property
    def rate(self) -> float | None:
        """The share of expected times that they were there, 0 to 100; None where none counts."""
        return 100 * self.there / self.expected if self.expected else None


@dataclass(frozen=True, slots=True)
class Grid:
    """Teams by events of the calendar that have been. `cells` holds what is recorded, by team and event's code."""

    events: tuple[Event, ...]
    teams: tuple[str, ...]
    cells: Mapping[tuple[str, str], Attendance]
    owed: frozenset[tuple[str, str]]  # teams and events at which they were to be

    def of_team(self, team: str) -> Attended:
        """How often that team was there."""
        return self._sum((team, event.code) for event in self.events)

    def of_event(self, event: str) -> Attended:
        """How many teams were at that event."""
        return self._sum((team, event) for team in self.teams)

    def in_month(self, month: Month) -> Attended:
        """How many teams were at the events of that month, added up."""
        held = [event.code for event in self.events if Month.of(event.date) == month]
        return self._sum((team, event) for event in held for team in self.teams)

    def _sum(self, places: Iterable[tuple[str, str]]) -> Attended:
        owed = [place for place in places if place in self.owed]
        said = [self.cells[place].presence for place in owed if place in self.cells]
        return Attended(
            present=said.count("present"),
            partly=said.count("partly"),
            absent=said.count("absent"),
            excused=said.count("excused"),
            unrecorded=len(owed) - len(said),
        )


def grid(portfolio: Portfolio, collaborative: Collaborative, today: dt.date) -> Grid:
    """The teams that were accepted by the events up to that day, in order of day. Other meetings are not in it.

    A team owes its presence at events from the day it joined to the day it left.
    """
    held = sorted((event.date, event.code, event) for event in collaborative.calendar.events if event.date <= today)
    events = tuple(event for *_, event in held)
    teams = [team for team in portfolio.teams if team.status != "applied"]
    owed = frozenset((team.code, event.code) for team in teams for event in events if _owes(team, event.date))
    cells = {(one.team, one.event): one for one in portfolio.attendance if one.event != OTHER and one.day <= today}
    return Grid(events, tuple(team.code for team in teams), cells, owed)


def missed(attendance: Iterable[Attendance]) -> tuple[Attendance, ...]:
    """The events that a team was not at without excuse, since it last was at one; oldest first.

    An excused absence neither counts nor breaks the row; neither does an event of which nothing is recorded.
    """
    row: list[Attendance] = []
    for one in sorted(attendance, key=lambda one: one.day):
        if one.presence in _HERE:
            row = []
        elif one.presence == "absent":
            row.append(one)
    return tuple(row)


def _owes(team: Team, day: dt.date) -> bool:
    if team.status == "paused" and team.left is None:
        return False
    return team.joined <= day and (team.left is None or day <= team.left)
