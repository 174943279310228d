"""Servers and certificates for a test's time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.delivery.answering import Certificate, Server, made, running


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
