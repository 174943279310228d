"""A pull over real HTTP from a sandbox REDCap into a real store: what it brings, says and refuses."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import pytest
from tests.pull.site import DICTIONARY, Host, Site, cell, content, grouped, held

from breakthrough.errors import AnswerUnreadable, Refused, WrongProject
from breakthrough.pull import Sizes, pull
from breakthrough.redcap.client import Client
from breakthrough.store import Store, Tally


def test_after_a_pull_the_store_holds_what_redcap_holds(site: Site, store: Store) -> None:
    site.enter({"record_id": "T002", "tp_days___2": "1", "tc_aim": "Fewer\nabsences: déjà"})

    run = site.pull(store).run

    assert held(store) == site.truth()
    assert held(store)["T003", "", "monthly_measures", 2] == {
        "mm_period": "2026-02-01",
        "sd_abs": "200",
        "monthly_measures_complete": "0",
    }
    assert held(store)["T002", "", "team_profile", 0] == {
        "tp_name": "Team T002",
        "tp_days___2": "1",
        "team_profile_complete": "0",
    }
    assert grouped(store) == {f"T00{n}": f"t00{n}" for n in range(1, 6)} == site.groups()
    assert (run.state, run.mode, run.records, run.listed, run.tally) == ("complete", "full", 5, 5, Tally(inserted=21))
    assert store.dictionary("main") == list(DICTIONARY)


def test_a_full_pull_again_changes_nothing(site: Site, store: Store) -> None:
    site.pull(store)
    entries, history, _ = content(store)
    site.host.wait(days=1)

    run = site.pull(store, mode="full").run

    assert content(store)[:2] == (entries, history)
    assert (run.mode, run.tally) == ("full", Tally(unchanged=20))
    assert store.last_run("main") == run


def test_a_record_with_more_rows_and_more_records_than_a_chunk(site: Site, store: Store) -> None:
    site.enter(*(site.month("T001", month, month) for month in range(4, 13)))

    site.pull(store, sizes=Sizes(1, 1))

    assert held(store) == site.truth()


def test_the_default_chunk_takes_everything_in_one_request(site: Site, store: Store) -> None:
    client = _Counting(site.url, site.token)

    site.pull(store, client, sizes=Sizes())

    assert client.chunks == [["T001", "T002", "T003", "T004", "T005"]]
    assert client.forms == [("team_profile", "team_charter", "monthly_measures")]


def test_a_run_tells_when_it_began_and_ended(site: Site, store: Store) -> None:
    ticks = iter(range(1000))

    run = site.pull(store, clock=lambda: float(next(ticks)), most_skew=None).run

    assert run.started_at == site.host.now + dt.timedelta(seconds=1)
    assert run.finished_at is not None
    assert dt.timedelta(seconds=5) < run.finished_at - site.host.now < dt.timedelta(seconds=60)


def test_progress_is_told_chunk_by_chunk(site: Site, store: Store) -> None:
    told: list[int] = []

    site.pull(store, advance=told.append)

    assert told == [2, 2, 1]


def test_log_lines_tell_steps_and_numbers_but_no_value_no_token_no_record(
    site: Site, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    site.enter({"record_id": "T001", "tc_aim": "Rachel Stone"})
    caplog.set_level(logging.DEBUG)

    site.pull(store)
    site.host.wait(hours=2)
    site.rename("T002", "T902")
    site.pull(store, mode="reconcile")

    ours = [record.getMessage() for record in caplog.records if record.name.startswith("breakthrough")]
    assert sum("chunk=" in line for line in ours) == 6
    assert any("complete inserted=21" in line for line in ours)
    assert any("agrees=yes" in line for line in ours)
    for secret in ("Rachel", site.token, "T001", "T002", "T902", "Team"):
        assert secret not in "\n".join(ours)


# --- whose project ---------------------------------------------------------------------------------------------------------


def test_a_token_of_another_project_changes_nothing(site: Site, store: Store) -> None:
    site.pull(store)
    before = content(store)

    with pytest.raises(WrongProject, match="Nothing was pulled"):
        site.pull(store, site.host.project().client)

    assert content(store) == before
    found = store.last_run("main")
    assert found is not None
    assert (found.state, found.note) == ("failed", "WrongProject")


def test_two_projects_share_a_store(host: Host, site: Site, store: Store) -> None:
    site.pull(store)
    audit = host.project((cell("id", "chart"), cell("visit", "chart")), ())
    audit.enter({"id": "T001", "visit": "x"})

    pull(store, audit.client, "audit", now=host.now)

    assert held(store) == site.truth()
    assert held(store, "audit") == {("T001", "", "chart", 0): {"visit": "x", "chart_complete": "0"}}


def test_a_project_that_has_no_groups_needs_none(host: Host, store: Store) -> None:
    site = host.project()
    site.enter(*({"record_id": str(n), "tp_name": "x"} for n in range(5)))

    assert site.pull(store).run.tally == Tally(inserted=5)


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


class _DropsColumn(Client):
    """As for a user who may not export that instrument."""

    def records(self, **asked: Any) -> list[dict[str, str]]:
        return [{k: v for k, v in row.items() if k != "sd_abs"} for row in super().records(**asked)]


class _LosesRows(Client):
    """Loses a record out of each long answer."""

    def records(self, **asked: Any) -> list[dict[str, str]]:
        rows = super().records(**asked)
        lost = asked["records"][-1]
        return [row for row in rows if len(asked["records"]) == 1 or row["record_id"] != lost]


class _LosesGroups(Client):
    """Leaves the column of the group out, as for a user in one."""

    def records(self, **asked: Any) -> list[dict[str, str]]:
        rows = super().records(**asked)
        return [{k: v for k, v in row.items() if k != "redcap_data_access_group"} for row in rows]


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        pytest.param(_DropsColumn, Refused, "leaves out 1 fields of the project .sd_abs.", id="a column left out"),
        pytest.param(_LosesGroups, Refused, "Take that user out of its group", id="the groups left out"),
    ],
)
def test_an_answer_that_cannot_be_the_whole_truth_takes_nothing_away_and_brings_nothing(
    site: Site, store: Store, other: Store, kind: type[Client], error: type[Exception], words: str
) -> None:
    site.pull(store)
    before = content(store)
    for one in (store, other):
        with pytest.raises(error, match=words):
            site.pull(one, kind(site.url, site.token), mode="full")

    assert content(store) == before
    assert content(other) == ([], [], None)


def test_a_record_left_out_of_a_long_answer_is_asked_for_alone(site: Site, store: Store) -> None:
    site.pull(store)

    run = site.pull(store, _LosesRows(site.url, site.token), mode="full").run

    assert run.tally == Tally(unchanged=20)
    assert held(store) == site.truth()


def test_a_record_deleted_while_the_pull_goes_on_has_gone_by_the_second_list(site: Site, store: Store) -> None:
    site.enter(*({"record_id": f"X{n}", "tp_name": f"Other {n}"} for n in range(15)))
    site.pull(store)
    told: list[int] = []

    def advance(records: int) -> None:
        told.append(records)
        if len(told) == 1:
            site.delete("X9")

    run = site.pull(store, mode="full", advance=advance).run

    assert run.tally == Tally(deleted=1, unchanged=34)
    assert held(store) == site.truth()


def test_a_dictionary_that_changes_while_the_pull_goes_on_ends_it(site: Site, store: Store) -> None:
    """The records read before were read under the old one, and the next pull reads all of them anew."""
    told: list[int] = []

    def advance(records: int) -> None:
        told.append(records)
        if len(told) == 1:
            site.design([*DICTIONARY, cell("mm_new", "monthly_measures")])
            site.enter(site.month("T005", 1, 5) | {"mm_new": "x"})

    with pytest.raises(AnswerUnreadable, match="mm_new"):
        site.pull(store, advance=advance)

    assert store.cursor("main") is None
    site.pull(store)
    assert held(store) == site.truth()
