"""What is due at which moment: the calendar of a year and more, hour by hour, against a list written by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from breakthrough import collaborative as collaboratives
from breakthrough.collaborative import Collaborative
from breakthrough.month import Month
from breakthrough.teams.values import Person, Portfolio, Team
from breakthrough.worker import calendar
from breakthrough.worker.due import Work, due, stale

HOUR = dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def collaborative(root: Path) -> Collaborative:
    return collaboratives.load(root / "config/collaboratives/absenteeism/collaborative.yaml")


def changed(collaborative: Collaborative, timezone: str = "Europe/London", **calendar: Any) -> Collaborative:
    new = collaborative.calendar.model_copy(update=calendar)
    return collaborative.model_copy(update={"calendar": new, "timezone": timezone})


def team(code: str, coach: str = "c1", **others: Any) -> Team:
    given: dict[str, Any] = {"status": "active", "joined": dt.date(2025, 9, 1)} | others
    return Team(code=code, name=code, short=code, dag=code.lower(), coach=coach, **given)


def person(team: str, email: str, since: dt.date = dt.date(2025, 9, 1), until: dt.date | None = None) -> Person:
    return Person(team, email.partition("@")[0], email, "3", since, until, frozenset({"team"}), consents=True)


def portfolio(teams: list[Team], people: list[Person]) -> Portfolio:
    return Portfolio(tuple(teams), tuple(people), {}, (), (), (), ())


ONE = portfolio([team("T001")], [person("T001", "rachel@b.org")])


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def hours(first: str, last: str) -> Iterator[dt.datetime]:
    now = moment(first)
    while now <= moment(last):
        yield now
        now += HOUR


def sent(
    collaborative: Collaborative, people: Portfolio, clock: Iterator[dt.datetime], hour: int = 6
) -> list[tuple[str, str]]:
    """(moment in UTC, key) of every mail, when the worker looks at each moment of the clock and sends what is due."""
    done: set[str] = set()
    found = []
    for now in clock:
        for work in due(collaborative, people, done, now, hour=hour, code="ne"):
            done.add(str(work.key))
            found.append((f"{now:%Y-%m-%d %H:%M}", str(work.key)))
    return found


def to_rachel(found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(when, key.split("/")[3]) for when, key in found if key.startswith("ne/team/T001/")]


def test_over_the_whole_journey_each_month_goes_out_once_on_its_day_at_six_local_time(
    collaborative: Collaborative,
) -> None:
    found = sent(collaborative, ONE, hours("2025-06-01T00:00", "2027-06-30T23:00"))
    assert to_rachel(found) == [
        ("2025-10-15 05:00", "2025-09"),  # British Summer Time: six o'clock is five in UTC
        ("2025-11-15 06:00", "2025-10"),
        ("2025-12-11 06:00", "2025-11"),  # three working days before the coach's call of Tuesday 16 December
        ("2026-01-15 06:00", "2025-12"),
        ("2026-02-15 06:00", "2026-01"),
        ("2026-03-15 06:00", "2026-02"),
        ("2026-04-15 05:00", "2026-03"),
        ("2026-05-14 05:00", "2026-04"),  # the call is on Tuesday 19 May
        ("2026-06-15 05:00", "2026-05"),
        ("2026-07-15 05:00", "2026-06"),
        ("2026-08-15 05:00", "2026-07"),
        # the tail reports by the quarter, and August is not in session: nothing in September and October
        ("2026-11-15 06:00", "2026-10"),
        ("2027-01-15 06:00", "2026-12"),  # the last quarter is cut short by the tail's end
    ]
    assert len(found) == 3 * 13, "and the coach's and the coordinator's, as often"


@pytest.mark.parametrize(
    ("zone", "report_day", "hour", "month", "first"),
    [
        # the hour that does not exist: 01:00 is 02:00 in London on 28 March 2027, 02:00 is 03:00 in Chicago on 8 March
        ("Europe/London", 28, 1, "2027-02", "2027-03-28 01:00"),
        ("America/Chicago", 8, 2, "2026-02", "2026-03-08 08:00"),
        # the hour that comes twice: once is enough, and it is the first
        ("Europe/London", 25, 1, "2026-09", "2026-10-25 00:00"),
        # a zone half an hour off: the worker looks on the hour, so it is half past six there
        ("Asia/Kolkata", 15, 6, "2026-02", "2026-03-15 01:00"),
        ("Pacific/Kiritimati", 15, 0, "2026-02", "2026-03-14 10:00"),
        ("Europe/London", 15, 23, "2026-02", "2026-03-15 23:00"),
    ],
)
def test_on_days_when_clocks_change_and_in_other_zones_it_goes_out_once_in_the_first_hour_that_fits(
    collaborative: Collaborative, zone: str, report_day: int, hour: int, month: str, first: str
) -> None:
    calendar = {"report_day": report_day, "due_day": 5, "tail_end": Month("2027-03"), "tail_every": "month"}
    there = changed(collaborative, zone, **calendar)
    day = moment(f"{first[:10]}T00:00")
    clock = hours((day - 2 * 24 * HOUR).isoformat()[:16], (day + 3 * 24 * HOUR).isoformat()[:16])
    found = to_rachel(sent(there, ONE, clock, hour))
    assert (first, month) in found
    assert [one for _, one in found].count(month) == 1


@pytest.mark.parametrize(
    ("back", "expected"),
    [
        pytest.param("2025-11-15T05:59", [], id="a minute before six"),
        pytest.param("2025-11-15T06:00", ["2025-10"], id="at six"),
        pytest.param("2026-02-20T09:00", ["2026-01"], id="after three months down, the newest and no flood"),
        pytest.param("2026-02-14T09:00", ["2025-12"], id="down until the day before a report day"),
        pytest.param("2026-09-20T09:00", ["2026-07"], id="after the summer, July's"),
        pytest.param("2026-02-20T03:00", [], id="up again at three in the morning: not before six"),
    ],
)
def test_after_an_outage_the_newest_month_goes_out_and_no_other(
    collaborative: Collaborative, back: str, expected: list[str]
) -> None:
    assert [month for _, month in to_rachel(sent(collaborative, ONE, iter([moment(back)])))] == expected


def test_a_coaching_call_brings_forward_the_reports_of_its_coach_and_the_coachs_teams_and_no_others(
    collaborative: Collaborative,
) -> None:
    people = [person("T001", "rachel@b.org"), person("T002", "sam@b.org")]
    both = portfolio([team("T001", coach="c1"), team("T002", coach="c2")], people)
    found = sent(collaborative, both, hours("2026-05-10T00:00", "2026-05-16T00:00"))
    assert [(when[:10], key.split("/")[1:3]) for when, key in found if "2026-04" in key] == [
        ("2026-05-14", ["team", "T001"]),
        ("2026-05-14", ["coach", "c1"]),
        ("2026-05-15", ["team", "T002"]),
        ("2026-05-15", ["coach", "c2"]),
        ("2026-05-15", ["coordinator", "ne"]),
    ]


def test_a_clock_that_jumps_back_and_forth_sends_nothing_twice(collaborative: Collaborative) -> None:
    jumps = ["2026-04-15T08:00", "2026-03-20T08:00", "2026-04-15T09:00", "2026-04-14T23:00", "2026-04-16T08:00"]
    found = to_rachel(sent(collaborative, ONE, map(moment, jumps)))
    assert found == [("2026-04-15 08:00", "2026-03"), ("2026-03-20 08:00", "2026-02")]


def test_a_restart_or_a_second_start_finds_nothing_left_to_do(collaborative: Collaborative) -> None:
    now = moment("2026-04-15T08:00")
    first = due(collaborative, ONE, frozenset(), now)
    assert len(first) == 3
    assert due(collaborative, ONE, {str(work.key) for work in first}, now) == ()


def keys(work: tuple[Work, ...]) -> list[str]:
    return [str(one.key) for one in work]


def test_work_is_each_team_by_reader_then_each_coach(collaborative: Collaborative) -> None:
    people = [person("T002", "jo@b.org"), person("T001", "Rachel@b.org"), person("T001", "jo@b.org")]
    both = portfolio([team("T001"), team("T002", coach="c2")], people)
    assert keys(due(collaborative, both, frozenset(), moment("2026-04-15T08:00"), code="ne")) == [
        "ne/team/T001/2026-03/r0/rachel@b.org",
        "ne/team/T001/2026-03/r0/jo@b.org",
        "ne/team/T002/2026-03/r0/jo@b.org",
        "ne/coach/c1/2026-03/r0/juno.fairweather@collaborative.example.org",
        "ne/coach/c2/2026-03/r0/idris.calloway@collaborative.example.org",
        f"ne/coordinator/ne/2026-03/r0/{collaborative.coordinator.email}",
    ]


def test_somebody_who_joins_after_report_day_gets_the_newest_month_alone_and_nobody_else_gets_it_again(
    collaborative: Collaborative,
) -> None:
    done = set(keys(due(collaborative, ONE, frozenset(), moment("2026-04-15T08:00"), code="ne")))
    joined = portfolio([team("T001")], [*ONE.people, person("T001", "new@b.org", since=dt.date(2026, 4, 20))])
    assert keys(due(collaborative, joined, done, moment("2026-04-19T08:00"), code="ne")) == []
    assert keys(due(collaborative, joined, done, moment("2026-04-20T08:00"), code="ne")) == [
        "ne/team/T001/2026-03/r0/new@b.org"
    ]


def test_the_day_that_counts_for_people_is_the_day_in_the_collaboratives_zone(collaborative: Collaborative) -> None:
    kiribati = changed(collaborative, "Pacific/Kiritimati")
    leaves = portfolio([team("T001")], [person("T001", "a@b.org", until=dt.date(2026, 4, 15))])

    def to_team(now: str) -> int:
        return sum(one.recipient.report == "team" for one in due(kiribati, leaves, frozenset(), moment(now)))

    assert to_team("2026-04-15T09:00") == 1  # 23:00 on the 15th
    assert to_team("2026-04-15T16:00") == 0  # 06:00 on the 16th


def test_a_team_that_changes_its_coach_counts_for_the_new_one(collaborative: Collaborative) -> None:
    moved = portfolio([team("T001", coach="c2")], [])
    found = due(collaborative, moved, frozenset(), moment("2026-04-15T08:00"))
    assert [work.recipient.subject for work in found if work.recipient.report == "coach"] == ["c2"]


@pytest.mark.parametrize(
    ("now", "month", "when"),
    [
        ("2025-01-01T00:00", "2025-09", "2025-10-15 05:00"),
        ("2026-04-15T04:59", "2026-03", "2026-04-15 05:00"),
        ("2026-04-15T05:00", "2026-04", "2026-05-14 05:00"),  # of the coach whose call comes first
        ("2026-05-14T05:00", "2026-04", "2026-05-15 05:00"),  # and then everybody else's
        ("2026-08-20T00:00", "2026-10", "2026-11-15 06:00"),
    ],
)
def test_the_next_reports_are_named_with_their_moment(
    collaborative: Collaborative, now: str, month: str, when: str
) -> None:
    found = calendar.next_reports(collaborative, moment(now), 6)
    assert found is not None
    assert (str(found[0]), f"{found[1].astimezone(dt.UTC):%Y-%m-%d %H:%M}") == (month, when)


def test_after_the_last_month_there_are_no_next_reports(collaborative: Collaborative) -> None:
    assert calendar.next_reports(collaborative, moment("2027-01-15T06:00"), 6) is None


@pytest.mark.parametrize(
    ("minutes", "work", "expected"),
    [
        pytest.param(None, False, True, id="never pulled"),
        pytest.param(59, True, False, id="an hour is fresh enough for reports"),
        pytest.param(60, True, True, id="older is not"),
        pytest.param(22 * 60, False, False, id="nothing due, pulled today"),
        pytest.param(23 * 60, False, True, id="nothing due: once a day"),
        pytest.param(-30, True, False, id="the clock was set back"),
    ],
)
def test_records_are_pulled_when_never_before_work_and_daily(minutes: int | None, work: bool, expected: bool) -> None:
    now = moment("2026-04-15T08:00")
    pulled = None if minutes is None else now - dt.timedelta(minutes=minutes)
    assert stale(pulled, now, work=work) is expected
