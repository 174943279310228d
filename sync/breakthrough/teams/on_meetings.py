"""Flags about who is there: a team that stays away from events, a senior leader of whom nothing is seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from breakthrough.english import listed, many, short_day, spelled
from breakthrough.teams import leaders, presence
from breakthrough.teams.case import Case
from breakthrough.teams.records import Attendance
from breakthrough.teams.values import Flag


def absent(case: Case) -> Iterator[Flag]:
    """The last two events or more missed without excuse, as far as attendance is recorded."""
    row = presence.missed(case.attendance)
    enough = case.limits.missed_events
    if len(row) >= enough:
        told = listed([_event(case, one) for one in row[-3:]])
        which = "the last event" if len(row) == 1 else f"the last {spelled(len(row))} events"
        more = ", the last three of them" if len(row) > 3 else ""
        evidence = f"Nobody of the team was at {which}{more}: {told}."
        move = "Ring the day-to-day leader: what kept them away, and what of it do they need?"
        yield case.flag("absent", "medium", row[enough - 1].day, evidence, move)


def leader(case: Case) -> Iterator[Flag]:
    """Nothing seen of the senior leader for 60 days in session, from the first learning session on."""
    first = case.session(1)
    if first is None:
        return
    last = leaders.latest(case.signs)
    since = max([day for day in (last.day if last else None, first, case.team.joined) if day])
    if case.in_session_days(since) > case.limits.leader_days:
        waited = many((case.today - since).days, "day")
        if last and since == last.day:
            seen = f"The senior leader last {last.kind} on {short_day(last.day)}, {waited} ago."
            evidence = f"{seen} No report, event, answer or call has shown more since."
        else:
            told = "No report, event, answer or call shows the senior leader"
            evidence = f"{told}; {waited} have passed since {_point(case, since)}."
        move = "Ask for ten minutes with the senior leader, and bring one question to decide."
        yield case.flag("leader", "medium", since + dt.timedelta(case.limits.leader_days), evidence, move)


def _event(case: Case, one: Attendance) -> str:
    title = next((event.title for event in case.collaborative.calendar.events if event.code == one.event), "")
    named = title.partition(":")[0] or ("another meeting" if one.event == "other" else one.event)
    return f"{named} on {short_day(one.day)}"


def _point(case: Case, since: dt.date) -> str:
    return "the team joined" if since == case.team.joined else "the first learning session"
