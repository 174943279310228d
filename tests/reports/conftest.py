"""A played month of the worked collaborative, from REDCap into a store: what checks of every kind of report look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from breakthrough.demo import play, stage
from breakthrough.instruments.plan import Wanted
from breakthrough.redcap.deploy import deploy
from breakthrough.reporting.values import Rendered
from breakthrough.store import Store, View
from breakthrough.worker import jobs
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.edition import Edition, edition
from breakthrough.worker.reports import rendered, subjects


@dataclass(frozen=True, repr=False)
class Month:
    """What is held for the month, and its edition."""

    here: Deployment
    view: View
    edition: Edition

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


@pytest.fixture(scope="session")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    folder = tmp_path_factory.mktemp("month")
    with (
        play.opened(folder / "out", "absenteeism", None) as theatre,
        Store.open(f"sqlite:///{folder / 'store.sqlite'}") as store,
    ):
        here, client = theatre.here, theatre.here.client(deploying=True)
        deploy(client, Wanted(here.project, theatre.scene.teams))
        stage.enter(client, theatre.scene, None, lambda _: None)
        jobs.pull(here, store, theatre.now, lambda _: None)
        view = jobs.held(here, store, theatre.now)
        yield Month(here, view, edition(view, here.collaborative, theatre.month, theatre.now, code=here.code))


@pytest.fixture(scope="session")
def each_kind(month: Month) -> dict[str, Rendered]:
    """One report of every kind, by kind: the fullest."""
    found: dict[str, Rendered] = {}
    for kind, subject in subjects(month.edition):
        report = month.report(kind, subject)
        if kind not in found or len(report.html) > len(found[kind].html):
            found[kind] = report
    return found
