"""Definitions and goals that change: each month is judged by those that were in force."""

from __future__ import annotations

from typing import Any

import pytest
from tests.measures import audits
from tests.measures.kinds.sets import DESIGN, of_counts, of_rows
from tests.measures.kinds.test_of_rows import visit
from tests.measures.sheets import form, frame, row

from breakthrough import measures
from breakthrough.measures import goals
from breakthrough.month import Month

SHARE = {"numerator": "hit", "denominator": "seen"}
ACCEPTED = {"accepted_by": "Ro Whitfield", "on": "2025-12-20"}
ALSO = {"from": "2026-01", "change": "counts those seen elsewhere, too", "numerator": "hit + also", **ACCEPTED}
MONTHS = [month.name for month in Month("2025-09").to(Month("2026-06"))]


def _entries(**values: list[int]) -> list[Any]:
    columns = zip(*values.values(), strict=True)
    return [
        form("T001", month, dict(zip(values, one, strict=True)), at)
        for at, (month, one) in enumerate(zip(MONTHS, columns, strict=False))
    ]


def test_each_month_has_the_definition_that_was_in_force() -> None:
    what = of_counts(**SHARE, versions=[ALSO])
    found = frame(_entries(hit=[10] * 10, seen=[100] * 10, also=[7] * 10), what=what)
    assert [row(found, "one", month).value for month in MONTHS] == [10.0] * 4 + [17.0] * 6


def test_a_count_that_is_not_asked_any_more_is_not_missed() -> None:
    what = of_counts(**SHARE, versions=[{**ALSO, "numerator": "also"}])
    found = frame(_entries(also=[7] * 10, seen=[100] * 10), what=what)
    assert [row(found, "one", month).state for month in MONTHS] == ["missing"] * 4 + ["reported"] * 6
    assert what.measures["one"].counts == ("hit", "seen", "also")


def test_case_rows_are_judged_by_the_definition_of_their_month() -> None:
    version = {"from": "2026-03", "change": "only the first kind", "denominator": "[group] = '1'", **ACCEPTED}
    what = of_rows(numerator="[b] = '1'", denominator="[a] = '1'", versions=[version])
    rows = [visit(at, f"2026-0{month}-10", a="1", b="1", group="0") for at, month in enumerate((2, 3))]
    found = audits.frame(rows, what, design=DESIGN)
    assert [(row(found, "one", f"2026-0{m}").state, row(found, "one", f"2026-0{m}").denominator) for m in (2, 3)] == [
        ("reported", 1),
        ("no_cases", 0),
    ]
    assert "denominator since March 2026" in what.measures["one"].conditions
    assert what.measures["one"].case_fields == {"a", "b", "group", "seen_on", "visit_complete"}


def test_a_version_begins_a_phase_of_the_chart_and_is_marked_on_it() -> None:
    what = of_counts(**SHARE, versions=[ALSO])
    found = frame(_entries(hit=[10] * 10, seen=[100] * 10, also=[7] * 10), what=what)
    chart = measures.chart(found, what, "T001", "one")
    assert chart.versions == (Month("2026-01"),)
    assert chart.centre[-10:] == (10.0,) * 4 + (17.0,) * 6
    assert chart.line == "median since January 2026"


def test_a_denominator_that_jumps_with_its_definition_is_no_doubt() -> None:
    wide = {"from": "2026-01", "change": "all pupils", "denominator": "seen + roll", **ACCEPTED}
    entries = _entries(hit=list(range(10)), seen=[100, 101] * 5, roll=[500] * 10)
    what, plain = of_counts(**SHARE, versions=[wide]), of_counts(**SHARE)
    assert not [doubt for doubt in measures.doubts(frame(entries, what=what), what) if doubt.code == "jump"]
    jumped = _entries(hit=list(range(10)), seen=[100] * 4 + [600] * 6)
    assert [doubt for doubt in measures.doubts(frame(jumped, what=plain), plain) if doubt.code == "jump"]


@pytest.mark.parametrize(
    ("versions", "words"),
    [
        ([{k: v for k, v in ALSO.items() if k != "numerator"}], "a version says what is otherwise"),
        ([ALSO, ALSO], "each version begins after the one before it"),
        ([{**ALSO, "event": "[a] = 1"}], "'event' is not for a measure of type proportion from counts"),
        ([{k: v for k, v in ALSO.items() if k != "accepted_by"}], "accepted_by"),
    ],
)
def test_a_version_that_cannot_be_is_refused(versions: list[Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        of_counts(**SHARE, versions=versions)


CHANGING = {
    "direction": "lower",
    "goal": 9,
    "goal_by": "2025-12",
    "goals": [{"from": "2025-11", "goal": 7.5}, {"from": "2026-02", "goal": 6.1, "by": "2026-07"}],
}


def _charted(hits: list[int], **keys: Any) -> Any:
    what = of_counts(**{**SHARE, **CHANGING, **keys})
    entries = _entries(hit=hits, seen=[1000] * len(hits))
    return measures.chart(frame(entries, what=what), what, "T001", "one"), what.measures["one"]


def test_the_goal_in_force_steps_and_the_newest_is_the_charts() -> None:
    chart, measure = _charted([80] * 10)
    assert chart.goals[-10:] == (9, 9, 7.5, 7.5, 7.5, 6.1, 6.1, 6.1, 6.1, 6.1)
    assert (chart.goal, chart.goal_by) == (6.1, Month("2026-07"))
    assert measure.goal_at(Month("2025-12")) == (7.5, None)


@pytest.mark.parametrize(
    ("hits", "standing", "running"),
    [
        pytest.param(
            [90, 90, 75, 75, 75, 61, 61, 61, 61, 61], "met", 10, id="on each goal in turn, to the last decimal"
        ),
        pytest.param([90, 90, 75, 75, 76, 61, 61], "touched", 2, id="two running"),
        pytest.param([90, 90, 75, 75, 75, 62], "not met", 0, id="a tenth off"),
        pytest.param([90, 90, 75, 75, 75], "met", 5, id="met by the goals of then"),
        pytest.param([], "unknown", 0, id="no point"),
    ],
)
def test_a_goal_is_met_by_three_points_running_at_the_goals_of_their_time(
    hits: list[int], standing: str, running: int
) -> None:
    chart, measure = _charted(hits)
    assert (goals.standing(chart, measure), goals.running(chart, measure)) == (standing, running)


def test_a_goal_of_a_measure_without_a_better_side_is_none() -> None:
    chart, measure = _charted([50] * 5, direction="neither")
    assert (goals.standing(chart, measure), goals.running(chart, measure)) == ("none", 0)


@pytest.mark.parametrize("tenths", range(1, 1000, 7))
def test_a_share_of_exactly_the_goal_is_at_it_whichever_way_is_better(tenths: int) -> None:
    for direction in ("lower", "higher"):
        keys: dict[str, Any] = {"direction": direction, "goal": tenths / 10, "goal_by": None, "goals": []}
        chart, measure = _charted([tenths] * 3, **keys)
        assert goals.standing(chart, measure) == "met"
        worse = tenths + (1 if direction == "lower" else -1)
        chart, measure = _charted([tenths, tenths, worse], **keys)
        assert goals.standing(chart, measure) == "not met"


def test_a_team_with_a_goal_of_its_own_is_held_against_that() -> None:
    what = of_counts(**SHARE, **CHANGING)
    found = frame(_entries(hit=[100] * 3, seen=[1000] * 3), what=what)
    chart = measures.chart(found, what, "T001", "one", goal=12)
    assert (chart.goal, chart.goals, goals.standing(chart, what.measures["one"])) == (12, (), "met")


def test_goals_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="each goal begins after the one before it"):
        of_counts(**SHARE, goals=[{"from": "2026-02", "goal": 1}, {"from": "2026-01", "goal": 2}])


def test_teams_at_the_goal_are_counted_against_the_goal_of_the_month() -> None:
    what = of_counts(**SHARE, **CHANGING)
    line = measures.pooled(frame(_entries(hit=[80] * 10, seen=[1000] * 10), what=what), what, "one")
    assert [one.at_goal for one in line][-10:] == [1, 1] + [0] * 8
