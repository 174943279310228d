"""The book of projects, dictionaries and pulls, on both databases."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.store.conftest import REDCAP

from breakthrough.errors import StoreLocked, WrongProject
from breakthrough.store import Store, Tally, projects, runs, tables
from breakthrough.store.projects import Design


@pytest.mark.parametrize(("server", "number"), [(REDCAP, 14), ("https://other.example.org/api/", 13)])
def test_another_project_cannot_take_the_place_of_the_one_the_store_knows(
    store: Store, now: dt.datetime, server: str, number: int
) -> None:
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)
        projects.claim(connection, "main", REDCAP, 13, now)
        projects.claim(connection, "audit", server, number, now)

    with pytest.raises(WrongProject, match=f"project {number} at {server}"), store.begin() as connection:
        projects.claim(connection, "main", server, number, now)


def test_a_token_that_sees_other_groups_cannot_fill_the_same_store(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)

    with pytest.raises(WrongProject, match="the data access group 'north' alone"), store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now, dag_scope="north")


def test_a_move_to_production_is_noticed_once(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)
        noticed = [projects.note_production(connection, "main", found) for found in (False, False, True, True)]

    assert noticed == [False, False, True, False]
    place = store.place("main")
    assert place
    assert place.in_production is True


def test_each_new_dictionary_gets_the_next_number_and_an_old_one_is_not_forgotten(
    store: Store, now: dt.datetime
) -> None:
    first, second = [{"field_name": "a", "form_name": "f"}], [{"field_name": "b", "form_name": "f"}]
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)
        numbers = [
            projects.note_design(connection, "main", Design(d), now) for d in (first, first, second, second, first)
        ]
        old = projects.dictionary(connection, "main", 2)

    assert numbers == [1, 1, 2, 2, 3]
    assert old == second
    assert store.dictionary("main") == first
    assert store.dictionary("other") == []


def test_asking_for_other_fields_is_as_good_as_another_dictionary(store: Store, now: dt.datetime) -> None:
    rows = [{"field_name": "a", "form_name": "f"}, {"field_name": "b", "form_name": "f"}]
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)
        numbers = [
            projects.note_design(connection, "main", Design(rows, None if asked is None else frozenset(asked)), now)
            for asked in (None, ["a"], ["a"], ["b", "a"], ["a", "b"])
        ]
        asked = [projects.asked(connection, "main", number) for number in (1, 2, 3)]

    assert numbers == [1, 2, 2, 3, 3]
    assert asked == [None, {"a"}, {"a", "b"}]
    assert store.dictionary("main") == rows


def test_a_design_is_given_back_as_it_was_with_its_events_in_order(store: Store, now: dt.datetime) -> None:
    rows = [{"field_name": "a", "form_name": "f"}]
    plain = Design(rows)
    with_events = Design(rows, frozenset({"a"}), {"later_arm_1": ("f",), "first_arm_1": ()}, frozenset({"-9", "NA"}))
    other_order = Design(rows, frozenset({"a"}), {"first_arm_1": (), "later_arm_1": ("f",)}, frozenset({"-9", "NA"}))
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)
        numbers = [
            projects.note_design(connection, "main", one, now) for one in (plain, with_events, with_events, other_order)
        ]
        found = [projects.designed(connection, "main", number) for number in (1, 2, 3)]

    assert numbers == [1, 2, 2, 3]
    assert found == [plain, with_events, other_order]
    assert list(found[1].events or {}) == ["later_arm_1", "first_arm_1"]
    assert store.design("main") == other_order
    assert store.design("other") == Design(())


def test_the_dictionary_in_force_at_a_time_is_found(store: Store, now: dt.datetime) -> None:
    day = dt.timedelta(days=1)
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)
        for number, name in enumerate("ab"):
            projects.note_design(connection, "main", Design([{"field_name": name}]), now + number * day)
        found = [projects.version(connection, "main", now + when * day) for when in (-1, 0, 0.5, 1, 9)]
        newest = projects.version(connection, "main")

    assert (found, newest) == ([None, 1, 1, 2, 2], 2)


def test_a_run_that_never_ended_is_noted_as_interrupted_by_the_next(store: Store, now: dt.datetime) -> None:
    later = now + dt.timedelta(hours=1)
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)
        first = runs.start(connection, "main", "full", now)
        other = runs.start(connection, "audit", "full", now)
        second = runs.start(connection, "main", "full", later)
        states = [runs.of(connection, run).state for run in (first, other, second)]

    assert states == ["interrupted", "running", "running"]


def test_only_a_complete_run_moves_the_cursor(store: Store, now: dt.datetime) -> None:
    hi = now - dt.timedelta(minutes=1)
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)
        failed = runs.start(connection, "main", "full", now)
        runs.fail(connection, failed, tally=Tally(inserted=2), note="Busy", at=now)
    assert store.cursor("main") is None
    last = store.last_run("main")
    assert last
    assert (last.state, last.note, last.changed, last.finished_at) == ("failed", "Busy", 2, now)

    for n in range(2):
        with store.begin() as connection:
            run = runs.start(connection, "main", "changed", now, lo=hi)
            runs.complete(
                connection, run, records=12, tally=Tally(1, 2, 3, 4), hi=hi + dt.timedelta(days=n), at=now, listed=40,
                quarantined=1,
            )  # fmt: skip

    last = store.last_run("main")
    assert last
    assert (last.state, last.records, last.tally, last.changed) == ("complete", 12, Tally(1, 2, 3, 4), 6)
    assert (last.mode, last.lo, last.listed, last.quarantined) == ("changed", hi, 40, 1)
    assert store.cursor("main") == hi + dt.timedelta(days=1)
    assert store.last_run("audit") is None


def test_the_newest_complete_run_is_found_by_time_number_and_kind(store: Store, now: dt.datetime) -> None:
    day = dt.timedelta(days=1)
    with store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, now)
        for n, mode in enumerate(["full", "changed", "reconcile", "changed"]):
            run = runs.start(connection, "main", mode, now + n * day)
            runs.complete(connection, run, records=0, tally=Tally(), hi=now, at=now + n * day)
        runs.fail(connection, runs.start(connection, "main", "full", now), tally=Tally(), note="Busy", at=now)
        first = run - 3

        def newest(**wanted: Any) -> int | None:
            found = runs.newest(connection, "main", **wanted)
            return found.id - first if found else None

        assert newest() == 3
        assert newest(modes=runs.WHOLE) == 2
        assert newest(before=now + 1.5 * day) == 1
        assert newest(until=run - 2) == 1
        assert newest(until=run - 2, modes=runs.WHOLE) == 0
        assert newest(before=now - day) is None
        assert runs.newest(connection, "audit") is None


def test_a_run_that_was_overtaken_takes_nothing_in_any_more(store: Store, run: int, now: dt.datetime) -> None:
    with store.begin() as connection:
        newer = runs.start(connection, "main", "changed", now)

    def late(what: str) -> None:
        with store.begin() as connection:
            connection.execute(tables.project.update().values(redcap_version="stale"))
            if what == "chunk":
                runs.chunk_done(connection, run, 0, ["A"], now)
            else:
                runs.complete(connection, run, records=1, tally=Tally(), hi=now, at=now)

    for what in ("chunk", "end"):
        with pytest.raises(StoreLocked, match="Another pull of this project began"):
            late(what)

    place = store.place("main")
    assert place
    assert place.redcap_version == ""
    assert store.cursor("main") is None
    with store.begin() as connection:
        runs.chunk_done(connection, newer, 0, ["A"], now)
        runs.complete(connection, newer, records=1, tally=Tally(), hi=now, at=now)
    assert store.cursor("main") == now
