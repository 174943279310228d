"""REDCap's list of records: one that lacks a record once, and one that is asked for late."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.pull.site import Host, Site, grouped, held

from breakthrough.pull import candidates
from breakthrough.redcap.client import Client
from breakthrough.redcap.record_list import RecordList
from breakthrough.store import Store
from breakthrough.store.runs import Mode


@pytest.fixture
def many(host: Host) -> Site:
    """Forty teams, so that one or two are few."""
    made = host.project()
    made.enter(*({"record_id": f"R{n}", "tp_name": f"Team {n}"} for n in range(40)))
    host.wait(hours=1)
    return made


def short_once(site: Site, lacking: str) -> tuple[Client, list[list[str]]]:
    """A client that is given a list without that record, and whole ones after it; with the lists it was given."""
    client = site.host.client(site.token)
    asked = client.record_list
    lists: list[list[str]] = []

    def short(*, groups: bool = True) -> RecordList:
        lists.append([name for name in asked(groups=groups) if name != lacking or lists])
        return RecordList.named(lists[-1])

    client.record_list = short  # type: ignore[method-assign]
    return client, lists


def test_a_list_that_lacks_one_record_once_lets_nothing_go(many: Site, store: Store) -> None:
    many.pull(store)
    client, lists = short_once(many, "R0")
    done = many.pull(store, client)
    assert (len(lists), done.run.tally.deleted) == (2, 0)
    assert held(store) == many.truth()


def test_a_first_pull_whose_list_lacks_a_record_reads_it_all_the_same(many: Site, store: Store) -> None:
    """Nothing else would tell of it: no pull has seen it, and there is no day from which on changes could be asked for."""
    client, lists = short_once(many, "R7")
    done = many.pull(store, client)
    assert (len(lists), done.run.records) == (2, 40)
    assert held(store) == many.truth()


@pytest.mark.parametrize("mode", [None, "full", "reconcile"])
@pytest.mark.parametrize(("record", "changes"), [("R99", (1, 0)), ("R7", (0, 1))], ids=["new", "edited"])
def test_what_was_entered_into_a_record_that_one_list_lacked_is_read_all_the_same(
    many: Site, store: Store, mode: Mode | None, record: str, changes: tuple[int, int]
) -> None:
    """The list that names what there is to be read lacked it, and the cursor moves over what was entered."""
    many.pull(store)
    many.host.wait(hours=2)
    many.enter({"record_id": record, "tp_name": "Entered"})
    client, lists = short_once(many, record)
    done = many.pull(store, client, mode=mode)
    assert (len(lists), (done.run.tally.inserted, done.run.tally.updated)) == (2, changes)
    assert done.run.tally.deleted == 0
    assert held(store) == many.truth()


def test_a_list_that_is_asked_for_late_shows_who_is_in_another_group_too(
    site: Site, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of very many records the list is asked for once a day, and when a record is not returned that was to be read."""
    monkeypatch.setattr(candidates, "EACH_TIME", 1)

    def move_and_delete() -> None:
        moment, site.host.now = site.host.now, site.host.now - dt.timedelta(hours=5)  # logged before the window
        site.admin.assign_group(site.number, "T004", "t005")
        site.host.now = moment
        monkeypatch.setattr(site.client, "log", lambda *_, **__: None)
        monkeypatch.setattr(site.client, "changed_since", lambda _: ["T002"])
        site.delete("T002")

    site.pull(store)
    site.host.wait(hours=2)
    move_and_delete()
    assert site.pull(store).run.listed == 4
    assert grouped(store)["T004"] == "t005"
