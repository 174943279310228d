"""What stands on a team's further forms, a value each: attendance, contacts, leaders' answers, changes, spread."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from breakthrough.entry import EntryKey
from breakthrough.month import Month

Presence = Literal["present", "partly", "absent", "excused"]
AskState = Literal["open", "passed on", "solved"]
Round = Literal["start", "middle", "end", "later"]
Check = Literal["session 3", "end", "3 months later", "6 months later", "12 months later"]
UnitStage = Literal["named", "agreed", "prepared", "started", "daily work", "stopped"]


@dataclass(frozen=True, slots=True)
class Attendance:
    """Whether a team was at an event. `event` is its code in the calendar, or `other`, which has only a day."""

    team: str
    event: str
    day: dt.date
    presence: Presence
    people: int | None
    leader: bool | None  # whether the team's senior leader was there; None where nobody said
    entry: EntryKey


@dataclass(frozen=True, slots=True)
class Contact:
    """A coach's contact with a team: when, with whom, what it settled and which flags the coach has looked into."""

    team: str
    day: dt.date
    kind: Literal["call", "visit", "mail", "report read", "other", ""]
    leader: bool  # the senior leader took part
    ask: Month | None  # the month of the report whose request it answers
    ask_state: AskState | None
    flags: frozenset[str]  # codes of flags
    entry: EntryKey


@dataclass(frozen=True, slots=True)
class LeaderAnswer:
    """What a team's senior leader answered about a month. None where a question was left blank."""

    team: str
    month: Month
    read: bool | None
    met: bool | None
    cleared: bool | None  # something out of the team's way
    priority: int | None  # 1 at the bottom … 5 at the top
    decision: Literal["yes", "no", "talk", "nothing asked", ""]
    entry: EntryKey


@dataclass(frozen=True, slots=True)
class Statement:
    """Where a change stood in a month, as the team or its coach says.

    `stage`: 0 not started, 1 chosen, 2 prepared, 3 being tested, 4 daily work where the team began, 5 dependable
    everywhere it was meant for. `reach` of `of` places do it.
    """

    team: str
    idea: str
    month: Month
    stage: int
    reach: int | None
    of: int | None
    by: Literal["team", "coach", ""]
    entry: EntryKey


@dataclass(frozen=True, slots=True)
class SpreadUnit:
    """A place that a change is to go to."""

    team: str
    idea: str
    size: int | None  # people it serves
    stage: UnitStage | None  # None where nobody said
    planned: dt.date | None
    started: dt.date | None
    own_data: bool | None
    entry: EntryKey


@dataclass(frozen=True, slots=True)
class SustainCheck:
    """Ten statements about whether a change will last, 0 not at all to 4 fully; None where one was left blank."""

    team: str
    idea: str
    when: Check
    answers: Mapping[str, int | None]
    entry: EntryKey

    @property
    def answered(self) -> int:
        """How many of the statements have an answer."""
        return sum(one is not None for one in self.answers.values())

    @property
    def score(self) -> float | None:
        """The mean of the answers times 25: 0 to 100. None where there is none. Not validated: show the items too."""
        given = [one for one in self.answers.values() if one is not None]
        return 25 * sum(given) / len(given) if given else None

    @property
    def low(self) -> tuple[str, ...]:
        """The statements of least standing, which are what to work on: those answered with 0 or 1."""
        return tuple(name for name, one in self.answers.items() if one is not None and one <= 1)


@dataclass(frozen=True, slots=True)
class Assessment:
    """One filled-in assessment, not scored: `answers` by field, as they were entered."""

    team: str
    profile: str
    round: Round
    day: dt.date | None
    answers: Mapping[str, str]
    entry: EntryKey


@dataclass(frozen=True, slots=True)
class Prework:
    """What was done before the first session, and how it looked to the team then: each from 1 to 5."""

    team: str
    done: Mapping[str, bool]  # eleven things, by name
    importance: int | None
    time: int | None
    leader: int | None
    data: int | None
    entry: EntryKey

    @property
    def readiness(self) -> float:
        """The share of the eleven things that are done, 0 to 100."""
        return 100 * sum(self.done.values()) / len(self.done)


@dataclass(frozen=True, slots=True)
class Storyboard:
    """That a team has put up its storyboard for an event. `public`: it may be shown outside the collaborative."""

    team: str
    event: str
    entry: EntryKey
    public: bool = False
