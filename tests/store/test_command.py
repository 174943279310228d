"""`breakthrough store …`, as a person uses it."""

from __future__ import annotations

import datetime as dt
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.store import cluster as clusters
from tests.store.conftest import REDCAP, Home
from tests.store.filling import entry, past, pulled
from tests.store.test_schema import VERSION_1

from breakthrough.cli import group
from breakthrough.errors import SettingInvalid, StoreError, StoreLocked, StoreOutOfDate
from breakthrough.store import Report, Store, archive, lock, materials, projects
from breakthrough.store.tables import outbox

NOW = dt.datetime(2026, 3, 15, 6, 0, tzinfo=dt.UTC)


def deployed(folder: Path, home: Home) -> Path:
    """A deployment folder whose store is there."""
    folder.mkdir(exist_ok=True)
    (folder / "password").write_text(clusters.PASSWORD)
    (folder / "password").chmod(0o600)
    more = "store_password: file:password\n" if home.password else ""
    (folder / "breakthrough.yaml").write_text(
        "collaborative: absenteeism\n"
        "redcap: {url: 'https://redcap.example.org/api/', token: 'env:TOKEN'}\n"
        f"store: {home.url}\n{more}"
    )
    return folder


def run(folder: Path, *words: object, answer: str | None = None) -> Result:
    done = CliRunner().invoke(group, ["store", *map(str, words), "-d", str(folder), "-q"], input=answer)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


@pytest.fixture
def folder(home: Home, tmp_path: Path) -> Path:
    """A deployment with a store in which T1 and T2 are, and a report on T1 that was sent."""
    with home.open() as store:
        with store.begin() as connection:
            projects.claim(connection, "main", REDCAP, 13, NOW)
        number = pulled(store, ["T1", "T2"], [entry("T1", x="1"), entry("T1", 2, x="1"), entry("T2", x="1")], NOW)
        snapshot = store.freeze({"main": number}, NOW).snapshot.id
        with store.begin() as connection:
            page = materials.keep_all(connection, {"page.html": b"page"})
            made = Report("absenteeism", "team", "T1", "2026-03", 0, NOW, snapshot, "", "", "", {}, page, "")
            archive.keep_report(connection, made, [("main", "T1")])
            for key, state in (("a/1", "sent"), ("a/2", "pending")):
                shared = {"collaborative": "absenteeism", "report": "team", "subject": "T1", "period": "2026-03"}
                line = {"key": key, "recipient": key, "message_id": key, "state": state, "created_at": NOW}
                payload = b"" if state == "sent" else b"mail"
                connection.execute(outbox.insert().values(**line, **shared, revision=0, payload=payload))
            archive.keep_mail(connection, "a/1", b"mail", NOW)
    return deployed(tmp_path / "deployment", home)


def test_a_backup_is_written_and_said_with_its_size(folder: Path, tmp_path: Path) -> None:
    done = run(folder, "backup", tmp_path / "b.sqlite")

    size = (tmp_path / "b.sqlite").stat().st_size
    assert done.stdout == f"{tmp_path / 'b.sqlite'} ({size / 1_000_000:,.1f} MB)\n"
    assert stat.S_IMODE((tmp_path / "b.sqlite").stat().st_mode) == 0o600
    with Store.open(f"sqlite:///{tmp_path / 'b.sqlite'}") as copy:
        assert copy.records("main") == {"T1", "T2"}
    with pytest.raises(StoreError, match="overwrites nothing"):
        run(folder, "backup", tmp_path / "b.sqlite")


def test_a_backup_moves_a_deployment_to_another_database(folder: Path, place: Home, tmp_path: Path) -> None:
    run(folder, "backup", tmp_path / "b.sqlite")
    elsewhere = deployed(tmp_path / "elsewhere", place)

    done = run(elsewhere, "restore", tmp_path / "b.sqlite")

    assert done.stdout.endswith("Check it with: breakthrough status\n")
    assert clusters.PASSWORD not in done.output
    with place.open() as store:
        assert store.records("main") == {"T1", "T2"}
    with pytest.raises(StoreError, match="none is overwritten"):
        run(elsewhere, "restore", tmp_path / "b.sqlite")


def test_an_older_store_is_upgraded_after_a_backup_beside_it(file: Home, tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    path = Path(file.url.removeprefix("sqlite:///"))
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(VERSION_1)
    folder = deployed(tmp_path / "deployment", file)

    with pytest.raises(StoreOutOfDate, match="breakthrough store upgrade"):
        run(folder, "backup", tmp_path / "b")
    done = run(folder, "upgrade", "--now", "2026-05-01T12:00+00:00")

    backup = path.with_name("store.sqlite.before-upgrade-20260501T120000Z")
    assert f"The store {path} is now of version 3; it was of version 1." in done.stdout
    assert f"A backup of before is in {backup} (" in done.stdout
    assert backup.is_file()
    assert "version 3 already. Nothing was done" in run(folder, "upgrade").stdout
    with file.open() as store:
        assert len(past(store)) == 7


def test_nothing_is_upgraded_or_restored_while_the_schedule_runs(folder: Path, tmp_path: Path) -> None:
    with lock.held(folder / "breakthrough.run.lock", "A run"):
        for words in (["upgrade"], ["restore", tmp_path / "b"]):
            with pytest.raises(StoreLocked, match="A breakthrough run in this folder is already going on"):
                run(folder, *words)


def test_a_purge_tells_what_it_will_do_and_asks(folder: Path, home: Home) -> None:
    refused = run(folder, "purge", "T1", "--project", "main", answer="n\n")

    assert refused.exit_code == 1
    told = refused.stdout
    assert "T1 of main: 2 rows, and 2 versions in the history." in told
    assert "REDCap still has it, as last pulled: unless it is deleted there, the next pull brings it back." in told
    assert "can then not be made again:\n  team T1, 2026-03, revision 0\n" in told
    assert "The pages of these reports and 1 archived mail show figures, and perhaps words" in told
    assert "They stay as they were sent; --archives erases them, too." in told
    assert "1 mail in the outbox may show something of it. Those not sent yet go out as they are" in told
    assert "  pending    a/2\n" in told
    assert "This cannot be undone" in refused.stderr
    with home.open() as store:
        assert store.records("main") == {"T1", "T2"}


def test_a_purge_erases_and_says_what_is_beyond_it(folder: Path, home: Home) -> None:
    done = run(folder, "purge", "T1", "--project", "main", "--yes")

    assert "Erased: 2 rows, and 2 versions in the history.\n" in done.stdout
    assert "What was sent cannot be called back" in done.stdout
    assert "Backups made before" in done.stdout
    with home.open() as store, store.read() as connection:
        assert [key for _, _, key, _ in past(store)] == ["main/T2/monthly/1"]
        assert archive.mail(connection, "a/1") == b"mail"
    again = run(folder, "purge", "T1", "--project", "main", "--yes")
    assert again.stdout == "Nothing of T1 is in the store. Its files were cleaned of what had been deleted before.\n"


def test_a_purge_with_archives_erases_those_too(folder: Path, home: Home) -> None:
    done = run(folder, "purge", "T1", "--project", "main", "--yes", "--archives")

    assert "They are erased, too." in done.stdout
    assert "archived pages and mails: 3" in done.stdout
    with home.open() as store, store.read() as connection:
        assert archive.mail(connection, "a/1") is None


def test_a_project_that_was_never_pulled_is_a_mistake(folder: Path) -> None:
    with pytest.raises(SettingInvalid, match=r"of a project 'mian'\. The store knows: main"):
        run(folder, "purge", "T1", "--project", "mian", "--yes")


@pytest.mark.parametrize("words", [["upgrade"], ["backup"], ["restore"], ["purge"]])
def test_every_verb_has_help_with_an_example(words: list[str]) -> None:
    shown = CliRunner().invoke(group, ["store", *words, "--help"])

    assert shown.exit_code == 0
    assert f"breakthrough store {words[0]}" in shown.output.split("Example:")[1]
