"""The commands: a report as PDF, the archive of all of them, and what is said of files that are broken."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.kinds.conftest import Month

from breakthrough import paper
from breakthrough.cli import group
from breakthrough.errors import PaperMissing

Run = Callable[..., Result]


@pytest.fixture
def run(month: Month) -> Iterator[Run]:
    """Runs a command in the collaborative's deployment, on the morning on which March is due."""
    here = month.theatre.here
    store = here.folder / here.settings.store.removeprefix("sqlite:///")
    store.parent.mkdir(exist_ok=True)
    store.write_bytes(month.pulled)
    broken = here.folder / "reports" / "coach.yaml"
    now = month.theatre.now.isoformat()
    yield lambda name, *more: CliRunner().invoke(group, [name, "-d", str(here.folder), "--now", now, *map(str, more)])
    broken.unlink(missing_ok=True)


def test_a_report_is_written_as_page_and_pdf(run: Run, tmp_path: Path) -> None:
    try:
        paper.pdf("<html lang='en'><title>Try</title>")
    except PaperMissing as absent:
        pytest.skip(f"WEASYPRINT ABSENT: that reports print was NOT tested. {absent}")
    done = run("report", "--to", tmp_path, "--only", "c1", "--pdf", "--paper", "Letter")
    assert done.exit_code == 0, done.output
    assert {path.name for path in tmp_path.iterdir()} == {"2026-03-coach-c1.html", "2026-03-coach-c1.pdf"}
    assert (tmp_path / "2026-03-coach-c1.pdf").read_bytes().startswith(b"%PDF-")


OWN_WORDS = """msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8"

msgid "Nothing is missing"
msgstr "You owe nothing"

msgid "Next dates"
msgstr "Your diary"
"""


def test_a_report_is_written_in_the_deployments_own_words_wherever_they_are_said(
    month: Month, run: Run, tmp_path: Path
) -> None:
    own = month.theatre.here.folder / "reports" / "wording" / "en.po"
    own.parent.mkdir()
    own.write_text(OWN_WORDS, encoding="utf-8")
    try:
        done = run("report", "--to", tmp_path, "--only", "T001")
    finally:
        shutil.rmtree(own.parent)
    assert done.exit_code == 0, done.output
    page = (tmp_path / "2026-03-team-T001.html").read_text(encoding="utf-8")
    assert "<h2>You owe nothing</h2>" in page  # said in a sentence
    assert "<h2>Your diary</h2>" in page  # said in a template
    assert "Nothing is missing" not in page


def test_an_archive_is_filled_and_says_what_of_it_was_sent(run: Run, tmp_path: Path) -> None:
    done = run("report", "--archive", tmp_path / "archive")
    assert done.exit_code == 0, done.output
    assert str(tmp_path / "archive" / "index.html") in done.stdout
    assert "0 reports as sent and 28 made for it, as they were never sent" in done.stderr
    again = run("report", "--archive", tmp_path / "archive")
    assert "0 files written, 0 taken away" in again.stderr


@pytest.mark.parametrize("more", [("--only", "T001"), ("--as-of", "2026-04-15")])
def test_an_archive_is_of_all_reports_as_they_were_sent(run: Run, tmp_path: Path, more: tuple[str, str]) -> None:
    done = run("report", "--archive", tmp_path / "archive", *more)
    assert done.exit_code == 2
    assert not (tmp_path / "archive").exists()


def test_a_broken_file_is_told_by_status_and_by_report_which_goes_on(month: Month, run: Run, tmp_path: Path) -> None:
    own = month.theatre.here.folder / "reports" / "coach.yaml"
    own.write_text("sections:\n  - answer\n  - zebra\n", encoding="utf-8")
    told = f"{own}, line 3: the coach report has no section 'zebra'."
    assert f"! {told}" in run("status").stdout
    (fault,) = json.loads(run("status", "--json").stdout)["report_faults"]
    assert fault.startswith(told)
    done = run("report", "--to", tmp_path, "--only", "c1")
    assert done.exit_code == 0
    assert done.stderr.count(told) == 1
    assert (tmp_path / "2026-03-coach-c1.html").is_file()
