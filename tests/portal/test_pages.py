"""Health, metrics and unsubscribing, over real HTTP."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Callable

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from tests.portal.conftest import NOON, Place
from tests.portal.test_trigger import address

from breakthrough.delivery import outbox
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import Item
from breakthrough.month import Month
from breakthrough.portal.wired import portal
from breakthrough.store import marks, quarantine
from breakthrough.worker.heartbeat import FILE, Heartbeat
from breakthrough.worker.tick import Ticked

WELL = Ticked(pulled=True, enqueued=2, sent=None, failed=(), took={"pull": 1.5, "due": 0.2})
ILL = Ticked(
    pulled=False, enqueued=0, sent=None, failed=("pull", "report team/T001"), took={"pull": 0.5, "report": 3.0}
)


def asked(place: Place, caplog: pytest.LogCaptureFixture, path: str) -> requests.Response:
    caplog.clear()
    caplog.set_level(logging.INFO)
    with portal(place.here, place.store, place.clock):
        return requests.get(address(place, caplog) + path, timeout=5)


def ticked(place: Place, *done: Ticked) -> None:
    for one in done:
        beat = Heartbeat(place.folder / FILE, place.clock.now)
        beat.begin(place.clock.now)
        beat.end(one, place.clock.now, None)


def test_where_no_portal_is_named_nothing_listens(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with (
        place.changed("portal:\n  port: 0\n  trigger: env:TRIGGER\n", ""),
        portal(place.here, place.store, place.clock),
    ):
        assert "listening" not in caplog.text


def test_after_a_round_that_succeeded_all_is_well_and_half_an_hour_later_no_more(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    ticked(place, WELL)
    found = asked(place, caplog, "/healthz")
    assert (found.status_code, found.json()) == (200, {"ok": True, "reasons": []})
    place.clock.wait(minutes=10)
    ticked(place, ILL)
    assert asked(place, caplog, "/healthz").status_code == 200  # once is no outage
    place.clock.wait(minutes=22)
    found = asked(place, caplog, "/healthz")
    assert found.status_code == 503
    assert found.json()["reasons"] == ["no round has succeeded for 32 minutes; the last one failed at: pull, report"]


def test_a_long_round_is_no_fault_until_it_has_gone_on_for_two_hours(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    ticked(place, WELL)
    place.clock.wait(minutes=10)
    Heartbeat(place.folder / FILE, place.clock.now).begin(place.clock.now)
    place.clock.wait(minutes=119)
    assert asked(place, caplog, "/healthz").status_code == 200
    place.clock.wait(minutes=2)
    assert asked(place, caplog, "/healthz").json()["reasons"] == ["a round has been going on for more than two hours"]


def test_before_any_round_it_is_not_well_and_a_job_that_keeps_failing_is_named(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    with place.store.begin() as connection:
        marks.put(connection, "outage since pull", NOON)
        marks.put(connection, "outage told pull", NOON)
    found = asked(place, caplog, "/healthz")
    assert found.status_code == 503
    assert found.json()["reasons"] == ["keeps failing: pull", "there is no heartbeat yet"]


def test_a_store_that_does_not_answer_is_told_by_kind_alone(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    ticked(place, WELL)
    caplog.set_level(logging.INFO)
    with portal(place.here, place.store, place.clock):
        with place.store.begin() as connection:
            connection.exec_driver_sql("DROP TABLE meta")
        found = requests.get(address(place, caplog) + "/healthz", timeout=5)
    assert found.status_code == 503
    assert re.fullmatch(r"the store does not answer \(\w+\)", found.json()["reasons"][0])


def test_metrics_are_read_by_prometheus_and_name_no_team_and_nobody(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    ticked(place, WELL, ILL)
    key = Key("ne", "team", "T001", Month("2026-03"), 0, "rachel@example.org")
    outbox.enqueue(place.store, [Item(key, "rachel@example.org", "<x@y>", b"x")], NOON)
    with place.store.begin() as connection:
        quarantine.put(connection, "main", "T001", "Unreadable", NOON)
        marks.count(connection, "drift found main", 4)
    found = asked(place, caplog, "/metrics")
    assert found.headers["Content-Type"].startswith("text/plain")
    assert "T001" not in found.text
    assert "rachel" not in found.text
    samples = {
        (one.name, *one.labels.values()): one.value
        for family in text_string_to_metric_families(found.text)
        for one in family.samples
    }
    assert samples["breakthrough_ticks_total", "ok"] == samples["breakthrough_ticks_total", "failed"] == 1
    assert samples["breakthrough_mails", "pending"] == 1
    assert samples["breakthrough_mails", "sent"] == 0
    assert samples["breakthrough_records_set_aside", "main"] == 1
    assert samples["breakthrough_drift_differences", "main"] == 4
    assert samples["breakthrough_job_seconds", "pull"] == 0.5
    assert samples["breakthrough_job_last_success_timestamp_seconds", "pull"] == NOON.timestamp()
    assert samples["breakthrough_disk_free_bytes",] > 0
    assert ("breakthrough_job_last_success_timestamp_seconds", "report") not in samples


def unsubscribing(
    place: Place, caplog: pytest.LogCaptureFixture, ask: Callable[[str], requests.Response]
) -> tuple[requests.Response, list[str]]:
    tokens: list[str] = []

    def accept(token: str) -> bool:
        tokens.append(token)
        return token == "good.token-1"

    caplog.set_level(logging.INFO)
    with portal(place.here, place.store, place.clock, accept):
        return ask(address(place, caplog)), tokens


def test_fetching_the_link_shows_a_button_and_changes_nothing(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    page, tokens = unsubscribing(
        place, caplog, lambda where: requests.get(f"{where}/unsubscribe/good.token-1", timeout=5)
    )
    assert page.status_code == 200
    assert tokens == []
    assert '<form method="post" action=""><button type="submit">Stop these mails</button></form>' in page.text
    assert "good.token-1" not in page.text
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]


def test_a_mail_programs_post_unsubscribes_without_login(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    one_click = {"List-Unsubscribe": "One-Click"}  # RFC 8058 §3.2
    page, tokens = unsubscribing(
        place, caplog, lambda where: requests.post(f"{where}/unsubscribe/good.token-1", data=one_click, timeout=5)
    )
    assert (page.status_code, tokens) == (200, ["good.token-1"])
    assert "These mails have stopped" in page.text
    assert "good.token-1" not in caplog.text.replace("POST /unsubscribe/good.token-1", "")


def test_a_link_that_is_not_ours_says_what_to_do(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    page, tokens = unsubscribing(
        place, caplog, lambda where: requests.post(f"{where}/unsubscribe/bad", data={}, timeout=5)
    )
    assert (page.status_code, tokens) == (404, ["bad"])
    assert "This link is not known here" in page.text


def test_the_heartbeat_survives_being_unreadable(place: Place) -> None:
    (place.folder / FILE).write_text("{")
    ticked(place, WELL)
    beat = Heartbeat(place.folder / FILE, NOON + dt.timedelta(hours=1)).beat
    assert (beat.ticks, beat.succeeded, beat.jobs["pull"].seconds) == (1, NOON, 1.5)
