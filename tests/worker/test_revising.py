"""Counts that come after the report make a revised one for those whose figures they are, once, and for nobody else."""

from __future__ import annotations

import datetime as dt
import email
from collections.abc import Iterator
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import update

from breakthrough.delivery import outbox
from breakthrough.delivery.key import Key
from breakthrough.demo import play, stage
from breakthrough.demo.play import Theatre
from breakthrough.instruments.plan import Wanted
from breakthrough.month import Month
from breakthrough.redcap.deploy import deploy
from breakthrough.store import Store, archive, tables
from breakthrough.worker import again, jobs, revising
from breakthrough.worker.press import issue

MARCH = Month("2026-03")
SENT = dt.datetime(2026, 4, 15, 6, tzinfo=dt.UTC)
DAY = dt.timedelta(1)
LATER = SENT + 10 * DAY


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with play.opened(tmp_path_factory.mktemp("revising") / "out", "absenteeism", None) as opened:
        here, client = opened.here, opened.here.client(deploying=True)
        deploy(client, Wanted(here.project, opened.scene.teams))
        stage.enter(client, opened.scene, None, lambda _: None)
        yield opened


@pytest.fixture(scope="module")
def sent(theatre: Theatre, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The store after the reports of March have been put into the outbox."""
    path = tmp_path_factory.mktemp("sent") / "store.sqlite"
    with Store.open(f"sqlite:///{path}") as opened:
        jobs.pull(theatre.here, opened, SENT, lambda _: None)
        of = jobs.press(theatre.here, opened, MARCH, SENT)
        issue(opened, jobs.made(of, opened, jobs.due(theatre.here, opened, SENT), lambda _: None), SENT)
        with opened.begin() as connection:
            connection.execute(update(tables.outbox).values(state="sent", sent_at=SENT))
        jobs.pull(theatre.here, opened, LATER, lambda _: None)
    return path.read_bytes()


@pytest.fixture(scope="module")
def corrected(theatre: Theatre, sent: bytes, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The same once somebody of the team has corrected a figure of March."""
    path = tmp_path_factory.mktemp("corrected") / "store.sqlite"
    path.write_bytes(sent)
    with Store.open(f"sqlite:///{path}") as opened:
        enter(theatre, opened, "T001", MARCH, sd_abs="999")
        jobs.pull(theatre.here, opened, LATER, lambda _: None)
    return path.read_bytes()


@pytest.fixture
def unchanged(sent: bytes, tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "store.sqlite").write_bytes(sent)
    with Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}") as opened:
        yield opened


@pytest.fixture
def store(corrected: bytes, tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "store.sqlite").write_bytes(corrected)
    with Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}") as opened:
        yield opened


def enter(theatre: Theatre, store: Store, record: str, month: Month, **counts: str) -> None:
    """What a person of the team corrects in its form of that month; then it is pulled."""
    entry = next(
        one
        for one in store.entries("main", "monthly_measures")
        if (one.key.record, one.values.get("mm_period")) == (record, str(month.first))
    )
    row = {
        "record_id": record,
        "redcap_repeat_instrument": "monthly_measures",
        "redcap_repeat_instance": str(entry.key.instance),
        **counts,
    }
    theatre.here.client(deploying=True).import_records([row])


def revised(store: Store) -> set[tuple[str, str]]:
    return {(key.report, key.subject) for key in _keys(store) if key.revision == 1}


def _keys(store: Store) -> list[Key]:
    return [Key.read(line.key) for line in outbox.listing(store)]


def test_a_corrected_figure_makes_a_revision_for_its_team_coach_and_leader(theatre: Theatre, store: Store) -> None:
    assert revising.due(theatre.here, store, LATER - DAY) is None
    assert revising.due(theatre.here, store, LATER) == MARCH
    number = revising.revise(theatre.here, store, LATER)
    assert revised(store) == {("team", "T001"), ("coach", "c1"), ("leader", "T001")}
    assert number == sum(key.revision == 1 for key in _keys(store))


def test_the_revised_report_says_that_it_is_and_what_was_otherwise(theatre: Theatre, store: Store) -> None:
    revising.revise(theatre.here, store, LATER)
    key = next(str(key) for key in _keys(store) if (key.report, key.subject, key.revision) == ("team", "T001", 1))
    with store.read() as connection:
        content = archive.mail(connection, key)
    assert content is not None
    mail = email.message_from_bytes(content, policy=default)
    assert mail["Subject"] == "Your progress report, March 2026 (revised) – North East attendance collaborative"
    text = mail.get_body(("plain",))
    assert text is not None
    assert "Revised 25 April 2026." in text.get_content()
    assert "now 999 of" in " ".join(text.get_content().split())


def test_where_nothing_has_changed_nobody_gets_a_second_mail(theatre: Theatre, unchanged: Store) -> None:
    before = set(_keys(unchanged))
    assert revising.revise(theatre.here, unchanged, LATER) == 0
    assert set(_keys(unchanged)) == before
    assert revising.due(theatre.here, unchanged, LATER) is None, "looked through once"


def test_who_comes_later_gets_the_revised_report_and_it_can_be_made_again(theatre: Theatre, store: Store) -> None:
    revising.revise(theatre.here, store, LATER)
    assert jobs.due(theatre.here, store, LATER) == ()
    newest = {(one.kind, one.subject): one for one in again.sent(theatre.here, store, MARCH, LATER)}
    assert newest["team", "T001"].revision == 1
    (made,) = again.reports(theatre.here, store, [newest["team", "T001"]], lambda _: None)
    assert made.differing == ()
