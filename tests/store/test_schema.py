"""Tables and their migrations: an old store comes up to date whole, and is then like a new one."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Inspector, inspect, select, text
from tests.store.cluster import Cluster
from tests.store.conftest import Home
from tests.store.filling import entry, past, pulled

from breakthrough.errors import StoreError, StoreLocked, StoreOutOfDate
from breakthrough.store import Place, Store, Tally, address, archive, backend, known, materials, schema, tables
from breakthrough.store.tables import outbox
from breakthrough.store.upgrade import Upgraded, upgrade

VERSION_1 = (Path(__file__).parent / "version1.sql").read_text(encoding="utf-8")
FIRST = dt.datetime(2026, 3, 15, 6, 0, tzinfo=dt.UTC)


@pytest.fixture
def old(place: Home, cluster_or_none: Cluster | None) -> Home:
    """A store as version 1 of the program left it."""
    if place.kind == "sqlite":
        path = Path(place.url.removeprefix("sqlite:///"))
        path.parent.mkdir()
        with closing(sqlite3.connect(path)) as raw:
            raw.executescript(VERSION_1)
        return place
    assert cluster_or_none
    # no release of version 1 wrote to PostgreSQL; its tables and rows can stand there all the same
    at = backend.at(address.parse(place.url, place.password))
    with at.begin() as connection:
        schema.migrate(connection, None, "1")
        connection.execute(text("DELETE FROM meta"))
        connection.execute(text("DROP TABLE alembic_version"))
    inserts = "".join(re.findall(r"^INSERT INTO .*;$", VERSION_1, re.MULTILINE))
    inserts = re.sub(r"X'([0-9A-F]*)'", r"'\\x\1'", inserts)
    serials = "".join(
        f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), 100);"
        for table, column in (("sync_run", "id"), ("row_history", "seq"), ("report", "id"))
    )
    database = place.url.rpartition("/")[2]
    cluster_or_none.sql(f"SET session_replication_role = replica; SET TimeZone = 'UTC'; {inserts} {serials}", database)
    at.engine.dispose()
    return place


@pytest.fixture
def cluster_or_none(place: Home, request: pytest.FixtureRequest) -> Cluster | None:
    found: Cluster | None = request.getfixturevalue("cluster") if place.kind == "postgresql" else None
    return found


def upgraded(home: Home, backup: Path) -> Upgraded:
    return upgrade(address.parse(home.url, home.password), backup)


def layout(look: Inspector) -> dict[str, Any]:
    """All that reflection tells of the tables."""

    def told(thing: Any) -> str:
        return re.sub(r"<sqlalchemy[^>]*>", "", repr(thing))

    return {
        name: {
            "columns": [told({**column, "type": told(column["type"])}) for column in look.get_columns(name)],
            "key": look.get_pk_constraint(name)["constrained_columns"],
            "unique": sorted(told(one) for one in look.get_unique_constraints(name)),
            "foreign": sorted(
                told((one["constrained_columns"], one["referred_table"], one["referred_columns"]))
                for one in look.get_foreign_keys(name)
            ),
            "indexes": sorted(told(one) for one in look.get_indexes(name)),
        }
        for name in look.get_table_names()
    }


def test_a_new_store_and_one_that_was_migrated_from_nothing_have_the_same_tables(
    place: Home, cluster_or_none: Cluster | None, tmp_path: Path
) -> None:
    with place.open() as store, store.read() as connection:
        made = layout(inspect(connection))
    other = cluster_or_none.database() if cluster_or_none else f"sqlite:///{tmp_path}/migrated.sqlite"
    at = backend.at(address.parse(other, place.password))
    with at.begin() as connection:
        schema.migrate(connection, None)
    with at.read() as connection:
        migrated = layout(inspect(connection))
    at.engine.dispose()

    assert sorted(made) == sorted([*tables.metadata.tables, "alembic_version"])
    for name, table in made.items():
        assert migrated[name] == table, name
    with Store.open(other, place.password) as store:
        assert list(store.entries("main")) == []


def test_an_upgraded_store_has_the_same_tables_as_a_new_one(
    old: Home, cluster_or_none: Cluster | None, tmp_path: Path
) -> None:
    upgraded(old, tmp_path / "backup")
    with old.open() as store, store.read() as connection:
        found = layout(inspect(connection))
    other = cluster_or_none.database() if cluster_or_none else f"sqlite:///{tmp_path}/new.sqlite"
    with Store.open(other, old.password) as store, store.read() as connection:
        made = layout(inspect(connection))

    for name, table in made.items():
        assert found[name] == table, name


def test_migrations_and_versions_are_the_same_number() -> None:
    scripts = sorted(path.name for path in (Path(schema.__file__).parent / "migrations" / "versions").glob("v*.py"))

    assert [f"v{revision}" for revision in schema._REVISIONS.values()] == [name.partition("_")[0] for name in scripts]
    assert list(schema._REVISIONS)[-1] == tables.SCHEMA


def test_an_older_store_is_upgraded_with_all_that_was_in_it(old: Home, tmp_path: Path) -> None:
    with pytest.raises(StoreOutOfDate, match="Run: breakthrough store upgrade"):
        old.open()

    done = upgraded(old, tmp_path / "backup")

    assert (done.before, done.after) == ("1", "3")
    with old.open() as store:
        assert [str(e.key) for e in store.entries("main")] == ["main/T001/monthly/1", "main/T002/profile"]
        assert next(store.entries("main")).values == {"sd_abs": "44", "note": "déjà vu"}
        assert [(op, cause, key) for op, cause, key, _ in past(store)] == [
            ("I", "", "main/T001/monthly/1"),
            ("I", "", "main/T001/monthly/2"),
            ("I", "", "main/T002/profile"),
            ("I", "", "main/T003/profile"),
            ("U", "", "main/T001/monthly/1"),
            ("D", "", "main/T001/monthly/2"),
            ("D", "", "main/T003/profile"),
        ]
        assert store.records("main") == {"T001", "T002"}
        assert store.place("main") == Place("https://redcap.example.org/api/", 13, "14.5.0", "", None)
        assert store.cursor("main") == FIRST + dt.timedelta(days=1)
        assert [row["field_name"] for row in store.dictionary("main")] == ["record_id", "sd_abs"]
        run = store.last_run("main")
        assert run
        assert (run.id, run.tally, run.listed, run.quarantined) == (2, Tally(0, 1, 2, 1), None, 0)
        # what was there before can be read as it was, and the snapshot still stands
        assert [dict(e.values) for e in store.view("abc").entries("main", "monthly")] == [
            {"note": "déjà vu", "sd_abs": "41"},
            {"sd_abs": "7"},
        ]
        with store.read() as connection:
            lines = connection.execute(select(tables.record).order_by(tables.record.c.record)).all()
            assert [(row.record, row.dag, row.since_run, row.run, row.gone_at is None) for row in lines] == [
                ("T001", "t001", 1, 2, True),
                ("T002", "t002", 1, 1, True),
                ("T003", "", 1, 2, False),
            ]
            kept = archive.listing(connection)
            assert [(str(one), one.rendered_at, one.snapshot) for one in kept] == [
                ("team T001, 2026-02, revision 0", FIRST, "abc")
            ]
            assert materials.read_all(connection, kept[0].parts) == {"page.html": b"<h1>\x00page</h1>"}
            mail = connection.execute(select(outbox)).one()
            assert (mail.state, mail.payload, mail.lease_until) == ("pending", b"To: rachel\r\n\r\n\xff", FIRST)


def test_a_pull_into_an_upgraded_store_takes_nothing_for_new_that_was_there(old: Home, tmp_path: Path) -> None:
    upgraded(old, tmp_path / "backup")
    with old.open() as store:
        before = past(store)
        pulled(
            store,
            ["T001", "T002"],
            [
                entry("T001", 1, "t001", sd_abs="44", note="déjà vu"),
                entry("T002", 0, "t002", instrument="profile", name="Alderbrook"),
            ],
            FIRST + dt.timedelta(days=2),
        )
        assert past(store) == before
        pulled(store, ["T003"], [entry("T003", x="1")], FIRST + dt.timedelta(days=3))
        assert [v.run for v in store.history("main", "T003")][-1] > 2


def test_the_backup_is_the_store_as_it_was_and_can_be_upgraded_itself(old: Home, tmp_path: Path) -> None:
    done = upgraded(old, tmp_path / "backup.sqlite")

    assert done.backup
    assert (done.backup.path, done.backup.version) == (tmp_path / "backup.sqlite", "1")
    with closing(sqlite3.connect(done.backup.path)) as raw:
        assert raw.execute("SELECT value FROM meta").fetchall() == [("1",)]
        assert raw.execute("SELECT count(*) FROM row_history").fetchall() == [(7,)]
    copy = Home("sqlite", f"sqlite:///{done.backup.path}")
    upgraded(copy, tmp_path / "again")
    with copy.open() as store, old.open() as other:
        assert list(store.history("main")) == list(other.history("main"))
        assert list(store.entries("main")) == list(other.entries("main"))


def test_a_store_of_this_version_is_left_as_it_is_without_a_backup(home: Home, tmp_path: Path) -> None:
    home.open().close()

    assert upgraded(home, tmp_path / "backup") == Upgraded("3", "3", None)
    assert not (tmp_path / "backup").exists()


def test_a_newer_store_is_refused(place: Home, tmp_path: Path) -> None:
    with place.open() as store, store.begin() as connection:
        connection.execute(tables.meta.update().values(value="4"))

    with pytest.raises(StoreOutOfDate, match="Install the newer program"):
        upgraded(place, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def test_where_there_is_no_store_there_is_nothing_to_upgrade(place: Home, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nothing to upgrade"):
        upgraded(place, tmp_path / "backup")
    assert not Path(place.url.removeprefix("sqlite:///")).exists()


def test_a_store_that_is_being_pulled_into_is_not_upgraded(old: Home, tmp_path: Path) -> None:
    at = backend.at(address.parse(old.url, old.password))
    with at.alone("main"), pytest.raises(StoreLocked, match="A pull of main is already going on"):
        upgraded(old, tmp_path / "backup")
    at.engine.dispose()

    with pytest.raises(StoreOutOfDate, match="version 1"):
        old.open()


def test_a_migration_that_fails_half_way_leaves_the_store_as_it_was(
    old: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise StoreError("half way")

    monkeypatch.setattr("breakthrough.store.upgrade._check", fails)
    with pytest.raises(StoreError, match="half way"):
        upgraded(old, tmp_path / "one")
    monkeypatch.undo()

    with pytest.raises(StoreOutOfDate, match="version 1"):
        old.open()
    assert upgraded(old, tmp_path / "two").after == "3"
    with old.open() as store:
        assert len(past(store)) == 7


def test_a_store_whose_rows_refer_to_nothing_is_not_migrated(tmp_path: Path) -> None:
    path = tmp_path / "broken.sqlite"
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(VERSION_1)
        raw.execute("DELETE FROM project")
        raw.commit()

    with pytest.raises(StoreError, match="refer to rows that are not there"):
        upgraded(Home("sqlite", f"sqlite:///{path}"), tmp_path / "backup")


def test_two_who_upgrade_at_once_do_not_do_it_twice(old: Home, tmp_path: Path) -> None:
    ends: list[object] = []

    def go(n: int) -> None:
        try:
            ends.append(upgraded(old, tmp_path / f"backup{n}").after)
        except StoreLocked as busy:  # the other is at it
            ends.append(busy)

    threads = [threading.Thread(target=go, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert "3" in ends
    with old.open() as store, store.read() as connection:
        assert known.groups(connection, "main") == {"T001": "t001", "T002": "t002"}
