"""What pulls remember from one to the next: proofs, drift, quarantine, deletions, hints, refusals, renames."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.conftest import REDCAP
from tests.store.filling import entry, take_in

from breakthrough.store import (
    Proof,
    Store,
    aliases,
    deletions,
    hints,
    projects,
    proof,
    quarantine,
    reconciliations,
    refusals,
    runs,
)

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


# --- proofs -----------------------------------------------------------------------------------------------------------


def summed(*records: tuple[str, list[str]]) -> Proof:
    total = proof.Sum()
    for name, values in records:
        total.add(name, [entry(name, n, x=value) for n, value in enumerate(values, 1)])
    return total.proof()


def test_a_store_proves_to_hold_what_was_answered(store: Store, run: int) -> None:
    answer = {
        "A": [entry("A", 1, x="1"), entry("A", 0, instrument="profile", y="1")],
        "B": [],
        "ø": [entry("ø", x="1")],
    }
    take_in(store, run, list(answer), [e for es in answer.values() for e in es], present=dict.fromkeys(answer, ""))
    take_in(store, run, ["gone"], [entry("gone", x="1")])
    take_in(store, run, ["gone"], [])

    total = proof.Sum()
    for name in ("ø", "B", "A"):
        total.add(name, reversed(answer[name]))
    with store.read() as connection:
        found = proof.of(connection, "main")
        each = proof.fingerprints(connection, "main", [*answer, "gone", "never there"])

    assert found == total.proof()
    assert (found.records, found.rows) == (3, {"monthly": 2, "profile": 1})
    assert {name: each[name] for name in answer} == {name: proof.fingerprint(es) for name, es in answer.items()}
    assert each["gone"] == each["never there"] == each["B"] == proof.fingerprint([])
    assert len(set(each.values())) == 3


def test_the_order_of_records_does_not_matter_and_everything_else_does() -> None:
    base = summed(("A", ["1", "2"]), ("B", ["3"]))

    assert summed(("B", ["3"]), ("A", ["1", "2"])) == base
    for other in (
        summed(("A", ["1"]), ("B", ["2", "3"])),  # the same rows under other records
        summed(("A", ["2", "1"]), ("B", ["3"])),  # under other instances
        summed(("A", ["1", "2"]), ("C", ["3"])),  # a renamed record
        summed(("A", ["1", "2"])),
        summed(("A", ["1", "2"]), ("B", ["3"]), ("C", [])),
        summed(("A", ["1", "2"]), ("B", ["3"]), ("B", ["3"])),
        summed(),
    ):
        assert other.digest != base.digest


_stores = st.dictionaries(st.sampled_from("ABC"), st.lists(st.sampled_from(["1", "2"]), max_size=2), max_size=3)


@settings(max_examples=100, deadline=None)
@given(_stores, _stores)
def test_proofs_are_equal_exactly_where_the_records_are(one: dict[str, list[str]], other: dict[str, list[str]]) -> None:
    assert (summed(*one.items()) == summed(*other.items())) == (one == other)


def test_the_drift_of_quick_pulls_is_kept_for_each_reconciliation(store: Store, run: int, now: dt.datetime) -> None:
    here, there = summed(("A", ["1"]), ("B", ["1"])), summed(("A", ["1"]), ("B", ["2"]))
    with store.begin() as connection:
        first = reconciliations.note(
            connection, "main", run, redcap=there, store=there, differing=1, missed=1, at=now
        )  # fmt: skip
        later = runs.start(connection, "main", "reconcile", now + DAY)
        second = reconciliations.note(
            connection, "main", later, redcap=there, store=here, differing=0, missed=0, at=now + DAY
        )
        kept = reconciliations.of(connection, "main")
        newest = reconciliations.of(connection, "main", newest=1)
        none = reconciliations.of(connection, "audit")

    assert kept == (second, first)
    assert newest == (second,)
    assert none == ()
    assert (first.checked, first.rows, first.drift, first.agreed) == (2, 2, 0.5, True)
    assert (second.drift, second.agreed) == (0.0, False)


# --- what waits -------------------------------------------------------------------------------------------------------


def test_a_record_in_quarantine_is_tried_again_and_released_when_it_is_answered_for(
    store: Store, run: int, now: dt.datetime
) -> None:
    with store.begin() as connection:
        quarantine.put(connection, "main", "B", "Overloaded", now)
        quarantine.put(connection, "main", "A", "Busy", now)
        quarantine.put(connection, "main", "A", "AnswerUnreadable", now + DAY)
    with store.read() as connection:
        kept = quarantine.of(connection, "main")
    with store.begin() as connection:
        released = quarantine.release(connection, "main", ["A", "C"])
        left = quarantine.of(connection, "main")

    assert [(one.record, one.why, one.since, one.last_at, one.attempts) for one in kept] == [
        ("A", "AnswerUnreadable", now, now + DAY, 2),
        ("B", "Overloaded", now, now, 1),
    ]
    assert released == 1
    assert left == kept[1:]


def test_a_record_that_a_list_lacks_waits_for_the_next_and_is_forgotten_when_it_is_back(
    store: Store, run: int, now: dt.datetime
) -> None:
    with store.begin() as connection:
        later = runs.start(connection, "main", "changed", now)
        deletions.note(connection, "main", ["A", "B"], run, now)
        assert deletions.confirm(connection, "main", "Ros", now) == 2
        assert deletions.confirm(connection, "main", "Ros", now) == 0
        waiting = deletions.note(connection, "main", {"B", "C"}, later, now + DAY)
        deletions.forget(connection, "main", ["C"])
        left = deletions.of(connection, "main")

    assert [(one.record, one.run, one.first_at, one.last_at, one.lists, one.confirmed_by) for one in waiting] == [
        ("B", run, now, now + DAY, 2, "Ros"),
        ("C", later, now + DAY, now + DAY, 1, ""),
    ]
    assert [one.confirmed_at for one in waiting] == [now, None]
    assert left == waiting[:1]


def test_thousands_of_missing_records_can_wait(store: Store, run: int, now: dt.datetime) -> None:
    names = [f"R{n:04}" for n in range(2000)]
    with store.begin() as connection:
        for n in range(2):
            waiting = deletions.note(connection, "main", names, run, now + n * MINUTE)

    assert [one.record for one in waiting] == names
    assert {one.lists for one in waiting} == {2}


def test_a_hint_is_due_when_it_is_quiet_or_has_waited_for_long_enough(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        first = hints.note(connection, "main", "A", now)
        again = hints.note(connection, "main", "A", now + MINUTE)
        hints.note(connection, "main", "B", now)
        assert (first, again) == (now + 2 * MINUTE, now + 3 * MINUTE)
        assert hints.due(connection, "main", now + MINUTE) == ()
        assert hints.due(connection, "main", now + 2 * MINUTE) == ("B",)
        assert hints.due(connection, "main", now + 3 * MINUTE) == ("A", "B")
        assert hints.due(connection, "audit", now + DAY) == ()
        assert hints.next_due(connection, "main") == now + 2 * MINUTE
        assert hints.next_due(connection, "audit") is None
        for minute in range(2, 60):  # somebody who saves each minute
            due_at = hints.note(connection, "main", "A", now + minute * MINUTE)
        assert due_at == now + hints.LONGEST


def test_a_hint_that_came_while_the_record_was_pulled_is_not_lost(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        for name in ("A", "B"):
            hints.note(connection, "main", name, now)
        hints.note(connection, "main", "B", now + 2 * MINUTE)
        hints.taken(connection, "main", ["A", "B", "C"], asked_at=now + MINUTE)

        assert hints.due(connection, "main", now + DAY) == ("B",)


def test_a_refusal_lasts_until_it_is_cleared_and_is_told_once(store: Store, now: dt.datetime) -> None:
    with store.begin() as connection:
        assert refusals.of(connection, "main") is None
        refusals.note(connection, "main", "AuthFailed", now)  # of a project that was never reached
        refusals.told(connection, "main", now + MINUTE)
        refusals.note(connection, "main", "Refused", now + DAY)
    with store.begin() as connection:
        found = refusals.of(connection, "main")
        assert refusals.of(connection, "audit") is None
        cleared = [refusals.clear(connection, "main") for _ in range(2)]

    assert found == refusals.Refusal("main", now, now + DAY, "Refused", now + MINUTE)
    assert cleared == [True, False]


@pytest.mark.parametrize(
    ("record", "family"),
    [("A", "ABC"), ("B", "ABC"), ("C", "ABC"), ("X", "XY"), ("Z", "Z")],
)
def test_all_names_of_a_record_are_found_from_any_of_them(
    store: Store, run: int, now: dt.datetime, record: str, family: str
) -> None:
    with store.begin() as connection:
        for old, new in ("AB", "BC", "XY"):
            aliases.note(connection, "main", old, new, run, now)
        projects.claim(connection, "audit", REDCAP, 14, now)
        aliases.note(connection, "audit", "Z", "A", run, now)

        assert aliases.family(connection, "main", record) == set(family)
        assert [(one.old, one.new, one.at) for one in aliases.of(connection, "main")] == [
            ("A", "B", now), ("B", "C", now), ("X", "Y", now)
        ]  # fmt: skip
