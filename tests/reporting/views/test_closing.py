"""What is told at the end: results with their intervals, the package, stories with consent, and nothing else."""

from __future__ import annotations

import dataclasses

import pytest
from tests.reporting import given
from tests.reporting.ending import closeout, document, ended, people, policy, reaped
from tests.reporting.world import LINKS, strings

from breakthrough.collaborative import Collaborative
from breakthrough.errors import NothingToReport, ReportError
from breakthrough.reporting.views import Harvest, change_package, closing_report, harvest, story


@pytest.fixture(scope="module")
def reap(absenteeism: Collaborative) -> Harvest:
    return reaped(absenteeism)


def test_rows_as_they_were_entered_make_no_document(absenteeism: Collaborative) -> None:
    of = ended(absenteeism)
    with pytest.raises(ReportError, match="as they were entered"):
        harvest(absenteeism, of.portfolio, of.frame, of.charts, {}, code="x", occasion=of.occasion)


def test_the_report_begins_with_the_aim_before_and_since(reap: Harvest) -> None:
    report = closing_report(reap)
    # (404,667 × 7.42 + 202,339 × 8.14 + 101,173 × 6.57) ÷ 708,179 = 7.50, and with 6.92 for Ash 7.22
    assert report.heading == "Absence rate: 7.5% before the work began, 7.2% since"
    assert report.summary.endswith("The goal of 6.5% was not met in the last three months.")
    assert report.meaning.startswith("In September 2025 the level ")
    assert report.figure is not None
    assert report.heading in report.figure.alt


def test_the_chart_marks_the_month_and_names_pooled_median_goal_and_what_was_to_be_expected(reap: Harvest) -> None:
    figure = closing_report(reap).figure
    assert figure is not None
    for scene in (figure.scene, figure.phone):
        assert scene is not None
        words = [text.string for text in scene.texts]
        assert {"LS1", "Goal 6.5%"} <= set(words)
        for start in ("Pooled ", "Median ", "As before "):
            assert sum(word.startswith(start) for word in words) == 1


def test_each_measure_has_level_and_slope_with_intervals_for_all_teams_and_each(reap: Harvest) -> None:
    first, *others = closing_report(reap).results
    assert first.name == "Absence rate"
    assert [one.who for one in first.lines] == ["All teams", *reap.names.values()]
    assert all("(" in one.level and "\u00a0to\u00a0" in one.slope for one in first.lines)
    year = next(one for one in others if one.name == "Persistent absence")
    assert year.lines == ()
    assert year.meaning == "It adds up over the year, so no month can be held against the one before."


@pytest.mark.parametrize(("names", "shown"), [("named", {"Ash", "Birch", "Cedar"}), ("none", set()), ("coded", set())])
def test_teams_are_named_as_the_policy_has_it(absenteeism: Collaborative, names: str, shown: set[str]) -> None:
    of = reaped(policy(absenteeism, names), people(closeouts=(), documents=(), storyboards=()))
    texts = [*strings(closing_report(of)), *strings(change_package(of))]
    quotes = " ".join(texts)
    assert {name for name in ("Ash", "Birch", "Cedar") if name in quotes} == shown
    assert any("team " in one.who for one in closing_report(of).results[0].lines) == (names == "coded")


def test_a_column_of_under_three_teams_tells_no_middle_value(reap: Harvest) -> None:
    report = closing_report(reap)  # Cedar alone came to 4.0
    assert report.determinants_note.startswith("Each figure is the middle one of the teams in its column. One reached")
    assert report.determinants == ()


def test_what_helped_is_shown_by_rating_where_columns_are_wide_enough(absenteeism: Collaborative) -> None:
    low = tuple(dataclasses.replace(one, score=2.0) for one in people().ratings)
    rows = closing_report(reaped(absenteeism, people(ratings=low))).determinants
    assert rows
    assert {one.reached for one in rows} == {"–"}
    tests = next(one for one in rows if one.indicator == "Tests closed")
    assert tests.others == "1"  # of 2, 0 and 1 tests


def test_the_library_links_what_is_shared_and_knows_of_nothing_else(reap: Harvest) -> None:
    library = closing_report(reap).library
    assert [(one.what, one.note.text if one.note else None) for one in library] == [
        ("Form, script or other tool", "Ash’s note"),
        ("Storyboard", None),
    ]
    assert library[0].link.url == LINKS("T001", "document_upload", 1)
    assert library[1].link.url == LINKS("T003", "storyboard", 1)


def test_a_note_that_is_not_cleared_is_not_printed(absenteeism: Collaborative) -> None:
    of = reaped(absenteeism, people(documents=(document("T001", shared=True, cleared=False),)))
    assert "Ash’s note" not in strings(closing_report(of))


def test_an_idea_tells_who_tested_it_what_followed_and_what_became_of_it(reap: Harvest) -> None:
    package = change_package(reap)
    ideas = {one.code: one for driver in package.drivers for one in driver.ideas}
    assert set(ideas) == {"D1c", "D5a"}
    cause = ideas["D1c"]
    assert cause.how == "What got in the way, what would help, who should do it."
    assert cause.tested == (
        f"Tested by one team ({reap.names['T001']}) in three tests. The largest was with several classes, clinicians "
        "or shifts."
    )
    assert cause.followed.startswith("Of one team that tested it, ")
    assert "; of two others, " in cause.followed
    assert cause.became == "One team spread it."
    assert [quote.words.text for quote in cause.quotes] == ["It went well"]
    assert package.drivers[0].untried.startswith("Nobody tested: ")


def test_results_are_quoted_only_where_they_are_cleared(absenteeism: Collaborative) -> None:
    tests = tuple(
        dataclasses.replace(one, result=given.text("Ann was ill", cleared=False, entry=one.entry))
        for one in people().pdsas
    )
    quiet = closeout("T001", publishable=True, cleared=False)
    package = change_package(reaped(absenteeism, people(pdsas=tests, closeouts=(quiet,))))
    assert all(not one.quotes for driver in package.drivers for one in driver.ideas)
    assert package.advice == ()
    assert not [text for text in strings(package) if "Ann" in text or "Ash says" in text]


@pytest.mark.parametrize("team", ["T002", "T003"])
def test_there_is_no_story_of_a_team_that_has_not_agreed(reap: Harvest, team: str) -> None:
    with pytest.raises(NothingToReport, match="has not said"):
        story(reap, team)


def test_a_story_tells_the_teams_own_words_under_its_own_name(reap: Harvest) -> None:
    found = story(reap, "T001")
    assert found.header.title == "Ash District"
    assert found.met == "Was the aim met? The team says in part."
    assert [one.answer.text for one in found.told] == [
        "Ash says which change.",
        "Ash says what not.",
        "Ash says who.",
        "Ash says what to know.",
    ]
    assert found.ideas == ("Three-question cause sheet: tried and kept",)
    assert found.goes_on == "The team goes on measuring each quarter."
    told = " ".join(strings(found))
    assert not [name for name in ("Birch", "Cedar", "team ") if name in told and name != "team "]


def test_a_story_leaves_out_what_is_not_cleared(absenteeism: Collaborative) -> None:
    found = story(reaped(absenteeism, people(closeouts=(closeout("T001", publishable=True, cleared=False),))), "T001")
    assert found.told == ()
    assert found.met


def test_the_report_names_the_teams_that_agreed_and_no_other(reap: Harvest) -> None:
    assert closing_report(reap).stories == "Read the stories of Ash."
