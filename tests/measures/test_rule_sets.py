"""The rule set that the collaborative names judges every chart; each has its own patterns, lines and verdicts."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.measures.sheets import collaborative, frame, series

from breakthrough import measures, spc
from breakthrough.measures import Chart, Signal, patterns
from breakthrough.measures.signals import stretches
from breakthrough.month import Month

# Eleven baseline months (August is off) about a median and a mean of 10; no trend of five, eleven runs at most.
BASELINE = [9, 11, 9.5, 10.5, 9, 9.4, 11, 10.6, 9, 11, 10]


def chart(values: Sequence[float | None], rules: str, **changes: Any) -> Chart:
    """The chart of a team whose months in session from September 2024 on have those values."""
    what = collaborative(rules=rules, **changes)
    calendar = [month for month in Month("2024-09").to(Month("2028-12")) if month.number != 8]
    return measures.chart(frame(series(values), what=what, until=calendar[len(values) - 1]), what, "T001", "rate")


def told(one: Chart) -> list[tuple[str, str, int, int]]:
    return [(signal.rule, signal.direction, signal.count, signal.needed) for signal in one.signals]


@pytest.mark.parametrize(
    ("rules", "name", "line", "kind"),
    [
        ("anhoej", "anhoej 1", "baseline median", "run"),
        ("ihi", "ihi 1 (runs table unverified)", "baseline median", "run"),
        ("nhs", "nhs 0.2.2", "baseline average", "xmr"),
    ],
)
def test_name_and_version_of_the_rules_stand_on_every_chart(rules: str, name: str, line: str, kind: str) -> None:
    found = chart([*BASELINE, 9], rules)
    assert (found.rule_set, found.rules, found.line, found.kind) == (name, rules, line, kind)
    what = collaborative(rules=rules)
    assert {one.rule_set for one in measures.charts(frame(series(BASELINE), what=what), what).values()} == {name}


def test_six_months_on_one_side_are_a_shift_for_ihi_seven_for_nhs_and_eight_here_for_anhoej() -> None:
    flat = [9.2, 9.4] * 4
    assert [chart([*BASELINE, *flat[:6]], rules).verdict for rules in ("anhoej", "ihi", "nhs")] == [
        "none",
        "improving",
        "none",
    ]
    assert told(chart([*BASELINE, *flat[:6]], "ihi")) == [("shift", "improving", 6, 6)]
    seven = chart([*BASELINE, *flat[:7]], "nhs")
    assert ("shift", "improving", 7, 7) in told(seven)
    assert seven.verdict == "improving"
    five = chart([*BASELINE, *flat[:5]], "ihi").run
    assert five is not None
    assert (len(five.months), five.needed) == (5, 6)


def test_five_rising_months_are_a_trend_for_ihi_and_stand_while_they_go_on() -> None:
    rising = [9.1, 9.4, 9.7, 10.4, 11.2]
    found = chart([*BASELINE, *rising], "ihi")
    assert told(found) == [("trend", "worsening", 5, 5)]
    assert found.signals[0].since == Month("2025-09")
    assert found.verdict == "worsening"
    ended = chart([*BASELINE, *rising, 9.9], "ihi")
    assert told(ended) == told(found)
    assert ended.verdict == "none"
    assert told(chart([*BASELINE, *rising], "anhoej")) == []


def test_a_repeated_value_or_a_missing_month_is_no_step_of_a_trend_and_does_not_end_it() -> None:
    assert told(chart([*BASELINE, 9.1, 9.4, 9.4, None, 9.7, 10.4, 11.2], "ihi")) == [("trend", "worsening", 5, 5)]


def test_two_trends_share_their_peak() -> None:
    peak = chart([*BASELINE, 9.1, 9.3, 9.7, 10.4, 11.2, 10.9, 10.3, 9.8, 9.2], "ihi")
    trends = [one for one in peak.signals if one.rule == "trend"]
    assert [(one.direction, one.count) for one in trends] == [("worsening", 5), ("improving", 5)]
    assert trends[0].months[-1] == trends[1].months[0]
    assert peak.verdict == "improving"


def test_too_few_and_too_many_runs_are_patterns_without_direction_for_ihi() -> None:
    # 20 points off a median of 10: the table says 6 to 16 runs.
    zigzag = chart([9, 11, *[9, 11] * 4, 10, *[9, 11] * 5], "ihi")
    assert told(zigzag) == [("many_runs", "unclear", 20, 16)]
    assert zigzag.verdict == "unclear"
    blocks = [9.0, 8.9, 9.1, 8.8, 9, 11, 11.2, 11.1, 10.9, 11, 10, *[9, 9.2, 8.9, 9.1, 9, 11, 11.2, 10.9, 11.1, 11]]
    few = chart(blocks, "ihi")
    assert told(few) == [("few_runs", "unclear", 4, 6)]
    assert few.verdict == "unclear"


def test_under_ten_points_off_the_line_no_set_speaks() -> None:
    for rules in ("anhoej", "ihi", "nhs"):
        found = chart([None] * 11 + [5, 6, 7, 8, 9, 10, 11, 12, 13], rules)
        assert (found.verdict, found.signals) == ("few", ()), rules


def test_nhs_charts_have_the_xmr_limits_of_the_baseline() -> None:
    found = chart([*BASELINE, 9], "nhs")
    ranges = np.abs(np.diff(np.array(BASELINE)))
    # August lies between the last baseline month and none: the eleven months follow one another.
    assert found.centre[-1] == pytest.approx(np.mean(BASELINE))
    assert found.upper[-1] == pytest.approx(np.mean(BASELINE) + 2.66 * ranges.mean())
    assert found.lower[-1] == pytest.approx(np.mean(BASELINE) - 2.66 * ranges.mean())
    assert chart([0.1, 0.9, *[0.5, 0.1, 0.8] * 3, 0.4], "nhs").lower[-1] == 0, "no share lies below 0"


def test_the_newest_month_makes_the_verdict_for_nhs() -> None:
    beyond = chart([*BASELINE, 30], "nhs")
    assert told(beyond) == [("limits", "worsening", 1, 1)]
    assert beyond.verdict == "worsening"
    passed = chart([*BASELINE, 30, 10.5], "nhs")
    assert told(passed) == told(beyond)
    assert passed.verdict == "none"


def test_two_of_three_months_near_one_limit_are_told_for_nhs() -> None:
    mean, spread = np.mean(BASELINE), 2.66 / 3 * np.abs(np.diff(np.array(BASELINE))).mean()
    near = round(float(mean + 2.4 * spread), 2)
    found = chart([*BASELINE, 9.8, near, 10.4, near], "nhs")
    assert told(found) == [("two_of_three", "worsening", 2, 2)]
    assert [month.name for month in found.signals[0].months] == ["2025-10", "2025-12"]
    assert found.verdict == "worsening"
    assert told(chart([*BASELINE, 9.8, near, 9.8, near], "nhs")) == [], "not all three on that side"


def test_a_missing_month_or_one_on_the_average_breaks_an_nhs_shift_and_a_month_off_does_not() -> None:
    what: dict[str, Any] = {"calendar": {"start": "2025-07"}}
    low = [9, 9.1, 8.9, 9, 9.1, 8.9, 9]
    baseline = [*BASELINE[:10]]  # to June 2025; July is the first live month, August is off
    assert ("shift", "improving", 7, 7) in told(chart([*baseline, *low], "nhs", **what))
    assert "shift" not in [rule for rule, *_ in told(chart([*baseline, *low[:4], None, *low[4:]], "nhs", **what))]
    on_it = float(np.mean([10, 10] * 5))
    flat = [9.0, 11] * 5
    assert "shift" not in [rule for rule, *_ in told(chart([*flat, *low[:4], on_it, *low[4:]], "nhs", **what))]


def test_shares_keep_their_own_limits_under_the_nhs_rules() -> None:
    what = collaborative(rules="nhs")
    found = frame(series([*BASELINE, 9]), what=what)
    assert measures.chart(found, what, "T001", "share").kind == "p_prime"
    assert measures.pooled_chart(found, what, "rate").kind == "p_prime"
    assert measures.pooled_chart(found, what, "both").kind == "u_prime"
    assert measures.chart(found, what, "T001", "sofar").kind == "year_on_year"


@given(st.lists(st.sampled_from([1.0, 2, 3, 4, 5, 6, 7, 8, 9, np.nan]), min_size=1, max_size=40))
@settings(max_examples=200, deadline=None)
def test_signals_of_ihi_have_the_points_that_the_rule_set_marks(values: list[float]) -> None:
    points = np.array(values)
    judged = spc.RULE_SETS["ihi"].judge(spc.run(points, centre=5))
    sides = np.nan_to_num(np.sign(points - 5)).astype(np.int64)
    runs = stretches(sides)
    found = patterns.of_ihi(points, sides, len(runs))
    if sum(sides != 0) < 10:
        return
    marked = {one.rule: set(one.places) for one in found if one.rule != "trend"}
    trends = set(itertools.chain.from_iterable(one.places for one in found if one.rule == "trend"))
    assert trends == set(np.flatnonzero(judged["trend"].points).tolist())
    for rule in ("few_runs", "many_runs"):
        assert marked.get(rule, set()) == set(np.flatnonzero(judged[rule].points).tolist())


@given(st.lists(st.sampled_from([*np.linspace(-2.9, 2.9, 11), 0, np.nan]), min_size=1, max_size=40))
@settings(max_examples=200, deadline=None)
def test_signals_of_nhs_have_the_points_that_the_rule_set_marks(values: list[float]) -> None:
    points = np.array(values)
    limits = spc.xmr(points, centre=0.0)
    line = np.zeros(points.shape)
    fixed = {"lower": line - 3, "upper": line + 3, "near_lower": line - 2, "near_upper": line + 2}
    limits = type(limits)(**{**vars(limits), **fixed, "beyond": line.astype(np.int64), "centre": line})
    judged = spc.patterns(limits)
    sides = np.nan_to_num(np.sign(points)).astype(np.int64)
    near = np.where(np.abs(np.nan_to_num(points)) > 2, sides, 0)
    there = np.ones(points.shape, dtype=np.bool_)
    found = patterns.of_nhs(points, sides, near, there)
    shifts = [places for _, places in stretches(sides, there & (sides == 0)) if len(places) >= 7]
    by_rule = {
        spc.Pattern.TREND: {place for one in found if one.rule == "trend" for place in one.places},
        spc.Pattern.TWO_OF_THREE: {place for one in found if one.rule == "two_of_three" for place in one.places},
        spc.Pattern.SHIFT: {place for places in shifts for place in places},
    }
    before: set[int] = set()
    for rule, places in by_rule.items():  # a point is told there under the first rule that applies
        assert places - before == set(np.flatnonzero(judged.pattern == rule).tolist())
        before |= places


def test_a_signal_is_a_plain_value() -> None:
    (signal,) = chart([*BASELINE, 9.1, 9.4, 9.7, 10.4, 11.2], "ihi").signals
    assert isinstance(signal, Signal)
    assert signal.line == "baseline median"
