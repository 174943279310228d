"""The next action beside a chart: one, specific, and never one that the evidence does not bear."""

from __future__ import annotations

import pytest
from tests.reporting.given import chart, cycle, measure, run, signal, unfinished

from breakthrough.collaborative import Collaborative
from breakthrough.measures.values import Chart
from breakthrough.reporting.sentences import actions, cycles
from breakthrough.reporting.sentences.actions import Work
from breakthrough.teams.values import Pdsa

LIVE = ("2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03")
FAMILY = measure(name="Family reached", drivers=("D3",), direction="higher")


def work(*tests: Pdsa, call: str = "Tue 21 April", others: tuple[Pdsa, ...] = ()) -> Work:
    return Work(tests, cycles.numbered([*tests, *others]), call, frozenset(test.idea for test in tests), others)


def improving() -> Chart:
    return chart([6.9] * 7, verdict="improving", signals=(signal("shift", "improving", *LIVE),))


def test_a_missing_month_comes_before_everything_else(absenteeism: Collaborative) -> None:
    drawn = chart([6.9, "missing"], verdict="improving")
    assert actions.action(drawn, measure(), work(), absenteeism) == (
        "Send October first: without it nobody can tell where this is going."
    )


def test_only_the_first_chart_asks_for_the_month(absenteeism: Collaborative) -> None:
    drawn = chart([6.9, "missing"])
    assert "October" not in actions.action(drawn, FAMILY, work(), absenteeism, ask=False)


def test_counts_that_cannot_be_right_are_to_be_checked(absenteeism: Collaborative) -> None:
    drawn = chart([6.9, "invalid"])
    assert actions.action(drawn, measure(), work(), absenteeism) == (
        "Check the counts of October in REDCap: as they stand they cannot both be right."
    )


def test_an_improving_signal_asks_whether_what_was_tested_becomes_routine(absenteeism: Collaborative) -> None:
    assert actions.action(improving(), measure(), work(cycle(1), cycle(2)), absenteeism) == (
        "On Tue 21 April, decide with your coach whether what test 2 (D1c, cycle 2) tried becomes routine. Keep counting."
    )


def test_an_improving_signal_with_an_open_test_asks_for_its_result_first(absenteeism: Collaborative) -> None:
    assert actions.action(improving(), measure(), work(unfinished(1), call=""), absenteeism) == (
        "Test 1 (D1c, cycle 1) has no result yet: write it. Decide with your coach what becomes routine."
    )


def test_an_improving_signal_without_a_test_claims_no_cause(absenteeism: Collaborative) -> None:
    assert actions.action(improving(), measure(), work(), absenteeism) == (
        "On Tue 21 April, decide with your coach what changed, and write it down as a test: so far none bears on this."
    )


def test_a_worsening_signal_asks_to_look_before_acting(absenteeism: Collaborative) -> None:
    drawn = chart([8.0] * 7, verdict="worsening", signals=(signal("shift", "worsening", *LIVE),))
    assert actions.action(drawn, FAMILY, work(), absenteeism) == (
        "Look at what changed around September before you change anything more, and bring this chart to the call on "
        "Tue 21 April. Then one small test: “Personal note: days missed, beside other pupils” (D3a)."
    )


def test_months_beyond_a_limit_ask_what_changed_in_the_first_of_them(absenteeism: Collaborative) -> None:
    beyond = tuple(signal("limits", "worsening", month) for month in LIVE[2:])
    drawn = chart([7.4] * 2 + [9.0] * 5, verdict="worsening", signals=beyond)
    told = actions.action(drawn, FAMILY, work(), absenteeism)
    assert told.startswith("Look at what changed in November before you change anything more")
    assert actions.pooled(drawn, "the call").startswith("Ask at the call what teams have seen in November before")


@pytest.mark.parametrize(
    ("drawn", "begins"),
    [
        (chart([7.0]), ""),
        (chart([7.0], verdict="no_rule", goal=None), ""),
        (chart([7.0] * 2, run=run("below", *LIVE[:2])), ""),
        (
            chart([8.0] * 7, verdict="worsening", signals=(signal("shift", "worsening", *LIVE),)),
            "Look at what changed around September before you change anything more. ",
        ),
    ],
    ids=["none", "yearly", "favourable", "worsening"],
)
def test_an_open_test_wins_beside_every_chart_whatever_it_bears_on(
    drawn: Chart, begins: str, absenteeism: Collaborative
) -> None:
    there = work(cycle(1), others=(unfinished(2),), call="")
    assert actions.action(drawn, FAMILY, there, absenteeism) == (
        f"{begins}Finish test 2 (D1c, cycle 2) before you begin another."
    )


def test_an_unusual_pattern_asks_since_when(absenteeism: Collaborative) -> None:
    assert actions.action(chart([7.0], verdict="unclear"), measure(), work(), absenteeism) == (
        "Ask since when this is different, and what began then; write it in the month’s note."
    )


@pytest.mark.parametrize(
    ("drawn", "tests", "action"),
    [
        (chart([7.0]), (unfinished(1),), "Finish test 1 (D1c, cycle 1) before you begin another: its result is what this chart is waiting for."),
        (chart([7.0]), (unfinished(1, status="running"),), "Let test 1 (D1c, cycle 1) run as planned, and change nothing else until it is done."),
        (chart([7.0] * 6, n_useful=17, run=run("below", *LIVE[:6])), (cycle(1),), "Change nothing here until the verdict is in: a change now would blur what this run can tell."),
        (chart([7.0] * 2, run=run("below", *LIVE[:2])), (cycle(1),), "Keep what test 1 (D1c, cycle 1) began, and widen it by one step."),
        (chart([7.0]), (cycle(1, idea="D3a"),), "Test something new, as small as you can: “Home visit to three families” (D3b), with one person, this week."),
        (chart([7.0]), (cycle(1, idea="D3a"), cycle(2, idea="D3b"), cycle(3, idea="D3c")), "Repeat the test that taught you most, one size up."),
    ],
    ids=["open", "running", "near-a-signal", "favourable", "untried", "all-tried"],
)  # fmt: skip
def test_without_a_signal_the_next_test_depends_on_what_is_under_way(
    drawn: Chart, tests: tuple[Pdsa, ...], action: str, absenteeism: Collaborative
) -> None:
    assert actions.action(drawn, FAMILY, work(*tests), absenteeism) == action


def test_too_few_points_ask_for_more_of_them(absenteeism: Collaborative) -> None:
    assert actions.action(chart([7.0], verdict="few"), measure(), work(), absenteeism).startswith(
        "Keep sending every month"
    )


def test_tests_bear_on_a_measure_by_name_or_by_driver(absenteeism: Collaborative) -> None:
    by_name, by_driver = cycle(1, measure="ca_c5", idea="D5a"), cycle(2, measure="ca_day", idea="D3a")
    neither = cycle(3, measure="ca_day", idea="D5a")
    found = actions.bearing([by_name, by_driver, neither], "ca_c5", FAMILY, absenteeism)
    assert found == (by_name, by_driver)


@pytest.mark.parametrize(
    ("verdict", "begins"),
    [("improving", "Say so at the all-team call"), ("worsening", "Ask at the all-team call of Thu 23 April what teams have seen"), ("unclear", "Ask at the all-team call of Thu 23 April whether the way of counting"), ("none", "There is nothing to announce")],
)  # fmt: skip
def test_the_collaboratives_line_has_its_own_next_step(verdict: str, begins: str) -> None:
    drawn = chart([7.0], verdict=verdict)
    assert actions.pooled(drawn, "the all-team call of Thu 23 April").startswith(begins)
