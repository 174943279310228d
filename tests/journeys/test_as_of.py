"""A month that was sent, made again weeks later on the command line: as it was, whatever has been changed since."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pandas as pd
import pytest
import yaml
from tests.journeys.played import Command

from breakthrough import cli, measures
from breakthrough import collaborative as collaboratives
from breakthrough.demo import play, stage
from breakthrough.demo.play import Theatre
from breakthrough.errors import BreakthroughError, SettingInvalid
from breakthrough.instruments.plan import Wanted
from breakthrough.redcap.deploy import deploy
from breakthrough.reporting.render import report as rendering
from breakthrough.worker import versions

SENT = "2026-04-15T07:00"
LATER = "2026-06-01T09:00"
OWN = '{% extends "shipped/team.html.j2" %}{% block about %}Ask Ros, who has the plan.{% endblock %}'
_TEAMS = [f"T{number:03d}" for number in range(1, 13)]
# that were mailed and can be made again, in the order in which they are told
REPORTS = [*(f"team-{team}" for team in _TEAMS), "coach-c1", "coach-c2", *(f"leader-{team}" for team in _TEAMS)]
COORDINATORS = "coordinator-attendance-2025-09"
MADE = [
    *REPORTS,
    "collaborative-attendance",
    COORDINATORS,
]


def ran(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own, in that environment."""
    command = [sys.executable, "-m", "breakthrough", *map(str, arguments)]
    env = {**os.environ, **environment}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, env=env)


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with play.opened(tmp_path_factory.mktemp("as-of") / "out", "absenteeism", None) as opened:
        here, client = opened.here, opened.here.client(deploying=True)
        deploy(client, Wanted(here.project, opened.scene.teams))
        stage.enter(client, opened.scene, None, lambda _: None)
        yield opened


@pytest.fixture(scope="module")
def pages(theatre: Theatre, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of the month at the moment at which it is sent, with templates of the deployment's own."""
    folder = theatre.here.folder
    _put(folder, "templates/team.html.j2", OWN)
    assert ran("pull", "-d", folder, "--now", SENT).returncode == 0
    to = tmp_path_factory.mktemp("pages")
    done = ran("report", "-d", folder, "--now", SENT, "--to", to, PYTHONHASHSEED="1")
    assert done.returncode == 0, done.stderr
    return to


@pytest.fixture(scope="module")
def sent(theatre: Theatre, pages: Path) -> Path:
    """The deployment, once the month was sent and then all that reports are made of was changed."""
    folder = theatre.here.folder
    done = ran("send", "-d", folder, "--now", SENT, PYTHONHASHSEED="1")
    assert done.returncode == 0, done.stderr
    _put(folder, "templates/team.html.j2", OWN.replace("Ros", "Juno"))
    _put(folder, "templates/coach.html.j2", OWN.replace("team.html", "coach.html"))
    _put(folder, "static/report.css", "td { color: #123456 }\n")
    _put(folder, "wording/en.po", 'msgid "Latest"\nmsgstr "Newest"\n')
    config = folder / "collaborative.yaml"
    changed = yaml.load(config.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - as it is written
    changed["name"] = "Another name"
    changed["aim"]["goal"] = changed["measures"]["ca_day"]["goal"] = "3.2"
    config.write_text(yaml.safe_dump(changed, allow_unicode=True), encoding="utf-8")
    client = theatre.here.client(deploying=True)
    rows = client.records(forms=["monthly_measures"], fields=["record_id"], dags=False)
    late = [row | {"sd_abs": "123"} for row in rows if row["mm_period"] == "2026-02-01"]
    assert len(late) >= 10
    client.import_records(late)
    pulled = ran("pull", "-d", folder, "--now", "2026-05-01T06:00", "--reconcile")
    assert pulled.returncode == 0, pulled.stderr
    assert f"{len(late)} changed" in pulled.stdout
    return folder


def _put(folder: Path, name: str, text: str) -> None:
    path = folder / "reports" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def folder(sent: Path, tmp_path: Path) -> Path:
    """A copy of it for a test that changes more."""
    shutil.copytree(sent, tmp_path / "deployment")
    return tmp_path / "deployment"


def told(stderr: str) -> dict[str, str]:
    """What was said of each report, by kind and code."""
    found = re.findall(r"^(team|coach|leader) (\w+), .*? made .*?: (.*)$", stderr, re.MULTILINE)
    return {f"{kind}-{code}": what for kind, code, what in found}


def content(folder: Path) -> dict[str, bytes]:
    return {path.name.removeprefix("2026-03-").removesuffix(".html"): path.read_bytes() for path in folder.iterdir()}


def test_the_month_comes_out_byte_for_byte_whatever_was_changed_and_wherever_it_is_made(
    sent: Path, pages: Path, tmp_path: Path
) -> None:
    """In another process with another hash seed, time zone and language, from another folder."""
    elsewhere = {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8", "LANG": "de_DE.UTF-8"}
    done = ran("report", "-d", sent, "--now", LATER, "--as-of", "2026-04-15", "--to", tmp_path / "again", **elsewhere)

    assert done.returncode == 0, done.stderr
    assert told(done.stderr) == dict.fromkeys(REPORTS, "identical byte for byte")
    assert done.stdout.split() == [str(tmp_path / "again" / f"2026-03-{name}.html") for name in REPORTS]
    assert content(tmp_path / "again") == {name: content(pages)[name] for name in REPORTS}
    assert b"Ask Ros, who has the plan" in content(pages)["team-T001"]


def test_without_as_of_the_month_is_made_of_what_is_there_today(sent: Path, pages: Path, tmp_path: Path) -> None:
    done = ran("report", "-d", sent, "--now", LATER, "--month", "2026-03", "--to", tmp_path / "today")
    assert done.returncode == 0, done.stderr
    today, then = content(tmp_path / "today"), content(pages)
    assert sorted(today) == sorted(MADE)
    assert [name for name in REPORTS if today[name] == then[name]] == []
    for mark in (b"Another name", b"Ask Juno", b"Newest", b"#123456", b"Goal 3.2%"):
        assert (mark in today["team-T001"], mark in then["team-T001"]) == (True, False), mark


def test_the_mails_are_in_the_archive_as_they_arrived(theatre: Theatre, sent: Path, run: Command) -> None:
    inbox = [path.read_bytes() for path in (theatre.output / "inbox").glob("*.eml")]
    keys = re.findall(r"^sent +at \d\d \w+ \d\d:\d\d +(\S+)", run("outbox", "list", "-d", sent).stdout, re.MULTILINE)
    assert len(keys) == len(inbox) == 39
    command = [sys.executable, "-m", "breakthrough", "outbox", "show", "-d", str(sent), keys[5]]
    shown = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    assert inbox.count(shown) == 1
    unknown = run("outbox", "show", "-d", sent, "nothing")
    assert (unknown.returncode, "No mail of that key is archived" in unknown.stderr) == (90, True)


Said = Callable[..., tuple[int, str]]


@pytest.fixture
def report(sent: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Said:
    """Makes reports in this process, into the folder `again`; gives the exit code and what was said."""

    def command(*arguments: str) -> tuple[int, str]:
        given = ["report", "-d", str(sent), "--now", LATER, "--to", str(tmp_path / "again"), "--quiet", *arguments]
        try:
            cli.group.main(given, standalone_mode=False)
        except (BreakthroughError, click.ClickException) as error:
            message = error.message if isinstance(error, click.ClickException) else str(error)
            return error.exit_code, f"{capsys.readouterr().err}{message}"
        return 0, capsys.readouterr().err

    return command


@pytest.mark.parametrize(
    ("arguments", "words", "number"),
    [
        (
            ("--as-of", "2026-04-15", "--only", "T001"),
            "team T001, 2026-03, revision 0, made 15 April 2026: identical",
            2,
        ),
        (("--as-of", "2026-05-31", "--month", "2026-03", "--only", "c1"), "coach c1, 2026-03, revision 0", 1),
        (("--as-of", "2026-04-15T07:00:00+01:00", "--only", "T001"), "identical byte for byte", 2),  # and its leader's
    ],
)
def test_one_report_of_a_month_a_day_or_a_moment(
    report: Said, tmp_path: Path, arguments: tuple[str, ...], words: str, number: int
) -> None:
    code, said = report(*arguments)
    assert (code, words in said, said.count("\n")) == (0, True, number), said
    assert len(list((tmp_path / "again").iterdir())) == number


@pytest.mark.parametrize(("at", "late"), [("2026-04-30", False), ("2026-05-01", True)])
def test_what_had_not_been_sent_by_then_is_made_from_what_was_held_then(
    report: Said, tmp_path: Path, at: str, late: bool
) -> None:
    """February never was sent. Its counts were changed in REDCap and pulled on 1 May."""
    code, said = report("--month", "2026-02", "--only", "T001", "--as-of", at)
    assert code == 0, said
    assert "No report of T001 for February 2026 had been sent by then" in said
    page = (tmp_path / "again" / "2026-02-team-T001.html").read_text(encoding="utf-8")
    assert ("123 of " in page, "Another name" in page) == (late, True)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--as-of", "2026-06-02"), 31, "--as-of 2026-06-02 is still to come"),
        (("--as-of", "2026-06-01T09:01"), 31, "is still to come"),
        (("--as-of", "2026-04-14"), 82, "By 23:59 on 14 April 2026 no records had been pulled"),
        (("--as-of", "2026-04-15T06:59:59"), 82, "The first complete pull ended at 07:00 on 15 April 2026."),
        (("--as-of", "yesterday"), 2, "'yesterday' is not a time"),
        (("--as-of", "2026-04-15", "--month", "2026-05"), 82, "May 2026 has not begun"),
        (("--as-of", "2026-04-15", "--month", "2019-01"), 82, "outside the collaborative's months"),
        (("--as-of", "2026-04-15", "--only", "T099"), 82, "There is no team or coach 'T099'"),
    ],
)
def test_what_cannot_be_meant_is_said(
    report: Said, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    found, said = report(*arguments)
    assert (found, words in said) == (code, True), said
    assert not (tmp_path / "again").exists()


def test_reports_that_told_of_an_erased_record_cannot_be_made_again_those_that_showed_it_among_peers_as_well(
    folder: Path, tmp_path: Path, run: Command
) -> None:
    purged = run("store", "purge", "T003", "--project", "main", "--yes", "-d", folder, "--now", "2026-05-20")
    assert purged.returncode == 0, purged.stderr
    lost = set(re.findall(r"^  (\w+ \w+), 2026-03, revision 0$", purged.stdout, re.MULTILINE))
    # a leader's report tells of no other team; whether T011's denominator jumped is judged beside all teams' jumps
    kept = [name for name in REPORTS if name.startswith("leader") and name not in {"leader-T003", "leader-T011"}]
    gone = [name for name in REPORTS if name not in kept]
    assert lost == {name.replace("-", " ") for name in gone}
    done = run("report", "-d", folder, "--now", LATER, "--as-of", "2026-04-15", "--to", tmp_path / "again")
    why = "cannot be made again: a record that it was made of was erased from the store on 20 May 2026"
    assert told(done.stderr) == dict.fromkeys(REPORTS, "identical byte for byte") | dict.fromkeys(gone, why)
    assert done.returncode == 0, done.stderr  # none of them is otherwise than it should be
    assert len(list((tmp_path / "again").iterdir())) == len(kept) == 10


ONE = ("--as-of", "2026-04-15", "--only", "T001")


@pytest.fixture
def upgraded(monkeypatch: pytest.MonkeyPatch) -> None:
    now: Mapping[str, str] = dict(versions.libraries()) | {"pandas": "99.1"}
    monkeypatch.setattr(versions, "libraries", lambda: now)
    monkeypatch.setattr(versions, "code", lambda: "99.0.0")


@pytest.fixture
def other_words(monkeypatch: pytest.MonkeyPatch) -> None:
    right = rendering._tidy
    monkeypatch.setattr(rendering, "_tidy", lambda text: right(text) + "PS\n")


@pytest.fixture
def other_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    right = measures.results

    def off_by_one(*given: Any, **more: Any) -> pd.DataFrame:
        frame = right(*given, **more)
        here = (frame["team"] == "T001") & (frame["measure"] == "ca_day") & (frame["month"] == "2026-03")
        return frame.assign(numerator=frame["numerator"].where(~here, frame["numerator"] + 1))

    monkeypatch.setattr(measures, "results", off_by_one)


@pytest.mark.usefixtures("upgraded")
def test_after_an_upgrade_that_changes_nothing_it_is_identical_and_the_versions_are_told(report: Said) -> None:
    code, said = report(*ONE)
    assert (code, "identical byte for byte" in said) == (0, True)
    assert re.search(r"Other versions than then: breakthrough \S+, now 99\.0\.0; pandas \S+, now 99\.1\.", said), said


@pytest.mark.usefixtures("upgraded", "other_words")
def test_after_an_upgrade_that_changes_the_page_the_figures_are_the_same(report: Said) -> None:
    code, said = report(*ONE)
    assert (code, "differs from what was sent in mail.txt; the figures are the same" in said) == (0, True), said


@pytest.mark.usefixtures("upgraded", "other_figures")
def test_after_an_upgrade_that_changes_a_figure_it_is_an_error(report: Said) -> None:
    code, said = report(*ONE)
    assert (code, "other figures: T001 ca_day 2026-03" in said) == (83, True), said
    assert "2 of 2 reports did not come out as sent" in said


@pytest.mark.usefixtures("other_words")
def test_without_an_upgrade_another_byte_is_an_error(report: Said) -> None:
    code, said = report(*ONE)
    assert (code, "differs from what was sent in mail.txt; the figures are the same" in said) == (83, True), said


@pytest.mark.usefixtures("upgraded")
def test_after_an_upgrade_that_no_longer_takes_the_configuration_of_then_it_is_an_error(
    report: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(*_: object) -> None:
        raise SettingInvalid("the archived collaborative.yaml, line 3: the key 'topic' is not known.")

    monkeypatch.setattr(collaboratives, "parse", refusing)
    code, said = report(*ONE)
    assert (code, "cannot be made again: the archived collaborative.yaml, line 3" in said) == (83, True), said
