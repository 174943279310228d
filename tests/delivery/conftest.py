"""Servers and certificates for a test's time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.delivery import exim as exims
from tests.delivery.answering import Certificate, Server, made, running
from tests.delivery.exim import Exim

from breakthrough.store import Store


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.sqlite'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url) as opened:
        yield opened


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as found:
        yield found


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """One for 127.0.0.1."""
    return made(tmp_path_factory.mktemp("certificate"), "IP:127.0.0.1")


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """One for another host."""
    return made(tmp_path_factory.mktemp("elsewhere"), "DNS:mail.example.org")


@pytest.fixture(scope="session")
def exim(certificate: Certificate) -> Iterator[Exim]:
    """A real mail server for the session. Where it is not unpacked the tests that need it are skipped, loudly."""
    program = exims.program()
    if program is None:
        pytest.skip("EXIM ABSENT: mail was NOT handed to a real mail server. On Debian, run: make tools")
    with exims.running(program, certificate) as running:
        yield running
