"""A mail server on this computer that delivers nothing: each message it takes becomes a file mail programs open."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

_PLAIN = re.compile(r"[^A-Za-z0-9]+")


class Listener:
    """An aiosmtpd server on 127.0.0.1 and a free port, running while inside `with`; `handler` decides what it answers.

    With a `certificate` (a server's SSLContext) it takes mail only after STARTTLS; with `login`, a user and a password,
    only from that user.
    """

    def __init__(
        self,
        handler: Any,
        *,
        certificate: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
        port: int = 0,
    ) -> None:
        # Bound here rather than by the controller, which cannot tell which port it was given.
        self._socket = socket.create_server(("127.0.0.1", port))
        self.host = "127.0.0.1"
        self.port: int = self._socket.getsockname()[1]
        options: dict[str, Any] = {"enable_SMTPUTF8": False, "server_hostname": "localhost"}
        if certificate:
            options |= {"tls_context": certificate, "require_starttls": True}
        if login:
            options |= {"authenticator": _checking(login), "auth_required": True, "auth_require_tls": bool(certificate)}
        self._controller = _Bound(handler, self._socket, hostname=self.host, port=self.port, **options)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()
        self._socket.close()


class Postbox(Listener):
    """A Listener that writes each message to `folder` as number, report and reader: `0007-team-T003-rachel.eml`.

    The report is read from List-ID (`t003.team.…`), the reader from the envelope. Numbers go on from those there.
    """

    def __init__(
        self,
        folder: Path,
        *,
        certificate: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
        port: int = 0,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._lock = threading.Lock()
        self._number = max((int(path.name.partition("-")[0]) for path in folder.glob("[0-9]*-*.eml")), default=0)
        super().__init__(self, certificate=certificate, login=login, port=port)

    @property
    def messages(self) -> tuple[Path, ...]:
        """The messages so far, in the order they came."""
        return tuple(sorted(self.folder.glob("*.eml")))

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's)
        """The answer to a message: taken, once it is safely on the disk."""
        del server, session
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        with self._lock:
            self._number += 1
            path = self.folder / f"{self._number:04d}-{_name(content, envelope.rcpt_tos)}.eml"
            with path.open("xb") as file:
                file.write(content)
        return "250 2.0.0 taken"


class _Bound(Controller):
    def __init__(self, handler: Any, listening: socket.socket, **options: Any) -> None:
        super().__init__(handler, **options)
        self._listening = listening

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._listening)


def _checking(login: tuple[str, str]) -> Callable[..., AuthResult]:
    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        del server, session, envelope, mechanism
        right = isinstance(given, LoginPassword) and (given.login.decode(), given.password.decode()) == login
        return AuthResult(success=right, handled=False)

    return authenticate


def _name(content: bytes, recipients: list[str]) -> str:
    """Letters, digits and hyphens alone, whatever the message claims to be."""
    listed = str(message_from_bytes(content, policy=policy.compat32).get("List-ID", ""))
    subject, _, rest = listed.strip("<> ").partition(".")
    words = [rest.partition(".")[0], subject.upper() if re.fullmatch(r"[a-z]\d{3,}", subject) else subject]
    words.append((recipients[0] if recipients else "nobody").partition("@")[0])
    return "-".join(filter(None, (_PLAIN.sub("-", word).strip("-")[:40] for word in words))) or "mail"
