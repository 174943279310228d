"""The coach's sentences."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.reporting.given import chart, cycle, measure, run, signal, unfinished

from breakthrough.measures.values import Pooled
from breakthrough.month import Month
from breakthrough.reporting.parts import Chip
from breakthrough.reporting.sentences import alt, portfolio
from breakthrough.reporting.sentences.verdicts import Verdict
from breakthrough.teams.values import Flag

MARCH = Month("2026-03")
LIVE = ("2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03")


@pytest.mark.parametrize(
    ("first", "up", "down", "told"),
    [
        ("Ash", 4, 0, "Begin with Ash. Four of twelve teams show an improving signal; none is worsening."),
        ("Ash", 1, 1, "Begin with Ash. One of twelve teams shows an improving signal; one shows a worsening one."),
        ("", 0, 2, "No team raises a flag this month. No team shows an improving signal; two show a worsening one."),
    ],
)
def test_the_headline_says_whom_to_begin_with_and_counts_signals(first: str, up: int, down: int, told: str) -> None:
    assert portfolio.headline(first, up, down, 12) == told


def test_who_has_sent_is_counted_against_who_owes() -> None:
    assert (
        portfolio.sent(MARCH, 10, 12, 8, "Fri 10 April")
        == "10 of 12 teams have sent March, 8 of them by the due day, Fri 10 April."
    )
    assert (
        portfolio.sent(MARCH, 2, 12, 2, "Fri 10 April")
        == "2 of 12 teams have sent March, all of them by the due day, Fri 10 April."
    )
    assert portfolio.sent(MARCH, 1, 12, None, "Fri 10 April") == "1 of 12 teams has sent March."
    assert portfolio.sent(MARCH, 0, 0, None, "") == "No team owes counts for March."


def test_who_has_not_sent_is_named_with_the_months() -> None:
    absent = [("Ash", [MARCH]), ("Birch", [Month("2026-02"), MARCH])]
    assert portfolio.not_sent(absent, ["Cedar"], ["Birch"], MARCH) == (
        "Not sent: Ash (March) and Birch (February and March). In part: Cedar. "
        "Silent, neither counts nor a report for two months: Birch."
    )


def test_the_pooled_line_stands_beside_the_median_and_the_count_of_teams() -> None:
    now = Pooled(MARCH, 607_422, 8_453_917, 7.19, 7.04, 10, 12, 0, 0, provisional=True)
    finding = Verdict(Chip("○", "No signal yet"), "No signal yet", "It takes eight in a row.")
    goal = measure(goal=6.5)
    assert portfolio.pooled_heading(now, goal) == "Pooled 7.2%, median of teams 7.0%; no team at the goal of 6.5%"
    assert portfolio.pooled_meaning(now, goal, finding) == (
        "Pooled is 607,422 of 8,453,917, in 10 of 12 teams. Provisional: two teams have no figure for March yet. "
        "No signal yet. It takes eight in a row."
    )


def test_once_the_reporting_goal_is_reached_the_rest_is_told_and_the_month_is_not_provisional() -> None:
    now = Pooled(MARCH, 650_000, 9_000_000, 7.2, 7.0, 11, 12, 0, 0, provisional=False)
    finding = Verdict(Chip("○", "No signal yet"), "No signal yet", "")
    told = portfolio.pooled_meaning(now, measure(), finding)
    assert "One team has no figure for March yet." in told
    assert "Provisional" not in told


def test_a_team_without_cases_does_not_make_a_month_provisional() -> None:
    now = Pooled(MARCH, 10, 100, 10.0, 10.0, 11, 12, 0, 1)
    finding = Verdict(Chip("○", "No signal yet"), "No signal yet", "")
    assert "Provisional" not in portfolio.pooled_meaning(now, measure(), finding)


def test_a_bright_spot_tells_what_was_tested_and_claims_no_cause() -> None:
    drawn = chart([6.9] * 7, verdict="improving", signals=(signal("shift", "improving", *LIVE),))
    before, after = cycle(1, start=dt.date(2025, 10, 1)), cycle(2, start=dt.date(2026, 4, 1))
    assert portfolio.bright(drawn, measure(), [before, after]) == (
        "Absence rate: seven months in a row below its baseline median, from September. "
        "One test of D1c came before or meanwhile; that is sequence, not proof."
    )
    assert portfolio.bright(drawn, measure(), []).endswith("No test on record bears on it: ask what they did.")


def test_a_bright_spot_beyond_the_limits_names_its_months() -> None:
    drawn = chart([6.9] * 7, verdict="improving", signals=(signal("limits", "improving", "2026-03"),))
    assert portfolio.bright(drawn, measure(), []).startswith("Absence rate: March beyond the limit on the good side.")


def test_months_beyond_the_limits_are_one_bright_spot_and_only_a_test_begun_by_the_first_of_them_came_before() -> None:
    beyond = tuple(signal("limits", "improving", month) for month in ("2026-01", "2026-02", "2026-03"))
    drawn = chart([7.4] * 4 + [6.9] * 3, verdict="improving", signals=beyond)
    before, meanwhile = cycle(1, start=dt.date(2026, 1, 12)), cycle(2, start=dt.date(2026, 2, 3))
    assert portfolio.bright(drawn, measure(), [before, meanwhile]) == (
        "Absence rate: January to March beyond the limit on the good side. "
        "One test of D1c began in January or before; that is sequence, not proof."
    )
    assert portfolio.bright(drawn, measure(), [meanwhile]).endswith(
        "No test on record came before it: ask what they did."
    )


def test_a_flag_is_told_in_two_or_three_words_even_if_it_is_new() -> None:
    def flag(code: str) -> Flag:
        return Flag(code, "T001", "low", dt.date(2026, 4, 1), "", "")

    assert portfolio.flag(flag("stuck_test")) == "test without result"
    assert portfolio.flag(flag("some_new_one")) == "some new one"


def test_alt_texts_state_the_finding_with_its_numbers() -> None:
    drawn = chart([7.0, 6.83], run=run("below", "2025-09", "2025-10"))
    assert alt.chart(drawn, measure(), "Two months in a row below your baseline median: not a signal yet") == (
        "Run chart of absence rate. Two months in a row below your baseline median: not a signal yet. "
        "October 6.8%, 683 of 10,000. Baseline median 7.4%. Goal 6.5% by July 2026."
    )
    assert alt.row(drawn, measure(), "Ash", [(Month("2025-09"), 2.0), (Month("2025-10"), 2.5)]) == (
        "Ash: 6.8% in October, 2 below; coach’s rating 2.0 in September, 2.5 in October."
    )
    assert alt.ramp([cycle(1), unfinished(2)], "Cause sheet", {"ca_day": measure()}) == (
        "PDSA ramp: Cause sheet. Cycle 1: predicted 80%, got 74%, decided to adapt. "
        "Cycle 2: predicted 80%, result not written."
    )
    assert (
        alt.distribution({3.5: 3, 2.5: 1}, MARCH)
        == "Teams at each coach’s rating in March: three teams at 3.5, one team at 2.5."
    )


def test_an_alt_text_says_when_the_newest_month_is_not_there() -> None:
    assert "September 7.0%, 700 of 10,000, October is not sent." in alt.chart(chart([7.0, "missing"]), measure(), "…")
