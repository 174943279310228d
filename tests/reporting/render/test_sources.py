"""What rendering reads, taken along: nothing but those files makes the report afterwards."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest
from tests.reporting.world import World, world

from breakthrough.collaborative import Collaborative
from breakthrough.content import Content, shipped
from breakthrough.errors import ReportError
from breakthrough.reporting import render
from breakthrough.reporting.render import sources

OWN = '{% extends "shipped/team.html.j2" %}{% block about %}{% include "about.txt" %}{% endblock %}'


PO = 'msgid "Next dates"\nmsgstr "Days to come"\n'


@pytest.fixture(scope="module")
def here(absenteeism: Collaborative) -> World:
    return world(absenteeism)


@pytest.fixture
def content(tmp_path: Path) -> Content:
    """A program's folder of the test's own, and a deployment whose template includes a file beside it."""
    shutil.copytree(shipped() / "reports", tmp_path / "program" / "reports")
    folder = tmp_path / "deployment" / "reports"
    for name, text in (
        ("templates/team.html.j2", OWN),
        ("templates/about.txt", "Ask Ros."),
        ("wording/en.po", PO),
        ("templates/.draft", "x"),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return Content(tmp_path / "deployment", tmp_path / "program")


def test_all_that_reports_read_is_taken_of_both_folders_and_nothing_that_they_do_not(content: Content) -> None:
    names = set(sources.files(content))
    assert {name for name in names if name.startswith("deployment/")} == {
        "deployment/reports/templates/team.html.j2",
        "deployment/reports/templates/about.txt",
        "deployment/reports/wording/en.po",
    }
    assert {name.removeprefix("program/reports/") for name in names if name.startswith("program/")} == {
        *(
            f"templates/{name}.{kind}.j2"
            for name in (
                "team",
                "coach",
                "leader",
                "collaborative",
                "coordinator",
                "closing",
                "drift",
                "trial",
                "reminder",
                "preview",
                "alert",
                "returned",
                "layout",
                "letter",
                "parts",
                "archive",
            )
            for kind in ("html", "txt")
        ),
        "templates/change_package.html.j2",
        "templates/story.html.j2",
        "templates/unsubscribe.html.j2",
        "static/print.css",
        "change_package.yaml",
        "closing.yaml",
        "story.yaml",
        "static/report.css",
        "static/page.css",
        "static/fonts/BreakthroughSans-Regular.otf",
        "static/fonts/BreakthroughSans-SemiBold.otf",
        "wording/messages.pot",
        "coach.yaml",
        "collaborative.yaml",
        "coordinator.yaml",
        "drift.yaml",
        *(f"{name}.yaml" for name in ("trial", "reminder", "preview", "alert", "returned")),
        "leader.yaml",
        "team.yaml",
    }


def test_whatever_is_changed_or_added_afterwards_the_report_stays_the_same(here: World, content: Content) -> None:
    before = [render.team(here.team(), content), render.coach(here.coach(), content)]
    assert "Ask Ros." in before[0].html
    assert "Days to come" in before[0].html
    kept = sources.files(content)
    assert content.deployment
    for folder in content.folders:
        for path in sorted((folder / "reports").rglob("*")):
            if path.is_file():
                path.write_bytes(b"broken {{")
    (content.deployment / "reports" / "static").mkdir()
    (content.deployment / "reports" / "static" / "report.css").write_text("p{color:red}")
    (content.deployment / "reports" / "templates" / "coach.html.j2").write_text("another")

    with sources.put_out(kept) as stored:
        assert [render.team(here.team(), stored), render.coach(here.coach(), stored)] == before


def test_the_folder_is_ours_alone_and_gone_afterwards(content: Content) -> None:
    with sources.put_out(sources.files(content)) as stored:
        folder = stored.program.parent
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert sources.files(stored) == sources.files(content)
    assert not folder.exists()


@pytest.mark.parametrize("name", ["../x", "program/../../x", "/etc/x", "other/x"])
def test_a_file_outside_the_folder_is_not_written(name: str) -> None:
    with pytest.raises(ReportError, match="names a file outside"), sources.put_out({name: b"x"}):
        pass
