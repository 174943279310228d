"""Runs one recorded reference case through breakthrough.spc and answers in the record's own form.

`run(case)` takes {"id", "engine", "input"}. What lies here is only what the recorded packages do around their charts:
sorting and aggregating rows, and the few habits of theirs that the library departs from on purpose. Each of those is
marked "Compatibility".
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from breakthrough import spc

Number = float | int | None
HUGE = 1e300  # stands in for qicharts2's infinite points where a chart of ours refuses them


def run(case: dict[str, Any]) -> dict[str, Any]:
    """The chart of a case, with the keys of its expected block; raises where the recorded package stopped."""
    engines: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {"qic": run_qic, "ptd": run_ptd}
    return engines[case["engine"]](case["input"])


# --- qicharts2 -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rows:
    """The subgroups of a qic case, in order of x."""

    x: list[Any]
    total: spc.FloatArray  # sum of y
    length: spc.FloatArray  # values of y that are not missing
    mean: spc.FloatArray
    deviation: spc.FloatArray
    denominator: spc.FloatArray | None
    value: spc.FloatArray  # what a run or i chart plots


def run_qic(given: dict[str, Any]) -> dict[str, Any]:
    """A chart as `qicharts2::qic(..., return.data = TRUE)` computes it."""
    rows = aggregated(given)
    many = len(rows.x)
    phase = spc.cut(many, phase_starts(given))
    include = ~np.isin(np.arange(1, many + 1), given["exclude"] or [])
    base = include.copy()
    if given["freeze"] is not None and given["part"] is None:  # Compatibility: phases switch freezing off
        base &= np.arange(many) < given["freeze"]
    limits = with_habits(given, drawn(given, rows, phase, base))
    return {
        "x": rows.x,
        "y": plain(limits.value),
        "cl": plain(limits.centre),
        "lcl": plain(limits.lower),
        "ucl": plain(limits.upper),
        "lcl95": plain(limits.near_lower),
        "ucl95": plain(limits.near_upper),
        "sigma_signal": (limits.beyond != 0).tolist(),
        "part": (phase + 1).tolist(),
        "parts": phases_told(given, limits, phase, include),
    }


def aggregated(given: dict[str, Any]) -> Rows:
    """One subgroup per x. With a denominator a row is missing as a whole; a month's days are one subgroup."""
    denominators = given["n"]
    groups: dict[Any, list[tuple[Number, Number]]] = {}
    for at, y, n in zip(keys(given), given["y"], denominators or [None] * len(given["y"]), strict=True):
        if at is None:
            continue
        gap = denominators is not None and (y is None or n is None)
        groups.setdefault(at, []).append((None, None) if gap else (y, n))
    ordered = sorted(groups)
    values = [[y for y, _ in groups[at]] for at in ordered]
    there = [[y for y in each if y is not None] for each in values]
    # Compatibility: a subgroup of several rows that are all missing sums to 0, a single missing row stays missing.
    total = floats(
        math.fsum(known) if known or len(all_rows) > 1 else None for known, all_rows in zip(there, values, strict=True)
    )
    below = None
    if denominators is not None:
        below = floats(math.fsum(n for _, n in groups[at] if n is not None) for at in ordered)
    return Rows(
        x=ordered,
        total=total,
        length=floats(len(known) for known in there),
        mean=floats(statistics.fmean(known) if known else None for known in there),
        deviation=floats(deviation(known) for known in there),
        denominator=below,
        value=floats(one_value(given["agg"], known) for known in there) if below is None else shares(total, below),
    )


def keys(given: dict[str, Any]) -> list[Any]:
    """What rows are grouped by: x itself, or the first of its month."""
    if given["x_period"] == "month":
        return [None if at is None else f"{at[:7]}-01" for at in given["x"]]
    return list(given["x"])


def one_value(how: str, known: Sequence[float]) -> Number:
    """R's aggregate of the values that are there; its sum of nothing is 0."""
    if how == "sum":
        return math.fsum(known)
    if how == "sd":
        return deviation(known)
    if not known:
        return None
    return statistics.median(known) if how == "median" else statistics.fmean(known)


def deviation(known: Sequence[float]) -> Number:
    """Sample standard deviation, None below two values."""
    return statistics.stdev(known) if len(known) > 1 else None


def shares(total: spc.FloatArray, below: spc.FloatArray) -> spc.FloatArray:
    """Sums over sums. Compatibility: 0 / 0 is no point, y / 0 is infinite; the library refuses the second."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return total / below


def phase_starts(given: dict[str, Any]) -> list[int]:
    """First periods of the later phases, from the last points of the earlier ones or from one label per row."""
    part = given["part"] or []
    if not any(isinstance(each, str) for each in part):
        return [int(last) for last in part]
    of_x: dict[Any, str] = {}
    for at, label in zip(given["x"], part, strict=True):
        of_x.setdefault(at, label)
    labels = list(of_x.values())
    return [labels.index(label) for label in dict.fromkeys(labels)][1:]


SIMPLE: dict[str, Callable[..., spc.Limits]] = {"run": spc.run, "i": spc.i, "mr": spc.mr, "t": spc.t, "g": spc.g}
COUNTED: dict[str, Callable[..., spc.Limits]] = {"p": spc.p, "pp": spc.p_prime, "u": spc.u, "up": spc.u_prime}
SUBGROUPED: dict[str, Callable[..., spc.Limits]] = {"xbar": spc.xbar, "s": spc.s}


def drawn(given: dict[str, Any], rows: Rows, phase: spc.IntArray, base: spc.BoolArray) -> spc.Limits:
    """The library's chart, phase by phase."""
    chart = given["chart"]
    options: dict[str, Any] = {"base": base, "multiply": given["multiply"], "centre": given["cl"]}
    if chart in {"i", "t", "pp", "up", "ip"}:
        options["screened"] = given["screened_mr"]
    if chart in COUNTED:
        return counted(given, rows, phase, options)
    if chart in SUBGROUPED:
        return subgrouped(given, rows, phase, options)
    if chart == "c":
        return spc.by_phase(spc.c, phase, rows.total, **options)
    if chart == "ip":
        size = rows.length if rows.denominator is None else rows.denominator
        known = np.where(np.isfinite(rows.value), rows.value, np.nan)
        return spc.by_phase(spc.i_prime, phase, known * size, size, **options)
    if chart == "t" and given["cl"] is not None:
        options["centre"] = given["cl"] ** 3.6  # Compatibility: a given line is taken for an already transformed one
    limits = spc.by_phase(SIMPLE[chart], phase, np.where(np.isinf(rows.value), HUGE, rows.value), **options)
    return replace(limits, value=np.where(limits.value >= HUGE, np.inf, limits.value))


def counted(given: dict[str, Any], rows: Rows, phase: spc.IntArray, options: dict[str, Any]) -> spc.Limits:
    """A p, p', u or u' chart. Compatibility: impossible counts are drawn."""
    prime, category = given["chart"] in {"pp", "up"}, given["x_type"] == "category"
    if prime:
        options = {**options, "ordered": not category}
    below = np.full(len(rows.x), np.nan) if rows.denominator is None else rows.denominator
    limits = spc.by_phase(COUNTED[given["chart"]], phase, rows.total, below, strict=False, **options)
    return unknown_beside_gaps(limits, phase, options["base"]) if prime and category else limits


def subgrouped(given: dict[str, Any], rows: Rows, phase: spc.IntArray, options: dict[str, Any]) -> spc.Limits:
    """An xbar or s chart."""
    chart = given["chart"]
    if (rows.length == 0).any() and (chart == "xbar" or given["cl"] is None):
        spread = within_by_habit(rows, phase, options["base"])
        options = {**options, "within" if chart == "xbar" else "centre": spread}
    limits = spc.by_phase(SUBGROUPED[chart], phase, rows.mean, rows.deviation, rows.length, **options)
    # Compatibility: an xbar chart plots the aggregate that was asked for, mean or not.
    return limits if chart == "s" else replotted(limits, rows.value * given["multiply"])


def within_by_habit(rows: Rows, phase: spc.IntArray, base: spc.BoolArray) -> spc.FloatArray:
    """Standard deviation within subgroups, at each of them.

    Compatibility: an empty subgroup makes sizes unequal and counts as -1 degrees of freedom.
    """
    line = np.empty(len(rows.x))
    for inside in spc.masks(phase):
        freedom, chosen = rows.length - 1, inside & base
        known = chosen & ~np.isnan(rows.deviation)
        if len(set(rows.length[inside])) > 1:
            squares = float(np.sum((freedom * rows.deviation**2)[known]))
            below = float(np.sum(freedom[chosen]))
            line[inside] = math.sqrt(squares / below) if below > 0 else math.nan
        else:
            line[inside] = np.mean(rows.deviation[known]) if known.any() else math.nan
    return line


def unknown_beside_gaps(limits: spc.Limits, phase: spc.IntArray, base: spc.BoolArray) -> spc.Limits:
    """Compatibility: R's standard deviation of points one of which is missing is missing, and so are the limits."""
    gap = np.zeros(phase.shape, dtype=np.bool_)
    for inside in spc.masks(phase):
        gap |= inside & bool(np.isnan(limits.value[inside & base]).any())
    return relined(limits, *(np.where(gap, np.nan, line) for line in lines_of(limits)))


def lines_of(limits: spc.Limits) -> tuple[spc.FloatArray, ...]:
    """The four lines about the centre."""
    return limits.lower, limits.upper, limits.near_lower, limits.near_upper


def relined(limits: spc.Limits, *lines: spc.FloatArray) -> spc.Limits:
    """Other lines about the same points."""
    lower, upper, near_lower, near_upper = lines
    other = replace(limits, lower=lower, upper=upper, near_lower=near_lower, near_upper=near_upper)
    return replotted(other, limits.value)


def replotted(limits: spc.Limits, value: spc.FloatArray) -> spc.Limits:
    """The same lines about other points."""
    with np.errstate(invalid="ignore"):
        above = value - limits.upper > 1e-12 * np.abs(limits.upper)
        below = limits.lower - value > 1e-12 * np.abs(limits.lower)
    return replace(limits, value=value, beyond=above.astype(np.int64) - below.astype(np.int64))


def with_habits(given: dict[str, Any], limits: spc.Limits) -> spc.Limits:
    """The limits as qicharts2 reports them."""
    if not limits.screened and limits.flat.any():
        # Compatibility: without screening, a series that never changes has limits on its centre.
        varying = given["chart"] in {"pp", "up", "ip"}  # their limits need a denominator
        centre = np.where(varying & np.isnan(limits.value), np.nan, limits.centre)
        limits = relined(limits, *(np.where(limits.flat, centre, line) for line in lines_of(limits)))
    if given["chart"] == "t":
        # Compatibility: a 2 sigma line below 0 goes missing; a 3 sigma line below 0, or unknown, becomes 0.
        near = np.where(limits.near_lower == 0, np.nan, limits.near_lower)
        limits = replace(limits, near_lower=near, lower=np.nan_to_num(limits.lower))
    return limits if given["y_neg"] else limits.floored()


def phases_told(
    given: dict[str, Any], limits: spc.Limits, phase: spc.IntArray, include: spc.BoolArray
) -> list[dict[str, Any]]:
    """The runs of each phase. Compatibility: whatever the method, the limits reported are Anhøj's."""
    tested = given["chart"] != "mr" and given["x_type"] != "category"
    told = []
    for number, found in enumerate(
        spc.runs_by_phase(limits.value, limits.centre, phase, include, method=given["method"])
    ):
        useful = int(found.n_useful)
        any_useful = useful > 0
        told.append(
            {
                "part": number + 1,
                "n_obs": int(np.sum(include & (phase == number))),
                "n_useful": useful,
                "longest_run": int(found.longest) if any_useful else None,
                "longest_run_max": spc.longest_run_limit(useful) if any_useful else None,
                "n_crossings": int(found.crossings) if any_useful else None,
                "n_crossings_min": spc.fewest_crossings(useful) if any_useful else None,
                "runs_signal": bool(found.signal) and tested,
            }
        )
    return told


# --- NHSRplotthedots -------------------------------------------------------------------------------------------------

SPECIAL_CAUSES = {
    spc.Pattern.BEYOND: {1: "Above UCL", -1: "Below LCL"},
    spc.Pattern.TREND: {1: "7 Point Trend (Increasing)", -1: "7 Point Trend (Decreasing)"},
    spc.Pattern.TWO_OF_THREE: {1: "2 in 3 Above CL", -1: "2 in 3 Below CL"},
    spc.Pattern.SHIFT: {1: "7 Points Above CL", -1: "7 Points Below CL"},
}
POINT_TYPES = {
    spc.Variation.COMMON: "common_cause",
    spc.Variation.IMPROVEMENT: "special_cause_improvement",
    spc.Variation.CONCERN: "special_cause_concern",
    spc.Variation.HIGH: "special_cause_neutral_high",
    spc.Variation.LOW: "special_cause_neutral_low",
}
ASSURANCES = {
    spc.Assurance.NONE: None,
    spc.Assurance.PASS: "consistent_pass",
    spc.Assurance.HIT_OR_MISS: "inconsistent",
    spc.Assurance.FAIL: "consistent_fail",
}


def run_ptd(given: dict[str, Any]) -> dict[str, Any]:
    """A chart as `NHSRplotthedots::ptd_spc()` computes it."""
    if len(set(given["x"])) < len(given["x"]):
        raise spc.InputError("Two rows have one date.")
    frozen_after = given["fix_after_n_points"]
    if frozen_after is not None and frozen_after < 12:
        raise spc.InputError("Limits may be fixed after 12 points at the earliest.")
    ordered = sorted(zip(given["x"], given["y"], strict=True), key=lambda row: row[0])
    x, y = [at for at, _ in ordered], floats(value for _, value in ordered)
    phase = spc.cut(len(x), [x.index(date) for date in given["rebase"] or [] if date in x])
    refuse_broken_trends(y, phase)
    # A series cut at its first point begins with group 1; there is no group 0.
    first = int(bool(given["rebase"]) and x[0] in given["rebase"])
    base = None if frozen_after is None else spc.frozen(phase, frozen_after)
    limits = spc.by_phase(spc.xmr, phase, y, base=base, screened=given["screen_outliers"])
    limits = with_habits({"chart": "xmr", "y_neg": True}, limits)
    found = spc.patterns(limits, phase)
    types = [point_type(found, at, given["improvement_direction"]) for at in range(len(x))]
    return {
        "x": x,
        "y": plain(y),
        "mean": plain(limits.centre),
        "lpl": plain(limits.lower),
        "upl": plain(limits.upper),
        "rebase_group": (phase + first).tolist(),
        "outside_limits": (limits.beyond != 0).tolist(),
        "close_to_limits": near_limits(limits).tolist(),
        "special_cause_type": [special_cause(found, at) for at in range(len(x))],
        "point_type": types,
        "short_group_warning": [bool(np.sum(phase == each) < 13) for each in phase],
        "variation_icon": types[-1],
        "assurance_icon": assurance(given, limits),
    }


def refuse_broken_trends(y: spc.FloatArray, phase: spc.IntArray) -> None:
    """Compatibility: the package stops where 7 points would be a trend were it not for a missing one."""
    for inside in spc.masks(phase):
        steps = np.sign(np.diff(y[inside]))
        for start in range(len(steps) - 5):
            window = steps[start : start + 6]
            if np.isnan(window).any() and len(set(window[~np.isnan(window)]) | {0.0}) <= 2 and not (window == 0).any():
                raise spc.InputError("A missing point stands in what may be a trend.")


def near_limits(limits: spc.Limits) -> spc.BoolArray:
    """Between 2 and 3 sigma, on either side."""
    with np.errstate(invalid="ignore"):
        beyond_near = (limits.value > limits.near_upper) | (limits.value < limits.near_lower)
    return np.asarray(beyond_near & (limits.beyond == 0))


def special_cause(found: spc.Patterns, at: int) -> str:
    """The point's pattern in the package's words."""
    pattern = spc.Pattern(int(found.pattern[at]))
    return "Common Cause" if pattern is spc.Pattern.COMMON else SPECIAL_CAUSES[pattern][int(found.direction[at])]


def point_type(found: spc.Patterns, at: int, improvement: Any) -> str:
    """The icon the chart would have if it ended at this point."""
    until = replace(found, pattern=found.pattern[: at + 1], direction=found.direction[: at + 1])
    return POINT_TYPES[spc.Variation(int(spc.variation(until, np.zeros(at + 1), improvement)))]


def assurance(given: dict[str, Any], limits: spc.Limits) -> str | None:
    """The assurance icon. Compatibility: without limits the package calls any target hit or miss."""
    if given["target"] is None or given["improvement_direction"] == "neutral":
        return None
    if math.isnan(limits.lower[-1]):
        return "inconsistent"
    icon = spc.assurance(limits, given["target"], given["improvement_direction"])
    return ASSURANCES[spc.Assurance(int(icon))]


# --- both ------------------------------------------------------------------------------------------------------------


def floats(values: Any) -> spc.FloatArray:
    """An array in which None is NaN."""
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)


def plain(values: spc.FloatArray) -> list[float | None]:
    """A list in which what is not finite is None."""
    return [float(value) if math.isfinite(value) else None for value in values]
