"""When mails go out, in the collaborative's own days and hours. Read from the wall clock there, each time anew."""

from __future__ import annotations

import datetime as dt

from breakthrough.collaborative import Collaborative
from breakthrough.month import Month


def mailing_day(collaborative: Collaborative, now: dt.datetime, hour: int) -> dt.date | None:
    """The date where the collaborative is; None before `hour` there, from when on a day's mails go out."""
    there = now.astimezone(collaborative.zone)
    return there.date() if there.hour >= hour else None


def reportable(collaborative: Collaborative, now: dt.datetime, hour: int, coach: str = "") -> Month | None:
    """The newest month whose reports may go out at this moment; None before the first, and before `hour` on any day.

    `coach` names whose calls can bring them forward. Months missed during an outage are not made up for: a reader wants
    the newest report, not all of them at once.
    """
    today = mailing_day(collaborative, now, hour)
    return collaborative.calendar.reportable(today, calls_of(collaborative, coach)) if today else None


def months(collaborative: Collaborative, now: dt.datetime) -> frozenset[Month]:
    """The newest month on this day of everybody's reports: as a rule one, two while some coaches' calls come early."""
    found = (reportable(collaborative, now, 0, coach) for coach in ("", *(one.code for one in collaborative.coaches)))
    return frozenset(month for month in found if month)


def newest(collaborative: Collaborative, now: dt.datetime) -> Month | None:
    """The newest month that anybody's report may go out for on this day; None before the first."""
    return max(months(collaborative, now), default=None)


def next_reports(collaborative: Collaborative, now: dt.datetime, hour: int) -> tuple[Month, dt.datetime] | None:
    """The next month to be reported on, and the moment from when; None when the last one has gone."""
    calendar = collaborative.calendar
    for month in calendar.start.to(calendar.last):
        if not calendar.reports(month):
            continue
        days = {calendar.report_on(month), *(calendar.report_on(month, coach.calls) for coach in collaborative.coaches)}
        for day in sorted(days):
            moment = dt.datetime.combine(day, dt.time(hour), collaborative.zone)
            if moment > now:
                return month, moment
    return None


def reminding(collaborative: Collaborative, today: dt.date) -> tuple[Month, dt.date] | None:
    """The month whose counts teams are reminded of, and the newest day of reminding, as long as that is still of use.

    From the first day of reminding until the month's reports go out; None at any other time.
    """
    calendar = collaborative.calendar
    for month in calendar.start.to(min(calendar.last, Month.of(today))):
        days = [day for day in calendar.reminders(month) if day <= today]
        if calendar.reports(month) and days and today < calendar.report_on(month):
            return month, days[-1]
    return None


def revising(collaborative: Collaborative, today: dt.date) -> Month | None:
    """The month whose reports are looked through again: from its day of revision until the next reports go out."""
    month = collaborative.calendar.reportable(today)
    day = collaborative.calendar.revised_on(month) if month else None
    return month if day and day <= today else None


def calls_of(collaborative: Collaborative, coach: str) -> tuple[dt.date, ...]:
    """The days of that coach's calls; none for a code that is no coach's."""
    found = collaborative.coach(coach)
    return found.calls if found else ()
