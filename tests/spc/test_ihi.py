"""The rules of the Institute for Healthcare Improvement, and the exact distribution of the number of runs."""

from __future__ import annotations

from itertools import combinations, groupby
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakthrough import spc

NAN = np.nan
IHI = spc.RULE_SETS["ihi"]
# Twelve points about 5 that make no pattern: six above, six below, seven runs.
CALM = [6.0, 4, 7, 3, 6.5, 7, 4, 3.5, 3, 7, 4, 6]


def told(values: list[float], rule: str, centre: float = 5) -> list[int]:
    return [int(place) for place in np.flatnonzero(IHI.judge(spc.run(values, centre=centre))[rule].points)]


def test_a_series_without_a_pattern_gives_no_finding() -> None:
    judged = IHI.judge(spc.run(CALM, centre=5))
    assert {finding.rule: bool(finding.signal) for finding in judged.findings} == dict.fromkeys(
        ("shift", "trend", "few_runs", "many_runs", "astronomical", "beyond"), False
    )


def test_six_points_on_one_side_are_a_shift_and_five_are_not() -> None:
    six, five = [7.0, 6, 8, 6, 7, 6], [7.0, 6, 8, 6, 7]
    assert told([*CALM, 4, *six, 4], "shift") == list(range(13, 19))
    assert told([*CALM, 4, *five, 4], "shift") == []


def test_every_shift_is_marked_and_has_its_side() -> None:
    values = [*CALM, 4, 7, 6, 8, 6, 7, 6, 4, 3, 4, 3, 4, 3, 4, 6]
    shift = IHI.judge(spc.run(values, centre=5))["shift"]
    assert shift.side[13:19].tolist() == [1] * 6
    assert shift.side[19:26].tolist() == [-1] * 7
    assert not shift.side[:13].any()


def test_points_on_the_median_and_missing_ones_neither_count_nor_break_a_shift() -> None:
    values = [*CALM, 4, 7, 6, 5, 8, NAN, 6, 7, 6, 4]
    assert told(values, "shift") == [13, 14, 16, 18, 19, 20]
    assert told([*CALM, 4, 7, 6, 5, 8, NAN, 6, 7, 4], "shift") == []


def test_five_points_each_higher_than_the_last_are_a_trend_wherever_they_cross_the_median() -> None:
    trend = IHI.judge(spc.run([*CALM, 3, 4.5, 5.5, 6.2, 9], centre=5))["trend"]
    assert np.flatnonzero(trend.points).tolist() == [12, 13, 14, 15, 16]
    assert set(trend.side[12:].tolist()) == {1}
    assert told([*CALM, 6.1, 6.2, 6.3, 4], "trend") == [10, 11, 12, 13, 14], "from the 4 before it: five points"
    assert told([*CALM, 6.1, 6.2, 4], "trend") == [], "four points"


def test_a_repeated_value_and_a_missing_point_neither_count_nor_break_a_trend() -> None:
    falling = IHI.judge(spc.run([*CALM, 9, 8, 8, NAN, 7, 8 - 1.5, 6.5, 2], centre=5))["trend"]
    assert np.flatnonzero(falling.points).tolist() == [12, 13, 16, 17, 19]
    assert falling.side[12] == -1


def test_a_peak_between_two_trends_belongs_to_the_fall() -> None:
    trend = IHI.judge(spc.run([*CALM, 1, 2, 3, 4, 9, 8, 7, 6, 2], centre=5))["trend"]
    assert trend.side[12:].tolist() == [1, 1, 1, 1, -1, -1, -1, -1, -1]


def test_too_few_and_too_many_runs_concern_all_useful_points_and_have_no_direction() -> None:
    # 12 useful points: the table says 3 to 11 runs.
    few = IHI.judge(spc.run([7.0, 6, 5, 6.5, 6, 7, 6.5, 3, 4, 3, 4, 3.5, 4], centre=5))["few_runs"]
    assert few.signal
    assert few.points.tolist() == [True, True, False] + [True] * 10
    assert not few.side.any()
    many = IHI.judge(spc.run([7.0, 3] * 6, centre=5))["many_runs"]
    assert many.signal
    assert many.points.all()
    assert not IHI.judge(spc.run([7.0, 3] * 4 + [7, 6, 3, 4, 7], centre=5))["many_runs"].signal, "11 runs of 13 points"


def test_under_ten_useful_points_the_rules_are_silent() -> None:
    rising = [1.0, 2, 3, 4, 6, 7, 8, 9, 9.5]
    assert not any(finding.signal for finding in IHI.judge(spc.run(rising, centre=5)).findings)
    heard = spc.Ihi(min_useful=9).judge(spc.run(rising, centre=5))
    assert heard["trend"].signal


def test_an_astronomical_point_is_told_where_a_person_marked_it_and_never_else() -> None:
    values = [*CALM, 500.0]
    assert told(values, "astronomical") == []
    judged = spc.Ihi(marked=np.arange(13) == 12).judge(spc.run(values, centre=5))
    assert np.flatnonzero(judged["astronomical"].points).tolist() == [12]
    assert judged["astronomical"].side[12] == 1


def test_where_limits_are_drawn_points_beyond_them_are_told() -> None:
    assert IHI.judge(spc.i([*CALM, 50.0]))["beyond"].points.tolist() == [False] * 12 + [True]


def test_no_pattern_reaches_across_phases_and_moving_ranges_have_none() -> None:
    values = [*CALM, 4, 7, 6, 8, 6, 7, 6, 4, 6, 4, 6, 4, 6]
    limits = spc.run(values, centre=5)
    assert IHI.judge(limits)["shift"].signal
    assert not IHI.judge(limits, phase=spc.cut(len(values), [16]))["shift"].signal
    assert not any(finding.signal for finding in IHI.judge(spc.mr([1.0, 2, 4, 8, 16, 32, 64] * 3)).findings[:4])


def test_an_excluded_point_takes_no_part() -> None:
    values = [*CALM, 4, 7, 6, 8, 6, 7, 6, 4]
    include = np.arange(len(values)) != 15
    assert not IHI.judge(spc.run(values, centre=5), include)["shift"].signal


def test_every_result_says_that_the_table_of_runs_is_unverified_or_that_the_limits_are_exact() -> None:
    limits = spc.run(CALM)
    assert IHI.judge(limits).rule_version == "1 (runs table unverified)"
    assert spc.Ihi(exact_runs=True).judge(limits).rule_version == "1 (exact runs)"


def test_the_unverified_table_is_that_of_the_exact_distribution_or_one_run_wider_save_at_29_points() -> None:
    useful = np.arange(10, 31)
    table, exact = spc.number_of_runs_limits(useful), spc.number_of_runs_limits(useful, exact=True)
    assert set((exact.fewest - table.fewest).tolist()) == {0, 1}
    wider = dict(zip(useful.tolist(), (table.most - exact.most).tolist(), strict=True))
    assert wider.pop(29) == -1, "the one entry to look at first when the paper is at hand"
    assert set(wider.values()) == {0, 1}


def test_beyond_the_table_the_limits_are_exact() -> None:
    for useful in (2, 9, 31, 60):
        found = spc.number_of_runs_limits(useful)
        assert (int(found.fewest), int(found.most)) == spc.runs_limits(useful)


# Swed & Eisenhart 1943: of a + b points the number of runs at or below the first, and at or above the second, is
# rare at 2.5 % each. The chances below are counted from every order of the points.
@pytest.mark.parametrize("useful", range(2, 17), ids="exact-runs-distribution-n{}".format)
def test_the_exact_limits_are_those_that_counting_every_order_gives(useful: int) -> None:
    above = useful // 2
    counts = np.zeros(useful + 2, dtype=int)
    for places in combinations(range(useful), above):
        counts[len(list(groupby(place in places for place in range(useful))))] += 1
    every = comb(useful, above)
    assert counts.sum() == every
    fewest, most = spc.runs_limits(useful)
    assert counts[:fewest].sum() / every <= 0.025 < counts[: fewest + 1].sum() / every
    assert counts[most + 1 :].sum() / every <= 0.025 < counts[most:].sum() / every


def test_one_point_or_none_has_no_runs_to_judge() -> None:
    assert (spc.runs_limits(0), spc.runs_limits(1)) == ((0, 0), (1, 1))


@given(st.lists(st.sampled_from([1.0, 2, 3, 4, 5, 6, 7, 8, 9, NAN]), max_size=40))
@settings(max_examples=300, deadline=None)
def test_shift_and_trend_are_what_walking_along_the_points_finds(values: list[float]) -> None:
    judged = spc.Ihi(min_useful=0).judge(spc.run(np.array(values, dtype=float), centre=5))
    assert np.flatnonzero(judged["shift"].points).tolist() == sorted(walked_shifts(values))
    assert np.flatnonzero(judged["trend"].points).tolist() == sorted(walked_trends(values))


def walked_shifts(values: list[float]) -> set[int]:
    useful = [place for place, value in enumerate(values) if value == value and value != 5]  # noqa: PLR0124  not NaN
    runs = [list(run) for _, run in groupby(useful, key=lambda place: values[place] > 5)]
    return {place for run in runs if len(run) >= 6 for place in run}


def walked_trends(values: list[float]) -> set[int]:
    found: set[int] = set()
    for way in (1, -1):
        stretch: list[int] = []
        for place, value in enumerate(values):
            if np.isnan(value) or (stretch and values[stretch[-1]] == value):
                continue
            if stretch and (value - values[stretch[-1]]) * way < 0:
                stretch = []
            stretch.append(place)
            if len(stretch) >= 5:
                found |= set(stretch)
    return found
