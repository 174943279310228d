"""A deployment with a portal, its store, and requests made to it over real HTTP."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from breakthrough import scaffold
from breakthrough.content import Content
from breakthrough.store import Store, projects
from breakthrough.worker.deployment import Deployment

NOON = dt.datetime(2026, 4, 15, 12, 0, tzinfo=dt.UTC)
SECRET = "yJ4ws1n0kqZB"


@dataclass
class Clock:
    now: dt.datetime = NOON

    def __call__(self) -> dt.datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += dt.timedelta(**time)


@dataclass
class Place:
    """A deployment whose project in REDCap is number 17."""

    folder: Path
    store: Store
    clock: Clock = field(default_factory=Clock)

    @property
    def here(self) -> Deployment:
        return Deployment.open(self.folder, {"TRIGGER": SECRET, "WORKER": "A" * 32})

    @contextmanager
    def changed(self, old: str, new: str) -> Iterator[None]:
        path = self.folder / "breakthrough.yaml"
        before = path.read_text(encoding="utf-8")
        path.write_text(before.replace(old, new), encoding="utf-8")
        yield
        path.write_text(before, encoding="utf-8")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    folder = tmp_path / "here"
    scaffold.write(folder, Content(), "blank")
    path = folder / "breakthrough.yaml"
    text = path.read_text(encoding="utf-8").replace("file:secrets/worker.token", "env:WORKER")
    path.write_text(text + "\nportal:\n  port: 0\n  trigger: env:TRIGGER\n", encoding="utf-8")
    with Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}") as store:
        with store.begin() as connection:
            projects.claim(connection, "main", "https://redcap.example.org/api/", 17, NOON)
        yield Place(folder, store)
