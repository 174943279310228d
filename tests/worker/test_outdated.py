"""A reminder that had to wait for the mail server goes to nobody once its day is over or what it asks for is there."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakthrough.cli import group
from breakthrough.delivery import outbox
from breakthrough.delivery.key import Key
from breakthrough.demo import play, stage
from breakthrough.demo.play import Theatre
from breakthrough.errors import StoreError
from breakthrough.instruments.plan import Wanted
from breakthrough.redcap.deploy import deploy
from breakthrough.store import Store
from breakthrough.worker import jobs, outdated, permitted, reminders
from breakthrough.worker.permitted import Permitted

ASKED = dt.datetime(2026, 4, 12, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(1)


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with play.opened(tmp_path_factory.mktemp("outdated") / "out", "absenteeism", None) as opened:
        here, client = opened.here, opened.here.client(deploying=True)
        deploy(client, Wanted(here.project, opened.scene.teams))
        stage.enter(client, opened.scene, None, lambda _: None)
        yield opened


@pytest.fixture(scope="module")
def asked(theatre: Theatre, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The store with the reminders of 12 April, none of which has gone out."""
    path = tmp_path_factory.mktemp("asked") / "store.sqlite"
    with Store.open(f"sqlite:///{path}") as opened:
        jobs.pull(theatre.here, opened, ASKED, lambda _: None)
        reminders.tell(theatre.here, opened, ASKED)
    return path.read_bytes()


@pytest.fixture
def store(asked: bytes, tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "store.sqlite").write_bytes(asked)
    with Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}") as opened:
        yield opened


def teams(store: Store, report: str, state: str) -> set[str]:
    return {line.subject for line in outbox.listing(store) if (line.report, line.state) == (report, state)}


def barred(theatre: Theatre, store: Store, now: dt.datetime) -> dict[str, set[str]]:
    """Why the mails of each kind must not go out at that moment; '' where they may."""
    readers, found = Permitted(theatre.here, store, now), dict[str, set[str]]()
    for line in outbox.listing(store):
        with store.begin() as connection:
            found.setdefault(line.report, set()).add(readers.why_not(connection, Key.read(line.key)))
    return found


def test_reminders_may_go_out_until_their_day_is_over(theatre: Theatre, store: Store) -> None:
    assert barred(theatre, store, ASKED + 2 * DAY) == {"reminder": {""}, "rating": {""}}
    over = {"not sent: what it reminds of is over by now."}
    assert barred(theatre, store, ASKED + 3 * DAY) == {"reminder": over, "rating": over}


def test_rounds_wait_as_long_as_some_of_their_mails_have_not_gone_out(theatre: Theatre, store: Store) -> None:
    rounds = outdated.waiting(theatre.here, store, ASKED + DAY)
    assert [(one.kind, one.day) for one in rounds] == [("reminder", ASKED.date()), ("rating", ASKED.date())]
    assert outdated.waiting(theatre.here, store, ASKED + 3 * DAY) == ()
    with store.begin() as connection:
        connection.exec_driver_sql("UPDATE outbox SET state = 'sent'")
    assert outdated.waiting(theatre.here, store, ASKED + DAY) == ()


def test_a_team_that_has_sent_its_counts_meanwhile_is_not_reminded_and_the_others_are(
    theatre: Theatre, store: Store
) -> None:
    before = teams(store, "reminder", "pending")
    assert outdated.take_back(theatre.here, store, ASKED + DAY) == 0, "nothing new is known"
    there = max(before)
    _sent(theatre, store, there)
    jobs.pull(theatre.here, store, ASKED + DAY, lambda _: None)
    assert outdated.take_back(theatre.here, store, ASKED + DAY) > 0
    assert teams(store, "reminder", "cancelled") == {there}
    assert teams(store, "reminder", "pending") == before - {there}
    assert teams(store, "rating", "cancelled") == set()


@pytest.mark.parametrize(
    ("later", "why"),
    [
        (dt.timedelta(), ""),
        (3 * DAY, "not sent: what it reminds of is over by now."),
    ],
)
def test_sending_a_reminder_again_says_where_it_will_be_cancelled_once_more(
    theatre: Theatre, asked: bytes, tmp_path: Path, later: dt.timedelta, why: str
) -> None:
    told = _resent(theatre, asked, tmp_path, ASKED + later, min)
    assert "1 message to be sent again." in told
    assert ("go out with the next" in told) is not bool(why)
    assert (f"expect 1 message to be cancelled again: {why}" in told) is bool(why)


def test_sending_a_reminder_again_says_that_what_it_asks_for_is_there(
    theatre: Theatre, asked: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "own.sqlite"
    path.write_bytes(asked)
    with Store.open(f"sqlite:///{path}") as own:
        _sent(theatre, own, max(teams(own, "reminder", "pending")))
        jobs.pull(theatre.here, own, ASKED + DAY, lambda _: None)
    told = _resent(theatre, path.read_bytes(), tmp_path, ASKED + DAY, max)
    assert "expect 1 message to be cancelled again: not sent: what it asks for is there by now." in told


def test_a_mail_is_sent_again_also_where_it_cannot_be_told_whether_it_may_go_out(
    theatre: Theatre, asked: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object) -> None:
        raise StoreError("The roster cannot be read.")

    monkeypatch.setattr(permitted, "barred", unknown)
    told = _resent(theatre, asked, tmp_path, ASKED, min)
    assert "1 message to be sent again." in told
    assert "Whether they may go out cannot be told now, and is looked at as they go: The roster" in told


def _resent(
    theatre: Theatre, held: bytes, folder: Path, now: dt.datetime, which: Callable[[Iterable[str]], str]
) -> str:
    """What the command line says to one who cancels a reminder and sends it again at that moment."""
    path = folder / "deployed"
    shutil.copytree(theatre.here.folder, path)
    (path / "breakthrough.sqlite").write_bytes(held)
    with Store.open(f"sqlite:///{path / 'breakthrough.sqlite'}") as opened:
        key = which(line.key for line in outbox.listing(opened) if line.report == "reminder")
        outbox.cancel(opened, key)
    given = ["outbox", "resend", key, "-d", str(path), "--now", now.isoformat()]
    done = CliRunner().invoke(group, given)
    assert done.exit_code == 0, done.output
    return done.output


def _sent(theatre: Theatre, store: Store, team: str) -> None:
    """What the team enters: every count of March."""
    month = [entry for entry in store.entries("main", "monthly_measures") if entry.key.record == team]
    own = [one.key.instance for one in month if one.values.get("mm_period") == "2026-03-01"]
    row = {
        "record_id": team,
        "redcap_repeat_instrument": "monthly_measures",
        "redcap_repeat_instance": str(own[0] if own else max(one.key.instance for one in month) + 1),
        "mm_period": "2026-03-01",
        "mm_kind": "2",
        "mm_noid": "1",
        "monthly_measures_complete": "2",
    }
    counts = dict.fromkeys(theatre.here.collaborative.counts, "20")
    theatre.here.client(deploying=True).import_records([row | counts])
