"""Measures that are not reported every month: each figure stands for the months since the last."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.measures import audits
from tests.measures.kinds.sets import DESIGN, of_counts, of_rows
from tests.measures.kinds.test_of_rows import COUNT, FALLS, visit
from tests.measures.sheets import form, frame, row

from breakthrough import measures
from breakthrough.collaborative import Collaborative
from breakthrough.measures.lineage import lineage
from breakthrough.month import Month

SHARE = {"numerator": "hit", "denominator": "seen"}


def quarters(**keys: Any) -> Collaborative:
    return of_counts(**{**SHARE, "every": "quarter", **keys})


def test_a_year_of_quarters_has_four_figures_and_owes_nothing_between() -> None:
    entries = [form("T001", f"2025-{month:02}", {"hit": month, "seen": 100}, month) for month in range(1, 13)]
    found = frame(entries, what=quarters())
    states = [row(found, "one", f"2025-{month:02}").state for month in range(1, 13)]
    assert states == ["not_expected", "not_expected", "reported"] * 4
    assert [row(found, "one", f"2025-{month:02}").value for month in (3, 6, 9, 12)] == [3, 6, 9, 12]


def test_three_times_a_year_is_due_after_each_of_its_months() -> None:
    what = of_counts(**SHARE, every=[10, 1, 5])

    def state(month: str, today: dt.date) -> str:
        return str(row(frame([], what=what, today=today, until=Month("2026-06")), "one", month).state)

    assert [state("2026-05", dt.date(2026, 6, day)) for day in (10, 11)] == ["not_due", "missing"]
    assert [state(month, dt.date(2026, 7, 15)) for month in ("2025-10", "2025-11", "2026-01", "2026-06")] == [
        "missing", "not_expected", "missing", "not_expected",
    ]  # fmt: skip


def test_the_months_that_a_figure_covers() -> None:
    thrice = of_counts(**SHARE, every=[10, 1, 5]).measures["one"]
    assert [str(month) for month in thrice.covers(Month("2026-01"))] == ["2025-11", "2025-12", "2026-01"]
    assert len(thrice.covers(Month("2025-10"))) == 5
    assert of_counts(**SHARE, every=[5]).measures["one"].covers(Month("2026-05"))[0] == Month("2025-06")
    assert of_counts(**SHARE).measures["one"].covers(Month("2026-05")) == (Month("2026-05"),)


def test_case_rows_are_counted_in_the_month_in_which_their_period_is_reported() -> None:
    what = of_rows(**COUNT, every="quarter")
    days = ["2026-01-01", "2026-02-28", "2026-03-31", "2026-04-01"]
    entries = [visit(at, day, fall="1") for at, day in enumerate(days)]
    found = audits.frame(entries, what, design=DESIGN)
    told = {month: row(found, "one", month) for month in ("2026-01", "2026-03", "2026-06")}
    assert [(one.state, one.value) for one in told.values() if one.state == "reported"] == [
        ("reported", 3),
        ("reported", 1),
    ]
    assert told["2026-01"].state == "not_expected"
    cases = audits.cases(entries, what, DESIGN)
    march = lineage(cases, what, "one", "T001", Month("2026-03"), teams=audits.TEAMS)
    assert [one.key.record for one in march] == ["0", "1", "2"]


def test_a_period_that_has_not_ended_is_not_counted_yet() -> None:
    what = of_rows(**COUNT, every="quarter")
    found = audits.frame([visit(1, "2026-04-02", fall="1")], what, design=DESIGN, today=dt.date(2026, 6, 30))
    assert row(found, "one", "2026-06").state == "not_due"


def test_a_chart_of_quarters_has_no_gaps_and_limits_as_of_neighbours() -> None:
    what = quarters(chart="p_prime", calendar={"baseline_months": 36})
    firsts = [month for month in Month("2022-09").to(Month("2026-06")) if month.number in (3, 6, 9, 12)]
    hits = [10, 14, 9, 13, 11, 12, 8, 14, 10, 13, 9, 12, 30, 11, 12, 10]
    entries = [
        form("T001", month.name, {"hit": hit, "seen": 100}, at)
        for at, (month, hit) in enumerate(zip(firsts, hits, strict=True))
    ]
    chart = measures.chart(frame(entries, what=what), what, "T001", "one")
    assert (chart.each, [point.month for point in chart.points]) == ("quarter", firsts)
    assert chart.line == "baseline average"
    assert chart.sigma_z is not None
    assert chart.upper[0] is not None
    assert [(one.rule, one.months) for one in chart.signals] == [("limits", (Month("2025-09"),))]


def test_ten_quarters_on_one_side_are_a_shift() -> None:
    what = quarters(calendar={"baseline_months": 36})
    firsts = [month for month in Month("2022-09").to(Month("2026-06")) if month.number in (3, 6, 9, 12)]
    values = [10, 12] * 6 + [20] * 4
    entries = [
        form("T001", m.name, {"hit": v, "seen": 100}, at) for at, (m, v) in enumerate(zip(firsts, values, strict=True))
    ]
    chart = measures.chart(frame(entries, what=what), what, "T001", "one")
    assert (chart.n_useful, chart.verdict) == (16, "none")
    assert chart.run is not None
    assert [str(month) for month in chart.run.months][-4:] == ["2025-09", "2025-12", "2026-03", "2026-06"]


def test_repeated_counts_are_asked_about_from_quarter_to_quarter() -> None:
    what = quarters()
    entries = [form("T001", f"2025-{m:02}", {"hit": 30, "seen": 100}, m) for m in (3, 6, 9)]
    doubts = measures.doubts(frame(entries, what=what, until=Month("2025-09")), what)
    assert [(one.code, one.month, "three quarters running" in one.evidence) for one in doubts] == [
        ("unchanged", Month("2025-09"), True)
    ]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"every": "week"}, "write month, quarter, or the months of the year"),
        ({"every": [0, 4]}, "write month, quarter, or the months of the year"),
        ({"every": [4, 4]}, "write month, quarter, or the months of the year"),
        ({"every": []}, "write month, quarter, or the months of the year"),
        ({"every": [8]}, "reported in August, which is not in session"),
    ],
)
def test_periods_that_cannot_be_are_refused(keys: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        of_counts(**SHARE, **keys)


def test_a_month_in_which_a_measure_is_not_reported_cannot_be_excluded() -> None:
    one = {"measure": "one", "team": "T001", "reason": "flood", "accepted_by": "Ro", "on": "2026-04-01"}
    assert quarters(exclusions=[{**one, "month": "2026-03"}]).exclusions
    with pytest.raises(ValueError, match="not reported in February"):
        quarters(exclusions=[{**one, "month": "2026-02"}])


def test_the_time_between_events_is_told_every_month() -> None:
    with pytest.raises(ValueError, match="needs every event of every month"):
        of_rows(**FALLS, every="quarter")
