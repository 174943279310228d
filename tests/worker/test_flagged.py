"""Flags beside those of the months before, each as the store knew it on its own report day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.store.filling import pulled
from tests.teams.desk import attended, changed, collaborative, contact, cycle, figures, profile, report

from breakthrough.collaborative import Collaborative
from breakthrough.entry import Entry
from breakthrough.month import Month
from breakthrough.store import Store, projects
from breakthrough.teams.standing import Standing
from breakthrough.worker import flagged
from breakthrough.worker.edition import edition

MARCH = Month("2026-03")
NOW = dt.datetime(2026, 4, 15, 6, 0, tzinfo=dt.UTC)
# The flags looked at here; others would only be in the way.
ALONE = {
    "flags": {
        "unused": ["claim", "data_odd", "driver_gap", "leader", "no_test", "plateau", "unrated", "worse", "silent2"]
    }
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as opened:
        with opened.begin() as connection:
            projects.claim(connection, "main", "https://redcap.example.org/api/", 13, _day(1, 1))
            projects.note_version(connection, "main", "14.0.1")
        yield opened


def _day(month: int, number: int) -> dt.datetime:
    return dt.datetime(2026, month, number, 5, 0, tzinfo=dt.UTC)


def _sent(*months: str) -> list[Entry]:
    """A profile, and the monthly form and report of those months."""
    counts = {"sd_abs": 70, "sd_poss": 1000, "nr_prev": 40, "nr_hold": 36, "cr_new": 20, "cr_ct5": 15}
    forms = [figures(month, counts, int(month[-2:])) for month in months]
    told = [report(month, int(month[-2:]), mr_ask_of=5) for month in months]
    return [profile(), *forms, *told]


def _pulled(store: Store, at: dt.datetime, entries: Sequence[Entry]) -> None:
    pulled(store, ["T001"], entries, at)


def _standings(store: Store, what: Collaborative, **more: int) -> dict[str, Standing]:
    of = edition(store.newest(["main"], NOW), what, MARCH, NOW)
    return {one.flag.code: one for one in flagged.standings(store, of, **more)}


def test_figures_that_came_late_were_a_flag_that_has_cleared(store: Store) -> None:
    """January's counts were not there on 15 February, and are now: only the store's past still tells that they were late."""
    what = changed(ALONE)
    _pulled(store, _day(2, 14), _sent("2025-12"))
    _pulled(store, _day(3, 14), _sent("2025-12", "2026-01", "2026-02"))
    _pulled(store, _day(4, 14), _sent("2025-12", "2026-01", "2026-02", "2026-03"))
    late = _standings(store, what)["late"]
    assert (late.first_seen, late.cleared, late.looks) == (dt.date(2026, 2, 10), dt.date(2026, 3, 15), 1)
    assert late.flag.evidence.startswith("Not sent for January 2026")


def test_a_flag_that_stands_tells_since_when_and_whether_the_coach_has_looked(store: Store) -> None:
    missed = [attended("AP2", 3, 1), attended("LS3", 3, 2)]
    _pulled(store, _day(2, 14), _sent("2026-01"))
    _pulled(store, _day(3, 14), [*_sent("2026-01", "2026-02"), *missed])
    note = contact("2026-04-02", ct_flag_ack___absent=1)
    _pulled(store, _day(4, 14), [*_sent("2026-01", "2026-02", "2026-03"), *missed, note])
    found = _standings(store, changed(ALONE))["absent"]
    assert (found.first_seen, found.cleared, found.looks) == (dt.date(2026, 3, 15), None, 2)
    assert found.acknowledged == dt.date(2026, 4, 2)


def test_months_of_which_nothing_was_known_are_left_out(store: Store) -> None:
    _pulled(store, _day(4, 14), _sent("2026-01", "2026-02"))
    found = _standings(store, changed(ALONE))
    assert {code: (one.first_seen, one.looks) for code, one in found.items()} == {"late": (dt.date(2026, 4, 10), 1)}
    assert list(flagged.looks(store, collaborative(), MARCH, NOW)) == []


def test_no_more_months_are_looked_at_again_than_asked_for(store: Store) -> None:
    for month in (2, 3, 4):
        _pulled(store, _day(month, 14), _sent("2026-01", "2026-02"))
    looks = [list(flagged.looks(store, changed(ALONE), MARCH, NOW, back=back)) for back in (0, 1, 6)]
    assert [[str(look.day) for look in one] for one in looks] == [[], ["2026-03-15"], ["2026-02-15", "2026-03-15"]]


def test_a_prediction_written_afterwards_earns_nothing_in_an_edition(store: Store) -> None:
    """The form says 27 February, and the pull of 5 March saw a test that had begun without a prediction."""
    begun: dict[str, Any] = {"pd_start": "2026-03-02", "pd_title": "Calls", "pd_scale": 1}
    _pulled(store, _day(3, 5), [*_sent("2026-02"), cycle(1, **begun)])
    back_dated = cycle(1, **begun, pd_predict="Seven of ten", pd_planned_on="2026-02-27")
    _pulled(store, _day(4, 14), [*_sent("2026-02", "2026-03"), back_dated])
    of = edition(store.newest(["main"], NOW), collaborative(), MARCH, NOW)
    (test,) = of.portfolio.pdsas
    assert (test.basis, test.missing[0]) == ("seen late", "a prediction written before the start")
