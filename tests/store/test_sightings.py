"""First sightings: when something in a field was first seen, and up to when it certainly was not there."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.store.conftest import REDCAP
from tests.store.filling import entry, pulled, take_in

from breakthrough.entry import EntryKey
from breakthrough.store import Sighting, Store, aliases, projects, runs

DAY = dt.timedelta(days=1)


@pytest.fixture
def claimed(store: Store, now: dt.datetime) -> Store:
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)
        projects.note_version(connection, "main", "14.0.1")
    return store


def key(record: str = "A", instance: int = 1) -> EntryKey:
    return EntryKey("main", record, "", "monthly", instance)


def test_what_the_first_pull_brings_may_have_been_there_for_ever(claimed: Store, now: dt.datetime) -> None:
    pulled(claimed, ["A"], [entry("A", x="1", y="2")], now)
    assert claimed.sightings("main", "monthly", ["x"]) == {key(): {"x": Sighting("1", now, None)}}


def test_what_a_later_pull_brings_was_not_there_before(claimed: Store, now: dt.datetime) -> None:
    pulled(claimed, ["A"], [entry("A", y="2")], now)
    pulled(claimed, ["A"], [entry("A", y="2")], now + DAY)
    pulled(claimed, ["A"], [entry("A", x="1", y="2"), entry("A", 2, x="5")], now + 2 * DAY)
    assert claimed.sightings("main", "monthly", ["x"]) == {
        key(): {"x": Sighting("1", now + 2 * DAY, now + DAY)},
        key(instance=2): {"x": Sighting("5", now + 2 * DAY, now + DAY)},
    }


def test_a_first_sighting_stays_whatever_becomes_of_the_value(claimed: Store, now: dt.datetime) -> None:
    states = [[entry("A", x="1")], [entry("A", x="2")], [entry("A", y="2")], [], [entry("A", x="3")]]
    for number, state in enumerate(states):
        pulled(claimed, ["A"], state, now + number * DAY)
    assert claimed.sightings("main", "monthly", ["x"]) == {key(): {"x": Sighting("1", now, None)}}


def test_a_view_knows_nothing_of_later_runs(claimed: Store, now: dt.datetime) -> None:
    first = pulled(claimed, ["A"], [entry("A", y="2")], now)
    view = claimed.freeze({"main": first}, now)
    pulled(claimed, ["A"], [entry("A", x="1", y="2")], now + DAY)
    assert view.sightings("main", "monthly", ["x", "y"]) == {key(): {"y": Sighting("2", now, None)}}


def test_a_field_that_was_not_asked_for_before_proves_nothing(claimed: Store, now: dt.datetime) -> None:
    pulled(claimed, ["A"], [entry("A", y="2")], now)
    with claimed.begin() as connection:
        run = runs.start(connection, "main", "full", now + DAY)
    take_in(claimed, run, ["A"], [entry("A", x="1", y="2")], at=now + DAY, cause="schema")
    assert claimed.sightings("main", "monthly", ["x"]) == {key(): {"x": Sighting("1", now + DAY, None)}}


@pytest.mark.parametrize("how", ["failed", "quarantined"])
def test_a_pull_that_did_not_see_everything_has_not_looked(claimed: Store, now: dt.datetime, how: str) -> None:
    pulled(claimed, ["A"], [], now)
    with claimed.begin() as connection:
        run = runs.start(connection, "main", "full", now + DAY)
    tally = take_in(claimed, run, [], [], at=now + DAY)
    with claimed.begin() as connection:
        if how == "failed":
            runs.fail(connection, run, tally=tally, note="RedcapError", at=now + DAY)
        else:
            runs.complete(connection, run, records=0, tally=tally, hi=now + DAY, at=now + DAY, quarantined=1)
    pulled(claimed, ["A"], [entry("A", x="1")], now + 2 * DAY)
    assert claimed.sightings("main", "monthly", ["x"])[key()]["x"] == Sighting("1", now + 2 * DAY, now)


def test_a_record_that_was_renamed_keeps_its_sightings(claimed: Store, now: dt.datetime) -> None:
    pulled(claimed, ["A"], [entry("A", x="1")], now)
    second = pulled(claimed, ["A", "B"], [entry("B", x="1")], now + DAY)
    third = pulled(claimed, ["B", "C"], [entry("C", x="1")], now + 2 * DAY)
    with claimed.begin() as connection:
        aliases.note(connection, "main", "A", "B", second, now + DAY)
        aliases.note(connection, "main", "B", "C", third, now + 2 * DAY)
    assert claimed.sightings("main", "monthly", ["x"]) == {key("C"): {"x": Sighting("1", now, None)}}
    assert set(claimed.freeze({"main": second}, now).sightings("main", "monthly", ["x"])) == {key("B")}


def test_two_records_that_took_each_others_names_do_not_go_round_for_ever(claimed: Store, now: dt.datetime) -> None:
    run = pulled(claimed, ["A", "B"], [entry("A", x="1"), entry("B", x="2")], now)
    with claimed.begin() as connection:
        aliases.note(connection, "main", "A", "B", run, now)
        aliases.note(connection, "main", "B", "A", run, now)
    assert len(claimed.sightings("main", "monthly", ["x"])) == 2


def test_other_forms_and_projects_are_not_among_them(claimed: Store, now: dt.datetime) -> None:
    pulled(claimed, ["A"], [entry("A", instrument="other", x="1")], now)
    assert claimed.sightings("main", "monthly", ["x"]) == {}
    assert claimed.sightings("nowhere", "monthly", ["x"]) == {}
