"""The collaborative as a whole, month by month: the pooled rate beside the median of teams, and k of K teams."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.measures.cohort import cohort as constant_cohort
from breakthrough.measures.results import NOT_OWED
from breakthrough.measures.values import Pooled
from breakthrough.month import Month

Columns = Mapping[str, NDArray[Any]]

_COLUMNS = ("state", "value", "numerator", "denominator", "versus_numerator", "versus_denominator")
_CLOSE = 1e-9  # a difference of two rates may miss its goal by the last bit


def pooled(
    frame: pd.DataFrame,
    collaborative: Collaborative,
    measure: str,
    *,
    teams: Sequence[str] | None = None,
    cohort: bool = False,
) -> tuple[Pooled, ...]:
    """One value for each month of the frame, in order; only over `teams` where given.

    With `cohort`, only over the constant cohort (`cohort.cohort`) among them: k and K are then of its teams, and each
    value tells their number. Sums, median and quartiles are of months in state reported: an excluded or invalid month
    counts among the K that owe data, not among the k. Raises KeyError for a measure that the collaborative does not
    have.
    """
    what = collaborative.measures[measure]
    steady = constant_cohort(frame, collaborative, measure, teams=teams) if cohort else None
    rows = frame[frame["measure"] == measure]
    some = steady.teams if steady else teams
    if some is not None:
        rows = rows[rows["team"].isin(list(some))]
    months = sorted(frame["month"].unique())
    at = pd.Index(months).get_indexer(pd.Index(rows["month"]))
    columns = {name: rows[name].to_numpy() for name in _COLUMNS}
    return tuple(
        _month(
            Month(name),
            {column: values[at == place] for column, values in columns.items()},
            what,
            collaborative.reporting.goal,
            len(steady.teams) if steady else None,
        )
        for place, name in enumerate(months)
    )


def _month(month: Month, rows: Columns, measure: Measure, goal: int, cohort: int | None) -> Pooled:
    states = Counter(rows["state"].tolist())
    reported = {name: values[rows["state"] == "reported"] for name, values in rows.items()}
    there = states["reported"] > 0
    lower, upper = np.quantile(reported["value"], (0.25, 0.75)).tolist() if there else (None, None)
    expected = states.total() - sum(states[state] for state in NOT_OWED)
    return Pooled(
        month=month,
        numerator=float(reported["numerator"].sum()),
        denominator=float(reported["denominator"].sum()),
        pooled=_rate(reported, measure) if there and measure.adds_up else None,
        median=float(np.median(reported["value"])) if there else None,
        reporting=states["reported"],
        expected=expected,
        at_goal=_at_goal(reported["value"], measure, measure.goal_at(month)[0]),
        no_cases=states["no_cases"],
        provisional=100 * (states["reported"] + states["no_cases"]) < goal * expected,
        lower_quartile=lower,
        upper_quartile=upper,
        cohort=cohort,
    )


def _rate(reported: Columns, measure: Measure) -> float:
    def rate(prefix: str = "") -> float:
        n, d = (float(reported[f"{prefix}{name}"].sum()) for name in ("numerator", "denominator"))
        return n * measure.multiply / (1 if measure.type == "count" else d)  # a count has no denominator

    return rate() - rate("versus_") if measure.versus else rate()


def _at_goal(values: NDArray[np.float64], measure: Measure, goal: float | None) -> int:
    if goal is None or measure.direction == "neither":
        return 0
    beyond = values - goal if measure.direction == "higher" else goal - values
    return int((beyond >= -_CLOSE * max(1.0, abs(goal))).sum())
