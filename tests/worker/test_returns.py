"""What came back reaches the coordinator: once, by name and team, and with nobody's address."""

from __future__ import annotations

import dataclasses
import datetime as dt
import email
from collections.abc import Iterator
from email import policy
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakthrough import cli
from breakthrough.delivery import addresses, outbox, suppressions
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import Item, Line
from breakthrough.delivery.smtp import Outcome
from breakthrough.delivery.suppressions import Suppression
from breakthrough.demo import play, stage
from breakthrough.demo.play import Theatre
from breakthrough.errors import SettingInvalid
from breakthrough.instruments.plan import Wanted
from breakthrough.month import Month
from breakthrough.redcap.deploy import deploy
from breakthrough.settings import Bounces
from breakthrough.store import Store, archive
from breakthrough.teams import read
from breakthrough.worker import jobs, returns
from breakthrough.worker.deployment import Deployment


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with play.opened(tmp_path_factory.mktemp("returns") / "out", "absenteeism", None) as opened:
        here, client = opened.here, opened.here.client(deploying=True)
        deploy(client, Wanted(here.project, opened.scene.teams))
        stage.enter(client, opened.scene, None, lambda _: None)
        yield opened


@pytest.fixture(scope="module")
def pulled(theatre: Theatre, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("pulled") / "store.sqlite"
    with Store.open(f"sqlite:///{path}") as opened:
        jobs.pull(theatre.here, opened, theatre.now, lambda _: None)
    return path.read_bytes()


@pytest.fixture
def store(pulled: bytes, tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "store.sqlite").write_bytes(pulled)
    with Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}") as opened:
        yield opened


@pytest.fixture
def here(theatre: Theatre, tmp_path: Path) -> Deployment:
    """The deployment, with a maildir to which bounces come back."""
    for part in ("new", "cur", "tmp"):
        (tmp_path / "bounces" / part).mkdir(parents=True)
    assert theatre.here.settings.mail
    bounces = Bounces(maildir=str(tmp_path / "bounces"))
    mail = theatre.here.settings.mail.model_copy(update={"bounce": "bounces@example.org", "bounces": bounces})
    return dataclasses.replace(theatre.here, settings=theatre.here.settings.model_copy(update={"mail": mail}))


class Taken:
    def __enter__(self) -> Taken:  # noqa: PYI034
        return self

    def __exit__(self, *_: object) -> None: ...

    begun = True

    def send(self, recipient: str, content: bytes) -> Outcome:
        return Outcome("accepted", "250")


def told(store: Store) -> list[Line]:
    return [line for line in outbox.listing(store) if line.report == "returned"]


def text_of(store: Store, line: Line) -> str:
    with store.read() as connection:
        content = archive.mail(connection, line.key)
    assert content
    mail = email.message_from_bytes(content, policy=policy.default)
    body = mail.get_body(("plain",))
    assert body
    return " ".join([mail["Subject"], *body.get_content().split()])


def test_a_bounce_in_the_maildir_tells_the_coordinator_once_by_name_and_team(
    here: Deployment, theatre: Theatre, store: Store, tmp_path: Path
) -> None:
    now = theatre.now
    portfolio = read(jobs.held(here, store, now), here.collaborative, here.today(now))
    person = portfolio.people[0]
    team = next(team.name for team in portfolio.teams if team.code == person.team)
    key = Key(here.code, "team", person.team, Month("2026-03"), 0, person.email)
    outbox.enqueue(store, [Item(key, person.email, key.message_id("example.org"), b"x")], now)
    outbox.send_due(store, Taken, lambda: now)
    (tmp_path / "bounces" / "new" / "1").write_bytes(_bounce(person.email, key.message_id("example.org")))

    assert returns.see_to(here, store, now).hard == 1
    assert returns.see_to(here, store, now + dt.timedelta(days=1)).hard == 0

    (line,) = told(store)
    assert line.recipient == here.collaborative.coordinator.email
    said = text_of(store, line)
    assert f"- {person.name}, {team}: there is no such mailbox (code 5.1.1)" in said
    assert person.email.lower() not in said.lower()


def test_one_who_unsubscribed_is_told_of_too_and_a_coach_has_no_team(
    here: Deployment, theatre: Theatre, store: Store
) -> None:
    coach = here.collaborative.coaches[0]
    with store.begin() as connection:
        for address, report, reason in (
            (coach.email, "coach", "unsubscribed"),
            ("left.long.ago@example.org", "", "bounced"),
        ):
            found = Suppression(address, here.code, report, reason, theatre.now)  # type: ignore[arg-type]
            suppressions.put(connection, found)
    assert returns.tell(here, store, theatre.now) == 2
    assert returns.tell(here, store, theatre.now) == 0
    (line,) = told(store)
    said = text_of(store, line)
    assert f"- {coach.name}: unsubscribed from the coach report" in said
    assert "Somebody no longer listed: the address takes no mail" in said
    assert "long.ago" not in said
    assert "long.ago" not in line.key


def test_a_box_that_cannot_be_read_keeps_nobody_from_being_told(
    here: Deployment, theatre: Theatre, store: Store, tmp_path: Path
) -> None:
    (tmp_path / "bounces" / "new").rmdir()
    with store.begin() as connection:
        suppressions.put(connection, Suppression("a@b.org", here.code, "", "bounced", theatre.now))
    with pytest.raises(SettingInvalid, match=r"mail\.bounces\.maildir"):
        returns.see_to(here, store, theatre.now)
    assert len(told(store)) == 1


def test_the_command_allow_lifts_by_key_or_address_and_says_where_there_is_nothing_to_lift(theatre: Theatre) -> None:
    here = theatre.here
    key = Key(here.code, "team", "T001", Month("2026-03"), 0, "Rachel@example.net")
    for named in (str(key), "rachel@EXAMPLE.net"):
        with here.store() as store, store.begin() as connection:
            suppressions.put(connection, Suppression("rachel@example.net", here.code, "", "bounced", theatre.now))
        run = ["outbox", "allow", "-d", str(here.folder), named]
        done = CliRunner().invoke(cli.group, run, env=dict(here.environment))
        assert done.exit_code == 0, done.output
        with here.store() as store, store.read() as connection:
            assert suppressions.why_not(connection, key, addresses.same("rachel@example.net")) == ""
    assert CliRunner().invoke(cli.group, run, env=dict(here.environment)).exit_code != 0


def _bounce(address: str, message_id: str) -> bytes:
    return f"""\
Return-Path: <>
Content-Type: multipart/report; report-type=delivery-status; boundary="XX"

--XX
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.net

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1

--XX
Content-Type: text/rfc822-headers

Message-ID: {message_id}

--XX--
""".encode()
