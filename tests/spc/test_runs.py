"""Runs and crossings about a centre line, and the limits of the Anhøj rules."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakthrough import spc

NAN = np.nan

# The table the collaborative's advisers use; n: longest run allowed, fewest crossings allowed.
ADVISERS_TABLE = {8: (6, 1), 10: (6, 2), 12: (7, 3), 15: (7, 4), 18: (7, 5), 20: (7, 6), 24: (8, 8)}


@pytest.mark.parametrize("n", ADVISERS_TABLE, ids="Anhoej-and-Olesen-2014-n{}".format)
def test_the_limits_are_those_of_the_published_table(n: int) -> None:
    assert (spc.longest_run_limit(n), spc.fewest_crossings(n)) == ADVISERS_TABLE[n]


def test_limits_stay_exact_for_very_long_series() -> None:
    # Binomial(9999, 1/2): mean 4999.5, sd 49.9975, so the 5 % point lies 1.645 sd below, at 4917.
    assert spc.fewest_crossings(10_000) == 4917
    assert spc.longest_run_limit(10_000) == 16
    # log2(1448) = 10.4998 rounds down, log2(1449) = 10.5008 up.
    assert (spc.longest_run_limit(1448), spc.longest_run_limit(1449)) == (13, 14)


def test_the_longest_run_is_found_with_its_side_and_its_first_and_last_period() -> None:
    found = spc.runs([1, 9, 9, 1, 1, 1, 9], 5)
    assert (int(found.n_useful), int(found.crossings), int(found.longest)) == (7, 3, 3)
    assert (int(found.start), int(found.end), int(found.side)) == (3, 5, -1)


def test_of_two_equally_long_runs_the_later_one_is_told() -> None:
    found = spc.runs([9, 9, 1, 1, 9], 5)
    assert (int(found.start), int(found.end), int(found.side)) == (2, 3, -1)


def test_points_on_the_line_missing_or_not_included_neither_count_nor_break_a_run() -> None:
    found = spc.runs([9, 5, 9, NAN, 9, 1, 9, 1], 5, [True, True, True, True, True, False, True, True])
    assert (int(found.n_useful), int(found.longest), int(found.crossings)) == (5, 4, 1)
    assert (int(found.start), int(found.end)) == (0, 6)


def test_a_run_begins_and_ends_at_useful_points_only() -> None:
    found = spc.runs([5, 9, 9, 5, NAN], 5)
    assert (int(found.start), int(found.end)) == (1, 2)


def test_a_rounding_error_does_not_put_a_point_off_the_line() -> None:
    assert int(spc.runs([0.1 + 0.2, 1.0], 0.3).n_useful) == 1
    assert int(spc.runs([0.3 + 1e-9, 1.0], 0.3).n_useful) == 2


def test_a_shift_is_a_run_longer_than_the_limit() -> None:
    # 24 useful points: a run of 9 is too long, a run of 8 is not.
    alternating = [9, 1] * 12
    eight, nine = alternating.copy(), alternating.copy()
    eight[8:16], nine[8:17] = [9] * 8, [9] * 9
    nine[17] = 1
    eight[7] = eight[16] = 1
    within, beyond = spc.runs(eight, 5), spc.runs(nine, 5)
    assert (int(within.longest), bool(within.signal_shift)) == (8, False)
    assert (int(beyond.longest), bool(beyond.signal_shift), int(beyond.longest_limit)) == (9, True, 8)


def test_too_few_crossings_are_a_signal_without_any_long_run() -> None:
    # 24 points in runs of 4, 4, 4, 3, 3, 3, 3: six crossings, where chance gives at least eight.
    values = [9] * 4 + [1] * 4 + [9] * 4 + [1] * 3 + [9] * 3 + [1] * 3 + [9] * 3
    found = spc.runs(values, 5)
    assert (int(found.n_useful), int(found.crossings), int(found.crossings_min)) == (24, 6, 8)
    assert (bool(found.signal_crossings), bool(found.signal_shift), bool(found.signal)) == (True, False, True)


@pytest.mark.parametrize("values", [[], [NAN, NAN], [5.0, 5.0]], ids=["no periods", "all missing", "all on the line"])
def test_a_series_without_useful_points_has_no_run_and_no_signal(values: list[float]) -> None:
    found = spc.runs(np.array(values, dtype=float), 5)
    told = [int(each) for each in (found.n_useful, found.longest, found.crossings, found.start, found.end, found.side)]
    assert told == [0, 0, 0, -1, -1, 0]
    assert not found.signal


def test_the_name_and_version_of_the_rules_stand_in_the_result() -> None:
    assert (spc.runs([1, 2], 1.5).rule_set, spc.runs([1, 2], 1.5).rule_version) == ("anhoej", "1")
    assert spc.runs([1, 2], 1.5, method="cutbox").rule_set == "anhoej/cutbox"


def test_the_line_may_be_one_number_one_per_series_or_given_point_by_point() -> None:
    values = [[1.0, 9.0, 1.0], [9.0, 9.0, 1.0]]
    by_number, by_series = spc.runs(values, 5), spc.runs(values, [5, 5])
    by_point = spc.runs(values, [[5, 5, 5], [5, 5, 5]])
    for found in (by_number, by_series, by_point):
        assert found.crossings.tolist() == [2, 1]
    assert spc.runs(values, [5, 0]).crossings.tolist() == [2, 0]
    with pytest.raises(spc.InputError, match=r"one number, one per series, or one per point"):
        spc.runs(values, [5, 5, 5, 5])


def test_the_median_of_the_base_is_the_centre_of_a_run_chart() -> None:
    assert float(spc.run_centre([3.0, 1.0, NAN, 2.0, 100.0], [True, True, True, True, False])) == 2
    assert float(spc.run_centre([4, 1, 2, 3])) == 2.5
    assert spc.run_centre([[1.0, 2.0, 3.0], [NAN, NAN, NAN]]).tolist()[0] == 2
    assert np.isnan(spc.run_centre([NAN, NAN]))


def test_the_best_box_signals_where_the_plain_limits_are_silent() -> None:
    # 10 useful points, longest run 6, 2 crossings: inside both boxes, in the corner that the cut box lets go.
    values = [9] * 6 + [1] * 2 + [9] * 2
    plain, best, cut = (spc.runs(values, 5, method=method) for method in ("anhoej", "bestbox", "cutbox"))
    assert (int(plain.longest), int(plain.crossings)) == (6, 2)
    assert [bool(found.signal) for found in (plain, best, cut)] == [False, False, True]
    assert [bool(cut.signal_shift), bool(cut.signal_crossings)] == [False, False]
    # 24 useful points, longest run 8: the best box allows 7.
    longer = [9] * 8 + [1, 9] * 8
    assert not spc.runs(longer, 5).signal
    assert spc.runs(longer, 5, method="bestbox").signal_shift


def test_outside_10_to_100_useful_points_the_boxes_are_the_plain_limits() -> None:
    for many in (9, 101):
        values = [1, 9] * (many // 2) + [1] * (many % 2)
        plain, best = spc.runs(values, 5), spc.runs(values, 5, method="bestbox")
        assert (int(best.longest_limit), int(best.crossings_min)) == (
            int(plain.longest_limit),
            int(plain.crossings_min),
        )


@given(st.lists(st.sampled_from([1.0, 3, 5, 7, 9, NAN]), max_size=40))
@settings(max_examples=300, deadline=None)
def test_runs_are_those_found_by_walking_along_the_points(values: list[float]) -> None:
    useful = [place for place, value in enumerate(values) if value > 5 or value < 5]
    walked = [list(run) for _, run in groupby(useful, key=lambda place: values[place] > 5)]
    longest = max(reversed(walked), key=len, default=[])  # of equally long ones the later
    found = spc.runs(np.array(values, dtype=float), 5)
    assert (int(found.n_useful), int(found.crossings)) == (len(useful), max(len(walked) - 1, 0))
    assert int(found.longest) == len(longest)
    if longest:
        assert (int(found.start), int(found.end)) == (longest[0], longest[-1])
        assert int(found.side) == (1 if values[longest[0]] > 5 else -1)


def test_an_unknown_method_is_refused_with_the_known_ones() -> None:
    with pytest.raises(spc.InputError, match=r"Known: anhoej, bestbox, cutbox"):
        spc.runs([1, 2], 1.5, method="nelson")  # type: ignore[arg-type]
