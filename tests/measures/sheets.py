"""A small collaborative and monthly forms to try it on: September 2024 to August 2025 is the baseline, August is off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from breakthrough import measures
from breakthrough.collaborative import Collaborative
from breakthrough.entry import Entry, EntryKey
from breakthrough.month import Month

UNTIL = Month("2026-06")
TODAY = dt.date(2026, 7, 15)

_SETTINGS: dict[str, Any] = {
    "name": "Small",
    "topic": "attendance",
    "timezone": "Europe/London",
    "aim": {"statement": "Less.", "measure": "rate", "goal": 5, "by": "2026-07"},
    "calendar": {"start": "2025-09", "end": "2026-07", "baseline_months": 12, "not_in_session": [8]},
    "coordinator": {"name": "Ro", "email": "ro@example.org"},
    "coaches": [{"code": "c1", "name": "Ju", "email": "ju@example.org"}],
    "counts": {
        code: {"label": f"Number of {code}"} for code in ("hit", "seen", "also", "swd_hit", "swd", "ytd", "roll")
    },
    "measures": {
        "rate": {
            "name": "Rate",
            "plain": "…",
            "kind": "outcome",
            "numerator": "hit",
            "denominator": "seen",
            "direction": "lower",
            "goal": 5,
            "goal_by": "2026-07",
            "key": True,
        },
        "share": {
            "name": "Share",
            "plain": "…",
            "kind": "process",
            "numerator": "hit",
            "denominator": "seen",
            "direction": "lower",
            "chart": "p_prime",
            "lag": 1,
        },
        "both": {
            "name": "Both",
            "plain": "…",
            "kind": "process",
            "numerator": "hit + also",
            "denominator": "seen",
            "direction": "higher",
            "unit": " per 1,000",
            "multiply": 1000,
        },
        "gap": {
            "name": "Gap",
            "plain": "…",
            "kind": "outcome",
            "numerator": "swd_hit",
            "denominator": "swd",
            "versus": {"numerator": "hit - swd_hit", "denominator": "seen - swd"},
            "unit": " points",
            "direction": "lower",
        },
        "sofar": {
            "name": "So far",
            "plain": "…",
            "kind": "outcome",
            "numerator": "ytd",
            "denominator": "roll",
            "direction": "lower",
            "chart": "year_on_year",
            "cumulative": True,
        },
    },
}


def collaborative(**changes: Any) -> Collaborative:
    """The small collaborative with some of its top keys replaced; `calendar` is merged."""
    settings = {**_SETTINGS, **changes}
    settings["calendar"] = {**_SETTINGS["calendar"], **changes.get("calendar", {})}
    return Collaborative.model_validate(settings)


def form(team: str, month: str, values: Mapping[str, object], instance: int = 1) -> Entry:
    """One monthly form; what is None is left blank."""
    entered = {name: str(value) for name, value in values.items() if value is not None}
    key = EntryKey("main", team, "", "monthly_measures", instance)
    return Entry(key, team.lower(), {"mm_period": f"{month}-01", **entered})


def frame(
    entries: Iterable[Entry],
    *,
    what: Collaborative | None = None,
    teams: Sequence[str] = ("T001",),
    expected: Callable[[str, Month], bool] = lambda team, month: True,
    today: dt.date = TODAY,
    until: Month = UNTIL,
    joined: Mapping[str, Month] | None = None,
) -> pd.DataFrame:
    given = sorted(entries, key=lambda entry: entry.key.record)  # as the store gives them
    return measures.results(
        what or collaborative(), given, teams=teams, expected=expected, today=today, until=until, joined=joined
    )


def row(found: pd.DataFrame, measure: str, month: str, team: str = "T001") -> Any:
    """The one row of that team, measure and month, with its columns as attributes."""
    one = found[(found["team"] == team) & (found["measure"] == measure) & (found["month"] == month)]
    assert len(one) == 1
    return next(one.itertuples())


def months(first: str, last: str, what: Collaborative) -> list[Month]:
    """The months in session between two."""
    return [month for month in Month(first).to(Month(last)) if what.calendar.in_session(month)]


def series(values: Sequence[float | None], *, team: str = "T001", first: str = "2024-09") -> list[Entry]:
    """One form a month in session from `first` on, whose rate is that value (in per cent, two decimals at most)."""
    calendar = collaborative().calendar
    here = [month for month in Month(first).to(Month(first) + 60) if calendar.in_session(month)]
    return [
        form(team, month.name, {"hit": round(value * 100), "seen": 10_000}, at + 1)
        for at, (month, value) in enumerate(zip(here, values, strict=False))
        if value is not None
    ]
