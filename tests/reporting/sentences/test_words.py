"""Small words: numbers with nouns, lists, months."""

from __future__ import annotations

import pytest

from breakthrough.measures import saying
from breakthrough.month import Month
from breakthrough.reporting.sentences import words

NOW = Month("2026-03")


@pytest.mark.parametrize(
    ("number", "told"), [(0, "no months"), (1, "one month"), (7, "seven months"), (14, "14 months")]
)
def test_a_number_is_told_with_its_noun(number: int, told: str) -> None:
    assert saying.counted(number, "month") == told


@pytest.mark.parametrize(
    ("parts", "told"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_a_list_ends_in_and(parts: list[str], told: str) -> None:
    assert words.listed(parts) == told


def test_a_long_list_tells_how_many_it_leaves_out() -> None:
    assert words.shortened(["A", "B", "C", "D", "E"], 3) == "A, B, C and two more"


@pytest.mark.parametrize(
    ("number", "told"),
    [(1, "first"), (10, "tenth"), (11, "11th"), (12, "12th"), (21, "21st"), (22, "22nd"), (113, "113th")],
)
def test_an_ordinal_ends_as_it_should(number: int, told: str) -> None:
    assert words.ordinal(number) == told


def test_a_month_carries_its_year_only_where_it_would_be_mistaken() -> None:
    assert words.named(Month("2025-04"), NOW) == "April"
    assert words.named(Month("2025-03"), NOW) == "March 2025"


def test_from_four_months_on_only_the_first_and_the_last_are_named() -> None:
    three = [Month("2026-01"), Month("2026-02"), Month("2026-03")]
    assert words.series(three, NOW) == "January, February and March"
    assert words.series([Month("2025-12"), *three], NOW) == "December to March"
    assert words.series([Month("2025-10"), *three], NOW) == "October, January, February and March"


@pytest.mark.parametrize(("number", "told"), [(0, "never"), (1, "once"), (2, "twice"), (3, "three times")])
def test_times_are_words(number: int, told: str) -> None:
    assert words.times(number) == told
