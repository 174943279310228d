"""Every kind of report, as a real month makes it: a new kind joins these tests by being one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.preview.browser import AXE, CHROMIUM, Browser

from breakthrough.demo import play, stage
from breakthrough.demo.play import Theatre
from breakthrough.instruments.plan import Wanted
from breakthrough.redcap.deploy import deploy
from breakthrough.reporting.values import Rendered
from breakthrough.store import Store
from breakthrough.worker import jobs
from breakthrough.worker.reports import KINDS, rendered

KIND_NAMES = tuple(KINDS)


@dataclass(frozen=True)
class Month:
    """A collaborative whose month has been pulled: where it plays, and its store's bytes."""

    theatre: Theatre
    pulled: bytes

    def store(self, folder: Path) -> Store:
        """A store of the test's own."""
        (folder / "store.sqlite").write_bytes(self.pulled)
        return Store.open(f"sqlite:///{folder / 'store.sqlite'}")


@pytest.fixture(scope="session")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    with play.opened(tmp_path_factory.mktemp("kinds") / "out", "absenteeism", None) as opened:
        here, client = opened.here, opened.here.client(deploying=True)
        deploy(client, Wanted(here.project, opened.scene.teams))
        stage.enter(client, opened.scene, None, lambda _: None)
        path = tmp_path_factory.mktemp("pulled") / "store.sqlite"
        with Store.open(f"sqlite:///{path}") as store:
            jobs.pull(here, store, opened.now, lambda _: None)
        yield Month(opened, path.read_bytes())


@pytest.fixture(scope="session")
def reports(month: Month, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rendered]:
    """A report of each kind."""
    here = month.theatre.here
    with month.store(tmp_path_factory.mktemp("store")) as store:
        edition = jobs.measured(here, store, month.theatre.month, month.theatre.now)
    with here.speaking():
        return {name: rendered(edition, name, kind.subjects(edition)[0], here.content) for name, kind in KINDS.items()}


@pytest.fixture(params=KIND_NAMES)
def report(request: pytest.FixtureRequest, reports: dict[str, Rendered]) -> Rendered:
    """Each of them in turn."""
    return reports[request.param]


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("CHROMIUM ABSENT: install the Debian package chromium to test reports in a real browser")
    with Browser(tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest.fixture(scope="session")
def axe() -> str:
    if not AXE.is_file():
        pytest.skip("AXE-CORE ABSENT: run `make tools` where npm is installed, to test accessibility")
    return AXE.read_text(encoding="utf-8")
