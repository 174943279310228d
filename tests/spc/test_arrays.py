"""One series and many take the same path: results agree to the last bit, whatever the array's layout."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, make_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakthrough import spc

Charted = Callable[[spc.FloatArray, spc.FloatArray, spc.BoolArray], Any]


def subgrouped(values: spc.FloatArray, sizes: spc.FloatArray, base: spc.BoolArray) -> spc.Limits:
    return spc.xbar(values, sizes / 10, np.round(sizes), base)


def judged(values: spc.FloatArray, _sizes: spc.FloatArray, base: spc.BoolArray) -> spc.Patterns:
    return spc.patterns(spc.xmr(values, base))


def findings(values: spc.FloatArray, _sizes: spc.FloatArray, base: spc.BoolArray) -> Any:
    """Every point of every rule of every set, judged in two phases: one array of points a rule."""
    limits, phase = spc.xmr(values, base), spc.cut(values.shape[-1], [values.shape[-1] // 3])
    told = {
        f"{name}_{one.rule}": one.side + 10 * one.points
        for name, rules in spc.RULE_SETS.items()
        for one in rules.judge(limits, base, phase).findings
    }
    return make_dataclass("Findings", told)(**told)


def in_two_phases(values: spc.FloatArray, sizes: spc.FloatArray, base: spc.BoolArray) -> spc.Limits:
    periods = values.shape[-1]
    return spc.by_phase(spc.p_prime, spc.cut(periods, [periods // 2]), values, sizes + 100, base=base)


CHARTS: dict[str, Charted] = {
    "run": lambda v, _n, b: spc.run(v, b),
    "i": lambda v, _n, b: spc.i(v, b),
    "mr": lambda v, _n, b: spc.mr(v, b),
    "xmr": lambda v, _n, b: spc.xmr(v, b),
    "i_prime": spc.i_prime,
    "p": lambda v, n, b: spc.p(v, n + 100, b),
    "p_prime": lambda v, n, b: spc.p_prime(v, n + 100, b),
    "u": lambda v, n, b: spc.u(v, n, b, multiply=1000),
    "u_prime": lambda v, n, b: spc.u_prime(v, n, b, screened=False),
    "c": lambda v, _n, b: spc.c(v, b),
    "g": lambda v, _n, b: spc.g(v, b),
    "t": lambda v, _n, b: spc.t(v + 0.5, b),
    "xbar": subgrouped,
    "s": lambda v, n, b: spc.s(v, n / 10, np.round(n), b),
    "runs": lambda v, _n, b: spc.runs(v, spc.run_centre(v, b), b),
    "patterns": judged,
    "findings": findings,
    "by_phase": in_two_phases,
}


def arrays_of(result: Any) -> dict[str, np.ndarray]:
    return {f.name: a for f in fields(result) if isinstance(a := getattr(result, f.name), np.ndarray)}


@st.composite
def tables(draw: st.DrawFn) -> tuple[spc.FloatArray, spc.FloatArray, spc.BoolArray]:
    """Values, denominators and base of 1 to 5 series of 1 to 40 periods, with gaps, ties and excluded points."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = (draw(st.integers(1, 5)), draw(st.integers(1, 40)))
    values = rng.uniform(0, 99, shape).round(draw(st.sampled_from([0, 1, 12])))
    values[rng.random(shape) < draw(st.sampled_from([0, 0.2, 1]))] = np.nan
    return values, rng.uniform(2, 90, shape), rng.random(shape) < 0.9


@pytest.mark.parametrize("chart", CHARTS)
@given(table=tables())
@settings(max_examples=25, deadline=None)
def test_a_series_among_many_has_exactly_the_chart_it_has_alone(
    chart: str, table: tuple[spc.FloatArray, spc.FloatArray, spc.BoolArray]
) -> None:
    values, sizes, base = table
    together = arrays_of(CHARTS[chart](values, sizes, base))
    for number in range(len(values)):
        alone = arrays_of(CHARTS[chart](values[number], sizes[number], base[number]))
        for name, expected in alone.items():
            np.testing.assert_array_equal(together[name][number], expected, err_msg=f"{chart}.{name}", strict=True)


@pytest.mark.parametrize("chart", CHARTS)
@given(table=tables())
@settings(max_examples=10, deadline=None)
def test_the_layout_of_an_array_in_memory_makes_no_difference(
    chart: str, table: tuple[spc.FloatArray, spc.FloatArray, spc.BoolArray]
) -> None:
    values, sizes, base = table
    wide = np.repeat(values, 2, axis=-1)[..., ::2]
    plain = arrays_of(CHARTS[chart](values, sizes, base))
    strided = arrays_of(CHARTS[chart](np.asfortranarray(wide), np.asfortranarray(sizes), np.asfortranarray(base)))
    for name, expected in plain.items():
        np.testing.assert_array_equal(strided[name], expected, err_msg=f"{chart}.{name}", strict=True)


@pytest.mark.parametrize("chart", CHARTS)
def test_every_axis_before_the_last_counts_series(chart: str) -> None:
    rng = np.random.default_rng(7)
    values, sizes, base = (
        rng.uniform(0, 99, (2, 3, 12)),
        rng.uniform(2, 90, (2, 3, 12)),
        np.ones((2, 3, 12), dtype=bool),
    )
    cube = arrays_of(CHARTS[chart](values, sizes, base))
    flat = arrays_of(CHARTS[chart](values.reshape(6, 12), sizes.reshape(6, 12), base.reshape(6, 12)))
    for name, expected in flat.items():
        np.testing.assert_array_equal(cube[name].reshape(expected.shape), expected, err_msg=name)


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 12), (3, 1)], ids=str)
def test_tables_without_series_or_periods_are_charts_without_points(chart: str, shape: tuple[int, ...]) -> None:
    nothing = np.full(shape, np.nan)
    result = CHARTS[chart](nothing, nothing, np.ones(shape, dtype=bool))
    for name, array in arrays_of(result).items():
        assert array.shape == (shape[:-1] if chart == "runs" else shape), name


def test_a_table_of_denominators_may_serve_every_series() -> None:
    limits = spc.p([[1, 2, 3], [3, 2, 1]], [10, 10, 10])
    assert limits.value.tolist() == [[0.1, 0.2, 0.3], [0.3, 0.2, 0.1]]


def test_shapes_masks_and_points_that_do_not_fit_are_refused() -> None:
    with pytest.raises(spc.InputError, match="do not fit one another"):
        spc.p([1, 2, 3], [1, 2])
    with pytest.raises(spc.InputError, match="no series"):
        spc.i(3.0)
    with pytest.raises(spc.InputError, match="mask holds True and False, this one holds int64"):
        spc.i([1, 2, 3], [1, 1, 0])
    with pytest.raises(spc.InputError, match=r"mask of shape \(2,\) does not fit points of shape \(3,\)"):
        spc.i([1, 2, 3], [True, False])
    with pytest.raises(spc.InputError, match=r"infinite.*period 1 of series 0, counted from 0; 1 in all"):
        spc.i([[1, np.inf, 3]])


def test_what_is_refused_is_named_by_place_and_never_by_value() -> None:
    with pytest.raises(spc.InputError) as refused:
        spc.p([[1, 2], [777, 2]], [[4, 4], [654, 4]])
    assert "period 0 of series 1" in str(refused.value)
    assert "777" not in str(refused.value)
    assert "654" not in str(refused.value)


def test_inputs_are_left_as_they_were() -> None:
    numerator, denominator = np.array([1.0, np.nan, 3.0]), np.array([10.0, 10.0, np.nan])
    spc.p_prime(numerator, denominator, multiply=100)
    np.testing.assert_array_equal(numerator, [1, np.nan, 3])
    np.testing.assert_array_equal(denominator, [10, 10, np.nan])


FORMULAS = (
    *("run", "i", "mr", "xmr", "i_prime", "p", "p_prime", "u", "u_prime", "c", "g", "t", "xbar", "s"),
    *("funnel_p", "funnel_u", "runs", "patterns", "variation", "assurance", "number_of_runs_limits", "runs_limits"),
    *("longest_run_limit", "fewest_crossings", "Ihi"),
)


@pytest.mark.parametrize("name", FORMULAS)
def test_every_formula_says_where_it_comes_from(name: str) -> None:
    assert "Source" in getattr(spc, name).__doc__


def test_every_constant_says_where_it_comes_from() -> None:
    for line in (Path(spc.__file__).parent / "constants.py").read_text().splitlines():
        if " = " in line and line[:1].isupper():
            assert "; " in line or "sigmas" in line, line


def test_importing_the_room_loads_numpy_and_nothing_else_from_outside_the_standard_library() -> None:
    told = """
import sys, numpy
before = set(sys.modules)
import breakthrough.spc
print(*{name.split(".")[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names))
"""
    room = str(Path(spc.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": room}
    )
    assert set(done.stdout.split()) - {"numpy"} == {"breakthrough"}


def test_the_room_needs_numpy_and_the_standard_library_and_nothing_else() -> None:
    allowed = {"__future__", "collections", "dataclasses", "enum", "functools", "math", "types", "typing", "numpy"}
    for path in Path(spc.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.startswith("breakthrough.spc") or name == "breakthrough" or name.split(".")[0] in allowed
                if name == "breakthrough":
                    assert isinstance(node, ast.ImportFrom)
                    assert {alias.name for alias in node.names} == {"spc"}
