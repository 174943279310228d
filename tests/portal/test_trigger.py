"""REDCap tells that a form was saved: the record is pulled soon, and whatever else is sent changes nothing."""

from __future__ import annotations

import datetime as dt
import logging

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.portal.conftest import NOON, SECRET, Place

from breakthrough.portal.server import Request
from breakthrough.portal.trigger import MOST, Trigger
from breakthrough.portal.wired import portal
from breakthrough.settings import Secret
from breakthrough.store import hints

# as REDCap posts it, redcap-api.md §9
SAVED = {
    "redcap_url": "https://redcap.example.org/",
    "project_url": "https://redcap.example.org/redcap_v14.0.0/index.php?pid=17",
    "project_id": "17",
    "username": "[survey respondent]",
    "record": "T001",
    "instrument": "monthly_measures",
    "monthly_measures_complete": "2",
    "redcap_data_access_group": "t001",
    "redcap_repeat_instance": "3",
    "redcap_repeat_instrument": "monthly_measures",
}


def trigger(place: Place) -> Trigger:
    return Trigger(place.store, Secret(SECRET), ("main",), place.clock)


def noted(place: Place, after: dt.timedelta = dt.timedelta(hours=1)) -> tuple[str, ...]:
    with place.store.read() as connection:
        return hints.due(connection, "main", place.clock.now + after)


def address(place: Place, caplog: pytest.LogCaptureFixture) -> str:
    return next(one.getMessage().rpartition(" ")[2] for one in caplog.records if "listening" in one.getMessage())


def test_a_form_that_was_saved_is_a_hint_that_is_due_when_it_has_been_quiet_for_two_minutes(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with portal(place.here, place.store, place.clock) as between:
        for _ in range(3):
            answer = requests.post(f"{address(place, caplog)}/trigger/{SECRET}", data=SAVED, timeout=5)
            assert (answer.status_code, answer.text) == (200, "OK\n")
            place.clock.wait(seconds=50)
        between()
    with place.store.read() as connection:
        assert hints.next_due(connection, "main") == NOON + dt.timedelta(seconds=220)
        assert hints.due(connection, "main", NOON + dt.timedelta(seconds=219)) == ()
        assert hints.due(connection, "main", NOON + dt.timedelta(seconds=220)) == ("T001",)


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ("", SAVED),
        (SECRET[:-1], SAVED),
        (SECRET + "x", SAVED),
        (SECRET.lower(), SAVED),
        ("%F0%9F%98%80", SAVED),
        (SECRET, SAVED | {"project_id": "18"}),
        (SECRET, SAVED | {"project_id": "017"}),
        (SECRET, SAVED | {"record": ""}),
        (SECRET, SAVED | {"record": "T\x001"}),
        (SECRET, SAVED | {"record": "T" * 101}),
        (SECRET, {name: said for name, said in SAVED.items() if name != "project_id"}),
    ],
)
def test_anything_else_is_not_found_and_which_part_was_wrong_is_not_told(
    place: Place, caplog: pytest.LogCaptureFixture, secret: str, said: dict[str, str]
) -> None:
    caplog.set_level(logging.INFO)
    with portal(place.here, place.store, place.clock) as between:
        where = address(place, caplog)
        answer = requests.post(f"{where}/trigger/{secret}", data=said, timeout=5)
        assert requests.get(f"{where}/trigger/{SECRET}", params=SAVED, timeout=5).status_code == 404
        between()
    assert (answer.status_code, answer.text) == (404, "Not found.\n")
    assert noted(place) == ()


def test_before_the_first_pull_no_project_is_ours_and_after_it_it_is(place: Place) -> None:
    found = Trigger(place.store, Secret(SECRET), ("main", "audit"), place.clock)
    body = b"project_id=99&record=A"
    assert found.route(Request("POST", SECRET, body)).status == 404
    from breakthrough.store import projects

    with place.store.begin() as connection:
        projects.claim(connection, "audit", "https://redcap.example.org/api/", 99, NOON)
    found.note()
    assert found.route(Request("POST", SECRET, body)).status == 200
    found.note()
    with place.store.read() as connection:
        assert hints.next_due(connection, "audit") == NOON + hints.QUIET


def test_of_a_flood_of_records_a_thousand_are_kept_and_every_post_is_answered(place: Place) -> None:
    found = trigger(place)
    for number in range(MOST + 500):
        assert found.route(Request("POST", SECRET, f"project_id=17&record=R{number}".encode())).status == 200
    found.note()
    assert len(noted(place)) == MOST
    assert found.route(Request("POST", SECRET, b"project_id=17&record=R1400")).status == 200
    found.note()
    assert "R1400" in noted(place)


@settings(max_examples=200, deadline=None)
@given(
    body=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: f"project_id=17&{text}".encode()))
)
def test_no_body_whatsoever_makes_it_stumble(body: bytes) -> None:
    class Nothing:
        def read(self) -> None:
            raise AssertionError

    found = object.__new__(Trigger)
    import threading

    found._secret, found._names, found._numbers = Secret(SECRET), ("main",), {"main": "17"}
    found._waiting, found._lock, found._now = {}, threading.Lock(), lambda: NOON
    assert found.route(Request("POST", SECRET, body)).status in {200, 404}
