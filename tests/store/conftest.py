"""A real SQLite store in a temporary folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from breakthrough.store import Store, projects, runs

NOW = dt.datetime(2026, 3, 15, 6, 0, tzinfo=dt.UTC)


@pytest.fixture
def now() -> dt.datetime:
    return NOW


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'data' / 'store.sqlite'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url) as opened:
        yield opened


@pytest.fixture
def run(store: Store, now: dt.datetime) -> int:
    """A run under way of the project main."""
    with store.begin() as connection:
        projects.claim(connection, "main", "https://redcap.example.org/api/", 13, now)
        return runs.start(connection, "main", "full", now)
