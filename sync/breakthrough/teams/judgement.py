"""Ratings side by side: the team's own, its coach's, and what was hoped for by then. None is worked out of another."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from breakthrough.collaborative import Collaborative
from breakthrough.month import Month
from breakthrough.teams.forms import RATING
from breakthrough.teams.values import CoachRating, Portfolio

AGE = 60  # days after which a rating no longer tells where a team stands


@dataclass(frozen=True, slots=True)
class Judged:
    """A team's month as two people see it. None where one has not rated; `hoped` is the stage's."""

    team: str
    month: Month
    own: float | None
    coach: float | None
    released: bool  # the coach's may be shown to the team
    hoped: float
    moved: float | None  # the coach's rating less the one before it

    @property
    def gap(self) -> float | None:
        """The team's own rating less the coach's; None unless both are there."""
        return self.own - self.coach if self.own is not None and self.coach is not None else None

    @property
    def below(self) -> bool:
        """Whether the coach's rating is under what was hoped for by then."""
        return self.coach is not None and self.coach < self.hoped

    def discordant(self, by: float) -> bool:
        """Whether both differ by that much or more, either way."""
        return self.gap is not None and abs(self.gap) >= by


@dataclass(frozen=True, slots=True)
class Levels:
    """How many teams stand at each level, 0.5 to 5.0, and the median: a mean of judgements would say too much."""

    teams: Mapping[float, int]
    median: float | None

    def at_least(self, level: float) -> int:
        """How many teams stand there or above."""
        return sum(number for score, number in self.teams.items() if score >= level)


def judged(portfolio: Portfolio, collaborative: Collaborative, until: Month) -> tuple[Judged, ...]:
    """Every team's months up to that one that anybody has rated, by team and month."""
    own = {(one.team, one.month): one.self_score for one in portfolio.narratives if one.self_score is not None}
    coach = {(one.team, one.month): one for one in portfolio.ratings}
    before: dict[str, float] = {}
    found = []
    for team, month in sorted(place for place in own.keys() | coach.keys() if place[1] <= until):
        rating = coach.get((team, month))
        former = before.get(team)
        found.append(
            Judged(
                team=team,
                month=month,
                own=own.get((team, month)),
                coach=rating.score if rating else None,
                released=rating.released if rating else False,
                hoped=hoped(collaborative, month),
                moved=rating.score - former if rating and former is not None else None,
            )
        )
        if rating:
            before[team] = rating.score
    return tuple(found)


def hoped(collaborative: Collaborative, month: Month) -> float:
    """What a rating should have reached in the stage that the month ended in."""
    stage = collaborative.calendar.stage(month.last)
    return collaborative.flags.trajectory.at(stage, collaborative.rating.target)


def latest(ratings: Iterable[CoachRating], today: dt.date, *, age: int = AGE) -> dict[str, CoachRating]:
    """The newest rating of each team that is no older than `age` days on that day, by team.

    A rating is as old as the day it was given, or as the end of its month where nobody said.
    """
    found: dict[str, CoachRating] = {}
    for rating in sorted(ratings, key=lambda one: one.month):
        given = rating.given or rating.month.last
        if given <= today and (today - given).days <= age:
            found[rating.team] = rating
    return found


def levels(scores: Iterable[float]) -> Levels:
    """How many of those ratings stand at each level, and their median."""
    given = list(scores)
    count = Counter(given)
    return Levels({level: count[level] for level in RATING.values()}, median(given) if given else None)
