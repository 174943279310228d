"""A server that answers with exactly the bytes it is told to, and a real sandbox REDCap."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
import requests

import redcap_sandbox
from breakthrough.redcap.client import Client
from breakthrough.redcap.pace import Hosts
from redcap_sandbox import Sandbox

SUPER_TOKEN = "0123456789ABCDEF" * 4
TOKEN = "9A59B7DE35E3DE5A3D9F0B1C2D3E4F50"


class Clock:
    """A clock that only waiting, and whoever sets `now`, moves on; `slept` has the waits in seconds."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def hosts(self, jitter: Callable[[], float] = lambda: 1.0) -> Hosts:
        return Hosts(sleep=self.sleep, clock=lambda: self.now, jitter=jitter)


class RawServer:
    """Answers each request with the next of `replies` (the last one again and again); None: never answers."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.replies: list[bytes | None] = []
        self.asked: list[dict[str, str]] = []
        self.headers: list[str] = []
        self.keep_open = False
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._held: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._socket.getsockname()[1]}/api/"

    def close(self) -> None:
        # wake accept(), which closing the socket alone does not do
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()
        for connection in self._held:
            connection.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            if self._tls:
                try:
                    connection = self._tls.wrap_socket(connection, server_side=True)
                except OSError:  # the client does not trust us
                    continue
            self._read(connection)
            reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
            with contextlib.suppress(OSError):
                connection.sendall(reply or b"")
            if reply is None or self.keep_open:
                self._held.append(connection)
            else:
                connection.close()

    def _read(self, connection: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(65536)
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        length = next((int(line[15:]) for line in lines if line.lower().startswith("content-length:")), 0)
        while len(body) < length:
            body += connection.recv(65536)
        self.headers.append(head.decode())
        self.asked.append(dict(parse_qsl(body.decode(), keep_blank_values=True)))


def reply(status: int, content_type: str, body: bytes, *, extra: str = "", length: int | None = None) -> bytes:
    """An HTTP answer that closes the connection; `length` may lie."""
    size = len(body) if length is None else length
    head = f"HTTP/1.1 {status} -\r\nContent-Type: {content_type}\r\nContent-Length: {size}\r\nConnection: close\r\n{extra}\r\n"
    return head.encode() + body


@pytest.fixture
def server() -> Iterator[RawServer]:
    found = RawServer()
    yield found
    found.close()


@pytest.fixture
def token() -> str:
    return TOKEN


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with redcap_sandbox.serve(tmp_path_factory.mktemp("sandbox"), SUPER_TOKEN) as running:
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Client]:
    """A client of a new, empty project on a sandbox."""
    with redcap_sandbox.serve(tmp_path / "sandbox", SUPER_TOKEN) as sandbox:
        made = requests.post(
            sandbox.url,
            data={
                "token": SUPER_TOKEN,
                "content": "project",
                "format": "json",
                "data": '[{"project_title": "Test", "purpose": 3}]',
            },
            timeout=10,
        )
        assert made.status_code == 200, made.text
        yield Client(sandbox.url, made.text[-32:])
