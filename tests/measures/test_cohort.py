"""The constant cohort, and the collaborative's line over it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.measures.sheets import collaborative, form, frame

from breakthrough import measures
from breakthrough.collaborative import Collaborative
from breakthrough.entry import Entry
from breakthrough.measures.cohort import cohort
from breakthrough.month import Month

FIVE = ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05")
CALENDAR = {"start": "2026-01", "baseline_months": 0, "end": "2026-06"}


def _sent(team: str, *sent: str, hit: int = 5) -> list[Entry]:
    return [form(team, month, {"hit": hit, "seen": 100}, at) for at, month in enumerate(sent, 1)]


def _frame(entries: Sequence[Entry], teams: Sequence[str], what: Collaborative) -> pd.DataFrame:
    return frame(entries, what=what, teams=teams, until=Month("2026-05"))


def test_a_team_with_four_of_five_months_is_in_and_one_with_three_is_not() -> None:
    what = collaborative(calendar=CALENDAR)
    found = _frame([*_sent("T001", *FIVE[:4]), *_sent("T002", *FIVE[:3])], ("T001", "T002"), what)
    steady = cohort(found, what, "rate")
    assert (steady.teams, steady.of) == (("T001",), 2)


def test_the_share_of_months_is_the_collaboratives_own() -> None:
    what = collaborative(calendar=CALENDAR, reporting={"constant_cohort": 60})
    found = _frame(_sent("T001", *FIVE[:3]), ("T001",), what)
    assert cohort(found, what, "rate").teams == ("T001",)


def test_months_that_a_team_does_not_owe_are_not_held_against_it() -> None:
    what = collaborative(calendar=CALENDAR)
    away = [form("T001", month, {"rate_st": 3}, at) for at, month in enumerate(FIVE[:3], 5)]
    found = _frame([*away, *_sent("T001", *FIVE[3:])], ("T001",), what)
    assert cohort(found, what, "rate").teams == ("T001",)


def test_months_without_cases_have_no_value() -> None:
    what = collaborative(calendar=CALENDAR)
    nobody = [form("T001", month, {"hit": 0, "seen": 0}, at) for at, month in enumerate(FIVE[:2], 5)]
    found = _frame([*nobody, *_sent("T001", *FIVE[2:])], ("T001",), what)
    assert cohort(found, what, "rate").teams == ()


def test_a_month_that_is_not_due_yet_is_not_counted() -> None:
    what = collaborative(calendar=CALENDAR)
    found = frame(_sent("T001", *FIVE), what=what, until=Month("2026-06"), today=Month("2026-07").day(9))
    assert cohort(found, what, "rate").teams == ("T001",)


def test_the_line_over_the_cohort_is_of_its_teams_alone_and_tells_how_many() -> None:
    what = collaborative(calendar=CALENDAR)
    entries = [*_sent("T001", *FIVE), *_sent("T002", "2026-05", hit=50)]
    found = _frame(entries, ("T001", "T002"), what)
    everyone = measures.pooled(found, what, "rate")[-1]
    steady = measures.pooled(found, what, "rate", cohort=True)[-1]
    assert (everyone.pooled, everyone.cohort, everyone.expected) == (27.5, None, 2)
    assert (steady.pooled, steady.cohort, steady.expected) == (5.0, 1, 1)


def test_a_measure_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError):
        cohort(frame([]), collaborative(), "nothing")


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=1, max_size=6))
def test_the_cohort_is_part_of_the_teams_and_each_of_it_has_four_months_of_five(sent: list[list[bool]]) -> None:
    what = collaborative(calendar=CALENDAR)
    teams = [f"T{number:03}" for number in range(len(sent))]
    entries = [
        one
        for team, months in zip(teams, sent, strict=True)
        for one in _sent(team, *(m for m, is_in in zip(FIVE, months, strict=True) if is_in))
    ]
    steady = cohort(_frame(entries, teams, what), what, "rate")
    assert set(steady.teams) <= set(teams)
    assert steady.of == len(teams)
    assert steady.teams == tuple(team for team, months in zip(teams, sent, strict=True) if sum(months) >= 4)
