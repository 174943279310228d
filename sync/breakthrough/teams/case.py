"""Everything that flags about one team are judged from, and from when on each of them fires."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, TypeVar

import pandas as pd

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.measures import Chart, Doubt
from breakthrough.month import Month
from breakthrough.teams.values import Ask, CoachRating, Flag, Narrative, Pdsa, Portfolio, Severity, Team


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When flags fire (domain §7.4). Grace after a due day is the calendar's, the target rating the collaborative's."""

    ask_days: int = 7  # a request is open longer than this
    silent_months: int = 2  # months in session without figures and without a report
    test_days: int = 45  # in session, without the start or end of a test
    stuck_days: int = 30  # since a test began whose result is not written
    big_scale: int = 4  # several classes: too large for a first test
    gap: float = 1.0  # between the team's and the coach's rating
    claim_score: float = 3.0  # a rating that needs figures behind it
    claim_stale: int = 1  # months in session that key figures may be old
    claim_run: int = 4  # months on the good side that speak for such a rating
    rating_age: int = 2  # months in session within which the newest rating still tells the state
    plateau_months: int = 3  # with the same rating
    unrated_days: int = 5  # after the coach's rating was due
    trajectory: Mapping[str, float] = field(
        default_factory=lambda: {"learning": 1.5, "testing": 2.5, "spreading": 3.5}
    )  # what a rating should have reached in each stage; after them, the collaborative's target


@dataclass(frozen=True, eq=False)
class Case:
    """One team in the month reported, on the day of the report. Only months up to that one are in it."""

    team: Team
    collaborative: Collaborative
    month: Month
    today: dt.date
    limits: Thresholds
    states: Mapping[tuple[str, Month], str]  # by measure and month
    sent: frozenset[Month]  # months with a monthly form
    charts: Mapping[str, Chart]  # by measure
    doubts: tuple[Doubt, ...]  # about the month
    pdsas: tuple[Pdsa, ...]
    ratings: Mapping[Month, CoachRating]
    narratives: Mapping[Month, Narrative]
    asks: tuple[Ask, ...]

    def flag(self, code: str, severity: Severity, since: dt.date, evidence: str, move: str) -> Flag:
        """A flag about this team; it cannot have begun after today."""
        return Flag(code, self.team.code, severity, min(since, self.today), evidence, move)

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
    limits: Thresholds,
) -> Iterator[Case]:
    """One case for each active team, in the portfolio's order."""
    rows = {str(team): part for team, part in frame[frame["month"] <= month.name].groupby("team", sort=False)}
    drawn: dict[str, dict[str, Chart]] = {}
    for (whose, code), chart in charts.items():
        drawn.setdefault(whose, {})[code] = chart
    doubted = _by_team(doubt for doubt in doubts if doubt.month == month)
    tests, asks = _by_team(portfolio.pdsas), _by_team(portfolio.asks)
    rated = _by_team(rating for rating in portfolio.ratings if rating.month <= month)
    told = _by_team(one for one in portfolio.narratives if one.month <= month)
    for team in portfolio.teams:
        if team.status == "active":
            own = rows.get(team.code, frame.iloc[:0])
            months = [Month(name) for name in own["month"]]
            yield Case(
                team=team,
                collaborative=collaborative,
                month=month,
                today=today,
                limits=limits,
                states=dict(zip(zip(own["measure"], months, strict=True), own["state"], strict=True)),
                sent=frozenset(one for one, key in zip(months, own["entry_key"], strict=True) if key),
                charts=drawn.get(team.code, {}),
                doubts=tuple(doubted.get(team.code, ())),
                pdsas=tuple(tests.get(team.code, ())),
                ratings={rating.month: rating for rating in rated.get(team.code, ())},
                narratives={one.month: one for one in told.get(team.code, ())},
                asks=tuple(asks.get(team.code, ())),
            )


class _Owned(Protocol):
    @property
    def team(self) -> str: ...


Owned = TypeVar("Owned", bound=_Owned)


def _by_team(things: Iterable[Owned]) -> dict[str, list[Owned]]:
    grouped: dict[str, list[Owned]] = {}
    for thing in things:
        grouped.setdefault(thing.team, []).append(thing)
    return grouped
