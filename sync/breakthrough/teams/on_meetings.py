"""Flags about who is there: a team that stays away from events, a senior leader of whom nothing is seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from breakthrough.language import listed, say, says, short_day, worded
from breakthrough.teams import leaders, presence
from breakthrough.teams.case import Case
from breakthrough.teams.leaders import Sign
from breakthrough.teams.records import Attendance
from breakthrough.teams.values import Flag


def absent(case: Case) -> Iterator[Flag]:
    """The last two events or more missed without excuse, as far as attendance is recorded."""
    row = presence.missed(case.attendance)
    enough = case.limits.missed_events
    if len(row) >= enough:
        told = listed([_event(case, one) for one in row[-3:]])
        evidence = _missed(len(row), told)
        move = say("Ring the day-to-day leader: what kept them away, and what of it do they need?")
        yield case.flag("absent", "medium", row[enough - 1].day, evidence, move)


def leader(case: Case) -> Iterator[Flag]:
    """Nothing seen of the senior leader for 60 days in session, from the first learning session on."""
    first = case.session(1)
    if first is None:
        return
    last = leaders.latest(case.signs)
    since = max([day for day in (last.day if last else None, first, case.team.joined) if day])
    if case.in_session_days(since) > case.limits.leader_days:
        waited = (case.today - since).days
        evidence = _seen(last, waited) if last and since == last.day else _never_seen(case, since, waited)
        move = say("Ask for ten minutes with the senior leader, and bring one question to decide.")
        yield case.flag("leader", "medium", since + dt.timedelta(case.limits.leader_days), evidence, move)


def _event(case: Case, one: Attendance) -> str:
    title = next((event.title for event in case.collaborative.calendar.events if event.code == one.event), "")
    named = title.partition(":")[0] or (say("another meeting") if one.event == "other" else one.event)
    return say("{event} on {day}", event=named, day=short_day(one.day))


def _missed(number: int, told: str) -> str:
    if number > 3:
        return worded(
            "Nobody of the team was at the last {n} events, the last three of them: {events}.",
            "Nobody of the team was at the last {n} events, the last three of them: {events}.",
            number,
            events=told,
        )
    return worded(
        "Nobody of the team was at the last event: {events}.",
        "Nobody of the team was at the last {n} events: {events}.",
        number,
        events=told,
    )


def _seen(last: Sign, waited: int) -> str:
    places = {"day": short_day(last.day)}
    match last.kind:
        case "met the team":
            seen = says(
                "The senior leader last met the team on {day}, {n} day ago.",
                "The senior leader last met the team on {day}, {n} days ago.",
                waited,
                **places,
            )
        case "was at an event":
            seen = says(
                "The senior leader last was at an event on {day}, {n} day ago.",
                "The senior leader last was at an event on {day}, {n} days ago.",
                waited,
                **places,
            )
        case "spoke with the coach":
            seen = says(
                "The senior leader last spoke with the coach on {day}, {n} day ago.",
                "The senior leader last spoke with the coach on {day}, {n} days ago.",
                waited,
                **places,
            )
        case _:
            seen = says(
                "The senior leader last answered on {day}, {n} day ago.",
                "The senior leader last answered on {day}, {n} days ago.",
                waited,
                **places,
            )
    since = say("No report, event, answer or call has shown more since.")
    return f"{seen} {since}"


def _never_seen(case: Case, since: dt.date, waited: int) -> str:
    if since == case.team.joined:
        return says(
            "No report, event, answer or call shows the senior leader; {n} day have passed since the team joined.",
            "No report, event, answer or call shows the senior leader; {n} days have passed since the team joined.",
            waited,
        )
    return says(
        "No report, event, answer or call shows the senior leader; {n} day have passed since the first learning "
        "session.",
        "No report, event, answer or call shows the senior leader; {n} days have passed since the first learning "
        "session.",
        waited,
    )
