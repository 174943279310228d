"""A store in memory and the forms of a small collaborative, to read portfolios from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from breakthrough import collaborative as collaboratives
from breakthrough import measures, teams
from breakthrough.collaborative import Collaborative, Flags
from breakthrough.entry import Entry, EntryKey
from breakthrough.measures import Chart
from breakthrough.month import Month
from breakthrough.store import Sightings
from breakthrough.teams import Flag, Pdsa, Portfolio

ROOT = Path(__file__).resolve().parent.parent.parent
MONTH = Month("2026-03")  # reported on 15 April 2026, after learning session 3
TODAY = dt.date(2026, 4, 15)


class Shelf:
    """Entries in memory, with the store's way of handing them out."""

    def __init__(self, *entries: Entry) -> None:
        self._entries = entries

    def entries(self, project: str, instrument: str | None = None) -> Iterator[Entry]:
        return (e for e in self._entries if e.key.project == project and instrument in {None, e.key.instrument})


@cache
def collaborative() -> Collaborative:
    """The shipped example."""
    return changed({})


def changed(overlay: Mapping[str, Any]) -> Collaborative:
    """The shipped example with some settings laid over it."""
    return collaboratives.load(ROOT / "config/collaboratives/absenteeism/collaborative.yaml", overlay)


def form(instrument: str, values: Mapping[str, object], team: str = "T001", instance: int = 1) -> Entry:
    entered = {name: str(value) for name, value in values.items() if value is not None}
    return Entry(EntryKey("main", team, "", instrument, instance), team.lower(), entered)


def profile(team: str = "T001", **values: object) -> Entry:
    known = {"tp_name": f"Team {team}", "tp_status": 2, "tp_joined": "2025-09-01", "tp_coach": "c1"}
    return form("team_profile", {**known, **values}, team, 0)


def cycle(instance: int = 1, team: str = "T001", **values: object) -> Entry:
    return form("pdsa_cycle", {"pd_id": f"t{instance}", **values}, team, instance)


def report(month: str, instance: int = 1, team: str = "T001", **values: object) -> Entry:
    return form("monthly_report", {"mr_period": f"{month}-01", **values}, team, instance)


def rating(month: str, score: str, instance: int = 1, team: str = "T001", **values: object) -> Entry:
    known = {"cr_period": f"{month}-01", "cr_score": score, "cr_why": "Seen on the call."}
    return form("coach_rating", {**known, **values}, team, instance)


def contact(day: str, instance: int = 1, team: str = "T001", **values: object) -> Entry:
    return form("coach_contact", {"ct_date": day, "ct_kind": 1, **values}, team, instance)


def attended(event: str, status: int, instance: int = 1, team: str = "T001", **values: object) -> Entry:
    return form("event_attendance", {"ea_event": event, "ea_status": status, **values}, team, instance)


def figures(month: str, values: Mapping[str, object], instance: int = 1, team: str = "T001") -> Entry:
    return form("monthly_measures", {"mm_period": f"{month}-01", **values}, team, instance)


def portfolio(*entries: Entry, today: dt.date = TODAY, seen: Sightings | None = None) -> Portfolio:
    return teams.read(Shelf(*entries), collaborative(), today, seen=seen or {})


def only(*entries: Entry, today: dt.date = TODAY) -> Pdsa:
    """The one PDSA cycle among the entries."""
    (found,) = portfolio(profile(), *entries, today=today).pdsas
    return found


def flags(
    *entries: Entry,
    month: Month = MONTH,
    today: dt.date = TODAY,
    what: Collaborative | None = None,
    charts: Mapping[tuple[str, str], Chart] | None = None,
    thresholds: Flags | None = None,
) -> dict[str, Flag]:
    """The flags of team T001 by code, from its entries and those of others, as a report would raise them."""
    what = what or collaborative()
    read = teams.read(Shelf(*entries), what, today)
    monthly = [entry for entry in entries if entry.key.instrument == "monthly_measures"]
    frame = measures.results(
        what, monthly, teams=[team.code for team in read.teams], expected=read.expected, today=today, until=month
    )
    drawn = measures.charts(frame, what) if charts is None else charts
    found = teams.flags(read, frame, drawn, measures.doubts(frame, what), what, month, today, thresholds=thresholds)
    return {flag.code: flag for flag in found if flag.team == "T001"}
