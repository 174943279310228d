"""Which forms a team owes by the phase of the journey, and by which day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from breakthrough import collaborative as collaboratives
from breakthrough.collaborative import Collaborative
from breakthrough.entry import EntryKey
from breakthrough.teams.occasional import forms_due
from breakthrough.teams.records import Storyboard
from breakthrough.teams.values import Portfolio, Team

EVERY = frozenset({"storyboard", "spread_plan", "sustain_check", "closeout"})


@pytest.fixture(scope="module")
def collaborative(root: Path) -> Collaborative:
    return collaboratives.load(root / "config/collaboratives/absenteeism/collaborative.yaml")


def portfolio(joined: str = "2025-09-01", status: Any = "active", **others: Any) -> Portfolio:
    team = Team("T001", "One", "One", "t001", "c1", status, dt.date.fromisoformat(joined))
    return Portfolio((team,), (), {}, (), (), (), (), **others)


def owed(collaborative: Collaborative, of: Portfolio, instruments: frozenset[str] = EVERY) -> list[tuple[str, ...]]:
    return [(one.instrument, one.about, str(one.day)) for one in forms_due(of, collaborative, instruments)]


def test_a_team_owes_storyboards_at_sessions_and_the_rest_by_phase(collaborative: Collaborative) -> None:
    sessions = [one for one in collaborative.calendar.events if one.kind == "learning_session"]
    spreading = next(one for one in sessions if one.phase == "spreading")
    expected = [("storyboard", one.code, str(one.date)) for one in sessions]
    expected += [("spread_plan", "", str(spreading.date)), ("sustain_check", "session 3", str(spreading.date))]
    expected += [
        ("closeout", "", "2026-07-31"),
        ("sustain_check", "end", "2026-07-31"),
        ("sustain_check", "3 months later", "2026-10-31"),
        ("sustain_check", "6 months later", "2027-01-31"),
        ("sustain_check", "12 months later", "2027-07-31"),
    ]
    assert sorted(owed(collaborative, portfolio())) == sorted(expected)


def test_what_is_there_is_owed_no_more(collaborative: Collaborative) -> None:
    key = EntryKey("main", "T001", "", "storyboard", 1)
    shown = portfolio(storyboards=(Storyboard("T001", "LS1", key),))
    before, after = (owed(collaborative, of, frozenset({"storyboard"})) for of in (portfolio(), shown))
    assert set(before) - set(after) == {one for one in before if one[1] == "LS1"}


def test_a_form_that_the_project_does_not_have_is_asked_of_nobody(collaborative: Collaborative) -> None:
    assert {one[0] for one in owed(collaborative, portfolio(), frozenset({"closeout"}))} == {"closeout"}


@pytest.mark.parametrize("status", ["applied", "withdrew", "paused"])
def test_a_team_that_is_not_there_owes_nothing(collaborative: Collaborative, status: str) -> None:
    assert owed(collaborative, portfolio(status=status)) == []


def test_a_team_that_joins_later_owes_nothing_of_what_was_before(collaborative: Collaborative) -> None:
    assert min(day for _, _, day in owed(collaborative, portfolio("2026-05-01"))) >= "2026-05-01"
