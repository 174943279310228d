"""HTTP and nothing else: a threaded server on the loopback address that keeps connections alive.

Werkzeug's own server closes every connection after one answer, which REDCap's web server does not; so this is
http.server underneath, with Werkzeug reading the bodies.
"""

from __future__ import annotations

import io
import math
import os
import socket
import struct
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from time import monotonic
from typing import IO, Any, cast

from werkzeug.serving import DechunkedInput

from redcap_sandbox.wire import answers, formbody, refusals
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.formbody import Upload
from redcap_sandbox.wire.refusals import Refusal

HOST = "127.0.0.1"
DEFAULT_BODY_LIMIT = 256 * 1024 * 1024
_IDLE_SECONDS = 75  # how long a connection may stay silent
_PIECE = 1024 * 1024
_MOST_DISCARDED = 1024 * 1024 * 1024
_NO_LINGERING = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


@dataclass(frozen=True)
class Request:
    """A POST: its form parameters in the order sent, and the files of a multipart body."""

    parameters: list[tuple[str, str]]
    files: Mapping[str, Upload] = field(default_factory=dict)


Page = Callable[[Request], Answer]


def address(port: int) -> str:
    """The address of a server on that port, ending in a slash."""
    return f"http://{HOST}:{port}/"


class Server(ThreadingHTTPServer):
    """Serves `pages`, a function per path, until it is closed."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, pages: Mapping[str, Page], body_limit: int, now: Callable[[], datetime]) -> None:
        """Listens on the port, 0 for a free one; OSError if it is taken. `now` is for the `Date` header."""
        super().__init__((HOST, port), Handler)
        self.pages = pages
        self.body_limit = body_limit
        self.now = now
        self._open: set[socket.socket] = set()
        self._to_reset: set[socket.socket] = set()
        self._changed = Condition()
        self._thread = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def base(self) -> str:
        """The server's address, ending in a slash."""
        return address(self.server_address[1])

    def close(self, patience: float = 3.0) -> None:
        """Stops listening, lets answers under way finish for `patience` seconds, then cuts every connection."""
        self.shutdown()
        self._thread.join()
        self.server_close()
        self._hang_up(socket.SHUT_RD)  # a kept-alive connection waits in a read, which now ends
        if not self._all_gone(patience):
            self._hang_up(socket.SHUT_RDWR)
            self._all_gone(1.0)

    def _hang_up(self, how: int) -> None:
        with self._changed:
            for connection in self._open:
                try:
                    connection.shutdown(how)
                except OSError:
                    continue  # the client was quicker

    def _all_gone(self, seconds: float) -> bool:
        until = monotonic() + seconds
        with self._changed:
            while self._open and monotonic() < until:
                self._changed.wait(until - monotonic())
            return not self._open

    def process_request(self, request: Any, client_address: Any) -> None:
        """Gives the connection a thread, and remembers it for `close`."""
        with self._changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def reset(self, connection: socket.socket) -> None:
        """Has the connection end in a reset, which reaches the client as an error, and not in a farewell."""
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING)
        with self._changed:
            self._to_reset.add(connection)

    def shutdown_request(self, request: Any) -> None:
        """Ends a connection and forgets it."""
        if request in self._to_reset:
            self.close_request(request)
        else:
            super().shutdown_request(request)
        with self._changed:
            self._to_reset.discard(request)
            self._open.discard(request)
            self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is none of our errors; anything else is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def _no_page(_: Request) -> Answer:
    raise Refusal(404, "The requested URL was not found on this server. The API is at /api/")


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection, one after the other."""

    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    wbufsize = 64 * 1024
    disable_nagle_algorithm = True  # else small answers wait 40 ms for the client's acknowledgement
    _skew = 0.0

    @property
    def _server(self) -> Server:
        return cast("Server", self.server)

    def do_POST(self) -> None:
        """Answers with the page of the path."""
        page = self._server.pages.get(self.path.partition("?")[0], _no_page)
        try:
            body = self._body()
            form = formbody.read(body, self.headers.get("Content-Type", ""))
            answer = page(Request(form.parameters, form.files))
        except Refusal as refusal:
            answer = answers.refused(refusal, "xml")
        except OSError:
            raise
        except Exception:  # noqa: BLE001  (whatever went wrong, the client gets an answer and we see the trace)
            traceback.print_exc()
            answer = answers.plain("The sandbox failed to answer this call; its own output says where.", 500)
        self._send(answer)

    def __getattr__(self, name: str) -> Any:
        """Every method but POST is answered alike."""
        if name.startswith("do_"):
            return self._not_implemented
        raise AttributeError(name)

    def _not_implemented(self) -> None:
        self.close_connection = True  # a body may follow, and is not read
        self._send(answers.refused(Refusal(501, "The requested method is not implemented"), "xml"))

    def version_string(self) -> str:
        """What the `Server` header says."""
        return "redcap-sandbox"

    def handle_expect_100(self) -> bool:
        """Tells a client that waits with its body to go on."""
        going_on = super().handle_expect_100()
        self.wfile.flush()  # or the client waits for it before it sends the body
        return going_on

    def log_message(self, *_: object) -> None:
        """Requests are not logged: their parameters hold tokens and data."""

    def _body(self) -> bytes:
        """The request's body; Refusal if it is longer than the server's limit."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._read(DechunkedInput(cast("IO[bytes]", self.rfile)), None)
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()):
            self.close_connection = True
            raise Refusal(400, "The Content-Length of the request is no number")
        return self._read(self.rfile, int(length[:20]))

    def _read(self, source: io.RawIOBase | io.BufferedIOBase, length: int | None) -> bytes:
        """What the client sends, to its end or its announced length.

        A body over the limit is read too, as far as is reasonable, and thrown away: a client reads its answer only
        when it has sent everything.
        """
        limit = self._server.body_limit
        pieces: list[bytes] = []
        size = 0
        while (length is None or size < length) and size <= limit + _MOST_DISCARDED:
            piece = source.read(_PIECE if length is None else min(_PIECE, length - size))
            if not piece:
                break
            size += len(piece)
            if max(size, length or 0) <= limit:
                pieces.append(piece)
            else:
                pieces.clear()
        if max(size, length or 0) > limit:
            self.close_connection = True
            raise refusals.too_large(limit)
        if size < (length or 0):
            raise ConnectionAbortedError
        return b"".join(pieces)

    def _send(self, answer: Answer) -> None:
        passage = answer.passage
        self.close_connection |= passage.ends
        try:
            self._wait(passage.delay)
            self._skew = passage.skew
            if passage.head:
                self._write(answer)
        except BaseException:
            self.close_connection = True  # a cut body must not look complete
            raise
        finally:
            answer.done()
            self._wait(passage.hold)
            if passage.reset:
                self._server.reset(self.connection)

    def _write(self, answer: Answer) -> None:
        """Sends status, headers and body: a body whose length isn't known in chunks, or as its passage has it."""
        passage = answer.passage
        length = len(answer.body) if isinstance(answer.body, bytes) else passage.length
        chunked = passage.framed and length is None
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        for name, value in answer.headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif passage.framed:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        if self.command == "HEAD":
            return
        for piece in answers.pieces(answer):
            if piece:  # an empty chunk would be the last
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def date_time_string(self, timestamp: float | None = None) -> str:
        """What the `Date` header says."""
        told = self._server.now().timestamp() if timestamp is None else timestamp
        return super().date_time_string(told + self._skew)

    def _wait(self, seconds: float) -> None:
        """Stays silent for so long, or until the client goes away (or sends more) or the server closes."""
        if not seconds:
            return
        self.wfile.flush()
        patience = self.connection.gettimeout()
        self.connection.settimeout(None if seconds == math.inf else seconds)
        try:
            self.connection.recv(1, socket.MSG_PEEK)
        except TimeoutError:
            pass
        finally:
            self.connection.settimeout(patience)
