"""Funnel charts: exact, normal and over-dispersed limits, against the distributions of another library."""

from __future__ import annotations

import math
from dataclasses import fields
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakthrough import spc

NAN = np.nan
stats: Any = import_module("scipy.stats")
Y, N = [4, 12, 9, 30, 2, 55, 18, 7, 25, 41, 3, 16], [40, 90, 100, 210, 30, 500, 150, 80, 200, 390, 45, 160]


def interpolated(distribution: Any, tail: float) -> float:
    """Spiegelhalter 2005, appendix A.1.1, with the distribution function of SciPy."""
    count = distribution.ppf(tail)
    here, before = distribution.cdf(count), distribution.cdf(count - 1)
    return float(count - (here - tail) / (here - before))


@pytest.mark.parametrize("size", [1, 7, 40, 333, 25_000])
@pytest.mark.parametrize("share", [0.002, 0.1, 0.5, 0.97])
def test_exact_limits_of_shares_are_interpolated_binomial_quantiles(size: int, share: float) -> None:
    funnel = spc.funnel_p([0], [size], centre=share)
    chance = stats.binom(size, share)
    for line, tail in zip(limits_of(funnel), (0.001, 0.999, 0.025, 0.975), strict=True):
        wanted = min(1, max(0, interpolated(chance, tail) / size))
        assert line[0] == pytest.approx(wanted, rel=1e-7, abs=1e-12)


@pytest.mark.parametrize("exposure", [0.5, 12, 480.25, 90_000])
@pytest.mark.parametrize("rate", [0.01, 0.8, 3.0])
def test_exact_limits_of_rates_are_interpolated_poisson_quantiles(exposure: float, rate: float) -> None:
    funnel = spc.funnel_u([0], [exposure], centre=rate)
    for line, tail in zip(limits_of(funnel), (0.001, 0.999, 0.025, 0.975), strict=True):
        wanted = max(0, interpolated(stats.poisson(exposure * rate), tail) / exposure)
        assert line[0] == pytest.approx(wanted, rel=1e-7, abs=1e-12)


def test_a_binomial_limit_by_hand() -> None:
    """Of 4 cases with share 1/2, P(R <= 0) = 1/16: 2.5 % of draws stay below 0 - (0.0625 - 0.025) / 0.0625, so 0.

    From above, P(R <= 3) = 15/16 and P(R <= 4) = 1: 97.5 % stay below 4 - (1 - 0.975) / 0.0625 = 3.6.
    """
    funnel = spc.funnel_p([2], [4], centre=0.5)
    assert (funnel.near_lower[0], funnel.near_upper[0]) == pytest.approx((0, 3.6 / 4), abs=1e-15)


def test_the_centre_is_the_pooled_share_of_the_base() -> None:
    assert spc.funnel_p(Y, N).centre[0] == pytest.approx(sum(Y) / sum(N), rel=1e-15)
    base = np.arange(12) != 5
    assert spc.funnel_p(Y, N, base).centre[0] == pytest.approx((sum(Y) - 55) / (sum(N) - 500), rel=1e-15)


def test_normal_limits_by_hand() -> None:
    """A share of 0.2 in 100 cases: standard error 0.04, so 0.2 ± 1.96 x 0.04 and 0.2 ± 3.09 x 0.04."""
    funnel = spc.funnel_p([30], [100], centre=0.2, limits="normal", multiply=100)
    lines = [line[0] for line in limits_of(funnel)]
    assert lines == pytest.approx([20 - 12.36093, 20 + 12.36093, 20 - 7.83986, 20 + 7.83986], abs=1e-5)
    assert funnel.z[0] == pytest.approx(2.5)
    assert (funnel.beyond.tolist(), funnel.near.tolist()) == ([0], [1])
    rates = spc.funnel_u([30], [100], centre=0.2, limits="normal")
    assert rates.z[0] == pytest.approx(0.1 / math.sqrt(0.2 / 100))


def test_over_dispersion_is_that_of_a_plain_computation() -> None:
    funnel = spc.funnel_p(Y, N, limits="overdispersed")
    y, n = np.array(Y) / np.array(N), np.array(N)
    target = math.asin(math.sqrt(sum(Y) / sum(N)))
    naive = (np.arcsin(np.sqrt(y)) - target) * 2 * np.sqrt(n)
    winsorised = np.clip(naive, np.quantile(naive, 0.1), np.quantile(naive, 0.9))
    phi, weights = np.mean(winsorised**2), 4.0 * n
    tau2 = max(0, (12 * phi - 11) / (weights.sum() - (weights**2).sum() / weights.sum()))
    assert funnel.phi == pytest.approx(phi, rel=1e-12)
    assert funnel.tau2 == pytest.approx(tau2, rel=1e-12)
    spread = np.sqrt(1 / (4 * n) + tau2)
    assert funnel.z == pytest.approx((np.arcsin(np.sqrt(y)) - target) / spread, rel=1e-12)
    assert funnel.upper == pytest.approx(np.sin(target + 3.090232306 * spread) ** 2, rel=1e-9)
    assert funnel.near_lower == pytest.approx(np.sin(np.maximum(0, target - 1.959963985 * spread)) ** 2, rel=1e-8)


def test_teams_that_differ_no_more_than_by_chance_have_no_variance_between_them() -> None:
    funnel = spc.funnel_u([10, 20, 30], [100, 200, 300], limits="overdispersed")
    assert (float(funnel.phi), float(funnel.tau2)) == pytest.approx((0, 0), abs=1e-20)


def test_the_variance_between_teams_is_found_again_in_simulated_ones() -> None:
    rng = np.random.default_rng(2005)
    n = np.tile(np.geomspace(200, 5_000, 60).round(), (200, 1))
    roots = math.asin(math.sqrt(0.3)) + 0.05 * rng.standard_normal(n.shape)
    y = rng.binomial(n.astype(int), np.sin(roots) ** 2)
    plain = spc.funnel_p(y, n, limits="overdispersed", winsorised=0)
    assert plain.tau2.mean() == pytest.approx(0.05**2, rel=0.1)
    assert np.mean(plain.near != 0) == pytest.approx(0.05, abs=0.02)
    assert np.mean(spc.funnel_p(y, n).near != 0) > 0.3, "exact limits would flag every third team"


def test_an_outlier_does_not_widen_the_limits_that_should_show_it() -> None:
    n = [400.0] * 20
    y = [118.0, 122] * 9 + [120, 220]
    drawn_in = spc.funnel_p(y, n, limits="overdispersed", centre=0.3)
    as_it_is = spc.funnel_p(y, n, limits="overdispersed", centre=0.3, winsorised=0)
    assert float(drawn_in.tau2) == 0 < float(as_it_is.tau2)
    assert drawn_in.beyond.tolist() == [0] * 19 + [1]


def test_a_team_is_flagged_exactly_where_the_drawn_limits_say_so() -> None:
    rng = np.random.default_rng(24)
    n = rng.integers(1, 300, (40, 25)).astype(float)
    y = rng.binomial(n.astype(int), rng.uniform(0, 1, n.shape))
    for limits in ("exact", "normal", "overdispersed"):
        funnel = spc.funnel_p(y, n, limits=limits)
        wanted = (funnel.value > funnel.upper + 1e-9).astype(int) - (funnel.value < funnel.lower - 1e-9)
        np.testing.assert_array_equal(funnel.beyond, wanted)


def test_about_one_stable_team_in_twenty_lies_outside_95_percent() -> None:
    rng = np.random.default_rng(95)
    n = rng.integers(50, 600, (500, 20)).astype(float)
    y = rng.binomial(n.astype(int), 0.3)
    funnel = spc.funnel_p(y, n, centre=0.3)
    assert np.mean(funnel.near != 0) == pytest.approx(0.05, abs=0.01)
    assert np.mean(funnel.beyond != 0) == pytest.approx(0.002, abs=0.002)


def test_a_team_without_cases_or_figures_is_a_gap_and_takes_no_part() -> None:
    whole, gaps = spc.funnel_p(Y, N), spc.funnel_p([*Y, 0, NAN], [*N, 0, 70])
    assert np.isnan(gaps.value[-2:]).all()
    assert np.isnan(gaps.upper[-2:]).all()
    assert (gaps.teams.tolist(), gaps.beyond[-2:].tolist()) == (12, [0, 0])
    assert (float(gaps.phi), gaps.centre[0]) == pytest.approx((float(whole.phi), whole.centre[0]), rel=1e-14)


def test_fewer_than_ten_teams_are_marked_as_too_few_for_the_spread() -> None:
    assert spc.funnel_p(Y[:9], N[:9]).few
    assert not spc.funnel_p(Y[:10], N[:10]).few


def test_name_and_version_stand_in_the_result() -> None:
    funnel = spc.funnel_u(Y, N)
    assert (funnel.chart, funnel.kind, funnel.rule_set, funnel.rule_version) == ("funnel u", "exact", "funnel", "1")


@pytest.mark.parametrize("limits", ["exact", "normal", "overdispersed"])
@pytest.mark.parametrize("chart", [spc.funnel_p, spc.funnel_u])
def test_the_curve_passes_through_every_teams_limits(chart: Any, limits: str) -> None:
    funnel = chart(Y, N, limits=limits, multiply=100)
    curve = funnel.curve(N)
    for name in ("lower", "upper", "near_lower", "near_upper"):
        np.testing.assert_array_equal(getattr(curve, name), getattr(funnel, name))


def test_shares_of_none_and_of_all_have_limits_on_them() -> None:
    for y, theta in (([0, 0], 0.0), ([5, 9], 1.0)):
        for limits in ("exact", "normal", "overdispersed"):
            funnel = spc.funnel_p(y, [5, 9], limits=limits)
            assert funnel.centre.tolist() == [theta] * 2
            assert funnel.lower == pytest.approx([theta] * 2, abs=0 if limits != "overdispersed" else 0.9)
            assert not funnel.beyond.any()


@given(seed=st.integers(0, 2**32 - 1), limits=st.sampled_from(["exact", "normal", "overdispersed"]))
@settings(max_examples=40, deadline=None)
def test_a_funnel_among_many_is_exactly_what_it_is_alone(seed: int, limits: Any) -> None:
    rng = np.random.default_rng(seed)
    shape = (int(rng.integers(1, 4)), int(rng.integers(1, 15)))
    n = rng.integers(0, 90, shape).astype(float)
    y = np.floor(n * rng.random(shape))
    y[rng.random(shape) < 0.2] = NAN
    base = rng.random(shape) < 0.9
    for chart in (spc.funnel_p, spc.funnel_u):
        together = chart(np.asfortranarray(y), n, base, limits=limits)
        for row in range(shape[0]):
            alone = chart(y[row], n[row], base[row], limits=limits)
            for field in fields(alone):
                one = getattr(alone, field.name)
                if isinstance(one, np.ndarray):
                    np.testing.assert_array_equal(getattr(together, field.name)[row], one, err_msg=field.name)


@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 12)], ids=str)
def test_funnels_without_teams_are_funnels_without_points(shape: tuple[int, ...]) -> None:
    funnel = spc.funnel_p(np.zeros(shape), np.zeros(shape))
    assert (funnel.value.shape, funnel.upper.shape, funnel.phi.shape) == (shape, shape, shape[:-1])


def test_what_no_funnel_can_be_drawn_from_is_refused() -> None:
    with pytest.raises(spc.InputError, match="larger than its denominator"):
        spc.funnel_p([5], [4])
    with pytest.raises(spc.InputError, match="no whole number"):
        spc.funnel_p([1], [4.5])
    assert spc.funnel_p([1], [4.5], limits="normal").upper[0] > 0
    with pytest.raises(spc.InputError, match="Known: exact, normal, overdispersed"):
        spc.funnel_p([1], [4], limits="robust")  # type: ignore[arg-type]
    with pytest.raises(spc.InputError, match="winsorised by a share"):
        spc.funnel_p([1], [4], winsorised=0.5)
    with pytest.raises(spc.InputError, match="outside what the points can be"):
        spc.funnel_p([1], [4], centre=1.2)
    with pytest.raises(spc.InputError, match="above 0, such as 100"):
        spc.funnel_u([1], [4], multiply=0)


def limits_of(funnel: spc.Funnel) -> tuple[spc.FloatArray, ...]:
    return funnel.lower, funnel.upper, funnel.near_lower, funnel.near_upper
