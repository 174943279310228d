"""The server itself: on this computer alone, and neither floods nor slow clients nor huge requests hurt it."""

from __future__ import annotations

import logging
import socket
import threading
from urllib.parse import urlsplit

import pytest
import requests

from breakthrough.errors import SettingInvalid
from breakthrough.portal import server
from breakthrough.portal.server import Answer, Request, serving


def echo(request: Request) -> Answer:
    return Answer(200, f"{request.method} {request.rest} {len(request.body)}".encode())


def sent(address: str, raw: bytes) -> bytes:
    """What comes back for those bytes, to the end."""
    where = urlsplit(address)
    with socket.create_connection((str(where.hostname), int(where.port or 0)), timeout=10) as connection:
        connection.sendall(raw)
        found = b""
        while part := connection.recv(4096):
            found += part
        return found


def test_it_answers_by_the_first_part_of_the_path_and_says_nothing_of_any_other() -> None:
    with serving("127.0.0.1", 0, {"echo": echo}) as address:
        assert requests.get(f"{address}/echo/a%2Fb?c=d", timeout=5).text == "GET a/b 0"
        assert requests.post(f"{address}/echo", data=b"12345", timeout=5).text == "POST  5"
        assert requests.head(f"{address}/echo", timeout=5).status_code == 200
        other = requests.get(f"{address}/elsewhere/secret", timeout=5)
    assert (other.status_code, other.text) == (404, "Not found.\n")
    assert other.headers["Cache-Control"] == "no-store"
    assert "Python" not in other.headers["Server"]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "redcap.example.org"])  # noqa: S104 (refused)
def test_anywhere_but_on_this_computer_it_does_not_listen(host: str) -> None:
    with pytest.raises(SettingInvalid, match="not an address of this computer"), serving(host, 0, {}):
        pass


def test_a_port_that_is_taken_is_told_with_the_remedy() -> None:
    with serving("127.0.0.1", 0, {}) as address:
        port = urlsplit(address).port or 0
        with pytest.raises(SettingInvalid, match=r"portal\.port .* Name another port"), serving("127.0.0.1", port, {}):
            pass


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"Content-Length: 16385", 413),
        (b"Content-Length: 99999999999999999999", 413),
        (b"Content-Length: -1", 411),
        (b"Content-Length: 1e3", 411),
        (b"Transfer-Encoding: chunked", 411),
    ],
)
def test_a_body_that_is_too_large_or_of_no_known_length_is_not_read(head: bytes, status: int) -> None:
    called: list[Request] = []

    def noted(request: Request) -> Answer:
        called.append(request)
        return Answer(200)

    with serving("127.0.0.1", 0, {"echo": noted}) as address:
        found = sent(address, b"POST /echo HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n")
    assert found.startswith(f"HTTP/1.0 {status} ".encode())
    assert called == []


def test_what_is_no_http_gets_no_page_that_repeats_it() -> None:
    with serving("127.0.0.1", 0, {"echo": echo}) as address:
        for raw in (b"<script>alert(1)</script> / HTTP/1.1\r\n\r\n", b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n"):
            found = sent(address, raw)
            assert b"script" not in found
            assert b"aaaa" not in found


def test_a_route_that_raises_is_answered_without_why_and_logged_without_the_path(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(request: Request) -> Answer:
        raise ValueError(request.rest)

    caplog.set_level(logging.DEBUG)
    with serving("127.0.0.1", 0, {"trigger": broken}) as address:
        answer = requests.post(f"{address}/trigger/hush", data=b"", timeout=5)
    assert (answer.status_code, answer.content) == (500, b"")
    assert "portal /trigger failed" in caplog.text
    assert "hush" not in caplog.text.replace(f"{address}/trigger/hush", "").replace("POST /trigger/hush", "")


def test_a_flood_is_turned_away_and_those_after_it_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_AT_ONCE", 2)
    inside, go_on = threading.Semaphore(0), threading.Event()

    def slow(request: Request) -> Answer:
        inside.release()
        assert go_on.wait(10)
        return Answer(200)

    with serving("127.0.0.1", 0, {"slow": slow, "echo": echo}) as address:
        found: list[int] = []
        busy = [
            threading.Thread(target=lambda: found.append(requests.get(f"{address}/slow", timeout=10).status_code))
            for _ in range(2)
        ]
        for one in busy:
            one.start()
        assert inside.acquire(timeout=10)
        assert inside.acquire(timeout=10)
        for _ in range(20):
            with pytest.raises(requests.ConnectionError):
                requests.get(f"{address}/echo", timeout=5)
        go_on.set()
        for one in busy:
            one.join()
        assert found == [200, 200]
        assert requests.get(f"{address}/echo", timeout=5).status_code == 200


def test_a_request_that_comes_byte_by_byte_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_LONGEST", 0.3)
    with serving("127.0.0.1", 0, {"echo": echo}) as address:
        assert sent(address, b"POST /echo HTTP/1.1\r\nContent-Length: 5\r\n\r\n1") == b""
        monkeypatch.setattr(server, "_LONGEST", 15)
        assert requests.get(f"{address}/echo", timeout=5).status_code == 200
