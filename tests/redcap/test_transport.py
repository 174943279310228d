"""The way to the server and back: real sockets, a server that misbehaves, and every error requests can raise."""

from __future__ import annotations

import datetime as dt
import logging
import socket
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from tests.redcap.conftest import RawServer, reply
from urllib3.exceptions import LocationParseError, MaxRetryError, NewConnectionError

from breakthrough.errors import AnswerUnreadable, Busy, RedcapError, Refused, SettingInvalid, TryAgain, Unreachable
from breakthrough.redcap.client import Client
from breakthrough.redcap.transport import Pace, Transport

JSON = "application/json; charset=utf-8"
ROWS = reply(200, JSON, b'[{"record_id":"007"}]')
PAGE = b"<html><body>REDCap is offline for maintenance</body></html>"
BUSY = reply(503, "text/html", PAGE)
QUESTION = {"token": "T", "content": "record", "format": "json"}
IMPORT = {"token": "T", "content": "record", "data": '[{"record_id":"1","a":"secret"}]'}


def transport(server: RawServer, waits: list[float] | None = None, **more: object) -> Transport:
    slept = [] if waits is None else waits
    return Transport(server.url, sleep=slept.append, jitter=lambda: 1.0, **more)  # type: ignore[arg-type]


# --- servers that misbehave -------------------------------------------------------------------------------------------

OOM = b'<b>Fatal error</b>: Allowed memory size exhausted\n{"error":"REDCap ran out of server memory."}'
BROKEN_SERVERS = [
    pytest.param(reply(200, "text/html", PAGE), AnswerUnreadable, id="maintenance page with 200"),
    pytest.param(BUSY, Busy, id="maintenance page with 503"),
    pytest.param(reply(500, "text/html", b"<h1>Error</h1>"), Busy, id="500 page"),
    pytest.param(reply(200, "text/html", OOM), Busy, id="out of memory with 200"),
    pytest.param(
        reply(200, JSON, b'[{"record_id":"00', length=21), AnswerUnreadable, id="shorter than its length says"
    ),
    pytest.param(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n" + b'[{"record_id":"00',
        AnswerUnreadable,
        id="cut short, no length",
    ),
    pytest.param(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n15\r\n[{",
        AnswerUnreadable,
        id="cut short within a chunk",
    ),
    pytest.param(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        AnswerUnreadable,
        id="compressed, but not",
    ),
    pytest.param(reply(200, JSON, b""), AnswerUnreadable, id="empty body"),
    pytest.param(reply(200, "text/csv", b"record_id\n007\n"), AnswerUnreadable, id="CSV instead of JSON"),
    pytest.param(reply(200, JSON, b'[{"a":"d\xe9j\xe0"}]'), AnswerUnreadable, id="wrong character set"),
    pytest.param(reply(403, JSON, b'{"error":"You do not have permissions"}'), Refused, id="token refused"),
    pytest.param(
        reply(302, "text/html", b"", extra="Location: http://127.0.0.1:9/\r\n"), AnswerUnreadable, id="redirect"
    ),
    pytest.param(b"", Unreachable, id="hangs up without a word"),
    pytest.param(b"SSH-2.0-OpenSSH\r\n", Unreachable, id="not HTTP at all"),
    pytest.param(None, Unreachable, id="never answers"),
]


@pytest.mark.parametrize(("answer", "expected"), BROKEN_SERVERS)
def test_a_broken_server_gives_its_error_in_good_time_and_no_data(
    server: RawServer, answer: bytes | None, expected: type[RedcapError]
) -> None:
    server.replies = [answer]
    begun = time.monotonic()

    with pytest.raises(RedcapError) as caught:
        transport(server, timeout=(10, 10) if answer is not None else (0.3, 0.3)).ask(QUESTION, "rows")

    assert type(caught.value) is expected
    assert time.monotonic() - begun < 8
    assert len(server.asked) == (4 if issubclass(expected, TryAgain) else 1)


def test_a_question_is_asked_again_until_the_server_has_recovered(server: RawServer) -> None:
    server.replies = [BUSY, reply(200, "text/html", PAGE), b"", ROWS]
    waits: list[float] = []

    assert transport(server, waits).ask(QUESTION, "rows") == [{"record_id": "007"}]
    assert waits == [2.0, 4.0, 8.0]


def test_the_second_half_of_each_wait_is_random_so_that_workers_do_not_march_in_step(server: RawServer) -> None:
    server.replies = [BUSY, BUSY, ROWS]
    waits: list[float] = []
    chances = iter([0.0, 0.5])

    Transport(server.url, sleep=waits.append, jitter=lambda: next(chances)).ask(QUESTION, "rows")

    assert waits == [1.0, 3.0]


def test_the_server_may_say_how_long_to_wait(server: RawServer) -> None:
    server.replies = [reply(429, "text/html", b"", extra="Retry-After: 31\r\n"), ROWS]
    waits: list[float] = []

    transport(server, waits).ask(QUESTION, "rows")

    assert waits == [31.0]


def test_a_server_that_wants_rest_for_long_is_left_alone(server: RawServer) -> None:
    server.replies = [reply(503, "text/html", b"", extra="Retry-After: 3600\r\n"), ROWS]
    waits: list[float] = []

    with pytest.raises(Busy) as caught:
        transport(server, waits).ask(QUESTION, "rows")

    assert caught.value.wait == 3600.0
    assert waits == []
    assert len(server.asked) == 1


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
    waits: list[float] = []

    with pytest.raises(Unreachable, match="cannot be reached"):
        Transport(f"http://127.0.0.1:{port}/api/", sleep=waits.append).ask(IMPORT, "count")

    assert len(waits) == 3


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

    def post(self, *_: object, **__: object) -> None:
        raise self.error

    def close(self) -> None:
        pass


def _failing(error: BaseException) -> Transport:
    made = Transport("https://redcap.example.org/api/", sleep=lambda _: None)
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
    tried: list[int] = []
    made._pace.wait = lambda: tried.append(1)  # type: ignore[method-assign]

    with pytest.raises(TryAgain):
        made.ask(IMPORT, "count")

    assert len(tried) == times


# --- pace, clock, settings ----------------------------------------------------------------------------------------------


def test_requests_are_paced_from_the_end_of_one_to_the_start_of_the_next() -> None:
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    pace = Pace(1.0, sleep, lambda: now[0])
    pace.wait()
    now[0] += 5.0  # the request takes five seconds
    pace.done()
    now[0] += 0.25
    pace.wait()
    pace.done()
    now[0] += 3.0
    pace.wait()

    assert slept == [0.75]


def test_there_is_no_pause_on_this_computer(server: RawServer) -> None:
    server.replies = [ROWS]
    waits: list[float] = []
    carrier = transport(server, waits, pause=1.0)

    for _ in range(3):
        carrier.ask(QUESTION, "rows")

    assert waits == []


def test_there_is_a_pause_anywhere_else() -> None:
    waits: list[float] = []
    carrier = Transport("https://redcap.example.org/api/", pause=1.0, sleep=waits.append)
    carrier._session = _Raises(requests.TooManyRedirects())  # type: ignore[assignment]

    for _ in range(2):
        with pytest.raises(Refused):
            carrier.ask(QUESTION, "rows")

    assert len(waits) == 1
    assert 0.9 < waits[0] <= 1.0


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Date: Sun, 22 Nov 2026 10:02:03 GMT\r\n", dt.datetime(2026, 11, 22, 10, 2, 3, tzinfo=dt.UTC)),
        ("Date: Sun, 22 Nov 2026 10:02:03 +0100\r\n", dt.datetime(2026, 11, 22, 9, 2, 3, tzinfo=dt.UTC)),
        ("Date: yesterday\r\n", None),
        ("", None),
    ],
)
def test_the_servers_clock_is_read_from_its_answers(
    server: RawServer, header: str, expected: dt.datetime | None
) -> None:
    server.replies = [reply(200, JSON, b"[]", extra=header)]
    carrier = transport(server)

    carrier.ask(QUESTION, "rows")

    assert carrier.server_time == expected


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://redcap.example.org/api/", "in the clear"),
        ("http://127.0.0.1.example.org/api/", "in the clear"),
        ("https://redcap.example.org/api", "last slash"),
        ("https://redcap.example.org/", "last slash"),
        ("ftp://redcap.example.org/api/", "not one of an API"),
        ("https:///api/", "not one of an API"),
        ("https://user:password@redcap.example.org/api/", "not one of an API"),
        ("https://redcap.example.org/api/?x=/api/", "not one of an API"),
    ],
)
def test_an_address_that_is_unsafe_or_no_api_is_refused_before_anything_is_sent(url: str, words: str) -> None:
    with pytest.raises(SettingInvalid, match=words) as caught:
        Transport(url)

    assert "password" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://localhost:80/api/", "http://[::1]/redcap/api/", "https://redcap.example.org/api/"]
)
def test_https_anywhere_and_http_on_this_computer_are_accepted(url: str) -> None:
    assert Transport(url).url == url


def test_a_ca_bundle_that_is_not_there_is_a_wrong_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid, match="CA bundle"):
        Transport("https://redcap.example.org/api/", ca_bundle=str(tmp_path / "none.pem"))


# --- the token ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [BUSY, None, b"", reply(200, JSON, b"["), reply(403, JSON, b'{"error":"%s no"}')])
def test_the_token_is_in_no_error_no_log_and_no_representation(
    server: RawServer, token: str, caplog: pytest.LogCaptureFixture, answer: bytes | None
) -> None:
    caplog.set_level(logging.DEBUG)
    server.replies = [answer and answer.replace(b"%s", token.encode())]
    client = Client(server.url, token, timeout=(0.2, 0.2), sleep=lambda _: None)

    with pytest.raises(RedcapError) as caught:
        client.info()

    told = "".join(traceback.format_exception(caught.value)) + caplog.text
    cause = caught.value.__cause__
    assert server.asked[0]["token"] == token
    assert token not in told
    assert token not in repr(client) + str(client) + repr(vars(client))
    assert getattr(cause, "request", None) is None  # its body is the token's last hiding place


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("9A59B7DE35E3DE5A3D9F0B1C2D3E4F5", "this has 31"),
        ("9A59B7DE35E3DE5A3D9F0B1C2D3E4F5G", "0-9 and A-F"),
        ("9A59B7DE35E3DE5A3D9F0B1C2D3E4F50\n", "line ends"),
        ("", "this has 0"),
        ("9A59B7DE35E3DE5A" * 4, "super token"),
    ],
)
def test_a_malformed_token_is_refused_without_being_shown(wrong: str, words: str) -> None:
    with pytest.raises(SettingInvalid, match=words) as caught:
        Client("https://redcap.example.org/api/", wrong)

    assert not wrong or wrong.strip() not in "".join(traceback.format_exception(caught.value))
