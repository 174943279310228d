"""Every kind of report, as a real month makes it: a new kind joins these tests by being one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.preview.browser import AXE, CHROMIUM, Browser
from tests.reporting import letters as written

from breakthrough.demo import play, stage
from breakthrough.demo.play import Theatre
from breakthrough.instruments import project as projects
from breakthrough.instruments.plan import Wanted
from breakthrough.redcap.deploy import deploy
from breakthrough.reporting.values import Rendered
from breakthrough.store import Store, View
from breakthrough.worker import jobs, pulls
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.edition import Edition, edition
from breakthrough.worker.reports import KINDS, rendered

KIND_NAMES = tuple(KINDS)


@dataclass(frozen=True, repr=False)
class Month:
    """A collaborative whose month has been pulled: where it plays, what is held, and the edition made of it."""

    theatre: Theatre
    pulled: bytes
    view: View
    edition: Edition

    @property
    def here(self) -> Deployment:
        """Its deployment."""
        return self.theatre.here

    def store(self, folder: Path) -> Store:
        """A store of the test's own."""
        (folder / "store.sqlite").write_bytes(self.pulled)
        return Store.open(f"sqlite:///{folder / 'store.sqlite'}")

    def made(self, held: object, peers: str = "coded") -> Edition:
        """The edition of the same month, made of other entries, or under another policy for names."""
        occasion, what = self.edition.occasion, self.here.collaborative
        policy = what.model_copy(update={"privacy": what.privacy.model_copy(update={"peer_names": peers})})
        made = edition(held, policy, occasion.month, occasion.now)  # type: ignore[arg-type]
        return replace(made, view=self.view, code=self.here.code)

    def report(self, kind: str, subject: str, of: Edition | None = None) -> Rendered:
        """That report."""
        with self.here.speaking():
            return rendered(of or self.edition, kind, subject, self.here.content)


@contextmanager
def played(folder: Path, collaborative: str) -> Iterator[Month]:
    """A month of that collaborative, played into the sandbox and pulled from all of its projects."""
    path = folder / "store.sqlite"
    with play.opened(folder / "out", collaborative, None) as opened:
        here = opened.here
        for name in here.settings.redcap_projects():
            project = projects.load(here.content, here.collaborative, name)
            deploy(here.client(name, deploying=True), Wanted(project, opened.scene.teams))
        stage.enter(here.client(deploying=True), opened.scene, None, lambda _: None)
        for name in opened.scene.story.cases:
            stage.enter_cases(here.client(name, deploying=True), opened.scene, name, lambda _: None)
        with Store.open(f"sqlite:///{path}") as store:
            assert all(one.pulled for one in pulls.pull_each(here, store, opened.now, advance=lambda _: None))
        pulled = path.read_bytes()
        with Store.open(f"sqlite:///{path}") as store:
            view = jobs.held(here, store, opened.now)
            made = edition(view, here.collaborative, opened.month, opened.now, code=here.code)
            yield Month(opened, pulled, view, made)


@pytest.fixture(scope="session")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    with played(tmp_path_factory.mktemp("kinds"), "absenteeism") as found:
        yield found


@pytest.fixture(scope="session")
def reports(month: Month) -> dict[str, Rendered]:
    """A report of each kind."""
    return {name: month.report(name, kind.subjects(month.edition)[0]) for name, kind in KINDS.items()}


@pytest.fixture(scope="session")
def letters(month: Month) -> dict[str, Rendered]:
    """One of each mail that is no report."""
    with month.here.speaking():
        made = written.letters(month.here.collaborative)
        return {name: written.put(one, month.here.content) for name, one in made.items()}


@pytest.fixture(scope="session")
def mails(reports: dict[str, Rendered], letters: dict[str, Rendered]) -> dict[str, Rendered]:
    """All that is ever mailed: a report of each kind, then the other mails."""
    return reports | letters


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
