"""REDCap's rows in the store: taken in whole, never twice, never lost, and all their past kept."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from breakthrough.entry import Entry, EntryKey
from breakthrough.store import Seen, Store, Tally, projects, rows, runs
from breakthrough.store.tables import row_current, row_history

NOW = dt.datetime(2026, 3, 15, 6, 0, tzinfo=dt.UTC)


def entry(record: str, instance: int = 1, dag: str = "", *, instrument: str = "monthly", **values: str) -> Entry:
    return Entry(EntryKey("main", record, "", instrument, instance), dag, values)


def take_in(store: Store, run: int, records: list[str], entries: list[Entry]) -> Tally:
    with store.begin() as connection:
        return rows.apply(connection, "main", records, entries, Seen(run, NOW, 1))


def past(store: Store) -> list[tuple[str, str, str]]:
    return [(v.op, str(v.entry.key), json.dumps(dict(v.entry.values))) for v in store.history("main")]


def test_entries_are_read_back_as_they_were(store: Store, run: int) -> None:
    given_ = [
        entry("T001", 1, "north", name="Ångström 學 🎉", text="one\r\ntwo\t'\"", zeros="007"),
        entry("T001", 10, "north", x="1"),
        entry("T001", 2, "north", x="1"),
        entry("T002", 0, instrument="profile", nul="a\x00b"),
    ]

    tally = take_in(store, run, ["T001", "T002"], given_)

    assert tally == Tally(inserted=4)
    assert list(store.entries("main")) == [given_[0], given_[2], given_[1], given_[3]]
    assert [e.key.instance for e in store.entries("main", "monthly")] == [1, 2, 10]
    assert list(store.entries("main", "profile")) == [given_[3]]
    assert list(store.entries("other")) == []


def test_the_same_chunk_twice_writes_nothing(store: Store, run: int, url: str) -> None:
    given_ = [entry("T001", 1, a="1"), entry("T001", 2, a="2")]
    take_in(store, run, ["T001"], given_)
    store.close()
    path = Path(url.removeprefix("sqlite:///"))
    before = path.read_bytes()

    tally = take_in(store, run, ["T001"], list(reversed(given_)))
    store.close()

    assert tally == Tally(unchanged=2)
    assert path.read_bytes() == before


def test_a_changed_value_a_changed_group_and_a_blanked_field_are_changes(store: Store, run: int) -> None:
    take_in(store, run, ["A", "B", "C"], [entry("A", a="1"), entry("B", dag="north"), entry("C", a="1", b="2")])

    tally = take_in(store, run, ["A", "B", "C"], [entry("A", a="2"), entry("B", dag="south"), entry("C", a="1")])

    assert tally == Tally(updated=3)
    assert list(store.entries("main")) == [entry("A", a="2"), entry("B", dag="south"), entry("C", a="1")]


def test_a_row_that_is_absent_goes_and_its_past_stays(store: Store, run: int) -> None:
    take_in(store, run, ["T001", "T002"], [entry("T001", 1, a="1"), entry("T001", 2, a="2"), entry("T002", 1, a="3")])

    tally = take_in(store, run, ["T001"], [entry("T001", 2, a="2")])

    assert tally == Tally(deleted=1, unchanged=1)
    assert list(store.entries("main")) == [entry("T001", 2, a="2"), entry("T002", 1, a="3")]
    assert past(store) == [
        ("I", "main/T001/monthly/1", '{"a": "1"}'),
        ("I", "main/T001/monthly/2", '{"a": "2"}'),
        ("I", "main/T002/monthly/1", '{"a": "3"}'),
        ("D", "main/T001/monthly/1", "{}"),
    ]


def test_a_row_that_has_gone_keeps_no_values_outside_the_history(store: Store, run: int) -> None:
    take_in(store, run, ["T001"], [entry("T001", dag="north", a="secret")])
    take_in(store, run, ["T001"], [])

    with store.read() as connection:
        gone = connection.execute(select(row_current)).one()

    assert (gone.data, gone.dag, gone.digest, gone.deleted_at) == ({}, "", "", NOW)


def test_a_row_that_comes_back_is_inserted_anew(store: Store, run: int) -> None:
    take_in(store, run, ["T001"], [entry("T001", a="1")])
    take_in(store, run, ["T001"], [])
    take_in(store, run, ["T001"], [])

    assert take_in(store, run, ["T001"], [entry("T001", a="1")]) == Tally(inserted=1)
    assert [op for op, _, _ in past(store)] == ["I", "D", "I"]
    assert list(store.entries("main")) == [entry("T001", a="1")]


def test_records_that_were_not_asked_for_are_left_alone(store: Store, run: int) -> None:
    take_in(store, run, ["T001", "T0010", "t001"], [entry(r, a="1") for r in ("T001", "T0010", "t001")])

    take_in(store, run, ["T001"], [])

    assert store.records("main") == {"T0010", "t001"}


def test_letting_records_go_takes_every_row_of_them(store: Store, run: int) -> None:
    take_in(store, run, ["A", "B"], [entry("A", 1), entry("A", 2), entry("B", 1)])

    with store.begin() as connection:
        tally = rows.let_go(connection, "main", {"A", "never there"}, Seen(run, NOW, 1))

    assert tally == Tally(deleted=2)
    assert store.records("main") == {"B"}


@pytest.mark.parametrize(
    "stray",
    [entry("T002", a="1"), Entry(EntryKey("audit", "T001", "", "monthly", 1), "", {})],
    ids=["record", "project"],
)
def test_an_entry_of_another_record_or_project_is_a_mistake_and_changes_nothing(
    store: Store, run: int, stray: Entry
) -> None:
    with pytest.raises(ValueError, match="another"):
        take_in(store, run, ["T001"], [entry("T001", a="1"), stray])

    assert list(store.history("main")) == []


def test_an_error_undoes_the_whole_chunk(store: Store, run: int) -> None:
    take_in(store, run, ["A"], [entry("A", a="1")])

    def breaks_off() -> None:
        with store.begin() as connection:
            rows.apply(connection, "main", ["A", "B"], [entry("A", a="2"), entry("B")], Seen(run, NOW, 1))
            runs.chunk_done(connection, run, 0, ["A", "B"], NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        breaks_off()

    assert list(store.entries("main")) == [entry("A", a="1")]
    assert len(list(store.history("main"))) == 1


def test_history_can_be_read_for_one_record_or_instrument(store: Store, run: int) -> None:
    take_in(store, run, ["A", "B"], [entry("A", 1, x="1"), entry("A", 0, instrument="profile"), entry("B", 1)])

    assert [str(v.entry.key) for v in store.history("main", record="A")] == ["main/A/monthly/1", "main/A/profile"]
    assert [str(v.entry.key) for v in store.history("main", instrument="profile")] == ["main/A/profile"]
    version = next(store.history("main"))
    assert (version.run, version.seen_at, version.schema_version, version.op) == (run, NOW, 1, "I")


def test_a_chunk_larger_than_one_query_is_taken_in_whole(store: Store, run: int) -> None:
    names = [f"R{n}" for n in range(1203)]
    take_in(store, run, names, [entry(name, a="1") for name in names])

    assert take_in(store, run, names, [entry(name, a="1") for name in names[:-3]]) == Tally(deleted=3, unchanged=1200)
    assert len(store.records("main")) == 1200


def test_two_projects_in_one_store_do_not_touch_each_other(store: Store, run: int) -> None:
    take_in(store, run, ["1"], [entry("1", a="main")])
    with store.begin() as connection:
        projects.claim(connection, "audit", "https://redcap.example.org/api/", 14, NOW)
        other = runs.start(connection, "audit", "full", NOW)
        rows.apply(connection, "audit", ["1"], [], Seen(other, NOW, 1))

    assert list(store.entries("main")) == [entry("1", a="main")]


# --- against an oracle that is nothing but a dict --------------------------------------------------------------------------

_RECORDS = ["T001", "T002", "ø 3"]
_rows = st.dictionaries(
    st.tuples(st.sampled_from(_RECORDS), st.sampled_from(["profile", "monthly"]), st.integers(0, 2)),
    st.tuples(st.sampled_from(["", "north"]), st.dictionaries(st.sampled_from("abc"), st.sampled_from(["1", "2"]))),
    max_size=6,
)
_answers = st.lists(st.tuples(st.sets(st.sampled_from(_RECORDS), min_size=1), _rows), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_answers)
def test_after_any_answers_the_store_equals_the_oracle_and_history_tells_how_it_came_about(
    given_: list[tuple[set[str], dict[tuple[str, str, int], tuple[str, dict[str, str]]]]],
) -> None:
    oracle: dict[tuple[str, str, int], tuple[str, dict[str, str]]] = {}
    changes = 0
    with tempfile.TemporaryDirectory() as folder, Store.open(f"sqlite:///{folder}/s.sqlite") as store:
        with store.begin() as connection:
            projects.claim(connection, "main", "https://redcap.example.org/api/", 13, NOW)
            run = runs.start(connection, "main", "full", NOW)
        for asked, answer in given_:
            truth = {key: row for key, row in answer.items() if key[0] in asked}
            changes += sum(oracle.get(key) != row for key, row in truth.items())
            changes += sum(key[0] in asked and key not in truth for key in oracle)
            oracle = {key: row for key, row in oracle.items() if key[0] not in asked} | truth
            entries = [Entry(EntryKey("main", r, "", f, i), dag, v) for (r, f, i), (dag, v) in truth.items()]
            take_in(store, run, sorted(asked), entries)
            # the same answer again changes nothing
            assert take_in(store, run, sorted(asked), entries[::-1]) == Tally(unchanged=len(entries))

        held = {(e.key.record, e.key.instrument, e.key.instance): (e.dag, e.values) for e in store.entries("main")}
        replayed = {}
        for version in store.history("main"):
            key = (version.entry.key.record, version.entry.key.instrument, version.entry.key.instance)
            replayed[key] = (version.op, version.entry.dag, version.entry.values)
        assert held == oracle
        assert {key: row for key, (op, *row) in replayed.items() if op != "D"} == {
            k: list(v) for k, v in oracle.items()
        }
        assert store.records("main") == {key[0] for key in oracle}
        with store.read() as connection:
            assert connection.execute(select(func.count()).select_from(row_history)).scalar() == changes


def test_keys_hold_no_null_so_that_equal_keys_are_equal(store: Store, run: int, url: str) -> None:
    take_in(store, run, ["A"], [entry("A", 0, instrument="profile")])
    store.close()

    with sqlite3.connect(url.removeprefix("sqlite:///")) as raw:
        stored = raw.execute("SELECT project, record, event, instrument, instance FROM row_current").fetchall()
        nullable = [c[1] for c in raw.execute("PRAGMA table_info(row_current)") if not c[3] and c[5]]
    raw.close()

    assert stored == [("main", "A", "", "profile", 0)]
    assert nullable == []
