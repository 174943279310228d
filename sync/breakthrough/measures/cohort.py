"""The constant cohort: teams that have nearly always a figure, so that no change comes from who reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from breakthrough.collaborative import Collaborative
from breakthrough.measures.results import NOT_OWED

_NOT_YET = frozenset({*NOT_OWED, "not_due"})


@dataclass(frozen=True, slots=True)
class Cohort:
    """The teams of a measure's constant cohort, in the frame's order, of how many that owed it anything."""

    teams: tuple[str, ...]
    of: int


def cohort(
    frame: pd.DataFrame, collaborative: Collaborative, measure: str, *, teams: Sequence[str] | None = None
) -> Cohort:
    """The teams with a value in `reporting.constant_cohort` per cent or more of the months expected of them.

    Expected are the months of the frame that the team owes data for and that are due, or in. A month without cases has
    no value: a team that often has none would come and go in the sum as well. Only among `teams` where given. Raises
    KeyError for a measure that the collaborative does not have.
    """
    collaborative.measures[measure]
    rows = frame[frame["measure"] == measure]
    if teams is not None:
        rows = rows[rows["team"].isin(list(teams))]
    place, names = pd.factorize(rows["team"])
    states = rows["state"]
    owed = np.bincount(place, weights=~states.isin(_NOT_YET), minlength=len(names))
    there = np.bincount(place, weights=states == "reported", minlength=len(names))
    # in whole numbers, so that 4 of 5 is 80 per cent to the last bit
    steady = (owed > 0) & (100 * there >= collaborative.reporting.constant_cohort * owed)
    return Cohort(tuple(str(name) for name, is_in in zip(names, steady, strict=True) if is_in), int((owed > 0).sum()))
