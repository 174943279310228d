"""The figures of a chart as a table: each month is called what it is drawn as."""

from __future__ import annotations

from tests.reporting.charts import made

from breakthrough.measures.values import Signal
from breakthrough.month import Month
from breakthrough.reporting.views import listings

VALUES = (7.0, 7.1, 7.0, 6.9, 7.2, 7.0, 7.1, 6.9, 7.0, 7.1, 7.2, 7.0, 6.4, 6.3, 5.2, 6.4)  # from September 2024
LINE = "baseline median"


def _shown(*signals: Signal) -> list[str]:
    chart = made.chart(made.points(VALUES), signals=signals)
    listing = listings.of_chart(chart, made.measure())
    at = listing.heads.index("Signal") - 1
    return [row.cells[at] for row in listing.rows]


def _months(first: str, many: int) -> list[Month]:
    return [Month(first) + n for n in range(many)]


def test_months_of_a_shift_are_called_so_also_where_all_months_make_an_unusual_pattern() -> None:
    shift = made.signal("shift", "improving", _months("2025-09", 4), LINE)
    for pattern in ("crossings", "few_runs", "many_runs"):
        everywhere = made.signal(pattern, "unclear", _months("2024-09", 16), LINE)
        for signals in ((shift, everywhere), (everywhere, shift)):
            assert _shown(*signals) == ["◇ unusual"] * 12 + ["◆ improving"] * 4


def test_a_month_beyond_a_limit_is_called_by_it_within_a_shift_the_other_way() -> None:
    shift = made.signal("shift", "worsening", _months("2025-09", 4), LINE)
    beyond = made.signal("limits", "improving", _months("2025-11", 1), LINE)
    told = ["■ worsening", "■ worsening", "◆ improving", "■ worsening"]
    assert _shown(shift, beyond) == _shown(beyond, shift) == [""] * 12 + told
