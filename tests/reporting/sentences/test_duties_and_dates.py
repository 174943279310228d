"""What is due and when, and the next dates."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.reporting.given import TODAY, unfinished

from breakthrough.collaborative import Collaborative
from breakthrough.month import Month
from breakthrough.reporting.sentences import cycles, dates, duties

MARCH, DUE = Month("2026-03"), dt.date(2026, 4, 10)


def test_lateness_is_counted_in_days() -> None:
    assert str(duties.overdue(DUE, TODAY)) == "× 5 days late"
    assert str(duties.overdue(TODAY - dt.timedelta(days=1), TODAY)) == "× 1 day late"
    assert str(duties.due_on(TODAY, TODAY)) == "Due today"
    assert str(duties.due_on(dt.date(2026, 5, 10), TODAY)) == "Due Sun 10 May"


def test_whole_months_that_are_missing_are_one_sentence() -> None:
    assert (
        duties.months_missing([MARCH], DUE, MARCH)
        == "The counts for March are not sent. They were due on Fri 10 April."
    )
    two = [Month("2026-02"), MARCH]
    assert duties.months_missing(two, dt.date(2026, 3, 10), MARCH) == (
        "The counts for February and March are not sent. The first were due on Tue 10 March."
    )


def test_counts_that_are_missing_in_part_are_named() -> None:
    assert duties.counts_missing([MARCH], DUE, ["A", "B", "C", "D"], MARCH) == (
        "Counts for March are missing in four measures: A, B, C and one more. They were due on Fri 10 April."
    )


def test_counts_that_were_announced_are_not_called_missing() -> None:
    assert duties.counts_announced(MARCH, ["A"], 1) == "You said that the counts for March would follow."
    assert duties.counts_announced(MARCH, ["A"], 3) == "You said that counts for March would follow: A."


def test_impossible_counts_say_why_and_what_happens_to_them() -> None:
    assert duties.counts_wrong(MARCH, ["Absence rate"], "more missed than possible") == (
        "Absence rate, March: more missed than possible. It is left out until it is put right."
    )


def test_a_fault_that_measures_share_is_told_once() -> None:
    assert duties.counts_wrong(MARCH, ["A", "B", "C", "D"], "the month has two complete forms") == (
        "A, B, C and one more, March: the month has two complete forms. They are left out until they are put right."
    )


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (dt.date(2026, 4, 8), "Thank you: the counts for March came on Wed 8 April, 2 days early."),
        (DUE, "Thank you: the counts for March came on Fri 10 April, on the due day."),
        (dt.date(2026, 4, 11), "Thank you: the counts for March came on Sat 11 April, 1 day late."),
        (None, ""),
    ],
    ids=["early", "on-time", "late", "unknown"],
)
def test_counts_that_came_are_acknowledged_with_their_day(day: dt.date | None, told: str) -> None:
    assert duties.thanks(MARCH, day, DUE) == told


@pytest.mark.parametrize(
    ("number", "told"), [(0, "Nothing is missing"), (1, "One thing needs you"), (3, "Three things need you")]
)
def test_the_number_of_duties_is_the_heading(number: int, told: str) -> None:
    assert duties.heading(number) == told


def test_an_open_test_is_called_as_on_the_charts() -> None:
    test = unfinished(4, end=dt.date(2026, 3, 20))
    assert duties.test_open(test, cycles.numbered([test]), TODAY) == (
        "Test 1 (D1c, cycle 4) ended on Fri 20 March. What happened is not written."
    )


def test_a_teams_next_three_dates_are_in_order(absenteeism: Collaborative) -> None:
    found = dates.for_team(absenteeism, absenteeism.coach("c1"), MARCH, TODAY)
    assert [(one.day, one.what) for one in found] == [
        ("Tue 21 April", "Coaching call"),
        ("Thu 23 April", "All-team call"),
        ("Sun 10 May", "April counts and report due"),
    ]


def test_two_things_on_one_day_are_one_date(absenteeism: Collaborative) -> None:
    found = dates.for_team(absenteeism, absenteeism.coach("c2"), MARCH, dt.date(2026, 4, 24), number=9)
    assert ("Fri 15 May", "Your report on April") in [(one.day, one.what) for one in found]
    joint = dates.for_coach(absenteeism, absenteeism.coaches[1], Month("2026-06"), dt.date(2026, 7, 2), number=1)
    assert [(one.day, one.what) for one in joint] == [("Thu 2 July", "Outcomes congress: what we learned")]


def test_after_july_the_next_counts_are_those_of_september(absenteeism: Collaborative) -> None:
    found = dates.for_team(absenteeism, None, Month("2026-07"), dt.date(2026, 8, 15))
    assert [(one.day, one.what) for one in found] == [
        ("Tue 10 November", "October counts and report due"),  # the tail goes by the quarter
        ("Sun 15 November", "Your report on October"),
    ]


def test_a_coach_is_told_when_ratings_are_due(absenteeism: Collaborative) -> None:
    found = dates.for_coach(absenteeism, absenteeism.coaches[0], MARCH, TODAY)
    assert [(one.day, one.what) for one in found] == [
        ("Tue 21 April", "Your coaching calls"),
        ("Thu 23 April", "All-team call"),
        ("Sun 10 May", "Teams’ April counts and reports due"),
        ("Thu 14 May", "Your ratings for April due; Your report on April"),  # before the call of Tuesday 19 May
    ]


def test_the_next_call_and_meeting_are_named_or_left_out(absenteeism: Collaborative) -> None:
    assert dates.next_call(absenteeism.coach("c1"), TODAY) == "Tue 21 April"
    assert dates.next_call(None, TODAY) == ""
    assert dates.next_meeting(absenteeism, TODAY) == "the all-team call of Thu 23 April"
    assert dates.next_meeting(absenteeism, dt.date(2027, 1, 1)) == ""
