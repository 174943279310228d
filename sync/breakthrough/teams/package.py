"""The change package: each idea over all teams, with who tested it, and how far each driver has come in each team."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from breakthrough.collaborative import Collaborative, Driver
from breakthrough.measures import Chart
from breakthrough.teams.changes import STAGES, Change, Stage, measures_of


@dataclass(frozen=True, slots=True)
class Across:
    """One change idea in all teams: how many are at each stage, who tested it at what scale, what followed.

    Of the `tested` teams, `improving` had an improving signal afterwards on a measure of the idea's driver, `worsening`
    a worsening one; a team can be in both. Of the `others`, which did not test it, `others_improving` have an improving
    signal on such a measure as well: without them, nobody could read anything into the first number.
    """

    idea: str
    driver: str
    stages: Mapping[Stage, int]
    tested: tuple[str, ...]
    tests: int
    closed: int  # of the tests
    scale: int
    improving: tuple[str, ...]
    worsening: tuple[str, ...]
    others: tuple[str, ...]
    others_improving: tuple[str, ...]


def across(
    found: Iterable[Change], collaborative: Collaborative, charts: Mapping[tuple[str, str], Chart]
) -> tuple[Across, ...]:
    """Every change idea over those teams, in the drivers' order."""
    by_idea: dict[str, list[Change]] = {idea: [] for idea in collaborative.ideas}
    for change in found:
        by_idea[change.idea].append(change)
    return tuple(
        _across(idea.code, driver, by_idea[idea.code], measures_of(collaborative, driver.code), charts)
        for driver in collaborative.drivers
        for idea in driver.ideas
    )


def by_driver(found: Iterable[Change]) -> dict[str, dict[str, Stage]]:
    """How far the furthest idea of each driver has come in each team: by driver, then by team."""
    furthest: dict[str, dict[str, Stage]] = {}
    for change in found:
        teams = furthest.setdefault(change.driver, {})
        teams[change.team] = max(teams.get(change.team, STAGES[0]), change.stage, key=STAGES.index)
    return furthest


def _across(
    idea: str,
    driver: Driver,
    found: Sequence[Change],
    measures: Sequence[str],
    charts: Mapping[tuple[str, str], Chart],
) -> Across:
    tested = [change for change in found if change.tests]
    others = tuple(change.team for change in found if not change.tests)
    drawn = {team: [charts[team, code] for code in measures if (team, code) in charts] for team in others}
    return Across(
        idea=idea,
        driver=driver.code,
        stages={one: sum(change.stage == one for change in found) for one in STAGES},
        tested=tuple(change.team for change in tested),
        tests=sum(len(change.tests) for change in tested),
        closed=sum(test.status == "closed" for change in tested for test in change.tests),
        scale=max((change.scale for change in tested), default=0),
        improving=_with("improving", tested),
        worsening=_with("worsening", tested),
        others=others,
        others_improving=tuple(
            team
            for team, own in drawn.items()
            if any(signal.direction == "improving" for chart in own for signal in chart.signals)
        ),
    )


def _with(direction: str, tested: Iterable[Change]) -> tuple[str, ...]:
    return tuple(one.team for one in tested if any(signal.direction == direction for signal in one.followed_by))
