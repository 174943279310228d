"""What worked elsewhere: changes after which a measure showed a signal, of series that others may see as a whole."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from breakthrough import teams
from breakthrough.collaborative import Collaborative
from breakthrough.measures import Chart
from breakthrough.measures.suppression import Release, family_of
from breakthrough.reporting.views.peers import Elsewhere
from breakthrough.teams.changes import STAGES, Change, measures_of
from breakthrough.teams.values import Pdsa, Portfolio, Team
from breakthrough.worker import disclosure

MOST = 2


@dataclass(frozen=True, slots=True)
class Worked:
    """A change that worked in a team, as it may be told to any other."""

    team: str
    told: Elsewhere


def worked(
    frame: pd.DataFrame,
    charts: Mapping[tuple[str, str], Chart],
    collaborative: Collaborative,
    portfolio: Portfolio,
    released: Release,
    today: dt.date,
) -> dict[str, tuple[Worked, ...]]:
    """By driver, every change in use that a team tested, with each measure that showed an improving signal after it.

    Of a driver, what has come furthest is first. Only where no month of that measure is withheld from others, so that
    the signal follows from what they might see. `released` holds the aim's measure; the others are judged here, as none
    of their figures has been told. Nothing where the policy shows no team another's rows.
    """
    if collaborative.privacy.peer_names == "none":
        return {}
    found = [
        (change, one.measure)
        for change in teams.changes(portfolio, collaborative, charts, today)
        if change.tests and change.stage != "dropped"
        for one in change.followed_by
        if one.direction == "improving"
    ]
    hidden = _hidden(frame, {measure for _, measure in found}, collaborative, portfolio, released)
    shown = [(change, measure) for change, measure in found if (change.team, measure) not in hidden]
    words = Counter(word for one in portfolio.teams for word in {*_words(one)})
    by_driver: dict[str, list[Worked]] = {}
    for change, measure in sorted(shown, key=lambda one: _order(one, collaborative)):
        one = Worked(change.team, _told(change, measure, collaborative, portfolio.team(change.team), words))
        by_driver.setdefault(change.driver, []).append(one)
    return {driver: tuple(some) for driver, some in by_driver.items()}


def told(
    some: Mapping[str, Sequence[Worked]], team: str, collaborative: Collaborative, portfolio: Portfolio
) -> tuple[Elsewhere, ...]:
    """At most two of them for a team: of other teams, on drivers that it tests on, each another idea.

    First those on the driver it tested on last, and of these what it has not tried itself and what has come furthest.
    """
    tests = [one for one in portfolio.pdsas if one.team == team]
    tried = {one.idea for one in tests}
    chosen: dict[str, Elsewhere] = {}
    for driver in _drivers(tests, collaborative):
        others = [one.told for one in some.get(driver, ()) if one.team != team]
        for one in sorted(others, key=lambda one: one.idea in tried):
            chosen.setdefault(one.idea, one)
    return tuple(chosen.values())[:MOST]


def measures(collaborative: Collaborative) -> tuple[str, ...]:
    """The measures whose rows decide what is told here: those of any driver, and those that share their counts."""
    of = {code for driver in collaborative.drivers for code in measures_of(collaborative, driver.code)}
    return tuple({one for code in of for one in family_of(collaborative, code)})


def _hidden(
    frame: pd.DataFrame, codes: set[str], collaborative: Collaborative, portfolio: Portfolio, released: Release
) -> set[tuple[str, str]]:
    """The series, by team and measure, of which others may not see every month."""
    judged = {one for code in codes - released.measures for one in family_of(collaborative, code)}
    releases = [released]
    if judged:
        releases.append(disclosure.released(frame[frame["measure"].isin(judged)], collaborative, portfolio))
    return {(team, measure) for one in releases for team, measure, _ in one.hidden}


def _drivers(tests: Sequence[Pdsa], collaborative: Collaborative) -> list[str]:
    """The drivers that those tests are of, the newest first."""
    of = {idea.code: driver.code for driver in collaborative.drivers for idea in driver.ideas}
    begun = sorted((one for one in tests if one.start), key=lambda one: one.start or dt.date.min, reverse=True)
    return list(dict.fromkeys(of[one.idea] for one in begun if one.idea in of))


def _order(one: tuple[Change, str], collaborative: Collaborative) -> tuple[int, int, int, str]:
    change, measure = one
    order = list(collaborative.measures)
    return (-STAGES.index(change.stage), -change.scale, order.index(measure), change.team)


def _told(
    change: Change, measure: str, collaborative: Collaborative, team: Team, words: Mapping[str, int]
) -> Elsewhere:
    """`words` counts in how many teams' names each word stands."""
    named = collaborative.privacy.peer_names == "named"
    names = () if named else _names(team, words)
    titles = [test.title.printable or "" for test in reversed(change.tests)]
    return Elsewhere(
        idea=change.idea,
        driver=change.driver,
        measure=measure,
        stage=change.stage,
        team=(team.short or team.name) if named else "",
        written=next((title for title in titles if title and _may_be_told(title, names)), ""),
    )


def _names(team: Team, words: Mapping[str, int]) -> tuple[str, ...]:
    """What gives a team away: its code, its names, and each word of them that is not in other teams' names as well."""
    own = [word for word in _words(team) if words[word] == 1 and len(word) > 2]
    return tuple(name.casefold() for name in (team.code, team.name, team.short, *own) if name)


def _words(team: Team) -> list[str]:
    return f"{team.name} {team.short}".casefold().split()


def _may_be_told(text: str, names: Sequence[str]) -> bool:
    """Whether what a team wrote may stand in another's report: no figure in it, and none of those names."""
    return not any(sign.isnumeric() for sign in text) and not any(name in text.casefold() for name in names)
