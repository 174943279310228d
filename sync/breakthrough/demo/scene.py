"""The scene of a demonstration: whose story it is, of which collaborative, up to which month, seen on which day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from breakthrough.collaborative import Collaborative
from breakthrough.demo.plots import Plot
from breakthrough.demo.story import Story
from breakthrough.instruments.profiles import Profile
from breakthrough.month import Month


@dataclass(frozen=True, slots=True)
class Member:
    """A team of the demonstration: its record, its name and the coach it belongs to."""

    record: str
    name: str
    coach: str

    @property
    def dag(self) -> str:
        """The unique name of its data access group."""
        return self.record.lower()

    @property
    def domain(self) -> str:
        """A domain that leads nowhere, for its people's addresses."""
        return f"{''.join(c for c in self.name.lower() if c.isalnum())}.example.org"


@dataclass(frozen=True, slots=True)
class Scene:
    """What every room of the demonstration draws from. `assessment` is the profile that teams fill in, if any.

    `closes`: people have come to the end, and fill in what is filled in then.
    """

    story: Story
    collaborative: Collaborative
    members: tuple[Member, ...]
    until: Month
    today: dt.date
    assessment: Profile | None = None
    closes: bool = False

    @property
    def teams(self) -> tuple[str, ...]:
        """The records of the teams."""
        return tuple(member.record for member in self.members)

    @property
    def played(self) -> Iterator[tuple[int, Member, Plot]]:
        """Each team with its place and its plot."""
        return ((index, member, self.story.plot(index)) for index, member in enumerate(self.members))

    @property
    def live(self) -> list[Month]:
        """The months in session from the collaborative's start to the newest one."""
        calendar = self.collaborative.calendar
        return [month for month in calendar.start.to(self.until) if calendar.in_session(month)]

    def first(self, number: int) -> Self:
        """The same with that many teams."""
        return replace(self, members=self.members[:number])
