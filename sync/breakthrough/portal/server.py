"""A small HTTP server on this computer alone, that no flood, no slow client and no huge request can hurt.

Whoever is to reach it from outside comes through the institution's own web server, which speaks HTTPS.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from breakthrough.errors import SettingInvalid
from breakthrough.settings import is_loopback
from breakthrough.worker import faults

log = logging.getLogger(__name__)

LARGEST = 16_384  # bytes of a body: a trigger has a few hundred
_AT_ONCE = 16  # requests; more are turned away unread
_PATIENCE = 5.0  # seconds for each part of a request
_LONGEST = 15.0  # seconds for all of it, answer included: one that comes byte by byte is cut off
_CLOSED = {  # on every answer: nothing is kept, framed or told to another page
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked. `rest` is what follows the route's name in the path, decoded: `/trigger/REST`."""

    method: str
    rest: str
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered."""

    status: int
    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"


Route = Callable[[Request], Answer]
NOT_FOUND = Answer(404, b"Not found.\n")


class _Server(ThreadingHTTPServer):
    daemon_threads = True  # a slow client does not hold up the end
    request_queue_size = 32

    def __init__(self, address: tuple[str, int], routes: Mapping[str, Route]) -> None:
        self.routes = routes
        self.room = threading.BoundedSemaphore(_AT_ONCE)
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Binds, without asking a name service what this computer is called, as the HTTP server of the library does."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self.room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:
            self.room.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        cut = threading.Timer(_LONGEST, _cut_off, [request])
        cut.daemon = True
        cut.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            cut.cancel()
            self.room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a client that hangs up is nobody's fault, and what a route raises is answered for."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _PATIENCE
    server_version = "breakthrough"
    sys_version = ""

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
        """Nothing: paths hold secrets."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """The code alone: the library's page would repeat what was asked."""
        del message, explain
        self._send(Answer(code))

    def _answer(self) -> None:
        body = self._body()
        if body is None:
            return
        _, name, *rest = urlsplit(self.path).path.split("/", 2) + [""] * 2
        route = self.server.routes.get(name)
        method = "GET" if self.command == "HEAD" else self.command
        try:
            answer = route(Request(method, unquote(rest[0]), body)) if route else NOT_FOUND
        except Exception as error:  # noqa: BLE001 (a route that fails must not end the server, nor tell why)
            faults.record(log, f"portal /{name}", error)
            answer = Answer(500)
        self._send(answer)

    def _body(self) -> bytes | None:
        """The body; None where it was refused, and that answered."""
        if self.command != "POST":
            return b""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._send(Answer(411))
            return None
        if len(length) > 9 or int(length) > LARGEST:
            self._send(Answer(413))
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            return None  # it hung up
        return body

    def _send(self, answer: Answer) -> None:
        self.close_connection = True
        self.send_response(answer.status)
        for name, value in ({"Content-Type": answer.kind} | _CLOSED).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)


@contextmanager
def serving(host: str, port: int, routes: Mapping[str, Route]) -> Iterator[str]:
    """Answers within the block, by the first part of the path; gives the address, `http://127.0.0.1:8646`.

    Port 0 is any that is free. Raises SettingInvalid where the host is not this computer, or the port is taken.
    """
    shown = f"[{host}]" if ":" in host else host
    if not is_loopback(f"//{shown}"):
        raise SettingInvalid("portal.host in breakthrough.yaml is not an address of this computer. Write 127.0.0.1.")
    try:
        server = _Server((host, port), routes)
    except OSError as taken:
        raise SettingInvalid(
            f"portal.port {port} in breakthrough.yaml cannot be listened at ({taken.strerror}): another program, or "
            "another deployment's run, has it. Name another port, or take the block 'portal' out."
        ) from taken
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, name="portal", daemon=True)
    thread.start()
    try:
        yield f"http://{shown}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _cut_off(request: socket.socket) -> None:
    with suppress(OSError):
        request.shutdown(socket.SHUT_RDWR)
