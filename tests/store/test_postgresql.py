"""The store in a PostgreSQL database: what can go wrong with a server, and that the password shows nowhere."""

from __future__ import annotations

import datetime as dt
import sys
import time
import traceback

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from tests.store import cluster as clusters
from tests.store.cluster import Cluster
from tests.store.conftest import REDCAP, Home
from tests.store.filling import entry, take_in

from breakthrough.errors import SettingInvalid, StoreError, StoreLocked
from breakthrough.store import Address, Store, address, backend, postgresql, projects, runs, tables
from breakthrough.store.columns import of_records
from breakthrough.store.tables import row_current

HIDDEN = clusters.PASSWORD
VALUE = "oftherecord"  # by its name alone in the source that a traceback shows


def name_of(url: str) -> str:
    return url.rpartition("/")[2]


def said_by(opening: Home | str, password: str | None = None) -> str:
    """The error of opening that, and all that a traceback would show of it."""
    url = opening if isinstance(opening, str) else opening.url
    secret = password or (None if isinstance(opening, str) else opening.password)
    try:
        Store.open(url, secret).close()
    except StoreError as error:
        shown = "".join(traceback.format_exception(error))
        assert not secret or secret not in shown
        return str(error)
    raise AssertionError("it opened")


def test_the_password_is_shown_nowhere(emptied: Home) -> None:
    where = address.parse(emptied.url, emptied.password)
    with Store.open(where) as store:
        shown = [repr(store), str(store.backend), repr(where), str(where), repr(store.backend.engine)]
        shown += [str(store.backend.engine.url), repr(vars(store.backend.engine)), repr(store.backend.engine.pool)]

    assert f"<Store {emptied.url}>" in shown
    assert not [one for one in shown if HIDDEN in one or "s3cret" in one]


def test_a_wrong_password_is_said_without_it(emptied: Home) -> None:
    said = said_by(emptied.url, "not the password")

    assert "the server refuses the user or the password. Check store and what store_password leads to" in said
    assert emptied.url in said


def test_no_password_at_all_is_said_with_where_to_name_it(emptied: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGPASSWORD", "PGPASSFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PGPASSFILE", "/nonexistent")

    assert "Name in store_password where it is kept" in said_by(emptied.url)


def test_a_database_that_is_not_there_is_said_with_how_to_make_it(emptied: Home) -> None:
    assert "no such database or user. Create it" in said_by(emptied.url + "_absent", HIDDEN)


def test_a_server_that_is_not_there_is_said(cluster: Cluster) -> None:
    url = f"postgresql://breakthrough@127.0.0.1:{cluster.port + 1}/x"
    assert "nothing answers there" in said_by(url, HIDDEN)


def test_a_server_in_another_language_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    at = postgresql.Postgresql(Address(host="127.0.0.1", user="b", database="x"))
    told = psycopg.OperationalError("FATAL:  Passwort-Authentifizierung für Benutzer »b« fehlgeschlagen\n")

    said = str(at.said(told))

    assert "cannot be reached: FATAL: Passwort-Authentifizierung für Benutzer »b« fehlgeschlagen. Check" in said
    at.engine.dispose()


def test_a_database_that_is_not_in_utf_8_is_refused(cluster: Cluster) -> None:
    cluster.sql("CREATE DATABASE latin OWNER breakthrough TEMPLATE template0 ENCODING LATIN1 LOCALE 'C'")
    url = f"postgresql://breakthrough@127.0.0.1:{cluster.port}/latin"

    assert "is in LATIN1, which cannot hold every name" in said_by(url, HIDDEN)
    cluster.drop(url)


def test_a_user_who_may_not_make_tables_is_told_who_may(cluster: Cluster, database: Home) -> None:
    cluster.sql(f"ALTER DATABASE {name_of(database.url)} OWNER TO postgres")

    assert "Make the user the database's owner" in said_by(database)


def test_a_second_writer_waits_and_then_says_that_the_store_is_locked(emptied: Home, now: dt.datetime) -> None:
    with emptied.open() as store, store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)
        other = postgresql.Postgresql(address.parse(emptied.url, emptied.password), wait_ms=50)

        with pytest.raises(StoreLocked, match="Another process has been writing"), other.begin():
            pytest.fail("two writers at once")
        other.engine.dispose()


def test_two_stores_in_schemas_of_one_database_do_not_lock_each_other(cluster: Cluster, database: Home) -> None:
    cluster.sql("CREATE SCHEMA other AUTHORIZATION breakthrough", name_of(database.url))
    there = f"{database.url}?options=-csearch_path%3Dother"
    with (
        database.open() as store,
        Store.open(there, HIDDEN) as other,
        store.alone("main"),
        other.alone("main"),
        store.begin(),
        other.begin() as connection,
    ):
        projects.claim(connection, "main", REDCAP, 13, dt.datetime.now(dt.UTC))
        assert store.place("main") is None


def test_reading_cannot_write(emptied: Home, now: dt.datetime) -> None:
    with emptied.open() as store, pytest.raises(StoreError, match="can only be read"), store.read() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)


@pytest.mark.parametrize(
    ("state", "kind", "words"),
    [
        ("53100", StoreError, "disk is full. Nothing was changed. Make room there"),  # what a full disk raises
        ("53300", StoreError, "no connection left"),
        ("40P01", StoreLocked, "Another process"),  # a deadlock
        ("57014", StoreError, "stopping or was stopped"),  # cancelled by who looks after it
        ("58030", StoreError, "cannot read or write its files"),
        ("XX001", StoreError, "damaged data"),
    ],
)
def test_what_the_server_cannot_do_is_said_with_a_remedy_and_undone(
    cluster: Cluster, database: Home, now: dt.datetime, state: str, kind: type[StoreError], words: str
) -> None:
    with database.open() as store:
        with store.begin() as connection:
            projects.claim(connection, "main", REDCAP, 13, now)
            run = runs.start(connection, "main", "full", now)
        cluster.sql(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{VALUE}' USING ERRCODE = '{state}'; END $$;"
            "CREATE TRIGGER fails BEFORE INSERT ON row_history EXECUTE FUNCTION fail()",
            name_of(database.url),
        )

        with pytest.raises(kind, match=words) as refused:
            take_in(store, run, ["A"], [entry("A", a=VALUE)])

        assert VALUE not in "".join(traceback.format_exception(refused.value))
        assert list(store.entries("main")) == []


def test_a_broken_constraint_is_told_without_the_values_that_broke_it(emptied: Home, now: dt.datetime) -> None:
    def claim_twice() -> None:
        line = {"id": VALUE, "server": VALUE, "redcap_project_id": 13, "first_seen": now}
        with emptied.open() as store, store.begin() as connection:
            for _ in range(2):
                connection.execute(tables.project.insert().values(line))

    with pytest.raises(DBAPIError) as refused:
        claim_twice()

    assert VALUE not in "".join(traceback.format_exception(refused.value))
    assert "project.project_pkey" in str(refused.value)


def test_a_connection_that_breaks_while_writing_undoes_all_and_the_next_works(
    cluster: Cluster, emptied: Home, now: dt.datetime
) -> None:
    with emptied.open() as store:

        def broken_off() -> None:
            with store.begin() as connection:
                projects.claim(connection, "main", REDCAP, 13, now)
                me = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
                cluster.sql(f"SELECT pg_terminate_backend({me})")
                connection.execute(select(tables.project))

        with pytest.raises(StoreError, match=r"stopping|connection broke|cannot be reached"):
            broken_off()
        assert store.place("main") is None
        with store.begin() as connection:
            projects.claim(connection, "main", REDCAP, 13, now)
        assert store.place("main")


def test_connections_that_died_while_idle_are_replaced(cluster: Cluster, emptied: Home) -> None:
    with emptied.open() as store:
        assert store.place("main") is None
        cluster.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'breakthrough'")
        assert store.place("main") is None


def test_a_lock_that_was_lost_on_the_way_is_not_passed_over(cluster: Cluster, emptied: Home) -> None:
    with emptied.open() as store:

        def pull() -> None:
            with store.alone("main"):
                cluster.sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted")
                with store.alone("main"):
                    pass  # another pull

        with pytest.raises(StoreError, match="was lost on the way"):
            pull()


def test_a_lock_is_kept_where_the_server_closes_idle_connections(cluster: Cluster, database: Home) -> None:
    cluster.sql(f"ALTER DATABASE {name_of(database.url)} SET idle_session_timeout = '150ms'")
    with database.open() as store:
        with store.alone("main"):
            time.sleep(0.5)
            with pytest.raises(StoreLocked), store.alone("main"):
                pytest.fail("two pulls at once")
        with store.alone("main"):
            pass


def test_writers_see_what_was_committed_whatever_the_servers_default_is(
    cluster: Cluster, database: Home, now: dt.datetime
) -> None:
    cluster.sql(f"ALTER DATABASE {name_of(database.url)} SET default_transaction_isolation = 'serializable'")
    with database.open() as store:
        with store.begin() as connection:
            assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "read committed"
        with store.read() as connection:
            assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "repeatable read"


def test_a_transaction_is_durable_even_where_the_server_is_set_not_to_be(cluster: Cluster, database: Home) -> None:
    cluster.sql(f"ALTER DATABASE {name_of(database.url)} SET synchronous_commit = off")
    with database.open() as store, store.read() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
        assert connection.exec_driver_sql("SHOW TimeZone").scalar() == "UTC"


def test_a_chunk_is_looked_up_by_its_key_in_a_table_that_was_never_counted(database: Home, now: dt.datetime) -> None:
    with database.open() as store:
        with store.begin() as connection:
            projects.claim(connection, "main", REDCAP, 13, now)
            run = runs.start(connection, "main", "full", now)
        names = [f"R{n:05}" for n in range(6000)]
        take_in(store, run, names, [entry(name, a="1") for name in names])
        with store.read() as connection:
            found = of_records(connection, row_current, ("record", "digest"), "main", names[:500])
            query = found.compile(connection, compile_kwargs={"literal_binds": True})
            plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {query}").scalars())

    assert "row_current_pkey" in plan
    assert "Seq Scan" not in plan


def test_without_its_driver_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "breakthrough.store.postgresql")
    monkeypatch.delattr("breakthrough.store.postgresql")

    with pytest.raises(SettingInvalid, match=r"pip install 'psycopg\[binary\]'"):
        backend.at(Address(host="127.0.0.1", user="b", database="x"))
