from __future__ import annotations

import pickle

import pandas as pd
import pytest
from tests.measures.sheets import collaborative, form, frame

from breakthrough import measures

TEAMS = [f"T{number:03}" for number in range(1, 121)]  # more than are packed at once
MONTHS = ("2025-11", "2025-12", "2026-01", "2026-02", "2026-03")


WHAT = collaborative()


@pytest.fixture(scope="module")
def sheets() -> pd.DataFrame:
    forms = [
        form(team, month, {"hit": 5 + at + number % 7, "seen": 100 + number}, at + 1)
        for number, team in enumerate(TEAMS)
        for at, month in enumerate(MONTHS)
    ]
    return frame(forms, what=WHAT, teams=TEAMS)


def test_packed_charts_are_the_charts_of_every_team_and_measure(sheets: pd.DataFrame) -> None:
    goals = {("T007", "rate"): 4.5}
    found = measures.packed(sheets, WHAT, goals=goals)
    assert dict(found) == measures.charts(sheets, WHAT, goals=goals)
    assert found["T007", "rate"].goal == 4.5
    assert [point.numerator for point in found["T008", "rate"].points if point.state == "reported"] == [5, 6, 7, 8, 9]
    assert len(found) == len(TEAMS) * len(WHAT.measures)


def test_they_stand_one_teams_after_anothers(sheets: pd.DataFrame) -> None:
    keys = list(measures.packed(sheets, WHAT))
    assert keys == [(team, code) for team in TEAMS for code in WHAT.measures]


def test_of_some_teams_only_theirs_are_there_and_those_of_nobody_are_missed(sheets: pd.DataFrame) -> None:
    found = measures.packed(sheets, WHAT)
    some = found.only(["T120", "T002", "T999"])
    assert {team for team, _ in some} == {"T002", "T120"}
    assert some["T120", "rate"] == found["T120", "rate"]
    assert ("T003", "rate") in found
    assert ("T003", "rate") not in some
    assert ("T003", "nothing") not in found
    for lost in (("T003", "rate"), ("T002", "nothing")):
        with pytest.raises(KeyError):
            some[lost]


def test_they_travel_to_another_process(sheets: pd.DataFrame) -> None:
    some = measures.packed(sheets, WHAT).only(["T002"])
    assert dict(pickle.loads(pickle.dumps(some))) == dict(some)  # noqa: S301 - pickled in the same line


def test_a_frame_in_which_a_teams_rows_do_not_stand_together_is_refused(sheets: pd.DataFrame) -> None:
    apart = pd.concat([sheets[sheets["measure"] == "rate"], sheets[sheets["measure"] != "rate"]])
    with pytest.raises(ValueError, match="do not stand together"):
        measures.packed(apart, WHAT)
    assert dict(measures.packed(apart.sort_index(), WHAT)) == measures.charts(sheets, WHAT)


def test_a_teams_rows_stand_between_two_places(sheets: pd.DataFrame) -> None:
    found = measures.stretches(sheets)
    assert list(found) == TEAMS
    for team in ("T001", "T120"):
        first, last = found[team]
        assert set(sheets["team"].iloc[first:last]) == {team}
        assert last - first == (sheets["team"] == team).sum()
    assert measures.stretches(sheets.iloc[:0]) == {}


def test_a_frame_without_rows_has_none() -> None:
    nothing = measures.packed(frame([], what=WHAT, teams=()), WHAT)
    assert dict(nothing) == {}
    assert len(nothing) == 0
