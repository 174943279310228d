"""How often each rule set cries wolf: simulated stable series against the rates measured in R for the same rules."""

from __future__ import annotations

import numpy as np
import pytest

from breakthrough import spc

SERIES = 20_000
# Percent of stable normal series with at least one signal, the whole series as baseline, from 20,000 simulated in R
# with qicharts2 0.8.1 and NHSRplotthedots 0.2.2: months, Anhøj run rules, Anhøj and 3 sigma, NHS.
MEASURED = [(12, 1.4, 6.2, 7.2), (24, 3.1, 11.5, 18.7), (36, 4.4, 15.9, 29.1)]


@pytest.mark.parametrize(("months", "run_rules", "with_three_sigma", "nhs"), MEASURED, ids="{}".format)
def test_the_share_of_stable_series_with_a_signal_is_the_one_measured_in_r(
    months: int, run_rules: float, with_three_sigma: float, nhs: float
) -> None:
    values = np.random.default_rng(20_141_121).standard_normal((SERIES, months))
    # A run chart about the median for the run rules, an i chart about the mean for 3 sigma.
    anhoej = spc.RULE_SETS["anhoej"].judge(spc.run(values))
    runs = anhoej["shift"].signal | anhoej["crossings"].signal
    beyond = spc.RULE_SETS["anhoej"].judge(spc.i(values))["beyond"].signal
    any_nhs = np.any([finding.signal for finding in spc.RULE_SETS["nhs"].judge(spc.xmr(values)).findings], axis=0)
    for found, measured in ((runs, run_rules), (runs | beyond, with_three_sigma), (any_nhs, nhs)):
        # Both sides are simulated: four standard errors of their difference, and the rounding of the record.
        error = 400 * np.sqrt(2 * (measured / 100) * (1 - measured / 100) / SERIES) + 0.05
        assert 100 * found.mean() == pytest.approx(measured, abs=error)
