"""Ratings side by side, and asks by whether they were solved in time. Neither is worked out of figures."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.teams.desk import collaborative, contact, portfolio, profile, rating, report

from breakthrough.month import Month
from breakthrough.teams import judgement

MARCH, DAY = Month("2026-03"), dt.date(2026, 4, 15)


def test_two_views_of_a_month_stand_side_by_side_with_what_was_hoped_for() -> None:
    read = portfolio(
        profile(), rating("2025-10", "20", 1), rating("2025-11", "30", 2, cr_released=1), rating("2026-01", "25", 3),
        report("2025-11", 1, mr_self="40"), report("2025-12", 2, mr_self="30"), report("2026-02", 3),
        rating("2026-04", "50", 4),
    )  # fmt: skip
    found = judgement.judged(read, collaborative(), MARCH)
    assert [(one.month.name, one.own, one.coach, one.moved, one.gap) for one in found] == [
        ("2025-10", None, 2.0, None, None),
        ("2025-11", 4.0, 3.0, 1.0, 1.0),
        ("2025-12", 3.0, None, None, None),
        ("2026-01", None, 2.5, -0.5, None),
    ]
    assert [(one.hoped, one.below, one.released) for one in found] == [
        (2.5, True, False), (2.5, False, True), (2.5, False, False), (2.5, False, False),
    ]  # fmt: skip
    assert [one.discordant(1.0) for one in found] == [False, True, False, False]


@pytest.mark.parametrize(
    ("month", "hoped"), [("2025-08", 1.5), ("2025-09", 1.5), ("2025-10", 2.5), ("2026-03", 3.5), ("2026-07", 4.0)]
)
def test_what_is_hoped_for_follows_the_stage_the_month_ended_in(month: str, hoped: float) -> None:
    assert judgement.hoped(collaborative(), Month(month)) == hoped


def test_the_newest_rating_tells_for_sixty_days() -> None:
    read = portfolio(
        *(profile(f"T00{number}") for number in range(1, 5)),
        rating("2026-01", "30", 1, cr_on="2026-02-14"), rating("2026-02", "35", 2, cr_on="2026-03-14"),
        rating("2026-01", "40", 1, "T002", cr_on="2026-02-14"), rating("2026-01", "40", 1, "T003", cr_on="2026-02-13"),
        rating("2026-03", "40", 1, "T004", cr_on="2026-04-16"),
    )  # fmt: skip
    found = judgement.latest(read.ratings, DAY)
    assert {team: one.score for team, one in found.items()} == {"T001": 3.5, "T002": 4.0}


@given(st.lists(st.sampled_from([one / 2 for one in range(1, 11)])))
def test_levels_count_every_team_once(scores: list[float]) -> None:
    found = judgement.levels(scores)
    assert sum(found.teams.values()) == len(scores) == found.at_least(0.5)
    assert list(found.teams) == [one / 2 for one in range(1, 11)]
    assert (found.median is None) == (not scores)
    assert found.at_least(4.0) == sum(score >= 4 for score in scores)


@pytest.mark.parametrize(
    ("solved", "today", "in_time"),
    [
        pytest.param("2026-03-24", "2026-04-15", True, id="after 14 days"),
        pytest.param("2026-03-25", "2026-04-15", False, id="after 15 days"),
        pytest.param(None, "2026-03-24", None, id="14 days old, and open"),
        pytest.param(None, "2026-03-25", False, id="15 days old, and open"),
    ],
)
def test_an_ask_is_solved_in_time_within_fourteen_days(solved: str | None, today: str, in_time: bool | None) -> None:
    notes = [contact(solved, ct_ask_ref="2026-02-01", ct_ask_status=3)] if solved else []
    day = dt.date.fromisoformat(today)
    asked = report("2026-02", mr_ask="Help", mr_submitted="2026-03-10")
    (one,) = portfolio(profile(), asked, *notes, today=day).requests
    assert one.in_time(day) is in_time
