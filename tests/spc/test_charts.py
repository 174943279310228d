"""What each chart does with gaps, exclusions, frozen baselines, given lines and impossible input."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from breakthrough import spc

NAN = math.nan


def test_p_limits_are_three_binomial_sigmas_about_the_pooled_share_and_stay_between_0_and_1() -> None:
    limits = spc.p([5, 10, 45], [10, 20, 70])
    share = 60 / 100
    assert limits.centre.tolist() == [share] * 3
    assert limits.upper[2] == pytest.approx(share + 3 * math.sqrt(share * 0.4 / 70), rel=1e-12)
    assert limits.near_lower[2] == pytest.approx(share - 2 * math.sqrt(share * 0.4 / 70), rel=1e-12)
    assert spc.p([1, 9], [2, 10]).upper.tolist() == [1.0, 1.0]
    assert spc.p([1, 1], [10, 10]).lower.tolist() == [0.0, 0.0]


def test_a_missing_count_and_a_month_without_cases_are_gaps_and_never_zero() -> None:
    limits = spc.p([5, NAN, 0, 5], [10, 10, 0, NAN])
    assert limits.centre.tolist() == [0.5] * 4
    for figures in (limits.value, limits.lower, limits.upper):
        assert np.isnan(figures).tolist() == [False, True, True, True]
    assert limits.beyond.tolist() == [0, 0, 0, 0]


def test_lines_of_constant_width_run_through_a_gap() -> None:
    limits = spc.i([1.0, 2.0, NAN, 1.0, 2.0])
    assert np.isnan(limits.value).tolist() == [False, False, True, False, False]
    assert len(set(limits.upper.tolist())) == 1


@pytest.mark.parametrize("chart", [spc.p, spc.p_prime, spc.u, spc.u_prime])
def test_cases_without_a_denominator_are_refused(chart: object) -> None:
    assert callable(chart)
    with pytest.raises(spc.InputError, match=r"denominator is 0.*period 1,"):
        chart([1, 3], [10, 0])
    with pytest.raises(spc.InputError, match="numerator is below 0"):
        chart([1, -3], [10, 10])
    with pytest.raises(spc.InputError, match="denominator is below 0"):
        chart([1, 3], [10, -10])
    assert chart([1, 3], [10, 0], strict=False).value.tolist() == [0.1, math.inf]


def test_a_share_of_more_than_all_is_refused_and_a_rate_of_more_than_one_is_not() -> None:
    with pytest.raises(spc.InputError, match="larger than its denominator"):
        spc.p_prime([11, 1], [10, 10])
    assert spc.u([11, 1], [10, 10]).value.tolist() == [1.1, 0.1]


def test_laney_limits_are_sigma_z_times_as_wide_by_hand() -> None:
    numerator, denominator = [300, 360, 280, 330, 250], [1000, 1100, 950, 1000, 1000]
    share = sum(numerator) / sum(denominator)
    sampling = [math.sqrt(share * (1 - share) / n) for n in denominator]
    z = [(y / n - share) / sd for y, n, sd in zip(numerator, denominator, sampling, strict=True)]
    ranges = [abs(b - a) for a, b in pairwise(z)]
    sigma_z = sum(ranges) / len(ranges) / 1.128
    limits = spc.p_prime(numerator, denominator, screened=False)
    assert limits.sigma_z == pytest.approx([sigma_z] * 5, rel=1e-12)
    assert limits.upper == pytest.approx([share + 3 * sigma_z * sd for sd in sampling], rel=1e-12)
    assert (limits.chart, limits.screened) == ("p'", False)


def test_with_one_denominator_u_prime_is_an_i_chart_of_the_rate() -> None:
    # The Poisson sd is then one constant, which cancels: Laney 2002.
    counts = [12, 15, 9, 14, 30, 11, 13]
    prime, individuals = spc.u_prime(counts, [100.0] * 7), spc.i(np.array(counts) / 100)
    assert prime.upper == pytest.approx(individuals.upper, rel=1e-12)


def test_points_without_an_order_in_time_take_their_standard_deviation_for_sigma_z() -> None:
    numerator, denominator = np.array([30.0, 50, 40, 20, NAN]), np.full(5, 100.0)
    z = (numerator[:4] / 100 - 0.35) / math.sqrt(0.35 * 0.65 / 100)
    limits = spc.p_prime(numerator, denominator, ordered=False)
    assert limits.sigma_z[0] == pytest.approx(np.std(z, ddof=1), rel=1e-12)


def test_screening_drops_a_leap_once_and_the_result_says_so() -> None:
    values = [10.0, 11, 10, 11, 10, 11, 10, 11, 10, 11, 60, 60]
    ranges = [1.0] * 9 + [49.0, 0.0]
    assert 3.267 * sum(ranges) / 11 < 49
    screened, plain = spc.i(values, screened=True), spc.i(values, screened=False)
    mean = sum(values) / 12
    assert screened.upper[0] == pytest.approx(mean + 3 * (9 / 10) / 1.128, rel=1e-12)
    assert plain.upper[0] == pytest.approx(mean + 3 * (58 / 11) / 1.128, rel=1e-12)
    assert (screened.screened, plain.screened, spc.run(values).screened) == (True, False, None)


def test_moving_ranges_bridge_an_excluded_point_and_not_a_missing_one() -> None:
    values, gap = [1.0, 3.0, 50.0, 4.0, 8.0], [1.0, 3.0, NAN, 4.0, 8.0]
    excluded = spc.i(values, [True, True, False, True, True], screened=False)
    missing = spc.i(gap, screened=False)
    assert excluded.centre[0] == missing.centre[0] == 4
    assert excluded.upper[0] == pytest.approx(4 + 3 * ((2 + 1 + 4) / 3) / 1.128, rel=1e-12)
    assert missing.upper[0] == pytest.approx(4 + 3 * ((2 + 4) / 2) / 1.128, rel=1e-12)


def test_an_excluded_point_is_still_drawn_and_still_told_when_it_is_beyond_the_limits() -> None:
    limits = spc.i([1.0, 2.0, 50.0, 1.0, 2.0], [True, True, False, True, True])
    assert limits.value[2] == 50
    assert limits.beyond.tolist() == [0, 0, 1, 0, 0]


def test_a_frozen_baseline_judges_the_points_after_it() -> None:
    values = [4.0, 6, 4, 6, 4, 6, 20, 20]
    baseline = np.arange(8) < 6
    limits = spc.i(values, baseline)
    assert limits.centre.tolist() == [5.0] * 8
    assert limits.beyond.tolist() == [0] * 6 + [1, 1]


def test_a_series_that_never_changes_has_a_centre_no_limits_and_a_note() -> None:
    for screened in (True, False):
        limits = spc.i([7.0, 7.0, NAN, 7.0], screened=screened)
        assert limits.centre.tolist() == [7.0] * 4
        assert np.isnan(limits.upper).all()
        assert limits.flat.all()
        assert not limits.beyond.any()
    assert spc.p_prime([0, 0, 0], [10, 20, 30]).flat.all()
    assert not spc.i([7.0, 8.0]).flat.any()
    # A rounding error is no change, and one point is no series.
    assert spc.i([0.3, 0.1 + 0.2]).flat.all()
    assert not spc.i([7.0, NAN]).flat.any()


def test_a_point_on_a_limit_is_not_beyond_it() -> None:
    limits = spc.c([0.0, 0.0, 4.0, 10.0], centre=4)
    assert limits.upper[0] == 10
    assert limits.beyond.tolist() == [0, 0, 0, 0]
    assert spc.c([0.0, 0.0, 4.0, 10.001], centre=4).beyond.tolist() == [0, 0, 0, 1]


def test_a_given_centre_line_replaces_the_centre_and_keeps_the_spread() -> None:
    values = [1.0, 3.0, 2.0, 4.0]
    own, given = spc.i(values), spc.i(values, centre=10)
    assert given.centre.tolist() == [10.0] * 4
    assert given.upper - given.centre == pytest.approx(own.upper - own.centre, rel=1e-12)
    assert spc.run([values, values], centre=[1, 2]).centre.tolist() == [[1.0] * 4, [2.0] * 4]


def test_given_centres_that_a_chart_cannot_have_are_refused() -> None:
    with pytest.raises(spc.InputError, match="outside 0 to 1"):
        spc.p([1, 2], [10, 10], centre=1.5)
    for chart in (spc.c, spc.mr, spc.g, spc.t):
        with pytest.raises(spc.InputError, match="given"):
            chart([1, 2], centre=-1)
    with pytest.raises(spc.InputError, match="below 0"):
        spc.u([1, 2], [10, 10], centre=-1)


def test_multiply_scales_points_and_lines_and_changes_no_signal() -> None:
    once, per_cent = spc.p([5, 9, 5], [10, 10, 10]), spc.p([5, 9, 5], [10, 10, 10], multiply=100)
    assert per_cent.value.tolist() == [50.0, 90.0, 50.0]
    assert per_cent.upper == pytest.approx(once.upper * 100)
    assert per_cent.beyond.tolist() == once.beyond.tolist()
    assert spc.p_prime([5, 9, 5], [10, 10, 10], multiply=100).sigma_z[0] < 10


def test_a_multiplier_that_would_turn_high_into_low_is_refused() -> None:
    with pytest.raises(spc.InputError, match="a number above 0"):
        spc.i([1, 2], multiply=-1)


def test_a_limit_is_floored_at_zero_only_where_no_point_is_negative() -> None:
    limits = spc.i([[1.0, 9.0, 1.0, 9.0], [-1.0, 9.0, 1.0, 9.0]]).floored()
    assert limits.lower[0].tolist() == [0.0] * 4
    assert (limits.lower[1] < 0).all()


def test_a_moving_range_belongs_to_the_later_of_its_two_points() -> None:
    limits = spc.mr([1.0, 4.0, NAN, 4.0, 2.0])
    np.testing.assert_array_equal(limits.value, [NAN, 3, NAN, NAN, 2])
    assert limits.centre[0] == 2.5
    assert limits.upper[0] == pytest.approx(3.267 * 2.5)
    assert limits.near_upper[0] == pytest.approx(2 * 1.089 * 2.5)


def test_the_nhs_chart_is_an_i_chart_with_the_rounding_2_66() -> None:
    limits = spc.xmr([1.0, 3.0, 2.0, 4.0], screened=False)
    mean_range = 5 / 3
    assert limits.upper[0] == pytest.approx(2.5 + 2.66 * mean_range, rel=1e-12)
    assert limits.near_lower[0] == pytest.approx(2.5 - 2 / 3 * 2.66 * mean_range, rel=1e-12)


def test_normalised_individuals_with_one_denominator_are_individuals_but_for_exact_d2() -> None:
    # Taylor 2017 has sqrt(pi) / 2 where the i chart has 1 / 1.128.
    values = np.array([3.0, 5, 4, 7, 5, 6])
    prime, plain = spc.i_prime(values * 40, [40] * 6), spc.i(values)
    assert prime.centre[0] == pytest.approx(5)
    assert (prime.upper - 5) * 2 / math.sqrt(math.pi) / 1.128 == pytest.approx(plain.upper - 5, rel=1e-12)


def test_g_limits_come_from_the_mean_and_the_line_from_the_median() -> None:
    limits = spc.g([2, 10, 18, 0, 20])
    assert limits.centre[0] == 10
    assert limits.upper[0] == pytest.approx(10 + 3 * math.sqrt(110), rel=1e-12)
    assert limits.lower[0] == 0
    assert spc.g([2, 10, 18], centre=20).centre[0] == pytest.approx(13.86)
    with pytest.raises(spc.InputError, match="fewer than 0 cases"):
        spc.g([2, -1])


def test_a_t_chart_is_an_i_chart_of_the_3_6th_root_and_no_time_is_below_zero() -> None:
    times = np.array([1.0, 90, 2, 80, 3])
    limits, rooted = spc.t(times), spc.i(times ** (1 / 3.6))
    assert limits.centre[0] == pytest.approx(rooted.centre[0] ** 3.6, rel=1e-12)
    assert limits.upper[0] == pytest.approx(rooted.upper[0] ** 3.6, rel=1e-12)
    assert rooted.near_lower[0] < 0
    assert limits.lower[0] == limits.near_lower[0] == 0
    assert spc.t(times, centre=25).centre[0] == pytest.approx(25, rel=1e-12)
    with pytest.raises(spc.InputError, match="greater than 0"):
        spc.t([3.0, 0.0])


def test_subgroups_have_the_mean_spread_and_size_of_the_values_that_are_there() -> None:
    groups = spc.subgroups([[1.0, 3.0, NAN], [5.0, NAN, NAN], [NAN, NAN, NAN]])
    np.testing.assert_array_equal(groups.mean, [2, 5, NAN])
    np.testing.assert_allclose(groups.deviation, [math.sqrt(2), NAN, NAN])
    np.testing.assert_array_equal(groups.size, [2, 1, NAN])


def test_a_subgroup_of_one_value_has_a_point_and_no_limits() -> None:
    limits = spc.xbar(*spc.subgroups([[1.0, 3.0], [5.0, NAN], [2.0, 4.0]]))
    assert limits.value.tolist() == [2.0, 5.0, 3.0]
    assert limits.centre[0] == pytest.approx(15 / 5)
    assert np.isnan(limits.upper).tolist() == [False, True, False]


def test_an_empty_subgroup_is_a_gap_and_leaves_equal_sizes_equal() -> None:
    with_gap = spc.xbar(*spc.subgroups([[1.0, 3.0], [NAN, NAN], [2.0, 8.0]]))
    without = spc.xbar(*spc.subgroups([[1.0, 3.0], [2.0, 8.0]]))
    assert with_gap.upper[[0, 2]].tolist() == without.upper.tolist()
    known = spc.xbar(*spc.subgroups([[1.0, 3.0], [2.0, 8.0]]), within=1.0)
    assert known.upper[0] == pytest.approx(3.5 + 3 / (math.sqrt(2 / math.pi) * math.sqrt(2)), rel=1e-12)


def test_a_base_without_points_gives_no_lines_and_no_warning() -> None:
    nobody = [False, False]
    for limits in (
        spc.p([1, 2], [9, 9], nobody),
        spc.i([1, 2], nobody),
        spc.run([1, 2], nobody),
        spc.g([1, 2], nobody),
    ):
        assert np.isnan(limits.centre).all()
        assert np.isnan(limits.upper).all()
        assert not limits.beyond.any()
