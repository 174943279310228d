"""What is no sum of numerators and denominators cannot be judged, so that nobody but its owners gets it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.measures import audits
from tests.measures.kinds import test_of_counts as counts
from tests.measures.kinds import test_of_rows as rows
from tests.measures.kinds.sets import DESIGN, of_counts, of_rows
from tests.measures.sheets import form, frame

from breakthrough import measures
from breakthrough.measures.suppression.audience import Audience
from breakthrough.measures.suppression.release import release
from breakthrough.month import Month

TEAMS = ("T001", "T002", "T003")
COACHES = dict.fromkeys(TEAMS, "c1")
MARCH = "2026-03"
LEADER = Audience("leader", "")
ENTERED = {"hit": 300, "seen": 800, "also": 100, "roll": 2000, "wait": 30, "stay": 400}
OTHERS = {"count": counts.COUNT, "median": counts.MEDIAN, "sized median": counts.SIZED, "index": counts.INDEX}


def _of_counts(keys: dict[str, Any]) -> Any:
    what = of_counts(**keys)
    return what, frame([form(team, MARCH, ENTERED) for team in TEAMS], what=what, teams=TEAMS)


@pytest.mark.parametrize("keys", OTHERS.values(), ids=list(OTHERS))
def test_nobody_but_its_owners_gets_what_cannot_be_judged(keys: dict[str, Any]) -> None:
    what, found = _of_counts(keys)
    of = release(found, what, COACHES)
    march = of.rows(found, LEADER)
    march = march[march["month"] == MARCH]
    assert set(march["state"]) == {"suppressed"}
    assert march[["numerator", "denominator", "value"]].isna().all().all()
    own = of.rows(found, Audience("team", "T001"))
    assert set(own[(own["team"] == "T001") & (own["month"] == MARCH)]["state"]) == {"reported"}
    line = of.line(measures.pooled(found, what, "one"), "one", LEADER)
    (one,) = (each for each in line if each.month == Month(MARCH))
    assert (one.pooled, one.median, one.suppressed) == (None, None, "all")


def test_large_sums_of_counts_are_told() -> None:
    what, found = _of_counts(counts.PROPORTION)
    told = release(found, what, COACHES).rows(found, LEADER)
    assert set(told[told["month"] == MARCH]["state"]) == {"reported"}


@pytest.mark.parametrize("kind", rows.KINDS)
def test_nothing_beside_the_figures_of_case_rows_is_told(kind: str) -> None:
    what = of_rows(**rows.KINDS[kind])
    found = audits.frame(rows.ROWS, what, design=DESIGN)
    told = release(found, what, dict.fromkeys(audits.TEAMS, "c1")).rows(found, LEADER)
    assert told[["deviation", "met", "opportunities", "value"]].isna().all().all()
    assert set(told["gaps"]) == {""}
