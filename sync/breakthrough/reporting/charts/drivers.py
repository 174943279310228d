"""The drivers of a collaborative with their live state: how many test or keep an idea, and which signals followed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from breakthrough.collaborative import Collaborative
from breakthrough.language import say, says
from breakthrough.measures.values import Direction
from breakthrough.reporting import figures
from breakthrough.teams.changes import Change

_ROUTINE = frozenset({"adopted", "implementing", "spread"})
_TESTING = frozenset({"testing", "adapted"})


@dataclass(frozen=True, slots=True)
class IdeaState:
    """A change idea: how many teams have made it routine, are testing it, or have dropped it."""

    code: str
    title: str
    routine: int
    testing: int
    dropped: int


@dataclass(frozen=True, slots=True)
class Branch:
    """A primary driver. `at_work`: teams that test or keep one of its ideas.

    `improving` and `worsening`: teams in which a measure of the driver showed such a signal after the first test of one
    of its ideas had begun. It says what came after what, and nothing of why.
    """

    code: str
    title: str
    secondary: tuple[str, ...]
    ideas: tuple[IdeaState, ...]
    at_work: int
    improving: int
    worsening: int


@dataclass(frozen=True, slots=True)
class Diagram:
    """Aim, drivers and ideas of a collaborative of so many teams. `goal` is the aim in a figure, `aim` its sentence."""

    measure: str
    goal: str
    aim: str
    branches: tuple[Branch, ...]
    teams: int


def diagram(collaborative: Collaborative, changes: Iterable[Change]) -> Diagram:
    """The drivers as configured, with the state of those changes. An idea given up that nobody tried is left out."""
    told = tuple(changes)
    aim = collaborative.aim
    measure = collaborative.measures[aim.measure]
    goal = say("{value} by {month}", value=figures.goal(measure, aim.goal), month=aim.by.label)
    branches = []
    for driver in collaborative.drivers:
        own = [one for one in told if one.driver == driver.code]
        ideas = tuple(
            IdeaState(
                idea.code,
                idea.title,
                routine=_teams(one for one in own if one.idea == idea.code and one.stage in _ROUTINE),
                testing=_teams(one for one in own if one.idea == idea.code and one.stage in _TESTING),
                dropped=_teams(one for one in own if one.idea == idea.code and one.stage == "dropped"),
            )
            for idea in driver.ideas
            if not idea.retired or any(one.idea == idea.code and one.stage != "not started" for one in own)
        )
        branches.append(
            Branch(
                driver.code,
                driver.title,
                driver.secondary,
                ideas,
                at_work=_teams(one for one in own if one.stage in _ROUTINE | _TESTING),
                improving=_teams(one for one in own if _followed(one, "improving")),
                worsening=_teams(one for one in own if _followed(one, "worsening")),
            )
        )
    return Diagram(measure.name, goal, aim.statement, tuple(branches), len({one.team for one in told}))


def _teams(changes: Iterable[Change]) -> int:
    return len({one.team for one in changes})


def _followed(change: Change, direction: Direction) -> bool:
    return any(signal.direction == direction for signal in change.followed_by)


def state(branch: Branch, teams: int) -> str:
    """The state of a driver in a few words: that it is neglected, else which signals followed."""
    if not branch.at_work:
        return say("Not tested yet")
    if branch.worsening and branch.improving:
        return say(
            "Signals after tests: {worse} worsening, {better} improving",
            worse=branch.worsening,
            better=branch.improving,
        )
    if branch.worsening:
        return says(
            "Worsening signal after tests: {n} team", "Worsening signal after tests: {n} teams", branch.worsening
        )
    if branch.improving:
        return says(
            "Improving signal after tests: {n} team", "Improving signal after tests: {n} teams", branch.improving
        )
    return say("No signal yet: {n} of {teams} teams at work", n=branch.at_work, teams=teams)


def table(made: Diagram) -> tuple[tuple[str, str, str, str, str], ...]:
    """What the diagram shows in rows: driver, its state, idea, teams that keep it, teams that test it.

    A driver without ideas has a row of its own.
    """
    rows = []
    for branch in made.branches:
        head = (f"{branch.code} {branch.title}", state(branch, made.teams))
        rows += [(*head, idea.title, str(idea.routine), str(idea.testing)) for idea in branch.ideas]
        rows += [] if branch.ideas else [(*head, "–", "–", "–")]
    return tuple(rows)
