"""The store as it was: after any run, under a snapshot's name, and value by value."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.store.conftest import REDCAP
from tests.store.filling import entry, pulled, take_in

from breakthrough.entry import Entry, EntryKey
from breakthrough.errors import StoreError
from breakthrough.store import Change, Store, Tally, projects, runs, snapshots
from breakthrough.store.projects import Design

DAY = dt.timedelta(days=1)
KEY = EntryKey("main", "A", "", "monthly", 1)


@pytest.fixture
def claimed(store: Store, now: dt.datetime) -> Store:
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)
        projects.note_version(connection, "main", "14.0.1")
    return store


def dictionary(store: Store, at: dt.datetime, *names: str, asked: list[str] | None = None) -> int:
    with store.begin() as connection:
        design = Design([{"field_name": name} for name in names], None if asked is None else frozenset(asked))
        return projects.note_design(connection, "main", design, at)


def test_entries_can_be_read_as_they_were_after_any_run(claimed: Store, now: dt.datetime) -> None:
    asked = ["A", "B"]
    states = [
        [entry("A", 1, x="1"), entry("A", 2, x="1"), entry("B", 1, x="1")],
        [entry("A", 1, x="2"), entry("A", 2, x="1"), entry("B", 1, "north", x="1")],
        [entry("A", 2, x="1")],
        [entry("A", 1, x="1"), entry("A", 2, x="1"), entry("A", 3, instrument="profile", x="9")],
    ]
    numbers = [pulled(claimed, asked, state, now + n * DAY) for n, state in enumerate(states)]

    for number, state in zip(numbers, states, strict=True):
        assert list(claimed.entries("main", as_of=number)) == state
        assert list(claimed.entries("main", "monthly", as_of=number)) == [
            e for e in state if e.key.instrument == "monthly"
        ]
    assert list(claimed.entries("main", as_of=numbers[0] - 1)) == []
    assert list(claimed.entries("main", as_of=10_000)) == list(claimed.entries("main")) == states[-1]


def test_a_run_of_another_project_marks_a_moment_too(claimed: Store, now: dt.datetime) -> None:
    pulled(claimed, ["A"], [entry("A", x="1")], now)
    with claimed.begin() as connection:
        projects.claim(connection, "audit", REDCAP, 14, now)
    other = pulled(claimed, ["1"], [entry("1", project="audit", x="1")], now, project="audit")
    pulled(claimed, ["A"], [entry("A", x="2")], now + DAY)

    assert list(claimed.entries("main", as_of=other)) == [entry("A", x="1")]


def test_a_snapshot_is_read_like_the_store_was(claimed: Store, now: dt.datetime) -> None:
    dictionary(claimed, now, "x")
    first = pulled(claimed, ["A", "B"], [entry("A", x="1"), entry("B", x="1")], now)
    view = claimed.freeze({"main": first}, now)
    before = (
        list(claimed.entries("main")),
        claimed.dictionary("main"),
        claimed.place("main"),
        claimed.last_run("main"),
    )

    dictionary(claimed, now + DAY, "x", "y")
    with claimed.begin() as connection:
        projects.note_version(connection, "main", "15.2.0")
    pulled(claimed, ["A", "B", "C"], [entry("A", x="2"), entry("C", y="1")], now + DAY)

    again = claimed.view(view.snapshot.id)
    for found in (view, again):
        assert (
            list(found.entries("main")),
            found.dictionary("main"),
            found.place("main"),
            found.last_run("main"),
        ) == before
        assert found.records("main") == {"A", "B"}
        assert list(found.entries("main", "profile")) == []
    assert claimed.dictionary("main") == [{"field_name": "x"}, {"field_name": "y"}]


def test_the_same_runs_are_the_same_snapshot(claimed: Store, now: dt.datetime) -> None:
    first = pulled(claimed, ["A"], [entry("A", x="1")], now)
    one, same = (claimed.freeze({"main": first}, now + n * DAY) for n in range(2))
    second = pulled(claimed, ["A"], [entry("A", x="2")], now + DAY)
    other = claimed.freeze({"main": second}, now + DAY)

    assert one.snapshot == same.snapshot
    assert one.snapshot.frozen_at == now
    assert other.snapshot.id != one.snapshot.id


def test_a_day_of_the_past_is_found_by_the_newest_complete_runs_then(claimed: Store, now: dt.datetime) -> None:
    first = pulled(claimed, ["A"], [entry("A", x="1")], now)
    with claimed.begin() as connection:
        runs.fail(connection, runs.start(connection, "main", "full", now), tally=Tally(), note="", at=now)
        second_at = now + 2 * DAY
    second = pulled(claimed, ["A"], [entry("A", x="2")], second_at)

    with claimed.read() as connection:
        found = [snapshots.newest(connection, ("main", "audit"), now + days * DAY) for days in (0, 1, 3)]

    assert found == [{}, {"main": first}, {"main": second}]


def test_what_a_snapshot_does_not_hold_is_an_error_and_not_nothing(claimed: Store, now: dt.datetime) -> None:
    view = claimed.freeze({"main": pulled(claimed, ["A"], [entry("A", x="1")], now)}, now)

    with pytest.raises(StoreError, match="holds nothing of the project 'audit'"):
        list(view.entries("audit"))
    with pytest.raises(StoreError, match="no snapshot abcdef"):
        claimed.view("abcdef")
    with pytest.raises(StoreError, match="'audit' was never pulled"):
        claimed.freeze({"audit": 1}, now)


def test_a_value_is_traced_from_its_first_sight_to_its_last(claimed: Store, now: dt.datetime) -> None:
    dictionary(claimed, now, "x", "y")
    states: list[list[Entry]] = [
        [entry("A", y="0")],
        [entry("A", x="41", y="0")],
        [entry("A", x="41", y="1")],
        [entry("A", x="44", y="1")],
    ]
    numbers = [pulled(claimed, ["A"], state, now + n * DAY) for n, state in enumerate(states)]

    trace = claimed.trace(KEY, "x")

    assert trace.changes == (
        Change("entered", "edited", "", "41", numbers[1], now + DAY, 1),
        Change("edited", "edited", "41", "44", numbers[3], now + 3 * DAY, 1),
    )
    assert (trace.value, trace.first_seen, trace.since) == ("44", now + DAY, now + 3 * DAY)
    earlier = claimed.trace(KEY, "x", as_of=numbers[2])
    assert (earlier.value, earlier.since) == ("41", now + DAY)
    assert (claimed.trace(KEY, "z").value, claimed.trace(KEY, "z").first_seen) == ("", None)


def test_a_trace_says_when_a_change_would_last_have_been_noticed(claimed: Store, now: dt.datetime) -> None:
    pulled(claimed, ["A"], [entry("A", x="1")], now)
    minute = dt.timedelta(minutes=1)
    quick = pulled(claimed, [], [], now + DAY, mode="changed")
    with claimed.begin() as connection:
        runs.fail(connection, runs.start(connection, "main", "full", now + 2 * DAY), tally=Tally(), note="", at=now)

    trace = claimed.trace(KEY, "x")
    assert (trace.detected, trace.checked) == (now + DAY + minute, now + minute)
    before = claimed.trace(KEY, "x", as_of=quick - 1)
    assert (before.detected, before.checked) == (now + minute, now + minute)


def test_a_trace_tells_why_a_value_is_no_longer_there(claimed: Store, now: dt.datetime) -> None:
    both = dictionary(claimed, now, "x", "y", "box")
    whole = entry("A", x="1", y="1", box___2="1", monthly_complete="2")
    pulled(claimed, ["A"], [whole], now, version=both)
    pulled(claimed, ["A"], [entry("A", x="1", box___2="1", monthly_complete="2")], now, version=both)
    without = dictionary(claimed, now + DAY, "x")
    pulled(claimed, ["A"], [entry("A", x="1", monthly_complete="2")], now, version=without)
    unasked = dictionary(claimed, now + DAY, "x", asked=["w"])
    pulled(claimed, ["A"], [entry("A", monthly_complete="2")], now, version=unasked)
    pulled(claimed, ["A"], [], now, version=unasked)

    kinds = {
        name: [(one.kind, one.cause) for one in claimed.trace(KEY, name).changes]
        for name in ("x", "y", "box___2", "monthly_complete")
    }

    assert kinds == {
        "x": [("entered", "entered"), ("not_asked", "edited")],
        "y": [("entered", "entered"), ("blanked", "edited")],
        "box___2": [("entered", "entered"), ("field_removed", "edited")],
        "monthly_complete": [("entered", "entered"), ("gone", "record")],
    }


def test_a_cause_that_the_caller_knows_better_is_kept(claimed: Store, now: dt.datetime) -> None:
    run = pulled(claimed, ["A"], [entry("A", x="1", y="1")], now)
    take_in(claimed, run, ["A"], [entry("A", x="1")], cause="schema")

    assert [version.cause for version in claimed.history("main")] == ["entered", "schema"]
