"""The store as a file: private, durable, and never mistaken for another's."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import stat
from pathlib import Path

import pytest
from tests.store.conftest import REDCAP, Home

from breakthrough.errors import StoreError, StoreLocked
from breakthrough.store import Store, projects, sqlite
from breakthrough.store.projects import Design


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


def test_what_is_committed_is_made_durable(file: Home) -> None:
    with file.open() as store, store.read() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


@pytest.mark.parametrize("name", ["with space.sqlite", "50%.sqlite", "wh?t#.sqlite", "naïve.sqlite"])
def test_a_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    opened = sqlite.Sqlite(path)
    with opened.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
    opened.engine.dispose()

    assert path.stat().st_size > 0
    assert sorted(one.name for one in tmp_path.iterdir()) == [name]


def test_a_file_that_is_no_store_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database at all " * 100)

    with pytest.raises(StoreError, match="some other file"):
        Store.open(f"sqlite:///{path}")

    assert path.read_text() == "not a database at all " * 100


def test_another_programs_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE accounts (id)")
    raw.close()

    with pytest.raises(StoreError, match="another program"):
        Store.open(f"sqlite:///{path}")

    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("accounts",)]
    raw.close()


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(f"sqlite:///{tmp_path}/file/store.sqlite")


def test_a_second_writer_waits_and_then_says_that_the_store_is_locked(file: Home, now: dt.datetime) -> None:
    path = Path(file.url.removeprefix("sqlite:///"))
    with file.open() as store, store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)
        other = sqlite.Sqlite(path, busy_ms=50)

        with pytest.raises(StoreLocked, match="Another process"), other.begin():
            pytest.fail("two writers at once")
        other.engine.dispose()


def test_a_full_disk_undoes_the_transaction_and_says_what_to_do(file: Home, now: dt.datetime) -> None:
    with file.open() as store:
        with store.begin() as connection:
            projects.claim(connection, "main", REDCAP, 13, now)
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()

        def fill() -> None:
            with store.begin() as connection:
                connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")  # as SQLite itself tests a full disk
                projects.note_version(connection, "main", "14.0.0")
                rows = [{"field_name": f"f{n}"} for n in range(10_000)]
                projects.note_design(connection, "main", Design(rows), now)

        with pytest.raises(StoreError, match="that the disk is not full"):
            fill()

        place = store.place("main")
        assert place
        assert place.redcap_version == ""
        assert store.dictionary("main") == []
