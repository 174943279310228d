"""A purged record is gone, from the files too, and what was made of it is told and marked."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select
from tests.store.cluster import Cluster
from tests.store.conftest import REDCAP, Home
from tests.store.filling import entry, past, pulled

from breakthrough.errors import StoreError, StoreLocked
from breakthrough.store import (
    Report,
    Store,
    aliases,
    archive,
    deletions,
    hints,
    materials,
    projects,
    purge,
    quarantine,
    sqlite,
    tables,
)
from breakthrough.store.tables import outbox, report_source

NOW = dt.datetime(2026, 3, 15, 6, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
VALUE = "planted-identifier-4711"
EARLIER = "planted-identifier-0815"


@pytest.fixture
def filled(store: Store) -> Store:
    """T1 (formerly T0) and T2, pulled on three days; reports and mails of two months."""
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, NOW)
        projects.claim(connection, "audit", REDCAP, 14, NOW)
    pulled(store, ["T0", "T2"], [entry("T0", note=EARLIER * 20), entry("T2", note="other")], NOW)
    second = pulled(store, ["T0", "T1"], [entry("T1", note=VALUE * 20), entry("T1", 2, note=VALUE)], NOW + DAY)
    pulled(store, ["T1"], [entry("T1", note="last " + VALUE)], NOW + 2 * DAY)
    pulled(store, ["T1"], [entry("T1", project="audit", note="of another project")], NOW, project="audit")
    with store.begin() as connection:
        aliases.note(connection, "main", "T0", "T1", second, NOW + DAY)
        quarantine.put(connection, "main", "T1", "Busy", NOW)
        hints.note(connection, "main", "T1", NOW)
        deletions.note(connection, "main", ["T1", "T2"], second, NOW)
    return store


def send(connection: Connection, subject: str, *, kind: str = "team", state: str = "sent", at: dt.datetime) -> str:
    key = f"absenteeism/{kind}/{subject}/2026-03/r0/{subject}@example.org"
    shared = {"collaborative": "absenteeism", "report": kind, "subject": subject, "period": "2026-03", "revision": 0}
    content = f"To: {subject}\r\n\r\n{subject} wrote {VALUE} {'x' * 3000}".encode()
    waiting = b"" if state == "sent" else content
    line: dict[str, Any] = {"key": key, "recipient": f"{subject}@example.org", "state": state, "message_id": key}
    connection.execute(outbox.insert().values(**line, **shared, payload=waiting, created_at=at, lease_until=at))
    if state == "sent":
        archive.keep_mail(connection, key, content, at)
    return key


def report(connection: Connection, subject: str, snapshot: str, sources: list[str], *, kind: str = "team") -> Report:
    parts = {"page.html": f"{kind} {subject}: {VALUE}".encode(), "shared.png": b"the same chart"}
    figures = materials.keep(connection, f"{subject},41,230\n".encode())
    kept = materials.keep_all(connection, parts)
    made = Report("absenteeism", kind, subject, "2026-03", 0, NOW, snapshot, "", "", "", {}, kept, figures)
    archive.keep_report(connection, made, [("main", one) for one in sources])
    return made


def test_a_purged_record_is_gone_with_all_of_its_past_under_all_of_its_names(filled: Store) -> None:
    done = purge.purge(filled, "main", "T1", NOW + 3 * DAY)

    assert (done.trail.names, done.trail.rows, done.trail.versions) == (("T0", "T1"), 3, 6)
    assert done.trail.in_redcap
    assert filled.records("main") == {"T2"}
    assert [key for _, _, key, _ in past(filled)] == ["main/T2/monthly/1"]
    assert [str(e.key) for e in filled.entries("main")] == ["main/T2/monthly/1"]
    assert [str(e.key) for e in filled.entries("audit")] == ["audit/T1/monthly/1"]
    with filled.read() as connection:
        assert aliases.of(connection, "main") == ()
        assert quarantine.of(connection, "main") == ()
        assert hints.due(connection, "main", NOW + DAY) == ()
        assert [one.record for one in deletions.of(connection, "main")] == ["T2"]
        kept = connection.execute(select(tables.erasure)).one()
        assert (kept.project, kept.at, kept.rows, kept.versions) == ("main", NOW + 3 * DAY, 3, 6)
        text = " ".join(
            str(row) for table in tables.metadata.sorted_tables for row in connection.execute(select(table))
        )
    assert VALUE not in text
    assert EARLIER not in text


def test_nothing_of_its_values_is_left_in_the_files(file: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    # as SQLite is on most computers; Debian's overwrites what is deleted by itself
    monkeypatch.setattr(sqlite, "_PRAGMAS", (*sqlite._PRAGMAS, "PRAGMA secure_delete = OFF"))
    with file.open() as store:
        _fill_a_file(store)
        path = Path(file.url.removeprefix("sqlite:///"))
        assert _found(path.parent, VALUE)
        assert _found(path.parent, EARLIER)

        purge.purge(store, "main", "T1", NOW)

        assert not _found(path.parent, VALUE)  # the write-ahead log included, and while the store is open
        assert not _found(path.parent, EARLIER)
        assert [e.values for e in store.entries("main")] == [{"note": "other"}]
    assert not _found(path.parent, VALUE)


def _fill_a_file(store: Store) -> None:
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, NOW)
    others = [entry(f"X{n}", note=f"padding {n} " * 50) for n in range(200)]
    names = [e.key.record for e in others]
    first = pulled(
        store, ["T0", "T2", *names], [entry("T0", note=EARLIER * 20), entry("T2", note="other"), *others], NOW
    )
    pulled(store, ["T0", "T1"], [entry("T1", note=VALUE * 20)], NOW + DAY)
    pulled(store, names, [], NOW + DAY)
    with store.begin() as connection:
        aliases.note(connection, "main", "T0", "T1", first, NOW)


def _found(folder: Path, value: str) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and value.encode() in path.read_bytes()]


def test_nothing_of_its_values_is_left_in_the_tables_of_the_server(cluster: Cluster, database: Home) -> None:
    tables_of_the_server = cluster.folder / "data" / "base"
    with database.open() as store:
        _fill_a_file(store)
        cluster.sql("CHECKPOINT")
        assert _found(tables_of_the_server, VALUE)

        purge.purge(store, "main", "T1", NOW)

        cluster.sql("CHECKPOINT")  # the server removes the former files then
        assert not _found(tables_of_the_server, VALUE)
        assert not _found(tables_of_the_server, EARLIER)


def test_the_reports_made_of_it_are_told_and_marked_and_the_others_are_not(filled: Store) -> None:
    run = filled.last_run("main")
    assert run
    late = filled.freeze({"main": run.id}, NOW).snapshot.id
    audit = filled.last_run("audit")
    assert audit
    elsewhere = filled.freeze({"audit": audit.id}, NOW).snapshot.id
    with filled.begin() as connection:
        report(connection, "T1", late, ["T1"])
        report(connection, "T2", late, ["T2"])
        report(connection, "c1", late, ["T1", "T2"], kind="coach")
        report(connection, "c2", late, [], kind="coach")  # made of all that its snapshot holds
        report(connection, "c3", elsewhere, [], kind="coach")

    done = purge.purge(filled, "main", "T0", NOW + 3 * DAY)

    told = ["coach c1, 2026-03, revision 0", "coach c2, 2026-03, revision 0", "team T1, 2026-03, revision 0"]
    assert [str(one) for one in done.trail.reports] == told
    with filled.read() as connection:
        marked = {str(one): one.unreproducible_since for one in archive.listing(connection)}
        left = connection.execute(select(report_source.c.record).order_by(report_source.c.record)).scalars().all()
        pages = [materials.read_all(connection, one.parts) for one in archive.listing(connection)]
    assert {name for name, since in marked.items() if since == NOW + 3 * DAY} == set(told)
    assert {name for name, since in marked.items() if since is None} == {
        "coach c3, 2026-03, revision 0", "team T2, 2026-03, revision 0"
    }  # fmt: skip
    assert left == ["", "", "T2", "T2"]  # one that was made of named records goes on to say so
    assert len(pages) == 5  # what was sent stays


def test_a_report_from_before_the_record_came_is_not_of_it(filled: Store) -> None:
    with filled.read() as connection:
        first = connection.execute(select(tables.sync_run.c.id).order_by(tables.sync_run.c.id)).scalars().first()
    assert first
    pulled(filled, ["T9"], [entry("T9", note="new")], NOW + 5 * DAY)
    before = filled.freeze({"main": first}, NOW).snapshot.id
    with filled.begin() as connection:
        report(connection, "c1", before, [], kind="coach")

    assert purge.purge(filled, "main", "T9", NOW).trail.reports == ()
    assert [str(one) for one in purge.purge(filled, "main", "T2", NOW).trail.reports] == [
        "coach c1, 2026-03, revision 0"
    ]


def test_archives_are_kept_unless_they_are_to_go_too(filled: Store) -> None:
    run = filled.last_run("main")
    assert run
    snapshot = filled.freeze({"main": run.id}, NOW).snapshot.id
    with filled.begin() as connection:
        gone = report(connection, "T1", snapshot, ["T1"])
        report(connection, "T2", snapshot, ["T2"])
        sent, _ = (send(connection, one, at=NOW + 2 * DAY) for one in ("T1", "T2"))
        waits = send(connection, "T1", kind="weekly", state="pending", at=NOW + 2 * DAY)  # of no archived report
        send(connection, "T3", kind="weekly", state="pending", at=NOW - DAY)  # made before T0 was first seen
    with filled.read() as connection:
        found = purge.trail(connection, "main", "T1")
    assert [(one.key, one.state, one.archived, one.waiting) for one in found.mails] == [
        (sent, "sent", True, False),
        (waits, "pending", False, True),
    ]

    assert purge.purge(filled, "main", "T1", NOW + 3 * DAY).archives == 0
    with filled.read() as connection:
        assert materials.read_all(connection, gone.parts)
        assert archive.mail(connection, sent)


def test_with_archives_pages_and_mails_go_and_what_waits_is_cancelled(filled: Store) -> None:
    run = filled.last_run("main")
    assert run
    snapshot = filled.freeze({"main": run.id}, NOW).snapshot.id
    with filled.begin() as connection:
        gone = report(connection, "T1", snapshot, ["T1"])
        stays = report(connection, "T2", snapshot, ["T2"])
        sent, other = (send(connection, one, at=NOW + 2 * DAY) for one in ("T1", "T2"))
        waits = send(connection, "T1", kind="weekly", state="pending", at=NOW + 2 * DAY)

    assert purge.purge(filled, "main", "T1", NOW + 3 * DAY, archives=True).archives == 3

    with filled.read() as connection:
        with pytest.raises(StoreError, match="has been purged"):
            materials.read_all(connection, gone.parts)
        assert archive.mail(connection, sent) is None
        assert materials.read_all(connection, stays.parts)
        assert archive.mail(connection, other)
        states = {row.key: (row.state, row.payload) for row in connection.execute(select(outbox))}
    assert states == {sent: ("sent", b""), other: ("sent", b""), waits: ("cancelled", b"")}


def test_a_record_that_is_not_there_is_no_error_and_leaves_the_rest(filled: Store) -> None:
    before = past(filled)

    done = purge.purge(filled, "main", "T77", NOW)

    assert (done.trail.names, done.trail.rows, done.trail.versions) == (("T77",), 0, 0)
    assert past(filled) == before
    with filled.read() as connection:
        assert connection.execute(select(tables.erasure)).all() == []


def test_nothing_is_purged_while_the_project_is_being_pulled(filled: Store) -> None:
    before = past(filled)
    with filled.alone("main"), pytest.raises(StoreLocked, match="A pull of main"):
        purge.purge(filled, "main", "T1", NOW)

    assert past(filled) == before


def test_files_that_others_read_are_cleaned_by_running_it_again(file: Home) -> None:
    path = Path(file.url.removeprefix("sqlite:///"))
    with file.open() as store, file.open() as other:
        _fill_a_file(store)
        with other.read() as connection:
            connection.execute(select(tables.project)).all()  # a reader who stays

            # one reader, who would be waited for as long as for a writer
            store.backend._pragmas = ("PRAGMA busy_timeout = 50", *store.backend._pragmas[1:])  # type: ignore[attr-defined]
            with pytest.raises(StoreLocked, match="The record is deleted, but other processes"):
                purge.purge(store, "main", "T1", NOW)
            assert store.records("main") == {"T2"}
            assert _found(path.parent, VALUE)

        purge.purge(store, "main", "T1", NOW)
        assert not _found(path.parent, VALUE)
