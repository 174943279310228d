"""What a team's report may tell of other teams: their newest figures of the aim's measure, as the release has them."""

from __future__ import annotations

import pandas as pd

from breakthrough.collaborative import Collaborative
from breakthrough.measures.results import NOT_OWED
from breakthrough.measures.suppression import Audience, Release
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


def peers(
    rows: pd.DataFrame, team: str, collaborative: Collaborative, portfolio: Portfolio, released: Release
) -> Peers | None:
    """What that team may be told of the others; None where there is nothing. `rows` are those of `newest`."""
    if rows.empty:
        return None
    month = Month(str(rows["month"].iloc[0]))
    aim = rows[rows["measure"] == collaborative.aim.measure]
    seen = released.rows(aim, Audience("team", team))
    seen = seen[~seen["state"].isin(list(NOT_OWED))]
    mine = seen["team"] == team
    shown = seen[(seen["state"] == "reported") & seen["value"].notna()]
    own = shown.loc[shown["team"] == team, "value"].tolist()
    others = shown[shown["team"] != team]
    named = collaborative.privacy.peer_names == "named"
    names = {one.code: one.short or one.name for one in portfolio.teams} if named else {}
    return Peers(
        month=month,
        own=float(own[0]) if own else None,
        others=tuple(
            Peer(float(value), names.get(code, code.removeprefix(_CODED)))
            for code, value in sorted(zip(others["team"].tolist(), others["value"].tolist(), strict=True))
        ),
        coded=not named,
        withheld=int((~mine & (seen["state"] == "suppressed")).sum()),
        without=int((~mine & ~seen["state"].isin(["suppressed", "reported"])).sum()),
    )
