"""Charts made by hand for tests: whatever their months are told to be, with nothing worked out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from statistics import median
from typing import Any

from breakthrough.collaborative import Counted, Event, Measure
from breakthrough.entry import EntryKey
from breakthrough.measures.values import Chart, Direction, Point, Signal, State
from breakthrough.month import Month
from breakthrough.reporting.draw.scene import Scene
from breakthrough.reporting.draw.text import Box, box
from breakthrough.teams.values import Pdsa, Text

EVENTS = (
    Event(code="LS1", kind="learning_session", date=dt.date(2025, 9, 18), phase="learning"),
    Event(code="AP1", kind="call", date=dt.date(2025, 10, 9), phase="testing"),
    Event(code="LS2", kind="learning_session", date=dt.date(2025, 11, 20), phase="testing"),
    Event(code="LS3", kind="learning_session", date=dt.date(2026, 3, 5), phase="spreading"),
    Event(code="OC", kind="congress", date=dt.date(2026, 7, 2), phase="sustaining"),
)


def measure(**changes: Any) -> Measure:
    """An absence rate, or what the changes make of it."""
    told: dict[str, Any] = {
        "name": "Absence rate",
        "plain": "Of every 100 half-days, how many were missed",
        "kind": "outcome",
        "numerator": Counted("sd_abs"),
        "denominator": Counted("sd_poss"),
        "direction": "lower",
    }
    return Measure(**(told | changes))


def point(
    month: Month, value: float | None, state: State = "reported", *, start: Month, denominator: float = 404_666
) -> Point:
    """A month; with no value the state says why."""
    kind = "live" if month >= start else "baseline" if month >= start + -12 else "history"
    numerator = None if value is None else value * denominator / 100
    return Point(month, state, value, numerator, None if value is None else denominator, kind)  # type: ignore[arg-type]


def points(values: Sequence[float | State | None], first: str = "2024-09", start: str = "2025-09") -> tuple[Point, ...]:
    """One point a month from `first`: a figure, or the name of a state without one; None is a month not in session."""
    made = []
    for n, value in enumerate(values):
        month = Month(first) + n
        state: State = "not_in_session" if value is None else value if isinstance(value, str) else "reported"
        made.append(point(month, value if isinstance(value, float) else None, state, start=Month(start)))
    return tuple(made)


def chart(made: Sequence[Point], **changes: Any) -> Chart:
    """A run chart with the baseline's median through baseline and live months."""
    base = [p.value for p in made if p.kind == "baseline" and p.value is not None and p.state == "reported"]
    height = median(base) if base else None
    told: dict[str, Any] = {
        "measure": "ca_day",
        "team": "T001",
        "kind": "run",
        "points": tuple(made),
        "centre": tuple(height if p.kind != "history" else None for p in made),
        "lower": (None,) * len(made),
        "upper": (None,) * len(made),
        "line": "baseline median",
        "frozen": len(base) >= 3,
        "n_useful": 12,
        "signals": (),
        "run": None,
        "verdict": "none",
        "goal": 6.5,
        "goal_by": Month("2026-07"),
        "rule_set": "anhoej 1",
    }
    return Chart(**(told | changes))


def signal(rule: str, direction: Direction, months: Sequence[Month], line: str = "baseline median") -> Signal:
    """A signal over those months."""
    return Signal(rule, direction, tuple(months), months[0], line, len(months), len(months))  # type: ignore[arg-type]


def cycle(number: int = 1, **changes: Any) -> Pdsa:
    """A closed cycle with nothing missing, or what the changes make of it."""
    key = EntryKey("main", "T001", "", "pdsa_cycle", number)
    told: dict[str, Any] = {
        "team": "T001",
        "code": f"P{number}",
        "title": Text("Cause sheet", cleared=True, entry=key),
        "ramp": "R1",
        "cycle": number,
        "previous": "",
        "idea": "D1c",
        "measure": "ca_c5",
        "kind": "test",
        "scale": min(number + 1, 6),
        "prediction": Text("", cleared=True, entry=key),
        "predicted": 80.0,
        "planned_on": dt.date(2025, 11, 1),
        "start": dt.date(2025, 11, 10),
        "end_planned": dt.date(2025, 11, 14),
        "end": dt.date(2025, 11, 14),
        "result": Text("", cleared=True, entry=key),
        "result_number": 74.0,
        "met": "partly",
        "decision": "adapt",
        "status": "closed",
        "score": 8,
        "missing": (),
        "entry": key,
    }
    return Pdsa(**(told | changes))


def written(text: str, *, cleared: bool = True) -> Text:
    """What somebody wrote."""
    return Text(text, cleared=cleared, entry=EntryKey("main", "T001", "", "pdsa_cycle", 1))


def words(scene: Scene) -> list[str]:
    """Every text of a picture, in the order painted."""
    return [text.string for text in scene.texts]


def outside(scene: Scene) -> list[str]:
    """The texts that do not lie wholly inside the picture."""
    frame = Box(-0.01, -0.01, scene.width + 0.01, scene.height + 0.01)
    return [t.string for t in scene.texts if not _within(box(t), frame)]


def colliding(scene: Scene) -> list[tuple[str, str]]:
    """The pairs of texts that lie on one another."""
    boxes = [(text.string, box(text)) for text in scene.texts]
    return [(a, b) for n, (a, one) in enumerate(boxes) for b, two in boxes[n + 1 :] if one.touches(two)]


def _within(inner: Box, outer: Box) -> bool:
    return (
        inner.left >= outer.left
        and inner.right <= outer.right
        and inner.top >= outer.top
        and inner.bottom <= outer.bottom
    )
