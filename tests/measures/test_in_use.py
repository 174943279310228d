"""Measures that came in the middle of a year, and measures that were given up: earlier figures stay what they were."""

from __future__ import annotations

import pytest
from tests.measures.sheets import collaborative, form, frame, row

from breakthrough import measures
from breakthrough.collaborative import Collaborative
from breakthrough.measures.pooled import pooled

BY_MONTH = [f"2025-{month:02}" for month in (9, 10, 11, 12)] + [f"2026-{month:02}" for month in range(1, 7)]
SHEETS = [form("T001", month, {"hit": 5 + n, "seen": 100, "also": 7}, n) for n, month in enumerate(BY_MONTH)]
OTHER = {"name": "Other", "plain": "…", "kind": "process", "numerator": "also", "denominator": "seen"}


def with_other(**keys: object) -> Collaborative:
    return collaborative(
        measures={
            "rate": {**OTHER, "name": "Rate", "kind": "outcome", "numerator": "hit", "direction": "lower", "key": True},
            "other": {**OTHER, "direction": "higher", "key": True, **keys},
        }
    )


def test_months_before_a_measure_came_and_after_it_was_given_up_are_expected_of_nobody() -> None:
    found = frame(SHEETS[1:], what=with_other(since="2025-11", until="2026-02"))
    states = {month: row(found, "other", month).state for month in BY_MONTH}
    assert [month for month, state in states.items() if state == "reported"] == [
        "2025-11", "2025-12", "2026-01", "2026-02",
    ]  # fmt: skip
    assert set(states.values()) == {"reported", "not_expected"}
    assert row(found, "rate", "2025-09").state == "missing"


@pytest.mark.parametrize("keys", [{"since": "2026-01"}, {"until": "2025-12"}])
def test_the_figures_of_months_in_use_and_of_other_measures_are_untouched(keys: dict[str, str]) -> None:
    def told(what: Collaborative) -> dict[tuple[str, str], tuple[object, ...]]:
        columns = ["measure", "month", "state", "numerator", "denominator", "value"]
        rows = frame(SHEETS, what=what)[columns].fillna(-1).to_numpy().tolist()
        return {(measure, month): tuple(one) for measure, month, *one in rows}

    before, after = told(with_other()), told(with_other(**keys))
    others = {key: one for key, one in after.items() if before[key] != one}
    assert others
    assert {measure for measure, _ in others} == {"other"}
    assert {state for state, *_ in others.values()} == {"not_expected"}


def test_the_chart_of_a_new_measure_begins_when_it_came() -> None:
    what = with_other(since="2026-02")
    chart = measures.chart(frame(SHEETS, what=what), what, "T001", "other")
    assert [str(point.month) for point in chart.points] == BY_MONTH[5:]


def test_a_measure_that_is_still_to_come_has_no_chart_and_no_doubts() -> None:
    what = with_other(since="2026-07")
    sheets = frame(SHEETS, what=what)
    assert list(measures.charts(sheets, what)) == [("T001", "rate")]
    assert [one for one in measures.doubts(sheets, what) if one.measure == "other"] == []


def test_completeness_asks_for_a_measure_only_while_it_is_in_use() -> None:
    what = with_other(since="2026-01")
    line = {str(one.month): one.expected for one in pooled(frame(SHEETS, what=what), what, "other")}
    assert (line["2025-12"], line["2026-01"]) == (0, 1)


def test_the_measure_of_the_aim_cannot_be_given_up_or_come_later() -> None:
    with pytest.raises(ValueError, match="from the first month to the last"):
        collaborative(measures={"rate": {**OTHER, "direction": "lower", "until": "2026-01"}})


def test_a_measure_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="until \\(2025-10\\) is before since \\(2025-11\\)"):
        with_other(since="2025-11", until="2025-10")
