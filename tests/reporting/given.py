"""Charts, tests and texts made by hand for the tests of sentences: nothing in them is worked out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from breakthrough.collaborative import Counted, Measure, Timeline
from breakthrough.entry import EntryKey
from breakthrough.measures.values import Chart, Direction, Point, Run, Signal, State
from breakthrough.month import Month
from breakthrough.teams.values import CoachRating, Narrative, Pdsa, Text

TODAY = dt.date(2026, 4, 15)
TIMELINE = Timeline.model_validate(
    {"start": "2025-09", "end": "2026-07", "baseline_months": 12, "not_in_session": [8]},
)


def measure(**changes: Any) -> Measure:
    told: dict[str, Any] = {
        "name": "Absence rate",
        "plain": "Of every 100 half-days, how many were missed",
        "kind": "outcome",
        "numerator": Counted("sd_abs"),
        "denominator": Counted("sd_poss"),
        "direction": "lower",
    }
    return Measure(**(told | changes))


def chart(values: Sequence[float | State], *, first: str = "2025-09", height: float = 7.4, **changes: Any) -> Chart:
    """A run chart against a baseline median of 7.4, a month a value; the name of a state stands for a month without one."""
    points = tuple(_point(Month(first) + at, value) for at, value in enumerate(values))
    told: dict[str, Any] = {
        "measure": "ca_day",
        "team": "T001",
        "kind": "run",
        "points": points,
        "centre": tuple(height for _ in points),
        "lower": tuple(None for _ in points),
        "upper": tuple(None for _ in points),
        "line": "baseline median",
        "frozen": True,
        "n_useful": 18,
        "signals": (),
        "run": None,
        "verdict": "none",
        "goal": 6.5,
        "goal_by": Month("2026-07"),
        "rule_set": "anhoej 1",
    }
    return Chart(**(told | changes))


def _point(month: Month, value: float | State) -> Point:
    kind = TIMELINE.kind(month)
    if isinstance(value, str):
        return Point(month, value, None, None, None, kind)
    return Point(month, "reported", value, round(value * 100), 10_000, kind)


def months(*names: str) -> tuple[Month, ...]:
    return tuple(Month(name) for name in names)


def run(side: str, *names: str, direction: Direction = "improving", needed: int = 8) -> Run:
    return Run(side, months(*names), needed, direction)  # type: ignore[arg-type]


def signal(rule: str, direction: Direction, *names: str, count: int | None = None, needed: int = 8) -> Signal:
    over = months(*names)
    return Signal(rule, direction, over, over[0], "baseline median", count or len(over), needed)  # type: ignore[arg-type]


def key(instrument: str = "pdsa_cycle", instance: int = 1, team: str = "T001") -> EntryKey:
    return EntryKey("main", team, "", instrument, instance)


def text(written: str = "", *, cleared: bool = True, entry: EntryKey | None = None) -> Text:
    return Text(written, cleared, entry or key())


def cycle(number: int = 1, *, team: str = "T001", **changes: Any) -> Pdsa:
    """A closed cycle with a full log, or what the changes make of it."""
    entry = key(instance=number, team=team)
    told: dict[str, Any] = {
        "team": team,
        "code": f"P{number}",
        "title": text("Cause sheet", entry=entry),
        "ramp": "R1",
        "cycle": number,
        "previous": f"P{number - 1}" if number > 1 else "",
        "idea": "D1c",
        "measure": "ca_day",
        "kind": "test",
        "scale": min(number, 6),
        "prediction": text("Four of five", entry=entry),
        "predicted": 80.0,
        "planned_on": dt.date(2025, 11, 1),
        "start": dt.date(2025, 11, 10) + dt.timedelta(days=30 * (number - 1)),
        "end_planned": dt.date(2025, 11, 20) + dt.timedelta(days=30 * (number - 1)),
        "end": dt.date(2025, 11, 20) + dt.timedelta(days=30 * (number - 1)),
        "result": text("It went well", entry=entry),
        "result_number": 74.0,
        "met": "as predicted",
        "decision": "adapt",
        "status": "closed",
        "score": 8,
        "missing": (),
        "entry": entry,
    }
    return Pdsa(**(told | changes))


def unfinished(number: int, **changes: Any) -> Pdsa:
    """A cycle that ended without a result."""
    lacking: dict[str, Any] = {
        "result": text(),
        "result_number": None,
        "met": "",
        "decision": "",
        "status": "awaiting study",
        "score": 5,
        "missing": ("result", "study", "decision"),
    }
    return cycle(number, **(lacking | changes))


def rating(
    score: float, *, team: str = "T001", month: str = "2026-03", released: bool = True, why: Text | None = None
) -> CoachRating:
    entry = key("coach_rating", team=team)
    reason = why or text("The ramp is clean.", entry=entry)
    hint = text("Try one route for a week.", entry=entry)
    return CoachRating(team, Month(month), score, reason, hint, "c1", released, entry)


def narrative(own: float | None, *, team: str = "T001", month: str = "2026-03", **changes: Any) -> Narrative:
    entry = key("monthly_report", team=team)
    none = text(entry=entry)
    told: dict[str, Any] = {
        "team": team,
        "month": Month(month),
        "self_score": own,
        "did": none,
        "learned": none,
        "next": none,
        "bright": none,
        "ask": none,
        "ask_of": "",
        "submitted": dt.date(2026, 4, 8),
        "complete": True,
        "entry": entry,
    }
    return Narrative(**(told | changes))
