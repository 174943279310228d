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
from breakthrough.language import message, say, says
from breakthrough.month import Month
from breakthrough.teams import leaders, presence
from breakthrough.teams.changes import STAGES, Change, changes
from breakthrough.teams.grouped import by_team
from breakthrough.teams.pdsa import STRONG
from breakthrough.teams.presence import Grid
from breakthrough.teams.values import Portfolio, Team

Code = Literal["sponsorship", "topic", "ideas", "participants", "leader", "prework", "learning"]
Unit = Literal["%", "of 5", "of 4", "points", "hours a week", "months", "times"]

TITLES: Mapping[Code, str] = {
    "sponsorship": message("Sponsorship"),
    "topic": message("Topic"),
    "ideas": message("Ideas for improvement"),
    "participants": message("Participants"),
    "leader": message("Senior leader support"),
    "prework": message("Preliminary work"),
    "learning": message("Learning and making improvements"),
}
ROLES: Mapping[str, str] = {
    "1": message("senior leader"),
    "2": message("day-to-day leader"),
    "3": message("data lead"),
    "4": message("technical expert"),
    "6": message("family member or student"),
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
                changes=found.own(team.code),
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
    evidence = (
        says("{kept} of {n} promise kept.", "{kept} of {n} promises kept.", len(made), kept=kept)
        if made
        else say("No promise stands in collaborative.yaml.")
    )
    yield _share("kept", kept, len(made), evidence)


def _topic(about: _About) -> Iterator[Indicator]:
    work = about.own.prework.get(about.team.code)
    yield _answer(
        "importance",
        work.importance if work else None,
        say("The team's answer before the first session to how much this matters to it."),
    )


def _ideas(about: _About) -> Iterator[Indicator]:
    tested = [one for one in about.changes if one.tests]
    kept = sum(STAGES.index(one.stage) >= _ADOPTED for one in tested)
    ideas = about.collaborative.ideas
    of = len(about.changes)
    yield _share(
        "tested",
        len(tested),
        of,
        says("{part} of {n} idea tested.", "{part} of {n} ideas tested.", of, part=len(tested)),
    )
    adopted = says(
        "{part} of {n} tested idea adopted or further.",
        "{part} of {n} tested ideas adopted or further.",
        len(tested),
        part=kept,
    )
    yield _share("adopted", kept, len(tested), adopted)
    strength = [ideas[one.idea].strength for one in tested]
    evidence = (
        say("The middle of the strengths of evidence of the ideas tested.") if strength else say("No idea was tested.")
    )
    yield Indicator("strength", median(strength) if strength else None, "of 4", evidence)


def _participants(about: _About) -> Iterator[Indicator]:
    ever = about.own.people
    here = [one for one in ever if one.since <= about.today and (one.until is None or about.today <= one.until)]
    roles = {one.role for one in here} & ROLES.keys()
    lacking = ", ".join(say(name) for code, name in ROLES.items() if code not in roles)
    filled = say("Not on the team: {roles}.", roles=lacking) if lacking else say("Every role is filled.")
    yield _share("roles", len(roles), len(ROLES), filled)
    hours = [one.hours for one in here if one.hours is not None]
    evidence = say("Of {all} on the team, {some} say how much is set aside.", all=len(here), some=len(hours))
    yield Indicator("hours", sum(hours) if hours else None, "hours a week", evidence)
    said = [one.experienced for one in here if one.experienced is not None]
    before = say("{some} of {all} have improved something before.", some=sum(said), all=len(said))
    yield _share("experience", sum(said), len(said), before)
    left = sum(one.until is not None and one.until < about.today for one in ever)
    gone = say("{some} of {all} who were ever on the team have left.", some=left, all=len(ever))
    yield _share("turnover", left, len(ever), gone)


def _leader(about: _About) -> Iterator[Indicator]:
    signs = {Month.of(one.day) for one in leaders.signs(about.own, about.today)}
    seen = sum(month in signs for month in about.months)
    of = len(about.months)
    evidence = says(
        "Something was seen of the senior leader in {part} of {n} month.",
        "Something was seen of the senior leader in {part} of {n} months.",
        of,
        part=seen,
    )
    yield _share("contact", seen, of, evidence)
    work = about.own.prework.get(about.team.code)
    team = work.leader if work else None
    yield _answer(
        "team's view",
        team,
        say("The team's answer before the first session to how far its senior leader stands behind it."),
    )
    said = [one.priority for one in about.own.leader_answers if one.priority is not None]
    leader = median(said) if said else None
    evidence = (
        says(
            "The middle of {n} answer of the senior leader.",
            "The middle of {n} answers of the senior leader.",
            len(said),
        )
        if said
        else say("The leader has not said.")
    )
    yield Indicator("leader's view", leader, "of 5", evidence)
    gap = team - leader if team is not None and leader is not None else None
    between = say("The team's view less the leader's.") if gap is not None else say("One is not known.")
    yield Indicator("gap", gap, "points", between)


def _prework(about: _About) -> Iterator[Indicator]:
    work = about.own.prework.get(about.team.code)
    if work is None:
        yield Indicator("readiness", None, "%", say("The form was not filled in."))
    else:
        done = sum(work.done.values())
        things = says("{part} of {n} thing were done.", "{part} of {n} things were done.", len(work.done), part=done)
        yield _share("readiness", done, len(work.done), things)
    name = about.collaborative.measures[about.collaborative.aim.measure].name
    months = say("Months before the start with a figure for {measure}.", measure=name)
    yield Indicator("baseline", about.baseline, "months", months)


def _learning(about: _About) -> Iterator[Indicator]:
    """Shown one by one: an index of them would say that a call is worth so many tests."""
    attended = about.grid.of_team(about.team.code)
    evidence = says(
        "At {part} of {n} event; {unrecorded} not recorded.",
        "At {part} of {n} events; {unrecorded} not recorded.",
        attended.expected,
        part=attended.there,
        unrecorded=attended.unrecorded,
    )
    yield _share("attendance", attended.there, attended.expected, evidence)
    closed = [one for one in about.own.pdsas if one.status == "closed"]
    yield Indicator("tests", len(closed), "times", says("{n} test closed.", "{n} tests closed.", len(closed)))
    strong = sum(one.score >= STRONG for one in closed)
    well = says(
        "{part} of {n} closed test score 7 of 8 or more.",
        "{part} of {n} closed tests score 7 of 8 or more.",
        len(closed),
        part=strong,
    )
    yield _share("well kept", strong, len(closed), well)
    calls = sum(one.kind in {"call", "visit"} for one in about.own.contacts)
    yield Indicator("coaching", calls, "times", say("Calls and visits by the coach: {number}.", number=calls))
    told = sum(one.month in set(about.months) for one in about.own.narratives)
    written = says(
        "{part} of {n} monthly report written.",
        "{part} of {n} monthly reports written.",
        len(about.months),
        part=told,
    )
    yield _share("reports", told, len(about.months), written)
    sessions = {one.code for one in about.grid.events if one.kind == "learning_session"}
    boards = len({one.event for one in about.own.storyboards} & sessions)
    of = len(sessions)
    shown = says(
        "A storyboard for {part} of {n} learning session.",
        "A storyboard for {part} of {n} learning sessions.",
        of,
        part=boards,
    )
    yield _share("storyboards", boards, of, shown)


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


def _answer(code: str, level: int | None, said: str) -> Indicator:
    return Indicator(code, level, "of 5", said if level else say("The team has not said."))


def _baseline(frame: pd.DataFrame, collaborative: Collaborative) -> dict[str, int]:
    """How many baseline months of the aim's measure each team has a figure for."""
    calendar = collaborative.calendar
    inside = (frame["month"] >= calendar.baseline_start.name) & (frame["month"] < calendar.start.name)
    there = frame[
        inside & (frame["measure"] == collaborative.aim.measure) & frame["state"].isin(["reported", "excluded"])
    ]
    return {str(team): int(number) for team, number in there.groupby("team")["month"].nunique().items()}
