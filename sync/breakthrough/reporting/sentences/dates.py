"""The next dates, each as a day and what it is for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from breakthrough import language
from breakthrough.collaborative import Coach, Collaborative, Event
from breakthrough.language import capital, message_as, say, say_as
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.parts import Dated

_KINDS = {
    "learning_session": message_as("an event", "learning session"),
    "call": message_as("an event", "all-team call"),
    "webinar": message_as("an event", "webinar"),
    "site_visit": message_as("an event", "site visit"),
    "congress": message_as("an event", "congress"),
    "leader_call": message_as("an event", "leaders’ call"),
}
_MEETINGS = {
    "learning_session": message_as("an event with its day", "the learning session of {day}"),
    "call": message_as("an event with its day", "the all-team call of {day}"),
    "webinar": message_as("an event with its day", "the webinar of {day}"),
    "congress": message_as("an event with its day", "the congress of {day}"),
}


def next_call(coach: Coach | None, today: dt.date) -> str:
    """The day of the coach's next call, `Tue 21 April`; '' where none is planned."""
    ahead = sorted(day for day in coach.calls if day >= today) if coach else []
    return language.day(ahead[0]) if ahead else ""


def next_meeting(collaborative: Collaborative, today: dt.date) -> str:
    """The next time that all teams meet: `the all-team call of Thu 23 April`; '' where none is planned."""
    ahead = [event for event in _ahead(collaborative, today) if event.kind in _MEETINGS]
    return say_as(*_MEETINGS[ahead[0].kind], day=language.day(ahead[0].date)) if ahead else ""


def for_team(
    collaborative: Collaborative, coach: Coach | None, month: Month, today: dt.date, number: int = 3
) -> tuple[Dated, ...]:
    """The team's next dates: calls and events, when counts are due, when the next report comes."""
    following = _following(collaborative, month)
    plans = [
        *((event.date, _event(event)) for event in _ahead(collaborative, today)),
        *((day, say("Coaching call")) for day in (coach.calls if coach else ())),
    ]
    if following:
        plans += [
            (collaborative.calendar.due(following), say("{month} counts and report due", month=following.word)),
            (_report(collaborative, coach, following), say("Your report on {month}", month=following.word)),
        ]
    return _next(plans, today, number)


def for_coach(
    collaborative: Collaborative, coach: Coach, month: Month, today: dt.date, number: int = 4
) -> tuple[Dated, ...]:
    """The coach's next dates: calls, events, when ratings are due, when the next report comes."""
    following = _following(collaborative, month)
    plans = [
        *((event.date, _event(event)) for event in _ahead(collaborative, today)),
        *((day, say("Your coaching calls")) for day in coach.calls),
    ]
    if following:
        plans += [
            (collaborative.calendar.due(following), say("Teams’ {month} counts and reports due", month=following.word)),
            (collaborative.calendar.rating_due(following), say("Your ratings for {month} due", month=following.word)),
            (_report(collaborative, coach, following), say("Your report on {month}", month=following.word)),
        ]
    return _next(plans, today, number)


def for_all(collaborative: Collaborative, month: Month, today: dt.date, number: int = 3) -> tuple[Dated, ...]:
    """The next dates of the collaborative as a whole: events, and when its next report comes."""
    following = _following(collaborative, month)
    plans = [(event.date, _event(event)) for event in _ahead(collaborative, today)]
    if following:
        what = say("Report on {month}, all teams together", month=following.word)
        plans.append((collaborative.calendar.report_on(following), what))
    return _next(plans, today, number)


def _following(collaborative: Collaborative, month: Month) -> Month | None:
    months = (later for later in (month + 1).to(collaborative.calendar.last))
    return next((later for later in months if collaborative.calendar.reports(later)), None)


def _report(collaborative: Collaborative, coach: Coach | None, month: Month) -> dt.date:
    return collaborative.calendar.report_on(month, coach.calls if coach else ())


def _ahead(collaborative: Collaborative, today: dt.date) -> Sequence[Event]:
    return sorted((e for e in collaborative.calendar.events if e.date >= today), key=lambda event: event.date)


def _event(event: Event) -> str:
    return capital(line(event.title or say_as(*_KINDS[event.kind]), 90))


def _next(plans: Iterable[tuple[dt.date, str]], today: dt.date, number: int) -> tuple[Dated, ...]:
    by_day: dict[dt.date, list[str]] = {}
    for day, what in sorted(plans):
        if day >= today and what not in by_day.setdefault(day, []):
            by_day[day].append(what)
    ahead = [(day, what) for day, what in sorted(by_day.items()) if what][:number]
    return tuple(Dated(language.day(day), "; ".join(what)) for day, what in ahead)
