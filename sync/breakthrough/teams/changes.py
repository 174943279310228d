"""Change ideas: how far each has come in a team, who tested what, and what followed in time, never what caused it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from breakthrough.collaborative import Collaborative
from breakthrough.entry import Entry
from breakthrough.measures import Chart
from breakthrough.month import Month
from breakthrough.teams.forms import Form, newest
from breakthrough.teams.grouped import by_team
from breakthrough.teams.records import SpreadUnit, Statement
from breakthrough.teams.spread import LIVE
from breakthrough.teams.values import Pdsa, Portfolio

# In the order of how far a change has come; one that was dropped has at least been tried.
Stage = Literal["not started", "dropped", "testing", "adapted", "adopted", "implementing", "spread"]
STAGES: tuple[Stage, ...] = get_args(Stage)

_TESTING, _DAILY = 3, 4  # cs_stage
_STAGE = {str(stage): stage for stage in range(6)}
_BY: Mapping[str, Literal["team", "coach"]] = {"1": "team", "2": "coach"}
_DECIDED: Mapping[str, Stage] = {"adopt": "adopted", "adapt": "adapted"}


@dataclass(frozen=True, slots=True)
class Followed:
    """A signal that a measure showed after a team had begun to test an idea.

    It says what came after what, and nothing of why: `meanwhile` are the other ideas that the team had begun by then.
    """

    measure: str
    direction: Literal["improving", "worsening"]
    begun: dt.date  # the first test of the idea
    since: Month  # the signal's first month
    meanwhile: tuple[str, ...]

    @property
    def months(self) -> int:
        """Months from the one in which the test began to the signal's first: 0 in the same month."""
        return self.since - Month.of(self.begun)


@dataclass(frozen=True, slots=True)
class Change:
    """One change idea in one team. `stated` is what the team or its coach last said; `tests` are in order of start."""

    team: str
    idea: str
    driver: str
    stage: Stage
    stated: Statement | None
    tests: tuple[Pdsa, ...]
    followed_by: tuple[Followed, ...]

    @property
    def begun(self) -> dt.date | None:
        """The day on which the first test began."""
        return min((test.start for test in self.tests if test.start), default=None)

    @property
    def scale(self) -> int:
        """The largest scale of a test, 1 one person … 6 beyond the place where the team began; 0 where none is said."""
        return max((test.scale for test in self.tests), default=0)

    @property
    def level(self) -> int:
        """The stage from 0 to 5 as it is asked for on the form: what was said, and 3 at least once a test has begun."""
        said = self.stated.stage if self.stated else 0
        return max(said, _TESTING if self.tests else 0)


def statements(forms: Iterable[Entry]) -> tuple[Statement, ...]:
    """One for each team, idea and month, in that order: the last entered of several.

    A form without an idea, a month or a stage is left out.
    """
    found = [one for form in map(Form, forms) if (one := _statement(form))]
    kept = newest(found, of=lambda one: (one.team, one.idea, one.month), rank=lambda one: one.entry.instance)
    return tuple(sorted(kept, key=lambda one: (one.team, one.idea, one.month)))


def changes(
    portfolio: Portfolio, collaborative: Collaborative, charts: Mapping[tuple[str, str], Chart], today: dt.date
) -> tuple[Change, ...]:
    """Every change idea of the collaborative in every team that was accepted, by team, then in the drivers' order.

    Ideas that are not in collaborative.yaml are in none of them. `charts` are by team and measure.
    """
    tests, said, units = by_team(portfolio.pdsas), by_team(portfolio.statements), by_team(portfolio.units)
    return tuple(
        change
        for team in portfolio.teams
        if team.status != "applied"
        for change in _of_team(
            team.code,
            _begun(tests.own(team.code), today),
            [one for one in said.own(team.code) if one.month <= Month.of(today)],
            units.own(team.code),
            collaborative,
            charts,
        )
    )


def stage(tests: Sequence[Pdsa], stated: Statement | None, units: Iterable[SpreadUnit] = ()) -> Stage:
    """How far a change has come in one team, from its begun tests in order, the newest statement, and its places.

    Spread: a place has started with it, or spreading it has begun. Implementing: said to be daily work, or that has
    begun as a step of its own and nobody said less since. Else the newest decision tells: adopted, adapted, or dropped
    where no test and no statement came after it. Tests without one of these are testing. What was only chosen or
    prepared is not started.
    """
    live = any(unit.stage in LIVE for unit in units)
    if tests and tests[-1].decision == "abandon" and not live and not _said_since(tests[-1], stated, _TESTING):
        return "dropped"
    if live or any(test.kind == "spread" and test.decision != "abandon" for test in tests):
        return "spread"
    steps = [test for test in tests if test.kind == "implement" and test.decision != "abandon"]
    if (stated and stated.stage >= _DAILY) or (steps and not _said_less(steps[-1], stated)):
        return "implementing"
    decisions = [test.decision for test in tests if test.decision]
    if decisions:
        return _DECIDED.get(decisions[-1], "testing")
    return "testing" if tests or (stated and stated.stage == _TESTING) else "not started"


def measures_of(collaborative: Collaborative, driver: str) -> tuple[str, ...]:
    """The measures that tell about that driver."""
    return tuple(code for code, measure in collaborative.measures.items() if driver in measure.drivers)


def _statement(form: Form) -> Statement | None:
    idea, month, said = form.text("cs_change"), form.month("cs_period"), form.choice("cs_stage", _STAGE)
    if not idea or month is None or said is None:
        return None
    reach, of = form.number("cs_reach_n"), form.number("cs_reach_d")
    return Statement(
        team=form.team,
        idea=idea,
        month=month,
        stage=said,
        reach=int(reach) if reach is not None and reach >= 0 else None,
        of=int(of) if of is not None and of >= 1 else None,
        by=form.choice("cs_by", _BY) or "",
        entry=form.key,
    )


def _begun(tests: Iterable[Pdsa], today: dt.date) -> list[Pdsa]:
    started = [(test.start, test.cycle, test.entry.instance, test) for test in tests if test.start]
    return [test for start, *_, test in sorted(started, key=lambda one: one[:3]) if start <= today]


def _of_team(
    team: str,
    tests: Sequence[Pdsa],
    said: Sequence[Statement],
    units: Sequence[SpreadUnit],
    collaborative: Collaborative,
    charts: Mapping[tuple[str, str], Chart],
) -> Iterator[Change]:
    first: dict[str, dt.date] = {}
    for test in tests:
        if test.start:
            first.setdefault(test.idea, test.start)
    for driver in collaborative.drivers:
        measures = measures_of(collaborative, driver.code)
        for idea in (one.code for one in driver.ideas):
            own = tuple(test for test in tests if test.idea == idea)
            stated = max((one for one in said if one.idea == idea), key=lambda one: one.month, default=None)
            places = [unit for unit in units if unit.idea == idea]
            yield Change(
                team=team,
                idea=idea,
                driver=driver.code,
                stage=stage(own, stated, places),
                stated=stated,
                tests=own,
                followed_by=tuple(_followed(team, idea, first, measures, charts)),
            )


def _followed(
    team: str,
    idea: str,
    first: Mapping[str, dt.date],
    measures: Sequence[str],
    charts: Mapping[tuple[str, str], Chart],
) -> Iterator[Followed]:
    """The first signal either way of each measure, that began in the month of the first test or later."""
    begun = first.get(idea)
    if begun is None:
        return
    for measure in measures:
        chart = charts.get((team, measure))
        earliest: dict[Literal["improving", "worsening"], Month] = {}
        for signal in chart.signals if chart else ():
            if signal.direction != "unclear" and signal.since >= Month.of(begun):
                earliest[signal.direction] = min(signal.since, earliest.get(signal.direction, signal.since))
        for direction, since in earliest.items():
            meanwhile = tuple(
                other for other, day in first.items() if other not in {idea, ""} and Month.of(day) <= since
            )
            yield Followed(measure, direction, begun, since, meanwhile)


def _said_since(test: Pdsa, stated: Statement | None, least: int) -> bool:
    """Whether somebody said of a later month than the test's that the change stands at that stage or further."""
    return stated is not None and stated.stage >= least and stated.month > _month(test)


def _said_less(test: Pdsa, stated: Statement | None) -> bool:
    """Whether somebody said of a later month than the test's that the change is not daily work."""
    return stated is not None and stated.stage < _DAILY and stated.month > _month(test)


def _month(test: Pdsa) -> Month:
    return Month.of(test.end or test.start or dt.date.min)
