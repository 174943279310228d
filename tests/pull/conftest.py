"""A server for the session, a project of its own for each test, and an empty store beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.pull.site import START, SUPER_TOKEN, UTC, Host, Site

import redcap_sandbox
from breakthrough.store import Store


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with redcap_sandbox.serve(tmp_path_factory.mktemp("redcap"), SUPER_TOKEN) as sandbox:
        host = Host(sandbox)
        sandbox.clock = lambda: host.now
        yield host


@pytest.fixture
def host(server: Host) -> Iterator[Host]:
    """The server at peace, at 06:00 UTC."""
    server.now, server.zone = START, UTC
    server.set_zone("UTC")
    yield server
    server.faults()
    server.sandbox.clock = lambda: server.now


@pytest.fixture
def site(host: Host) -> Site:
    """Five teams with three months each, entered an hour ago."""
    made = host.project()
    made.fill()
    host.wait(hours=1)
    return made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as opened:
        yield opened


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    """A second store, to be filled from nothing."""
    with Store.open(f"sqlite:///{tmp_path}/other.sqlite") as opened:
        yield opened
