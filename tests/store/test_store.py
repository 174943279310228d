"""The store as a file: private, durable, shared by processes, and never mistaken for another's."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.schema import CreateTable

from breakthrough.entry import Entry, EntryKey
from breakthrough.errors import SettingInvalid, StoreError, StoreLocked, StoreOutOfDate, WrongProject
from breakthrough.store import Seen, Store, Tally, engine, projects, rows, runs, tables
from breakthrough.store.tables import outbox, row_current, row_history, run_chunk

REDCAP = "https://redcap.example.org/api/"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_store_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        with Store.open(f"sqlite:///{tmp_path}/a/b/store.sqlite") as store, store.begin() as connection:
            projects.claim(connection, "main", REDCAP, 13, dt.datetime.now(dt.UTC))
            files = {path.name: mode(path) for path in (tmp_path / "a" / "b").iterdir()}
    finally:
        os.umask(umask)

    assert mode(tmp_path / "a") == 0o700
    assert mode(tmp_path / "a" / "b") == 0o700
    assert files == {"store.sqlite": 0o600, "store.sqlite-wal": 0o600, "store.sqlite-shm": 0o600}


def test_what_is_committed_is_made_durable(store: Store) -> None:
    with store.read() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def test_a_store_opened_again_holds_what_it_held(url: str, now: dt.datetime) -> None:
    with Store.open(url) as store, store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)

    with Store.open(url) as store, store.read() as connection:
        assert connection.execute(select(tables.project.c.first_seen)).scalar() == now


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("postgresql://localhost/x", "postgresql"),
        ("store.sqlite", "is not one"),
    ],
)
def test_an_address_of_no_file_is_a_wrong_setting(url: str, words: str) -> None:
    with pytest.raises(SettingInvalid, match=words):
        Store.open(url)


def test_a_file_that_is_no_store_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database at all " * 100)

    with pytest.raises(StoreError, match="some other file"):
        Store.open(f"sqlite:///{path}")

    assert path.read_text() == "not a database at all " * 100


def test_another_programs_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE accounts (id)")
    raw.close()

    with pytest.raises(StoreError, match="another program"):
        Store.open(f"sqlite:///{path}")

    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("accounts",)]
    raw.close()


def test_a_store_of_another_version_is_not_touched(url: str) -> None:
    with Store.open(url) as store, store.begin() as connection:
        connection.execute(tables.meta.update().values(value="0"))

    with pytest.raises(StoreOutOfDate, match=r"version 0, and this program uses version 1.*breakthrough store upgrade"):
        Store.open(url)


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(f"sqlite:///{tmp_path}/file/store.sqlite")


def test_two_processes_may_make_the_same_store_at_once(url: str) -> None:
    code = f"from breakthrough.store import Store; Store.open({url!r}).close()"
    started = [subprocess.Popen([sys.executable, "-c", code], env=_environment()) for _ in range(2)]

    assert [process.wait(timeout=60) for process in started] == [0, 0]


def test_the_tables_can_be_made_on_postgresql_too() -> None:
    made = {
        table.name: str(CreateTable(table).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
        for table in tables.metadata.sorted_tables
    }

    assert "PRIMARY KEY (project, record, event, instrument, instance)" in made["row_current"]
    assert "payload BYTEA NOT NULL" in made["outbox"]
    assert "created_at TIMESTAMP WITH TIME ZONE NOT NULL" in made["outbox"]
    assert "seq SERIAL NOT NULL" in made["row_history"]
    assert len(made) == 11


# --- one writer at a time -------------------------------------------------------------------------------------------------


def test_a_second_writer_waits_and_then_says_that_the_store_is_locked(
    store: Store, url: str, monkeypatch: pytest.MonkeyPatch, now: dt.datetime
) -> None:
    monkeypatch.setattr(engine, "_PRAGMAS", ("PRAGMA busy_timeout = 50", *engine._PRAGMAS[1:]))
    with Store.open(url) as other, store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)

        with pytest.raises(StoreLocked, match="Another process"), other.begin():
            pytest.fail("two writers at once")


def test_a_reader_is_not_held_up_by_a_writer_and_sees_what_was_committed(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)
        with store.read() as other:
            during = other.execute(select(func.count()).select_from(tables.project)).scalar()
    with store.read() as other:
        after = other.execute(select(func.count()).select_from(tables.project)).scalar()

    assert (during, after) == (0, 1)


def test_entries_may_be_written_while_others_are_being_read(store: Store, run: int, now: dt.datetime) -> None:
    given = [Entry(EntryKey("main", f"R{n:04}", "", "f", 0), "", {"n": str(n)}) for n in range(2500)]
    _take_in(store, run, given, now)

    seen = 0
    for entry in store.entries("main"):
        if seen % 1000 == 0:
            _take_in(store, run, [Entry(entry.key, "", {"n": "changed"})], now)
        assert entry.values["n"] != "changed"
        seen += 1

    assert seen == 2500
    assert sum(e.values["n"] == "changed" for e in store.entries("main")) == 3


def test_a_reading_left_half_way_gives_its_connection_back(store: Store, run: int, now: dt.datetime) -> None:
    _take_in(store, run, [Entry(EntryKey("main", f"R{n}", "", "f", 0), "", {}) for n in range(5)], now)

    for _ in range(40):  # more than a pool has connections
        next(store.entries("main"))


def test_one_process_at_a_time_pulls_a_project(store: Store, url: str) -> None:
    with Store.open(url) as other, store.alone("main"):
        with pytest.raises(StoreLocked, match="pull of main is already going on"), other.alone("main"):
            pytest.fail("two pulls at once")
        with other.alone("audit"):
            pass

    with store.alone("main"):
        pass


def test_the_lock_of_a_killed_process_is_free_again(store: Store, url: str) -> None:
    code = (
        "import sys; from breakthrough.store import Store\n"
        f"with Store.open({url!r}).alone('main'):\n print('held', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment()
    )
    assert process.stdout
    assert process.stdin
    process.stdout.readline()
    with pytest.raises(StoreLocked), store.alone("main"):
        pass

    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()

    with store.alone("main"):
        pass


# --- times, constraints, the outbox ------------------------------------------------------------------------------------------


def test_times_are_kept_in_utc_whatever_zone_they_came_in(store: Store) -> None:
    summer = dt.datetime(2026, 7, 1, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, summer)

    with store.read() as connection:
        found = connection.execute(select(tables.project.c.first_seen)).scalar_one()

    assert found == dt.datetime(2026, 7, 1, 6, 30, tzinfo=dt.UTC)
    assert found.tzinfo is dt.UTC


def test_a_time_without_its_zone_is_not_stored(store: Store) -> None:
    with pytest.raises(StatementError, match="without its zone"), store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, dt.datetime(2026, 7, 1))  # noqa: DTZ001


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

    with pytest.raises(IntegrityError), store.begin() as connection:
        connection.execute(outbox.insert().values(_mail(key, recipient)))

    with store.read() as connection:
        row = connection.execute(select(outbox)).one()
    assert (row.payload, row.attempts, row.lease_until, row.sent_at, row.note) == (b"\x00\xff bytes", 0, None, None, "")


def test_a_row_needs_a_known_project(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        run = runs.start(connection, "nobody", "full", now)

    with pytest.raises(IntegrityError):
        _take_in(store, run, [Entry(EntryKey("nobody", "1", "", "f", 0), "", {})], now, "nobody")


# --- projects, dictionaries, runs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("server", "number"), [(REDCAP, 14), ("https://other.example.org/api/", 13)])
def test_another_project_cannot_take_the_place_of_the_one_the_store_knows(
    store: Store, now: dt.datetime, server: str, number: int
) -> None:
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)
        projects.claim(connection, "main", REDCAP, 13, now)
        projects.claim(connection, "audit", server, number, now)

    with pytest.raises(WrongProject, match=f"project {number} at {server}"), store.begin() as connection:
        projects.claim(connection, "main", server, number, now)


def test_each_new_dictionary_gets_the_next_number_and_an_old_one_is_not_forgotten(
    store: Store, now: dt.datetime
) -> None:
    first, second = [{"field_name": "a", "form_name": "f"}], [{"field_name": "b", "form_name": "f"}]
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)
        numbers = [projects.note_dictionary(connection, "main", d, now) for d in (first, first, second, second, first)]
        old = projects.dictionary(connection, "main", 2)

    assert numbers == [1, 1, 2, 2, 3]
    assert old == second
    assert store.dictionary("main") == first
    assert store.dictionary("other") == []


def test_a_run_that_never_ended_is_noted_as_interrupted_by_the_next(store: Store, now: dt.datetime) -> None:
    later = now + dt.timedelta(hours=1)
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)
        first = runs.start(connection, "main", "full", now)
        other = runs.start(connection, "audit", "full", now)
        second = runs.start(connection, "main", "full", later)
        states = [runs.of(connection, run).state for run in (first, other, second)]

    assert states == ["interrupted", "running", "running"]


def test_only_a_complete_run_moves_the_cursor(store: Store, now: dt.datetime) -> None:
    hi = now - dt.timedelta(minutes=1)
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)
        failed = runs.start(connection, "main", "full", now)
        runs.fail(connection, failed, tally=Tally(inserted=2), note="Busy", at=now)
    assert store.cursor("main") is None
    last = store.last_run("main")
    assert last
    assert (last.state, last.note, last.changed, last.finished_at) == ("failed", "Busy", 2, now)

    for n in range(2):
        with store.begin() as connection:
            run = runs.start(connection, "main", "full", now)
            runs.complete(connection, run, records=12, tally=Tally(1, 2, 3, 4), hi=hi + dt.timedelta(days=n), at=now)

    last = store.last_run("main")
    assert last
    assert (last.state, last.records, last.tally, last.changed) == ("complete", 12, Tally(1, 2, 3, 4), 6)
    assert store.cursor("main") == hi + dt.timedelta(days=1)
    assert store.last_run("audit") is None


# --- killed at any moment ----------------------------------------------------------------------------------------------------

_WRITER = """
import datetime as dt, itertools, sys
from breakthrough.entry import Entry, EntryKey
from breakthrough.store import Seen, Store, projects, rows, runs

now = dt.datetime(2026, 3, 15, tzinfo=dt.UTC)
store = Store.open(sys.argv[1])
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
def test_a_process_killed_while_writing_leaves_whole_chunks_only(url: str, delay: float) -> None:
    process = subprocess.Popen([sys.executable, "-c", _WRITER, url], stdout=subprocess.PIPE, env=_environment())
    assert process.stdout
    process.stdout.readline()
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()

    with Store.open(url) as store, store.read() as connection:
        chunks = connection.execute(select(func.count()).select_from(run_chunk)).scalar_one()
        newest = connection.execute(select(func.max(run_chunk.c.n))).scalar_one()
        sound = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
        current = {r.record: (r.data, r.deleted_at) for r in connection.execute(select(row_current))}
        last = {r.record: r.data for r in connection.execute(select(row_history).order_by(row_history.c.seq))}
    start = newest % 7
    assert sound == "ok"
    assert chunks == newest + 1
    assert chunks > 0
    # the newest chunk is there as a whole, and each row's newest history is the row itself
    for i in range(start, start + 50):
        assert current[f"R{i:03}"] == ({"n": str(newest)}, None)
    assert {record: data for record, (data, _) in current.items()} == last


def test_threads_write_one_after_the_other(store: Store, run: int, now: dt.datetime) -> None:
    def write(name: str) -> None:
        for n in range(10):
            _take_in(store, run, [Entry(EntryKey("main", name, "", "f", 0), "", {"n": str(n)})], now)

    threads = [threading.Thread(target=write, args=(name,)) for name in "ABCD"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [(e.key.record, e.values["n"]) for e in store.entries("main")] == [(name, "9") for name in "ABCD"]
    assert len(list(store.history("main"))) == 40


def _take_in(store: Store, run: int, entries: list[Entry], now: dt.datetime, project: str = "main") -> None:
    with store.begin() as connection:
        rows.apply(connection, project, {e.key.record for e in entries}, entries, Seen(run, now, 1))


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(engine.__file__).parents[2])}
