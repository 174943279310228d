"""Teams side by side: over which months, what is summed, who lies outside, and when limits allow for over-dispersion."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from math import comb
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.measures.sheets import collaborative, form, frame

from breakthrough.measures import funnel as funnels
from breakthrough.measures.funnel import funnel
from breakthrough.month import Month

stats: Any = import_module("scipy.stats")
UNTIL = Month("2026-06")


def _teams(many: int) -> tuple[str, ...]:
    return tuple(f"T{number:03}" for number in range(1, many + 1))


def _frame(of: Mapping[str, Mapping[str, Mapping[str, object]]], until: Month = UNTIL) -> pd.DataFrame:
    """Forms by team and month."""
    entries = [
        form(team, month, values, at)
        for team, months in of.items()
        for at, (month, values) in enumerate(months.items(), 1)
    ]
    return frame(entries, teams=list(of), until=until)


def _limit(size: int, share: float, tail: float) -> float:
    """Spiegelhalter 2005, appendix A.1.1, by adding up chances in plain Python."""
    below = before = 0.0
    for count in range(size + 1):
        before, below = below, below + comb(size, count) * share**count * (1 - share) ** (size - count)
        if below >= tail:
            return 100 * (count - (below - tail) / (below - before)) / size
    raise AssertionError


def test_counts_of_the_last_three_months_in_session_are_summed_and_judged_by_exact_limits() -> None:
    hits = {"T001": 5, "T002": 6, "T003": 4, "T004": 5, "T005": 30}
    of = {
        team: {
            "2026-03": {"hit": 90, "seen": 100},
            "2026-04": {"hit": 0, "seen": 20},
            "2026-05": {"hit": hit, "seen": 80},
        }
        for team, hit in hits.items()
    }
    made = funnel(_frame(of), collaborative(), "rate")
    assert [month.name for month in made.months] == ["2026-04", "2026-05", "2026-06"]
    assert [(one.team, one.numerator, one.denominator) for one in made.points] == [
        (team, float(hit), 100.0) for team, hit in hits.items()
    ]
    assert made.centre == pytest.approx(10.0)
    point = made.points[-1]
    drawn = (point.lower, point.upper, point.near_lower, point.near_upper)
    assert drawn == pytest.approx([_limit(100, 0.1, tail) for tail in (0.001, 0.999, 0.025, 0.975)], rel=1e-9)
    assert [one.team for one in made.outside] == ["T005"]
    assert (point.outside, point.far, point.direction) == ("above", "above", "worsening")
    assert [one.far for one in made.points] == ["", "", "below", "", "above"]
    assert made.points[2].direction == "unclear", "it lies within the limits that hold 99.8 of 100"
    assert made.provisional, "June is not there"
    assert (made.limits, made.few) == ("exact", True)


def test_a_holiday_month_is_not_one_of_the_three() -> None:
    until = Month("2025-09")
    made = funnel(frame([], until=until), collaborative(), "rate")
    assert [month.name for month in made.months] == ["2025-06", "2025-07", "2025-09"]


def test_a_team_without_cases_or_figures_has_no_point_and_is_named() -> None:
    nobody = {"2026-06": {"hit": 0, "seen": 0}}
    of = {"T001": {"2026-06": {"hit": 5, "seen": 100}}, "T002": nobody, "T003": {}}
    made = funnel(_frame(of), collaborative(), "rate")
    assert [one.team for one in made.points] == ["T001"]
    assert made.without == ("T002", "T003")


def test_nobody_with_a_figure_makes_a_funnel_without_points() -> None:
    made = funnel(frame([], teams=("T001",)), collaborative(), "rate")
    assert (made.points, made.centre, made.phi, made.outside) == ((), None, None, ())


def test_a_rate_that_is_no_share_has_poisson_limits() -> None:
    of = {team: {"2026-06": {"hit": 30 + 10, "also": 0, "seen": 20}} for team in _teams(3)}
    (one, *_) = funnel(_frame(of), collaborative(), "both").points
    assert one.value == 2000.0  # 40 of 20, per 1,000
    count = stats.poisson(40).ppf(0.999)
    here, before = stats.poisson(40).cdf(count), stats.poisson(40).cdf(count - 1)
    assert one.upper == pytest.approx(1000 * (count - (here - 0.999) / (here - before)) / 20, rel=1e-9)


def test_a_cumulative_measure_is_compared_at_its_newest_month_that_is_not_provisional() -> None:
    teams = _teams(4)
    of = {team: {"2026-04": {"ytd": 8, "roll": 100}, "2026-05": {"ytd": 9, "roll": 100}} for team in teams}
    of["T001"]["2026-06"] = {"ytd": 10, "roll": 100}
    made = funnel(_frame(of), collaborative(), "sofar")
    assert [month.name for month in made.months] == ["2026-05"]
    assert [one.value for one in made.points] == [9.0] * 4
    assert not made.provisional


def test_a_cumulative_measure_that_few_report_is_compared_at_the_newest_month_there_is() -> None:
    of: dict[str, dict[str, dict[str, object]]] = {team: {} for team in _teams(4)}
    of["T001"]["2026-04"] = {"ytd": 8, "roll": 100}
    made = funnel(_frame(of), collaborative(), "sofar")
    assert [month.name for month in made.months] == ["2026-04"]
    assert made.provisional


def test_a_quarterly_measure_is_compared_over_its_newest_quarter() -> None:
    measures = collaborative().model_dump(by_alias=True)["measures"]
    measures["rate"] = {**measures["rate"], "every": "quarter"}
    what = collaborative(measures=measures)
    entries = [form(team, "2026-03", {"hit": 5, "seen": 100}) for team in _teams(3)]
    found = frame(entries, what=what, teams=_teams(3), until=Month("2026-05"))
    made = funnel(found, what, "rate")
    assert [month.name for month in made.months] == ["2026-03"]
    assert len(made.points) == 3


def test_a_difference_of_groups_has_no_funnel() -> None:
    with pytest.raises(ValueError, match="no denominator for a funnel"):
        funnel(frame([]), collaborative(), "gap")


def _spread(shares: np.ndarray[Any, Any]) -> funnels.Funnel:
    teams = _teams(len(shares))
    of = {
        team: {"2026-06": {"hit": round(2000 * share), "seen": 2000}}
        for team, share in zip(teams, shares.tolist(), strict=True)
    }
    return funnel(_frame(of), collaborative(), "rate")


def test_teams_further_apart_than_chance_are_told_and_the_limits_allow_for_it() -> None:
    wide = _spread(np.linspace(0.05, 0.25, 20))
    assert (wide.overdispersed, wide.limits, wide.few) == (True, "overdispersed", False)
    assert wide.phi is not None
    assert wide.phi > 10
    assert wide.outside == ()


def test_teams_no_further_apart_than_chance_have_exact_limits() -> None:
    random = np.random.default_rng(3)
    found = [_spread(random.binomial(2000, 0.15, 20) / 2000).overdispersed for _ in range(60)]
    assert sum(found) <= 6, "about one of twenty, and fewer as the farthest are drawn in"


def test_of_fewer_than_ten_teams_over_dispersion_is_not_claimed() -> None:
    narrow = _spread(np.linspace(0.05, 0.25, 9))
    assert (narrow.overdispersed, narrow.limits, narrow.few) == (False, "exact", True)
    assert narrow.outside


def test_one_outlier_among_many_does_not_pass_for_over_dispersion() -> None:
    shares = np.full(30, 0.15)
    shares[7] = 0.3
    made = _spread(shares)
    assert [one.team for one in made.outside] == ["T008"]
    assert not made.overdispersed


@pytest.mark.parametrize("freedom", [9, 15, 40, 157, 1000])
def test_the_quantile_of_chi_squared_is_that_of_scipy_to_a_thousandth(freedom: int) -> None:
    assert funnels._chi_squared(freedom) == pytest.approx(stats.chi2(freedom).ppf(0.95), rel=1e-3)


def test_a_month_can_be_named() -> None:
    of = {"T001": {"2026-02": {"hit": 5, "seen": 100}, "2026-06": {"hit": 50, "seen": 100}}}
    made = funnel(_frame(of), collaborative(), "rate", months=[Month("2026-02")])
    assert [one.value for one in made.points] == [5.0]


def test_the_lines_to_be_drawn_go_through_the_limits_of_every_team_and_beyond_the_largest() -> None:
    sizes = {"T001": 40, "T002": 160, "T003": 360, "T004": 640}
    of = {team: {"2026-06": {"hit": size // 10, "seen": size}} for team, size in sizes.items()}
    made = funnel(_frame(of), collaborative(), "rate", months=[UNTIL])
    for point in made.points:
        before, after = (
            max((one for one in made.curve if one.denominator <= point.denominator), key=lambda one: one.denominator),
            min((one for one in made.curve if one.denominator >= point.denominator), key=lambda one: one.denominator),
        )
        assert before.upper + 0.5 >= point.upper >= after.upper - 0.5
        assert before.near_lower - 0.5 <= point.near_lower <= after.near_lower + 0.5
    assert made.curve[0].denominator < min(sizes.values())
    assert made.curve[-1].denominator > max(sizes.values())


def test_a_funnel_without_a_figure_has_no_lines() -> None:
    made = funnel(_frame({"T001": {}}), collaborative(), "rate", months=[UNTIL])
    assert (made.points, made.curve) == ((), ())
