"""1,000 series of 24 months as p charts with limits and rules, against a plain NumPy floor and the peers at hand.

    python bench/spc.py

Times are medians of several rounds in one process (the quickest round stands beside them), so ratios may be compared
and milliseconds may not. The last line is one JSON object. Peers (pycontrolcharts, shewhart) take part where they are
installed; they are no dependency. Exit status 1 if an aim is missed: 20 ms from arrays, 100 ms from a long table.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from breakthrough import spc

SERIES, MONTHS, ROUNDS = 1_000, 24, 15
PEER_SERIES = 20  # peers draw one series a call; their time is scaled up
AIM_ARRAYS, AIM_TABLE = 20.0, 100.0  # ms

Counts = tuple[spc.FloatArray, spc.FloatArray]


def counts() -> Counts:
    """Numerators and denominators of stable shares of 30 %, with 3 % of the months missing."""
    rng = np.random.default_rng(24)
    denominator = rng.integers(60, 400, (SERIES, MONTHS)).astype(np.float64)
    numerator = rng.binomial(denominator.astype(np.int64), 0.3).astype(np.float64)
    numerator[rng.random((SERIES, MONTHS)) < 0.03] = np.nan
    return numerator, denominator


def from_arrays(numerator: spc.FloatArray, denominator: spc.FloatArray) -> tuple[spc.Limits, spc.Judgement]:
    limits = spc.p(numerator, denominator)
    return limits, spc.RULE_SETS["anhoej"].judge(limits)


def from_table(table: pd.DataFrame) -> tuple[spc.Limits, spc.Judgement]:
    team, teams = pd.factorize(table["team"])
    month, months = pd.factorize(table["month"], sort=True)
    numerator, denominator = np.full((2, len(teams), len(months)), np.nan)
    numerator[team, month], denominator[team, month] = table["numerator"], table["denominator"]
    return from_arrays(numerator, denominator)


def floor(numerator: spc.FloatArray, denominator: spc.FloatArray) -> dict[str, spc.FloatArray]:
    """The same figures in the fewest NumPy calls: no checks, no dates of runs, no names."""
    n = np.where(np.isnan(numerator), np.nan, denominator)
    y = numerator / n
    centre = np.nansum(numerator, axis=1, keepdims=True) / np.nansum(n, axis=1, keepdims=True)
    sigma = np.sqrt(centre * (1 - centre) / n)
    upper, lower = np.minimum(centre + 3 * sigma, 1), np.maximum(centre - 3 * sigma, 0)
    near_upper, near_lower = np.minimum(centre + 2 * sigma, 1), np.maximum(centre - 2 * sigma, 0)
    side = np.nan_to_num(np.sign(y - centre))
    before, length = np.zeros((2, len(y)))
    longest, crossings = np.zeros((2, len(y)))
    for month in range(y.shape[1]):
        here = side[:, month]
        same, off = here == before, here != 0
        crossings += off & ~same & (before != 0)
        length = np.where(off, np.where(same, length + 1, 1), length)
        longest = np.maximum(longest, length)
        before = np.where(off, here, before)
    return {
        "centre": centre + 0 * y,
        "lower": lower,
        "upper": upper,
        "near_lower": near_lower,
        "near_upper": near_upper,
        "beyond": (y > upper) | (y < lower),
        "longest": longest,
        "crossings": crossings,
    }


def peers() -> dict[str, Callable[[spc.FloatArray, spc.FloatArray], Any]]:
    """One series through each peer that is installed, with its own rules (Nelson's)."""
    known: dict[str, Callable[[Any], Callable[[spc.FloatArray, spc.FloatArray], Any]]] = {
        "pycontrolcharts": lambda m: lambda y, n: m.calc_p(y.tolist(), sample_size=n.astype(int).tolist()),
        "shewhart": lambda m: lambda y, n: m.p_chart(pd.DataFrame({"y": y, "n": n}), defectives="y", size="n"),
    }
    found = {}
    for name, make in known.items():
        try:
            found[name] = make(importlib.import_module(name))
        except ImportError:
            print(f"{name} is not installed and takes no part")
    return found


def timed(work: Callable[[], object], rounds: int = ROUNDS, scale: float = 1.0) -> tuple[float, float]:
    """Median and quickest of several rounds, in ms, times `scale`."""
    work()
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return 1000 * scale * median(times), 1000 * scale * min(times)


def list_of(chart: Callable[..., Any], pairs: list[Counts]) -> list[Any]:
    return [chart(*pair) for pair in pairs]


def check(numerator: spc.FloatArray, denominator: spc.FloatArray) -> None:
    """Floor and library must do the same work, or their times mean nothing."""
    plain, (limits, _) = floor(numerator, denominator), from_arrays(numerator, denominator)
    runs = spc.runs(limits.value, limits.centre)
    there = ~np.isnan(limits.value)
    for name in ("centre", "lower", "upper", "near_lower", "near_upper"):
        np.testing.assert_allclose(getattr(limits, name)[there], plain[name][there], rtol=1e-12)
    np.testing.assert_array_equal(limits.beyond != 0, plain["beyond"])
    np.testing.assert_array_equal(runs.longest, plain["longest"])
    np.testing.assert_array_equal(runs.crossings, plain["crossings"])


def main() -> int:
    numerator, denominator = counts()
    check(numerator, denominator)
    table = pd.DataFrame(
        {
            "team": np.repeat([f"T{number:04d}" for number in range(SERIES)], MONTHS),
            "month": np.tile([f"{2024 + m // 12}-{m % 12 + 1:02d}" for m in range(MONTHS)], SERIES),
            "numerator": numerator.ravel(),
            "denominator": denominator.ravel(),
        }
    )
    times = {
        "numpy_floor": timed(lambda: floor(numerator, denominator)),
        "arrays": timed(lambda: from_arrays(numerator, denominator)),
        "arrays_p_prime": timed(lambda: spc.RULE_SETS["anhoej"].judge(spc.p_prime(numerator, denominator))),
        "arrays_ihi": timed(lambda: spc.RULE_SETS["ihi"].judge(spc.p(numerator, denominator))),
        "arrays_nhs": timed(lambda: spc.RULE_SETS["nhs"].judge(spc.xmr(numerator / denominator))),
        "long_table": timed(lambda: from_table(table)),
        "one_at_a_time": timed(lambda: [from_arrays(*pair) for pair in zip(numerator, denominator, strict=True)], 3),
    }
    whole = np.nan_to_num(numerator, nan=30.0)  # peers refuse gaps
    for name, chart in peers().items():
        pairs = list(zip(whole[:PEER_SERIES], denominator[:PEER_SERIES], strict=True))
        times[name] = timed(partial(list_of, chart, pairs), 5, SERIES / PEER_SERIES)
    usual = times["numpy_floor"][0]
    for name, (taken, quickest) in times.items():
        told = f"{taken:10.2f} ms for {SERIES} series (quickest {quickest:.2f})"
        print(f"{name:16} {told}   {taken / usual:8.1f} x NumPy floor")
    met = times["arrays"][0] < AIM_ARRAYS and times["long_table"][0] < AIM_TABLE
    print(
        json.dumps(
            {
                "bench": "spc",
                "series": SERIES,
                "months": MONTHS,
                "median_ms": {name: round(taken, 3) for name, (taken, _) in times.items()},
                "quickest_ms": {name: round(quickest, 3) for name, (_, quickest) in times.items()},
                "ratio_to_floor": {name: round(taken / usual, 2) for name, (taken, _) in times.items()},
                "aims_ms": {"arrays": AIM_ARRAYS, "long_table": AIM_TABLE},
                "met": met,
            }
        )
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
