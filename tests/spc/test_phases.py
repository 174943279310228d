"""Phases cut a series, frozen baselines begin them, and nothing reaches across a cut."""

from __future__ import annotations

import numpy as np
import pytest

from breakthrough import spc

VALUES = np.array([4.0, 6, 4, 6, 5, 14, 16, 14, 16, 15])
TWO = spc.cut(10, [5])


def test_a_cut_numbers_phases_from_zero_and_ignores_starts_outside_the_series() -> None:
    assert TWO.tolist() == [0] * 5 + [1] * 5
    assert spc.cut(4, [0, 2, 2, 4, 9, -1]).tolist() == [0, 0, 1, 1]


def test_each_phase_has_the_chart_of_its_own_points() -> None:
    whole = spc.by_phase(spc.i, TWO, VALUES)
    before, after = spc.i(VALUES[:5]), spc.i(VALUES[5:])
    assert whole.centre.tolist() == [5.0] * 5 + [15.0] * 5
    assert whole.upper.tolist() == before.upper.tolist() + after.upper.tolist()
    assert not whole.beyond.any()
    assert spc.i(VALUES, np.arange(10) < 5).beyond[5:].all()


def test_no_moving_range_reaches_across_a_cut() -> None:
    ranges = spc.by_phase(spc.mr, TWO, VALUES)
    assert np.flatnonzero(np.isnan(ranges.value)).tolist() == [0, 5]


def test_series_may_have_phases_of_their_own() -> None:
    both = spc.by_phase(spc.run, [TWO, np.zeros(10, dtype=int)], [VALUES, VALUES])
    assert both.centre[0].tolist() == [5.0] * 5 + [15.0] * 5
    assert both.centre[1].tolist() == [10.0] * 10


def test_a_baseline_may_be_frozen_within_each_phase() -> None:
    base = spc.frozen(TWO, 3)
    assert np.flatnonzero(base).tolist() == [0, 1, 2, 5, 6, 7]
    limits = spc.by_phase(spc.run, TWO, VALUES, base=base)
    assert limits.centre.tolist() == [4.0] * 5 + [14.0] * 5


def test_options_reach_the_chart_of_every_phase() -> None:
    limits = spc.by_phase(spc.p, TWO, VALUES, np.full(10, 50.0), multiply=100)
    assert limits.centre.tolist() == [10.0] * 5 + [30.0] * 5


def test_runs_are_counted_within_each_phase() -> None:
    # 10 points on one side of 3, cut in two: two runs of 5, and no run of 10.
    first, second = spc.runs_by_phase(VALUES, 3, TWO)
    assert (int(first.longest), int(second.longest)) == (5, 5)
    assert (int(second.start), int(second.end)) == (5, 9)
    left_out = spc.runs_by_phase(VALUES, 3, TWO, np.arange(10) != 9)
    assert int(left_out[1].longest) == 4


def test_a_point_that_belongs_to_no_phase_is_in_no_chart() -> None:
    limits = spc.by_phase(spc.run, [-1, 0, 0, 0, 0, 0, 0, 0, 0, 0], VALUES)
    assert np.isnan(limits.value).tolist() == [True] + [False] * 9
    assert np.isnan(limits.centre[0])


def test_phase_numbers_that_are_no_whole_numbers_or_do_not_fit_are_refused() -> None:
    with pytest.raises(spc.InputError, match="whole"):
        spc.by_phase(spc.i, [0.0] * 10, VALUES)
    with pytest.raises(spc.InputError, match="do not fit points"):
        spc.by_phase(spc.i, [0, 1], VALUES)
