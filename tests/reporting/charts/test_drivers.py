"""The driver diagram: from the configuration, with the live state of each branch."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from tests.reporting.charts import made

from breakthrough.collaborative import Collaborative
from breakthrough.month import Month
from breakthrough.reporting.charts import driver_diagram
from breakthrough.reporting.charts.drivers import Branch, Diagram, IdeaState, diagram, state, table
from breakthrough.reporting.draw import Line, Polyline, Rect, Scene
from breakthrough.reporting.draw.colours import INK, PAPER, STONE
from breakthrough.teams.changes import Change, Followed, Stage

SINCE = Followed("ca_day", "improving", dt.date(2026, 1, 5), Month("2026-02"), ())


def change(team: str, idea: str, stage: Stage, *followed: Followed) -> Change:
    return Change(team, idea, idea[:2], stage, None, (), followed)


CHANGES = (
    change("T001", "D1a", "adopted", SINCE),
    change("T001", "D1b", "testing"),
    change("T001", "D2a", "not started"),
    change("T002", "D1a", "adapted"),
    change("T002", "D1b", "spread"),
    change("T002", "D2a", "dropped"),
    change("T003", "D1a", "implementing"),
)


def drawn(absenteeism: Collaborative, *changes: Change) -> Diagram:
    return diagram(absenteeism, changes or CHANGES)


def test_aim_drivers_and_ideas_are_those_of_the_configuration(absenteeism: Collaborative) -> None:
    made_of = drawn(absenteeism)
    assert (made_of.measure, made_of.goal, made_of.teams) == ("Absence rate", "6.5% by July 2026", 3)
    assert [branch.code for branch in made_of.branches] == [driver.code for driver in absenteeism.drivers]
    assert [idea.title for idea in made_of.branches[0].ideas] == [idea.title for idea in absenteeism.drivers[0].ideas]
    assert made_of.branches[0].secondary == absenteeism.drivers[0].secondary


def test_teams_are_counted_by_how_far_an_idea_has_come(absenteeism: Collaborative) -> None:
    first, second, *_ = drawn(absenteeism).branches[0].ideas
    assert (first.routine, first.testing, first.dropped) == (2, 1, 0)
    assert (second.routine, second.testing) == (1, 1)
    assert drawn(absenteeism).branches[1].ideas[0].dropped == 1


def test_a_branch_tells_who_is_at_work_and_what_followed(absenteeism: Collaborative) -> None:
    first, second, *_ = drawn(absenteeism).branches
    assert (first.at_work, first.improving, first.worsening) == (3, 1, 0)
    assert state(first, 3) == "Improving signal after tests: 1 team"
    assert state(second, 3) == "Not tested yet"


@pytest.mark.parametrize(
    ("at_work", "improving", "worsening", "words"),
    [
        (0, 0, 0, "Not tested yet"),
        (4, 0, 0, "No signal yet: 4 of 12 teams at work"),
        (4, 2, 0, "Improving signal after tests: 2 teams"),
        (4, 0, 1, "Worsening signal after tests: 1 team"),
        (4, 3, 1, "Signals after tests: 1 worsening, 3 improving"),
    ],
)
def test_the_state_in_words(at_work: int, improving: int, worsening: int, words: str) -> None:
    assert state(Branch("D1", "Data", (), (), at_work, improving, worsening), 12) == words


def test_an_idea_given_up_is_shown_only_where_somebody_has_tried_it(absenteeism: Collaborative) -> None:
    driver = absenteeism.drivers[0]
    ideas = tuple(idea.model_copy(update={"retired": True}) for idea in driver.ideas)
    first = driver.model_copy(update={"ideas": ideas})
    without = absenteeism.model_copy(update={"drivers": (first, *absenteeism.drivers[1:])})
    assert [idea.code for idea in diagram(without, CHANGES).branches[0].ideas] == ["D1a", "D1b"]


def test_the_table_tells_the_same(absenteeism: Collaborative) -> None:
    rows = table(drawn(absenteeism))
    assert rows[0] == (
        "D1 Timely, trusted attendance data", "Improving signal after tests: 1 team", "Ten-minute daily code check", "2", "1",
    )  # fmt: skip
    assert len(rows) == sum(len(driver.ideas) for driver in absenteeism.drivers)
    bare = Diagram("Absence", "6.5%", "", (Branch("D9", "Trust", (), (), 0, 0, 0),), 3)
    assert table(bare) == (("D9 Trust", "Not tested yet", "–", "–", "–"),)


def lines(scene: Scene) -> list[Polyline]:
    return [mark for mark in scene.marks if isinstance(mark, Polyline) and mark.colour == STONE]


def test_a_line_is_as_thick_as_there_are_teams_at_work_and_dashed_where_there_are_none() -> None:
    branches = tuple(Branch(f"D{n}", "Driver", (), (), n, 0, 0) for n in (12, 6, 0))
    (scene,) = driver_diagram(Diagram("Absence", "6.5%", "", branches, 12))
    assert [round(line.width, 1) for line in lines(scene)] == [6.0, 3.6]
    assert len([m for m in scene.marks if isinstance(m, Line) and m.colour == STONE and m.width == 1.2]) > 5
    assert [m.fill for m in scene.marks if isinstance(m, Rect) and m.stroke == STONE and m.radius] == [PAPER]


def test_one_square_is_one_team_and_many_teams_are_told_in_figures() -> None:
    idea = IdeaState("D1a", "Greeter", routine=3, testing=2, dropped=0)
    branch = Branch("D1", "Driver", (), (idea,), 5, 0, 0)
    (few,) = driver_diagram(Diagram("Absence", "6.5%", "", (branch,), 12))
    full = [m for m in few.marks if isinstance(m, Rect) and m.fill == INK and m.width == m.height]
    assert len(full) == 3 + 1  # and the one that explains it
    (many,) = driver_diagram(Diagram("Absence", "6.5%", "", (branch,), 60))
    assert {"3", "2", "routine", "testing"} <= set(made.words(many))


@pytest.mark.parametrize("phone", [False, True])
def test_a_hundred_and_sixty_ideas_are_all_there_on_pages_that_can_be_read(phone: bool) -> None:
    ideas = tuple(IdeaState(f"I{n}", f"Idea number {n} of them", n % 9, n % 5, 0) for n in range(160))
    branches = tuple(Branch(f"D{n}", "Driver", ("One", "Two"), ideas[n::2], 9, 0, 0) for n in range(2))
    pages = driver_diagram(Diagram("Absence", "6.5%", "An aim", branches, 60), phone=phone)
    words = [word for page in pages for word in made.words(page)]
    assert len([word for word in words if word.startswith("Idea number")]) == 160
    assert all(page.height <= (1_500 if phone else 1_000) + 2 for page in pages)
    assert all("Aim" in made.words(page) for page in pages)
    assert [word for word in words if word.endswith("continued")]


def test_a_long_title_is_broken_into_lines_and_not_cut(absenteeism: Collaborative) -> None:
    title = "A note with the days missed beside those of other pupils"
    idea = replace(drawn(absenteeism).branches[0].ideas[0], title=title)
    (scene,) = driver_diagram(Diagram("Absence", "6.5%", "", (Branch("D1", "Driver", (), (idea,), 1, 0, 0),), 12))
    assert title in " ".join(made.words(scene))


def test_a_collaborative_without_drivers_has_its_aim() -> None:
    (scene,) = driver_diagram(Diagram("Absence rate", "6.5% by July 2026", "", (), 0))
    assert made.words(scene)[:2] == ["Aim", "Absence rate"]
