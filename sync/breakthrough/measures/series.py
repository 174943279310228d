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
from breakthrough.measures.values import Occurrence, Pooled
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
    deviation: NDArray[np.float64]
    gaps: NDArray[np.object_]

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
            self.deviation[at],
            self.gaps[at],
        )

    def events(self, row: int) -> tuple[Occurrence, ...]:
        """The events of one series, oldest first, with the days since the one before; those of excluded months, too."""
        return tuple(
            Occurrence(month, int(day), float(days), state)
            for month, state, told in zip(self.months, self.state[row].tolist(), self.gaps[row].tolist(), strict=True)
            for day, _, days in (one.partition(":") for one in told.split())
        )

    def by_event(self, row: int) -> Series:
        """One series with a point an event in place of a month; a month occurs as often as it has events."""
        events, stage = self.events(row), dict(zip(self.months, self.kinds, strict=True))
        nowhere = np.full((1, len(events)), np.nan)
        return Series(
            (self.teams[row],),
            tuple(one.month for one in events),
            tuple(stage[one.month] for one in events),
            np.array([[one.state for one in events]], dtype=object).reshape(nowhere.shape),
            nowhere,
            nowhere,
            np.array([[one.value for one in events]], dtype=np.float64).reshape(nowhere.shape),
            nowhere,
            np.full(nowhere.shape, "", dtype=object),
        )


def of_teams(rows: pd.DataFrame, months: Sequence[str], calendar: Timeline) -> Series:
    """The rows of one measure as one series a team, in the order of the rows; a month without a row is not expected.

    Rows of other months than those asked for are left out.
    """
    rows = rows[rows["month"].isin(list(months))]
    row, teams = pd.factorize(rows["team"])
    column = pd.Index(list(months)).get_indexer(pd.Index(rows["month"]))
    shape = len(teams), len(months)
    state = np.full(shape, "not_expected", dtype=object)
    state[row, column] = rows["state"].to_numpy(dtype=object)

    def laid(name: str) -> NDArray[np.float64]:
        out = np.full(shape, np.nan)
        out[row, column] = rows[name].to_numpy(dtype=np.float64)
        return out

    gaps = np.full(shape, "", dtype=object)
    gaps[row, column] = rows["gaps"].to_numpy(dtype=object)
    named = tuple(Month(name) for name in months)
    return Series(
        tuple(str(team) for team in teams),
        named,
        tuple(calendar.kind(month) for month in named),
        state,
        laid("numerator"),
        laid("denominator"),
        laid("value"),
        laid("deviation"),
        gaps,
    )


def of_all(
    frame: pd.DataFrame, collaborative: Collaborative, measure: str, line: Sequence[Pooled] | None = None
) -> Series:
    """The collaborative's pooled rate as one series. A month is reported as soon as one team has reported.

    What does not add up over teams, such as medians, has the median of teams instead. `line` in place of
    `pooled(frame, …)`, where some of it is withheld from the reader.
    """
    what = collaborative.measures[measure]
    every = pooled(frame, collaborative, measure) if line is None else tuple(line)
    months = tuple(one for one in every if what.reports(one.month))
    there_is = frame.loc[frame["measure"] == measure, ["month", "state"]].drop_duplicates()
    states: dict[str, set[str]] = {}
    for name, found in there_is.itertuples(index=False, name=None):
        states.setdefault(name, set()).add(found)
    value = [one.pooled if what.adds_up else one.median for one in months]
    state = [_state(one, figure, states.get(one.month.name, set())) for one, figure in zip(months, value, strict=True)]
    there = [figure is not None for figure in value]
    nowhere = np.full((1, len(months)), np.nan)
    return Series(
        (None,),
        tuple(one.month for one in months),
        tuple(collaborative.calendar.kind(one.month) for one in months),
        np.array([state], dtype=object).reshape(1, len(months)),
        np.array([[one.numerator if is_there else np.nan for one, is_there in zip(months, there, strict=True)]]),
        np.array([[one.denominator if is_there else np.nan for one, is_there in zip(months, there, strict=True)]]),
        np.array([[np.nan if figure is None else figure for figure in value]]),
        nowhere,
        np.full(nowhere.shape, "", dtype=object),
    )


def _state(month: Pooled, figure: float | None, states: set[str]) -> str:
    """The state of the collaborative's month: the first of these that any team is in.

    It had no cases only where no team still owes it a figure.
    """
    if month.suppressed == "all":
        return "suppressed"
    if figure is not None:
        return "reported"
    order = ("missing", "late", "invalid", "excluded", "not_due", "no_cases", "not_collected", "not_in_session")
    return next((state for state in order if state in states), "not_expected")
