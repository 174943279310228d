"""How far each change idea has come, and what followed it: told in order of time, and never as a cause."""

from __future__ import annotations

import dataclasses
import datetime as dt
import inspect
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.teams.desk import collaborative, cycle, form, portfolio, profile

from breakthrough import measures, teams
from breakthrough.entry import Entry
from breakthrough.measures import Chart, Signal
from breakthrough.month import Month
from breakthrough.teams import changes as room
from breakthrough.teams import package
from breakthrough.teams.changes import STAGES, Change, Followed
from breakthrough.teams.package import Across

DAY = dt.date(2026, 4, 15)
Charts = dict[tuple[str, str], Chart]


def _status(idea: str, month: str, stage: object, instance: int = 1, team: str = "T001", **values: object) -> Entry:
    known = {"cs_change": idea, "cs_period": f"{month}-01", "cs_stage": stage}
    return form("change_status", {**known, **values}, team, instance)


def _unit(idea: str, stage: object, instance: int = 1, team: str = "T001") -> Entry:
    return form("spread_plan", {"sp_unit": "Hilltop", "sp_change": idea, "sp_stage": stage}, team, instance)


def _test(at: int, start: str | None = "2025-11-03", team: str = "T001", **values: object) -> Entry:
    return cycle(at, team, pd_change="D1b", pd_start=start, pd_cycle=at, **values)


def _all(*entries: Entry, charts: Charts | None = None) -> tuple[Change, ...]:
    read = portfolio(profile(), *entries)
    return teams.changes(read, collaborative(), charts or {}, DAY)


def _stage(*entries: Entry) -> str:
    return next(one for one in _all(*entries) if one.idea == "D1b").stage


@pytest.mark.parametrize(
    ("entries", "stage"),
    [
        pytest.param([], "not started", id="nothing"),
        pytest.param([_test(1, None)], "not started", id="a test that is only planned"),
        pytest.param([_test(1, "2026-05-01")], "not started", id="a test still to come"),
        pytest.param([_status("D1b", "2026-02", 2)], "not started", id="said to be prepared"),
        pytest.param([_status("D1b", "2026-02", 3)], "testing", id="said to be tested"),
        pytest.param([_test(1)], "testing", id="a test has begun"),
        pytest.param([_test(1, pd_act=4)], "testing", id="extended"),
        pytest.param([_test(1, pd_act=2)], "adapted", id="adapted"),
        pytest.param([_test(1, pd_act=2), _test(2, "2025-12-01")], "adapted", id="adapted, and tested again"),
        pytest.param([_test(1, pd_act=2), _test(2, "2025-12-01", pd_act=1)], "adopted", id="adopted after that"),
        pytest.param([_test(2, "2025-11-03", pd_act=1), _test(1, "2025-12-01", pd_act=2)], "adapted", id="the newest by its day"),
        pytest.param([_test(1, pd_act=1), _test(2, "2026-01-12", pd_kind=2)], "implementing", id="implementing has begun"),
        pytest.param([_test(1, pd_act=1), _status("D1b", "2026-02", 4)], "implementing", id="said to be daily work"),
        pytest.param([_status("D1b", "2026-02", 4), _status("D1b", "2026-03", 3, 2)], "testing", id="and back a line"),
        pytest.param([_test(1, pd_kind=2, pd_end="2025-11-20"), _status("D1b", "2026-02", 3)], "testing", id="implementing, then said to be less"),
        pytest.param([_test(1, pd_act=1), _unit("D1b", 3)], "spread", id="another place has started"),
        pytest.param([_test(1, pd_act=1), _unit("D1b", 2)], "adopted", id="another place is prepared"),
        pytest.param([_test(1, pd_act=1), _unit("D1b", 5)], "adopted", id="another place has stopped"),
        pytest.param([_test(1, pd_kind=3)], "spread", id="spreading has begun"),
        pytest.param([_test(1, pd_act=3)], "dropped", id="abandoned"),
        pytest.param([_test(1, pd_act=3), _test(2, "2025-12-01")], "testing", id="abandoned, and tested again"),
        pytest.param([_test(1, pd_act=1), _test(2, "2025-12-01", pd_act=3)], "dropped", id="adopted, then abandoned"),
        pytest.param([_test(1, pd_act=3), _status("D1b", "2026-01", 3)], "testing", id="abandoned, later said to be tested"),
        pytest.param([_test(1, pd_act=3), _status("D1b", "2025-10", 4)], "dropped", id="said before it was abandoned"),
        pytest.param([_test(1, pd_act=3), _unit("D1b", 4)], "spread", id="abandoned here, daily work elsewhere"),
        pytest.param([_test(1), _status("D1b", "2026-02", 0)], "testing", id="a test is a fact, whatever is said"),
        pytest.param([_status("D1b", "2026-02", 9), _status("D1b", "soon", 4), _status("", "2026-02", 4)], "not started", id="what cannot be read or placed"),
    ],
)  # fmt: skip
def test_the_stage_follows_from_tests_statements_and_places(entries: list[Entry], stage: str) -> None:
    assert _stage(*entries) == stage


def test_every_idea_of_every_accepted_team_is_there_and_no_other() -> None:
    read = portfolio(
        profile(), profile("T002", tp_status=4), profile("T003", tp_status=1), cycle(1, pd_change="other", pd_start="2026-01-01"),
        _status("D9z", "2026-02", 4),
    )  # fmt: skip
    found = teams.changes(read, collaborative(), {}, DAY)
    assert [one.idea for one in found if one.team == "T001"] == list(collaborative().ideas)
    assert {one.team for one in found} == {"T001", "T002"}
    assert {one.stage for one in found} == {"not started"}


def test_a_change_holds_its_tests_in_order_with_scale_level_and_what_was_said_last() -> None:
    found = next(
        one
        for one in _all(
            _test(1, "2025-12-01", pd_scale=4), _test(2, "2025-11-03", pd_scale=1),
            _status("D1b", "2026-01", 2, 1), _status("D1b", "2026-02", 1, 2, cs_reach_n=2, cs_reach_d=9, cs_by=2),
        )
        if one.idea == "D1b"
    )  # fmt: skip
    assert ([test.code for test in found.tests], found.begun, found.scale) == (["t2", "t1"], dt.date(2025, 11, 3), 4)
    assert found.stated is not None
    assert (found.stated.stage, found.stated.reach, found.stated.of, found.stated.by) == (1, 2, 9, "coach")
    assert (found.driver, found.level) == ("D1", 3)


def test_of_two_statements_for_a_month_the_last_is_taken() -> None:
    assert _stage(_status("D1b", "2026-02", 4, 1), _status("D1b", "2026-02", 3, 2)) == "testing"


# --- what followed -------------------------------------------------------------------------------------------------------


def _chart(measure: str, *signals: tuple[str, str], team: str = "T001") -> Charts:
    """A chart of nothing but signals: direction and first month of each."""
    found = tuple(
        Signal("shift", direction, (Month(since),), Month(since), "baseline median", 6, 6)  # type: ignore[arg-type]
        for direction, since in signals
    )
    empty: dict[str, Any] = {"points": (), "centre": (), "lower": (), "upper": (), "line": "", "frozen": True}
    more: dict[str, Any] = {"n_useful": 12, "run": None, "verdict": "none", "goal": None, "goal_by": None}
    chart = Chart(measure, team, "run", **empty, signals=found, **more, rule_set="anhoej 1")
    return {(team, measure): chart}


def _followed(charts: Charts, *entries: Entry) -> list[tuple[str, str, str, int]]:
    found = next(one for one in _all(*entries, charts=charts) if one.idea == "D1b").followed_by
    return [(one.measure, one.direction, one.since.name, one.months) for one in found]


@pytest.mark.parametrize(
    ("signals", "followed"),
    [
        pytest.param([("improving", "2026-01")], [("ca_hold", "improving", "2026-01", 2)], id="two months after"),
        pytest.param([("improving", "2025-11")], [("ca_hold", "improving", "2025-11", 0)], id="in the same month"),
        pytest.param([("improving", "2025-10")], [], id="before the test"),
        pytest.param([("worsening", "2026-01")], [("ca_hold", "worsening", "2026-01", 2)], id="a worsening one is told as well"),
        pytest.param([("unclear", "2026-01")], [], id="an unclear one"),
        pytest.param([("improving", "2026-02"), ("improving", "2025-12")], [("ca_hold", "improving", "2025-12", 1)], id="the first of several"),
    ],
)  # fmt: skip
def test_a_signal_follows_a_test_where_it_began_in_its_month_or_later(
    signals: list[tuple[str, str]], followed: list[tuple[str, str, str, int]]
) -> None:
    assert _followed(_chart("ca_hold", *signals), _test(1)) == followed


def test_only_measures_of_the_ideas_driver_can_follow_it() -> None:
    assert _followed(_chart("ca_team", ("improving", "2026-01")), _test(1)) == []
    assert _followed(_chart("ca_day", ("improving", "2026-01")), _test(1)) == [("ca_day", "improving", "2026-01", 2)]
    assert _followed(_chart("ca_day", ("improving", "2026-01"))) == []


def test_what_else_the_team_was_testing_by_then_stands_beside_it() -> None:
    others = [cycle(8, pd_change="D3a", pd_start="2025-12-01"), cycle(9, pd_change="D5a", pd_start="2026-02-02")]
    found = _all(_test(1), *others, charts=_chart("ca_day", ("improving", "2026-01")))
    (one,) = next(change for change in found if change.idea == "D1b").followed_by
    assert one.meanwhile == ("D3a",)


def test_no_word_of_it_claims_a_cause() -> None:
    text = "".join(inspect.getsource(module) for module in (room, package)).lower()
    names = {field.name for kind in (Followed, Change, Across) for field in dataclasses.fields(kind)}
    for word in ("because", "caused by", "effect", "impact", "due to", "thanks to", "led to", "works", "proof"):
        assert word not in text
        assert word not in names


# --- across teams --------------------------------------------------------------------------------------------------------


def test_across_teams_each_idea_tells_who_tested_it_and_who_did_not() -> None:
    charts = {
        **_chart("ca_day", ("improving", "2026-01")),
        **_chart("ca_day", ("worsening", "2026-01"), team="T002"),
        **_chart("ca_day", ("improving", "2025-12"), team="T003"),
    }
    read = portfolio(
        *(profile(f"T00{number}") for number in range(1, 5)),
        _test(1, pd_scale=1, pd_act=2), _test(2, "2025-12-01", pd_scale=5, pd_act=1), _test(1, team="T002", pd_scale=2),
    )  # fmt: skip
    found = teams.changes(read, collaborative(), charts, DAY)
    every = teams.across(found, collaborative(), charts)
    assert [one.idea for one in every] == list(collaborative().ideas)
    one = next(idea for idea in every if idea.idea == "D1b")
    assert (one.tested, one.tests, one.closed, one.scale) == (("T001", "T002"), 3, 2, 5)
    assert (one.improving, one.worsening) == (("T001",), ("T002",))
    assert (one.others, one.others_improving) == (("T003", "T004"), ("T003",))
    assert {stage: number for stage, number in one.stages.items() if number} == {
        "not started": 2,
        "testing": 1,
        "adopted": 1,
    }


def test_a_driver_stands_where_its_furthest_idea_stands() -> None:
    found = _all(
        _test(1, pd_act=2), _status("D1c", "2026-02", 4), cycle(9, pd_change="D2a", pd_start="2025-12-01", pd_act=3)
    )
    stages = {driver: by_team["T001"] for driver, by_team in teams.by_driver(found).items()}
    assert stages == {
        "D1": "implementing", "D2": "dropped", "D3": "not started", "D4": "not started", "D5": "not started",
    }  # fmt: skip


def test_a_shift_that_measures_find_follows_a_test() -> None:
    """Nine live months under the baseline, from the month in which the test began."""
    until, today = Month("2026-05"), dt.date(2026, 6, 15)
    months = [month for month in Month("2024-09").to(until) if month.number != 8]
    rows = [
        form(
            "monthly_measures",
            {"mm_period": str(month.first), "mt_plan": 20, "mt_done": (18 if month < Month("2025-09") else 6) + at % 2},
            instance=at + 1,
        )
        for at, month in enumerate(months)
    ]
    frame = measures.results(collaborative(), rows, teams=["T001"], expected=lambda *_: True, today=today, until=until)
    charts = measures.charts(frame, collaborative())
    found = _all(cycle(1, pd_change="D5a", pd_start="2025-09-08"), *rows, charts=charts)
    followed = next(one for one in found if one.idea == "D5a").followed_by
    assert {(one.measure, one.direction) for one in followed} == {("ca_team", "worsening")}


STEPS = st.fixed_dictionaries(
    {
        "pd_start": st.sampled_from([None, "2025-11-03", "2026-01-12", "2026-05-01"]),
        "pd_act": st.sampled_from([None, 1, 2, 3, 4]),
        "pd_kind": st.sampled_from([None, 1, 2, 3]),
    }
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(STEPS, max_size=4),
    st.lists(st.tuples(st.sampled_from(["2025-10", "2026-02"]), st.integers(0, 5)), max_size=3),
    st.lists(st.integers(0, 5), max_size=2),
)
def test_every_combination_has_one_stage_and_facts_bound_it(
    steps: list[dict[str, Any]], said: list[tuple[str, int]], units: list[int]
) -> None:
    entries = [
        *(cycle(at, pd_change="D1b", pd_cycle=at, **values) for at, values in enumerate(steps, 1)),
        *(_status("D1b", month, stage, at) for at, (month, stage) in enumerate(said, 1)),
        *(_unit("D1b", stage, at) for at, stage in enumerate(units, 1)),
    ]
    stage = _stage(*entries)
    assert stage in STAGES
    begun = [one for one in steps if one["pd_start"] in {"2025-11-03", "2026-01-12"}]
    if begun:
        assert stage != "not started"
    if {3, 4} & set(units):
        assert stage == "spread"
    if not any(one["pd_act"] == 3 for one in begun):
        assert stage != "dropped"
    if not begun and not units and all(level < 3 for _, level in said):
        assert stage == "not started"
