"""A month goes out also where a file of the deployment's own is broken, and somebody learns of it."""

from __future__ import annotations

import dataclasses
import logging
from pathlib import Path

import pytest
from tests.reporting.world import World, world

from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.reporting import render
from breakthrough.reporting.render import sources

TEAM, COACH = '{% extends "shipped/team.html.j2" %}', '{% extends "shipped/coach.html.j2" %}'


@pytest.fixture(scope="module")
def here(absenteeism: Collaborative) -> World:
    return world(absenteeism)


def put(folder: Path, **files: str) -> Content:
    """A deployment with those files in its reports/; a name's two underscores are a slash, its one before j2 a dot."""
    for name, text in files.items():
        path = folder / "reports" / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Content(folder)


def test_only_the_broken_file_is_passed_over(here: World, tmp_path: Path) -> None:
    content = put(
        tmp_path,
        templates__team_html_j2=TEAM + "{% block about %}",
        templates__coach_html_j2=COACH + "{% block about %}Ask Ros.{% endblock %}",
        static__report_css="p{color:#123456}\n",
        team_yaml="sections: [dates, answer]\n",
    )
    team, coach = render.team(here.team(), content), render.coach(here.coach(), content)
    assert "Ask Ros." in coach.html
    for told in (team, coach):
        assert "color:#123456" in told.html
    assert team.html.index("Next dates") < team.html.rindex("Absence rate was 7.0%")


def test_a_file_that_shows_its_fault_when_it_is_used_is_passed_over_by_itself(here: World, tmp_path: Path) -> None:
    content = put(
        tmp_path,
        templates__team_html_j2=TEAM + "{% block about %}{{ report.nonsense }}{% endblock %}",
        static__report_css="p{color:#123456}\n",
    )
    told = render.team(here.team(), content)
    assert len(told.faults) == 1
    assert "team.html.j2, line 1" in told.faults[0]
    assert "color:#123456" in told.html


def test_where_it_is_not_known_which_file_it_is_the_shipped_ones_are_taken(here: World, tmp_path: Path) -> None:
    content = put(tmp_path, templates__team_html_j2=TEAM + "{% block about %}<script>1</script>{% endblock %}")
    told = render.team(here.team(), content)
    assert "it has a <script>" in told.faults[0]
    assert dataclasses.replace(told, faults=()) == render.team(here.team(), Content())


@pytest.mark.parametrize(
    ("yaml", "line", "what"),
    [("sections:\n  - answer\n  - zebra\n", 3, "no section 'zebra'"), ("sections: [\n", 2, "not valid YAML")],
)
def test_a_choice_of_sections_that_cannot_be_is_told_and_the_shipped_one_taken(
    here: World, tmp_path: Path, yaml: str, line: int, what: str
) -> None:
    told = render.team(here.team(), put(tmp_path, team_yaml=yaml))
    assert f"team.yaml, line {line}: " in told.faults[0]
    assert what in told.faults[0]
    assert told.html == render.team(here.team(), Content()).html


def test_the_log_says_it_once_however_many_reports_are_made(
    here: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    content = put(tmp_path, templates__team_html_j2=TEAM + "{% block about %}")
    render.tell(content)
    for _ in range(3):
        render.team(here.team(), content)
    said = [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR]
    assert len(said) == 1
    assert said == list(render.faults(content))


def test_a_report_made_again_from_its_archived_files_falls_back_as_it_did_then(here: World, tmp_path: Path) -> None:
    content = put(
        tmp_path,
        templates__team_html_j2=TEAM + "{% block about %}{{ report.nonsense }}{% endblock %}",
        static__report_css="p{color:#123456}\n",
        brand_yaml="logo: absent.png\nalt: We\n",
    )
    then = render.team(here.team(), content)
    with sources.put_out(sources.files(content)) as kept:
        again = render.team(here.team(), kept)
    assert len(again.faults) == len(then.faults) == 2
    assert dataclasses.replace(again, faults=()) == dataclasses.replace(then, faults=())


def test_faults_are_found_without_making_a_report(tmp_path: Path) -> None:
    content = put(
        tmp_path,
        templates__team_html_j2=TEAM
        + "\n{% block abuot %}{% endblock %}{% block about %}{{ report.tilles }}{% endblock %}",
        templates__coach_txt_j2="{% if %}",
        teem_yaml="sections: []\n",
        coach_yaml="sections: [zebra]\n",
        wording__en_po='msgid "Do next."\nmsgstr "{now}"\n',
    )
    found = render.faults(content)
    for piece in (
        "coach.txt.j2, line 1",
        "no section 'zebra'",
        "team.html.j2, line 2: the team report has no 'tilles'. Did you mean 'report.tiles'?",
        "no block 'abuot', so it is shown nowhere. Did you mean 'about'?",
        "teem.yaml: no report is called 'teem', so this file changes nothing. Did you mean team.yaml?",
        "en.po, line 1",
    ):
        assert sum(piece in told for told in found) == 1, piece
    assert len(found) == 6


def test_what_ships_and_what_a_deployment_begins_with_have_no_faults(root: Path) -> None:
    assert render.faults(Content()) == ()
    assert render.faults(Content(root)) == ()
