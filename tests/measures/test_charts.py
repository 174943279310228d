from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from tests.measures.sheets import UNTIL, collaborative, form, frame, months, series

from breakthrough import measures, spc
from breakthrough.measures import Chart, signals
from breakthrough.month import Month

# Eleven baseline months (August is off) about a median of 10: five above, five below, one on it.
BASELINE = [9, 11, 9, 11, 9, 11, 9, 11, 9, 11, 10]
RATE = 10_000


def _chart(values: Sequence[float | None], measure: str = "rate", *, until: str | None = None, **changes: Any) -> Chart:
    """The chart of a team whose months in session from September 2024 on have those values."""
    what = collaborative(**changes)
    calendar = [month for month in Month("2024-09").to(Month("2026-12")) if month.number != 8]
    last = Month(until) if until else calendar[len(values) - 1]
    return measures.chart(frame(series(values), what=what, until=last), what, "T001", measure)


def _phase(since: str, measure: str = "rate", team: str | None = None) -> dict[str, object]:
    accepted = {"reason": "new way of working", "accepted_by": "Ro", "on": "2026-02-01"}
    return {"measure": measure, "from": since, "team": team, **accepted}


# Anhøj & Olesen 2014, PLoS ONE 9(11):e113825, table 1: useful points, longest run and fewest crossings chance explains.
@pytest.mark.parametrize(
    ("useful", "longest", "fewest"),
    [(10, 6, 2), (12, 7, 3), (15, 7, 4), (18, 7, 5), (20, 7, 6), (24, 8, 8)],
    ids=str,
)
def test_limits_are_the_published_ones(useful: int, longest: int, fewest: int) -> None:
    assert signals.needed(useful) == longest + 1
    assert spc.fewest_crossings(useful) == fewest


def test_the_line_is_the_baseline_median_drawn_on_through_every_later_month() -> None:
    chart = _chart([*BASELINE, 7, 7, 7])
    assert (chart.line, chart.frozen) == ("baseline median", True)
    assert chart.centre == (10.0,) * 15  # twelve baseline months, August among them, and three live ones
    assert set(chart.lower) == set(chart.upper) == {None}
    assert [point.kind for point in chart.points] == ["baseline"] * 12 + ["live"] * 3
    assert chart.points[11].state == "not_in_session"


def test_three_months_below_are_told_with_what_it_takes() -> None:
    chart = _chart([*BASELINE, 7, 7, 7])
    assert chart.verdict == "none"
    assert chart.run is not None
    assert (chart.run.side, chart.run.direction, chart.run.needed) == ("below", "improving", 8)
    assert [month.name for month in chart.run.months] == ["2025-09", "2025-10", "2025-11"]
    assert chart.n_useful == 13  # one of the baseline lies on the line


def test_seven_in_a_row_are_no_signal_and_eight_are() -> None:
    seven, eight = _chart([*BASELINE, *[7] * 7]), _chart([*BASELINE, *[7] * 8])
    assert (seven.verdict, seven.signals, seven.n_useful) == ("none", (), 17)
    assert (eight.verdict, eight.n_useful) == ("improving", 18)
    (shift,) = eight.signals
    assert (shift.rule, shift.direction, shift.count, shift.needed) == ("shift", "improving", 8, 8)
    assert (shift.since, shift.months[-1], shift.line) == (Month("2025-09"), Month("2026-04"), "baseline median")


def test_the_wrong_side_is_worsening_and_no_direction_is_unclear() -> None:
    assert _chart([*BASELINE, *[13] * 8]).verdict == "worsening"
    watched = {**collaborative().model_dump(by_alias=True)["measures"]}
    watched["rate"] = {**watched["rate"], "direction": "neither"}
    assert _chart([*BASELINE, *[13] * 8], measures=watched).verdict == "unclear"


def test_points_on_the_line_and_missing_months_neither_count_nor_break_a_run() -> None:
    chart = _chart([*BASELINE, 7, 7, 7, None, 7, 7, 10, 7, 7, 7])
    assert chart.verdict == "improving"
    (shift,) = chart.signals
    assert shift.count == 8
    assert Month("2025-12") not in shift.months
    assert Month("2026-03") not in shift.months


def test_too_few_points_give_no_verdict_and_no_signal() -> None:
    few = _chart([None] * 11 + [7, 7, 7, 7, 7, 9, 9, 9, 9, 9])
    assert few.n_useful == 10  # against the median of all months, 8
    assert few.verdict == "unclear"  # five and five: one crossing where chance makes two
    assert [(one.rule, one.count, one.needed) for one in few.signals] == [("crossings", 1, 2)]
    fewer = _chart([None] * 11 + [7, 7, 7, 7, 7, 9, 9, 9, 9])
    assert (fewer.verdict, fewer.signals) == ("few", ())


def test_under_ten_points_a_run_is_told_as_what_ten_would_take() -> None:
    chart = _chart([None] * 11 + [9, 7, 7, 7])
    assert (chart.verdict, chart.n_useful) == ("few", 1)  # three of four lie on the median
    assert chart.run is not None
    assert chart.run.needed == 7


def test_a_baseline_under_three_months_is_no_line_and_all_months_are() -> None:
    chart = _chart([9, 11, *[None] * 9, 5, 6, 7])
    assert (chart.line, chart.frozen) == ("median of all months", False)
    assert chart.centre[0] == chart.centre[-1] == 7.0
    frozen = _chart([9, 11, 10, *[None] * 8, 5, 6, 7])
    assert (frozen.line, frozen.centre[-1]) == ("baseline median", 10.0)


def test_history_before_the_baseline_is_plotted_and_never_judged() -> None:
    what = collaborative(calendar={"data_from": "2023-09"})
    entries = [*series([*BASELINE, 7, 7], first="2024-09"), *series([3] * 11, first="2023-09")]
    chart = measures.chart(frame(entries, what=what, until=Month("2025-10")), what, "T001", "rate")
    assert [point.kind for point in chart.points[:12]] == ["history"] * 12
    assert chart.points[0].value == 3.0
    assert chart.centre[:12] == (None,) * 12
    assert chart.centre[12] == 10.0
    assert (chart.n_useful, chart.signals) == (12, ())


def test_a_pattern_that_ended_before_the_start_is_no_signal() -> None:
    what = collaborative(calendar={"baseline_months": 24})
    entries = series([*[9] * 11, *[11] * 11, 9, 11], first="2023-09")
    chart = measures.chart(frame(entries, what=what, until=Month("2025-10")), what, "T001", "rate")
    assert [signal.rule for signal in chart.signals] == ["crossings"]  # that one counts all months
    assert all(signal.rule != "shift" for signal in chart.signals)


def test_a_longer_run_in_the_baseline_does_not_hide_a_shift_after_it() -> None:
    what = collaborative(calendar={"baseline_months": 24})
    entries = series([*[12] * 11, *[8] * 11, 12, *[7] * 9], first="2023-09")
    chart = measures.chart(frame(entries, what=what, until=Month("2026-06")), what, "T001", "rate")
    shifts = [signal for signal in chart.signals if signal.rule == "shift"]
    assert [(shift.count, shift.needed, shift.since.name) for shift in shifts] == [(9, 9, "2025-10")]
    assert chart.verdict == "improving"


def test_a_shift_stands_until_three_points_in_a_row_lie_on_the_other_side() -> None:
    after = [*BASELINE, *[7] * 8]
    assert _chart([*after, 12, 12]).verdict == "improving"
    faded = _chart([*after, 12, 12, 12], until="2026-09")
    assert faded.verdict == "unclear"
    assert faded.signals[0].direction == "improving"


def test_too_few_crossings_are_an_unusual_pattern_without_direction() -> None:
    chart = _chart([9, 9, 9, 9, 9, 10, 11, 11, 11, 11, 11, 11, 9, 9, 9, 9])
    (few,) = chart.signals
    assert (few.rule, few.direction, few.count, few.needed) == ("crossings", "unclear", 2, 4)  # of 15 useful points
    assert few.months[0] == Month("2024-09")
    assert chart.verdict == "unclear"


def test_an_excluded_month_is_shown_and_takes_no_part() -> None:
    out = {
        "measure": "rate",
        "team": "T001",
        "month": "2025-10",
        "reason": "flood",
        "accepted_by": "Ro",
        "on": "2025-12-01",
    }
    chart = _chart([*BASELINE, 7, 50], exclusions=[out])
    assert (chart.points[-1].value, chart.points[-1].state) == (50.0, "excluded")
    assert chart.latest is not None
    assert (chart.latest.month, chart.latest.value) == (Month("2025-09"), 7.0)
    assert chart.run is not None
    assert chart.run.months == (Month("2025-09"),)


def test_an_excluded_baseline_month_is_not_in_the_line() -> None:
    out = {
        "measure": "rate",
        "team": "T001",
        "month": "2024-09",
        "reason": "flood",
        "accepted_by": "Ro",
        "on": "2025-12-01",
    }
    assert _chart([1, 2, 3, 4], exclusions=[out]).centre[0] == 3.0


def test_a_phase_begins_anew_and_the_verdict_is_that_of_the_newest() -> None:
    values = [*BASELINE, *[7] * 8, 5, 6]
    chart = _chart(values, until="2026-06", phases=[_phase("2026-05")])
    assert (chart.line, chart.frozen, chart.verdict) == ("median since May 2026", False, "few")
    assert chart.centre[-3:] == (10.0, 5.5, 5.5)
    (shift,) = chart.signals
    assert (shift.line, shift.direction) == ("baseline median", "improving")
    assert chart.n_useful == 2


def test_a_run_does_not_reach_across_a_phase() -> None:
    assert _chart([*BASELINE, *[7] * 8]).verdict == "improving"
    cut = _chart([*BASELINE, *[7] * 8], phases=[_phase("2025-11")])
    assert cut.signals == ()


def test_a_phase_of_one_team_leaves_the_others_and_the_collaborative_alone() -> None:
    what = collaborative(phases=[_phase("2025-11", team="T002")])
    entries = [*series([*BASELINE, 7, 7, 7]), *series([*BASELINE, 7, 7, 7], team="T002")]
    found = frame(entries, what=what, teams=("T001", "T002"), until=Month("2025-11"))
    charts = measures.charts(found, what)
    assert charts["T001", "rate"].line == "baseline median"
    assert charts["T002", "rate"].line == "median since November 2025"
    assert measures.pooled_chart(found, what, "rate").frozen


@pytest.mark.parametrize("since", ["2024-09", "2023-01", "2026-12"], ids=["first month", "before all", "after all"])
def test_a_phase_that_cuts_nothing_changes_nothing(since: str) -> None:
    assert _chart([*BASELINE, 7, 7], phases=[_phase(since)]).centre == _chart([*BASELINE, 7, 7]).centre


def _counts(shares: Sequence[float], sizes: Sequence[int], until: str) -> tuple[Chart, list[Month], Any]:
    what = collaborative()
    here = months("2024-09", until, what)
    counts = [(round(share * size), size) for share, size in zip(shares, sizes, strict=True)]
    entries = [
        form("T001", month.name, {"hit": hit, "seen": seen}, at)
        for at, (month, (hit, seen)) in enumerate(zip(here, counts, strict=True), 1)
    ]
    chart = measures.chart(frame(entries, what=what, until=Month(until)), what, "T001", "share")
    return chart, here, counts


def test_p_prime_limits_are_those_of_the_baseline_alone() -> None:
    rng = np.random.default_rng(4)
    shares, sizes = rng.uniform(0.08, 0.12, 14), rng.integers(2_000, 9_000, 14).tolist()
    chart, here, counts = _counts(shares.tolist(), sizes, "2025-11")
    every = list(Month("2024-09").to(Month("2025-11")))
    n, d = (np.array([dict(zip(here, counts, strict=True)).get(m, (np.nan, np.nan))[i] for m in every]) for i in (0, 1))
    base = np.array([month < Month("2025-09") for month in every])
    wanted = spc.p_prime(n, d, base, multiply=100)
    assert chart.centre[-1] == pytest.approx(100 * np.nansum(n[base]) / np.nansum(d[base]), rel=1e-12)
    for drawn, line in ((chart.lower, wanted.lower), (chart.upper, wanted.upper)):
        assert [np.nan if one is None else one for one in drawn] == pytest.approx(line.tolist(), nan_ok=True, rel=1e-12)
    assert chart.sigma_z == pytest.approx(float(wanted.sigma_z[0]), rel=1e-12)
    assert (chart.line, chart.frozen, chart.kind) == ("baseline average", True, "p_prime")
    assert chart.upper[11] is None, "August has no cases, so no limit"
    assert chart.centre[11] is not None, "and the line runs on through it"


def test_p_prime_limits_by_hand() -> None:
    """Shares of 1,000: 10, 12, 8 and 10 % make p = 0.1, se = sqrt(0.09/1000), z = 0, 2.108, -2.108, 0.

    Moving ranges 2.108, 4.216, 2.108, mean 2.811 (none is 3.267 times that), sigma_z = 2.811 / 1.128 = 2.492.
    """
    shares = [0.10, 0.12, 0.08, 0.10]
    chart, _, _ = _counts(shares, [1000] * 4, "2024-12")
    assert chart.sigma_z == pytest.approx(2.4920, abs=1e-4)
    assert chart.upper[0] == pytest.approx(10 + 3 * 2.4920 * 0.9486833, abs=1e-3)
    assert chart.lower[0] == pytest.approx(10 - 3 * 2.4920 * 0.9486833, abs=1e-3)


def test_a_live_month_beyond_the_limits_is_a_signal_and_a_baseline_month_is_not() -> None:
    shares = [0.10, 0.11, 0.10, 0.11, 0.10, 0.11, 0.10, 0.11, 0.10, 0.11, 0.30, 0.10, 0.5]
    chart, _, _ = _counts(shares, [5000] * 13, "2025-10")
    assert [(one.rule, one.direction, one.since.name, one.count, one.needed) for one in chart.signals] == [
        ("limits", "worsening", "2025-10", 1, 1)
    ]
    assert chart.verdict == "worsening"


def test_a_month_beyond_the_limits_that_has_passed_stays_a_signal_but_is_not_the_state() -> None:
    shares = [0.10, 0.11, 0.10, 0.11, 0.10, 0.11, 0.10, 0.11, 0.10, 0.11, 0.10, 0.5, 0.11]
    chart, _, _ = _counts(shares, [5000] * 13, "2025-10")
    assert [one.rule for one in chart.signals] == ["limits"]
    assert chart.verdict == "none"


def test_a_constant_share_has_a_line_and_no_limits() -> None:
    chart, _, _ = _counts([0.1] * 6, [1000] * 6, "2025-02")
    assert chart.centre[0] == pytest.approx(10)
    assert set(chart.upper) == {None}
    assert chart.sigma_z is None or chart.sigma_z == 0


def test_a_cumulative_measure_has_points_and_neither_line_nor_rule() -> None:
    what = collaborative()
    entries = [
        form("T001", month.name, {"ytd": 100 + at, "roll": 1000}, at)
        for at, month in enumerate(months("2024-09", "2026-06", what))
    ]
    found = frame(entries)
    for chart in (measures.chart(found, what, "T001", "sofar"), measures.pooled_chart(found, what, "sofar")):
        assert (chart.kind, chart.verdict, chart.run, chart.signals, chart.line) == (
            "year_on_year",
            "no_rule",
            None,
            (),
            "",
        )
        assert set(chart.centre) == {None}
        assert chart.n_useful == 21


def test_the_goal_is_the_teams_own_where_it_has_one() -> None:
    what, found = collaborative(), frame(series(BASELINE))
    assert (measures.chart(found, what, "T001", "rate").goal, measures.chart(found, what, "T001", "rate").goal_by) == (
        5,
        Month("2026-07"),
    )
    assert measures.chart(found, what, "T001", "rate", goal=4.5).goal == 4.5
    charts = measures.charts(found, what, goals={("T001", "rate"): 4.5})
    assert charts["T001", "rate"].goal == 4.5
    assert (charts["T001", "share"].goal, charts["T001", "share"].goal_by) == (None, None)


def test_charts_worked_out_together_are_those_worked_out_one_by_one() -> None:
    rng = np.random.default_rng(7)
    what = collaborative(phases=[_phase("2026-01", team="T002"), _phase("2025-12", measure="share")])
    entries = [
        entry
        for team in ("T001", "T002", "T003")
        for entry in series([value if value > 2 else None for value in rng.uniform(1, 15, 21)], team=team)
    ]
    found = frame(entries, what=what, teams=("T001", "T002", "T003"))
    charts = measures.charts(found, what)
    assert len(charts) == 15
    for (team, code), one in charts.items():
        assert measures.chart(found, what, team, code) == one


def test_the_collaborative_is_drawn_with_p_prime_limits_and_sums_what_was_reported() -> None:
    what = collaborative()
    entries = [*series(BASELINE), *series([value + 1 for value in BASELINE], team="T002")]
    found = frame(entries, teams=("T001", "T002"), until=Month("2025-09"))
    chart = measures.pooled_chart(found, what, "rate")
    assert (chart.team, chart.kind, chart.line) == (None, "p_prime", "baseline average")
    assert (chart.points[0].numerator, chart.points[0].denominator, chart.points[0].value) == (1900, 20_000, 9.5)
    assert [chart.points[at].state for at in (11, 12)] == ["not_in_session", "missing"]
    assert chart.centre[0] == pytest.approx(100 * (sum(BASELINE) + 5.5) / 11 / 100)
    assert measures.pooled_chart(found, what, "both").kind == "u_prime", "a rate is no share"


def test_the_collaborative_had_no_cases_only_where_no_team_still_owes_a_figure() -> None:
    nobody = [form(team, "2025-09", {"hit": 0, "seen": 0}) for team in ("T001", "T002")]
    one, both = (
        measures.pooled_chart(
            frame(some, teams=("T001", "T002"), until=Month("2025-09")), collaborative(), "rate"
        ).points[-1]
        for some in (nobody[:1], nobody)
    )
    assert (one.state, both.state) == ("missing", "no_cases")


def test_an_impossible_month_does_not_reach_the_limits() -> None:
    what = collaborative()
    entries = [*series(BASELINE), form("T001", "2025-09", {"hit": 300, "seen": 100}, 99)]
    chart = measures.chart(frame(entries, until=Month("2025-09")), what, "T001", "share")
    assert (chart.points[-1].state, chart.points[-1].value, chart.points[-1].numerator) == ("invalid", None, 300)
    assert chart.upper[-1] is None


def test_a_measure_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="nothing"):
        measures.chart(frame([]), collaborative(), "T001", "nothing")


def test_every_chart_runs_to_the_month_asked_for() -> None:
    chart = measures.chart(frame([]), collaborative(), "T001", "rate")
    assert [point.month for point in chart.points] == list(Month("2024-09").to(UNTIL))
    assert (chart.verdict, chart.latest, chart.run) == ("few", None, None)
    assert chart.rule_set == "anhoej 1"
