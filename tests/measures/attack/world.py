"""Small collaboratives with counts that are known to the test, and to the attacker only as far as they are emitted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd
from tests.measures import sheets

from breakthrough import measures
from breakthrough.collaborative import Collaborative, Counted, Measure
from breakthrough.month import Month

COUNTS = ("hit", "also", "seen", "swd_hit", "swd", "ytd", "roll")
Key = tuple[str, str, str]  # team, month, count
YEAR = ("2025-09", "2025-10", "2025-11")


def measure(name: str, numerator: str, denominator: str, **more: Any) -> dict[str, Any]:
    told = {"name": name, "plain": "…", "kind": "process", "direction": "lower"}
    return {**told, "numerator": numerator, "denominator": denominator, **more}


MEASURES: Mapping[str, dict[str, Any]] = {
    "rate": measure("Rate", "hit", "seen", chart="p_prime", goal=20, goal_by="2026-07"),
    "other": measure("Other", "also", "seen"),
    "both": measure("Both", "hit + also", "seen"),
    "gap": measure(
        "Gap", "swd_hit", "swd", versus={"numerator": "hit - swd_hit", "denominator": "seen - swd"}, unit=" points"
    ),
    "sofar": measure("So far", "ytd", "roll", chart="year_on_year", cumulative=True),
}


def collaborative(*codes: str, min_count: int = 10, zero_is_shown: bool = True, **privacy: Any) -> Collaborative:
    """A collaborative of those measures, without a baseline."""
    some = {code: MEASURES[code] for code in codes}
    return sheets.collaborative(
        measures=some,
        counts={code: {"label": code} for code in COUNTS},
        aim={"statement": "Less.", "measure": codes[0], "goal": 5, "by": "2026-07"},
        calendar={"baseline_months": 0},
        privacy={"min_count": min_count, "zero_is_shown": zero_is_shown, "peer_names": "named", **privacy},
    )


@dataclass(frozen=True)
class World:
    """What was entered by the time of each report, the oldest first; a team's month that is not there is missing."""

    collaborative: Collaborative
    coaches: Mapping[str, str]
    reports: tuple[Mapping[Key, int], ...]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def teams(self) -> tuple[str, ...]:
        return tuple(self.coaches)

    def frame(self, report: int) -> pd.DataFrame:
        """The results frame of that report."""
        return self._frames[report]

    @cached_property
    def _frames(self) -> list[pd.DataFrame]:
        return [self._frame(report) for report in range(len(self.reports))]

    def _frame(self, report: int) -> pd.DataFrame:
        forms: dict[tuple[str, str], dict[str, object]] = {}
        for (team, month, count), value in self.reports[report].items():
            forms.setdefault((team, month), {})[count] = value
        months = sorted({month for _, month in forms})
        entries = [sheets.form(team, month, values, months.index(month) + 1) for (team, month), values in forms.items()]
        return measures.results(
            self.collaborative,
            sorted(entries, key=lambda entry: entry.key.record),
            teams=self.teams,
            expected=lambda _, __: True,
            today=dt.date(2026, 7, 15),
            until=Month(months[-1]),
        )

    def reported(self, report: int) -> set[tuple[str, str, str]]:
        """Team, measure and month of every row in state reported."""
        rows = self.frame(report)
        rows = rows[rows["state"] == "reported"]
        return set(zip(rows["team"], rows["measure"], rows["month"], strict=True))

    def version(self, team: str, month: str, report: int) -> int:
        """The first report in which that team's month is as it is in this one."""

        def of(at: int) -> dict[Key, int]:
            return {key: value for key, value in self.reports[at].items() if key[:2] == (team, month)}

        key = team, month, report
        if key not in self._versions:
            first = report
            while first and of(first - 1) == of(report):
                first -= 1
            self._versions[key] = first
        return self._versions[key]

    @cached_property
    def _versions(self) -> dict[tuple[str, str, int], int]:
        return {}


def parts(measure: Measure) -> list[tuple[Counted, Counted]]:
    """Numerator and denominator, and the other group's."""
    found = [(measure.numerator, measure.denominator)]
    if measure.versus:
        found.append((measure.versus.numerator, measure.versus.denominator))
    return [(n, d) for n, d in found if isinstance(n, Counted) and isinstance(d, Counted)]
