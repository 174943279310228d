from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.teams.desk import cycle, only, portfolio, profile

from breakthrough import teams
from breakthrough.teams import POINTS, Pdsa
from breakthrough.teams.ramps import firsts, is_first, ramps

PREDICTION, WATCHED, SMALL, RAN, RESULT, HELD, DECISION, LINK = POINTS

# A well-kept log: every point is earned, the last one as the second cycle follows it.
GOOD: dict[str, Any] = {
    "pd_ramp": "calls",
    "pd_cycle": 1,
    "pd_predict": "Seven of ten will answer",
    "pd_planned_on": "2026-02-27",
    "pd_start": "2026-03-02",
    "pd_end": "2026-03-20",
    "pd_scale": 1,
    "pd_data_plan": "Tally sheet",
    "pd_result": "Six answered",
    "pd_met": 2,
    "pd_act": 2,
}
NEXT: dict[str, Any] = {"pd_ramp": "calls", "pd_cycle": 2}


def _first(**changes: object) -> Pdsa:
    """The good cycle with some fields changed, its successor beside it."""
    found = portfolio(profile(), cycle(1, **{**GOOD, **changes}), cycle(2, **NEXT)).pdsas
    return next(one for one in found if one.entry.instance == 1)


def test_a_well_kept_log_earns_all_eight_points() -> None:
    assert (_first().score, _first().missing) == (8, ())


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        pytest.param({"pd_predict": None}, PREDICTION, id="no prediction"),
        pytest.param({"pd_planned_on": "2026-03-03"}, PREDICTION, id="a prediction saved after the start"),
        pytest.param({"pd_planned_on": None}, PREDICTION, id="a prediction of unknown date"),
        pytest.param({"pd_data_plan": None}, WATCHED, id="nothing to measure or watch"),
        pytest.param({"pd_scale": 3}, SMALL, id="a whole class to begin with"),
        pytest.param({"pd_scale": None}, SMALL, id="a scale not said"),
        pytest.param({"pd_end": None}, RAN, id="no end"),
        pytest.param({"pd_end": "2026-04-02"}, RAN, id="31 days"),
        pytest.param({"pd_end": "2026-03-01"}, RAN, id="ended before it began"),
        pytest.param({"pd_result": None}, RESULT, id="no result"),
        pytest.param({"pd_met": None}, HELD, id="not said whether the prediction held"),
        pytest.param({"pd_met": 4}, HELD, id="cannot tell whether the prediction held"),
        pytest.param({"pd_act": None}, DECISION, id="no decision"),
        pytest.param({"pd_act": 7}, DECISION, id="a decision that is no choice"),
        pytest.param({"pd_ramp": "other"}, LINK, id="nothing before or after"),
    ],
)
def test_each_point_is_lost_by_itself_and_named(changes: dict[str, Any], missing: str) -> None:
    assert _first(**changes).missing == (missing,)
    assert _first(**changes).score == 7


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"pd_planned_on": "2026-03-02"}, id="predicted on the day it began"),
        pytest.param({"pd_predict": None, "pd_predict_num": 7}, id="predicted as a number"),
        pytest.param({"pd_data_plan": None, "pd_measure": "ca_day"}, id="a measure is something to watch"),
        pytest.param({"pd_scale": 2}, id="a few people are small"),
        pytest.param({"pd_end": "2026-04-01"}, id="30 days"),
        pytest.param({"pd_end": "2026-03-02"}, id="one day"),
        pytest.param({"pd_result": None, "pd_result_num": 0}, id="a result of 0 is one"),
        pytest.param({"pd_met": 3}, id="the prediction did not hold"),
        pytest.param({"pd_ramp": "other", "pd_act": 3}, id="abandoned, so nothing need follow"),
    ],
)
def test_other_ways_to_earn_all_points(changes: dict[str, Any]) -> None:
    assert _first(**changes).missing == ()


@pytest.mark.parametrize(
    ("second", "linked"),
    [
        pytest.param({"pd_prev": "t1"}, True, id="the second names the first"),
        pytest.param({"pd_prev": "t9"}, False, id="the second names nobody's test"),
        pytest.param({"pd_prev": "t2"}, False, id="the second names itself"),
        pytest.param({}, False, id="nothing names anything"),
    ],
)
def test_a_link_without_a_ramp_is_a_name_that_exists(second: dict[str, Any], linked: bool) -> None:
    found = portfolio(profile(), cycle(1), cycle(2, pd_cycle=2, **second)).pdsas
    assert [LINK not in one.missing for one in found] == [linked, linked]


def test_other_teams_are_no_link_and_no_ramp() -> None:
    found = portfolio(
        profile(),
        profile("T002"),
        cycle(1, pd_ramp="calls", pd_cycle=1, pd_scale=1),
        cycle(2, "T002", pd_ramp="calls", pd_cycle=2, pd_prev="t1", pd_scale=1),
    ).pdsas
    assert all(LINK in one.missing for one in found)
    assert SMALL not in found[1].missing, "its own first cycle is small"


def test_the_size_of_the_first_cycle_counts_for_the_whole_ramp() -> None:
    found = portfolio(
        profile(), cycle(1, pd_ramp="calls", pd_cycle=1, pd_scale=5), cycle(2, pd_ramp="calls", pd_cycle=2, pd_scale=1)
    ).pdsas
    assert [SMALL in one.missing for one in found] == [True, True]
    assert [is_first(one, found) for one in found] == [True, False]


def test_a_ramp_is_its_cycles_in_order_with_the_scale_they_reached() -> None:
    found = portfolio(
        profile(), cycle(1, pd_ramp="calls", pd_cycle=2, pd_scale=4, pd_start="2026-03-16", pd_change="D2b"),
        cycle(2, pd_ramp="calls", pd_cycle=1, pd_scale=1, pd_start="2026-03-02", pd_change="D2b"),
        cycle(3, pd_ramp="calls", pd_cycle=3, pd_scale=4), cycle(4, pd_ramp="calls", pd_cycle=4, pd_scale=6),
        cycle(5, pd_cycle=1), cycle(6, pd_cycle=1),
    ).pdsas  # fmt: skip
    calls, *alone = ramps(found)
    assert (calls.name, [one.code for one in calls.cycles]) == ("calls", ["t2", "t1", "t3", "t4"])
    assert (calls.first.code, calls.last.code, calls.ideas) == ("t2", "t4", ("D2b",))
    assert calls.scale == 4, "of those that have begun"
    assert calls.grew == (2, 3)
    assert [(one.name, one.first.code, one.scale, one.grew) for one in alone] == [
        ("", "t5", 0, (0, 0)),
        ("", "t6", 0, (0, 0)),
    ]
    assert [one.code for one in firsts(found)] == ["t5", "t6", "t2"]


def test_a_later_cycle_without_a_ramp_has_no_first_that_anyone_could_know() -> None:
    (one,) = portfolio(profile(), cycle(1, pd_cycle=3, pd_scale=1)).pdsas
    assert SMALL in one.missing
    assert not is_first(one, [one])


def test_a_prediction_of_a_cycle_not_begun_counts_and_one_of_a_cycle_that_only_ended_does_not() -> None:
    plan: dict[str, Any] = {"pd_predict": "Seven", "pd_planned_on": "2026-04-01"}
    assert PREDICTION not in only(cycle(1, **plan)).missing
    assert PREDICTION in only(cycle(1, **plan, pd_end="2026-04-10")).missing
    assert PREDICTION in only(cycle(1, **plan, pd_result="Seven!")).missing


@pytest.mark.parametrize(
    ("values", "status"),
    [
        pytest.param({}, "planned", id="nothing but a name"),
        pytest.param({"pd_start": "2026-04-16"}, "planned", id="begins tomorrow"),
        pytest.param({"pd_start": "2026-04-15"}, "running", id="begins today"),
        pytest.param({"pd_start": "2026-04-01", "pd_end_plan": "2026-04-15"}, "running", id="should end today"),
        pytest.param(
            {"pd_start": "2026-04-01", "pd_end_plan": "2026-04-14"}, "overdue", id="should have ended yesterday"
        ),
        pytest.param({"pd_start": "2026-04-01", "pd_end": "2026-04-15"}, "awaiting study", id="ended today"),
        pytest.param({"pd_end": "2026-04-10"}, "awaiting study", id="ended, and nobody wrote when it began"),
        pytest.param({"pd_start": "2026-04-01", "pd_end": "2026-05-01"}, "running", id="an end that is still to come"),
        pytest.param(
            {"pd_start": "2026-04-01", "pd_end": "2026-04-10", "pd_met": 1}, "awaiting study", id="no decision yet"
        ),
        pytest.param({"pd_start": "2026-04-01", "pd_end": "2026-04-10", "pd_act": 1}, "closed", id="decided"),
        pytest.param({"pd_act": 3}, "closed", id="abandoned before it began"),
    ],
)
def test_the_status_follows_from_dates_and_decision(values: dict[str, Any], status: str) -> None:
    assert only(cycle(1, **values)).status == status


def test_codes_are_read_as_what_they_mean() -> None:
    one = only(
        cycle(
            1, pd_kind=2, pd_met=3, pd_act=4, pd_scale=6, pd_change="D1b", pd_measure="ca_day", pd_predict_num="7.5",
            pd_result_num="-2", pd_cycle="3", pd_title=" Friday calls ", pd_noid=1, pd_end_plan="2026-04-01",
        )
    )  # fmt: skip
    assert (one.kind, one.met, one.decision, one.scale, one.idea) == ("implement", "not", "extend", 6, "D1b")
    assert (one.measure, one.predicted, one.result_number, one.cycle) == ("ca_day", 7.5, -2.0, 3)
    assert (one.title.printable, one.end_planned) == ("Friday calls", dt.date(2026, 4, 1))


def test_text_is_printable_only_where_the_box_is_ticked() -> None:
    assert only(cycle(1, pd_title="Ring Mrs Hay", pd_noid=0)).title.printable is None
    assert only(cycle(1, pd_title="Ring Mrs Hay")).title.written == "Ring Mrs Hay"
    assert only(cycle(1, pd_title=" ", pd_noid=1)).title.printable is None


def test_what_cannot_be_read_is_blank_and_logged_without_its_value(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        one = only(
            cycle(1, pd_id=None, pd_cycle="many", pd_kind=9, pd_start="tomorrow", pd_end="2026-02-30", pd_end_plan="9999-12-31",
                  pd_scale="0", pd_predict_num="nan", pd_planned_on="20260401")
        )  # fmt: skip
    assert (one.code, one.cycle, one.kind, one.start, one.end, one.end_planned) == ("1", 1, "", None, None, None)
    assert (one.scale, one.predicted, one.planned_on, one.status) == (0, None, None, "planned")
    assert "entry=main/T001/pdsa_cycle/1 field=pd_start" in caplog.text
    assert not any(value in caplog.text for value in ("tomorrow", "9999", "many", "20260401"))


ANY = st.one_of(st.text(max_size=5), st.sampled_from(["1", "4", "2026-03-01", "2026-04-30", "t1", "calls"]))
FIELDS = [
    "pd_id", "pd_title", "pd_ramp", "pd_cycle", "pd_prev", "pd_change", "pd_kind", "pd_scale", "pd_predict", "pd_start",
    "pd_planned_on", "pd_end", "pd_end_plan", "pd_result", "pd_result_num", "pd_met", "pd_act", "pd_noid",
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), ANY), max_size=5))
def test_whatever_is_entered_the_score_is_eight_less_what_is_missing(forms: list[dict[str, str]]) -> None:
    found = portfolio(profile(), *(cycle(at, **values) for at, values in enumerate(forms, 1))).pdsas
    assert len(found) == len(forms)
    for one in found:
        assert one.score == 8 - len(one.missing)
        assert set(one.missing) <= set(teams.POINTS)
