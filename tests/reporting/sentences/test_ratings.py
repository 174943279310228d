"""Ratings in words: side by side, spread over teams, never averaged."""

from __future__ import annotations

import pytest
from tests.reporting.given import narrative, rating

from breakthrough.collaborative import Collaborative
from breakthrough.month import Month
from breakthrough.reporting.sentences import ratings

MARCH = Month("2026-03")
NAMES = {"T001": "Ash", "T002": "Birch", "T003": "Cedar"}


def steps(*values: float | None) -> list[tuple[Month, float | None]]:
    return [(MARCH + (at - len(values) + 1), value) for at, value in enumerate(values)]


SCORES = {"T001": steps(2.0, 2.5, 3.5), "T002": steps(2.5, 2.5, 2.5), "T003": steps(2.5, None, 2.5)}


def test_two_judgements_stand_side_by_side_with_their_levels() -> None:
    assert ratings.heading(rating(3.0), narrative(3.5)) == "Coach 3.0, modest gain. You 3.5, gain."
    assert ratings.heading(None, narrative(3.5)) == "You 3.5, gain."


@pytest.mark.parametrize(
    ("coach", "own", "told"),
    [
        (3.0, 3.0, "You and your coach see it alike."),
        (3.0, 3.5, "Half a step apart is common. Talk about it on Tue 21 April."),
        (2.5, 4.0, "1.5 apart: each of you has seen something the other has not. Talk about it on Tue 21 April."),
        (2.5, None, "You have not rated yourselves this month. Two views side by side start the better conversation."),
    ],
    ids=["alike", "half-a-step", "far", "no-own"],
)
def test_a_gap_is_material_for_a_talk_not_a_fault(coach: float, own: float | None, told: str) -> None:
    assert ratings.apart(rating(coach), narrative(own), "Tue 21 April") == told


def test_the_spread_counts_teams_and_names_the_level() -> None:
    assert (
        ratings.spread_heading(SCORES, MARCH)
        == "One team is at 3.5, gain; most often 2.5, testing, no gain yet (two teams)"
    )


def test_the_spread_gives_the_middle_team_and_the_target(absenteeism: Collaborative) -> None:
    assert ratings.spread_meaning(SCORES, MARCH, absenteeism) == (
        "0 of 3 rated teams are at 4.0 or above; the target is 50% of teams by July 2026. The middle team is at 2.5."
    )


def test_nobody_rated_is_said_plainly(absenteeism: Collaborative) -> None:
    nobody = {"T001": steps(None), "T002": steps(None)}
    assert ratings.spread_heading(nobody, MARCH) == "No team has been rated for March yet"
    assert ratings.spread_meaning(nobody, MARCH, absenteeism) == ""
    assert ratings.spread_action(nobody, MARCH, NAMES, "") == "Rate Ash and Birch for March."


def test_a_rating_that_has_not_moved_for_five_months_is_named() -> None:
    still = {"T001": steps(2.0, 2.0, 2.0, 2.0, 2.0), "T002": steps(4.0, 4.0, 4.0, 4.0, 4.0)}
    assert ratings.unmoved(still, MARCH, NAMES, 4.0) == "Unmoved for five months: Ash at 2.0."
    assert ratings.unmoved(SCORES, MARCH, NAMES, 4.0) == ""


def test_the_team_that_rose_most_is_to_tell_how() -> None:
    assert ratings.spread_action(SCORES, MARCH, NAMES, "the all-team call of Thu 23 April") == (
        "Let Ash show at the all-team call of Thu 23 April how it moved from 2.0 to 3.5."
    )


def test_ratings_still_to_be_given_come_first() -> None:
    scores = {**SCORES, "T003": steps(2.5, 2.5, None)}
    assert ratings.spread_action(scores, MARCH, NAMES, "") == "Rate Cedar for March."
