"""Goals: met, touched, not met, and what the distance is in cases."""

from __future__ import annotations

import dataclasses

import pytest
from tests.reporting.given import chart, measure

from breakthrough.collaborative import Counted
from breakthrough.measures.values import Chart
from breakthrough.reporting.sentences import aim, goals


@pytest.mark.parametrize(
    ("values", "standing"),
    [
        ([7.0, 6.5, 6.4, 6.5], "met"),  # at the goal counts as reached
        ([6.4, 6.4, 6.6, 6.5], "touched"),
        ([6.4, 6.4, 6.4, 6.6], "not met"),
        ([6.4, 6.4], "touched"),  # three are needed to meet it
        (["missing"], "unknown"),
    ],
    ids=["met", "touched", "not-met", "too-few", "no-value"],
)
def test_a_goal_is_met_by_three_months_running(values: list[float], standing: str) -> None:
    assert goals.standing(chart(values), measure()) == standing


def test_a_goal_that_is_met_says_for_how_many_months() -> None:
    drawn = chart([6.9, 6.4, 6.4, 6.3, 6.4, 6.2, 6.4])
    assert goals.running(drawn, measure()) == 6
    assert goals.sentence(drawn, measure()) == "The goal of 6.5% by July 2026 is met: six months running."
    assert aim.heading(drawn, measure()).endswith("the goal of 6.5% is met, six months running")


def test_the_distance_is_that_of_the_figure_shown() -> None:
    # 6.649 is shown as 6.6%, and 6.6 is 0.1 from 6.5.
    assert "is 0.1 points away" in goals.sentence(chart([6.649]), measure())
    assert "is 0.2 points away" in goals.sentence(chart([6.651]), measure())
    # 6.149 is shown as 6.1%, which is 0.64 from a goal of 5.46%; unrounded it would be 0.689.
    assert "is 0.6 points away" in goals.sentence(chart([6.149], goal=5.46), measure())


def test_a_higher_goal_is_reached_from_below() -> None:
    assert goals.standing(chart([80.0, 81.0, 85.0], goal=80), measure(direction="higher")) == "met"


def test_without_a_better_side_there_is_no_standing() -> None:
    assert goals.standing(chart([6.0]), measure(direction="neither")) == "none"


def test_a_month_set_aside_meets_no_goal() -> None:
    drawn = chart([6.4, 6.4, 6.4])
    aside = dataclasses.replace(drawn.points[2], state="excluded")
    assert goals.standing(dataclasses.replace(drawn, points=(*drawn.points[:2], aside)), measure()) == "touched"


def test_the_distance_is_told_in_points_and_in_cases() -> None:
    assert goals.sentence(chart([6.83]), measure()) == (
        "The goal of 6.5% by July 2026 is 0.3 points away. There it would be 650 of 10,000: 33 fewer."
    )


def test_cases_are_whole_on_the_far_side_of_the_goal() -> None:
    point = dataclasses.replace(chart([70.0]).points[0], value=70.27, numerator=26.0, denominator=37.0)
    drawn = dataclasses.replace(chart([70.0], goal=80.0), points=(point,))
    assert goals.sentence(drawn, measure(direction="higher")).endswith("There it would be 30 of 37: 4 more.")


def test_a_value_that_only_looks_like_the_goal_is_not_at_the_goal() -> None:
    assert goals.sentence(chart([6.52]), measure()).startswith(
        "The goal of 6.5% by July 2026 is less than 0.1 points away."
    )


def test_a_difference_between_groups_has_no_cases() -> None:
    versus = {"numerator": Counted("a"), "denominator": Counted("b")}
    gap = measure(versus=versus, unit=" points")
    assert goals.sentence(chart([6.83]), gap) == "The goal of 6.5 points by July 2026 is 0.3 points away."


def test_no_goal_no_sentence() -> None:
    assert goals.sentence(chart([6.8], goal=None), measure()) == ""
    assert goals.wanted(chart([6.8], goal=None), measure()) == ""


@pytest.mark.parametrize(
    ("drawn", "heading"),
    [
        (chart([6.8]), "Absence rate was 6.8% in September; the goal is 6.5% by July 2026"),
        (chart([6.4]), "Absence rate was 6.4% in September, at the goal of 6.5%; three months running would meet it"),
        (chart([6.4, 6.3, 6.2]), "Absence rate was 6.2% in November: the goal of 6.5% is met, three months running"),
        (chart([6.8, "missing"]), "October is not sent; absence rate was 6.8% in September"),
        (chart([6.8, "late"]), "October will follow; absence rate was 6.8% in September"),
        (chart([6.8, "invalid"]), "October has counts that cannot be right; absence rate was 6.8% in September"),
        (chart([6.8], goal=None), "Absence rate was 6.8% in September"),
        (chart(["missing"]), "Absence rate: nothing to show yet"),
    ],
    ids=["not-met", "touched", "met", "missing", "late", "invalid", "no-goal", "nothing"],
)
def test_the_first_sentence_says_where_the_team_is_against_its_aim(drawn: Chart, heading: str) -> None:
    assert aim.heading(drawn, measure()) == heading
