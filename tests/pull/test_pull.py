"""A pull over real HTTP from a sandbox REDCap into a real store, and everything that may not happen to it."""

from __future__ import annotations

import datetime as dt
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.pull.conftest import DICTIONARY, Site, field

from breakthrough.errors import AnswerUnreadable, Busy, Refused, StoreLocked, WrongProject
from breakthrough.pull import pull
from breakthrough.redcap.client import Client
from breakthrough.store import Run, Store, Tally
from breakthrough.store import store as store_module

FEW = 2  # records a chunk


def brought_level(site: Site, store: Store, now: dt.datetime, client: Client | None = None, **more: Any) -> Run:
    return pull(store, client or site.client, now=now, chunk=FEW, **more)


def held(store: Store) -> dict[tuple[str, str, int], dict[str, str]]:
    return {(e.key.record, e.key.instrument, e.key.instance): dict(e.values) for e in store.entries("main")}


def content(store: Store) -> tuple[list[Any], list[Any]]:
    return list(store.entries("main")), list(store.history("main"))


def test_after_a_pull_the_store_holds_what_redcap_holds(site: Site, store: Store, now: dt.datetime) -> None:
    site.enter({"record_id": "T002", "tp_days___2": "1", "tc_aim": "Fewer\nabsences: déjà"})

    run = brought_level(site, store, now)

    assert held(store) == site.truth()
    assert held(store)["T003", "monthly_measures", 2] == {
        "mm_period": "2026-02-01",
        "sd_abs": "200",
        "monthly_measures_complete": "0",
    }
    assert held(store)["T002", "team_profile", 0] == {
        "tp_name": "Team T002",
        "tp_days___2": "1",
        "team_profile_complete": "0",
    }
    assert {e.key.record: e.dag for e in store.entries("main", "monthly_measures")} == {
        f"T00{n}": f"t00{n}" for n in range(1, 6)
    }
    assert (run.state, run.mode, run.records, run.tally) == ("complete", "full", 5, Tally(inserted=21))
    assert store.dictionary("main") == DICTIONARY


def test_a_second_pull_changes_nothing(site: Site, store: Store, now: dt.datetime) -> None:
    brought_level(site, store, now)
    before = content(store)

    run = brought_level(site, store, now + dt.timedelta(days=1))

    assert content(store) == before
    assert run.tally == Tally(unchanged=20)
    assert store.last_run("main") == run


def test_edits_deletions_and_new_records_arrive(site: Site, store: Store, now: dt.datetime) -> None:
    brought_level(site, store, now)
    site.enter(site.month("T001", 2, 999), {"record_id": "T006", "tp_name": "Late"})
    site.enter({"record_id": "T004", "redcap_data_access_group": "t005"})
    site.delete("T002")
    site.delete("T003", instrument="monthly_measures", repeat_instance="3")

    run = brought_level(site, store, now)

    assert held(store) == site.truth()
    assert held(store)["T001", "monthly_measures", 2]["sd_abs"] == "999"
    assert not any(record == "T002" for record, _, _ in held(store))
    assert ("T003", "monthly_measures", 3) not in held(store)
    # one month; one team; the four entries of the team that moved; the four of the team that went, and one month
    assert run.tally == Tally(inserted=1, updated=5, deleted=5, unchanged=10)
    assert [v.op for v in store.history("main", record="T001") if v.entry.key.instance == 2] == ["I", "U"]


def test_a_record_with_more_rows_and_more_records_than_a_chunk(site: Site, store: Store, now: dt.datetime) -> None:
    for month in range(4, 13):
        site.enter(site.month("T001", month, month))

    pull(store, site.client, now=now, chunk=1)

    assert held(store) == site.truth()


def test_the_default_chunk_takes_everything_in_one_request(site: Site, store: Store, now: dt.datetime) -> None:
    asked = _Counting(site.url, site.token)

    pull(store, asked, now=now)

    assert asked.chunks == [["T001", "T002", "T003", "T004", "T005"]]


def test_every_form_is_asked_for_by_name(site: Site, store: Store, now: dt.datetime) -> None:
    asked = _Counting(site.url, site.token)

    pull(store, asked, now=now)

    assert asked.forms == [("team_profile", "team_charter", "monthly_measures")]


def test_an_empty_project_is_pulled_into_an_empty_store(site: Site, store: Store, now: dt.datetime) -> None:
    for n in range(1, 6):
        site.delete(f"T00{n}")

    run = brought_level(site, store, now)

    assert (run.state, run.records, run.tally) == ("complete", 0, Tally())


def test_the_cursor_is_the_servers_time_before_the_pull_less_a_minute(
    site: Site, store: Store, now: dt.datetime
) -> None:
    """By the server's clock, which may be wrong; and a change made while the pull goes on is later than it."""
    clocks = iter(dt.datetime(2031, 3, 15, 6, minute, tzinfo=dt.UTC) for minute in range(60))

    class Ticking(Client):
        @property
        def server_time(self) -> dt.datetime:
            return next(clocks)

    run = brought_level(site, store, now, Ticking(site.url, site.token))

    assert run.hi == dt.datetime(2031, 3, 15, 5, 59, tzinfo=dt.UTC)
    assert store.cursor("main") == run.hi


def test_a_run_tells_when_it_began_and_ended(site: Site, store: Store, now: dt.datetime) -> None:
    ticks = iter(range(1000))

    run = brought_level(site, store, now, clock=lambda: float(next(ticks)))

    assert run.started_at == now + dt.timedelta(seconds=1)
    assert run.finished_at is not None
    assert dt.timedelta(seconds=5) < run.finished_at - now < dt.timedelta(seconds=60)


def test_progress_is_told_chunk_by_chunk(site: Site, store: Store, now: dt.datetime) -> None:
    told: list[int] = []

    brought_level(site, store, now, advance=told.append)

    assert told == [2, 2, 1]


def test_log_lines_tell_steps_and_numbers_but_no_value_no_token_no_record(
    site: Site, store: Store, now: dt.datetime, caplog: pytest.LogCaptureFixture
) -> None:
    site.enter({"record_id": "T001", "tc_aim": "Rachel Stone"})
    caplog.set_level(logging.DEBUG)

    brought_level(site, store, now)

    ours = [record.getMessage() for record in caplog.records if record.name.startswith("breakthrough")]
    assert sum("chunk=" in line for line in ours) == 3
    assert any("complete inserted=21" in line for line in ours)
    for secret in ("Rachel", site.token, "T001", "Team"):
        assert secret not in "\n".join(ours)


# --- whose project ---------------------------------------------------------------------------------------------------------


def test_a_token_of_another_project_changes_nothing(site: Site, store: Store, now: dt.datetime) -> None:
    brought_level(site, store, now)
    before = content(store)
    other = Client(site.url, site.create_project())

    with pytest.raises(WrongProject, match="Nothing was pulled"):
        brought_level(site, store, now, other)

    assert content(store) == before
    assert _last(store).note == "WrongProject"


def test_two_projects_share_a_store(site: Site, store: Store, now: dt.datetime) -> None:
    brought_level(site, store, now)
    audit = Client(site.url, site.create_project())
    audit.import_metadata([field("id", "chart"), field("visit", "chart")])
    audit.import_records([{"id": "T001", "visit": "x"}])

    pull(store, audit, "audit", now=now)

    assert held(store) == site.truth()
    assert [(e.key.record, e.values) for e in store.entries("audit")] == [
        ("T001", {"visit": "x", "chart_complete": "0"})
    ]


def test_only_one_pull_of_a_project_at_a_time(site: Site, store: Store, now: dt.datetime) -> None:
    with store.alone("main"), pytest.raises(StoreLocked):
        brought_level(site, store, now)

    assert store.last_run("main") is None


# --- answers that must not be believed ------------------------------------------------------------------------------------


class _Counting(Client):
    """Keeps count of what it was asked for."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(url, token)
        self.chunks: list[list[str]] = []
        self.forms: list[tuple[str, ...]] = []

    def records(self, **asked: Any) -> list[dict[str, str]]:
        self.chunks.append(list(asked["records"]))
        self.forms.append(tuple(asked["forms"]))
        return super().records(**asked)


class _NoRecords(Client):
    def record_ids(self) -> list[str]:
        return []


class _ShortList(Client):
    """Leaves the last record out of its first list: cut, or just being saved."""

    lists = 0

    def record_ids(self) -> list[str]:
        self.lists += 1
        return super().record_ids()[: -1 if self.lists == 1 else None]


class _LosesRows(Client):
    """Leaves one record out of any answer for several."""

    def records(self, **asked: Any) -> list[dict[str, str]]:
        rows = super().records(**asked)
        return [row for row in rows if row["record_id"] != "T003"] if len(asked["records"]) > 1 else rows


class _HidesRecord(Client):
    """Lists a record and never returns it."""

    def records(self, **asked: Any) -> list[dict[str, str]]:
        return [row for row in super().records(**asked) if row["record_id"] != "T003"]


class _HashesRecords(Client):
    """De-identified export rights: the names that come are not those that were asked for."""

    def records(self, **asked: Any) -> list[dict[str, str]]:
        return [{**row, "record_id": f"{hash(row['record_id']):x}"} for row in super().records(**asked)]


class _ReturnsNothing(Client):
    def records(self, **_: Any) -> list[dict[str, str]]:
        return []


class _DropsColumn(Client):
    """Export rights without one field."""

    def records(self, **asked: Any) -> list[dict[str, str]]:
        return [{k: v for k, v in row.items() if k != "sd_abs"} for row in super().records(**asked)]


class _RaggedRows(Client):
    def records(self, **asked: Any) -> list[dict[str, str]]:
        rows = super().records(**asked)
        rows[-1].pop("sd_abs")
        return rows


class _Bound(Client):
    """A token whose user is in a group: its records only, and not a word of it."""

    def record_ids(self) -> list[str]:
        return ["T001"]

    def records(self, **asked: Any) -> list[dict[str, str]]:
        rows = super().records(**asked)
        return [{k: v for k, v in row.items() if k != "redcap_data_access_group"} for row in rows]


class _BoundWithoutGroupRight(_Bound):
    def dags(self) -> list[dict[str, Any]]:
        raise Refused("Insufficient user privileges")


class _BreaksDown(Client):
    """Answers for the first chunk, and then no more."""

    chunks = 0

    def records(self, **asked: Any) -> list[dict[str, str]]:
        self.chunks += 1
        if self.chunks > 1:
            raise Busy("REDCap cannot answer now.")
        return super().records(**asked)


UNTRUE = [
    pytest.param(_NoRecords, AnswerUnreadable, "no records, but the store holds 5", id="empty list"),
    pytest.param(_HidesRecord, AnswerUnreadable, "1 records that it does not return", id="listed, never returned"),
    pytest.param(_HashesRecords, AnswerUnreadable, "were not asked for", id="hashed names"),
    pytest.param(_ReturnsNothing, AnswerUnreadable, "returns none of them", id="none returned"),
    pytest.param(_DropsColumn, Refused, "leaves out 1 fields of the project .sd_abs.", id="a column left out"),
    pytest.param(_RaggedRows, AnswerUnreadable, "different columns", id="ragged rows"),
    pytest.param(_Bound, Refused, "data access groups", id="token bound to a group"),
    pytest.param(_BoundWithoutGroupRight, Refused, "data access groups", id="bound, without the right to see groups"),
]


@pytest.mark.parametrize(("kind", "error", "words"), UNTRUE)
def test_an_answer_that_cannot_be_the_whole_truth_takes_nothing_away(
    site: Site, store: Store, now: dt.datetime, kind: type[Client], error: type[Exception], words: str
) -> None:
    brought_level(site, store, now)
    before, cursor = content(store), store.cursor("main")

    with pytest.raises(error, match=words):
        brought_level(site, store, now, kind(site.url, site.token))

    assert content(store) == before
    assert store.cursor("main") == cursor
    assert (_last(store).state, _last(store).note) == ("failed", error.__name__)


@pytest.mark.parametrize("kind", [_Bound, _DropsColumn, _HashesRecords, _ReturnsNothing])
def test_nor_does_it_fill_an_empty_store(site: Site, store: Store, now: dt.datetime, kind: type[Client]) -> None:
    with pytest.raises((Refused, AnswerUnreadable)):
        brought_level(site, store, now, kind(site.url, site.token))

    assert content(store) == ([], [])


def test_the_token_of_a_real_member_of_a_group_is_refused(site: Site, store: Store, now: dt.datetime) -> None:
    brought_level(site, store, now)
    before = content(store)
    bound = site.member("t001")
    assert bound.record_ids() == ["T001"]

    with pytest.raises(Refused, match="Take that user out of its group"):
        brought_level(site, store, now, bound)

    assert content(store) == before


def test_a_record_left_out_of_a_long_answer_is_asked_for_alone(site: Site, store: Store, now: dt.datetime) -> None:
    brought_level(site, store, now)

    run = brought_level(site, store, now, _LosesRows(site.url, site.token))

    assert run.tally == Tally(unchanged=20)
    assert held(store) == site.truth()


def test_a_record_missing_from_one_list_alone_has_not_gone(site: Site, store: Store, now: dt.datetime) -> None:
    brought_level(site, store, now)

    run = brought_level(site, store, now, _ShortList(site.url, site.token))

    assert run.tally.deleted == 0
    assert held(store) == site.truth()


def test_a_record_deleted_while_the_pull_goes_on_goes_at_its_end(site: Site, store: Store, now: dt.datetime) -> None:
    brought_level(site, store, now)

    told: list[int] = []

    def advance(records: int) -> None:
        told.append(records)
        if len(told) == 1:
            site.delete("T005")

    run = brought_level(site, store, now, advance=advance)

    assert run.tally == Tally(deleted=4, unchanged=16)
    assert held(store) == site.truth()


def test_a_project_that_has_no_groups_needs_none(site: Site, store: Store, now: dt.datetime) -> None:
    other = Client(site.url, site.create_project())
    other.import_metadata([field("id", "chart"), field("visit", "chart")])
    other.import_records([{"id": str(n), "visit": "x"} for n in range(5)])

    run = pull(store, other, now=now, chunk=FEW)

    assert run.tally == Tally(inserted=5)


def test_a_field_taken_out_of_the_dictionary_makes_a_new_version_of_it(
    site: Site, store: Store, now: dt.datetime
) -> None:
    brought_level(site, store, now)
    site.client.import_metadata([row for row in DICTIONARY if row["field_name"] != "sd_abs"])

    run = brought_level(site, store, now)

    assert run.tally == Tally(updated=15, unchanged=5)
    assert {v.schema_version for v in store.history("main") if v.op == "U"} == {2}
    assert len(store.dictionary("main")) == 5


# --- interrupted ----------------------------------------------------------------------------------------------------------


def test_a_pull_that_breaks_off_keeps_whole_chunks_and_the_next_finishes_it(
    site: Site, store: Store, now: dt.datetime
) -> None:
    with pytest.raises(Busy):
        brought_level(site, store, now, _BreaksDown(site.url, site.token))

    assert store.records("main") == {"T001", "T002"}
    assert store.cursor("main") is None
    assert (_last(store).state, _last(store).note, _last(store).tally) == ("failed", "Busy", Tally(inserted=8))

    run = brought_level(site, store, now)

    assert held(store) == site.truth()
    assert run.tally == Tally(inserted=12, unchanged=8)
    assert all(v.op == "I" for v in store.history("main"))


def test_a_pull_that_breaks_off_lets_nothing_go(site: Site, store: Store, now: dt.datetime) -> None:
    brought_level(site, store, now)
    site.delete("T005")

    with pytest.raises(Busy):
        brought_level(site, store, now, _BreaksDown(site.url, site.token))

    assert "T005" in store.records("main")


def test_a_person_who_stops_it_is_obeyed_and_it_is_noted(site: Site, store: Store, now: dt.datetime) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        brought_level(site, store, now, advance=stop)

    assert _last(store).note == "KeyboardInterrupt"


_PULLER = """
import datetime as dt, os, signal, sys
from breakthrough.pull import pull
from breakthrough.redcap.client import Client
from breakthrough.store import Store, projects, rows, runs

module, name, nth = sys.argv[3].split(":")
module = {"projects": projects, "rows": rows, "runs": runs}[module]
original, calls = getattr(module, name), []

def deadly(*given, **named):
    result = original(*given, **named)
    calls.append(1)
    if len(calls) == int(nth):
        os.kill(os.getpid(), signal.SIGKILL)
    return result

setattr(module, name, deadly)
with Store.open(sys.argv[1]) as store:
    pull(store, Client(sys.argv[2], sys.stdin.read()), now=dt.datetime.now(dt.UTC), chunk=1)
"""


@pytest.mark.parametrize(
    ("point", "kept"),
    [
        ("runs:start:1", 0),
        ("projects:claim:1", 0),
        ("projects:note_dictionary:1", 0),
        ("rows:apply:1", 0),
        ("rows:apply:3", 2),
        ("runs:chunk_done:4", 3),
        ("rows:let_go:1", 5),
        ("runs:complete:1", 5),
    ],
)
def test_a_pull_killed_at_any_point_keeps_whole_chunks_and_the_next_finishes_it(
    site: Site, store: Store, now: dt.datetime, tmp_path: Path, point: str, kept: int
) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", _PULLER, f"sqlite:///{tmp_path}/store.sqlite", site.url, point],
        input=site.token.encode(),
        env={**os.environ, "PYTHONPATH": str(Path(store_module.__file__).parents[2])},
        timeout=60,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert store.records("main") == {f"T00{n}" for n in range(1, kept + 1)}
    assert held(store).items() <= site.truth().items()
    assert store.cursor("main") is None

    run = brought_level(site, store, now)

    assert held(store) == site.truth()
    assert run.tally == Tally(inserted=20 - 4 * kept, unchanged=4 * kept)
    assert len(list(store.history("main"))) == 20


def _last(store: Store) -> Run:
    found = store.last_run("main")
    assert found is not None
    return found
