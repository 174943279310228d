"""`breakthrough pull` and `breakthrough status`, as a person runs them on a deployment of several projects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from tests.pull.site import Host, Site, cell

from breakthrough import cli
from breakthrough.demo import play, stage
from breakthrough.demo.play import Theatre
from breakthrough.errors import BreakthroughError
from breakthrough.instruments.plan import Wanted
from breakthrough.redcap.deploy import deploy
from breakthrough.store import Store
from breakthrough.store.tables import sync_run

NOW = "2026-04-15T07:00"
LATER = "2026-04-15T07:05"


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with play.opened(tmp_path_factory.mktemp("command") / "out", "absenteeism", None) as opened:
        here, client = opened.here, opened.here.client(deploying=True)
        deploy(client, Wanted(here.project, opened.scene.teams))
        stage.enter(client, opened.scene, None, lambda _: None)
        yield opened


@pytest.fixture
def audit(host: Host) -> Site:
    """A second project, on another server."""
    site = host.project((cell("id", "chart"), cell("visit", "chart")), ())
    site.enter({"id": "1", "visit": "x"})
    return site


@pytest.fixture
def folder(theatre: Theatre, tmp_path: Path) -> Path:
    """A deployment folder of the test's own."""
    for name in ("breakthrough.yaml", "collaborative.yaml", "secrets/deploy.token", "secrets/worker.token"):
        copy = tmp_path / name
        copy.parent.mkdir(exist_ok=True)
        copy.touch(mode=0o600)
        copy.write_text((theatre.here.folder / name).read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


@pytest.fixture
def both(folder: Path, audit: Site) -> Path:
    """The same with the audit project beside the collaborative's own."""
    path = folder / "breakthrough.yaml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    settings["projects"] = {"audit": {"url": audit.url, "token": "file:secrets/audit.token"}}
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    (folder / "secrets" / "audit.token").touch(mode=0o600)
    (folder / "secrets" / "audit.token").write_text(audit.token, encoding="utf-8")
    return folder


def run(command: str, folder: Path, *arguments: str, now: str = NOW) -> Result:
    # in this process: a new one would take seconds to start
    given = [command, "-d", str(folder), "--now", now, *arguments]
    return CliRunner().invoke(cli.group, given, standalone_mode=False)


def told(result: Result) -> str:
    assert result.exception is None, result.exception
    return result.stdout


def facts(result: Result) -> Any:
    return json.loads(told(result))


def test_pull_tells_what_it_did_and_the_second_time_that_it_did_nothing(folder: Path) -> None:
    first, second = (told(run("pull", folder)) for _ in range(2))

    assert first.startswith("12 records: ")
    assert " rows new, 0 changed, 0 gone" in first
    assert "0 rows new, 0 changed, 0 gone" in second


def test_several_projects_are_pulled_and_named(both: Path) -> None:
    lines = told(run("pull", both)).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["main", "audit"]
    assert lines[1].startswith("audit: 1 record: ")


def test_one_of_them_can_be_named(both: Path) -> None:
    found = facts(run("pull", both, "--project", "audit", "--json"))
    assert [(one["project"], one["mode"], one["records"]) for one in found] == [("audit", "full", 1)]


def test_a_name_that_is_none_is_refused(both: Path) -> None:
    wrong = run("pull", both, "--project", "audits").exception
    assert isinstance(wrong, BreakthroughError)
    assert "main, audit" in str(wrong)


def test_one_that_fails_is_told_of_and_the_others_are_pulled(both: Path) -> None:
    (both / "secrets" / "audit.token").write_text("0123456789ABCDEF" * 2, encoding="utf-8")

    done = run("pull", both)

    assert "main: 12 records" in done.stdout
    assert "Error: audit: REDCap refused the token" in done.stderr
    assert isinstance(done.exception, SystemExit)
    assert done.exception.code == 57
    shown = told(run("status", both))
    assert "REDCap refuses the token" in shown
    assert "breakthrough pull --project audit" in shown


@pytest.mark.parametrize(("option", "mode"), [("--full", "full"), ("--reconcile", "reconcile")])
def test_everything_can_be_read_again(folder: Path, option: str, mode: str) -> None:
    told(run("pull", folder))
    (found,) = facts(run("pull", folder, option, "--json"))
    assert (found["mode"], found["records"], found["updated"]) == (mode, 12, 0)


def test_both_at_once_are_wrong_use(folder: Path) -> None:
    assert "name one of them" in str(run("pull", folder, "--full", "--reconcile").exception)


def test_the_proof_shows_counts_and_hashes_of_both_sides(folder: Path) -> None:
    shown = told(run("pull", folder, "--reconcile"))
    line = next(line for line in shown.splitlines() if "monthly_measures" in line).split()

    assert "12 records compared, 12 differed, 0 of them missed by the pulls before." in shown
    assert line[1:3] == line[3:5]
    assert line[-1] == "same"
    assert len(line[2]) == 12
    (found,) = facts(run("pull", folder, "--reconcile", "--json"))
    sides = found["comparison"]
    assert (sides["agrees"], sides["redcap"]) == (True, sides["store"])
    assert sides["store"]["instruments"]["monthly_measures"]["digest"].startswith(line[2])


def test_status_tells_what_is_held_how_sure_it_is_and_when_it_is_pulled_next(both: Path) -> None:
    before = told(run("status", both))
    assert before.count("Last pull     never") == 2
    told(run("pull", both, "--reconcile"))

    shown = told(run("status", both))

    assert "Last pull     15 April 2026, 07:00 (everything, as a check)" in shown
    assert "Held          12 records" in shown
    assert "monthly_measures" in shown
    assert "Drift         0 of 12 records had been missed" in shown
    assert "Next pull     16 April 2026, 07:00 (what has changed)" in shown
    assert "  !" not in shown
    found = facts(run("status", both, "--json"))
    assert [one["project"] for one in found["projects"]] == ["main", "audit"]
    assert found["projects"][0]["checks"][0]["agreed"] is True
    assert found["rows"] == found["projects"][0]["rows"]
    assert found["projects"][0]["lacking_fields"] == []


def test_deletions_are_held_shown_and_confirmed(both: Path, audit: Site) -> None:
    audit.enter(*({"id": str(n), "visit": "x"} for n in range(2, 11)))
    told(run("pull", both, "--project", "audit"))
    audit.delete("1", "2", "3")

    held = run("pull", both, "--project", "audit")
    assert getattr(held.exception, "exit_code", None) == 59
    assert "--confirm-deletions" in str(held.exception)
    shown = told(run("status", both))
    assert "3 records (1, 2, 3) of 10 are no longer on REDCap's list" in shown
    assert "breakthrough pull --project audit --confirm-deletions" in shown

    done = run("pull", both, "--project", "audit", "--confirm-deletions", now=LATER)
    assert "7 records" in told(done)
    assert "3 deletions confirmed" in done.stderr
    shown = told(run("status", both))
    assert "Held          7 records" in shown
    assert "no longer" not in shown


def test_a_pull_that_failed_is_told_with_its_remedy(both: Path, audit: Site) -> None:
    told(run("pull", both))
    audit.host.faults({"kind": "status", "status": 500, "content": "version", "nth": [1, 2, 3, 4]})
    with Store.open(f"sqlite:///{both}/breakthrough.sqlite") as store, store.begin() as connection:
        connection.execute(sync_run.update().where(sync_run.c.project == "audit").values(state="failed", note="Busy"))

    shown = told(run("status", both))

    assert (
        "The last pull failed (Busy). What is held is as it was before. Run: breakthrough pull --project audit" in shown
    )
