"""The calendar: what comes next by it, and whether it still leads anywhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from breakthrough.english import day, listed, long_day
from breakthrough.worker.calendar import next_reports
from breakthrough.worker.checks.finding import Finding, Now
from breakthrough.worker.deployment import Deployment

_FAR = dt.timedelta(days=92)


def calendar(here: Deployment, now: Now) -> Iterator[Finding]:
    """The next dates by the calendar, in the collaborative's time zone, and what looks odd about them."""
    moment = now()
    today = here.today(moment)
    coming = next_reports(here.collaborative, moment, here.settings.schedule.hour)
    if coming is None:
        yield Finding(
            "advice",
            "calendar",
            f"No reports are to come: the last month is {here.collaborative.calendar.last.label}.",
            "If the collaborative goes on, move end or tail_end in collaborative.yaml.",
        )
    else:
        month, at = coming
        due = here.collaborative.calendar.due(month)
        verb = "are" if due >= today else "were"
        yield Finding(
            "advice" if at - moment > _FAR else "good",
            "calendar",
            f"Next: counts of {month.label} {verb} due by {long_day(due)}; reports go out from "
            f"{long_day(at.date())}, "
            f"{at:%H:%M} ({here.collaborative.timezone}).",
            "That is more than three months away. If it is not meant, look at start and not_in_session in "
            "collaborative.yaml."
            if at - moment > _FAR
            else "",
        )
    yield from _events(here, today)


def _events(here: Deployment, today: dt.date) -> Iterator[Finding]:
    calendar = here.collaborative.calendar
    coming = sorted((event for event in calendar.events if event.date >= today), key=lambda one: one.date)
    if coming:
        named = f"{coming[0].code}, {day(coming[0].date)} {coming[0].date.year}"
        yield Finding("good", "calendar", f"Next event: {named}.")
    outside = [one.code for one in calendar.events if not calendar.first.first <= one.date <= (calendar.last + 2).first]
    if outside:
        yield Finding(
            "advice",
            "calendar",
            f"{listed(outside)} lie outside the collaborative's months.",
            "See their dates under calendar.events in collaborative.yaml.",
        )
    off = [one.code for one in coming if not calendar.working(one.date)]
    if off:
        yield Finding(
            "advice",
            "calendar",
            f"{listed(off)} {'falls' if len(off) == 1 else 'fall'} on a weekend or holiday.",
            "If that is not meant, correct the date under calendar.events in collaborative.yaml.",
        )
