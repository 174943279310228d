"""Whether measures changed in level or slope at a month that was chosen beforehand, as a table: all teams, and each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from breakthrough.collaborative import Collaborative
from breakthrough.measures.interrupted import Estimate, Interrupted, interrupted
from breakthrough.month import Month

ALL = ""  # where a team's code stands, the collaborative's line

_ESTIMATES = ("level", "slope", "slope_before", "slope_after")
INTERRUPTED = (
    *("measure", "team", "interrupted_at", "months_before", "months_after"),
    *(f"{name}{end}" for name in _ESTIMATES for end in ("", "_low", "_high", "_p")),
    *("expected_last", "fitted_last", "confidence", "lag", "autocorrelation", "warnings"),
)

Line = Mapping[Month, float]  # values by month; months without one are left out


def interruptions(
    lines: Mapping[tuple[str, str], Line], collaborative: Collaborative, at: Month, until: Month
) -> pd.DataFrame:
    """A row (`INTERRUPTED`) for each of the lines, by measure and team, `ALL` for the collaborative's.

    Months run from the first with data to `until`; the lines are broken at `at`, the first month after the change.
    Cumulative measures are left out: a sum so far resembles the month before by its making, so that no error is right.
    """
    months = tuple(collaborative.calendar.first.to(until))
    start = months.index(at)
    rows = []
    for (code, team), line in lines.items():
        if not collaborative.measures[code].cumulative:
            values = np.array([line.get(month, np.nan) for month in months], dtype=np.float64)
            rows.append(_row(code, team, at, interrupted(values, start)))
    return pd.DataFrame(rows, columns=list(INTERRUPTED)).astype(
        {"months_before": "Int64", "months_after": "Int64", "lag": "Int64"}
    )


def _row(code: str, team: str, at: Month, found: Interrupted) -> dict[str, object]:
    return {
        "measure": code,
        "team": team,
        "interrupted_at": str(at),
        "months_before": found.before,
        "months_after": found.after,
        **{column: value for name in _ESTIMATES for column, value in _told(name, getattr(found, name)).items()},
        "expected_last": _last(found.expected),
        "fitted_last": _last(found.fitted),
        "confidence": found.confidence,
        "lag": found.lag,
        "autocorrelation": found.autocorrelation,
        "warnings": " ".join(found.warnings),
    }


def _told(name: str, one: Estimate | None) -> dict[str, float | None]:
    ends = {"": "value", "_low": "low", "_high": "high", "_p": "p"}
    return {f"{name}{end}": None if one is None else getattr(one, field) for end, field in ends.items()}


def _last(line: Sequence[float]) -> float | None:
    return line[-1] if line else None
