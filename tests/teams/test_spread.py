"""Places that changes are spread to, and the checks of whether they last."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.teams.desk import form, portfolio, profile

from breakthrough.entry import Entry
from breakthrough.teams.records import SpreadUnit, SustainCheck
from breakthrough.teams.spread import CHECKS, ITEMS, Reach, check_days, reach


def _unit(instance: int = 1, **values: object) -> Entry:
    return form("spread_plan", {"sp_unit": "Hilltop", "sp_change": "D1b", **values}, instance=instance)


def _units(*entries: Entry) -> tuple[SpreadUnit, ...]:
    return portfolio(profile(), *entries).units


def _check(instance: int = 1, **values: object) -> Entry:
    return form("sustain_check", {"su_change": "D1b", "su_when": 1, **values}, instance=instance)


def _checks(*entries: Entry) -> tuple[SustainCheck, ...]:
    return portfolio(profile(), *entries).sustain_checks


def test_a_place_is_read_with_its_stage_and_dates() -> None:
    (one,) = _units(_unit(sp_size=240, sp_stage=3, sp_start_plan="2026-03-01", sp_start="2026-03-09", sp_data=0))
    assert (one.idea, one.size, one.stage, one.own_data) == ("D1b", 240, "started", False)
    assert (one.planned, one.started) == (dt.date(2026, 3, 1), dt.date(2026, 3, 9))


def test_reach_counts_places_people_and_figures_of_their_own() -> None:
    found = _units(
        _unit(1, sp_stage=4, sp_size=240, sp_data=1), _unit(2, sp_stage=3, sp_size=300, sp_data=0), _unit(3, sp_stage=3),
        _unit(4, sp_stage=1, sp_size=900, sp_data=1), _unit(5), _unit(6, sp_stage=5, sp_size=50),
    )  # fmt: skip
    assert reach(found) == Reach(intended=5, reached=3, daily=1, stopped=1, own_data=1, people=540, sized=2)
    assert reach(()) == Reach(0, 0, 0, 0, 0, 0, 0)


@given(
    st.lists(st.tuples(st.sampled_from(["", *"0123456"]), st.sampled_from(["", "0", "120", "-4", "many"])), max_size=8)
)
def test_no_more_places_are_reached_than_intended(rows: list[tuple[str, str]]) -> None:
    found = reach(_units(*(_unit(at, sp_stage=stage, sp_size=size) for at, (stage, size) in enumerate(rows, 1))))
    assert found.daily <= found.reached <= found.intended
    assert found.intended + found.stopped == len(rows)
    assert 0 <= found.people <= 120 * found.sized


def _answers(*levels: int | None) -> dict[str, Any]:
    return dict(zip(ITEMS, levels, strict=True))


def test_a_check_scores_the_mean_of_what_was_answered_times_25_and_names_the_low_ones() -> None:
    (one,) = _checks(_check(**_answers(4, 3, 4, 2, 1, 4, 3, 4, 0, 2)))
    assert (one.score, one.answered, one.low) == (67.5, 10, ("leader", "adapt"))
    (part,) = _checks(_check(**_answers(4, 3, None, None, None, None, None, None, None, 2)))
    assert (part.score, part.answered) == (75, 3)


def test_a_check_without_an_answer_or_an_occasion_is_none() -> None:
    assert _checks(_check()) == ()
    assert _checks(_check(su_when=None, su_measure=4)) == ()
    assert _checks(_check(su_measure=5)) == ()


def test_checks_are_in_the_order_of_time_and_of_two_the_last_is_taken() -> None:
    found = _checks(_check(1, su_when=4, su_fit=1), _check(2, su_when=1, su_fit=2), _check(3, su_when=1, su_fit=3))
    assert [(one.when, one.answers["fit"]) for one in found] == [("session 3", 3), ("6 months later", 1)]


def test_checks_are_due_at_session_3_at_the_end_and_3_6_and_12_months_later() -> None:
    assert check_days(dt.date(2026, 3, 5), dt.date(2026, 7, 31)) == dict(
        zip(
            CHECKS,
            [
                dt.date(2026, 3, 5),
                dt.date(2026, 7, 31),
                dt.date(2026, 10, 31),
                dt.date(2027, 1, 31),
                dt.date(2027, 7, 31),
            ],
            strict=True,
        )
    )


def test_a_collaborative_without_a_third_session_has_no_check_there() -> None:
    assert "session 3" not in check_days(None, dt.date(2026, 7, 31))
