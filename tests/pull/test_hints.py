"""What REDCap's data-entry trigger has told brings the next pull forward, has the record read, and is then forgotten."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.pull.site import Site, held

from breakthrough.errors import RedcapError
from breakthrough.pull import due
from breakthrough.store import Store, hints

DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)


def noted(store: Store, record: str, at: dt.datetime) -> None:
    with store.begin() as connection:
        hints.note(connection, "main", record, at)


def next_pull(store: Store) -> dt.datetime | None:
    with store.read() as connection:
        return due.due(connection, "main", DAY).at


def test_a_hint_brings_the_next_pull_forward_and_is_forgotten_after_it(site: Site, store: Store) -> None:
    site.fill()
    first = site.pull(store).run.finished_at
    assert first is not None
    assert next_pull(store) == first + DAY
    site.host.wait(minutes=10)
    noted(store, "T001", site.host.now)
    assert next_pull(store) == site.host.now + 2 * MINUTE
    site.host.wait(minutes=2)
    done = site.pull(store)
    assert done.run.mode == "changed"
    assert done.run.finished_at is not None
    assert next_pull(store) == done.run.finished_at + DAY
    assert held(store) == site.truth()


def test_the_record_is_read_although_nothing_else_tells_of_it_and_no_other_is(site: Site, store: Store) -> None:
    site.fill()
    site.pull(store)
    site.host.wait(days=1)
    site.pull(store)  # from here on the window holds nothing of the first day
    site.host.wait(days=1)
    before = site.pull(store).run.records
    noted(store, "T002", site.host.now)
    site.host.wait(minutes=6)
    assert site.pull(store).run.records == (before or 0) + 1


def test_a_hint_at_a_record_that_is_not_there_is_forgotten_and_changes_nothing(site: Site, store: Store) -> None:
    site.fill()
    site.pull(store)
    noted(store, "nobody", site.host.now)
    site.host.wait(minutes=6)
    site.pull(store)
    with store.read() as connection:
        assert hints.next_due(connection, "main") is None
    assert held(store) == site.truth()


def test_soon_after_a_pull_no_hint_asks_for_another_not_even_after_one_that_failed(site: Site, store: Store) -> None:
    site.fill()
    site.pull(store)
    site.host.wait(minutes=30)
    noted(store, "T001", site.host.now - 3 * MINUTE)
    site.host.faults({"kind": "maintenance", "content": "record"})
    with pytest.raises(RedcapError):
        site.pull(store)
    last = store.last_run("main")
    assert last is not None
    assert last.state == "failed"
    assert last.finished_at is not None
    assert next_pull(store) == last.finished_at + due.REST
    with store.read() as connection:
        assert hints.due(connection, "main", site.host.now) == ("T001",)
