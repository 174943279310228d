"""The ledger of mails against a real mail server on this computer: once, and nothing hidden."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import sqlite
from tests.delivery.answering import Answers, Server

from breakthrough.delivery import outbox, smtp
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import Item, Sent, sending
from breakthrough.errors import MailError, MailRefused, MailUnreachable
from breakthrough.month import Month
from breakthrough.store import Store, tables

NOON = dt.datetime(2026, 4, 15, 12, 0, tzinfo=dt.UTC)
MARCH = Month("2026-03")


def mail(team: str = "T003", recipient: str = "rachel@example.org", month: Month = MARCH) -> Item:
    key = Key("absenteeism", "team", team, month, 0, recipient)
    identifier = key.message_id("reports.example.org")
    return Item(key, recipient, identifier, f"Message-ID: {identifier}\r\n\r\n{team}\r\n".encode())


def mails(number: int) -> list[Item]:
    return [mail(f"T{n:03d}") for n in range(1, number + 1)]


def send(store: Store, server: Server, now: dt.datetime = NOON, **options: Any) -> Sent:
    return outbox.send_due(store, lambda: smtp.connect(server.mail), lambda: now, **options)


def states(store: Store) -> list[str]:
    return [line.state for line in outbox.listing(store)]


def teams(answers: Answers) -> list[str]:
    """The teams whose mails arrived, in order."""
    return [content.split()[-1].decode() for _, _, content in answers.taken]


def test_a_mail_is_sent_once_however_often_it_is_put_in_and_sent(store: Store, server: Server) -> None:
    assert outbox.enqueue(store, [mail()], NOON) == ("absenteeism/team/T003/2026-03/r0/rachel@example.org",)
    assert send(store, server) == Sent(sent=1, refused=0, uncertain=0, left=0)
    assert outbox.enqueue(store, [mail()], NOON) == ()
    assert send(store, server, NOON + dt.timedelta(days=30)) == Sent(sent=0, refused=0, uncertain=0, left=0)
    assert teams(server.answers) == ["T003"]


def test_somebody_on_two_teams_gets_both_mails_and_in_other_capitals_still_one_each(
    store: Store, server: Server
) -> None:
    items = [mail("T003"), mail("T007"), mail("T003", "Rachel@Example.org")]
    assert len(outbox.enqueue(store, items, NOON)) == 2
    send(store, server)
    assert teams(server.answers) == ["T003", "T007"]


def test_another_month_is_another_mail(store: Store, server: Server) -> None:
    for month in (MARCH, Month("2026-04")):
        outbox.enqueue(store, [mail(month=month)], NOON)
        assert send(store, server).sent == 1


def test_a_month_is_put_in_whole_or_not_at_all(store: Store) -> None:
    def broken() -> Iterator[Item]:
        yield from mails(5)
        raise RuntimeError("the sixth report cannot be made")

    with pytest.raises(RuntimeError):
        outbox.enqueue(store, broken(), NOON)
    assert outbox.listing(store) == ()


def test_a_mail_that_was_cancelled_is_not_new_when_it_is_put_in_again(store: Store, server: Server) -> None:
    (key,) = outbox.enqueue(store, [mail()], NOON)
    outbox.cancel(store, key)
    assert outbox.enqueue(store, [mail()], NOON) == ()
    assert send(store, server) == Sent(0, 0, 0, 0)
    assert states(store) == ["cancelled"]


def test_the_keys_of_a_month_are_those_in_any_state(store: Store, server: Server) -> None:
    outbox.enqueue(store, [*mails(2), mail(month=Month("2026-02"))], NOON)
    outbox.cancel(store, str(mail("T001").key))
    assert outbox.keys(store, "absenteeism", MARCH) == {str(item.key) for item in mails(2)}
    assert outbox.keys(store, "another", MARCH) == frozenset()


def test_an_address_that_cannot_be_written_to_is_kept_as_refused_and_nothing_is_sent(
    store: Store, server: Server
) -> None:
    key = Key("absenteeism", "team", "T003", MARCH, 0, "a@b.org, evil@x.org")
    outbox.enqueue(store, [Item(key, "a@b.org, evil@x.org", "<1@b.org>", b"", "the address is not one")], NOON)
    assert send(store, server) == Sent(0, 0, 0, 0)
    (line,) = outbox.listing(store)
    assert (line.state, line.note) == ("refused", "the address is not one")
    with pytest.raises(MailError, match="never be written"):
        outbox.resend(store, line.key)


def test_a_refusal_for_good_stays_and_the_next_mail_goes_out(
    store: Store, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.answers.rcpt = ["550 5.1.1 <rachel@example.org>: no such person", None]
    outbox.enqueue(store, mails(2), NOON)
    assert send(store, server) == Sent(sent=1, refused=1, uncertain=0, left=0)
    first, second = outbox.listing(store)
    assert (first.state, first.note) == ("refused", "refused for good at RCPT: 550 5.1.1")
    assert (second.state, second.sent_at) == ("sent", NOON)
    assert send(store, server, NOON + dt.timedelta(days=9)) == Sent(0, 0, 0, 0)
    assert not [record for record in caplog.records if "rachel" in record.getMessage() and record.name != "mail.log"]


def test_a_mail_put_off_waits_longer_each_time_and_is_given_up_after_two_days(store: Store, server: Server) -> None:
    outbox.enqueue(store, [mail()], NOON)
    tried: list[dt.timedelta] = []
    for tick in range(0, 4 * 24 * 60, 5):  # every five minutes of four days
        server.answers.rcpt = ["451 4.7.1 greylisted"]
        now = NOON + dt.timedelta(minutes=tick)
        if send(store, server, now).left == 0 or not server.answers.rcpt:
            tried.append(now - NOON)
        if states(store) == ["refused"]:
            break
    minutes = [int(one.total_seconds() // 60) for one in tried]
    assert minutes == [0, 10, 30, 70, 150, 310, 630, 990, 1350, 1710, 2070, 2430]
    (line,) = outbox.listing(store)
    assert line.note == "given up after 12 tries: put off at RCPT: 451 4.7.1"


def test_a_mail_put_off_is_sent_at_the_next_try(store: Store, server: Server) -> None:
    server.answers.rcpt = ["451 4.7.1 greylisted"]
    outbox.enqueue(store, [mail()], NOON)
    assert send(store, server) == Sent(0, 0, 0, left=1)
    assert send(store, server, NOON + dt.timedelta(minutes=9)) == Sent(0, 0, 0, left=1)
    assert send(store, server, NOON + dt.timedelta(minutes=10)) == Sent(sent=1, refused=0, uncertain=0, left=0)


def test_a_server_that_puts_everything_off_is_left_alone_after_ten(store: Store, server: Server) -> None:
    server.answers.mail = ["452 4.3.1 too busy"] * 50
    outbox.enqueue(store, mails(30), NOON)
    assert send(store, server) == Sent(0, 0, 0, left=30)
    assert len(server.answers.mail) == 40


@pytest.mark.parametrize(("answer", "arrived"), [("drop", []), ("taken, then drop", ["T001"])])
def test_a_mail_of_which_nobody_knows_is_uncertain_and_never_sent_again_unasked(
    store: Store, server: Server, answer: str, arrived: list[str]
) -> None:
    server.answers.data = [answer]
    outbox.enqueue(store, mails(2), NOON)
    assert send(store, server) == Sent(sent=1, refused=0, uncertain=1, left=0)
    assert send(store, server, NOON + dt.timedelta(days=40)) == Sent(0, 0, 0, 0)
    assert states(store) == ["uncertain", "sent"]
    assert teams(server.answers) == [*arrived, "T002"]


def test_an_uncertain_mail_that_a_person_sends_again_has_the_same_message_id(store: Store, server: Server) -> None:
    server.answers.data = ["taken, then drop"]
    (key,) = outbox.enqueue(store, [mail()], NOON)
    send(store, server)
    outbox.resend(store, key)
    assert send(store, server, NOON + dt.timedelta(days=1)).sent == 1
    first, second = [content for _, _, content in server.answers.taken]
    assert first == second
    assert first.startswith(b"Message-ID: <")


def test_a_mail_that_was_sent_can_be_neither_sent_again_nor_cancelled(store: Store, server: Server) -> None:
    (key,) = outbox.enqueue(store, [mail()], NOON)
    send(store, server)
    with pytest.raises(MailError, match="r0 is sent"):
        outbox.resend(store, key)
    with pytest.raises(MailError, match="r0 is sent"):
        outbox.cancel(store, key)
    with pytest.raises(MailError, match="no mail of that key"):
        outbox.cancel(store, "absenteeism/team/T999/2026-03/r0/nobody@example.org")


def test_the_message_is_kept_until_it_is_sent_and_then_no_longer(store: Store, server: Server) -> None:
    payload = select(tables.outbox.c.payload)
    outbox.enqueue(store, [mail()], NOON)
    with store.read() as connection:
        assert connection.execute(payload).scalar_one() == mail().payload
    send(store, server)
    with store.read() as connection:
        assert connection.execute(payload).scalar_one() == b""


def test_no_connection_is_opened_when_nothing_is_due(store: Store) -> None:
    def connect() -> Any:
        raise AssertionError("connected")

    assert outbox.send_due(store, connect, lambda: NOON) == Sent(0, 0, 0, 0)


def test_when_the_server_is_not_there_every_mail_waits_and_no_try_is_counted(store: Store, server: Server) -> None:
    nowhere = Server(server.answers, server.mail.model_copy(update={"port": 1}))
    outbox.enqueue(store, mails(3), NOON)
    for _ in range(20):
        with pytest.raises(MailUnreachable, match=r"Sent before that: 0; waiting: 3\."):
            send(store, nowhere)
    assert {(line.state, line.attempts) for line in outbox.listing(store)} == {("pending", 0)}


def test_a_mail_in_doubt_is_told_with_the_trouble_that_follows_it(store: Store, server: Server) -> None:
    server.answers.data = ["drop"]
    server.answers.mail = [None, "550 5.7.1 not you"]
    outbox.enqueue(store, mails(3), NOON)
    with pytest.raises(MailRefused, match=r"\nSent before that: 0; uncertain: 1; waiting: 2\."):
        send(store, server)


def test_when_the_server_refuses_the_sender_in_mid_run_what_was_sent_is_sent_and_the_rest_waits(
    store: Store, server: Server
) -> None:
    server.answers.mail = [None, "550 5.7.1 not you"]
    outbox.enqueue(store, mails(3), NOON)
    with pytest.raises(MailRefused, match=r"Sent before that: 1; waiting: 2\."):
        send(store, server)
    assert [(line.state, line.attempts) for line in outbox.listing(store)] == [
        ("sent", 1),
        ("pending", 0),
        ("pending", 0),
    ]


def test_told_to_stop_it_finishes_the_mail_in_hand(store: Store, server: Server) -> None:
    outbox.enqueue(store, mails(3), NOON)
    progress: list[int] = []
    assert send(store, server, advance=progress.append, stop=lambda: len(progress) == 1) == Sent(1, 0, 0, left=2)
    assert states(store) == ["sent", "pending", "pending"]


def test_a_mail_is_handed_over_only_by_who_still_has_its_lease(store: Store, server: Server) -> None:
    # A machine that slept through its lease wakes up: its verdict counts, as it is certain; its claim does not.
    outbox.enqueue(store, [mail()], NOON)
    seen: list[Sent] = []

    def asleep() -> None:
        late = NOON + outbox.LEASE + dt.timedelta(seconds=1)
        seen.append(outbox.send_due(store, lambda: smtp.connect(server.mail), lambda: late))

    server.answers.during = asleep
    assert send(store, server).sent == 1
    assert seen == [Sent(sent=0, refused=0, uncertain=1, left=0)]
    assert states(store) == ["sent"]


def test_the_next_mail_is_found_by_an_index_however_many_wait(store: Store) -> None:
    # Sorting would read past the bytes of every mail that waits, for each one sent: ten thousand would take hours.
    due = sending._DUE.params(now=NOON)
    query = due.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    with store.read() as connection:
        plan = " ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}"))
    assert plan == "SEARCH outbox USING INDEX outbox_by_state (state=? AND lease_until<?)"


def test_two_senders_at_once_send_each_mail_once(url: str, store: Store, server: Server) -> None:
    outbox.enqueue(store, mails(40), NOON)
    done: list[Sent] = []

    def work() -> None:
        with Store.open(url) as own:
            done.append(send(own, server))

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one.sent for one in done) == 40
    assert Counter(teams(server.answers)) == Counter(f"T{n:03d}" for n in range(1, 41))


def seen_by_the_server(store: Store, server: Server, watch: Callable[[], list[str]]) -> list[list[str]]:
    """The ledger's states each time the server has a mail's whole text and has not answered yet."""
    seen: list[list[str]] = []
    server.answers.during = lambda: seen.append(watch())
    send(store, server)
    return seen


def test_while_the_server_decides_the_ledger_on_disk_says_sending(url: str, store: Store, server: Server) -> None:
    def watch() -> list[str]:
        with Store.open(url) as other:
            return states(other)

    outbox.enqueue(store, mails(2), NOON)
    assert seen_by_the_server(store, server, watch) == [["sending", "pending"], ["sent", "sending"]]
