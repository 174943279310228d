"""The people and the work of a collaborative, as read from REDCap's forms: teams, persons, tests, ratings, asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from breakthrough.entry import EntryKey
from breakthrough.month import Month
from breakthrough.teams.grouped import Grouped, by_team
from breakthrough.teams.records import (
    AskState,
    Assessment,
    Attendance,
    Contact,
    LeaderAnswer,
    Prework,
    SpreadUnit,
    Statement,
    Storyboard,
    SustainCheck,
)

# Why a cycle's prediction earns its point, or does not; the first three do.
Basis = Literal[
    "seen in time",  # a pull saw it on or before the day the cycle began
    "dated in time",  # REDCap's own date lies on or before that day, and no pull contradicts it
    "not begun",  # written, and the cycle has not begun
    "seen late",  # a pull after that day saw that nothing stood there yet
    "dated late",  # REDCap's own date lies after that day
    "date changed",  # REDCap fills its date in by itself, and another one stands there than was first seen
    "undated",  # nothing tells when it was written
    "not written",
]
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
    cohort: str = ""
    type: str = ""  # the kind of organisation, in words; REDCap's own code where an institution added one

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
    hours: float | None = None  # a week, set aside for this work
    experienced: bool | None = None  # has worked on an improvement project before

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
    basis: Basis = "not written"
    studied_on: dt.date | None = None  # what came out was written, as far as can be told; see `pdsa`
    closed_on: dt.date | None = None  # the decision was written, likewise

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
    given: dt.date | None = None


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
    leader_met: bool | None = None  # whether the senior leader met the team; None where nobody said


@dataclass(frozen=True, slots=True)
class Ask:
    """Something a team asked for in a month's report, with its age and what its coach noted of it.

    `solved` is the day of the contact that solved it, for which `state` is solved.
    """

    team: str
    month: Month
    text: Text
    of: str
    since: dt.date
    state: AskState = "open"
    solved: dt.date | None = None

    def age(self, today: dt.date) -> int:
        """Days since it was asked, up to when it was solved."""
        return ((self.solved or today) - self.since).days

    def in_time(self, today: dt.date, *, within: int = 14) -> bool | None:
        """Whether it was solved within so many days; None while it still can be."""
        if self.age(today) > within:
            return False
        return True if self.solved else None


@dataclass(frozen=True, slots=True)
class Charter:
    """A team's own aim and the goals it set over those of the collaborative, by measure code."""

    team: str
    aim: Text
    pilot: str
    goals: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Closeout:
    """What a team and its coach say at the end. `publishable`: its results may be published under its name.

    `adopted` are codes of the ideas that are daily work. What they wrote is to be printed as any text is.
    """

    team: str
    aim_met: Literal["yes", "in part", "no", "cannot tell", ""]
    adopted: frozenset[str]
    best: Text
    never_again: Text
    owner: Text
    goes_on: Literal["each month", "each quarter", "less often", "not at all", ""]
    advice: Text  # to a team that begins next year
    publishable: bool
    entry: EntryKey


@dataclass(frozen=True, slots=True)
class Document:
    """A file that a team has put into REDCap, where it stays. `shared`: other teams may see it."""

    team: str
    kind: Literal["driver diagram", "process map", "aim", "tool", "storyboard", "other", ""]
    driver: str  # its code; '' for none
    note: Text
    shared: bool
    entry: EntryKey


@dataclass(frozen=True, slots=True)
class Flag:
    """A reason for the coach to act: its code (domain §7.4), since when, and the evidence in one sentence."""

    code: str
    team: str
    severity: Severity
    since: dt.date
    evidence: str
    move: str  # the suggested next move, beginning with a verb
    about: str = ""  # what tells it from others of its code: the measure that is getting worse
    acknowledged: dt.date | None = None  # the day on which the coach noted having looked into it, since it began


@dataclass(frozen=True)
class Roster:
    """Who is there: all that it takes to know who gets which mail, and who owes figures."""

    teams: tuple[Team, ...]
    people: tuple[Person, ...]

    def team(self, code: str) -> Team:
        """The team of that code. Raises KeyError."""
        return self._by_code[code]

    def people_of(self, team: str) -> tuple[Person, ...]:
        """The people of that team; nobody of one that is not there."""
        return self._people.own(team)

    def expected(self, team: str, month: Month) -> bool:
        """Whether that team owes data for that month; False for a team that is not there."""
        found = self._by_code.get(team)
        return found is not None and found.expected(month)

    def of_coach(self, coach: str) -> tuple[Team, ...]:
        """The teams of a coach that have not left."""
        return tuple(t for t in self.teams if t.coach == coach and t.status not in {"withdrew", "applied"})

    @cached_property
    def _by_code(self) -> dict[str, Team]:
        # Asked for every team and month, so not searched for each time.
        return {team.code: team for team in self.teams}

    @cached_property
    def _people(self) -> Grouped[Person]:
        return by_team(self.people)


@dataclass(frozen=True)
class Portfolio(Roster):
    """Everything about people and work that reports need, read once from the store.

    `asks` are the open ones, `requests` all that were ever made.
    """

    charters: Mapping[str, Charter]
    pdsas: tuple[Pdsa, ...]
    ratings: tuple[CoachRating, ...]
    narratives: tuple[Narrative, ...]
    asks: tuple[Ask, ...]
    requests: tuple[Ask, ...] = ()
    attendance: tuple[Attendance, ...] = ()
    contacts: tuple[Contact, ...] = ()
    leader_answers: tuple[LeaderAnswer, ...] = ()
    statements: tuple[Statement, ...] = ()
    units: tuple[SpreadUnit, ...] = ()
    sustain_checks: tuple[SustainCheck, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    storyboards: tuple[Storyboard, ...] = ()
    closeouts: tuple[Closeout, ...] = ()
    documents: tuple[Document, ...] = ()
    prework: Mapping[str, Prework] = field(default_factory=dict)

    def only(self, *teams: str) -> Portfolio:
        """The same with nothing in it of any other team: what the report of these teams may see."""
        codes = frozenset(teams)
        return Portfolio(
            teams=tuple(team for team in self.teams if team.code in codes),
            charters={code: self.charters[code] for code in teams if code in self.charters},
            prework={code: self.prework[code] for code in teams if code in self.prework},
            **{name: things.only(codes) for name, things in self._grouped.items()},
        )

    def apart(self) -> dict[str, Portfolio]:
        """What `only` gives for each team alone, by team, for all of them in one go."""
        return {team.code: self.only(team.code) for team in self.teams}

    @cached_property
    def _grouped(self) -> dict[str, Grouped[Any]]:
        return {name: by_team(getattr(self, name)) for name in _OWNED}


_OWNED = (
    "people",
    "pdsas",
    "ratings",
    "narratives",
    "asks",
    "requests",
    "attendance",
    "contacts",
    "leader_answers",
    "statements",
    "units",
    "sustain_checks",
    "assessments",
    "storyboards",
    "closeouts",
    "documents",
)  # what is a tuple of things with a team each
