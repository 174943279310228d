"""REDCap's rows in the store: taken in whole, never twice, never lost, and all their past kept. On both databases."""

from __future__ import annotations

import hashlib
import itertools
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, inspect, select
from sqlalchemy.exc import IntegrityError
from tests.store.conftest import NOW, REDCAP, Home
from tests.store.filling import entry, past, take_in

from breakthrough.entry import Entry, EntryKey
from breakthrough.store import Seen, Store, Tally, known, projects, rows, runs, tables
from breakthrough.store.tables import ROW_KEY, row_current, row_history


def test_entries_are_read_back_as_they_were(store: Store, run: int) -> None:
    given_ = [
        entry("T001", 1, "north", name="Ångström 學 🎉", text="one\r\ntwo\t'\"\\N\\.", zeros="007"),
        entry("T001", 10, "north", x="1"),
        entry("T001", 2, "north", x="1"),
        entry("T002", 0, instrument="profile", nul="a\x00b", bell="\x07\x7f\u2028"),
    ]

    tally = take_in(store, run, ["T001", "T002"], given_)

    assert tally == Tally(inserted=4)
    assert list(store.entries("main")) == [given_[0], given_[2], given_[1], given_[3]]
    assert [e.key.instance for e in store.entries("main", "monthly")] == [1, 2, 10]
    assert list(store.entries("main", "profile")) == [given_[3]]
    assert list(store.entries("other")) == []


def test_names_that_many_entries_have_are_in_memory_once(store: Store, run: int) -> None:
    take_in(store, run, ["T001"], [entry("T001", at, "north", x="1") for at in (1, 2)])

    for first, second in (list(store.entries("main")), list(store.entries("main", as_of=run))):
        for name in ("project", "record", "event", "instrument"):
            assert getattr(first.key, name) is getattr(second.key, name)
        assert first.dag is second.dag


def test_entries_come_in_the_order_of_code_points_whatever_the_servers_language(store: Store, run: int) -> None:
    names = ["b", "B", "a", "ä", "_", "10", "9", "Z", "ÿ", "𝒜", "-1", "a b", "ab", "A"]
    take_in(store, run, names, [entry(name, a="1") for name in names])

    assert [e.key.record for e in store.entries("main")] == sorted(names)
    with store.read() as connection:
        assert [name for name, _ in known.each(connection, "main")] == sorted(names)


def test_what_is_stored_is_the_same_text_on_both_databases(store: Store, run: int) -> None:
    take_in(store, run, ["A"], [entry("A", b="ø\n\x00", a="1")])

    with store.read() as connection:
        for table in ("row_current", "row_history"):
            text = connection.exec_driver_sql(f"SELECT CAST(data AS text) FROM {table}").scalar()  # noqa: S608
            assert text == '{"a":"1","b":"ø\\n\\u0000"}'


def test_the_digest_of_an_entry_is_what_it_was_in_version_1() -> None:
    given_ = Entry(EntryKey("main", "A", "", "f", 0), "norð", {"b": '1\x00\x7f"\\', "a": "🎉"})

    text = json.dumps(["norð", [["a", "🎉"], ["b", '1\x00\x7f"\\']]], ensure_ascii=False, separators=(",", ":"))
    assert given_.digest == hashlib.sha256(text.encode()).hexdigest()


def test_the_same_chunk_twice_writes_nothing(store: Store, run: int) -> None:
    given_ = [entry("T001", 1, a="1"), entry("T001", 2, a="2")]
    take_in(store, run, ["T001"], given_)
    before = _everything(store)

    tally = take_in(store, run, ["T001"], list(reversed(given_)))

    assert tally == Tally(unchanged=2)
    assert _everything(store) == before


def test_the_same_chunk_twice_does_not_touch_a_file(file: Home) -> None:
    with file.open() as store, store.begin() as connection:
        projects.claim(connection, "main", REDCAP, 13, NOW)
        run = runs.start(connection, "main", "full", NOW)
    with file.open() as store:
        take_in(store, run, ["T001"], [entry("T001", 1, a="1")])
    path = Path(file.url.removeprefix("sqlite:///"))
    before = path.read_bytes()

    with file.open() as store:
        take_in(store, run, ["T001"], [entry("T001", 1, a="1")])

    assert path.read_bytes() == before


def test_a_changed_value_a_changed_group_and_a_blanked_field_are_changes(store: Store, run: int) -> None:
    take_in(store, run, ["A", "B", "C"], [entry("A", a="1"), entry("B", dag="north"), entry("C", a="1", b="2")])

    tally = take_in(store, run, ["A", "B", "C"], [entry("A", a="2"), entry("B", dag="south"), entry("C", a="1")])

    assert tally == Tally(updated=3)
    assert list(store.entries("main")) == [entry("A", a="2"), entry("B", dag="south"), entry("C", a="1")]
    assert [cause for op, cause, *_ in past(store) if op == "U"] == ["edited", "moved", "edited"]


def test_a_row_that_changes_its_group_and_a_value_was_edited(store: Store, run: int) -> None:
    take_in(store, run, ["A"], [entry("A", dag="north", a="1")])
    take_in(store, run, ["A"], [entry("A", dag="south", a="2")])

    assert [(op, cause) for op, cause, *_ in past(store)] == [("I", "entered"), ("U", "edited")]


def test_a_row_that_is_absent_goes_and_its_past_stays(store: Store, run: int) -> None:
    take_in(store, run, ["T001", "T002"], [entry("T001", 1, a="1"), entry("T001", 2, a="2"), entry("T002", 1, a="3")])

    tally = take_in(store, run, ["T001"], [entry("T001", 2, a="2")])

    assert tally == Tally(deleted=1, unchanged=1)
    assert list(store.entries("main")) == [entry("T001", 2, a="2"), entry("T002", 1, a="3")]
    assert past(store) == [
        ("I", "entered", "main/T001/monthly/1", '{"a": "1"}'),
        ("I", "entered", "main/T001/monthly/2", '{"a": "2"}'),
        ("I", "entered", "main/T002/monthly/1", '{"a": "3"}'),
        ("D", "row", "main/T001/monthly/1", "{}"),
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
    assert [(op, cause) for op, cause, *_ in past(store)] == [("I", "entered"), ("D", "record"), ("I", "returned")]
    assert list(store.entries("main")) == [entry("T001", a="1")]


def test_records_that_were_not_asked_for_are_left_alone(store: Store, run: int) -> None:
    take_in(store, run, ["T001", "T0010", "t001"], [entry(r, a="1") for r in ("T001", "T0010", "t001")])

    take_in(store, run, ["T001"], [])

    assert store.records("main") == {"T0010", "t001"}


def test_letting_records_go_takes_every_row_of_them_and_says_why(store: Store, run: int) -> None:
    take_in(store, run, ["A", "B", "C"], [entry("A", 1), entry("A", 2), entry("B", 1), entry("C", 1)])

    with store.begin() as connection:
        tally = rows.let_go(connection, "main", {"A", "never there"}, Seen(run, NOW, 1))
        rows.let_go(connection, "main", {"C"}, Seen(run, NOW, 1), cause="renamed")

    assert tally == Tally(deleted=2)
    assert store.records("main") == {"B"}
    assert [(key, cause) for op, cause, key, _ in past(store) if op == "D"] == [
        ("main/A/monthly/1", "record"),
        ("main/A/monthly/2", "record"),
        ("main/C/monthly/1", "renamed"),
    ]


def test_a_record_without_rows_is_known_too_and_known_to_have_gone(store: Store, run: int) -> None:
    take_in(store, run, ["A", "B", "C"], [entry("A", a="1")], present={"A": "", "B": "north"})
    assert store.records("main") == {"A", "B"}
    with store.read() as connection:
        assert known.groups(connection, "main") == {"A": "", "B": "north"}
        assert rows.has_groups(connection, "main")

    take_in(store, run, ["A", "B"], [entry("A", a="1")], present={"A": "", "B": ""})
    with store.read() as connection:
        assert not rows.has_groups(connection, "main")

    take_in(store, run, ["A", "B"], [], present={"A": ""})
    assert store.records("main") == {"A"}
    # its row has gone, while the record is there
    assert [(op, cause) for op, cause, *_ in past(store)] == [("I", "entered"), ("D", "row")]


def test_entries_are_counted_by_instrument(store: Store, run: int) -> None:
    take_in(store, run, ["A", "B"], [entry("A", 1), entry("A", 2), entry("B", 0, instrument="profile")])
    take_in(store, run, ["A"], [entry("A", 2)])

    assert store.counts("main") == {"monthly": 1, "profile": 1}
    assert store.counts("other") == {}


def test_a_record_that_comes_back_is_known_since_then(store: Store, run: int) -> None:
    take_in(store, run, ["A"], [], present={"A": "north"})
    take_in(store, run, ["A"], [])
    with store.begin() as connection:
        later = runs.start(connection, "main", "full", NOW)
    take_in(store, later, ["A"], [], present={"A": "south"})

    with store.read() as connection:
        table = tables.record
        line = connection.execute(select(table.c.record, table.c.dag, table.c.since_run, table.c.run)).one()
    assert tuple(line) == ("A", "south", later, later)


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


def test_two_entries_of_one_key_are_refused_and_change_nothing(store: Store, run: int) -> None:
    with pytest.raises(IntegrityError) as refused:
        take_in(store, run, ["T001"], [entry("T001", a="secret"), entry("T001", a="other secret")])

    assert "secret" not in str(refused.value)
    assert list(store.history("main")) == []
    assert store.records("main") == set()


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
    assert store.records("main") == {"A"}
    assert len(list(store.history("main"))) == 1


def test_history_can_be_read_for_one_record_or_instrument(store: Store, run: int) -> None:
    take_in(store, run, ["A", "B"], [entry("A", 1, x="1"), entry("A", 0, instrument="profile"), entry("B", 1)])

    assert [str(v.entry.key) for v in store.history("main", record="A")] == ["main/A/monthly/1", "main/A/profile"]
    assert [str(v.entry.key) for v in store.history("main", instrument="profile")] == ["main/A/profile"]
    version = next(store.history("main"))
    assert (version.run, version.seen_at, version.schema_version, version.op) == (run, NOW, 1, "I")


def test_a_large_chunk_is_taken_in_whole(store: Store, run: int) -> None:
    names = [f"R{n}" for n in range(1203)]
    take_in(store, run, names, [entry(name, a="1") for name in names])

    assert take_in(store, run, names, [entry(name, a="1") for name in names[:-3]]) == Tally(deleted=3, unchanged=1200)
    assert len(store.records("main")) == 1200
    assert [v.entry.key.record for v in store.history("main")][:1203] == names


def test_two_projects_in_one_store_do_not_touch_each_other(store: Store, run: int) -> None:
    take_in(store, run, ["1"], [entry("1", a="main")])
    with store.begin() as connection:
        projects.claim(connection, "audit", REDCAP, 14, NOW)
        other = runs.start(connection, "audit", "full", NOW)
        rows.apply(connection, "audit", ["1"], [], Seen(other, NOW, 1))
        assert projects.names(connection) == ("audit", "main")

    assert list(store.entries("main")) == [entry("1", a="main")]


def test_no_column_of_a_key_may_be_null_so_that_equal_keys_are_equal(store: Store, run: int) -> None:
    take_in(store, run, ["A"], [entry("A", 0, instrument="profile")])

    with store.read() as connection:
        look = inspect(connection)
        nullable = {
            (table, column["name"])
            for table in look.get_table_names()
            for column in look.get_columns(table)
            if column["nullable"] and column["name"] in look.get_pk_constraint(table)["constrained_columns"]
        }
        stored = connection.execute(select(*(row_current.c[name] for name in ROW_KEY))).all()

    assert nullable == set()
    assert [tuple(row) for row in stored] == [("main", "A", "", "profile", 0)]


# --- against an oracle that is nothing but a dict --------------------------------------------------------------------

_RECORDS = ["T001", "T002", "ø 3"]
_rows = st.dictionaries(
    st.tuples(st.sampled_from(_RECORDS), st.sampled_from(["profile", "monthly"]), st.integers(0, 2)),
    st.tuples(st.sampled_from(["", "north"]), st.dictionaries(st.sampled_from("abc"), st.sampled_from(["1", "2"]))),
    max_size=6,
)
_answers = st.lists(st.tuples(st.sets(st.sampled_from(_RECORDS), min_size=1), _rows), min_size=1, max_size=8)
_numbers = itertools.count()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(_answers)
def test_after_any_answers_the_store_equals_the_oracle_and_history_tells_how_it_came_about(
    store: Store,
    given_: list[tuple[set[str], dict[tuple[str, str, int], tuple[str, dict[str, str]]]]],
) -> None:
    project = f"p{next(_numbers)}"  # in one store, each example has a project to itself
    oracle: dict[tuple[str, str, int], tuple[str, dict[str, str]]] = {}
    before: list[tuple[int, dict[tuple[str, str, int], tuple[str, dict[str, str]]]]] = []
    changes = 0
    with store.begin() as connection:
        projects.claim(connection, project, REDCAP, 13, NOW)
    for asked, answer in given_:
        truth = {key: row for key, row in answer.items() if key[0] in asked}
        changes += sum(oracle.get(key) != row for key, row in truth.items())
        changes += sum(key[0] in asked and key not in truth for key in oracle)
        oracle = {key: row for key, row in oracle.items() if key[0] not in asked} | truth
        entries = [Entry(EntryKey(project, r, "", f, i), dag, v) for (r, f, i), (dag, v) in truth.items()]
        with store.begin() as connection:
            run = runs.start(connection, project, "full", NOW)
        take_in(store, run, sorted(asked), entries, project=project)
        # the same answer again changes nothing
        assert take_in(store, run, sorted(asked), entries[::-1], project=project) == Tally(unchanged=len(entries))
        before.append((run, dict(oracle)))

    def held(as_of: int | None = None) -> dict[tuple[str, str, int], tuple[str, dict[str, str]]]:
        found = list(store.entries(project, as_of=as_of))
        keys = [(e.key.record, e.key.event, e.key.instrument, e.key.instance) for e in found]
        assert keys == sorted(keys)
        return {(e.key.record, e.key.instrument, e.key.instance): (e.dag, dict(e.values)) for e in found}

    replayed = {}
    for version in store.history(project):
        key = (version.entry.key.record, version.entry.key.instrument, version.entry.key.instance)
        replayed[key] = (version.op, version.entry.dag, version.entry.values)
    assert held() == oracle
    assert {key: row for key, (op, *row) in replayed.items() if op != "D"} == {k: list(v) for k, v in oracle.items()}
    assert store.records(project) == {key[0] for key in oracle}
    for run, then in before:
        assert held(as_of=run) == then
    with store.read() as connection:
        mine = select(func.count()).select_from(row_history).where(row_history.c.project == project)
        assert connection.execute(mine).scalar() == changes


def _everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in tables.metadata.sorted_tables
        }
