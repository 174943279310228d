"""As each mail goes it is asked once more whether its reader may have it: people leave, and change their minds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from breakthrough import collaborative as collaboratives
from breakthrough.collaborative import Coach, Collaborative
from breakthrough.delivery import suppressions
from breakthrough.delivery.key import Key
from breakthrough.delivery.suppressions import Suppression
from breakthrough.month import Month
from breakthrough.store import Store
from breakthrough.teams.values import Person, Roster, Team
from breakthrough.worker import outdated
from breakthrough.worker.permitted import Permitted

NOW = dt.datetime(2026, 4, 15, 8, tzinfo=dt.UTC)
TODAY = NOW.date()
RACHEL = Person(
    "T001", "Rachel", "Rachel@b.org", "3", dt.date(2025, 9, 1), None, frozenset({"team", "reminders"}), consents=True
)


@pytest.fixture(autouse=True)
def _nothing_is_out_of_date(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a mail is of any use yet has tests of its own."""
    monkeypatch.setattr(outdated, "why_not", lambda *_: "")


@pytest.fixture(scope="module")
def collaborative(root: Path) -> Collaborative:
    return collaboratives.load(root / "config/collaboratives/absenteeism/collaborative.yaml")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}") as opened:
        yield opened


def asked(store: Store, collaborative: Collaborative, key: Key, *people: Person, pulled: bool = True) -> str:
    """What is said of that mail while these people are on the roster."""
    here: Any = SimpleNamespace(code="ne", collaborative=collaborative, today=lambda _: TODAY)
    team = Team("T001", "One", "One", "t001", "c1", "active", dt.date(2025, 9, 1))
    readers = Permitted(here, store, NOW)
    if pulled:
        vars(readers)["_roster"] = Roster((team,), people)
    with store.begin() as connection:
        return readers.why_not(connection, key)


def mail(report: str = "team", subject: str = "T001", to: str = "rachel@b.org", code: str = "ne") -> Key:
    return Key(code, report, subject, Month("2026-03"), 0, to)


@pytest.mark.parametrize("report", ["team", "reminder", "forms"])
def test_who_is_on_the_roster_and_wants_it_gets_it_however_the_address_is_written(
    store: Store, collaborative: Collaborative, report: str
) -> None:
    assert asked(store, collaborative, mail(report), RACHEL) == ""


@pytest.mark.parametrize(
    "person",
    [
        pytest.param(replace(RACHEL, consents=False), id="took consent back"),
        pytest.param(replace(RACHEL, until=TODAY - dt.timedelta(1)), id="left yesterday"),
        pytest.param(replace(RACHEL, since=TODAY + dt.timedelta(1)), id="begins tomorrow"),
        pytest.param(replace(RACHEL, reports=frozenset({"leader"})), id="wants another report now"),
        pytest.param(replace(RACHEL, email="rachel@new.org"), id="has another address now"),
        pytest.param(replace(RACHEL, team="T002"), id="is on another team now"),
    ],
)
def test_who_may_have_it_no_more_does_not_get_what_still_waits(
    store: Store, collaborative: Collaborative, person: Person
) -> None:
    why = asked(store, collaborative, mail(), person)
    assert why.startswith("not sent: this reader has left the team's roster or gets these mails no more")
    assert "rachel" not in why.lower()


def test_a_coach_who_has_left_or_moved_gets_none(store: Store, collaborative: Collaborative) -> None:
    coach = collaborative.coaches[0]
    key = mail("coach", coach.code, coach.email)
    assert asked(store, collaborative, key) == ""

    def changed(**how: Any) -> Collaborative:
        coaches: tuple[Coach, ...] = (coach.model_copy(update=how), *collaborative.coaches[1:])
        return collaborative.model_copy(update={"coaches": coaches})

    for of in (changed(until=TODAY - dt.timedelta(1)), changed(email="new@b.org"), changed(code="c9")):
        assert asked(store, of, key).startswith("not sent: this coach is there no more")


@pytest.mark.parametrize(
    ("suppressed", "report", "stopped"),
    [
        ("", "team", True),  # bounced: every report
        ("team", "team", True),  # unsubscribed from this one
        ("leader", "team", False),
    ],
)
def test_an_address_that_bounced_or_unsubscribed_gets_none(
    store: Store, collaborative: Collaborative, suppressed: str, report: str, stopped: bool
) -> None:
    with store.begin() as connection:
        suppressions.put(connection, Suppression("Rachel@b.org", "ne", suppressed, "unsubscribed", NOW))
    assert bool(asked(store, collaborative, mail(report), RACHEL)) is stopped


def test_nobody_is_held_up_by_what_is_not_known(store: Store, collaborative: Collaborative) -> None:
    assert asked(store, collaborative, mail(), pulled=False) == "", "nothing was ever pulled here"
    assert asked(store, collaborative, mail(code="another")) == "", "another collaborative's, in the same store"
    assert asked(store, collaborative, mail("drift", "main-abc", "ros@b.org")) == ""
