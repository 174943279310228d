"""Reasons for a coach to act: every flag of domain §7.4, and the few to act on first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import pandas as pd

from breakthrough.collaborative import Collaborative, Flags
from breakthrough.measures import Chart, Doubt
from breakthrough.month import Month
from breakthrough.teams import on_figures, on_meetings, on_ratings, on_tests
from breakthrough.teams.case import Case, cases
from breakthrough.teams.values import Flag, Portfolio

Rule = Callable[[Case], Iterator[Flag]]

# In the order in which flags of one severity and age are told.
RULES: tuple[Rule, ...] = (
    on_figures.ask_open,
    on_figures.silent,
    on_figures.worse,
    on_figures.late,
    on_tests.no_test,
    on_tests.stuck_test,
    on_ratings.gap,
    on_ratings.claim,
    on_ratings.plateau,
    on_meetings.absent,
    on_meetings.leader,
    on_tests.big_first,
    on_tests.driver_gap,
    on_figures.data_odd,
    on_ratings.unrated,
)
_RANK = {"high": 0, "medium": 1, "low": 2}
_FOR_COORDINATOR = frozenset({"unrated"})


def flags(
    portfolio: Portfolio,
    frame: pd.DataFrame,
    charts: Mapping[tuple[str, str], Chart],
    doubts: Sequence[Doubt],
    collaborative: Collaborative,
    month: Month,
    today: dt.date,
    *,
    thresholds: Flags | None = None,
) -> tuple[Flag, ...]:
    """Every flag about active teams for that month, as known on that day: by team, then severity, then age.

    `frame`, `charts` and `doubts` are those of `measures`, for all teams. Flags are for coaches and the coordinator:
    they may tell a rating that has not been released, so none belongs in a team's own report. `thresholds` in place of
    the collaborative's own.
    """
    found: list[Flag] = []
    limits = thresholds or collaborative.flags
    for case in cases(portfolio, frame, charts, doubts, collaborative, month, today, limits):
        raised = (flag for rule in RULES for flag in rule(case) if flag.code not in limits.unused)
        found += sorted(raised, key=_urgency)
    return tuple(found)


def act_first(found: Iterable[Flag], limit: int = 5) -> tuple[Flag, ...]:
    """At most `limit` flags, one a team, the most severe first, then the oldest; none of the coordinator's."""
    first: dict[str, Flag] = {}
    for flag in sorted((one for one in found if one.code not in _FOR_COORDINATOR), key=_urgency):
        first.setdefault(flag.team, flag)
    return tuple(first.values())[:limit]


def _urgency(flag: Flag) -> tuple[int, dt.date]:
    return _RANK[flag.severity], flag.since
