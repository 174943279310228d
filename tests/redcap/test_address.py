"""What a transport is told before it asks, and what it learns besides the answer: address, certificates, clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.delivery.answering import Certificate, made
from tests.redcap.conftest import TOKEN, Clock, RawServer, reply
from tests.redcap.test_transport import JSON, QUESTION, ROWS, transport

from breakthrough.errors import SettingInvalid, Unreachable
from breakthrough.redcap.transport import Transport


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


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return made(tmp_path_factory.mktemp("certificate"), "IP:127.0.0.1")


@pytest.fixture
def encrypted(certificate: Certificate) -> Iterator[RawServer]:
    found = RawServer(certificate.context())
    found.replies = [ROWS]
    yield found
    found.close()


def test_a_certificate_of_the_institutions_own_is_trusted_where_it_is_named(
    encrypted: RawServer, certificate: Certificate
) -> None:
    carrier = transport(encrypted, ca_bundle=str(certificate.path))

    assert carrier.ask(QUESTION, "rows") == [{"record_id": "007"}]


def test_a_server_that_is_not_trusted_is_sent_nothing(encrypted: RawServer) -> None:
    with pytest.raises(Unreachable, match=r"certificate of 127\.0\.0\.1:\d+ is not trusted"):
        transport(encrypted).ask(QUESTION, "rows")

    assert encrypted.asked == []


def test_a_proxy_of_the_institution_is_asked_for_a_tunnel_and_learns_no_token(
    server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", server.url.replace("http://", "http://me:private@").removesuffix("api/"))
    server.replies = [b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n"]
    carrier = Transport("https://redcap.example.org/api/", hosts=Clock().hosts())

    with pytest.raises(Unreachable, match="the proxy") as caught:
        carrier.ask({"token": TOKEN, "content": "version"}, "text")

    assert server.headers[0].startswith("CONNECT redcap.example.org:443 ")
    assert TOKEN not in "".join(server.headers)
    assert "private" not in str(caught.value)


def test_no_proxy_is_asked_for_a_server_that_is_excepted(server: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", server.url)
    monkeypatch.setenv("NO_PROXY", "example.org")
    carrier = Transport("https://redcap.example.org/api/", hosts=Clock().hosts(), timeout=(0.1, 0.1))

    found = carrier._session.merge_environment_settings(carrier.url, {}, None, None, None)

    assert found["proxies"] == {}
