"""A mail server whose answers a test decides, and certificates made for the occasion."""

# ruff: noqa: N802 (aiosmtpd calls its handlers handle_EHLO, …)

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from breakthrough.demo.postbox import Listener
from breakthrough.settings import Mail


@dataclass
class Answers:
    """What the server says at each step, the next of a list each time; None for yes. `drop` and `hang` are answers too."""

    mail: list[str | None] = field(default_factory=list)
    rcpt: list[str | None] = field(default_factory=list)
    data: list[str | None] = field(default_factory=list)
    taken: list[tuple[str, tuple[str, ...], bytes]] = field(default_factory=list)
    sessions: int = 0
    during: Callable[[], object] | None = None  # called while the client waits for the answer to its text
    pipelining: bool = False  # whether it says that it can be asked several things at once

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]) -> Any:
        self.sessions += 1
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]] if self.pipelining else responses

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        return await self._say(self.mail, server) or self._mail(envelope, address)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        answer = await self._say(self.rcpt, server)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.during:
            self.during()
        answer = await self._say(self.data, server, envelope)
        if answer is None:
            self.taken.append((envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content))
        return answer or "250 2.0.0 taken"

    def _mail(self, envelope: Any, address: str) -> str:
        envelope.mail_from = address
        return "250 OK"

    async def _say(self, answers: list[str | None], server: Any, envelope: Any = None) -> str | None:
        answer = answers.pop(0) if answers else None
        if answer == "taken, then drop":
            self.taken.append((envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content))
        if answer in {"drop", "taken, then drop"}:
            server.transport.abort()
        if answer == "hang":
            await asyncio.sleep(3)
        return answer


@dataclass
class Server:
    """A running server and the settings that reach it."""

    answers: Answers
    mail: Mail


@contextmanager
def running() -> Iterator[Server]:
    """A server that says yes to everything until told otherwise."""
    answers = Answers()
    with Listener(answers) as listener:
        yield Server(answers, settings(listener))


def settings(listener: Listener, **others: Any) -> Mail:
    given = {"host": listener.host, "port": listener.port, "security": "none", "timeout": 5} | others
    return Mail.model_validate({"sender": "Attendance reports <reports@example.org>"} | given)


@dataclass(frozen=True)
class Certificate:
    path: Path  # certificate, which is its own authority
    key: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path, self.key)
        return context


def made(folder: Path, name: str) -> Certificate:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is absent: encrypted mail is NOT tested. Install the package openssl.")
    found = Certificate(folder / "cert.pem", folder / "key.pem")
    command = ["openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=test"]
    command += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command += ["-addext", f"subjectAltName={name}", "-addext", "keyUsage=critical,digitalSignature,keyCertSign"]
    command += ["-keyout", str(found.key), "-out", str(found.path)]
    subprocess.run(command, check=True, capture_output=True)
    return found
