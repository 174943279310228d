"""The days of a month: when counts are due, who is reminded, and when reports go out, against a calendar on paper."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from breakthrough.collaborative.timeline import Timeline
from breakthrough.month import Month

MARCH = Month("2026-03")


def timeline(**others: Any) -> Timeline:
    return Timeline.model_validate({"start": "2025-09", "end": "2026-07"} | others)


@pytest.mark.parametrize(
    ("call", "out"),
    [
        pytest.param("2026-04-17", "2026-04-14", id="Friday: Tuesday is three working days before"),
        pytest.param("2026-04-15", "2026-04-11", id="Wednesday: Friday 10th is the due day, so the day after it"),
        pytest.param("2026-04-21", "2026-04-15", id="a late call does not put the report off"),
        pytest.param("2026-04-10", "2026-04-15", id="on the due day: that call is about the month before"),
        pytest.param("2026-05-06", "2026-04-15", id="next month's"),
    ],
)
def test_reports_go_out_on_the_report_day_or_three_working_days_before_the_call(call: str, out: str) -> None:
    assert timeline().report_on(MARCH, [dt.date.fromisoformat(call)]) == dt.date.fromisoformat(out)


def test_the_first_call_after_the_due_day_decides() -> None:
    calls = [dt.date(2026, 4, 30), dt.date(2026, 4, 17), dt.date(2026, 4, 2)]
    assert timeline().report_on(MARCH, calls) == dt.date(2026, 4, 14)


def test_holidays_and_the_weekend_of_the_place_are_no_working_days() -> None:
    easter = timeline(holidays=["2026-04-03", "2026-04-06"])
    assert easter.working_days_before(dt.date(2026, 4, 8), 3) == dt.date(2026, 4, 1)
    gulf = timeline(weekend=[5, 6])
    assert gulf.working_days_before(dt.date(2026, 4, 13), 2) == dt.date(2026, 4, 9)  # Monday, Sunday, Thursday
    assert timeline().working_days_before(dt.date(2026, 4, 13), 0) == dt.date(2026, 4, 13)


@given(st.dates(dt.date(2025, 1, 1), dt.date(2027, 12, 31)), st.integers(1, 15))
def test_so_many_working_days_lie_between(day: dt.date, number: int) -> None:
    of = timeline(holidays=["2026-12-25"])
    found = of.working_days_before(day, number)
    assert of.working(found)
    between = [found + dt.timedelta(one) for one in range((day - found).days)]
    assert sum(one.isoweekday() <= 5 and one != dt.date(2026, 12, 25) for one in between) == number


def test_teams_are_reminded_on_three_days_of_the_next_month() -> None:
    assert timeline().reminders(MARCH) == (dt.date(2026, 4, 5), dt.date(2026, 4, 9), dt.date(2026, 4, 12))
    assert timeline(reminder_days=[]).reminders(MARCH) == ()


def test_in_the_tail_three_months_are_due_together() -> None:
    tail = timeline(tail_end="2027-03", not_in_session=[8])
    assert [str(tail.closes(Month(one))) for one in ("2026-07", "2026-09", "2026-10", "2026-11", "2027-02")] == [
        "2026-07",
        "2026-10",
        "2026-10",
        "2027-01",
        "2027-03",
    ]
    assert tail.due(Month("2026-09")) == tail.due(Month("2026-10")) == dt.date(2026, 11, 10)
    reported = [str(one) for one in Month("2026-07").to(Month("2027-04")) if tail.reports(one)]
    assert reported == ["2026-07", "2026-10", "2027-01", "2027-03"]


def test_a_quarter_of_the_tail_that_ends_in_the_holidays_closes_before_them() -> None:
    tail = timeline(end="2026-05", tail_end="2026-12", not_in_session=[8])
    assert [str(one) for one in Month("2026-06").to(Month("2026-12")) if tail.reports(one)] == [
        "2026-07",
        "2026-11",
        "2026-12",
    ]
    assert tail.due(Month("2026-06")) == dt.date(2026, 8, 10)


def test_a_tail_may_go_on_by_the_month() -> None:
    tail = timeline(tail_end="2026-10", tail_every="month")
    assert tail.due(Month("2026-08")) == dt.date(2026, 9, 10)
    assert tail.reports(Month("2026-08"))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"revision_day": 15}, "revision_day (15) must be after report_day (15)"),
        ({"weekend": [1, 2, 3, 4, 5, 6, 7]}, "no day is left to work on"),
        ({"reminder_days": [31]}, "less than or equal to 28"),
    ],
)
def test_days_that_cannot_be_are_refused(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(told)):
        timeline(**wrong)
