"""Reports wait for the coordinator's look, who gets one mail about them; a coach's note of meanwhile goes in."""

from __future__ import annotations

import datetime as dt
import email
import json
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.delivery.answering import Server

from breakthrough.cli.outbox import command
from breakthrough.delivery import outbox
from breakthrough.delivery.key import Key
from breakthrough.demo import play, stage
from breakthrough.demo.play import Theatre
from breakthrough.errors import MailError
from breakthrough.instruments.plan import Wanted
from breakthrough.month import Month
from breakthrough.redcap.deploy import deploy
from breakthrough.store import Store, archive
from breakthrough.worker import again, jobs
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.tick import tick

MARCH = Month("2026-03")
OUT = dt.datetime(2026, 4, 15, 6, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with play.opened(tmp_path_factory.mktemp("holding") / "out", "absenteeism", None) as opened:
        here, client = opened.here, opened.here.client(deploying=True)
        deploy(client, Wanted(here.project, opened.scene.teams))
        stage.enter(client, opened.scene, None, lambda _: None)
        yield opened


@pytest.fixture(scope="module")
def held(theatre: Theatre, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The store after the tick of the report day, with a hold of six hours: nothing has been sent."""
    path = tmp_path_factory.mktemp("held") / "store.sqlite"
    with Store.open(f"sqlite:///{path}") as opened:
        here = holding(theatre.here, 6)
        steps = replace(jobs.jobs(here, opened, lambda: OUT), send=lambda _: outbox.Sent(0, 0, 0, 0))
        done = tick(steps, lambda: False)
        assert done.failed == ()
    return path.read_bytes()


@pytest.fixture
def store(held: bytes, tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "store.sqlite").write_bytes(held)
    with Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}") as opened:
        yield opened


def holding(here: Deployment, hours: float) -> Deployment:
    schedule = here.settings.schedule.model_copy(update={"hold_hours": hours})
    return replace(here, settings=here.settings.model_copy(update={"schedule": schedule}))


def mailing(here: Deployment, server: Server) -> Deployment:
    """The same, whose mails go to the server of the test."""
    mail = here.settings.mail
    assert mail is not None
    there = mail.model_copy(update={"host": "127.0.0.1", "port": server.mail.port, "security": "none", "user": None})
    return replace(here, settings=here.settings.model_copy(update={"mail": there}))


def states(store: Store) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in outbox.listing(store):
        found.setdefault(line.report, set()).add(line.state)
    return found


def of_preview(store: Store) -> EmailMessage:
    (line,) = (one for one in outbox.listing(store) if one.report == "preview")
    with store.read() as connection:
        content = archive.mail(connection, line.key)
    assert content is not None
    return email.message_from_bytes(content, policy=default)


def test_reports_wait_and_the_coordinators_own_mails_do_not(store: Store) -> None:
    assert states(store) == {
        "team": {"held"},
        "coach": {"held"},
        "leader": {"held"},
        "coordinator": {"pending"},
        "preview": {"pending"},
    }
    assert {line.lease_until for line in outbox.listing(store, states=["held"])} == {OUT + 6 * HOUR}


def test_the_coordinator_gets_one_mail_with_what_each_says_and_what_looks_odd(store: Store, theatre: Theatre) -> None:
    mail = of_preview(store)
    assert (
        mail["To"] == f"{theatre.here.collaborative.coordinator.name} <{theatre.here.collaborative.coordinator.email}>"
    )
    part = mail.get_body(("plain",))
    assert part is not None
    text = " ".join(part.get_content().split())
    reports = {(line.report, line.subject) for line in outbox.listing(store, states=["held"])}
    assert f"{len(reports)} reports wait until 15 April 2026, 13:00" in text
    assert "No counts for March have come." in text
    assert "breakthrough outbox release --all" in text
    pages = [one.get_filename() for one in mail.iter_attachments() if one.get_content_disposition() == "attachment"]
    assert 1 < len(pages) <= 12
    assert all(name and name.endswith(".html") for name in pages)


def test_it_is_told_once(store: Store, theatre: Theatre) -> None:
    steps = jobs.jobs(holding(theatre.here, 6), store, lambda: OUT + HOUR)
    steps.preview()
    assert sum(line.report == "preview" for line in outbox.listing(store)) == 1


def test_when_the_time_is_over_they_go_by_themselves(store: Store, theatre: Theatre, server: Server) -> None:
    here = mailing(holding(theatre.here, 6), server)
    steps = jobs.jobs(here, store, lambda: OUT + 5 * HOUR)
    steps.send(lambda: False)
    assert states(store)["team"] == {"held"}
    assert states(store)["preview"] == {"sent"}
    jobs.jobs(here, store, lambda: OUT + 6 * HOUR).send(lambda: False)
    assert {state for one in states(store).values() for state in one} == {"sent"}
    assert len(server.answers.taken) == len(outbox.listing(store))


def test_a_preview_that_could_not_go_out_before_its_reports_goes_to_nobody(
    store: Store, theatre: Theatre, server: Server
) -> None:
    here = mailing(holding(theatre.here, 6), server)
    jobs.jobs(here, store, lambda: OUT + 6 * HOUR).send(lambda: False)
    assert states(store)["preview"] == {"cancelled"}
    assert states(store)["team"] == {"sent"}


def release_note(theatre: Theatre, store: Store, team: str) -> None:
    """What a coach does in REDCap: rates the team, writes a note, and releases it."""
    last = max((one.key.instance for one in store.entries("main", "coach_rating") if one.key.record == team), default=0)
    row = {
        "record_id": team,
        "redcap_repeat_instrument": "coach_rating",
        "redcap_repeat_instance": str(last + 1),
        "cr_period": "2026-03-01",
        "cr_coach": "c1",
        "cr_score": "35",
        "cr_why": "Tests build on each other.",
        "cr_suggest": "Show the open data day to the governors.",
        "cr_released": "1",
        "cr_on": "2026-04-15",
        "cr_noid": "1",
        "coach_rating_complete": "2",
    }
    theatre.here.client(deploying=True).import_records([row])


def test_a_note_that_the_coach_releases_meanwhile_goes_into_the_report(
    store: Store, theatre: Theatre, server: Server
) -> None:
    here = mailing(holding(theatre.here, 6), server)
    release_note(theatre, store, "T001")
    later = OUT + 6 * HOUR
    done = tick(jobs.jobs(here, store, lambda: later), lambda: False)
    assert done.failed == ()
    assert done.pulled
    lines = [line for line in outbox.listing(store) if (line.report, line.subject) == ("team", "T001")]
    assert {(line.revision, line.state) for line in lines} == {(0, "superseded"), (1, "sent")}
    key = next(line.key for line in lines if line.state == "sent")
    with store.read() as connection:
        content = archive.mail(connection, key)
    assert content is not None
    mail = email.message_from_bytes(content, policy=default)
    part = mail.get_body(("plain",))
    assert part is not None
    text = " ".join(part.get_content().split())
    assert "Show the open data day to the governors." in text
    assert "revised" not in (mail["Subject"] + text).lower(), "nobody has had the one before"
    others = [line for line in outbox.listing(store) if line.report == "team" and line.subject != "T001"]
    assert {line.revision for line in others} == {0}
    newest = [one for one in again.sent(here, store, MARCH, later) if (one.kind, one.subject) == ("team", "T001")]
    (made,) = again.reports(here, store, newest, lambda _: None)
    assert made.differing == ()


def test_without_a_hold_nothing_waits_and_no_preview_is_made(store: Store, theatre: Theatre) -> None:
    key = Key.read(outbox.listing(store)[0].key)
    assert key.month == MARCH
    steps = jobs.jobs(holding(theatre.here, 0), store, lambda: OUT)
    work = jobs.due(theatre.here, store, OUT + 40 * 24 * HOUR)
    assert work
    (made,) = jobs.made(steps.measure(work[0].key.month), store, work[:1], lambda _: None)
    assert all(item.held_until is None for item in made.items)


def test_on_the_command_line_one_is_kept_back_and_the_others_let_go(theatre: Theatre, held: bytes) -> None:
    folder = theatre.here.folder
    (folder / "breakthrough.sqlite").write_bytes(held)

    def outbox_(*arguments: str) -> Result:
        return CliRunner().invoke(command, [*arguments, "-d", str(folder), "--quiet"])

    listed = json.loads(outbox_("list", "--state", "held", "--json").stdout)
    assert {one["held_until"] for one in listed} == {(OUT + 6 * HOUR).isoformat()}
    first, second, third, *_ = (one["key"] for one in listed)

    assert outbox_("cancel", first).stdout == "1 message cancelled.\n"
    done = outbox_("release", second, third, "--json")
    assert (done.exit_code, json.loads(done.stdout)) == (0, [second, third])
    again = outbox_("release", second)
    assert isinstance(again.exception, MailError)
    assert "is pending, not held, so none was released" in str(again.exception)
    assert outbox_("release").exit_code == 2
    assert outbox_("release", second, "--all").exit_code == 2
    assert outbox_("release", "--month", "2026-03").stdout == f"{len(listed) - 3} messages released.\n"
    assert "Nothing is held there" in outbox_("release", "--all").stderr
    shown = json.loads(outbox_("list", "--json").stdout)
    assert {one["state"] for one in shown if one["key"] == first} == {"cancelled"}
    assert {one["state"] for one in shown if one["key"] != first} == {"pending"}
