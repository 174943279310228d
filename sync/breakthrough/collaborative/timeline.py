"""The collaborative's months and days: when it runs, which months count, when data are due and reports go out."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from breakthrough.configfile import Model
from breakthrough.month import Month


def _month(value: object) -> Month:
    return value if isinstance(value, Month) else Month(str(value))


MonthField = Annotated[Month, BeforeValidator(_month), PlainSerializer(str)]
Stage = Literal["learning", "testing", "spreading", "sustaining"]


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
    due_day: Annotated[int, Field(ge=1, le=28)] = 10
    grace_days: Annotated[int, Field(ge=0, le=14)] = 3
    rating_day: Annotated[int, Field(ge=1, le=28)] = 14
    report_day: Annotated[int, Field(ge=1, le=28)] = 15
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

    def due(self, month: Month, lag: int = 0) -> dt.date:
        """The day by which that month's counts are due; `lag` months later for a measure whose window closes late."""
        return (month + 1 + lag).day(self.due_day)

    def rating_due(self, month: Month) -> dt.date:
        """The day by which the coach has rated that month."""
        return (month + 1).day(self.rating_day)

    def report_on(self, month: Month) -> dt.date:
        """The day that month's reports go out."""
        return (month + 1).day(self.report_day)

    def reportable(self, today: dt.date) -> Month | None:
        """The newest month in session whose report day has come, or None before the first one."""
        newest = Month.of(today) + -1
        months = [m for m in self.start.to(min(newest, self.last)) if self.in_session(m) and self.report_on(m) <= today]
        return months[-1] if months else None

    def stage(self, day: dt.date) -> Stage:
        """Where in the journey a day is: the phase of the last event on or before it; learning before the first."""
        past = sorted((event.date, event.phase) for event in self.events if event.date <= day)
        return past[-1][1] if past else "learning"

    def position(self, month: Month) -> tuple[int, int]:
        """Month n of N, counting the months in session from start to end."""
        months = [m for m in self.start.to(self.end) if self.in_session(m)]
        return sum(m <= month for m in months), len(months)
