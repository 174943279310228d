"""Everything that flags about one team are judged from, and from when on each of them fires."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from breakthrough.collaborative import Collaborative, FlagCode, Flags, Measure
from breakthrough.measures import Chart, Doubt
from breakthrough.month import Month
from breakthrough.teams import leaders
from breakthrough.teams.grouped import by_team
from breakthrough.teams.leaders import Sign
from breakthrough.teams.records import Attendance, Contact, Statement
from breakthrough.teams.values import Ask, CoachRating, Flag, Narrative, Pdsa, Portfolio, Severity, Team


@dataclass(frozen=True, eq=False)
class Case:
    """One team in the month reported, on the day of the report. Only months up to that one are in it."""

    team: Team
    collaborative: Collaborative
    month: Month
    today: dt.date
    limits: Flags
    states: Mapping[tuple[str, Month], str]  # by measure and month
    sent: frozenset[Month]  # months with a monthly form
    charts: Mapping[str, Chart]  # by measure
    doubts: tuple[Doubt, ...]  # about the month
    pdsas: tuple[Pdsa, ...]
    ratings: Mapping[Month, CoachRating]
    narratives: Mapping[Month, Narrative]
    asks: tuple[Ask, ...]
    attendance: tuple[Attendance, ...]
    signs: tuple[Sign, ...]  # of the senior leader
    statements: tuple[Statement, ...]
    contacts: tuple[Contact, ...]

    def flag(
        self, code: FlagCode, severity: Severity, since: dt.date, evidence: str, move: str, about: str = ""
    ) -> Flag:
        """A flag about this team; it cannot have begun after today.

        It is acknowledged where the coach has ticked its code in a contact since it began.
        """
        begun = min(since, self.today)
        seen = [one.day for one in self.contacts if code in one.flags and one.day >= begun]
        return Flag(code, self.team.code, severity, begun, evidence, move, about, max(seen, default=None))

    @cached_property
    def months(self) -> tuple[Month, ...]:
        """The live months in session up to the month reported, oldest first."""
        return tuple(month for month in self.all_months if month >= self.collaborative.calendar.start)

    @cached_property
    def all_months(self) -> tuple[Month, ...]:
        """The months in session from the first with data, baseline included, up to the month reported."""
        calendar = self.collaborative.calendar
        return tuple(month for month in calendar.first.to(self.month) if calendar.in_session(month))

    def measures(self, *kinds: str) -> Iterator[tuple[str, Measure]]:
        """The measures of those kinds, in the collaborative's order."""
        return ((code, one) for code, one in self.collaborative.measures.items() if one.kind in kinds)

    def session(self, number: int) -> dt.date | None:
        """The day of the first, second … learning session, once it has been."""
        events = self.collaborative.calendar.events
        held = sorted(e.date for e in events if e.kind == "learning_session" and e.date <= self.today)
        return held[number - 1] if len(held) >= number else None

    def in_session_days(self, since: dt.date) -> int:
        """Days from `since` to today, without those of months when nobody is there."""
        calendar = self.collaborative.calendar
        days = (since + dt.timedelta(n) for n in range((self.today - since).days))
        return sum(calendar.in_session(Month.of(day)) for day in days)


def cases(
    portfolio: Portfolio,
    frame: pd.DataFrame,
    charts: Mapping[tuple[str, str], Chart],
    doubts: Iterable[Doubt],
    collaborative: Collaborative,
    month: Month,
    today: dt.date,
    limits: Flags,
) -> Iterator[Case]:
    """One case for each active team, in the portfolio's order."""
    rows = frame if (over := frame["month"] <= month.name).all() else frame[over]
    places = rows.groupby("team", sort=False).indices
    columns = [rows[name].to_numpy() for name in ("measure", "month", "state", "entry_key")]
    named = {name: Month(name) for name in rows["month"].unique()}
    doubted = by_team(doubt for doubt in doubts if doubt.month == month)
    tests, asks = by_team(portfolio.pdsas), by_team(portfolio.asks)
    rated = by_team(rating for rating in portfolio.ratings if rating.month <= month)
    told = by_team(one for one in portfolio.narratives if one.month <= month)
    attended = by_team(one for one in portfolio.attendance if one.day <= today)
    signs, contacts = by_team(leaders.signs(portfolio, today)), by_team(portfolio.contacts)
    said = by_team(one for one in portfolio.statements if one.month <= Month.of(today))
    for team in portfolio.teams:
        if team.status == "active":
            own = places.get(team.code, np.zeros(0, np.intp))
            codes, names, states, keys = (column[own].tolist() for column in columns)
            months = [named[name] for name in names]
            yield Case(
                team=team,
                collaborative=collaborative,
                month=month,
                today=today,
                limits=limits,
                states=dict(zip(zip(codes, months, strict=True), states, strict=True)),
                sent=frozenset(one for one, key in zip(months, keys, strict=True) if key),
                charts={code: charts[key] for code in collaborative.measures if (key := (team.code, code)) in charts},
                doubts=doubted.own(team.code),
                pdsas=tests.own(team.code),
                ratings={rating.month: rating for rating in rated.own(team.code)},
                narratives={one.month: one for one in told.own(team.code)},
                asks=asks.own(team.code),
                attendance=attended.own(team.code),
                signs=signs.own(team.code),
                statements=said.own(team.code),
                contacts=contacts.own(team.code),
            )
