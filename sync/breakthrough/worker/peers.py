"""What a team's report may tell of other teams: their newest figures of the aim's measure, as the release has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from breakthrough.collaborative import Collaborative
from breakthrough.measures.results import NOT_OWED
from breakthrough.measures.suppression import Audience, Release, owned
from breakthrough.month import Month
from breakthrough.reporting.charts import Peer
from breakthrough.reporting.views.peers import Peers
from breakthrough.teams.values import Portfolio
from breakthrough.worker import disclosure

_CODED = "team "  # how made-up names begin; in a row of dots that goes without saying


def newest(frame: pd.DataFrame, collaborative: Collaborative, month: Month) -> pd.DataFrame:
    """The rows behind all teams' peers: of the aim's measure and those that share its counts, in one month.

    It is the newest up to `month` that half of the teams that owe it have sent; without rows where there is none, and
    where the policy shows no team another's rows.
    """
    rows = disclosure.of_aim(frame, collaborative)
    if collaborative.privacy.peer_names == "none":
        return rows.iloc[:0]
    aim = rows[(rows["measure"] == collaborative.aim.measure) & ~rows["state"].isin(list(NOT_OWED))]
    sent = (aim["state"] == "reported").groupby(aim["month"]).mean()
    there = [name for name in sent[sent >= 0.5].index.tolist() if Month(name) <= month]
    return rows[rows["month"] == max(there, default="")]


@dataclass(frozen=True, slots=True)
class Field:
    """The newest figures of all teams as others may be told them, worked out once for every team's report."""

    month: Month
    others: tuple[tuple[str, Peer], ...]  # each shown team's code, in the order of the names it goes by
    withheld: frozenset[str]
    without: frozenset[str]
    owned: Mapping[str, float]  # a team's own figure, as it gets it itself
    coded: bool


def field(rows: pd.DataFrame, collaborative: Collaborative, portfolio: Portfolio, released: Release) -> Field | None:
    """What any team may be told of any other; None where there is nothing. `rows` are those of `newest`."""
    if rows.empty:
        return None
    aim = rows[rows["measure"] == collaborative.aim.measure]
    seen = released.rows(aim, Audience("public"))  # who owns no row: the same as every team gets of the others
    seen = seen.assign(code=aim["team"])
    seen = seen[~seen["state"].isin(list(NOT_OWED))]
    named = collaborative.privacy.peer_names == "named"
    names = {one.code: one.short or one.name for one in portfolio.teams} if named else {}
    shown = _shown(seen)
    told = sorted(zip(shown["team"].tolist(), shown["value"].tolist(), shown["code"].tolist(), strict=True))
    own = _shown(aim)
    figures = dict(zip(own["team"].tolist(), own["value"].tolist(), strict=True))
    filtered = dict(zip(shown["code"].tolist(), shown["value"].tolist(), strict=True))
    owners = {
        team: figures if owned(Audience("team", team), collaborative, released.coaches) else filtered
        for team in {*figures, *filtered}
    }
    return Field(
        month=Month(str(rows["month"].iloc[0])),
        others=tuple(
            (code, Peer(float(value), names.get(name, name.removeprefix(_CODED)))) for name, value, code in told
        ),
        withheld=frozenset(seen.loc[seen["state"] == "suppressed", "code"].tolist()),
        without=frozenset(seen.loc[~seen["state"].isin(["suppressed", "reported"]), "code"].tolist()),
        owned={team: float(of[team]) for team, of in owners.items() if team in of},
        coded=not named,
    )


def _shown(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[(rows["state"] == "reported") & rows["value"].notna()]


def peers(of: Field | None, team: str) -> Peers | None:
    """What that team may be told of the others; None where there is nothing."""
    if of is None:
        return None
    return Peers(
        month=of.month,
        own=of.owned.get(team),
        others=tuple(peer for code, peer in of.others if code != team),
        coded=of.coded,
        withheld=len(of.withheld - {team}),
        without=len(of.without - {team}),
    )
