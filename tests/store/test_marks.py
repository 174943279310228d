from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from tests.store.conftest import Home

from breakthrough.store import Store, marks

NOON = dt.datetime(2026, 4, 15, 12, 0, tzinfo=dt.UTC)


def test_a_mark_is_when_something_was_last_done_whatever_the_zone_it_was_told_in(store: Store) -> None:
    with store.begin() as connection:
        marks.put(connection, "drift looked main", NOON - dt.timedelta(days=1))
        marks.put(connection, "drift looked main", NOON.astimezone(ZoneInfo("America/Chicago")))
        marks.put(connection, "drift looked audit", NOON + dt.timedelta(days=1))
    with store.read() as connection:
        assert marks.at(connection, "drift looked main") == NOON
        assert marks.at(connection, "drift tried main") is None


def test_a_mark_does_not_touch_the_version_of_the_store_which_opens_again_with_it(home: Home) -> None:
    with home.open() as store, store.begin() as connection:
        marks.put(connection, "schema_version", NOON)
    with home.open() as store, store.read() as connection:
        assert marks.at(connection, "schema_version") == NOON


def test_what_was_counted_last_stands_under_its_name_and_marks_are_found_by_how_they_begin(store: Store) -> None:
    with store.begin() as connection:
        assert marks.counted(connection, "drift found main") is None
        marks.count(connection, "drift found main", 3)
        marks.count(connection, "drift found main", 0)
        for name in ("drift looked main", "drift looked audit", "drift tried main"):
            marks.put(connection, name, NOON)
        assert marks.counted(connection, "drift found main") == 0
        assert marks.named(connection, "drift looked ") == ("audit", "main")


def test_what_is_forgotten_was_never_done_and_what_is_called_almost_the_same_stays(store: Store) -> None:
    with store.begin() as connection:
        for name in ("outage since pull", "outage since pulls"):
            marks.put(connection, name, NOON)
            marks.count(connection, name, 2)
        marks.forget(connection, "outage since pull")
    with store.read() as connection:
        assert marks.at(connection, "outage since pull") is None
        assert marks.counted(connection, "outage since pull") is None
        assert marks.at(connection, "outage since pulls") == NOON
        assert marks.counted(connection, "outage since pulls") == 2
