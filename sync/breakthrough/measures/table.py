"""The results as one long table for analysis: a row for each team, measure and month, with line and signals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from breakthrough.collaborative import Collaborative
from breakthrough.measures.definition import version
from breakthrough.measures.lines import cuts
from breakthrough.measures.values import COLUMNS, Chart, Rule
from breakthrough.month import Month

RULES: tuple[str, ...] = get_args(Rule)
GROUPS = ("cohort", "region", "type")
LINES = ("centre", "lower", "upper")
SIGNALS = tuple(f"signal_{rule}" for rule in RULES)
TIDY = (
    "team",
    *GROUPS,
    *COLUMNS[1:7],  # month measure state numerator denominator value
    "unit",
    "goal",
    "stage",
    "baseline",
    "phase",
    "in_session",
    "due",
    "submitted_on",
    *LINES,
    *SIGNALS,
    *COLUMNS[7:],  # entry_key reason versus_numerator …
    "definition_version",
    "rule_set",
    "data_as_of",
)

Charts = Mapping[tuple[str, str], Chart]
Groups = Mapping[str, Mapping[str, str]]  # cohort, region, type: the group of each team


@dataclass(frozen=True)
class Facts:
    """What the table tells of beside the results: groups of teams, days on which forms came in, the data's own time."""

    groups: Groups = field(default_factory=dict)
    submitted: Mapping[str, dt.date] = field(default_factory=dict)  # by the entry_key of the monthly form
    as_of: dt.datetime | None = None


def tidy(frame: pd.DataFrame, charts: Charts, collaborative: Collaborative, facts: Facts) -> pd.DataFrame:
    """The columns `TIDY`, one row for each of the frame, in its order. `charts` are of the frame's teams and months.

    Days are text (2026-04-10), '' where there is none; figures are NaN where there are none.
    """
    calendar, measures = collaborative.calendar, collaborative.measures
    months = {str(name): Month(name) for name in frame["month"].unique()}
    codes = list(frame["measure"].unique())
    dues = {
        (code, name): str(calendar.due(month, measures[code].lag)) for code in codes for name, month in months.items()
    }
    stages = frame["month"].map({name: calendar.kind(month) for name, month in months.items()})
    out = frame.assign(
        **{name: _looked_up(frame["team"], facts.groups.get(name, {})) for name in GROUPS},
        unit=frame["measure"].map({code: measures[code].unit.strip() for code in codes}),
        stage=stages,
        baseline=stages == "baseline",
        phase=_phases(frame, collaborative),
        in_session=frame["month"].map({name: calendar.in_session(one) for name, one in months.items()})
        & (frame["state"] != "not_in_session"),
        due=_by_place(frame, dues),
        submitted_on=_looked_up(frame["entry_key"], {key: str(day) for key, day in facts.submitted.items()}),
        definition_version=_by_place(
            frame,
            {
                (code, name): version(collaborative, measures[code].at(month))
                for code in codes
                for name, month in months.items()
            },
        ),
        data_as_of=facts.as_of.isoformat(timespec="seconds") if facts.as_of else "",
        **_drawn(frame, charts),
    )
    return out[list(TIDY)]


def _by_place(frame: pd.DataFrame, words: Mapping[tuple[str, str], str]) -> NDArray[np.object_]:
    """The word for each row's measure and month."""
    measures, codes = pd.factorize(frame["measure"])
    months, names = pd.factorize(frame["month"])
    grid = np.array([[words[str(code), str(name)] for name in names] for code in codes], dtype=object)
    return grid[measures, months] if len(frame) else np.empty(0, dtype=object)


def _looked_up(column: pd.Series[Any], words: Mapping[str, str]) -> NDArray[np.object_]:
    """The word for each value; '' where there is none."""
    place, values = pd.factorize(column)
    found = np.array([words.get(str(value), "") for value in values], dtype=object)
    return found[place] if len(found) else np.empty(0, dtype=object)


def with_charts(rows: pd.DataFrame, charts: Charts) -> pd.DataFrame:
    """The same rows with the columns `LINES`, `SIGNALS`, goal and rule_set of the charts of their team and measure."""
    return rows.assign(**_drawn(rows, charts))


def _drawn(rows: pd.DataFrame, charts: Charts) -> dict[str, NDArray[Any]]:
    """What the charts say of each row's month, as columns; blank where a row has no chart, or no line is drawn.

    The goal is the chart's own, which may be the team's.
    """
    pieces: dict[str, list[Any]] = {name: [] for name in ("team", "measure", "month", *LINES, "goal", "rule_set")}
    marks: dict[str, dict[tuple[str, str, str], str]] = {name: {} for name in SIGNALS}
    for (team, code), chart in charts.items():
        many = len(chart.points)
        pieces["team"] += [team] * many
        pieces["measure"] += [code] * many
        pieces["month"] += [point.month.name for point in chart.points]
        for name in LINES:
            pieces[name] += getattr(chart, name)
        pieces["goal"] += chart.goals or [chart.goal] * many
        pieces["rule_set"] += [chart.rule_set] * many
        for signal in chart.signals:
            for month in signal.months:
                marks[f"signal_{signal.rule}"][team, code, month.name] = signal.direction
    index = pd.MultiIndex.from_arrays([pieces["team"], pieces["measure"], pieces["month"]])
    keys = pd.MultiIndex.from_arrays([rows["team"], rows["measure"], rows["month"]])
    at = index.get_indexer(keys)
    columns: dict[str, NDArray[Any]] = {}
    for name in (*LINES, "goal"):
        columns[name] = np.append(np.array(pieces[name], dtype=np.float64), np.nan)[at]
    columns["rule_set"] = np.append(np.array(pieces["rule_set"], dtype=object), "")[at]
    for name, found in marks.items():
        columns[name] = _marked(keys, found)
    return columns


def _marked(keys: pd.MultiIndex, found: Mapping[tuple[str, str, str], str]) -> NDArray[np.object_]:
    out = np.full(len(keys), "", dtype=object)
    if found:
        at = keys.get_indexer(pd.MultiIndex.from_tuples(list(found)))
        there = at >= 0
        out[at[there]] = np.array(list(found.values()), dtype=object)[there]
    return out


def _phases(frame: pd.DataFrame, collaborative: Collaborative) -> NDArray[np.int64]:
    """1 before any accepted phase of that team's chart, 2 from the first on, and so forth."""
    out = np.ones(len(frame), dtype=np.int64)
    named = {(phase.measure, phase.team) for phase in collaborative.phases}
    for code in {measure for measure, _ in named}:
        of_measure = (frame["measure"] == code).to_numpy()
        for team in frame["team"].unique():
            begins = [one.name for one in cuts(collaborative, code, str(team))]
            if begins:
                mine = of_measure & (frame["team"] == team).to_numpy()
                out[mine] += np.searchsorted(np.array(begins), frame["month"][mine].to_numpy(dtype=str), side="right")
    return out
