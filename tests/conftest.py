"""What every test shares: no settings from the developer's shell, no network but this computer, the shared data."""

from __future__ import annotations

import logging
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes to be drawn or tried tells of the computer, and of what else runs on it: no test is timed.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(autouse=True)
def _no_settings_from_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("BREAKTHROUGH_", "REDCAP_")):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _a_plain_log() -> None:
    """A command that ran in this process, for a test or a fixture, has set the log up its own way: here it is plain."""
    ours = logging.getLogger("breakthrough")
    ours.handlers[:], ours.propagate = [], True
    ours.setLevel(logging.NOTSET)


@pytest.fixture(autouse=True)
def _only_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches for the network fails at once instead of hanging or, worse, passing."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not str(address[0]).startswith(
            ("127.", "::1", "localhost")
        ):
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def absence_csv() -> Path:
    """The real absence data, beside the repository; tests that need it are skipped, loudly, where it is not."""
    path = SHARED / "data" / "england_school_absence.csv"
    if not path.is_file():
        pytest.skip(f"REAL DATA ABSENT: {path} is not there, so this journey was NOT tested")
    return path
