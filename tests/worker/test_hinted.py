"""From a form that somebody saves to the store, minutes later: the trigger, the look between two rounds, the round."""

from __future__ import annotations

import datetime as dt

from tests.worker.test_drift import Site, clock, prepared, site

from breakthrough.portal.server import Request
from breakthrough.portal.trigger import Trigger
from breakthrough.settings import Secret
from breakthrough.worker.rounds import Rounds

__all__ = ["clock", "prepared", "site"]  # fixtures


def test_a_saved_form_is_in_the_store_minutes_later_and_the_next_round_is_not_for_it(site: Site) -> None:
    path = site.folder / "breakthrough.yaml"
    path.write_text(path.read_text() + "\nportal:\n  trigger: env:TRIGGER\n")

    def wait(**time: float) -> None:
        site.clock.now += dt.timedelta(**time)

    rounds = Rounds(site.here, site.store, lambda: site.clock.now, lambda: False)
    trigger = Trigger(site.store, Secret("hush"), ("main",), lambda: site.clock.now)
    site.owner.json("record", data=[{"record_id": "T001", "tp_name": "Before"}])
    assert rounds.round().pulled
    trigger.note()
    wait(minutes=30)
    assert not rounds.round().pulled
    site.owner.json("record", data=[{"record_id": "T001", "tp_name": "After"}])
    saved = f"project_id={site.number}&record=T001&instrument=team_profile".encode()
    assert trigger.route(Request("POST", "hush", saved)).status == 200
    trigger.note()
    wait(seconds=90)
    assert not rounds.look()  # the person may still be at it
    wait(seconds=60)
    assert rounds.look()
    assert rounds.round().pulled
    names = [one.values["tp_name"] for one in site.store.entries("main", "team_profile")]
    assert names == ["After"]
    wait(minutes=10)
    assert not rounds.look()
    assert not rounds.round().pulled
