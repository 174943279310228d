"""What a store promises on either database: transactions, snapshots, locks, times, the book of runs."""

from __future__ import annotations

import datetime as dt
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, StatementError
from tests.store.conftest import REDCAP, Home
from tests.store.filling import entry, take_in

from breakthrough.entry import Entry, EntryKey
from breakthrough.errors import StoreError, StoreLocked, StoreOutOfDate
from breakthrough.store import Place, Store, projects, runs, tables
from breakthrough.store.tables import outbox, row_current, row_history, run_chunk


def test_a_store_opened_again_holds_what_it_held(place: Home, now: dt.datetime) -> None:
    with place.open() as store, store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)

    with place.open() as store:
        assert store.place("main") == Place(REDCAP, 13, "")
        with store.read() as connection:
            assert connection.execute(select(tables.project.c.first_seen)).scalar() == now


def test_a_store_of_an_older_version_is_not_touched_and_the_remedy_is_said(place: Home) -> None:
    with place.open() as store, store.begin() as connection:
        connection.execute(tables.meta.update().values(value="1"))

    with pytest.raises(StoreOutOfDate, match=r"version 1, and this program uses version 3.*breakthrough store upgrade"):
        place.open()


def test_a_store_of_a_newer_version_wants_a_newer_program(place: Home) -> None:
    with place.open() as store, store.begin() as connection:
        connection.execute(tables.meta.update().values(value="9"))

    with pytest.raises(StoreOutOfDate, match=r"version 9.*Install the newer program"):
        place.open()


def test_another_programs_database_is_refused_and_left_as_it_is(place: Home) -> None:
    with place.open() as store, store.begin() as connection:
        for table in reversed(tables.metadata.sorted_tables):
            table.drop(connection)
        connection.exec_driver_sql("DROP TABLE alembic_version")
        connection.exec_driver_sql("CREATE TABLE accounts (id integer)")

    with pytest.raises(StoreError, match="another program"):
        place.open()

    with pytest.raises(StoreError, match="another program"):
        place.open()


def test_two_processes_may_make_the_same_store_at_once(place: Home) -> None:
    code = "import os, sys; from breakthrough.store import Store\n"
    code += "Store.open(sys.argv[1], os.environ['STORE_PASSWORD']).close()"
    started = [subprocess.Popen([sys.executable, "-c", code, place.url], env=place.environment) for _ in range(2)]

    assert [process.wait(timeout=60) for process in started] == [0, 0]


# --- one writer at a time, and readers who see one moment -------------------------------------------------------------


def test_a_reader_is_not_held_up_by_a_writer_and_sees_what_was_committed(store: Store, now: dt.datetime) -> None:
    count = select(func.count()).select_from(tables.project)
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)
        with store.read() as other:
            during = other.execute(count).scalar()
    with store.read() as other:
        after = other.execute(count).scalar()

    assert (during, after) == (0, 1)


def test_a_reader_sees_one_moment_whatever_is_written_meanwhile(store: Store, now: dt.datetime) -> None:
    count = select(func.count()).select_from(tables.project)
    with store.read() as reader:
        before = reader.execute(count).scalar()
        with store.begin() as connection:
            projects.claim(connection, "main", REDCAP, 13, now)
        after = reader.execute(count).scalar()

    assert (before, after) == (0, 0)


def test_a_store_can_be_opened_and_read_while_another_process_writes(home: Home, now: dt.datetime) -> None:
    with home.open() as first, first.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)
        with home.open() as second:
            assert second.place("main") is None


def test_entries_may_be_written_while_others_are_being_read(store: Store, run: int) -> None:
    names = [f"R{n:04}" for n in range(2500)]
    take_in(store, run, names, [entry(name, n=name) for name in names])

    seen = 0
    for found in store.entries("main"):
        if seen % 1000 == 0:
            take_in(store, run, [found.key.record], [entry(found.key.record, n="changed")])
        assert found.values["n"] != "changed"
        seen += 1

    assert seen == 2500
    assert sum(e.values["n"] == "changed" for e in store.entries("main")) == 3


def test_a_reading_left_half_way_gives_its_connection_back(store: Store, run: int) -> None:
    names = [f"R{n}" for n in range(5)]
    take_in(store, run, names, [entry(name) for name in names])

    for _ in range(40):  # more than a pool has connections
        next(store.entries("main"))


def test_threads_write_one_after_the_other_and_history_is_in_the_order_of_commits(store: Store, run: int) -> None:
    def write(name: str) -> None:
        for n in range(10):
            take_in(store, run, [name], [entry(name, n=str(n))])

    threads = [threading.Thread(target=write, args=(name,)) for name in "ABCD"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [(e.key.record, e.values["n"]) for e in store.entries("main")] == [(name, "9") for name in "ABCD"]
    found = [(v.entry.key.record, v.entry.values["n"]) for v in store.history("main")]
    for name in "ABCD":
        assert [n for record, n in found if record == name] == [str(n) for n in range(10)]


def test_a_writer_who_starts_second_sees_all_that_the_first_has_written(store: Store, run: int) -> None:
    take_in(store, run, ["A"], [entry("A", n="0")])
    inside, seen = threading.Event(), []

    def second() -> None:
        inside.wait()
        with store.begin() as connection:
            seen.append(connection.execute(select(row_current.c.data)).scalar())

    thread = threading.Thread(target=second)
    thread.start()
    with store.begin() as connection:
        inside.set()
        time.sleep(0.2)
        connection.execute(row_current.update().values(data={"n": "1"}))
    thread.join()

    assert seen == [{"n": "1"}]


# --- one pull at a time -----------------------------------------------------------------------------------------------


def test_one_process_at_a_time_pulls_a_project(home: Home) -> None:
    with home.open() as store, home.open() as other:
        with store.alone("main"):
            with pytest.raises(StoreLocked, match="pull of main is already going on"), other.alone("main"):
                pytest.fail("two pulls at once")
            with other.alone("audit"):
                pass

        with store.alone("main"):
            pass


def test_a_thread_of_the_same_store_does_not_pull_beside_another(store: Store) -> None:
    with store.alone("main"), pytest.raises(StoreLocked), store.alone("main"):
        pytest.fail("two pulls at once")


def test_the_lock_is_free_again_after_an_error(store: Store) -> None:
    with pytest.raises(RuntimeError, match="mine"), store.alone("main"):
        raise RuntimeError("mine")

    with store.alone("main"):
        pass


def test_the_lock_of_a_killed_process_is_free_again(home: Home, store: Store) -> None:
    code = (
        "import os, sys; from breakthrough.store import Store\n"
        "with Store.open(sys.argv[1], os.environ['STORE_PASSWORD']).alone('main'):\n"
        " print('held', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, home.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=home.environment
    )
    assert process.stdout
    assert process.stdin
    process.stdout.readline()
    with pytest.raises(StoreLocked), store.alone("main"):
        pass

    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdin.close()
    process.stdout.close()

    _soon_free(store)


def _soon_free(store: Store) -> None:
    """PostgreSQL notices the death of the other side in a moment, not at once."""
    until = time.monotonic() + 10
    while True:
        try:
            with store.alone("main"):
                return
        except StoreLocked:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


# --- values -----------------------------------------------------------------------------------------------------------


def test_times_are_kept_in_utc_whatever_zone_they_came_in(store: Store) -> None:
    summer = dt.datetime(2026, 7, 1, 8, 30, 0, 123456, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, summer)
        run = runs.start(connection, "main", "full", summer)
    take_in(store, run, ["A"], [entry("A")], at=summer)  # in the drivers' own way

    with store.read() as connection:
        found = [
            connection.execute(select(column)).scalar_one()
            for column in (tables.project.c.first_seen, row_history.c.seen_at)
        ]

    assert found == [dt.datetime(2026, 7, 1, 6, 30, 0, 123456, tzinfo=dt.UTC)] * 2
    assert [one.tzinfo for one in found] == [dt.UTC] * 2


def test_a_time_without_its_zone_is_not_stored(store: Store, run: int) -> None:
    naive = dt.datetime(2026, 7, 1)  # noqa: DTZ001
    with pytest.raises(StatementError, match="without its zone"), store.begin() as connection:
        projects.claim(connection, "other", REDCAP, 13, naive)
    with pytest.raises(ValueError, match="without its zone"):
        take_in(store, run, ["A"], [entry("A")], at=naive)


def _mail(key: str, recipient: str) -> dict[str, Any]:
    return {
        "key": key,
        "collaborative": "absenteeism",
        "report": "team",
        "subject": "T001",
        "period": "2026-03",
        "revision": 0,
        "recipient": recipient,
        "state": "pending",
        "message_id": f"<{key}@example.org>",
        "payload": b"\x00\xff bytes",
        "created_at": dt.datetime(2026, 4, 15, tzinfo=dt.UTC),
    }


@pytest.mark.parametrize(("key", "recipient"), [("k1", "b@example.org"), ("k2", "a@example.org")])
def test_one_mail_cannot_stand_twice_in_the_outbox_neither_by_key_nor_by_what_it_is(
    store: Store, key: str, recipient: str
) -> None:
    with store.begin() as connection:
        connection.execute(outbox.insert().values(_mail("k1", "a@example.org")))

    with pytest.raises(IntegrityError) as refused, store.begin() as connection:
        connection.execute(outbox.insert().values(_mail(key, recipient)))

    assert "example.org" not in str(refused.value)
    with store.read() as connection:
        row = connection.execute(select(outbox)).one()
    assert (row.payload, row.attempts, row.lease_until, row.sent_at, row.note) == (b"\x00\xff bytes", 0, None, None, "")


def test_a_row_needs_a_known_project(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        run = runs.start(connection, "nobody", "full", now)

    with pytest.raises(IntegrityError):
        take_in(store, run, ["1"], [Entry(EntryKey("nobody", "1", "", "f", 0), "", {})], project="nobody")


# --- killed at any moment ---------------------------------------------------------------------------------------------

_WRITER = """
import datetime as dt, itertools, os, sys
from breakthrough.entry import Entry, EntryKey
from breakthrough.store import Seen, Store, projects, rows, runs

now = dt.datetime(2026, 3, 15, tzinfo=dt.UTC)
store = Store.open(sys.argv[1], os.environ["STORE_PASSWORD"])
with store.begin() as connection:
    projects.claim(connection, "main", "https://redcap.example.org/api/", 13, now)
    run = runs.start(connection, "main", "full", now)
for n in itertools.count():
    ids = [f"R{i:03}" for i in range(n % 7, n % 7 + 60)]
    entries = [Entry(EntryKey("main", i, "", "f", 0), "", {"n": str(n)}) for i in ids[:50]]
    with store.begin() as connection:
        rows.apply(connection, "main", ids, entries, Seen(run, now, 1))
        runs.chunk_done(connection, run, n, ids, now)
    if n == 0:
        print("the first chunk is in", flush=True)
"""


@pytest.mark.parametrize("delay", [0.05, 0.17, 0.31])
def test_a_process_killed_while_writing_leaves_whole_chunks_only(home: Home, delay: float) -> None:
    process = subprocess.Popen([sys.executable, "-c", _WRITER, home.url], stdout=subprocess.PIPE, env=home.environment)
    assert process.stdout
    process.stdout.readline()
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()

    with home.open() as store, store.begin() as connection:  # begun: the dead one's transaction is over
        chunks = connection.execute(select(func.count()).select_from(run_chunk)).scalar_one()
        newest = connection.execute(select(func.max(run_chunk.c.n))).scalar_one()
        if home.kind == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        current = {r.record: (r.data, r.deleted_at) for r in connection.execute(select(row_current))}
        last = {r.record: r.data for r in connection.execute(select(row_history).order_by(row_history.c.seq))}
        there = {r.record for r in connection.execute(select(tables.record)) if r.gone_at is None}
    start = newest % 7
    assert chunks == newest + 1
    assert chunks > 0
    # the newest chunk is there as a whole, and each row's newest history is the row itself
    for i in range(start, start + 50):
        assert current[f"R{i:03}"] == ({"n": str(newest)}, None)
    assert {record: data for record, (data, _) in current.items()} == last
    assert there == {record for record, (_, gone) in current.items() if gone is None}
