"""However many teams there are, and whatever they share, the closing report can be mailed; its page tells of all."""

from __future__ import annotations

import dataclasses

import pytest
from tests.reporting.ending import document, people, reaped

from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.reporting import render
from breakthrough.reporting.views import ClosingReport, closing_report

NAME = "Ärztliche Kinder- und Jugendklinik {:04}"  # as long as names are shown, or nearly


def many(collaborative: Collaborative, teams: int, files: int) -> ClosingReport:
    note = "Ein Wort über alles, was geteilt wird. " * 6
    shared = dataclasses.replace(
        people(), storyboards=(), documents=tuple(document("T001", shared=True, text=note) for _ in range(files))
    )
    report = closing_report(reaped(collaborative, shared))
    first, *others = report.results
    each = first.lines[1]
    lines = (first.lines[0], *(dataclasses.replace(each, who=NAME.format(at)) for at in range(teams)))
    return dataclasses.replace(report, results=(dataclasses.replace(first, lines=lines), *others))


def test_a_mail_stays_whole_and_says_how_many_more_are_on_the_page(absenteeism: Collaborative) -> None:
    told = render.closing(many(absenteeism, teams=160, files=200), Content())
    assert len(told.html.encode()) < 95_000
    assert (NAME.format(58) in told.html, NAME.format(59) in told.html) == (True, False)
    assert "The page tells of 101 more teams." in told.html
    assert "The page has 185 more files." in told.html
    assert all(NAME.format(at) in told.page for at in range(160))
    assert told.page.count("Open it in REDCap") == 200
    assert "more teams" not in told.page
    assert "more files" not in told.page


@pytest.mark.parametrize(("teams", "files"), [(59, 15), (3, 1)])
def test_a_mail_that_has_room_for_all_says_nothing_of_a_page(
    absenteeism: Collaborative, teams: int, files: int
) -> None:
    told = render.closing(many(absenteeism, teams, files), Content())
    assert NAME.format(teams - 1) in told.html
    assert told.html.count("Open it in REDCap") == files
    assert "The page" not in told.html


def test_of_one_more_it_speaks_in_the_singular(absenteeism: Collaborative) -> None:
    told = render.closing(many(absenteeism, teams=60, files=16), Content())
    assert "The page tells of one more team." in told.html
    assert "The page has one more file." in told.html
