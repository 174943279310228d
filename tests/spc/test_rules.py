"""Rule sets: one shape of answer, under a name and a version."""

from __future__ import annotations

import numpy as np
import pytest

from breakthrough import spc

SHIFTED = [6.0, 4, 6, 4, 6, 4, 6, 4, 6, 4, 6, 4] + [9.0] * 9 + [4, 6, 4]
ANHOEJ, NHS = spc.RULE_SETS["anhoej"], spc.RULE_SETS["nhs"]


def test_rule_sets_are_found_by_name_and_put_name_and_version_on_every_result() -> None:
    assert set(spc.RULE_SETS) == {"anhoej", "ihi", "nhs"}
    for name, rules in spc.RULE_SETS.items():
        judged = rules.judge(spc.i(SHIFTED))
        assert (judged.rule_set, judged.rule_version) == (name, rules.version)
        assert rules.version
    assert spc.Anhoej(method="bestbox").judge(spc.i(SHIFTED)).rule_set == "anhoej/bestbox"


def test_a_shift_marks_the_points_of_the_longest_run_and_their_side() -> None:
    shift = ANHOEJ.judge(spc.run(SHIFTED, centre=5))["shift"]
    assert shift.signal
    assert np.flatnonzero(shift.points).tolist() == list(range(12, 21))
    assert shift.side[12:21].tolist() == [1] * 9
    assert not shift.side[:12].any()


def test_a_long_run_within_the_limit_marks_nothing() -> None:
    shift = ANHOEJ.judge(spc.run([4.0, 6] * 8 + [9] * 7, centre=5))["shift"]
    assert not shift.signal
    assert not shift.points.any()


def test_points_on_the_line_and_left_out_are_not_among_those_of_a_shift() -> None:
    values = [4.0, 6, 4, 6, 4, 6, 4, 6, 4, 6, 4, 6, 9, 9, 5, 9, 9, 9, 9, 9, 9, 9, 9, 9]
    include = np.arange(24) != 13
    shift = ANHOEJ.judge(spc.run(values, centre=5), include)["shift"]
    assert shift.signal
    assert [int(place) for place in np.flatnonzero(shift.points)] == [11, 12, *range(15, 24)]


def test_too_few_crossings_concern_all_useful_points_and_have_no_direction() -> None:
    values = [9.0] * 4 + [1] * 4 + [9] * 4 + [1] * 3 + [9] * 3 + [1] * 3 + [9] * 3 + [5, np.nan]
    crossings = ANHOEJ.judge(spc.run(values, centre=5))["crossings"]
    assert crossings.signal
    assert crossings.points.tolist() == [True] * 24 + [False] * 2
    assert not crossings.side.any()


def test_the_corner_that_the_cut_box_lets_go_is_told_with_the_crossings() -> None:
    values = [9.0] * 6 + [1] * 2 + [9] * 2
    judged = spc.Anhoej(method="cutbox").judge(spc.run(values, centre=5))
    assert [bool(judged[rule].signal) for rule in ("shift", "crossings")] == [False, True]


def test_below_the_useful_points_asked_for_the_run_rules_are_silent() -> None:
    values = [9.0] * 9
    assert ANHOEJ.judge(spc.run(values, centre=5))["shift"].signal
    cautious = spc.Anhoej(min_useful=10).judge(spc.run(values, centre=5))
    assert not any(finding.signal for finding in cautious.findings)


def test_a_point_beyond_the_limits_is_told_even_if_it_is_excluded() -> None:
    values = [1.0, 2, 1, 2, 1, 50, 2, 1]
    include = np.arange(8) != 5
    beyond = ANHOEJ.judge(spc.i(values, include), include)["beyond"]
    assert np.flatnonzero(beyond.points).tolist() == [5]
    assert NHS.judge(spc.xmr(values, include), include)["beyond"].points.tolist() == beyond.points.tolist()


def test_the_run_rules_keep_off_moving_ranges() -> None:
    ranges = spc.mr([1.0, 9] * 10 + [9.0] * 12)
    assert spc.runs(ranges.value, ranges.centre).signal
    judged = ANHOEJ.judge(ranges)
    assert not judged["shift"].signal
    assert not judged["crossings"].signal


def test_findings_are_made_phase_by_phase() -> None:
    phase = spc.cut(len(SHIFTED), [12])
    limits = spc.by_phase(spc.run, phase, SHIFTED)
    assert not ANHOEJ.judge(limits, phase=phase)["shift"].signal
    assert ANHOEJ.judge(spc.run(SHIFTED, centre=5), phase=np.zeros(len(SHIFTED), dtype=int))["shift"].signal


def test_series_are_judged_apart() -> None:
    judged = ANHOEJ.judge(spc.run([SHIFTED, [4.0, 6] * 12], centre=5))
    assert judged["shift"].signal.tolist() == [True, False]
    assert not judged["shift"].points[1].any()


def test_the_nhs_set_tells_a_rising_trend() -> None:
    trend = NHS.judge(spc.xmr([5.0, 1, 5, 1, 5, 1, 2, 3, 4, 5, 6, 7, 1, 5, 1]))["trend"]
    assert np.flatnonzero(trend.points).tolist() == list(range(5, 12))
    assert trend.side[5:12].tolist() == [1] * 7


def test_a_rule_the_set_does_not_have_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="trend"):
        ANHOEJ.judge(spc.run(SHIFTED))["trend"]
