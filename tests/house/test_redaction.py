"""No token, password or person gets where it does not belong, in a good month or in a bad one."""

from __future__ import annotations

import base64
import dataclasses
import logging
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from tests.house.rehearsal import PASSWORD, PRIVATE, SILENT, Rehearsal, opened, watched

from breakthrough import settings
from breakthrough.delivery import message, smtp
from breakthrough.pull import need
from breakthrough.redcap.answers import Answer
from breakthrough.redcap.client import Client
from breakthrough.redcap.transport import Transport
from breakthrough.reporting.values import Rendered
from breakthrough.settings import Secret
from breakthrough.worker import faults, jobs
from breakthrough.worker.deployment import Deployment
from redcap_sandbox.faults.kinds import (
    Charset,
    Cut,
    Drop,
    Duplicates,
    Empty,
    Forbidden,
    Maintenance,
    Memory,
    Omission,
    Outage,
    Status,
)
from redcap_sandbox.faults.rules import Rule

MORNING = "2026-04-15T06:30"
WRONG_TOKEN = "5EC0DE" * 5 + "AB"  # of no project
FAULTS: list[Rule] = [
    Maintenance(content="record", text=f"Offline. Ask {PRIVATE}"),
    Maintenance(content="record", status=503, text=PRIVATE),
    Status(content="record", status=400, message='The value of the parameter "type" is not valid'),
    Status(content="record", status=500, message=PRIVATE),
    Memory(content="record"),
    Outage(content="record"),
    Empty(content="record"),
    Cut(content="record", lose_bytes=3, announced="nothing"),
    Cut(content="record", keep_bytes=20_000),
    Charset(content="record", body="utf-16", header="none"),
    Drop(content="record"),
    Duplicates(content="record"),
    Omission(content="record"),
    Forbidden(),
]


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with opened(tmp_path_factory.mktemp("redaction")) as made:
        yield made


@pytest.fixture(autouse=True)
def _as_it_was(rehearsal: Rehearsal) -> Iterator[None]:
    """Whatever a test does to the deployment is undone, so that each begins with the same secrets and a sound REDCap."""
    kept = rehearsal.folder.with_name("kept")
    shutil.copytree(rehearsal.folder, kept)
    yield
    rehearsal.break_down()
    shutil.rmtree(rehearsal.folder)
    kept.rename(rehearsal.folder)


@pytest.fixture
def watch(rehearsal: Rehearsal) -> Iterator[Rehearsal]:
    with watched(rehearsal):
        yield rehearsal


def _month(rehearsal: Rehearsal) -> None:
    for line in (
        ("deploy", "--into", "1"),
        ("pull", "--now", MORNING),
        ("status", "--now", MORNING),
        ("measures", "--now", MORNING),
        ("report", "--only", "T001", "--to", str(rehearsal.theatre.output / "pages"), "--now", MORNING),
        ("send", "--now", MORNING),
        ("outbox", "list"),
        ("run", "--once", "--now", MORNING),
    ):
        assert rehearsal.command(*line) == 0, rehearsal.seen.printed.getvalue()


def test_a_good_month_leaves_no_secret_anywhere_and_no_person_in_log_output_or_headers(watch: Rehearsal) -> None:
    _month(watch)

    assert "39 sent" in watch.seen.printed.getvalue()
    assert "redcap content=record" in watch.seen.log.getvalue()
    assert "amara.thorne@" in watch.seen.readers.getvalue()
    assert watch.leaks() == []


def test_what_redcap_says_when_it_fails_is_not_passed_on(watch: Rehearsal) -> None:
    here = watch.theatre.here
    for rule in FAULTS:
        watch.break_down(rule)
        watch.command("pull", "--now", MORNING)
        watch.failing(lambda: here.client().records(forms=["team_roster", "nonsense"]))
    watch.break_down()

    assert watch.seen.printed.getvalue().count("Error: ") >= len(FAULTS) - 2
    assert watch.leaks() == []


def test_a_refused_import_names_record_and_field_and_not_what_was_entered(watch: Rehearsal) -> None:
    client = watch.theatre.here.client(deploying=True)
    row = {"record_id": "T001", "redcap_repeat_instrument": "team_roster", "redcap_repeat_instance": "9"}

    watch.failing(lambda: client.import_records([row | {"tr_email": PRIVATE}]))
    watch.failing(lambda: client.import_records([row | {"tr_role": SILENT[0]}]))

    assert "tr_role" in str(watch.seen.raised[1])
    assert watch.leaks() == []


WRONG = {
    "of no project": WRONG_TOKEN,
    "with a letter too many": WRONG_TOKEN + "C",
    "twice, as a super token": WRONG_TOKEN * 2,
    "over two lines": f"{WRONG_TOKEN[:16]}\n{WRONG_TOKEN[16:]}",
    "with bytes that are no text": WRONG_TOKEN + "\udcff",
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_token_that_is_refused_is_not_shown(watch: Rehearsal, wrong: str) -> None:
    (watch.folder / "secrets" / "worker.token").write_bytes(wrong.encode("utf-8", "surrogateescape"))
    (watch.folder / "secrets" / "deploy.token").write_text(watch.secrets["super token"], encoding="utf-8")

    assert watch.command("pull", "--now", MORNING) >= 30
    assert watch.command("deploy") >= 30
    watch.failing(lambda: Client(watch.theatre.sandbox.url, Secret(wrong)).info())
    assert watch.leaks({"wrong token": WRONG_TOKEN, "half of it": WRONG_TOKEN[:16]}) == []


def test_a_secret_that_cannot_be_had_is_not_shown(watch: Rehearsal) -> None:
    token = watch.folder / "secrets" / "worker.token"
    redcap = {"url": watch.theatre.sandbox.url}
    token.chmod(0o644)
    watch.command("pull")
    for reference in (
        f"command:cat {token} /nowhere",  # prints it, then fails
        f"command:tr A-F g-l < {token}",
        "cred:worker",
        "env:PATH_OF_NO_TOKEN",
        "keyring:redcap/worker",
    ):
        watch.set_up(redcap=redcap | {"token": reference})
        assert watch.command("pull") >= 30
        watch.failing(lambda: Deployment.open(watch.folder, {}).client())

    assert watch.leaks() == []


@pytest.mark.parametrize("before", ["", "env:", "file:", "cred:", "keyring:", "env: "])
def test_a_token_that_was_written_into_the_settings_is_not_read_out(watch: Rehearsal, before: str) -> None:
    watch.set_up(redcap={"url": watch.theatre.sandbox.url, "token": f"{before}{WRONG_TOKEN}"})

    assert watch.command("pull") == 31
    (watch.folder / "breakthrough.yaml").unlink()
    assert watch.leaks({"wrong token": WRONG_TOKEN}) == []


def _crash(*_: object, **__: object) -> None:
    raise RuntimeError(f"[parameters: ('{PRIVATE}', '{SILENT[1]}')]")


def test_a_crash_is_told_by_its_kind_and_its_place_alone(watch: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Client, "_export", _crash)

    assert watch.command("pull", "--now", MORNING) == 1
    assert watch.command("run", "--once", "--now", MORNING) == 1

    assert "RuntimeError at _crash" in watch.seen.log.getvalue()
    assert watch.leaks() == []


def test_a_store_that_is_none_is_said_to_be_so_and_no_more(watch: Rehearsal) -> None:
    (watch.folder / "breakthrough.sqlite").write_bytes(PRIVATE.encode() * 999)

    assert watch.command("pull", "--now", MORNING) != 0
    (watch.folder / "breakthrough.sqlite").unlink()
    assert watch.leaks() == []


def test_a_login_that_the_mail_server_refuses_is_not_shown(watch: Rehearsal) -> None:
    watch.keep("smtp.password", PASSWORD + "x")
    mail, password = Deployment.open(watch.folder, {}).mail()

    watch.failing(lambda: smtp.connect(mail, password))

    assert "mail.password" in str(watch.seen.raised[0])
    assert watch.leaks({"wrong password": PASSWORD + "x"}) == []


# --- each search finds what is planted ----------------------------------------------------------------------------------


def test_a_request_that_is_logged_is_found(watch: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    right = Transport._once

    def telling(self: Transport, payload: Any, *more: Any) -> Any:
        logging.getLogger("breakthrough.redcap").debug("asked: %s", "&".join(map(str, payload.values())))
        return right(self, payload, *more)

    monkeypatch.setattr(Transport, "_once", telling)
    watch.command("pull", "--now", MORNING)
    assert "worker.token in the log" in watch.leaks()


def test_an_answer_that_is_quoted_is_found(watch: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answer, "told", property(lambda self: self.body.decode("utf-8", "replace")))
    watch.break_down(Cut(content="record", lose_bytes=3, announced="nothing"))
    client = watch.theatre.here.client()
    watch.failing(lambda: client.records(forms=["team_roster"]))
    assert "a person in AnswerUnreadable with its causes" in watch.leaks()


def test_a_crash_that_is_told_in_its_own_words_is_found(watch: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Client, "_export", _crash)
    monkeypatch.setattr(faults, "record", lambda log, job, error: log.error("%s failed: %s", job, error))
    watch.command("pull", "--now", MORNING)
    assert "a person in the log" in watch.leaks()


def test_a_refusal_that_shows_what_it_refuses_is_found(watch: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("breakthrough.redcap.client.malformed", lambda token: f"the token {token!s} is wrong.")
    monkeypatch.setattr("breakthrough.settings.secrets.malformed", lambda token: f"the token {token!s} is wrong.")
    (watch.folder / "secrets" / "worker.token").write_text(WRONG_TOKEN + "C", encoding="utf-8")
    watch.command("pull", "--now", MORNING)
    assert "wrong token in the command's output" in watch.leaks({"wrong token": WRONG_TOKEN})


def test_a_secret_that_shows_itself_beside_a_line_of_ours_is_found(
    watch: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Secret, "__repr__", str.__repr__)
    watch.break_down(Forbidden())
    client = watch.theatre.here.client()
    watch.failing(client.info)
    assert "worker.token in locals of ask" in watch.leaks()


def test_a_token_that_is_stored_is_found(watch: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Client, "url", property(lambda self: f"{self._transport.url}{self._project.token!s}"))
    watch.set_up(store="sqlite:///another.sqlite")
    assert watch.command("pull", "--now", MORNING) == 0
    assert "worker.token in another.sqlite" in watch.leaks()


def test_what_no_report_needs_is_found_where_it_is_pulled(watch: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(need, "of", lambda *_, **__: None)  # all of it
    watch.set_up(store="sqlite:///another.sqlite")
    assert watch.command("pull", "--now", MORNING) == 0
    assert "private words in another.sqlite" in watch.leaks()


def test_a_password_that_is_logged_as_smtp_sends_it_is_found(watch: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    right = smtp._log_in

    def telling(server: Any, mail: settings.Mail, password: str | None) -> None:
        sent = base64.b64encode(f"\0{mail.user}\0{password!s}".encode()).decode()
        logging.getLogger("breakthrough.delivery").debug("AUTH PLAIN %s", sent)
        right(server, mail, password)

    monkeypatch.setattr(smtp, "_log_in", telling)
    mail, password = Deployment.open(watch.folder, {}).mail()
    smtp.connect(mail, password).close()
    assert "smtp.password in the log" in watch.leaks()


def test_a_mail_that_tells_of_others_is_found(watch: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> None:
    right = message.written

    def telling(rendered: Rendered, **more: Any) -> bytes:
        mail = right(dataclasses.replace(rendered, text=f"{rendered.text}\n{PRIVATE}"), **more)
        return f"X-Also-To: {SILENT[1]}\r\n".encode() + mail

    monkeypatch.setattr(message, "written", telling)
    here, now = Deployment.open(watch.folder, {}), watch.theatre.now
    with here.store() as store:
        jobs.pull(here, store, now, lambda _: None)
        press = jobs.press(here, store, watch.theatre.month, now)
        work = jobs.due(here, store, now, hour=0)[:2]
        jobs.issue(store, jobs.made(press, store, work, lambda _: None), now)
        assert jobs.send(here, store, lambda: now, lambda _: None, lambda: False).sent == 2

    told = "\n".join(watch.leaks())
    for path in sorted((watch.theatre.output / "inbox").glob("*.eml"))[-2:]:  # for the tests that follow
        path.unlink()
    assert "a person in a header of" in told
    assert "somebody silent in the mail" in told
