"""Tests of change in words: ramps, logs, what waits, what comes next."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.reporting.given import TODAY, cycle, measure, text, unfinished

from breakthrough.collaborative import Collaborative
from breakthrough.reporting.sentences import cycles
from breakthrough.teams.values import Pdsa


@pytest.mark.parametrize(
    ("ramp", "heading"),
    [
        (
            [cycle(1), cycle(2), cycle(3), unfinished(4)],
            "Four linked cycles, each wider than the last; the fourth has no result",
        ),
        ([cycle(1, decision="adopt")], "One cycle; it was adopted"),
        (
            [cycle(1), cycle(2, previous="", decision="extend")],
            "Two cycles, each wider than the last; the second is to be repeated more widely",
        ),
        (
            [cycle(1, scale=3), cycle(2, scale=2), cycle(3, scale=4, decision="abandon")],
            "Three linked cycles, grown from one class, clinician or shift to several classes, clinicians or shifts; the third was dropped",
        ),
        (
            [cycle(1, scale=2), cycle(2, scale=2, status="running", decision="")],
            "Two linked cycles, all at one size; the second is running",
        ),
        ([cycle(1, scale=0, status="planned", decision="")], "One cycle; it is planned"),
    ],
    ids=["growing", "one", "unlinked", "up-and-down", "same-size", "planned"],
)
def test_a_ramp_is_headed_by_its_growth_and_its_last_cycle(ramp: list[Pdsa], heading: str) -> None:
    assert cycles.heading(ramp) == heading


def test_predictions_are_held_against_results() -> None:
    ramp = [cycle(1, met="not"), cycle(2, met="partly"), cycle(3), cycle(4, prediction=text(), predicted=None, met="")]
    assert cycles.meaning(ramp) == (
        "Of three predictions, one came true, one came true in part and one did not come true. One cycle began without a written prediction."
    )


def test_predictions_that_all_fared_alike_are_told_at_once() -> None:
    assert cycles.meaning([cycle(1)]) == "The one prediction came true."
    assert cycles.meaning([cycle(1), cycle(2)]) == "Both predictions came true."
    assert cycles.meaning([cycle(at, met="not") for at in (1, 2, 3)]) == "All three predictions did not come true."
    assert cycles.meaning([unfinished(1)]) == "No prediction has been held against a result yet."


def test_a_cycle_that_is_only_planned_has_not_begun_without_a_prediction() -> None:
    planned = cycle(2, prediction=text(), predicted=None, met="", start=None, status="planned")
    assert cycles.meaning([planned]) == "No prediction has been held against a result yet."
    assert cycles.meaning([cycle(1), planned]) == "The one prediction came true."


def test_a_ramp_without_an_open_test_waits_for_one_that_is_open(absenteeism: Collaborative) -> None:
    last = cycle(2, decision="extend")
    assert cycles.action([last], absenteeism, "test 3 (D1c, cycle 3)") == (
        "Finish test 3 (D1c, cycle 3) before you plan the next cycle here."
    )
    routine = cycles.action([cycle(2, decision="adopt")], absenteeism, "test 3 (D1c, cycle 3)")
    assert routine.startswith("Agree who makes it routine")


def test_a_log_names_what_it_lacks() -> None:
    assert cycles.log(unfinished(4)) == "Cycle 4: 5 of 8; missing: result, study and decision."
    assert cycles.log(cycle(1)) == "Cycle 1: 8 of 8."
    assert cycles.dots(unfinished(4)) == "●●●●●○○○"


def test_a_test_without_a_result_says_since_when_it_waits() -> None:
    waits = unfinished(4, end=dt.date(2026, 3, 20))
    assert cycles.open_since(waits, "test 4", TODAY) == "test 4 ended on Fri 20 March. What happened is not written."
    assert cycles.open_for(waits, TODAY) == "Open 26 days"


def test_a_test_past_its_planned_end_is_asked_after() -> None:
    late = unfinished(4, status="overdue", end=None, end_planned=dt.date(2026, 4, 14))
    assert cycles.open_since(late, "test 4", TODAY) == "test 4 was to end by Tue 14 April. Has it?"
    assert cycles.open_for(late, TODAY) == "Open 1 day"


def test_tests_are_numbered_in_the_order_they_began_and_planned_ones_come_last() -> None:
    second, first = cycle(1, start=dt.date(2026, 1, 5)), cycle(2, start=dt.date(2025, 12, 1))
    planned = cycle(3, start=None, status="planned")
    numbers = cycles.numbered([planned, second, first])
    assert [numbers[one.entry] for one in (first, second, planned)] == [1, 2, 3]
    assert cycles.called(first, numbers) == "test 1 (D1c, cycle 2)"


@pytest.mark.parametrize(
    ("last", "action"),
    [
        (unfinished(2), "Write the result of cycle 2, whatever it was. A test that did not come out as predicted teaches as much."),
        (unfinished(2, status="overdue", end=None), "Say whether cycle 2 has ended; if it goes on, give it a new end date."),
        (unfinished(2, status="running", end=None, end_planned=dt.date(2026, 4, 24)), "Note surprises while cycle 2 runs, not afterwards. It ends on Fri 24 April."),
        (unfinished(2, status="planned", start=None), "Write what you expect, as a number if you can, before cycle 2 begins."),
        (cycle(2, decision="adopt"), "Agree who makes it routine, from which day, and how you will see that it lasts."),
        (cycle(2, decision="extend"), "Plan the next cycle one size up, with one class, clinician or shift, and write the prediction first."),
        (cycle(2, decision="abandon"), "Write down what it taught, then choose another idea on the same driver (D1): D1a or D1b."),
        (cycle(2, decision="adapt"), "Plan the next cycle with what you changed, no wider than this one."),
    ],
    ids=["unstudied", "overdue", "running", "planned", "adopt", "extend", "abandon", "adapt"],
)  # fmt: skip
def test_every_ramp_has_one_next_step(last: Pdsa, action: str, absenteeism: Collaborative) -> None:
    assert cycles.action([cycle(1), last], absenteeism) == action


def test_without_a_test_the_strongest_untried_idea_is_put_forward(absenteeism: Collaborative) -> None:
    tried = [cycle(1, idea="D3a")]
    assert cycles.none_action(absenteeism, tried) == (
        "Try “Friday list of pupils newly at 5 in 100” (D1b) with one person, on one day, this week."
    )


def test_a_title_that_is_not_cleared_is_never_used(absenteeism: Collaborative) -> None:
    secret = text("Home visit to Jane Roe", cleared=False)
    assert cycles.title([cycle(1, idea="", title=secret)], absenteeism) == "R1"
    assert cycles.title([cycle(1, idea="", title=text("Cause sheet"))], absenteeism) == "Cause sheet"
    assert cycles.title([cycle(1, title=secret)], absenteeism) == "Three-question cause sheet (D1c)"


def test_a_number_has_the_unit_of_its_measure() -> None:
    known = {"ca_day": measure()}
    assert cycles.number(cycle(1), 80.0, known) == "80%"
    assert cycles.number(cycle(1, measure="other"), 80.5, known) == "80.5"
    assert cycles.number(cycle(1), None, known) == ""
