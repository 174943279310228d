"""The collaborative's months and days: when it runs, which months count, when data are due and reports go out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from breakthrough.configfile import Model
from breakthrough.month import Month


def _month(value: object) -> Month:
    return value if isinstance(value, Month) else Month(str(value))


MonthField = Annotated[Month, BeforeValidator(_month), PlainSerializer(str)]
Stage = Literal["learning", "testing", "spreading", "sustaining"]
DayOfMonth = Annotated[int, Field(ge=1, le=28)]

_QUARTER = 3  # months


class Event(Model):
    """A date in the calendar that charts and reports name: a learning session, a call, a congress."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,8}$")]
    kind: Literal["learning_session", "call", "webinar", "site_visit", "congress", "leader_call"]
    date: dt.date
    phase: Stage
    title: str = ""


class Timeline(Model):
    """`calendar:` in collaborative.yaml. Days are days of a month; where a month is shorter, its last day."""

    start: MonthField
    end: MonthField
    tail_end: MonthField | None = None
    baseline_months: Annotated[int, Field(ge=0, le=60)] = 12
    data_from: MonthField | None = None
    not_in_session: tuple[Annotated[int, Field(ge=1, le=12)], ...] = ()
    due_day: DayOfMonth = 10
    grace_days: Annotated[int, Field(ge=0, le=14)] = 3
    reminder_days: tuple[DayOfMonth, ...] = (5, 9, 12)
    rating_day: DayOfMonth = 14
    report_day: DayOfMonth = 15
    call_lead: Annotated[int, Field(ge=0, le=15)] = 3  # working days that a report comes before a coaching call
    revision_day: DayOfMonth | None = 25
    tail_every: Literal["month", "quarter"] = "quarter"
    weekend: tuple[Annotated[int, Field(ge=1, le=7)], ...] = (6, 7)  # 1 is Monday
    holidays: tuple[dt.date, ...] = ()
    events: tuple[Event, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Timeline:
        if self.end < self.start:
            raise ValueError(f"end ({self.end}) is before start ({self.start})")
        if self.tail_end and self.tail_end < self.end:
            raise ValueError(f"tail_end ({self.tail_end}) is before end ({self.end})")
        if self.data_from and self.data_from > self.baseline_start:
            raise ValueError(f"data_from ({self.data_from}) is after the baseline begins ({self.baseline_start})")
        if self.report_day <= self.due_day:
            raise ValueError(f"report_day ({self.report_day}) must be after due_day ({self.due_day})")
        if self.revision_day and self.revision_day <= self.report_day:
            raise ValueError(f"revision_day ({self.revision_day}) must be after report_day ({self.report_day})")
        if len(set(self.weekend)) > 6:
            raise ValueError("weekend names all seven days, so no day is left to work on")
        codes = [event.code for event in self.events]
        if len(set(codes)) < len(codes):
            raise ValueError("two events have the same code")
        return self

    @property
    def baseline_start(self) -> Month:
        """The first month of the baseline, which ends with the month before `start`."""
        return self.start + -self.baseline_months

    @property
    def first(self) -> Month:
        """The first month that data are expected for: `data_from`, else where the baseline starts."""
        return self.data_from or self.baseline_start

    @property
    def last(self) -> Month:
        """The last month that data are expected for: the tail's end where there is one."""
        return self.tail_end or self.end

    def in_session(self, month: Month) -> bool:
        """False in the months of the year when nobody is there (school holidays)."""
        return month.number not in self.not_in_session

    def year_of(self, month: Month) -> Month:
        """The first month of the year that a month belongs to: years begin in the month of the year of `start`."""
        return month + -((month - self.start) % 12)

    def kind(self, month: Month) -> Literal["history", "baseline", "live", "tail"]:
        """Which part of the journey a month belongs to."""
        if month < self.baseline_start:
            return "history"
        if month < self.start:
            return "baseline"
        return "live" if month <= self.end else "tail"

    def closes(self, month: Month) -> Month:
        """The month with which that month's counts are due and reported: itself, or its quarter's last in the tail.

        Quarters of the tail are counted from its first month. Where the last of a quarter is not in session it closes
        with the one before.
        """
        if month <= self.end or self.tail_every == "month":
            return month
        end = self.end + _QUARTER * -(-(month - self.end) // _QUARTER)
        months = [one for one in (end + -(_QUARTER - 1)).to(min(end, self.last)) if self.in_session(one)]
        return max([month, *months])

    def reports(self, month: Month) -> bool:
        """Whether reports go out for that month: it is in session, and in the tail closes a quarter."""
        return self.start <= month <= self.last and self.in_session(month) and self.closes(month) == month

    def due(self, month: Month, lag: int = 0) -> dt.date:
        """The day by which that month's counts are due; `lag` months later for a measure whose window closes late."""
        return (self.closes(month) + 1 + lag).day(self.due_day)

    def rating_due(self, month: Month) -> dt.date:
        """The day by which the coach has rated that month."""
        return (self.closes(month) + 1).day(self.rating_day)

    def report_on(self, month: Month, calls: Iterable[dt.date] = ()) -> dt.date:
        """The day that month's reports go out; of a coach and the coach's teams, whose `calls` may bring it forward.

        The report comes `call_lead` working days before the first call after the due day, if that is before the report
        day. A call up to the due day is about the month before: of this one, counts could not be there yet.
        """
        due, usual = self.due(month), (self.closes(month) + 1).day(self.report_day)
        ahead = [self.working_days_before(call, self.call_lead) for call in calls if call > due]
        return min([usual, *(max(day, due + dt.timedelta(1)) for day in ahead)])

    def revised_on(self, month: Month) -> dt.date | None:
        """The day on which reports of that month go out again where figures have changed since; None for never."""
        return (self.closes(month) + 1).day(self.revision_day) if self.revision_day else None

    def reminders(self, month: Month) -> tuple[dt.date, ...]:
        """The days on which teams are reminded of that month's counts, the first first."""
        return tuple(sorted((self.closes(month) + 1).day(day) for day in set(self.reminder_days)))

    def reportable(self, today: dt.date, calls: Iterable[dt.date] = ()) -> Month | None:
        """The newest month in session whose report day has come, or None before the first one."""
        every, month = tuple(calls), min(Month.of(today) + -1, self.last)
        while month >= self.start:
            if self.reports(month) and self.report_on(month, every) <= today:
                return month
            month += -1
        return None

    def working(self, day: dt.date) -> bool:
        """Whether people work on that day: neither weekend nor holiday."""
        return day.isoweekday() not in self.weekend and day not in self.holidays

    def working_days_before(self, day: dt.date, number: int) -> dt.date:
        """The day so many working days before that one; itself for 0."""
        while number:
            day -= dt.timedelta(1)
            number -= self.working(day)
        return day

    def stage(self, day: dt.date) -> Stage:
        """Where in the journey a day is: the phase of the last event on or before it; learning before the first."""
        past = sorted((event.date, event.phase) for event in self.events if event.date <= day)
        return past[-1][1] if past else "learning"

    def position(self, month: Month) -> tuple[int, int]:
        """Month n of N, counting the months in session from start to end."""
        months = [m for m in self.start.to(self.end) if self.in_session(m)]
        return sum(m <= month for m in months), len(months)
