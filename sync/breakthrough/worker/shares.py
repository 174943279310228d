"""An edition taken apart: what all reports about teams share, and what those about one team are made of beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from breakthrough.measures import Doubt, Packed, Restated
from breakthrough.teams.grouped import Grouped, by_team
from breakthrough.teams.values import Flag, Portfolio
from breakthrough.worker.edition import Edition
from breakthrough.worker.restatements import About, Last


@dataclass(frozen=True, slots=True)
class Share:
    """One team's part of an edition."""

    portfolio: Portfolio
    frame: pd.DataFrame
    charts: Packed
    doubts: tuple[Doubt, ...]
    flags: tuple[Flag, ...]
    received: Mapping[str, dt.date]
    restated: Mapping[About, tuple[Restated, ...]]


def common(of: Edition) -> Edition:
    """The edition without what is any one team's, and without the store: with a share, `whole` makes an edition of it.

    Of all teams it has who they are, and what any of them is told of the others.
    """
    figures = replace(of.figures, frame=of.frame.iloc[:0], cases=replace(of.figures.cases, judged={}), uncounted=())
    portfolio = replace(of.portfolio.only(), teams=of.portfolio.teams)
    bare = replace(of, portfolio=portfolio, figures=figures, charts=Packed(), doubts=(), flags=(), received={}, last={})
    return replace(bare, submitted={}, view=None).knowing(of)


def shares(of: Edition) -> Callable[[str], Share]:
    """What gives a team's share, by its code: everything is sorted by team once."""
    portfolios = of.portfolio.apart()
    doubts, flags = by_team(of.doubts), by_team(of.flags)
    restated = Grouped.of(of.last.items(), lambda one: one[0][1])

    nobody = of.portfolio.only()  # of a team that is not there; rendering it tells so

    def share(code: str) -> Share:
        return Share(
            portfolio=portfolios.get(code, nobody),
            frame=of.rows([code]),
            charts=of.charts.only([code]),
            doubts=doubts.own(code),
            flags=flags.own(code),
            received={code: of.received[code]} if code in of.received else {},
            restated={about: last.restated for about, last in restated.own(code)},
        )

    return share


def whole(of: Edition, share: Share) -> Edition:
    """The edition as the reports about that team see it; `of` is `common`. The figures of earlier reports are left."""
    made = replace(
        of,
        portfolio=replace(share.portfolio, teams=of.portfolio.teams),
        figures=replace(of.figures, frame=share.frame),
        charts=share.charts,
        doubts=share.doubts,
        flags=share.flags,
        received=share.received,
        last={about: Last(of.figures, restated) for about, restated in share.restated.items()},
    )
    return made.knowing(of)
