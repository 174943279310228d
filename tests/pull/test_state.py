"""How a project stands, and what somebody should do about it."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.pull.site import START, Site

from breakthrough.pull import Need, state
from breakthrough.store import Proof, Store, deletions, quarantine, reconciliations

DAY = dt.timedelta(days=1)


def the_state(store: Store, need: Need | None = None) -> state.State:
    with store.read() as connection:
        return state.of(connection, "main", DAY, need)


def advice(store: Store) -> str:
    return "\n".join(state.remedies(the_state(store)))


def test_a_project_that_was_never_pulled(store: Store) -> None:
    assert the_state(store).rows == {}
    assert advice(store) == "Nothing was pulled yet. Run: breakthrough pull"


def test_after_a_pull_all_is_well(site: Site, store: Store) -> None:
    site.pull(store)
    found = the_state(store)
    assert (found.records, found.rows) == (5, {"monthly_measures": 15, "team_profile": 5})
    assert found.cursor == site.host.now - dt.timedelta(seconds=60)
    assert state.remedies(found) == ()


def test_records_in_quarantine_are_named(site: Site, store: Store) -> None:
    site.pull(store)
    with store.begin() as connection:
        for n in range(1, 8):
            quarantine.put(connection, "main", f"X{n}", "Busy", START)
    assert "REDCap cannot answer for 7 records (X1, X2, X3, X4, X5 …)" in advice(store)


def test_records_that_wait_for_a_second_list(site: Site, store: Store) -> None:
    done = site.pull(store)
    with store.begin() as connection:
        deletions.note(connection, "main", ["T001"], done.run.id, START)
    assert "1 record (T001) of 5 are no longer on REDCap's list. They go if the next list says the same" in advice(
        store
    )


@pytest.mark.parametrize("missing", [["T001", "T002"], ["T001"]])
def test_records_that_wait_for_a_person(site: Site, store: Store, missing: list[str]) -> None:
    """Many at once, or some that two lists have not let go."""
    done = site.pull(store)
    with store.begin() as connection:
        deletions.note(connection, "main", missing, done.run.id, START)
        if len(missing) == 1:
            deletions.note(connection, "main", missing, done.run.id, START + dt.timedelta(seconds=60))
    assert "reports wait. If they were really deleted, run: breakthrough pull --confirm-deletions" in advice(store)


@pytest.mark.parametrize(("missed", "alarm"), [((1, 2), True), ((0, 2), False), ((2, 0), False), ((3,), False)])
def test_drift_twice_running_is_an_alarm(site: Site, store: Store, missed: tuple[int, ...], alarm: bool) -> None:
    same = Proof(5, {}, "00")
    for number in missed:
        done = site.pull(store)
        with store.begin() as connection:
            reconciliations.note(
                connection, "main", done.run.id, redcap=same, store=same, differing=number, missed=number, at=START
            )
    assert the_state(store).drifting == alarm
    assert ("redcap.timezone" in advice(store)) == alarm


def test_a_check_that_did_not_come_out_even(site: Site, store: Store) -> None:
    done = site.pull(store)
    with store.begin() as connection:
        sides = {"redcap": Proof(5, {}, "00"), "store": Proof(5, {}, "01")}
        reconciliations.note(connection, "main", done.run.id, **sides, differing=0, missed=0, at=START)
    assert "did not come out even. Run: breakthrough pull --reconcile" in advice(store)


def test_fields_that_are_needed_and_not_there(site: Site, store: Store) -> None:
    site.pull(store)
    assert the_state(store, Need(frozenset({"tp_name", "sd_poss"}))).lacking == ("sd_poss",)
