"""What decides whether collaboratives work (Wilson, Berwick, Cleary 2003), as a few indicators for each team.

Seven determinants; each indicator says what it is made of. They describe: with so few teams, nothing here is tested.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Literal

import pandas as pd

from breakthrough.collaborative import Collaborative
from breakthrough.english import many
from breakthrough.month import Month
from breakthrough.teams import leaders, presence
from breakthrough.teams.changes import STAGES, Change, changes
from breakthrough.teams.pdsa import STRONG
from breakthrough.teams.presence import Grid
from breakthrough.teams.values import Portfolio, Team, by_team

Code = Literal["sponsorship", "topic", "ideas", "participants", "leader", "prework", "learning"]
Unit = Literal["%", "of 5", "of 4", "points", "hours a week", "months", "times"]

TITLES: Mapping[Code, str] = {
    "sponsorship": "Sponsorship",
    "topic": "Topic",
    "ideas": "Ideas for improvement",
    "participants": "Participants",
    "leader": "Senior leader support",
    "prework": "Preliminary work",
    "learning": "Learning and making improvements",
}
ROLES: Mapping[str, str] = {
    "1": "senior leader",
    "2": "day-to-day leader",
    "3": "data lead",
    "4": "technical expert",
    "6": "family member or student",
}
_ADOPTED = STAGES.index("adopted")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure. `value` is None where nothing is known; of a share, `n` of `of` stand behind it."""

    code: str
    value: float | None
    unit: Unit
    evidence: str  # in a sentence
    n: float | None = None
    of: float | None = None


@dataclass(frozen=True, slots=True)
class Determinant:
    """One of the seven, for one team. Sponsorship is the collaborative's, the same for every team."""

    code: Code
    team: str
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """An indicator at the close: its values in the teams whose rating reached a level, and in the others."""

    determinant: Code
    indicator: str
    unit: Unit
    reached: tuple[float, ...]
    others: tuple[float, ...]

    @property
    def medians(self) -> tuple[float | None, float | None]:
        """The median of both; None where no team has a value."""
        return (median(self.reached) if self.reached else None, median(self.others) if self.others else None)


@dataclass(frozen=True, slots=True)
class _About:
    """One team, and what its indicators are made of."""

    team: Team
    own: Portfolio  # the team's alone
    collaborative: Collaborative
    months: tuple[Month, ...]  # live ones in session up to the month asked for, from when it joined
    baseline: int  # months with a figure of the aim's measure
    changes: tuple[Change, ...]
    grid: Grid
    today: dt.date


def determinants(
    portfolio: Portfolio, frame: pd.DataFrame, collaborative: Collaborative, until: Month, today: dt.date
) -> tuple[Determinant, ...]:
    """All seven for every team that was accepted, by team, as known on that day; `frame` is the results frame."""
    found = by_team(changes(portfolio, collaborative, {}, today))
    attended = presence.grid(portfolio, collaborative, today)
    baseline, apart = _baseline(frame, collaborative), portfolio.apart()
    calendar = collaborative.calendar
    live = [month for month in calendar.start.to(min(until, calendar.end)) if calendar.in_session(month)]
    return tuple(
        Determinant(code, team.code, tuple(indicators(about)))
        for team in portfolio.teams
        if team.status != "applied"
        for about in [
            _About(
                team=team,
                own=apart[team.code],
                collaborative=collaborative,
                months=tuple(month for month in live if month >= Month.of(team.joined) and team.expected(month)),
                baseline=baseline.get(team.code, 0),
                changes=found.get(team.code, ()),
                grid=attended,
                today=today,
            )
        ]
        for code, indicators in _ALL.items()
    )


def at_close(found: Iterable[Determinant], reached: Collection[str]) -> tuple[Split, ...]:
    """Every indicator, split by whether a team's rating reached the level hoped for: `reached` names those teams."""
    values: dict[tuple[Code, str, Unit], tuple[list[float], list[float]]] = {}
    for one in found:
        for indicator in one.indicators:
            both = values.setdefault((one.code, indicator.code, indicator.unit), ([], []))
            if indicator.value is not None:
                both[one.team not in reached].append(indicator.value)
    return tuple(Split(*key, tuple(yes), tuple(no)) for key, (yes, no) in values.items())


def _sponsorship(about: _About) -> Iterator[Indicator]:
    sponsor = about.collaborative.sponsor
    made = sponsor.commitments if sponsor else ()
    kept = sum(one.kept is not None and one.kept <= about.today for one in made)
    evidence = f"{kept} of {many(len(made), 'promise')} kept." if made else "No promise stands in collaborative.yaml."
    yield _share("kept", kept, len(made), evidence)


def _topic(about: _About) -> Iterator[Indicator]:
    work = about.own.prework.get(about.team.code)
    yield _answer("importance", work.importance if work else None, "how much this matters to it")


def _ideas(about: _About) -> Iterator[Indicator]:
    tested = [one for one in about.changes if one.tests]
    kept = sum(STAGES.index(one.stage) >= _ADOPTED for one in tested)
    ideas = about.collaborative.ideas
    of = len(about.changes)
    yield _share("tested", len(tested), of, f"{len(tested)} of {many(of, 'idea')} tested.")
    yield _share("adopted", kept, len(tested), f"{kept} of {many(len(tested), 'tested idea')} adopted or further.")
    strength = [ideas[one.idea].strength for one in tested]
    evidence = "The middle of the strengths of evidence of the ideas tested." if strength else "No idea was tested."
    yield Indicator("strength", median(strength) if strength else None, "of 4", evidence)


def _participants(about: _About) -> Iterator[Indicator]:
    ever = about.own.people
    here = [one for one in ever if one.since <= about.today and (one.until is None or about.today <= one.until)]
    roles = {one.role for one in here} & ROLES.keys()
    lacking = ", ".join(name for code, name in ROLES.items() if code not in roles)
    yield _share(
        "roles", len(roles), len(ROLES), f"Not on the team: {lacking}." if lacking else "Every role is filled."
    )
    hours = [one.hours for one in here if one.hours is not None]
    evidence = f"Of {len(here)} on the team, {len(hours)} say how much is set aside."
    yield Indicator("hours", sum(hours) if hours else None, "hours a week", evidence)
    said = [one.experienced for one in here if one.experienced is not None]
    yield _share("experience", sum(said), len(said), f"{sum(said)} of {len(said)} have improved something before.")
    left = sum(one.until is not None and one.until < about.today for one in ever)
    yield _share("turnover", left, len(ever), f"{left} of {len(ever)} who were ever on the team have left.")


def _leader(about: _About) -> Iterator[Indicator]:
    signs = {Month.of(one.day) for one in leaders.signs(about.own, about.today)}
    seen = sum(month in signs for month in about.months)
    of = len(about.months)
    yield _share("contact", seen, of, f"Something was seen of the senior leader in {seen} of {many(of, 'month')}.")
    work = about.own.prework.get(about.team.code)
    team = work.leader if work else None
    yield _answer("team's view", team, "how far its senior leader stands behind it")
    said = [one.priority for one in about.own.leader_answers if one.priority is not None]
    leader = median(said) if said else None
    evidence = (
        f"The middle of {many(len(said), 'answer')} of the senior leader." if said else "The leader has not said."
    )
    yield Indicator("leader's view", leader, "of 5", evidence)
    gap = team - leader if team is not None and leader is not None else None
    yield Indicator(
        "gap", gap, "points", "The team's view less the leader's." if gap is not None else "One is not known."
    )


def _prework(about: _About) -> Iterator[Indicator]:
    work = about.own.prework.get(about.team.code)
    if work is None:
        yield Indicator("readiness", None, "%", "The form was not filled in.")
    else:
        done = sum(work.done.values())
        yield _share("readiness", done, len(work.done), f"{done} of {len(work.done)} things were done.")
    name = about.collaborative.measures[about.collaborative.aim.measure].name
    yield Indicator("baseline", about.baseline, "months", f"Months before the start with a figure for {name}.")


def _learning(about: _About) -> Iterator[Indicator]:
    """Shown one by one: an index of them would say that a call is worth so many tests."""
    attended = about.grid.of_team(about.team.code)
    evidence = f"At {attended.there} of {many(attended.expected, 'event')}; {attended.unrecorded} not recorded."
    yield _share("attendance", attended.there, attended.expected, evidence)
    closed = [one for one in about.own.pdsas if one.status == "closed"]
    yield Indicator("tests", len(closed), "times", f"{many(len(closed), 'test')} closed.")
    strong = sum(one.score >= STRONG for one in closed)
    yield _share(
        "well kept", strong, len(closed), f"{strong} of {many(len(closed), 'closed test')} score 7 of 8 or more."
    )
    calls = sum(one.kind in {"call", "visit"} for one in about.own.contacts)
    yield Indicator("coaching", calls, "times", f"Calls and visits by the coach: {calls}.")
    told = sum(one.month in set(about.months) for one in about.own.narratives)
    yield _share("reports", told, len(about.months), f"{told} of {many(len(about.months), 'monthly report')} written.")
    sessions = {one.code for one in about.grid.events if one.kind == "learning_session"}
    boards = len({one.event for one in about.own.storyboards} & sessions)
    of = len(sessions)
    yield _share("storyboards", boards, of, f"A storyboard for {boards} of {many(of, 'learning session')}.")


_ALL: Mapping[Code, Callable[[_About], Iterator[Indicator]]] = {
    "sponsorship": _sponsorship,
    "topic": _topic,
    "ideas": _ideas,
    "participants": _participants,
    "leader": _leader,
    "prework": _prework,
    "learning": _learning,
}


def _share(code: str, n: int, of: int, evidence: str) -> Indicator:
    return Indicator(code, 100 * n / of if of else None, "%", evidence, n, of)


def _answer(code: str, level: int | None, about: str) -> Indicator:
    evidence = f"The team's answer before the first session to {about}." if level else "The team has not said."
    return Indicator(code, level, "of 5", evidence)


def _baseline(frame: pd.DataFrame, collaborative: Collaborative) -> dict[str, int]:
    """How many baseline months of the aim's measure each team has a figure for."""
    calendar = collaborative.calendar
    inside = (frame["month"] >= calendar.baseline_start.name) & (frame["month"] < calendar.start.name)
    there = frame[
        inside & (frame["measure"] == collaborative.aim.measure) & frame["state"].isin(["reported", "excluded"])
    ]
    return {str(team): int(number) for team, number in there.groupby("team")["month"].nunique().items()}
