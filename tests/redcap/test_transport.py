"""The way to the server and back: real sockets, a server that misbehaves, and every error requests can raise."""

from __future__ import annotations

import errno
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

import pytest
import requests
from tests.redcap.conftest import Clock, RawServer, reply
from urllib3.exceptions import LocationParseError, MaxRetryError, NewConnectionError

from breakthrough.errors import (
    AnswerUnreadable,
    AuthFailed,
    Busy,
    Overloaded,
    RedcapError,
    Refused,
    SettingInvalid,
    StoreError,
    TryAgain,
    Unreachable,
)
from breakthrough.redcap import transport as carrying
from breakthrough.redcap.transport import Transport

JSON = "application/json; charset=utf-8"
ROWS = reply(200, JSON, b'[{"record_id":"007"}]')
PAGE = b"<html><body>REDCap is offline for maintenance</body></html>"
BUSY = reply(503, "text/html", PAGE)
QUESTION = {"token": "T", "content": "record", "format": "json"}
IMPORT = {"token": "T", "content": "record", "data": '[{"record_id":"1","a":"secret"}]'}


def transport(server: RawServer, clock: Clock | None = None, **more: Any) -> Transport:
    return Transport(server.url, hosts=(clock or Clock()).hosts(), **more)


class FullDisk(SpooledTemporaryFile[bytes]):
    """A file on a disk without space."""

    def write(self, _: Any) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_told_as_this_computers_and_asks_nothing_again(
    server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "SpooledTemporaryFile", FullDisk)
    server.replies = [ROWS]
    clock = Clock()
    with pytest.raises(StoreError, match=r"No space left on device.*TMPDIR"):
        transport(server, clock).ask(QUESTION, "rows")
    assert clock.slept == []


# --- servers that misbehave -------------------------------------------------------------------------------------------

OOM = b'<b>Fatal error</b>: Allowed memory size exhausted\n{"error":"REDCap ran out of server memory."}'
BROKEN_SERVERS = [
    pytest.param(reply(200, "text/html", PAGE), AnswerUnreadable, 4, id="maintenance page with 200"),
    pytest.param(BUSY, Busy, 4, id="maintenance page with 503"),
    pytest.param(reply(500, "text/html", b"<h1>Error</h1>"), Busy, 4, id="500 page"),
    pytest.param(reply(200, "text/html", OOM), Overloaded, 1, id="out of memory with 200"),
    pytest.param(
        reply(200, JSON, b'[{"record_id":"00', length=21), AnswerUnreadable, 4, id="shorter than its length says"
    ),
    pytest.param(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + b'[{"record_id":"00',
        AnswerUnreadable,
        4,
        id="cut short, no length",
    ),
    pytest.param(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n15\r\n[{",
        AnswerUnreadable,
        4,
        id="cut short within a chunk",
    ),
    pytest.param(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        AnswerUnreadable,
        4,
        id="compressed, but not",
    ),
    pytest.param(reply(200, JSON, b""), AnswerUnreadable, 4, id="empty body"),
    pytest.param(reply(200, "text/csv", b"record_id\n007\n"), AnswerUnreadable, 4, id="CSV instead of JSON"),
    pytest.param(reply(200, JSON, b'[{"a":"d\xe9j\xe0"}]'), AnswerUnreadable, 4, id="wrong character set"),
    pytest.param(reply(403, JSON, b'{"error":"You do not have permissions"}'), AuthFailed, 1, id="token refused"),
    pytest.param(
        reply(302, "text/html", b"", extra="Location: http://127.0.0.1:9/\r\n"), AnswerUnreadable, 4, id="redirect"
    ),
    pytest.param(b"", Unreachable, 4, id="hangs up without a word"),
    pytest.param(b"SSH-2.0-OpenSSH\r\n", Unreachable, 4, id="not HTTP at all"),
    pytest.param(None, Unreachable, 2, id="never answers"),
]


@pytest.mark.parametrize(("answer", "expected", "times"), BROKEN_SERVERS)
def test_a_broken_server_gives_its_error_in_good_time_and_no_data(
    server: RawServer, answer: bytes | None, expected: type[RedcapError], times: int
) -> None:
    server.replies = [answer]
    begun = time.monotonic()

    with pytest.raises(RedcapError) as caught:
        transport(server, timeout=(10, 10) if answer is not None else (0.3, 0.3)).ask(QUESTION, "rows")

    assert type(caught.value) is expected
    assert time.monotonic() - begun < 8
    assert len(server.asked) == times


def test_a_question_is_asked_again_until_the_server_has_recovered(server: RawServer) -> None:
    server.replies = [BUSY, reply(200, "text/html", PAGE), b"", ROWS]
    clock = Clock()

    assert transport(server, clock).ask(QUESTION, "rows") == [{"record_id": "007"}]
    assert clock.slept == [2.0, 4.0, 8.0]


@pytest.mark.parametrize(
    "answer", [BUSY, b"", reply(200, "text/html", PAGE), None], ids=["503", "gone", "page", "hang"]
)
@pytest.mark.parametrize(
    "payload",
    [
        IMPORT,
        {"token": "T", "content": "record", "action": "delete"},
        {"token": "T", "content": "dag", "action": "import"},
    ],
    ids=["data", "delete", "import"],
)
def test_a_change_that_may_have_arrived_is_never_sent_twice(
    server: RawServer, answer: bytes | None, payload: dict[str, str]
) -> None:
    server.replies = [answer]

    with pytest.raises(TryAgain):
        transport(server, timeout=(0.3, 0.3)).ask(payload, "count")

    assert len(server.asked) == 1


def test_a_change_is_sent_again_where_no_connection_could_be_made() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    clock = Clock()

    with pytest.raises(Unreachable, match="cannot be reached"):
        Transport(f"http://127.0.0.1:{port}/api/", hosts=clock.hosts()).ask(IMPORT, "count")

    assert clock.slept == [2.0, 4.0, 8.0]


def test_a_redirect_is_not_followed_so_the_token_goes_nowhere_else(server: RawServer) -> None:
    other = RawServer()
    other.replies = [ROWS]
    server.replies = [reply(307, "text/html", b"", extra=f"Location: {other.url}\r\n")]

    with pytest.raises(AnswerUnreadable):
        transport(server).ask(QUESTION, "rows")
    other.close()

    assert other.asked == []


def test_every_request_has_a_connection_of_its_own(server: RawServer) -> None:
    """Even where the server would keep it open, and closes it later just as the next request leaves."""
    server.replies = [b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"]
    server.keep_open = True
    carrier = transport(server, timeout=(1, 1))

    for _ in range(3):  # the server never reads a second request from a connection
        carrier.ask(IMPORT, "rows")

    assert len(server.asked) == 3
    assert "connection: close" in server.headers[0].lower()
    assert "user-agent: redcap-breakthrough/" in server.headers[0].lower()


def test_a_password_in_netrc_is_not_added(server: RawServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password private\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server.replies = [ROWS]
    carrier = transport(server)
    carrier._session.trust_env = True  # as it is for any server but this computer

    carrier.ask(QUESTION, "rows")

    assert "authorization" not in server.headers[0].lower()


def test_no_proxy_comes_between_us_and_this_computer(server: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    monkeypatch.setenv("NO_PROXY", "")
    server.replies = [ROWS]

    assert transport(server).ask(QUESTION, "rows") == [{"record_id": "007"}]


# --- every error of requests --------------------------------------------------------------------------------------------


def _families(kind: type[BaseException]) -> Iterator[type[BaseException]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _families(child)


EXPECTED: dict[str, type[Exception]] = {
    "RequestException": Unreachable,
    "HTTPError": Unreachable,
    "ConnectionError": Unreachable,
    "ProxyError": Unreachable,
    "SSLError": Unreachable,
    "Timeout": Unreachable,
    "ConnectTimeout": Unreachable,
    "ReadTimeout": Unreachable,
    "RetryError": Unreachable,
    "ChunkedEncodingError": AnswerUnreadable,
    "ContentDecodingError": AnswerUnreadable,
    "StreamConsumedError": AnswerUnreadable,
    "InvalidJSONError": AnswerUnreadable,
    "JSONDecodeError": AnswerUnreadable,
    "TooManyRedirects": Refused,
    "URLRequired": SettingInvalid,
    "MissingSchema": SettingInvalid,
    "InvalidSchema": SettingInvalid,
    "InvalidURL": SettingInvalid,
    "InvalidProxyURL": SettingInvalid,
    "InvalidHeader": SettingInvalid,
    "UnrewindableBodyError": SettingInvalid,
}


def _requests_errors() -> dict[str, type[BaseException]]:
    return {
        kind.__name__: kind for kind in _families(requests.RequestException) if kind.__module__.startswith("requests")
    }


def test_the_table_of_errors_names_every_one_that_requests_has() -> None:
    assert set(EXPECTED) == set(_requests_errors())


class _Raises:
    """A session that can do nothing but fail."""

    def __init__(self, error: BaseException) -> None:
        self.error = error
        self.posts = 0

    def post(self, *_: object, **__: object) -> None:
        self.posts += 1
        raise self.error

    def close(self) -> None:
        pass


def _failing(error: BaseException) -> Transport:
    made = Transport("https://redcap.example.org/api/", pause=0, hosts=Clock().hosts())
    made._session = _Raises(error)  # type: ignore[assignment]
    return made


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_error_of_requests_becomes_one_of_ours(name: str) -> None:
    kind = _requests_errors()[name]
    error = kind("what", "document SECRET", 0) if name == "JSONDecodeError" else kind("SECRET")

    with pytest.raises(EXPECTED[name]) as caught:
        _failing(error).ask(QUESTION, "rows")

    assert type(caught.value) is EXPECTED[name]
    assert caught.value.__cause__ is error
    assert "redcap.example.org" in str(caught.value)
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (LocationParseError("x"), SettingInvalid),
        (OSError("no route"), Unreachable),
        (UnicodeError("label too long"), SettingInvalid),
    ],
)
def test_errors_from_below_requests_become_ours_too(error: Exception, expected: type[Exception]) -> None:
    with pytest.raises(expected):
        _failing(error).ask(QUESTION, "rows")


@pytest.mark.parametrize(
    ("error", "times"),
    [
        (requests.ConnectTimeout(), 4),
        (requests.ConnectionError(MaxRetryError(None, "", NewConnectionError(None, ""))), 4),  # type: ignore[arg-type]
        (requests.exceptions.ProxyError(MaxRetryError(None, "", NewConnectionError(None, ""))), 1),  # type: ignore[arg-type]
        (requests.ConnectionError("reset by peer"), 1),
        (requests.ReadTimeout(), 1),
        (requests.exceptions.ChunkedEncodingError(), 1),
    ],
    ids=["connect time-out", "connection refused", "proxy", "reset", "read time-out", "cut short"],
)
def test_a_change_is_repeated_only_where_it_cannot_have_left(error: Exception, times: int) -> None:
    made = _failing(error)

    with pytest.raises(TryAgain):
        made.ask(IMPORT, "count")

    assert made._session.posts == times  # type: ignore[attr-defined]
