"""The demonstration, played once for all journeys that look at what it left."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tests.journeys.played import Command, Played, breakthrough

MAP = "config/collaboratives/absenteeism/maps/england-school-absence.yaml"


def _play(output: Path, *arguments: object) -> Played:
    begun = time.monotonic()
    done = breakthrough("demo", "--output", output, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return Played(output, done.stdout, done.stderr, time.monotonic() - begun)


@pytest.fixture(scope="session")
def run() -> Command:
    """Runs the command line."""
    return breakthrough


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The demonstration with made-up counts."""
    return _play(tmp_path_factory.mktemp("story") / "out")


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory, absence_csv: Path, root: Path) -> Played:
    """The demonstration on the real absence data."""
    return _play(tmp_path_factory.mktemp("real") / "out", "--data", absence_csv, "--map", root / MAP)
