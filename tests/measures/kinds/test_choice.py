"""Which chart is drawn for which type, with limits worked out from the formulas of the books."""

from __future__ import annotations

import math
import statistics
from itertools import pairwise
from typing import Any

import pytest
from tests.measures import audits
from tests.measures.kinds.sets import DESIGN, of_counts, of_rows
from tests.measures.kinds.test_of_counts import COUNT, GAP, INDEX, MEAN, MEDIAN, PROPORTION, RATE
from tests.measures.kinds.test_of_rows import FALLS, visit
from tests.measures.sheets import form, frame

from breakthrough import measures
from breakthrough.measures import Chart
from breakthrough.month import Month

HITS = [12, 15, 9, 14, 11, 16, 10, 13, 12, 15, 11, 25]
SEEN = [100, 120, 90, 110, 100, 130, 95, 105, 100, 125, 100, 110]
# Live months alone, so that no baseline is frozen.
MONTHS = [month for month in Month("2025-09").to(Month("2026-09")) if month.number != 8]
CALENDAR = {"end": "2026-12"}


def _chart(keys: dict[str, Any], **more: Any) -> Chart:
    what = of_counts(**{"calendar": CALENDAR, **keys, **more})
    entries = [
        form("T001", month.name, {"hit": hit, "seen": seen, "stay": hit, "wait": hit, "also": 1, "roll": 50}, at)
        for at, (month, hit, seen) in enumerate(zip(MONTHS, HITS, SEEN, strict=True))
    ]
    found = frame(entries, what=what, until=Month("2026-09"))
    return measures.chart(found, what, "T001", "one")


def _lines(chart: Chart) -> tuple[Any, ...]:
    """The centre and the limits of the last month."""
    return chart.centre[-1], chart.lower[-1], chart.upper[-1]


def test_a_p_chart_has_binomial_limits() -> None:
    chart = _chart(PROPORTION, chart="p")
    p = sum(HITS) / sum(SEEN)
    sd = math.sqrt(p * (1 - p) / SEEN[-1])
    assert (chart.kind, chart.line) == ("p", "average of all months")
    assert _lines(chart) == pytest.approx((100 * p, max(0, 100 * (p - 3 * sd)), 100 * (p + 3 * sd)))


def test_a_u_chart_has_poisson_limits() -> None:
    chart = _chart(RATE, chart="u")
    u = sum(HITS) / sum(SEEN)
    sd = math.sqrt(u / SEEN[-1])
    assert _lines(chart) == pytest.approx((1000 * u, max(0, 1000 * (u - 3 * sd)), 1000 * (u + 3 * sd)))


def test_a_u_prime_chart_widens_them_by_what_months_differ_more() -> None:
    chart, plain = _chart(RATE, chart="u_prime"), _chart(RATE, chart="u")
    assert chart.sigma_z is not None
    assert plain.sigma_z is None
    wide, narrow = (one.upper[-1] - one.centre[-1] for one in (chart, plain))  # type: ignore[operator]
    assert wide == pytest.approx(chart.sigma_z * narrow)


def test_a_c_chart_has_poisson_limits_about_the_mean_count() -> None:
    chart = _chart({**COUNT, "numerator": "hit"}, chart="c")
    c = statistics.fmean(HITS)
    assert _lines(chart) == pytest.approx((c, max(0, c - 3 * math.sqrt(c)), c + 3 * math.sqrt(c)))
    assert [(one.rule, one.months) for one in chart.signals] == [("limits", (Month("2026-09"),))]


def test_a_g_chart_has_geometric_limits_and_the_median_for_its_line() -> None:
    chart = _chart({**COUNT, "numerator": "hit"}, chart="g")
    m = statistics.fmean(HITS)
    assert chart.line == "median of all months"
    assert _lines(chart) == pytest.approx((statistics.median(HITS), 0, m + 3 * math.sqrt(m * (m + 1))))


def test_an_i_chart_has_limits_from_moving_ranges() -> None:
    chart = _chart(MEDIAN, chart="i")
    # August is not in session, and the range reaches across it.
    ranges = [abs(b - a) for a, b in pairwise(HITS)]
    mean, sigma = statistics.fmean(HITS), statistics.fmean(ranges) / 1.128
    assert _lines(chart) == pytest.approx((mean, mean - 3 * sigma, mean + 3 * sigma))


def test_an_i_prime_chart_is_centred_on_the_weighted_mean() -> None:
    chart = _chart({**MEAN, "numerator": "stay"}, chart="i_prime")
    assert chart.centre[-1] == pytest.approx(sum(HITS) / sum(SEEN))
    assert chart.upper[-1] is not None


def test_a_run_chart_of_a_mean_an_index_or_a_difference_has_its_median() -> None:
    for keys in (MEAN, INDEX, GAP):
        chart = _chart(keys)
        values = [point.value for point in chart.points if point.value is not None]
        assert chart.kind == "run"
        assert chart.centre[-1] == pytest.approx(statistics.median(values))


@pytest.mark.parametrize(
    ("keys", "team", "whole"),
    [
        (PROPORTION, "p_prime", "p_prime"),
        (RATE, "u_prime", "u_prime"),
        (COUNT, "c", "run"),
        (MEAN, "i", "i_prime"),
        (MEDIAN, "run", "run"),
        (INDEX, "run", "run"),
        (GAP, "run", "run"),
    ],
)
def test_auto_is_the_usual_chart_of_the_type(keys: dict[str, Any], team: str, whole: str) -> None:
    what = of_counts(**keys, chart="auto")
    assert measures.chart(frame([], what=what), what, "T001", "one").kind == team
    assert measures.pooled_chart(frame([], what=what), what, "one").kind == whole


DAYS = [3, 5, 2, 9, 4, 7, 1, 6, 8, 5, 60, 4]


def test_a_t_chart_judges_each_event_on_the_transformed_scale() -> None:
    what = of_rows(**FALLS, direction="higher")
    day, entries = Month("2026-01").first, [visit(0, "2026-01-01", fall="1")]
    for at, gap in enumerate(DAYS, 1):
        day = day.fromordinal(day.toordinal() + gap)
        entries.append(visit(at, str(day), fall="1"))
    found = audits.frame(entries, what, design=DESIGN, until=Month("2026-05"))
    chart = measures.chart(found, what, "T001", "one")
    rooted = [gap ** (1 / 3.6) for gap in DAYS]
    ranges = [abs(b - a) for a, b in pairwise(rooted)]
    kept = [one for one in ranges if one < 3.267 * statistics.fmean(ranges)]  # screened once
    mean, sigma = statistics.fmean(rooted), statistics.fmean(kept) / 1.128
    assert (chart.kind, chart.each, chart.n_useful) == ("t", "event", len(DAYS))
    assert chart.line == "average of all events"
    assert [one.value for one in chart.events] == DAYS
    upper = (mean + 3 * sigma) ** 3.6
    assert _lines(chart) == pytest.approx((mean**3.6, max(0, mean - 3 * sigma) ** 3.6, upper))
    assert [one.months for one in chart.signals if one.rule == "limits"] == (
        [(Month("2026-04"),)] if upper < 60 else []
    )
    assert [one.value for one in chart.events if one.direction] == ([60] if upper < 60 else [])
    by_month = {point.month.name: point.value for point in chart.points if point.value is not None}
    assert by_month["2026-01"] == statistics.median([3, 5, 2, 9, 4, 7])
    nothing = measures.chart(found, what, "T002", "one")
    assert (nothing.kind, nothing.verdict, nothing.events) == ("t", "few", ())


@pytest.mark.parametrize(
    ("keys", "chart", "hint"),
    [
        (PROPORTION, "u", "Write chart: auto, run, p, p_prime, i or i_prime"),
        (RATE, "p", "chart: p is not for a measure of type rate"),
        (COUNT, "p_prime", "chart: p_prime is not for a measure of type count"),
        (MEAN, "xbar", "needs the single values of case rows"),
        (MEDIAN, "c", "chart: c is not for a measure of type median"),
        (GAP, "p_prime", "chart: p_prime is not for a measure of type difference"),
        (PROPORTION, "year_on_year", "Write cumulative: true"),
        ({**PROPORTION, "cumulative": True}, "p", "Write chart: year_on_year"),
    ],
)
def test_a_chart_that_does_not_fit_the_type_is_refused(keys: dict[str, Any], chart: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        of_counts(**{**keys, "chart": chart})


def test_under_the_nhs_rules_what_would_be_a_run_chart_is_an_xmr_chart() -> None:
    assert _chart(MEDIAN, rules="nhs").kind == "xmr"
    assert _chart(PROPORTION, chart="p", rules="nhs").kind == "p"
