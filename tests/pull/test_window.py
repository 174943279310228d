"""The window of a pull: nothing after the cursor may fall out of it, whatever the server's clock does."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from breakthrough.errors import Refused
from breakthrough.pull import window
from breakthrough.pull.window import OVERLAP, WIDE, local, skew

NEW_YORK = ZoneInfo("America/New_York")
# among them ones that change their clocks by half an hour, by two hours, at one minute past midnight, and never
ZONES = st.sampled_from(
    [
        "America/New_York",
        "Europe/London",
        "Australia/Lord_Howe",
        "Antarctica/Troll",
        "Asia/Gaza",
        "Asia/Kathmandu",
        "Pacific/Apia",
        "UTC",
        "Africa/Casablanca",
    ]
).map(ZoneInfo)
YEARS = (dt.datetime(1995, 1, 1), dt.datetime(2037, 1, 1))  # noqa: DTZ001 (as hypothesis wants them)
MOMENTS = st.datetimes(*YEARS, timezones=st.just(dt.UTC))
FOLD = dt.datetime(2026, 11, 1, 6, 0, tzinfo=dt.UTC)  # 02:00 becomes 01:00


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@given(zone=ZONES, moment=MOMENTS, later=st.timedeltas(dt.timedelta(0), dt.timedelta(days=400)))
@example(zone=NEW_YORK, moment=FOLD - dt.timedelta(minutes=20), later=dt.timedelta(minutes=20))
@example(zone=ZoneInfo("Australia/Lord_Howe"), moment=utc("2026-04-04T14:50"), later=dt.timedelta(minutes=10))
@settings(max_examples=150, deadline=None)
def test_from_a_moment_on_no_clock_shows_less_than_its_local_time(
    zone: ZoneInfo, moment: dt.datetime, later: dt.timedelta
) -> None:
    assert local(moment, zone) <= (moment + later).astimezone(zone).replace(tzinfo=None)


@given(zone=ZONES, moment=MOMENTS)
@settings(max_examples=100, deadline=None)
def test_local_time_is_that_minute_unless_the_clock_is_about_to_be_set_back(
    zone: ZoneInfo, moment: dt.datetime
) -> None:
    shown = moment.astimezone(zone).replace(tzinfo=None)
    offsets = {(moment + dt.timedelta(hours=h)).astimezone(zone).utcoffset() for h in range(27)}
    early = shown - local(moment, zone)
    assert (
        dt.timedelta(0) <= early < (dt.timedelta(minutes=1) if len(offsets) == 1 else dt.timedelta(hours=2, minutes=1))
    )


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param("2026-11-01T04:30", "2026-11-01 00:30", id="before the hour that comes twice"),
        pytest.param("2026-11-01T05:30", "2026-11-01 01:00", id="first pass: the clock will show 01:00 again"),
        pytest.param("2026-11-01T06:30", "2026-11-01 01:30", id="second pass, which reads like the first"),
        pytest.param("2026-11-01T07:30:59", "2026-11-01 02:30", id="after it, seconds dropped"),
        pytest.param("2027-03-14T06:59", "2027-03-14 01:59", id="before the gap"),
        pytest.param("2027-03-14T07:01", "2027-03-14 03:01", id="after the gap"),
    ],
)
def test_local_time_around_changes_of_the_clock(moment: str, expected: str) -> None:
    assert str(local(utc(moment), NEW_YORK))[:16] == expected


@given(zone=ZONES, cursor=MOMENTS, gone_by=st.timedeltas(dt.timedelta(minutes=-20), dt.timedelta(days=40)))
@settings(max_examples=100, deadline=None)
def test_a_window_begins_early_enough_and_ends_a_minute_before_now(
    zone: ZoneInfo, cursor: dt.datetime, gone_by: dt.timedelta
) -> None:
    now = cursor + gone_by

    found = window.window(cursor, now, zone)

    assert found.hi == now - dt.timedelta(seconds=60)
    assert found.lo is not None
    assert found.since is not None
    assert min(cursor, found.hi) - found.lo in {dt.timedelta(minutes=15), dt.timedelta(hours=2)}
    assert found.since <= found.lo.astimezone(zone).replace(tzinfo=None)


def test_the_first_window_is_everything() -> None:
    now = utc("2026-03-15T06:00")
    assert window.window(None, now, NEW_YORK) == window.Window(now - dt.timedelta(seconds=60))


@pytest.mark.parametrize(
    ("cursor", "overlap"),
    [
        ("2026-10-31T05:59", OVERLAP),
        ("2026-10-31T07:00", WIDE),
        ("2026-11-02T05:00", WIDE),
        ("2026-11-02T07:00", OVERLAP),
        ("2027-03-13T08:00", WIDE),
        ("2026-07-01T00:00", OVERLAP),
    ],
)
def test_within_a_day_of_a_change_of_the_clock_the_overlap_is_two_hours(cursor: str, overlap: dt.timedelta) -> None:
    found = window.window(utc(cursor), utc(cursor) + dt.timedelta(hours=3), NEW_YORK)
    assert utc(cursor) - (found.lo or utc(cursor)) == overlap


@pytest.mark.parametrize(
    ("server", "expected"),
    [(0, 0), (30, 0), (60, 0), (61, 1), (-1, -1), (-400, -400), (660, 600)],
)
def test_a_slow_answer_is_no_wrong_clock(server: int, expected: int) -> None:
    """We asked at 0 and were answered at 60 seconds; anything the server's clock showed between is right."""
    begun = utc("2026-03-15T06:00")

    def at(seconds: int) -> dt.datetime:
        return begun + dt.timedelta(seconds=seconds)

    assert skew(at(server), at(0), at(60)) == dt.timedelta(seconds=expected)


@pytest.mark.parametrize("minutes", [-8, 8, 10, -600])
def test_a_clock_off_by_more_than_half_the_overlap_is_refused(minutes: int) -> None:
    with pytest.raises(Refused, match="ahead of" if minutes > 0 else "behind"):
        window.require_same_time(dt.timedelta(minutes=minutes))


@pytest.mark.parametrize("minutes", [-7, 0, 7])
def test_a_clock_off_by_less_is_taken(minutes: int) -> None:
    window.require_same_time(dt.timedelta(minutes=minutes))
