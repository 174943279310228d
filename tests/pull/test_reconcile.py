"""Reading everything to see what quicker pulls had missed, and the proof that nothing differs now."""

from __future__ import annotations

import hashlib

import pytest
from tests.pull.site import MONTHLY, Host, Site, held

from breakthrough.pull import Pulled
from breakthrough.pull.reconcile import Comparison
from breakthrough.store import Store, proof, quarantine, reconciliations
from breakthrough.store.tables import row_current


def compared(done: Pulled) -> Comparison:
    assert done.comparison is not None
    return done.comparison


def in_silence(site: Site, record: str, absent: int) -> None:
    """An edit that leaves no trace where a pull could see it: it is logged as of a month ago."""
    moment, site.host.now = site.host.now, site.host.now.replace(month=2)
    site.enter(site.month(record, 1, absent))
    site.host.now = moment


def test_where_nothing_was_missed_both_sides_are_the_same(site: Site, store: Store) -> None:
    site.pull(store)
    site.host.wait(hours=2)
    site.enter(site.month("T001", 1, 555))
    site.host.wait(hours=2)

    done = site.pull(store, mode="reconcile")

    found = compared(done)
    assert (done.run.mode, done.run.records, found.differing, found.missed, found.left_out) == ("reconcile", 5, 1, 0, 0)
    assert found.agrees
    assert {name: part.rows for name, part in found.store.parts.items()} == {"monthly_measures": 15, "team_profile": 5}
    assert held(store) == site.truth()


def test_a_change_that_left_no_trace_is_found_counted_and_made_good(site: Site, store: Store) -> None:
    site.pull(store)
    site.host.wait(hours=2)
    in_silence(site, "T001", 555)
    site.host.wait(hours=2)
    assert site.pull(store).run.changed == 0

    found = compared(site.pull(store, mode="reconcile"))

    assert (found.differing, found.missed, found.agrees) == (1, 1, True)
    assert held(store) == site.truth()
    with store.read() as connection:
        (kept,) = reconciliations.of(connection, "main")
    assert (kept.checked, kept.differing, kept.missed, kept.agreed, kept.drift) == (5, 1, 1, True, 0.2)


def test_what_was_edited_while_it_went_on_was_not_missed(site: Site, store: Store) -> None:
    """Edited after the date filter was asked, and before the record was read."""
    site.pull(store)
    site.host.wait(hours=2)
    done = site.pull(
        store, mode="reconcile", advance=lambda _: site.enter(site.month("T005", 1, site.host.now.minute + 1))
    )

    assert (compared(done).differing, compared(done).missed) == (1, 0)


def test_what_only_the_list_of_records_shows_was_not_missed_either(site: Site, store: Store) -> None:
    site.pull(store)
    site.host.wait(hours=2)
    moment, site.host.now = site.host.now, site.host.now.replace(month=2)
    site.admin.assign_group(site.number, "T004", "t005")
    site.host.now = moment

    found = compared(site.pull(store, mode="reconcile"))

    assert (found.differing, found.missed) == (1, 0)


def test_a_first_pull_may_be_one(site: Site, store: Store) -> None:
    found = compared(site.pull(store, mode="reconcile"))
    assert (found.differing, found.missed, found.agrees) == (5, 0, True)
    assert site.pull(store).run.mode == "changed"


def test_another_design_is_no_drift(site: Site, store: Store) -> None:
    site.pull(store)
    site.design(row for row in site.dictionary if row["field_name"] != "sd_abs")

    found = compared(site.pull(store, mode="reconcile"))

    assert (found.differing, found.missed, found.agrees) == (5, 0, True)


def test_the_hash_of_an_instrument_can_be_worked_out_by_hand(site: Site, store: Store) -> None:
    """The sum of SHA-256 over each row: record, event, instance and the row's digest, parted by NUL."""
    found = compared(site.pull(store, mode="reconcile"))

    rows = list(store.entries("main", "team_profile"))
    lines = [f"{e.key.record}\0{e.key.event}\0{e.key.instance}\0{e.digest}" for e in rows]
    total = sum(int(hashlib.sha256(line.encode()).hexdigest(), 16) for line in lines) % 2**256
    assert found.redcap.parts["team_profile"].digest == found.store.parts["team_profile"].digest == f"{total:064x}"
    with store.read() as connection:
        assert found.store.whole == proof.of(connection, "main")


def test_a_store_that_was_tampered_with_does_not_agree(site: Site, store: Store) -> None:
    """What a pull writes is proved by what is read back, not by what was meant to be written."""
    site.pull(store)

    def tamper(_: int) -> None:
        with store.begin() as connection:
            connection.execute(row_current.update().where(row_current.c.record == "T001").values(digest="0" * 64))

    found = compared(site.pull(store, mode="reconcile", advance=tamper))

    assert not found.agrees
    assert found.redcap.parts["team_profile"] != found.store.parts["team_profile"]


def test_records_that_could_not_be_compared_are_left_out_on_both_sides(host: Host, store: Store) -> None:
    site = host.project()
    site.enter(*({"record_id": f"R{n}", "tp_name": f"Team {n}"} for n in range(40)))
    site.pull(store)
    with store.begin() as connection:
        quarantine.put(connection, "main", "R39", "Busy", host.now)
    site.delete(*(f"R{n}" for n in range(4)))
    client = host.client(site.token)
    export = client.records

    def records(**given: object) -> list[dict[str, str]]:
        return [row for row in export(**given) if row["record_id"] != "R39"]  # type: ignore[arg-type]

    client.records = records  # type: ignore[method-assign]
    done = site.pull(store, client, mode="reconcile")

    assert (done.second_list, compared(done).left_out, compared(done).redcap.whole.records) == (4, 5, 35)
    assert compared(done).agrees


@pytest.mark.parametrize("rows", [1, 3])
def test_a_row_more_or_less_shows_in_its_instrument(site: Site, store: Store, other: Store, rows: int) -> None:
    one = compared(site.pull(store, mode="reconcile"))
    site.enter(*(site.month("T001", 4 + n, 1) for n in range(rows)))

    two = compared(site.pull(other, mode="reconcile"))

    assert two.store.parts["monthly_measures"].rows == one.store.parts["monthly_measures"].rows + rows
    assert two.store.parts["team_profile"] == one.store.parts["team_profile"]
    assert two.store.whole.digest != one.store.whole.digest
    assert MONTHLY["redcap_repeat_instrument"] in two.instruments
