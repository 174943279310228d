"""When reports go out, in the collaborative's own days and hours. Read from the wall clock there, each time anew."""

from __future__ import annotations

import datetime as dt

from breakthrough.collaborative import Collaborative
from breakthrough.month import Month


def reportable(collaborative: Collaborative, now: dt.datetime, hour: int) -> Month | None:
    """The newest month whose reports may go out at this moment; None before the first, and before `hour` on any day.

    Months missed during an outage are not made up for: a reader wants the newest report, not all of them at once.
    """
    there = now.astimezone(collaborative.zone)
    return collaborative.calendar.reportable(there.date()) if there.hour >= hour else None


def next_reports(collaborative: Collaborative, now: dt.datetime, hour: int) -> tuple[Month, dt.datetime] | None:
    """The next month to be reported on, and the moment from when; None when the last one has gone."""
    calendar = collaborative.calendar
    for month in calendar.start.to(calendar.last):
        moment = dt.datetime.combine(calendar.report_on(month), dt.time(hour), collaborative.zone)
        if calendar.in_session(month) and moment > now:
            return month, moment
    return None
