"""The ledger of what goes back into REDCap: one has a thing at a time, and what is done stays done."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from tests.store.conftest import Home

from breakthrough.store import Store, write_backs
from breakthrough.store.write_backs import Line

NOON = dt.datetime(2026, 4, 15, 12, 0, tzinfo=dt.UTC)
KEY = "absenteeism-2025-09/team/T001/2026-03/r0"


def claimed(store: Store, now: dt.datetime, what: str = "pdf") -> Line | None:
    with store.begin() as connection:
        return write_backs.claim(connection, KEY, what, now)


def required(line: Line | None) -> Line:
    assert line
    return line


def state(store: Store, what: str = "pdf") -> tuple[str, str, int, str]:
    with store.read() as connection:
        line = write_backs.lines(connection)[KEY, what]
    return line.state, line.place, line.attempts, line.note


def test_a_thing_is_one_workers_until_its_lease_ends(home: Home) -> None:
    with home.open() as store:
        assert claimed(store, NOON)
        assert claimed(store, NOON + dt.timedelta(minutes=29)) is None
        assert claimed(store, NOON, "html")
        again = required(claimed(store, NOON + dt.timedelta(minutes=30)))
        assert (again.state, again.attempts) == ("writing", 2)


def test_of_many_who_reach_for_a_thing_at_once_one_has_it(home: Home) -> None:
    found: list[Line | None] = []
    with home.open() as store:
        threads = [threading.Thread(target=lambda: found.append(claimed(store, NOON))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(one is not None for one in found) == [*[False] * 7, True]


def test_what_became_of_it_is_written_by_whoever_has_it_now_and_by_nobody_before(home: Home) -> None:
    later = NOON + dt.timedelta(hours=1)
    with home.open() as store:
        slow, quick = required(claimed(store, NOON)), required(claimed(store, later))
        with store.begin() as connection:
            assert write_backs.settle(connection, quick, "written", later, place="7")
        with store.begin() as connection:
            assert not write_backs.settle(connection, slow, "refused", later, note="too late")
        assert state(store) == ("written", "7", 2, "")
        assert claimed(store, later + dt.timedelta(days=400)) is None


@pytest.mark.parametrize("found", ["pending", "refused"])
def test_what_was_put_off_or_refused_is_tried_again_when_its_time_has_come(
    home: Home, found: write_backs.State
) -> None:
    day = dt.timedelta(days=1)
    with home.open() as store:
        ours = required(claimed(store, NOON))
        with store.begin() as connection:
            write_backs.settle(connection, ours, found, NOON, note="Refused", again=NOON + day)
        assert state(store) == (found, "", 1, "Refused")
        assert claimed(store, NOON + day - dt.timedelta(seconds=1)) is None
        assert claimed(store, NOON + day)


def test_what_is_uncertain_is_left_to_a_person_and_counted_from_then_on(home: Home) -> None:
    with home.open() as store:
        ours = required(claimed(store, NOON))
        with store.begin() as connection:
            write_backs.settle(connection, ours, "uncertain", NOON)
        assert claimed(store, NOON + dt.timedelta(days=400)) is None
        with store.read() as connection:
            before, then = (write_backs.stuck(connection, NOON - dt.timedelta(seconds=n)) for n in (1, 0))
            assert (len(before), len(then)) == (0, 1)
            assert write_backs.counts(connection) == {"uncertain": 1}
