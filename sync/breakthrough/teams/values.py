"""The people and the work of a collaborative, as read from REDCap's forms: teams, persons, tests, ratings, asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from breakthrough.entry import EntryKey
from breakthrough.month import Month

Status = Literal["applied", "active", "paused", "withdrew", "completed"]
Severity = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Team:
    """A team: one record of the REDCap project, in a data access group of its own."""

    code: str  # the record: T001
    name: str
    short: str
    dag: str
    coach: str  # the coach's code in collaborative.yaml
    status: Status
    joined: dt.date
    left: dt.date | None = None
    organisation: str = ""
    region: str = ""

    def expected(self, month: Month) -> bool:
        """Whether the team owes data for a month: it has been accepted, has not left before, is not paused.

        Baseline months before it joined are owed too: they are collected when joining. `left` of a paused team is the
        day it paused; without that day it owes nothing at all.
        """
        if self.status == "applied" or (self.status == "paused" and self.left is None):
            return False
        return self.left is None or month <= Month.of(self.left)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone on a team's roster; gets mail only with consent, between `since` and `until`."""

    team: str
    name: str
    email: str
    role: str  # REDCap's code of tr_role: 1 senior leader, 2 day-to-day leader, 3 data lead …
    since: dt.date
    until: dt.date | None
    reports: frozenset[str]  # of: team, leader, reminders
    consents: bool

    def receives(self, report: str, day: dt.date) -> bool:
        """Whether that report may be mailed to this person on that day."""
        here = self.since <= day and (self.until is None or day <= self.until)
        return here and self.consents and bool(self.email) and report in self.reports


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody wrote. `cleared` tells that the box "no names or identifiers" of its form is ticked.

    Print it only where cleared; otherwise link to its entry.
    """

    written: str
    cleared: bool
    entry: EntryKey

    @property
    def printable(self) -> str | None:
        """The text where it may be printed; None where it is blank or not cleared."""
        return self.written if self.cleared and self.written.strip() else None


@dataclass(frozen=True, slots=True)
class Pdsa:
    """One PDSA cycle. `score` counts the parts of a well-kept log that it has; `missing` names the others."""

    team: str
    code: str
    title: Text
    ramp: str
    cycle: int
    previous: str
    idea: str  # code of the change idea
    measure: str
    kind: Literal["test", "implement", "spread", ""]
    scale: int  # 1 one person … 6 beyond the pilot unit; 0 not said
    prediction: Text
    predicted: float | None
    planned_on: dt.date | None
    start: dt.date | None
    end_planned: dt.date | None
    end: dt.date | None
    result: Text
    result_number: float | None
    met: Literal["as predicted", "partly", "not", "cannot tell", ""]
    decision: Literal["adopt", "adapt", "abandon", "extend", ""]
    status: Literal["planned", "running", "overdue", "awaiting study", "closed"]
    score: int  # 0–8
    missing: tuple[str, ...]
    entry: EntryKey

    def active_in(self, month: Month) -> bool:
        """Whether it ran, ended or was due to be studied in that month."""
        if self.start is None:
            return False
        begun = Month.of(self.start) <= month
        return begun and (self.end is None or Month.of(self.end) >= month)


@dataclass(frozen=True, slots=True)
class CoachRating:
    """The coach's judgement of a team's month, 0.5 to 5.0. Not to be shown to the team before it is released."""

    team: str
    month: Month
    score: float
    why: Text
    suggestion: Text
    coach: str
    released: bool
    entry: EntryKey


@dataclass(frozen=True, slots=True)
class Narrative:
    """A team's monthly report: its own rating, what it did and learned, and what it asks for."""

    team: str
    month: Month
    self_score: float | None
    did: Text
    learned: Text
    next: Text
    bright: Text
    ask: Text
    ask_of: Literal["coach", "senior leader", "faculty", "other team", "none", ""]
    submitted: dt.date | None
    complete: bool
    entry: EntryKey


@dataclass(frozen=True, slots=True)
class Ask:
    """Something a team asked for and has not been told is solved, with its age."""

    team: str
    month: Month
    text: Text
    of: str
    since: dt.date

    def age(self, today: dt.date) -> int:
        """Days since it was asked."""
        return (today - self.since).days


@dataclass(frozen=True, slots=True)
class Charter:
    """A team's own aim and the goals it set over those of the collaborative, by measure code."""

    team: str
    aim: Text
    pilot: str
    goals: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flag:
    """A reason for the coach to act: its code (domain §7.4), since when, and the evidence in one sentence."""

    code: str
    team: str
    severity: Severity
    since: dt.date
    evidence: str
    move: str  # the suggested next move, beginning with a verb


@dataclass(frozen=True)
class Portfolio:
    """Everything about people and work that reports need, read once from the store."""

    teams: tuple[Team, ...]
    people: tuple[Person, ...]
    charters: Mapping[str, Charter]
    pdsas: tuple[Pdsa, ...]
    ratings: tuple[CoachRating, ...]
    narratives: tuple[Narrative, ...]
    asks: tuple[Ask, ...]

    def team(self, code: str) -> Team:
        """The team of that code. Raises KeyError."""
        return self._by_code[code]

    def expected(self, team: str, month: Month) -> bool:
        """Whether that team owes data for that month; False for a team that is not there."""
        found = self._by_code.get(team)
        return found is not None and found.expected(month)

    def of_coach(self, coach: str) -> tuple[Team, ...]:
        """The teams of a coach that have not left."""
        return tuple(t for t in self.teams if t.coach == coach and t.status not in {"withdrew", "applied"})

    def only(self, *teams: str) -> Portfolio:
        """The same with nothing in it of any other team: what the report of these teams may see."""
        return Portfolio(
            teams=tuple(t for t in self.teams if t.code in teams),
            people=tuple(p for p in self.people if p.team in teams),
            charters={code: charter for code, charter in self.charters.items() if code in teams},
            pdsas=tuple(p for p in self.pdsas if p.team in teams),
            ratings=tuple(r for r in self.ratings if r.team in teams),
            narratives=tuple(n for n in self.narratives if n.team in teams),
            asks=tuple(a for a in self.asks if a.team in teams),
        )

    @cached_property
    def _by_code(self) -> dict[str, Team]:
        # Asked for every team and month, so not searched for each time.
        return {team.code: team for team in self.teams}
