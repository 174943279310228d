from __future__ import annotations

import datetime as dt

import pytest

from breakthrough.month import Month


def test_a_month_is_read_from_its_name_and_from_redcaps_first_of_month() -> None:
    assert Month("2026-03") == Month("2026-03-01")


@pytest.mark.parametrize("text", ["2026-13", "2026-3", "March 2026", "", "2026-03-15", "2026-00"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a month"):
        Month(text)


def test_months_add_and_subtract_across_years() -> None:
    assert Month("2025-11") + 3 == Month("2026-02")
    assert Month("2025-01") + -1 == Month("2024-12")
    assert Month("2026-02") - Month("2025-11") == 3


def test_a_day_past_the_months_end_is_its_last_day() -> None:
    assert Month("2024-02").day(31) == dt.date(2024, 2, 29)
    assert Month("2026-04").last == dt.date(2026, 4, 30)


def test_a_range_includes_both_ends_and_is_empty_backwards() -> None:
    assert [m.name for m in Month("2025-12").to(Month("2026-02"))] == ["2025-12", "2026-01", "2026-02"]
    assert list(Month("2026-02").to(Month("2025-12"))) == []


def test_months_sort_by_time() -> None:
    assert min(Month("2026-01"), Month("2025-12")).name == "2025-12"
