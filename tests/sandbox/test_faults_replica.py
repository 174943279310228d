"""Replica lag: reads show what was stored some seconds ago."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sandbox.conftest import SUPER_TOKEN, TEAM, Api, field, new_project

from redcap_sandbox import serve
from redcap_sandbox.faults.kinds import Lag
from redcap_sandbox.faults.replica import Replicated
from redcap_sandbox.faults.rules import Plan
from redcap_sandbox.faults.striking import Faults


class Replica:
    """A server with a lagging replica and a hand on its time, and a project there with the records 1, 2 and 3."""

    def __init__(self, folder: Path) -> None:
        self.seconds = 1000.0
        self.sandbox = serve(folder, SUPER_TOKEN, faults=Faults(now=lambda: self.seconds))
        self.owner = new_project(self.sandbox, TEAM)
        self.owner.save({"record_id": "1"}, {"record_id": "2"}, {"record_id": "3"})
        self.seconds += 1000

    def lags(self, **settings: Any) -> None:
        self.sandbox.faults.replace(Plan((Lag(**settings),)))

    def records(self) -> str:
        return " ".join(row["record_id"] for row in self.owner.json("record"))


@pytest.fixture
def replica(tmp_path: Path) -> Iterator[Replica]:
    replica = Replica(tmp_path)
    yield replica
    replica.sandbox.close()


def test_a_lagging_replica_does_not_show_what_was_just_written(replica: Replica) -> None:
    replica.lags(seconds=10, content="record")
    replica.owner.save({"record_id": "4"})
    assert replica.records() == "1 2 3"
    replica.seconds += 9
    assert replica.records() == "1 2 3"
    replica.seconds += 1.1
    assert replica.records() == "1 2 3 4"


def test_a_write_is_shown_after_the_lag_although_another_came_since(replica: Replica) -> None:
    replica.lags(seconds=10)
    replica.owner.save({"record_id": "4"})
    replica.seconds += 6
    replica.owner.save({"record_id": "5"})
    replica.seconds += 5
    assert replica.records() == "1 2 3 4"
    replica.seconds += 6
    assert replica.records() == "1 2 3 4 5"


def test_a_replica_lags_in_deletions_too_and_only_where_a_rule_strikes(replica: Replica) -> None:
    replica.lags(seconds=10, content="record", action="export", nth=1)
    replica.owner.json("record", action="delete", **{"records[0]": "1"})
    assert replica.records() == "1 2 3"
    assert replica.records() == "2 3"


def test_a_replica_that_lags_does_not_know_a_token_that_is_new(replica: Replica) -> None:
    replica.lags(seconds=10)
    project = replica.owner.json("project")["project_id"]
    replica.owner.json("user", data=[{"username": "ann", "api_export": 1}])
    ann = Api(replica.sandbox.url, replica.sandbox.token_for(project, "ann"))
    assert ann.refusal("record") == (403, "You do not have permissions to use the API")
    replica.seconds += 11
    assert len(ann.json("record")) == 3


def test_writes_never_lag(replica: Replica) -> None:
    replica.lags(seconds=10)
    replica.owner.save({"record_id": "4"})
    assert replica.owner.json("record", action="delete", **{"records[0]": "4"}) == 1


def test_when_nothing_was_written_a_lag_shows_nothing(replica: Replica) -> None:
    replica.lags(seconds=10)
    assert replica.records() == "1 2 3"


def test_a_failed_write_does_not_disturb_a_replica(replica: Replica) -> None:
    replica.lags(seconds=10)
    replica.owner.refusal("record", action="import", data=[{"record_id": "4", "unknown": "x"}])
    replica.owner.save({"record_id": "5"})
    assert replica.records() == "1 2 3"
    replica.sandbox.faults.replace(Plan())
    assert replica.records() == "1 2 3 5"


def test_many_clients_read_one_past_at_a_time_of_their_own(replica: Replica) -> None:
    replica.owner.save(*({"record_id": str(number), "town": "x" * 200} for number in range(1, 1001)))
    replica.seconds += 1000
    replica.lags(seconds=10)
    replica.owner.save({"record_id": "9999"})
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(len(replica.owner.json("record")))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1000] * 8


def test_a_server_with_a_lagging_replica_closes_cleanly_and_keeps_what_was_written(tmp_path: Path) -> None:
    with serve(tmp_path, SUPER_TOKEN) as first:
        first.faults.replace(Plan((Lag(seconds=100, content="record"),)))
        reply = Api(first.url, SUPER_TOKEN).call("project", format="json", data=[{"project_title": "A", "purpose": 3}])
        owner = Api(first.url, reply.text[-32:])
        owner.json("metadata", data=[field("record_id", "f")])
        owner.save({"record_id": "7"})
    with serve(tmp_path, SUPER_TOKEN) as second:
        assert Api(second.url, owner.token).json("record")[0]["record_id"] == "7"


Step = tuple[float, str]


@settings(max_examples=60, deadline=None)
@given(
    lag=st.sampled_from([1.0, 10.0]),
    steps=st.lists(
        st.tuples(
            st.sampled_from([0.0, 0.001, 0.01, 0.1, 0.5, 1.0, 3.0, 11.0]), st.sampled_from(["write", "fail", "read"])
        ),
        max_size=40,
    ),
)
def test_a_replica_shows_what_was_stored_the_lag_ago(
    tmp_path_factory: pytest.TempPathFactory, lag: float, steps: list[Step]
) -> None:
    seconds = [100.0]
    storage = Replicated(tmp_path_factory.mktemp("replica"), lambda: lag, now=lambda: seconds[0])
    with storage.writing() as db:
        db.execute("CREATE TABLE counter (value INTEGER)")
        db.execute("INSERT INTO counter VALUES (0)")
    seconds[0] += 1000
    history = [(0.0, 0)]  # when which value was stored
    for wait, step in steps:
        seconds[0] += wait
        if step == "read":
            with storage.lagging(lag).reading() as db:
                (value,) = db.execute("SELECT value FROM counter").fetchone()
            allowed = {stored for at, stored in history if at >= seconds[0] - lag * 1.02 and at <= seconds[0] - lag}
            allowed.add([stored for at, stored in history if at <= seconds[0] - lag * 1.02][-1])
            assert value in allowed
        else:
            with suppress(sqlite3.OperationalError), storage.writing() as db:
                db.execute("UPDATE counter SET value = value + 1")
                if step == "fail":
                    db.execute("no such statement")
            if step == "write":
                history.append((seconds[0], history[-1][1] + 1))
    with storage.reading() as db:
        assert db.execute("SELECT value FROM counter").fetchone() == (history[-1][1],)
    storage.close()


def test_without_a_lag_in_force_nothing_is_kept(tmp_path: Path) -> None:
    lag = [5.0]
    storage = Replicated(tmp_path, lambda: lag[0])
    for _ in range(20):
        with storage.writing() as db:
            db.execute("CREATE TABLE IF NOT EXISTS t (v)")
    assert 1 <= len(storage._history._pasts) <= 20
    lag[0] = 0
    with storage.writing():
        pass
    assert storage._history._pasts == []
    storage.close()


def test_a_past_that_is_being_read_is_kept_until_it_was_read(tmp_path: Path) -> None:
    seconds = [100.0]
    storage = Replicated(tmp_path, lambda: 5.0, now=lambda: seconds[0])
    with storage.writing() as db:
        db.execute("CREATE TABLE t (v)")
    seconds[0] += 10
    with storage.writing() as db:
        db.execute("INSERT INTO t VALUES (1)")
    with storage.lagging(5.0).reading() as past:
        seconds[0] += 10
        with storage.writing() as db:
            db.execute("INSERT INTO t VALUES (2)")
        assert past.execute("SELECT count(*) FROM t").fetchone() == (0,)
    storage.close()
