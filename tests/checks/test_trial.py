"""`breakthrough send --test`: one mail to one address, marked, apart from all that the month sends."""

from __future__ import annotations

import email
from email.message import EmailMessage
from email.policy import default

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Table, func, select
from tests.checks.conftest import Place
from tests.delivery.answering import Server

from breakthrough.cli import group
from breakthrough.delivery import outbox
from breakthrough.delivery.key import Key
from breakthrough.errors import MailError, MailUnreachable, NothingToReport
from breakthrough.month import Month
from breakthrough.store import tables
from breakthrough.worker import analysis, desk

NOW = "2026-04-15T07:00"
ME = "me@uni.edu"
MARK = "This is a test for you alone, not the month’s report."


def send(place: Place, *words: str, test: str | None = ME) -> Result:
    command = ["send", "-q", "-d", str(place.folder), "--now", NOW, *(["--test", test] if test is not None else [])]
    return CliRunner().invoke(group, [*command, *words])


def arrived(server: Server) -> EmailMessage:
    ((_, to, content),) = server.answers.taken
    assert to == (ME,)
    found = email.message_from_bytes(content, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def lines(place: Place) -> list[outbox.Line]:
    with place.here.store() as store:
        return list(outbox.listing(store))


def count(place: Place, table: Table) -> int:
    with place.here.store() as store, store.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_the_newest_report_goes_to_that_address_alone_and_says_that_it_is_a_test(place: Place, server: Server) -> None:
    done = send(place)
    assert done.exit_code == 0, done.output
    assert "the team report about T001 for March 2026" in done.output
    assert "has taken it (250 2.0.0)" in done.output
    assert ME not in done.output
    mail = arrived(server)
    text, page = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    assert mail["Subject"].startswith("Test: ")
    assert text.startswith(MARK)
    assert page.split("<body", 1)[1].split("</p>", 1)[0].endswith(MARK)


@pytest.mark.parametrize(("kind", "subject"), [("team", "T002"), ("coach", "c1"), ("coordinator", None)])
def test_another_report_can_be_chosen(place: Place, server: Server, kind: str, subject: str | None) -> None:
    done = send(place, "--kind", kind, *(["--subject", subject] if subject else []))
    assert done.exit_code == 0, done.output
    assert f"the {kind} report about {subject or ''}" in done.output
    assert arrived(server)["Subject"].startswith("Test: ")


def test_a_report_that_there_is_not_is_refused_with_those_that_there_are(place: Place, server: Server) -> None:
    done = send(place, "--kind", "coach", "--subject", "c9")
    assert isinstance(done.exception, NothingToReport)
    assert "There are some about: c1, c2" in str(done.exception)
    assert (server.answers.sessions, lines(place)) == (0, [])


def test_before_a_pull_a_few_words_are_sent_that_hold_nothing_of_anybody(place: Place, server: Server) -> None:
    (place.folder / "breakthrough.sqlite").unlink()
    assert send(place).exit_code == 0
    mail = arrived(server)
    assert mail["Subject"] == "Test: The mail of North East attendance collaborative arrives"
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert text.startswith(MARK)
    assert "There is no report" in text
    assert "Alderbrook" not in text


def test_a_report_that_was_asked_for_before_a_pull_is_refused(place: Place, server: Server) -> None:
    (place.folder / "breakthrough.sqlite").unlink()
    assert isinstance(send(place, "--kind", "team").exception, NothingToReport)
    assert server.answers.taken == []


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "me@uni.edu, you@uni.edu", "me@uni.edu;you@uni.edu", "Me <me@uni.edu>", "me@uni.edu\r\nBcc: you@uni.edu",
     "nobody@", "@uni.edu", "a..b@uni.edu"],
)  # fmt: skip
def test_what_is_not_one_address_is_refused_and_not_repeated(place: Place, server: Server, address: str) -> None:
    done = send(place, test=address)
    assert done.exit_code == 2
    assert "not one address" in done.output
    assert not address or address not in done.output
    assert server.answers.sessions == 0


def test_the_month_goes_out_whole_after_tests_and_no_report_counts_them(place: Place, server: Server) -> None:
    send(place)
    send(place)
    assert [line.report for line in lines(place)] == ["test", "test"]
    assert (count(place, tables.report), count(place, tables.mail_archive)) == (0, 0)
    server.answers.taken.clear()
    assert send(place, test=None).exit_code == 0
    subjects = [email.message_from_bytes(content, policy=default)["Subject"] for _, _, content in server.answers.taken]
    assert len(subjects) == 39
    assert not [one for one in subjects if one.startswith("Test")]
    here = place.here
    with here.store() as store:
        told = desk.mails(
            store, here.collaborative, here.code, here.collaborative.calendar.start.first, place.theatre.now
        )
        assert "test" not in {one.kind for one in told}
        days = analysis.sent(store, here.collaborative, here.code)
    assert {month: len(found) for month, found in days.items()} == {Month("2026-03"): 26}


def test_mails_that_wait_are_left_alone(place: Place, server: Server) -> None:
    with place.here.store() as store:
        key = Key(place.here.code, "team", "T001", Month("2026-03"), 0, "rachel@uni.edu")
        outbox.enqueue(
            store, [outbox.Item(key, "rachel@uni.edu", "<a@b>", b"Subject: x\r\n\r\nx\r\n")], place.theatre.now
        )
    send(place)
    arrived(server)
    assert {line.report: line.state for line in lines(place)} == {"team": "pending", "test": "sent"}


@pytest.mark.parametrize(
    ("step", "answer", "state", "said"),
    [
        ("rcpt", "550 5.1.1 nobody", "refused", "refuses it (refused for good at RCPT: 550 5.1.1)"),
        ("rcpt", "451 4.7.1 greylisted", "cancelled", "puts it off (put off at RCPT: 451 4.7.1)"),
        ("data", "554 5.7.1 spam", "refused", "refuses it (refused for good at the message's text: 554 5.7.1)"),
        ("data", "drop", "uncertain", "did not say whether it has taken it"),
    ],
)
def test_what_the_server_answers_is_told_and_never_tried_again(
    place: Place, server: Server, step: str, answer: str, state: str, said: str
) -> None:
    setattr(server.answers, step, [answer])
    done = send(place)
    assert done.exit_code == 1
    assert said in done.output
    (line,) = lines(place)
    assert line.state == state
    with place.here.store() as store, pytest.raises(MailError, match="send --test ADDRESS"):
        outbox.resend(store, line.key)


def test_a_server_that_is_not_there_leaves_nothing_that_waits(place: Place) -> None:
    place.set("mail", port=1)
    assert isinstance(send(place).exception, MailUnreachable)
    assert [line.state for line in lines(place)] == ["cancelled"]


def test_a_kind_without_a_test_is_refused(place: Place, server: Server) -> None:
    assert send(place, "--kind", "team", test=None).exit_code == 2
    assert server.answers.sessions == 0
