"""The tests for leaks and for doing things once would fail if the thing they guard against happened: each is tried."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from breakthrough.delivery import outbox
from breakthrough.delivery.key import Key
from breakthrough.demo import play, stage
from breakthrough.demo.play import Theatre
from breakthrough.entry import Entry
from breakthrough.errors import ReportError
from breakthrough.instruments.plan import Wanted
from breakthrough.month import Month
from breakthrough.redcap.deploy import deploy
from breakthrough.store import Store
from breakthrough.teams.values import Portfolio
from breakthrough.worker import due as dues
from breakthrough.worker import jobs, reports
from breakthrough.worker.edition import Edition


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with play.opened(tmp_path_factory.mktemp("planted") / "out", "absenteeism", None) as opened:
        here, client = opened.here, opened.here.client(deploying=True)
        deploy(client, Wanted(here.project, opened.scene.teams))
        stage.enter(client, opened.scene, None, lambda _: None)
        yield opened


@pytest.fixture
def store(theatre: Theatre, tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}") as opened:
        jobs.pull(theatre.here, opened, theatre.now, lambda _: None)
        yield opened


def _rounds(theatre: Theatre, store: Store, number: int) -> int:
    """How many messages are in the outbox after so many rounds of four: four, if each is made once."""
    press = jobs.press(theatre.here, store, theatre.month, theatre.now)
    of = press.edition
    everyone = dues.due(theatre.here.collaborative, of.portfolio, (), theatre.now, hour=0, code=theatre.here.code)
    assert len(everyone) == 39
    for _ in range(number):
        work = dues.due(theatre.here.collaborative, of.portfolio, (), theatre.now, hour=0, code=theatre.here.code)
        jobs.issue(store, jobs.made(press, store, work[:4], lambda _: None), theatre.now)
    return len(outbox.listing(store))


def test_a_second_round_makes_no_message_again(theatre: Theatre, store: Store) -> None:
    assert _rounds(theatre, store, 2) == 4


def test_what_is_in_the_outbox_is_not_due_again(theatre: Theatre, store: Store) -> None:
    _rounds(theatre, store, 1)
    assert len(jobs.due(theatre.here, store, theatre.now, hour=0)) == 35


def test_a_key_that_changes_from_time_to_time_is_caught(
    theatre: Theatre, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = itertools.count()

    def changing(collaborative: str, report: str, subject: str, month: Month, _: int, recipient: str) -> Key:
        return Key(collaborative, report, subject, month, next(numbers), recipient)

    monkeypatch.setattr(dues, "Key", changing)
    assert _rounds(theatre, store, 2) == 8


def test_pulling_twice_changes_nothing(theatre: Theatre, store: Store) -> None:
    assert jobs.pull(theatre.here, store, theatre.now, lambda _: None).changed == 0


def test_a_digest_that_differs_from_pull_to_pull_is_caught(
    theatre: Theatre, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = itertools.count()
    monkeypatch.setattr(Entry, "digest", property(lambda _: str(next(numbers))))
    assert jobs.pull(theatre.here, store, theatre.now, lambda _: None).changed > 500


@pytest.fixture
def of(theatre: Theatre, store: Store) -> Edition:
    return jobs.measured(theatre.here, store, theatre.month, theatre.now)


def test_a_report_that_is_given_another_teams_figures_is_not_made(
    theatre: Theatre, of: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Edition, "rows", lambda self, _: self.frame)
    with pytest.raises(ReportError):
        reports.rendered(of, "team", "T001", theatre.here.content)
    with pytest.raises(ReportError):
        reports.rendered(of, "coach", "c1", theatre.here.content)


def test_a_report_that_is_given_another_teams_people_is_not_made(
    theatre: Theatre, of: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Portfolio, "only", lambda self, *_: self)
    with pytest.raises(ReportError):
        reports.rendered(of, "team", "T001", theatre.here.content)
