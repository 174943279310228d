"""Groups of teams: each is a collaborative of its own, and together they are the whole."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.measures.sheets import collaborative, form, frame

from breakthrough import measures
from breakthrough.measures.strata import strata
from breakthrough.month import Month

MARCH = Month("2026-03")
CALENDAR = {"start": "2026-03", "baseline_months": 0}


def test_each_group_has_its_own_sum_median_and_count_and_the_unknown_comes_last() -> None:
    what = collaborative(calendar=CALENDAR)
    hits = {"T001": 1, "T002": 3, "T003": 8, "T004": 20}
    entries = [form(team, "2026-03", {"hit": hit, "seen": 100}) for team, hit in hits.items()]
    found = frame(entries, what=what, teams=[*hits, "T005"], until=MARCH)
    groups = strata(found, what, "rate", {"T001": "South", "T002": "South", "T005": "South", "T003": "North"})
    assert [(one.name, one.teams) for one in groups] == [
        ("North", ("T003",)),
        ("South", ("T001", "T002", "T005")),
        ("", ("T004",)),
    ]
    south = groups[1].months[-1]
    assert (south.pooled, south.median, south.reporting, south.expected) == (2.0, 2.0, 2, 3)
    assert south.provisional, "two of three are fewer than 85 of a hundred"
    assert not groups[0].months[-1].provisional


COUNT = st.one_of(st.none(), st.tuples(st.integers(0, 40), st.integers(0, 40)))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["a", "b", "", "c"]), COUNT), min_size=1, max_size=9))
def test_groups_are_a_partition_and_their_sums_are_the_whole(given: list[tuple[str, tuple[int, int] | None]]) -> None:
    what = collaborative(calendar=CALENDAR)
    teams = [f"T{number:03}" for number in range(len(given))]
    entries = [
        form(team, "2026-03", {"hit": counts[0], "seen": counts[1]})
        for team, (_, counts) in zip(teams, given, strict=True)
        if counts
    ]
    found = frame(entries, what=what, teams=teams, until=MARCH)
    groups = strata(found, what, "rate", dict(zip(teams, (name for name, _ in given), strict=True)))
    assert sorted(team for group in groups for team in group.teams) == teams
    assert len({group.name for group in groups}) == len(groups)
    whole = measures.pooled(found, what, "rate")[-1]
    for figure in ("numerator", "denominator", "reporting", "expected", "no_cases", "at_goal"):
        assert sum(getattr(group.months[-1], figure) for group in groups) == getattr(whole, figure)
    shown = found[(found["measure"] == "rate") & (found["state"] == "reported")]
    if len(shown):
        assert whole.pooled == pytest.approx(100 * shown["numerator"].sum() / shown["denominator"].sum(), rel=1e-12)
        assert whole.lower_quartile is not None
        assert whole.median is not None
        assert whole.upper_quartile is not None
        assert shown["value"].min() <= whole.lower_quartile <= whole.median <= whole.upper_quartile
    else:
        assert (whole.pooled, whole.median) == (None, None)
