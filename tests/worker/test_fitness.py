"""Reports of old or incomplete records go to nobody unless a person says so, and then they say it at the top."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from breakthrough.demo import play, stage
from breakthrough.demo.play import Theatre
from breakthrough.errors import RecordsUnfit
from breakthrough.instruments.plan import Wanted
from breakthrough.redcap.deploy import deploy
from breakthrough.reporting.values import Rendered
from breakthrough.store import Store, tables
from breakthrough.worker import jobs
from breakthrough.worker.reports import rendered

HOUR = dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with play.opened(tmp_path_factory.mktemp("fitness") / "out", "absenteeism", None) as opened:
        here, client = opened.here, opened.here.client(deploying=True)
        deploy(client, Wanted(here.project, opened.scene.teams))
        stage.enter(client, opened.scene, None, lambda _: None)
        yield opened


@pytest.fixture
def store(theatre: Theatre, tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}") as opened:
        jobs.pull(theatre.here, opened, theatre.now, lambda _: None)
        yield opened


def unanswered(store: Store, number: int) -> None:
    """As if REDCap had not answered for so many records in the newest pull."""
    with store.begin() as connection:
        connection.execute(update(tables.sync_run).values(quarantined=number))


def test_a_day_old_they_go_out_and_an_hour_later_no_more(theatre: Theatre, store: Store) -> None:
    month = theatre.month
    jobs.press(theatre.here, store, month, theatre.now + 24 * HOUR)
    with pytest.raises(
        RecordsUnfit, match=r"The records were pulled 25 hours ago, and reporting\.oldest_hours allows 24"
    ):
        jobs.press(theatre.here, store, month, theatre.now + 25 * HOUR)


def test_records_that_redcap_did_not_answer_for_hold_reports_up(theatre: Theatre, store: Store) -> None:
    unanswered(store, 2)
    with pytest.raises(RecordsUnfit, match=r"did not answer for 2 records.*send --anyway"):
        jobs.press(theatre.here, store, theatre.month, theatre.now)


def made(theatre: Theatre, store: Store, now: dt.datetime, kind: str, subject: str) -> Rendered:
    of = jobs.press(theatre.here, store, theatre.month, now, anyway=True)
    return rendered(of.edition, kind, subject, theatre.here.content)


@pytest.mark.parametrize(("kind", "subject"), [("team", "T001"), ("coach", "c1"), ("leader", "T001")])
def test_sent_nevertheless_a_report_says_so_above_everything_else(
    theatre: Theatre, store: Store, kind: str, subject: str
) -> None:
    told = (
        "These are the records of 15 April 2026: REDCap could not be read since. What came later is missing.",
        "REDCap did not answer for 1 record. Here it is as it was before.",
    )
    fresh = made(theatre, store, theatre.now, kind, subject)
    assert all(sentence not in fresh.html for sentence in told)
    unanswered(store, 1)
    report = made(theatre, store, theatre.now + 30 * HOUR, kind, subject)
    for sentence in told:
        assert report.html.index(sentence) < report.html.index("<h2")
        assert sentence in report.page
        assert sentence in " ".join(report.text.replace("! ", " ").split())
