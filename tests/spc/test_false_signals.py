"""How often each rule set cries wolf, and how often it sees a shift: simulated series against rates measured in R."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from breakthrough import spc

SERIES = 20_000
# Percent of simulated normal series with at least one signal, the whole series as baseline, of 20,000 in R with
# qicharts2 0.8.1 and NHSRplotthedots 0.2.2: months, shift halfway in standard deviations, then Anhøj's run rules, those
# and 3 sigma (screened i chart), IHI's shift, trend and runs with exact limits for runs, NHS.
MEASURED = [
    (12, 0, 1.4, 6.2, 13.5, 7.2),
    (24, 0, 3.1, 11.5, 36.6, 18.7),
    (36, 0, 4.4, 15.9, 55.9, 29.1),
    (24, 1, 16.0, 26.8, 59.2, 44.4),
    (36, 1, 25.5, 39.5, 79.2, 63.8),
]
# Of 24 stable months: one rule alone.
ALONE = {"shift of six": 15.8, "trend of five": 24.8, "3 sigma": 5.9, "3 sigma, screened": 9.4}


def simulated(months: int, shift: float) -> spc.FloatArray:
    values = np.random.default_rng(20_141_121).standard_normal((SERIES, months))
    values[:, months // 2 :] += shift
    return values


def told(name: str, limits: spc.Limits, *rules: str) -> spc.BoolArray:
    judged = (spc.Ihi(exact_runs=True) if name == "ihi" else spc.RULE_SETS[name]).judge(limits)
    wanted: Sequence[str] = rules or [finding.rule for finding in judged.findings]
    return np.asarray(np.any([judged[rule].signal for rule in wanted], axis=0))


def allowed(measured: float) -> float:
    """Both sides are simulated: four standard errors of their difference, and the rounding of the record."""
    return float(400 * np.sqrt(2 * (measured / 100) * (1 - measured / 100) / SERIES) + 0.05)


@pytest.mark.parametrize(
    ("months", "shift", "run_rules", "with_three_sigma", "ihi", "nhs"),
    MEASURED,
    ids=[f"{months}-months-shift-{shift}" for months, shift, *_ in MEASURED],
)
def test_the_share_of_series_with_a_signal_is_the_one_measured_in_r(
    months: int, shift: float, run_rules: float, with_three_sigma: float, ihi: float, nhs: float
) -> None:
    values = simulated(months, shift)
    # A run chart about the median for the run rules, an i chart about the mean for 3 sigma.
    about_median, about_mean = spc.run(values), spc.i(values)
    runs = told("anhoej", about_median, "shift", "crossings")
    for found, measured in (
        (runs, run_rules),
        (runs | told("anhoej", about_mean, "beyond"), with_three_sigma),
        (told("ihi", about_median), ihi),
        (told("nhs", spc.xmr(values)), nhs),
    ):
        assert 100 * found.mean() == pytest.approx(measured, abs=allowed(measured))


def test_each_rule_alone_cries_wolf_as_often_as_measured() -> None:
    values = simulated(24, 0)
    found = {
        "shift of six": told("ihi", spc.run(values), "shift"),
        "trend of five": told("ihi", spc.run(values), "trend"),
        "3 sigma": told("anhoej", spc.i(values, screened=False), "beyond"),
        "3 sigma, screened": told("anhoej", spc.i(values), "beyond"),
    }
    for name, measured in ALONE.items():
        assert 100 * found[name].mean() == pytest.approx(measured, abs=allowed(measured)), name


@pytest.mark.parametrize("months", [12, 24, 36])
def test_the_table_of_runs_signals_at_most_as_often_as_the_exact_limits(months: int) -> None:
    limits = spc.run(simulated(months, 0))
    both = [spc.Ihi(exact_runs=exact).judge(limits) for exact in (False, True)]
    table, exact = (judged["few_runs"].signal | judged["many_runs"].signal for judged in both)
    assert 0 < table.mean() <= exact.mean() < 0.07
    assert not (table & ~exact).any()


@pytest.mark.parametrize("points", [10, 24], ids="exact-runs-distribution-n{}".format)
def test_the_anhoej_rules_cry_wolf_as_often_as_the_exact_distribution_says(points: int) -> None:
    # About a median that was known beforehand: Anhøj & Wentzel-Larsen 2020, specificity 0.955078125 and 0.933760166168.
    specificity = {10: 0.955078125, 24: 0.933760166168}[points]
    values = np.random.default_rng(7).standard_normal((SERIES, points))
    found = told("anhoej", spc.run(values, centre=0.0), "shift", "crossings")
    assert found.mean() == pytest.approx(1 - specificity, abs=4 * np.sqrt(specificity * (1 - specificity) / SERIES))
