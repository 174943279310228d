"""What may be told of all teams' figures: the release of a month, after everything that reports have told before."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Collection, Mapping

import pandas as pd

from breakthrough.collaborative import Collaborative
from breakthrough.measures import table
from breakthrough.measures.cohort import cohort
from breakthrough.measures.suppression import Groups, Release, family_of, release
from breakthrough.store import View, archive, materials
from breakthrough.teams.values import Portfolio

COHORT = "constant cohort"


def stratum(by: str, name: str, *, steady: bool = False) -> str:
    """The name under which a group of teams is released: `region=North`, or its constant cohort."""
    return f"{by}={name}, {COHORT}" if steady else f"{by}={name}"


def released(
    frame: pd.DataFrame, collaborative: Collaborative, portfolio: Portfolio, before: Release | None = None
) -> Release:
    """The release of the frame's measures: of all teams, and of every group that tables can be asked for.

    All of them are in it whichever is asked for, so that two tables made on two days tell no more than both of them.
    `before` is what reports have told until then.
    """
    return release(
        frame, collaborative, _coaches(portfolio), groups=_groups(frame, collaborative, portfolio), earlier=before
    )


def aims(collaborative: Collaborative) -> tuple[str, ...]:
    """The measure of the aim, and those that share its counts."""
    return family_of(collaborative, collaborative.aim.measure)


def of_aim(frame: pd.DataFrame, collaborative: Collaborative) -> pd.DataFrame:
    """The rows that decide what may be told of the aim's measure: its own, and those that share its counts."""
    return frame[frame["measure"].isin(aims(collaborative))]


def told(
    view: View, collaborative: Collaborative, code: str, portfolio: Portfolio, before: dt.datetime
) -> Release | None:
    """What the reports made before that moment have told of other teams' figures; None where there were none.

    From the figures behind each, as they were archived. `code` names the collaborative in the archive. Reports made at
    one moment from one state of the store rest on one release: a coach's holds all months of it, a team's the month in
    which the team was shown among its peers.
    """
    with view.store.read() as connection:
        every = archive.listing(connection, collaborative=code, by=before)
        reports = [one for one in every if one.kind in _TELLING and one.rendered_at < before]
        reports.sort(key=lambda one: (one.rendered_at, _TELLING.index(one.kind)))
        done: dict[tuple[str, dt.datetime, str], pd.DataFrame | None] = {}
        for one in reports:
            key = one.snapshot, one.rendered_at, one.period
            if key not in done:
                frame = _read(materials.read(connection, one.figures))
                # before teams were told of their peers, the figures behind their reports were theirs alone
                done[key] = frame if one.kind == "coach" or len(set(frame["team"])) > 1 else None
    last: Release | None = None
    for told_of in done.values():
        if told_of is not None:
            rows = of_aim(told_of[told_of["measure"].isin(list(collaborative.measures))], collaborative)
            last = release(rows, collaborative, _coaches(portfolio), earlier=last)
    return last


_TELLING = ("coach", "team")  # the kinds of reports that tell of other teams' figures, those that tell most first


def _read(content: bytes) -> pd.DataFrame:
    text = dict.fromkeys(("team", "measure", "month", "state"), str)
    return pd.read_csv(
        io.BytesIO(content), dtype=text, keep_default_na=False, na_values={name: [""] for name in _FIGURES}
    )


_FIGURES = ("numerator", "denominator", "value", "versus_numerator", "versus_denominator")


def _coaches(portfolio: Portfolio) -> dict[str, str]:
    return {team.code: team.coach for team in portfolio.teams}


def _groups(frame: pd.DataFrame, collaborative: Collaborative, portfolio: Portfolio) -> Groups:
    codes = [str(code) for code in frame["measure"].unique()]
    steady = {code: frozenset(cohort(frame, collaborative, code).teams) for code in codes}
    found: dict[str, Mapping[str, Collection[str]]] = {COHORT: steady}
    for by in table.GROUPS:
        names: dict[str, list[str]] = {}
        for team in portfolio.teams:
            names.setdefault(getattr(team, by).strip(), []).append(team.code)
        for name, teams in sorted(names.items(), key=lambda one: (not one[0], one[0])):
            found[stratum(by, name)] = dict.fromkeys(codes, teams)
            found[stratum(by, name, steady=True)] = {code: steady[code] & set(teams) for code in codes}
    return found
