"""The figures of a collaborative: what teams reported each month, and what is counted from case rows of any project."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from breakthrough import measures
from breakthrough.collaborative import Collaborative
from breakthrough.errors import FieldsMissing
from breakthrough.measures import Blocked, Cases, Design, Uncounted
from breakthrough.measures.cases import read as read_cases
from breakthrough.month import Month
from breakthrough.settings import MAIN
from breakthrough.store import Held
from breakthrough.teams.values import Roster

FORM = "monthly_measures"


@dataclass(frozen=True, eq=False)
class Figures:
    """The results frame (`measures.COLUMNS`), the case rows behind it, and what could not be counted.

    A `blocked` measure has no rows in the frame; `uncounted` are case rows that no figure holds. `teams` are all that
    have a profile, in the order that everything is worked out in.
    """

    frame: pd.DataFrame
    cases: Cases
    uncounted: tuple[Uncounted, ...]
    teams: tuple[str, ...] = ()

    @property
    def blocked(self) -> tuple[Blocked, ...]:
        """The measures that cannot be counted as things stand, with the reasons."""
        return self.cases.blocked


def projects_of(collaborative: Collaborative) -> tuple[str, ...]:
    """The projects that figures are made of, by our names: the collaborative's own, then those with case rows."""
    sources = (measure.source.project for measure in collaborative.measures.values() if measure.source)
    return tuple(dict.fromkeys([MAIN, *sources]))


def figures(held: Held, collaborative: Collaborative, roster: Roster, month: Month, today: dt.date) -> Figures:
    """The figures up to that month, from what is held."""
    teams = tuple(team.code for team in roster.teams)
    cases = cases_of(held, collaborative)
    frame = frame_of(held, collaborative, roster, month, today, cases)
    return Figures(frame, cases, measures.uncounted(cases, collaborative, teams, today), teams)


def frame_of(
    held: Held, collaborative: Collaborative, roster: Roster, month: Month, today: dt.date, cases: Cases
) -> pd.DataFrame:
    """The results frame up to that month, from what is held and the case rows in it."""
    return measures.results(
        collaborative,
        held.entries(MAIN, FORM),
        teams=[team.code for team in roster.teams],
        expected=roster.expected,
        today=today,
        until=month,
        joined={team.code: Month.of(team.joined) for team in roster.teams},
        cases=cases,
    )


def of_measure(collaborative: Collaborative, code: str) -> Collaborative:
    """The collaborative with that measure alone: its figures come out as among all others, and sooner."""
    return collaborative.model_copy(update={"measures": {code: collaborative.measures[code]}})


def cases_of(held: Held, collaborative: Collaborative) -> Cases:
    """The case rows that measures of the collaborative are counted from, judged."""
    designs = {name: held.design(name) for name in projects_of(collaborative)}
    known = {name: Design(one.dictionary, one.asked, one.events, one.missing_codes) for name, one in designs.items()}
    return read_cases(held, collaborative, known)


def require_aim(of: Figures, collaborative: Collaborative) -> None:
    """Raises FieldsMissing where the measure of the aim is blocked: no report can do without it."""
    for one in of.blocked:
        if one.measure == collaborative.aim.measure:
            raise FieldsMissing(
                f"The measure of the aim, '{one.measure}', cannot be counted, so there are no reports. "
                + " ".join(one.reasons)
            )
