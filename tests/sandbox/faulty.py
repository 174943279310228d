"""Helpers of the tests of faults."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from tests.sandbox.conftest import Api

from redcap_sandbox import Sandbox
from redcap_sandbox.faults.rules import Plan, Rule

Break = Callable[..., None]


def breaking(server: Sandbox) -> Iterator[Break]:
    """Puts rules in force on the server, until it is asked again."""

    def broken(*rules: Rule, seed: int = 0) -> None:
        server.faults.replace(Plan(rules, seed))

    yield broken
    server.faults.replace(Plan())


def raw(api: Api, content: str, patience: float = 5.0, **parameters: str) -> bytes:
    """Every byte that comes until the connection ends, or b"…" after what came within the patience."""
    host, port = api.url.split("/")[2].split(":")
    body = urlencode({"token": api.token, "content": content, **parameters}).encode()
    head = f"POST /api/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=patience) as connection:
        connection.sendall(head.encode() + body)
        received = b""
        try:
            while piece := connection.recv(65536):
                received += piece
        except TimeoutError:
            received += b"..."
        return received
