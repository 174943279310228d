"""Worked examples with the limits their book prints: D. C. Montgomery, Statistical Quality Control, 6th ed., 2009."""

from __future__ import annotations

import numpy as np
import pytest

from breakthrough import spc

JUICE_CANS = [
    12,
    15,
    8,
    10,
    4,
    7,
    16,
    9,
    14,
    10,
    5,
    6,
    17,
    12,
    22,
    8,
    10,
    5,
    13,
    11,
    20,
    18,
    24,
    15,
    9,
    12,
    7,
    13,
    9,
    6,
]
ORDERS = [
    100,
    80,
    80,
    100,
    110,
    110,
    100,
    100,
    90,
    90,
    110,
    120,
    120,
    120,
    110,
    80,
    80,
    80,
    90,
    100,
    100,
    100,
    100,
    90,
    90,
]
LATE_ORDERS = [12, 8, 6, 9, 10, 12, 11, 16, 10, 6, 20, 15, 9, 8, 6, 8, 10, 7, 5, 8, 5, 8, 10, 6, 9]
CIRCUIT_BOARDS = [21, 24, 16, 12, 15, 5, 28, 20, 31, 25, 20, 24, 16, 19, 10, 17, 13, 22, 18, 39, 30, 24, 16, 19, 17, 15]
SHIPMENTS = [2, 3, 8, 1, 1, 4, 1, 4, 5, 1, 8, 2, 4, 3, 4, 1, 8, 3, 7, 4]
CLOTH = [14, 12, 20, 11, 7, 10, 21, 16, 19, 23]
CLOTH_UNITS = [10.0, 8.0, 13.0, 10.0, 9.5, 10.0, 12.0, 10.5, 12.0, 12.5]
LOAN_COSTS = [310, 288, 297, 298, 307, 303, 294, 297, 308, 306, 294, 299, 297, 299, 314, 295, 293, 306, 301, 304]
VALVE_HOURS = [286, 948, 536, 124, 816, 729, 4, 143, 431, 8, 2837, 596, 81, 227, 603, 492, 1199, 1214, 2831, 96]
PISTON_RINGS = [
    [74.030, 74.002, 74.019, 73.992, 74.008],
    [73.995, 73.992, 74.001, 74.011, 74.004],
    [73.988, 74.024, 74.021, 74.005, 74.002],
    [74.002, 73.996, 73.993, 74.015, 74.009],
    [73.992, 74.007, 74.015, 73.989, 74.014],
    [74.009, 73.994, 73.997, 73.985, 73.993],
    [73.995, 74.006, 73.994, 74.000, 74.005],
    [73.985, 74.003, 73.993, 74.015, 73.988],
    [74.008, 73.995, 74.009, 74.005, 74.004],
    [73.998, 74.000, 73.990, 74.007, 73.995],
    [73.994, 73.998, 73.994, 73.995, 73.990],
    [74.004, 74.000, 74.007, 74.000, 73.996],
    [73.983, 74.002, 73.998, 73.997, 74.012],
    [74.006, 73.967, 73.994, 74.000, 73.984],
    [74.012, 74.014, 73.998, 73.999, 74.007],
    [74.000, 73.984, 74.005, 73.998, 73.996],
    [73.994, 74.012, 73.986, 74.005, 74.007],
    [74.006, 74.010, 74.018, 74.003, 74.000],
    [73.984, 74.002, 74.003, 74.005, 73.997],
    [74.000, 74.010, 74.013, 74.020, 74.003],
    [73.982, 74.001, 74.015, 74.005, 73.996],
    [74.004, 73.999, 73.990, 74.006, 74.009],
    [74.010, 73.989, 73.990, 74.009, 74.014],
    [74.015, 74.008, 73.993, 74.000, 74.010],
    [73.982, 73.984, 73.995, 74.017, 74.013],
]
RING_SIZES = [5, 3, 5, 5, 5, 4, 4, 5, 4, 5, 5, 5, 3, 5, 3, 5, 4, 5, 5, 3, 5, 5, 5, 5, 5]  # table 6.4


def except_samples(many: int, *numbers: int) -> np.ndarray:
    return ~np.isin(np.arange(1, many + 1), numbers)


CHARTS = [
    pytest.param(
        spc.p(JUICE_CANS, [50] * 30), (0.0524, 0.2313, 0.4102), 5e-5, [15, 23], id="Montgomery-example-7.1-p-trial"
    ),
    pytest.param(
        spc.p(JUICE_CANS, [50] * 30, except_samples(30, 15, 23)),
        (0.0407, 0.2150, 0.3893),
        5e-5,
        [15, 21, 23],
        id="Montgomery-example-7.1-p-without-samples-15-and-23",
    ),
    pytest.param(spc.c(CIRCUIT_BOARDS), (6.48, 19.85, 33.22), 0.01, [6, 20], id="Montgomery-example-7.3-c-trial"),
    pytest.param(
        spc.c(CIRCUIT_BOARDS, except_samples(26, 6, 20)),
        (6.36, 19.67, 32.97),
        0.01,
        [6, 20],
        id="Montgomery-example-7.3-c-without-samples-6-and-20",
    ),
    pytest.param(spc.u(SHIPMENTS, [50] * 20), (0.0, 0.0740, 0.1894), 5e-5, [], id="Montgomery-example-7.4-u"),
    pytest.param(spc.i(LOAN_COSTS, screened=False), (279.78, 300.5, 321.22), 0.005, [], id="Montgomery-example-6.5-i"),
    pytest.param(spc.mr(LOAN_COSTS), (0.0, 7.79, 25.45), 0.005, [], id="Montgomery-example-6.5-mr"),
    pytest.param(
        spc.xbar(*spc.subgroups(PISTON_RINGS)), (73.988, 74.001, 74.014), 0.001, [], id="Montgomery-example-6.3-xbar"
    ),
    pytest.param(spc.s(*spc.subgroups(PISTON_RINGS)), (0.0, 0.0094, 0.0196), 1e-4, [], id="Montgomery-example-6.3-s"),
]


@pytest.mark.parametrize(("limits", "lines", "within", "beyond"), CHARTS)
def test_the_book_prints_the_same_limits_and_marks_the_same_samples(
    limits: spc.Limits, lines: tuple[float, float, float], within: float, beyond: list[int]
) -> None:
    drawn = (limits.lower[-1], limits.centre[-1], limits.upper[-1])
    assert drawn == pytest.approx(lines, abs=within)
    assert (np.flatnonzero(limits.beyond) + 1).tolist() == beyond


def test_limits_vary_with_the_denominator_in_montgomery_section_7_2_2_purchase_orders() -> None:
    limits = spc.p(LATE_ORDERS, ORDERS)
    assert limits.centre[0] == pytest.approx(234 / 2450, abs=1e-12)
    assert (np.flatnonzero(limits.beyond) + 1).tolist() == [11]


@pytest.mark.parametrize(
    ("roll", "lower", "upper"), [(1, 0.29, 2.55), (2, 0.16, 2.68), (3, 0.43, 2.41)], ids="roll-{}".format
)
def test_limits_vary_with_the_exposure_in_montgomery_example_7_5_dyed_cloth(
    roll: int, lower: float, upper: float
) -> None:
    # The book rounds the centre to 1.42 before it goes on.
    limits = spc.u(CLOTH, CLOTH_UNITS)
    assert limits.centre[0] == pytest.approx(1.42, abs=0.005)
    assert (limits.lower[roll - 1], limits.upper[roll - 1]) == pytest.approx((lower, upper), abs=0.01)


@pytest.mark.parametrize(
    ("sample", "lower", "upper", "upper_s"),
    [(1, 73.986, 74.016, 0.022), (2, 73.981, 74.021, 0.026), (6, 73.984, 74.018, 0.023)],
    ids="Montgomery-example-6.4-sample-{}".format,
)
def test_subgroups_of_unequal_size_have_pooled_spread_in_montgomery_example_6_4(
    sample: int, lower: float, upper: float, upper_s: float
) -> None:
    rings = np.array(PISTON_RINGS)
    rings[np.arange(5) >= np.array(RING_SIZES)[:, np.newaxis]] = np.nan
    means, deviations = spc.xbar(*spc.subgroups(rings)), spc.s(*spc.subgroups(rings))
    assert deviations.centre[0] == pytest.approx(0.0103, abs=5e-5)
    assert (means.lower[sample - 1], means.upper[sample - 1]) == pytest.approx((lower, upper), abs=0.001)
    assert deviations.upper[sample - 1] == pytest.approx(upper_s, abs=6e-4)


def test_times_between_valve_failures_are_centred_where_montgomery_table_7_14_has_them() -> None:
    # The book's transformed times, x = y^0.2777, and its conclusion that no failure time is beyond the limits.
    transformed = [
        4.80986, 6.70903, 5.72650, 3.81367, 6.43541, 6.23705, 1.46958, 3.96768, 5.39007, 1.78151,
        9.09619, 5.89774, 3.38833, 4.51095, 5.91690, 5.59189, 7.16124, 7.18601, 9.09083, 3.55203,
    ]  # fmt: skip
    limits = spc.t(VALVE_HOURS, screened=False)
    assert limits.centre[0] ** 0.2777 == pytest.approx(np.mean(transformed), rel=5e-4)
    assert limits.lower[0] == 0
    assert not limits.beyond.any()


# Montgomery, Appendix VI, the same in Pyzdek, Handbook for Quality Management, Appendix 21.
FACTORS = [
    (2, 0.7979, 2.659, 0.0, 3.267),
    (3, 0.8862, 1.954, 0.0, 2.568),
    (4, 0.9213, 1.628, 0.0, 2.266),
    (5, 0.9400, 1.427, 0.0, 2.089),
    (6, 0.9515, 1.287, 0.030, 1.970),
    (7, 0.9594, 1.182, 0.118, 1.882),
    (10, 0.9727, 0.975, 0.284, 1.716),
    (15, 0.9823, 0.789, 0.428, 1.572),
    (20, 0.9869, 0.680, 0.510, 1.490),
    (25, 0.9896, 0.606, 0.565, 1.435),
]


@pytest.mark.parametrize(("size", "c4", "a3", "b3", "b4"), FACTORS, ids="Montgomery-appendix-VI-n{}".format)
def test_factors_for_subgroups_are_those_of_the_published_table(
    size: int, c4: float, a3: float, b3: float, b4: float
) -> None:
    # Two subgroups of one size, mean 0 and deviation 1: the limits are the factors themselves.
    means, deviations = spc.xbar([0, 0], [1, 1], [size, size]), spc.s([0, 0], [1, 1], [size, size])
    assert means.upper[0] == pytest.approx(a3, abs=6e-4)
    assert deviations.lower[0] == pytest.approx(b3, abs=6e-4)
    assert deviations.upper[0] == pytest.approx(b4, abs=6e-4)
    assert 3 / (means.upper[0] * np.sqrt(size)) == pytest.approx(c4, abs=6e-5)


def test_the_factors_hold_for_subgroups_larger_than_any_table() -> None:
    # c4 = 1 - 1/(4n) - 7/(32 n^2) - ... for large n; Montgomery gives 4(n-1)/(4n-3).
    many = 20_000
    limits = spc.xbar([0, 0], [1, 1], [many, many])
    assert 3 / (limits.upper[0] * np.sqrt(many)) == pytest.approx(4 * (many - 1) / (4 * many - 3), rel=1e-8)
