"""One measure of one team after another, taken out of the results frame as arrays of series × months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from breakthrough.collaborative import Collaborative, Timeline
from breakthrough.measures.pooled import pooled
from breakthrough.measures.values import Pooled
from breakthrough.month import Month

Stage = Literal["history", "baseline", "live", "tail"]


@dataclass(frozen=True, eq=False)
class Series:
    """Arrays of series × months. The collaborative's own series has the team None."""

    teams: tuple[str | None, ...]
    months: tuple[Month, ...]
    kinds: tuple[Stage, ...]  # by month
    state: NDArray[np.object_]
    numerator: NDArray[np.float64]
    denominator: NDArray[np.float64]
    value: NDArray[np.float64]

    @cached_property
    def useful(self) -> NDArray[np.bool_]:
        """Where a point counts towards lines and signals: reported, not excluded, with a value."""
        return np.asarray((self.state == "reported") & ~np.isnan(self.value))

    def only(self, rows: Sequence[int]) -> Series:
        """The series at those places."""
        at = list(rows)
        return Series(
            tuple(self.teams[row] for row in at),
            self.months,
            self.kinds,
            self.state[at],
            self.numerator[at],
            self.denominator[at],
            self.value[at],
        )


def of_teams(rows: pd.DataFrame, months: Sequence[str], calendar: Timeline) -> Series:
    """The rows of one measure as one series a team, in the order of the rows; a month without a row is not expected."""
    row, teams = pd.factorize(rows["team"])
    column = pd.Index(list(months)).get_indexer(pd.Index(rows["month"]))
    shape = len(teams), len(months)
    state = np.full(shape, "not_expected", dtype=object)
    state[row, column] = rows["state"].to_numpy(dtype=object)

    def laid(name: str) -> NDArray[np.float64]:
        out = np.full(shape, np.nan)
        out[row, column] = rows[name].to_numpy(dtype=np.float64)
        return out

    named = tuple(Month(name) for name in months)
    return Series(
        tuple(str(team) for team in teams),
        named,
        tuple(calendar.kind(month) for month in named),
        state,
        laid("numerator"),
        laid("denominator"),
        laid("value"),
    )


def of_all(frame: pd.DataFrame, collaborative: Collaborative, measure: str) -> Series:
    """The collaborative's pooled rate as one series. A month is reported as soon as one team has reported."""
    months = pooled(frame, collaborative, measure)
    rows = frame[frame["measure"] == measure]
    states = {str(name): set(group) for name, group in rows.groupby("month")["state"]}
    state = [_state(one, states.get(one.month.name, set())) for one in months]
    there = [one.pooled is not None for one in months]
    return Series(
        (None,),
        tuple(one.month for one in months),
        tuple(collaborative.calendar.kind(one.month) for one in months),
        np.array([state], dtype=object).reshape(1, len(months)),
        np.array([[one.numerator if is_there else np.nan for one, is_there in zip(months, there, strict=True)]]),
        np.array([[one.denominator if is_there else np.nan for one, is_there in zip(months, there, strict=True)]]),
        np.array([[np.nan if one.pooled is None else one.pooled for one in months]]),
    )


def _state(month: Pooled, states: set[str]) -> str:
    """The state of the collaborative's month: the first of these that any team is in.

    It had no cases only where no team still owes it a figure.
    """
    if month.pooled is not None:
        return "reported"
    order = ("missing", "late", "invalid", "excluded", "not_due", "no_cases", "not_collected", "not_in_session")
    return next((state for state in order if state in states), "not_expected")
