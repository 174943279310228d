"""However many teams there are, and whatever they share, every report can be mailed; its page tells of all."""

from __future__ import annotations

import dataclasses

import pytest
from tests.reporting.ending import document, people, policy, reaped
from tests.reporting.world import world

from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.reporting import render
from breakthrough.reporting.views import ClosingReport, CoachReport, closing_report, collaborative_report

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


def coached(collaborative: Collaborative, teams: int) -> CoachReport:
    report = world(collaborative).coach()
    each = report.rows[0]
    assert each.figure is not None
    rows = [dataclasses.replace(each, team=NAME.format(at)) for at in range(teams)]
    pictured = [
        dataclasses.replace(row, figure=dataclasses.replace(each.figure, name=f"row-{at}"))
        for at, row in enumerate(rows[:20])
    ]
    return dataclasses.replace(report, rows=(*pictured, *(dataclasses.replace(r, figure=None) for r in rows[20:])))


def test_a_coach_of_many_teams_gets_those_in_need_first_and_reads_of_the_others(absenteeism: Collaborative) -> None:
    told = render.coach(coached(absenteeism, 90), Content())
    assert len(told.html.encode()) < 95_000
    assert f"After these: {NAME.format(20)} 8.2%, " in told.html
    assert f"{NAME.format(58)} 8.2% and {NAME.format(59)} 8.2%. The page tells of 30 more teams." in told.html
    assert NAME.format(60) not in told.html
    assert all(NAME.format(at) in told.page for at in range(90))
    assert "After these" not in told.page


def test_a_coach_of_a_few_teams_gets_them_all_in_the_mail(absenteeism: Collaborative) -> None:
    told = render.coach(coached(absenteeism, 20), Content())
    assert NAME.format(19) in told.html
    assert "After these" not in told.html


def test_the_words_for_all_teams_panels_name_forty_and_count_the_others(absenteeism: Collaborative) -> None:
    there = world(policy(absenteeism, "named"))
    one = there.charts["T001", "ca_day"]
    codes = [f"T{at:03}" for at in range(300)]
    many = there.together(
        teams=frozenset(codes), panels=dict.fromkeys(codes, one), names={code: f"Team {code}" for code in codes}
    )
    report = collaborative_report(many)
    assert report.teams is not None
    assert report.teams.figure is not None
    assert report.teams.figure.alt.count("Team T") == 40
    assert report.teams.figure.alt.endswith("; 260 more.")
    assert len(render.collaborative(report, Content()).html.encode()) < 95_000
