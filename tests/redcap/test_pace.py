"""How often a server is asked: pace, rest, repeats, and all clients of a process together."""

from __future__ import annotations

import datetime as dt
import threading
import time
from email.utils import format_datetime

import pytest
import requests
from tests.redcap.conftest import TOKEN, Clock, RawServer, reply
from tests.redcap.test_transport import BUSY, QUESTION, ROWS, transport

from breakthrough.errors import Busy, Refused, Unreachable
from breakthrough.redcap.client import Client
from breakthrough.redcap.pace import Hosts
from breakthrough.redcap.transport import Transport

REDCAP = "https://redcap.example.org/api/"


# --- pace ---------------------------------------------------------------------------------------------------------------


def test_requests_are_paced_from_the_end_of_one_to_the_start_of_the_next() -> None:
    clock = Clock()
    host = clock.hosts(jitter=lambda: 0.0).host(REDCAP)

    with host.turn(1.0):
        clock.now += 5.0  # the request takes five seconds
    clock.now += 0.25
    with host.turn(1.0):
        pass
    clock.now += 3.0
    with host.turn(1.0):
        pass

    assert clock.slept == [0.75]


def test_a_pause_is_lengthened_at_random_and_never_shortened() -> None:
    clock = Clock()
    chances = iter([0.0, 0.5, 1.0])
    host = clock.hosts(jitter=lambda: next(chances)).host(REDCAP)

    for _ in range(3):
        with host.turn(1.0):
            pass

    assert clock.slept == [1.0, 1.125]


@pytest.mark.parametrize("chance", [0.0, 0.37, 1.0])
def test_no_minute_has_more_than_sixty_requests_to_one_server_by_default(chance: float) -> None:
    clock = Clock()
    hosts = clock.hosts(jitter=lambda: chance)
    projects = [Transport(REDCAP, hosts=hosts), Transport("https://REDCAP.example.org/other/api/", hosts=hosts)]
    at: list[float] = []
    for one in projects:
        one._session = _Notes(clock, at)  # type: ignore[assignment]

    for n in range(200):
        with pytest.raises(Refused):
            projects[n % 2].ask(QUESTION, "rows")

    assert max(sum(start <= other < start + 60 for other in at) for start in at) <= 60


class _Notes:
    """A session that notes when it is asked, and answers in no time."""

    def __init__(self, clock: Clock, at: list[float]) -> None:
        self.clock, self.at = clock, at

    def post(self, *_: object, **__: object) -> None:
        self.at.append(self.clock.now)
        raise requests.TooManyRedirects

    def close(self) -> None:
        pass


def test_there_is_no_pause_on_this_computer(server: RawServer) -> None:
    server.replies = [ROWS]
    clock = Clock()
    carrier = transport(server, clock, pause=1.0)

    for _ in range(3):
        carrier.ask(QUESTION, "rows")

    assert clock.slept == []


def test_two_servers_do_not_wait_for_each_other() -> None:
    clock = Clock()
    hosts = clock.hosts()

    with hosts.host(REDCAP).turn(1.0):
        pass
    with hosts.host("https://other.example.org/api/").turn(1.0):
        pass

    assert clock.slept == []


def test_clients_that_are_given_no_hosts_keep_a_pace_of_their_own() -> None:
    one, other = Transport(REDCAP), Transport(REDCAP)

    assert one._host is not other._host


def test_one_request_at_a_time_goes_to_a_server_from_all_threads(server: RawServer) -> None:
    hosts = Hosts()
    busy: list[int] = []
    most: list[int] = []

    def once() -> None:
        with hosts.host(server.url).turn(0.0):
            busy.append(1)
            most.append(len(busy))
            time.sleep(0.01)
            busy.pop()

    threads = [threading.Thread(target=once) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == [1] * 8


# --- rest ---------------------------------------------------------------------------------------------------------------


def after(seconds: str, status: int = 429, date: str = "") -> bytes:
    return reply(status, "text/html", b"", extra=f"Retry-After: {seconds}\r\n" + (f"Date: {date}\r\n" if date else ""))


NOON = dt.datetime(2026, 11, 22, 12, 0, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("31", 31.0),
        ("0", None),
        (format_datetime(NOON + dt.timedelta(seconds=45), usegmt=True), 45.0),
        (format_datetime(NOON - dt.timedelta(seconds=45), usegmt=True), None),
        ("soon", 2.0),
        ("-5", 2.0),
        ("1.5", 2.0),
    ],
    ids=["seconds", "at once", "a date", "a date that is past", "no time", "less than nothing", "a fraction"],
)
def test_the_server_may_say_how_long_to_wait(
    server: RawServer, status: int, header: str, expected: float | None
) -> None:
    server.replies = [after(header, status, format_datetime(NOON, usegmt=True)), ROWS]
    clock = Clock()

    assert transport(server, clock).ask(QUESTION, "rows") == [{"record_id": "007"}]
    assert clock.slept == ([] if expected is None else [expected])


def test_a_date_without_the_servers_own_clock_says_nothing(server: RawServer) -> None:
    server.replies = [after(format_datetime(NOON, usegmt=True)), ROWS]
    clock = Clock()

    transport(server, clock).ask(QUESTION, "rows")

    assert clock.slept == [2.0]


def test_a_server_that_wants_rest_for_long_is_left_alone_by_everybody(server: RawServer) -> None:
    server.replies = [after("600", 503), ROWS]
    clock = Clock()
    hosts = clock.hosts()
    one, other = Transport(server.url, hosts=hosts), Transport(server.url, hosts=hosts)

    with pytest.raises(Busy) as caught:
        one.ask(QUESTION, "rows")
    clock.now += 100
    with pytest.raises(Busy) as spared:
        other.ask(QUESTION, "rows")
    clock.now += 420
    assert other.ask(QUESTION, "rows") == [{"record_id": "007"}]

    assert (caught.value.wait, spared.value.wait) == (600.0, 500.0)
    assert clock.slept == [80.0]
    assert len(server.asked) == 2


def test_a_server_that_wants_rest_for_ever_is_asked_again_after_an_hour(server: RawServer) -> None:
    server.replies = [after("99999999"), ROWS]
    clock = Clock()
    carrier = transport(server, clock)

    with pytest.raises(Busy):
        carrier.ask(QUESTION, "rows")
    clock.now += 3600

    assert carrier.ask(QUESTION, "rows") == [{"record_id": "007"}]


def test_the_rest_a_server_asks_for_is_kept_by_the_other_projects_there(server: RawServer) -> None:
    server.replies = [after("50"), ROWS]
    clock = Clock()
    hosts = clock.hosts()
    one, other = Client(server.url, TOKEN, hosts=hosts), Client(server.url, TOKEN, hosts=hosts)
    for client in (one, other):
        client._project.remember_record_field("record_id")

    with pytest.raises(Busy):
        one.records(fields=["record_id"], attempts=1)

    assert other.record_ids() == ["007"]
    assert clock.slept == [50.0]


# --- repeats ------------------------------------------------------------------------------------------------------------


def test_the_second_half_of_each_wait_is_random_so_that_workers_do_not_march_in_step(server: RawServer) -> None:
    server.replies = [BUSY, BUSY, ROWS]
    clock = Clock()
    chances = iter([0.0, 0.5])

    Transport(server.url, hosts=clock.hosts(jitter=lambda: next(chances))).ask(QUESTION, "rows")

    assert clock.slept == [1.0, 3.0]


def test_a_caller_who_would_rather_ask_for_less_has_no_question_repeated(server: RawServer) -> None:
    server.replies = [BUSY, ROWS]

    with pytest.raises(Busy):
        transport(server).ask(QUESTION, "rows", attempts=1)

    assert len(server.asked) == 1


def test_asking_once_holds_for_that_question_alone(server: RawServer) -> None:
    server.replies = [BUSY, BUSY, ROWS]
    client = Client(server.url, TOKEN, hosts=Clock().hosts())
    client._project.remember_record_field("record_id")

    with pytest.raises(Busy):
        client.records(fields=["record_id"], attempts=1)

    assert client.record_ids() == ["007"]


def test_a_server_that_only_fails_is_asked_less_and_less(server: RawServer) -> None:
    server.replies = [BUSY]
    carrier = transport(server)
    times = []

    for _ in range(6):
        with pytest.raises(Busy):
            carrier.ask(QUESTION, "rows")
        times.append(len(server.asked))

    assert times == [4, 8, 12, 16, 17, 18]  # twelve repeats in all, then each question once


def test_answers_bring_the_repeats_back(server: RawServer) -> None:
    server.replies = [*[BUSY] * 16, ROWS]
    carrier = transport(server)
    for _ in range(4):
        with pytest.raises(Busy):
            carrier.ask(QUESTION, "rows")

    for _ in range(11):
        carrier.ask(QUESTION, "rows")
    server.replies = [BUSY, ROWS]

    assert carrier.ask(QUESTION, "rows") == [{"record_id": "007"}]


def test_a_server_that_falls_silent_in_mid_answer_is_waited_for_no_longer_than_said(server: RawServer) -> None:
    server.replies = [b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n[{"]
    server.keep_open = True

    with pytest.raises(Unreachable, match="did not answer in time"):
        transport(server, timeout=(0.3, 0.3)).ask(QUESTION, "rows")

    assert len(server.asked) == 2
