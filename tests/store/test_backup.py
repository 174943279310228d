"""A backup is the store as it was at one moment, in one private file, while others write; and it can be put back."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.store.cluster import Cluster
from tests.store.conftest import REDCAP, Home
from tests.store.filling import entry, past, pulled, take_in

from breakthrough.errors import StoreError
from breakthrough.store import Store, address, archive, backend, backups, projects, quarantine, runs, sqlite, tables
from breakthrough.store.projects import Design
from breakthrough.store.tables import run_chunk

NOW = dt.datetime(2026, 3, 15, 6, 0, tzinfo=dt.UTC)


def fill(store: Store) -> None:
    """Something in tables of every kind of column."""
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, NOW)
        projects.note_production(connection, "main", True)
        projects.note_design(connection, "main", Design([{"field_name": "ø"}], frozenset(["ø"])), NOW)
    run = pulled(store, ["A", "B"], [entry("A", x="1\x00"), entry("B", 2, "north", x="ø")], NOW)
    pulled(store, ["A", "B"], [entry("A", x="2")], NOW + dt.timedelta(days=1))
    store.freeze({"main": run}, NOW)
    with store.begin() as connection:
        archive.keep_mail(connection, "k", b"\x00\xff" * 3000, NOW)
        quarantine.put(connection, "main", "C", "Busy", NOW)


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in tables.metadata.sorted_tables
        }


def restored(path: Path, home: Home) -> str:
    at = backend.at(address.parse(home.url, home.password))
    try:
        return backups.restore(path, at)
    finally:
        at.engine.dispose()


def test_a_backup_is_a_store_that_holds_the_same(store: Store, tmp_path: Path) -> None:
    fill(store)

    made = backups.write(store.backend, tmp_path / "b.sqlite")

    assert made == backups.Backup(tmp_path / "b.sqlite", (tmp_path / "b.sqlite").stat().st_size, tables.SCHEMA)
    assert [path.name for path in tmp_path.glob("b.sqlite*")] == ["b.sqlite"]
    with Store.open(f"sqlite:///{made.path}") as copy:
        assert everything(copy) == everything(store)


def test_a_backup_can_be_read_by_its_owner_alone(store: Store, tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        made = backups.write(store.backend, tmp_path / "b.sqlite")
    finally:
        os.umask(umask)

    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600


def test_a_backup_never_overwrites(store: Store, tmp_path: Path) -> None:
    (tmp_path / "b.sqlite").write_text("mine")

    with pytest.raises(StoreError, match="is there already, and a backup overwrites nothing"):
        backups.write(store.backend, tmp_path / "b.sqlite")

    assert (tmp_path / "b.sqlite").read_text() == "mine"
    assert [path.name for path in tmp_path.glob("b.sqlite*")] == ["b.sqlite"]


def test_a_folder_that_is_not_there_is_said(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written: No such file or directory"):
        backups.write(store.backend, tmp_path / "absent" / "b.sqlite")


def test_of_a_backup_that_fails_nothing_is_left(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sqlite.Sqlite, "close_file", fails)
    before = sorted(tmp_path.iterdir())

    with pytest.raises(StoreError, match=r"No space left on device\. Nothing is left of it"):
        backups.write(store.backend, tmp_path / "b.sqlite")

    assert sorted(tmp_path.iterdir()) == before


def test_what_a_killed_backup_left_does_not_stop_the_next(store: Store, tmp_path: Path) -> None:
    fill(store)
    (tmp_path / "b.sqlite.part").write_text("half of one")

    made = backups.write(store.backend, tmp_path / "b.sqlite")

    with Store.open(f"sqlite:///{made.path}") as copy:
        assert len(past(copy)) == 4
    assert not (tmp_path / "b.sqlite.part").exists()


_WRITER = """
import datetime as dt, itertools, os, sys
from breakthrough.entry import Entry, EntryKey
from breakthrough.store import Seen, Store, rows, runs

now = dt.datetime(2026, 3, 15, tzinfo=dt.UTC)
store = Store.open(sys.argv[1], os.environ["STORE_PASSWORD"])
with store.begin() as connection:
    run = runs.start(connection, "main", "full", now)
for n in itertools.count():
    with store.begin() as connection:
        ids = [f"R{i:02}" for i in range(20)]
        entries = [Entry(EntryKey("main", i, "", "f", 0), "", {"n": str(n)}) for i in ids]
        rows.apply(connection, "main", ids, entries, Seen(run, now, 1))
        runs.chunk_done(connection, run, n, ids, now)
    if n == 0:
        print("writing", flush=True)
"""


def test_a_backup_is_one_moment_while_another_process_writes(home: Home, tmp_path: Path) -> None:
    with home.open() as store:
        with store.begin() as connection:
            projects.claim(connection, "main", REDCAP, 13, NOW)
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, home.url], stdout=subprocess.PIPE, env=home.environment
        )
        assert writer.stdout
        writer.stdout.readline()
        try:
            made = [backups.write(store.backend, tmp_path / f"b{n}.sqlite") for n in range(5)]
            assert writer.poll() is None
        finally:
            writer.kill()
            writer.wait()
            writer.stdout.close()

    chunks = []
    for one in made:
        with Store.open(f"sqlite:///{one.path}") as copy, copy.read() as connection:
            newest = max(connection.scalars(select(run_chunk.c.n)))
            assert {e.values["n"] for e in copy.entries("main")} == {str(newest)}
            assert len(list(copy.history("main"))) == 20 * (newest + 1)
            chunks.append(newest)
    assert chunks == sorted(chunks)


def test_a_writer_is_not_held_up_by_a_backup(file: Home, tmp_path: Path) -> None:
    with file.open() as store:
        fill(store)
        with store.begin() as connection:  # begun, and not ended before the backup is
            made = []
            thread = threading.Thread(target=lambda: made.append(backups.write(store.backend, tmp_path / "b.sqlite")))
            thread.start()
            thread.join(timeout=20)
            assert not thread.is_alive()
            quarantine.put(connection, "main", "D", "Busy", NOW)
    with Store.open(f"sqlite:///{made[0].path}") as copy, copy.read() as connection:
        assert [one.record for one in quarantine.of(connection, "main")] == ["C"]


# --- and back ---------------------------------------------------------------------------------------------------------


def test_a_backup_is_put_back_into_an_empty_place_of_either_kind(store: Store, place: Home, tmp_path: Path) -> None:
    """Four ways: so a store moves from a file to PostgreSQL, and back."""
    fill(store)
    before = everything(store)
    made = backups.write(store.backend, tmp_path / "b.sqlite")
    content = made.path.read_bytes()

    assert restored(made.path, place) == tables.SCHEMA

    assert made.path.read_bytes() == content
    with place.open() as again:
        assert everything(again) == before
        # numbers go on from where they were
        with again.begin() as connection:
            run = runs.start(connection, "main", "full", NOW)
        take_in(again, run, ["A"], [entry("A", x="3")])
        assert run > len(before["sync_run"])
        assert [v.run for v in again.history("main")][-1] == run


def test_an_older_backup_is_brought_up_when_it_is_put_back(place: Home, tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript((Path(__file__).parent / "version1.sql").read_text(encoding="utf-8"))

    assert restored(path, place) == "1"

    with place.open() as store:
        assert [str(e.key) for e in store.entries("main")] == ["main/T001/monthly/1", "main/T002/profile"]
        assert len(past(store)) == 7


def test_a_store_is_never_overwritten_by_a_backup(store: Store, home: Home, tmp_path: Path) -> None:
    fill(store)
    made = backups.write(store.backend, tmp_path / "b.sqlite")
    before = everything(store)

    with pytest.raises(StoreError, match="holds a store already, and none is overwritten"):
        restored(made.path, home)

    assert everything(store) == before


def test_what_is_no_backup_is_refused_and_leaves_no_store(place: Home, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database " * 100)
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as raw:
        raw.execute("CREATE TABLE accounts (id)")
    (tmp_path / "empty.sqlite").touch()

    for name, words in (
        ("absent.sqlite", "There is no file"),
        ("notes.txt", "some other file"),
        ("other.sqlite", "another program"),
        ("empty.sqlite", "no store that this program knows"),
    ):
        with pytest.raises(StoreError, match=words):
            restored(tmp_path / name, place)

    with place.open() as store:
        assert past(store) == []


def test_a_backup_of_postgresql_is_one_moment_although_tables_are_copied_in_turn(
    cluster: Cluster, emptied: Home, tmp_path: Path
) -> None:
    """Rows that are committed while the tables before theirs are copied are not in the copy."""
    del cluster
    with emptied.open() as store:
        fill(store)
        before = everything(store)
        once: list[int] = []

        def meanwhile(_: int) -> None:
            if not once:
                once.append(pulled(store, ["Z"], [entry("Z", x="late")], NOW + dt.timedelta(days=9)))

        made = backups.write(store.backend, tmp_path / "b.sqlite", meanwhile)
        assert once
        with Store.open(f"sqlite:///{made.path}") as copy:
            assert everything(copy) == before
