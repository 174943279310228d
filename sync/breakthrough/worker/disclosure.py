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
WHOLE, TEAMS = "collaborative", "team"
# What tells of others' figures, that which tells most first: the documents of the end tell of every measure.
ENDING = ("closing", "change_package", "story")
_TELLING = (*ENDING, WHOLE, "coach", TEAMS)


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


def totals(
    frame: pd.DataFrame, collaborative: Collaborative, portfolio: Portfolio, before: Release | None = None
) -> Release:
    """The release of all measures but the aim's and its kin, over all teams alone.

    As totals of all teams come before any other, they are the same as in `released`, and found much sooner.
    """
    rest = frame[~frame.index.isin(of_aim(frame, collaborative).index)]
    return release(rest, collaborative, _coaches(portfolio), earlier=before)


def of_aim(frame: pd.DataFrame, collaborative: Collaborative) -> pd.DataFrame:
    """The rows that decide what may be told of the aim's measure: its own, and those that share its counts."""
    return frame[frame["measure"].isin(aims(collaborative))]


def told(
    view: View, collaborative: Collaborative, code: str, portfolio: Portfolio, before: dt.datetime
) -> Release | None:
    """What the reports made before that moment have told of others' figures; None where there were none.

    A coach's report tells the total of the aim's measure; the collaborative's its rows, too, and the totals of the
    other measures; a team's the rows of the month in which it was shown among its peers; the documents of the end
    all of them and their totals. From the figures behind each,
    as they were archived. `code` names the collaborative in the archive.
    """
    last: Release | None = None
    for kind, frame in _behind(view, code, before):
        rows = frame[frame["measure"].isin(list(collaborative.measures))]
        if kind in ENDING:
            last = released(rows, collaborative, portfolio, last)
        elif kind == WHOLE:
            last = released(of_aim(rows, collaborative), collaborative, portfolio, last)
            last = totals(rows, collaborative, portfolio, last)
        else:
            last = release(of_aim(rows, collaborative), collaborative, _coaches(portfolio), earlier=last)
    return last


def _behind(view: View, code: str, before: dt.datetime) -> list[tuple[str, pd.DataFrame]]:
    """The figures behind those reports with their kind, oldest first; of those made together, of one that tells all."""
    with view.store.read() as connection:
        every = archive.listing(connection, collaborative=code, by=before)
        found = [one for one in every if one.kind in _TELLING and one.rendered_at < before]
        found.sort(key=lambda one: (one.rendered_at, _TELLING.index(one.kind)))
        together: dict[tuple[dt.datetime, str, str], tuple[str, pd.DataFrame]] = {}
        for one in found:
            made = one.rendered_at, one.snapshot, one.period
            if made not in together:
                frame = _read(materials.read(connection, one.figures))
                # a team that is shown among no peers was told of nobody but itself
                if one.kind != TEAMS or len(set(frame["team"])) > 1:
                    together[made] = one.kind, frame
    return list(together.values())


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
