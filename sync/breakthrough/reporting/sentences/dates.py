"""The next dates, each as a day and what it is for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from breakthrough.collaborative import Coach, Collaborative, Event
from breakthrough.month import Month
from breakthrough.reporting import figures
from breakthrough.reporting.clean import line
from breakthrough.reporting.parts import Dated
from breakthrough.reporting.sentences.words import capital

_KINDS = {
    "learning_session": "learning session",
    "call": "all-team call",
    "webinar": "webinar",
    "site_visit": "site visit",
    "congress": "congress",
    "leader_call": "leaders’ call",
}
_MEETINGS = frozenset({"learning_session", "call", "webinar", "congress"})


def next_call(coach: Coach | None, today: dt.date) -> str:
    """The day of the coach's next call, `Tue 21 April`; '' where none is planned."""
    ahead = sorted(day for day in coach.calls if day >= today) if coach else []
    return figures.day(ahead[0]) if ahead else ""


def next_meeting(collaborative: Collaborative, today: dt.date) -> str:
    """The next time that all teams meet: `the all-team call of Thu 23 April`; '' where none is planned."""
    ahead = [event for event in _ahead(collaborative, today) if event.kind in _MEETINGS]
    return f"the {_KINDS[ahead[0].kind]} of {figures.day(ahead[0].date)}" if ahead else ""


def for_team(
    collaborative: Collaborative, coach: Coach | None, month: Month, today: dt.date, number: int = 3
) -> tuple[Dated, ...]:
    """The team's next dates: calls and events, when counts are due, when the next report comes."""
    following = _following(collaborative, month)
    plans = [
        *((event.date, _event(event)) for event in _ahead(collaborative, today)),
        *((day, "Coaching call") for day in (coach.calls if coach else ())),
    ]
    if following:
        plans += [
            (collaborative.calendar.due(following), f"{following.word} counts and report due"),
            (collaborative.calendar.report_on(following), f"Your report on {following.word}"),
        ]
    return _next(plans, today, number)


def for_coach(
    collaborative: Collaborative, coach: Coach, month: Month, today: dt.date, number: int = 4
) -> tuple[Dated, ...]:
    """The coach's next dates: calls, events, when ratings are due, when the next report comes."""
    following = _following(collaborative, month)
    plans = [
        *((event.date, _event(event)) for event in _ahead(collaborative, today)),
        *((day, "Your coaching calls") for day in coach.calls),
    ]
    if following:
        plans += [
            (collaborative.calendar.due(following), f"Teams’ {following.word} counts and reports due"),
            (collaborative.calendar.rating_due(following), f"Your ratings for {following.word} due"),
            (collaborative.calendar.report_on(following), f"Your report on {following.word}"),
        ]
    return _next(plans, today, number)


def _following(collaborative: Collaborative, month: Month) -> Month | None:
    months = (later for later in (month + 1).to(collaborative.calendar.last))
    return next((later for later in months if collaborative.calendar.in_session(later)), None)


def _ahead(collaborative: Collaborative, today: dt.date) -> Sequence[Event]:
    return sorted((e for e in collaborative.calendar.events if e.date >= today), key=lambda event: event.date)


def _event(event: Event) -> str:
    return capital(line(event.title or _KINDS[event.kind], 90))


def _next(plans: Iterable[tuple[dt.date, str]], today: dt.date, number: int) -> tuple[Dated, ...]:
    by_day: dict[dt.date, list[str]] = {}
    for day, what in sorted(plans):
        if day >= today and what not in by_day.setdefault(day, []):
            by_day[day].append(what)
    ahead = [(day, what) for day, what in sorted(by_day.items()) if what][:number]
    return tuple(Dated(figures.day(day), "; ".join(what)) for day, what in ahead)
