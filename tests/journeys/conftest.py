"""The demonstration, played once for all journeys that look at what it left."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.journeys.played import Command, Played, breakthrough, play

MAP = "config/collaboratives/absenteeism/maps/england-school-absence.yaml"


@pytest.fixture(scope="session")
def run() -> Command:
    """Runs the command line."""
    return breakthrough


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The demonstration with made-up counts."""
    return play(tmp_path_factory.mktemp("story") / "out")


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory, absence_csv: Path, root: Path) -> Played:
    """The demonstration on the real absence data."""
    return play(tmp_path_factory.mktemp("real") / "out", "--data", absence_csv, "--map", root / MAP)
