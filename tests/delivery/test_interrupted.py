"""Ctrl-C while a mail is handed to a real mail server: what certainly did not go out waits, all else stays in doubt."""

from __future__ import annotations

import datetime as dt
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.delivery.answering import Server
from tests.delivery.test_outbox import NOON, mails, send, states, teams

from breakthrough.delivery import outbox, smtp, trial
from breakthrough.delivery.outbox import Sent
from breakthrough.store import Store

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a signal to one thread is POSIX")
LATER = NOON + outbox.LEASE + dt.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _ctrl_c() -> Iterator[None]:
    """Ctrl-C raises, as where nobody has set up anything else; a process of many tests may ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def ctrl_c() -> None:
    """Reaches the sender while it waits for the server: signals come to the main thread."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def at(server: Server, step: str, nth: int = 1) -> None:
    """Ctrl-C once the server has been told that step of its nth mail, and before it answers."""
    say, seen = getattr(server.answers, f"handle_{step}"), 0

    async def told(*given: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen == nth:
            ctrl_c()
        return await say(*given)

    setattr(server.answers, f"handle_{step}", told)


@pytest.mark.parametrize("pipelining", [False, True])
@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
def test_before_a_byte_of_its_text_has_gone_out_a_mail_waits_as_if_untried(
    store: Store, server: Server, step: str, pipelining: bool
) -> None:
    server.answers.pipelining = pipelining
    outbox.enqueue(store, mails(2), NOON)
    at(server, step)
    with pytest.raises(KeyboardInterrupt):
        send(store, server)
    assert [(line.state, line.attempts) for line in outbox.listing(store)] == [("pending", 0)] * 2
    assert server.answers.taken == []
    assert send(store, server) == Sent(sent=2, refused=0, uncertain=0, left=0)
    assert teams(server.answers) == ["T001", "T002"]


def test_the_mails_before_it_stay_sent(store: Store, server: Server) -> None:
    outbox.enqueue(store, mails(3), NOON)
    at(server, "RCPT", nth=2)
    with pytest.raises(KeyboardInterrupt):
        send(store, server)
    assert states(store) == ["sent", "pending", "pending"]
    assert send(store, server).sent == 2
    assert teams(server.answers) == ["T001", "T002", "T003"]


def test_once_its_text_has_gone_out_a_mail_is_never_sent_again_unasked(store: Store, server: Server) -> None:
    outbox.enqueue(store, mails(2), NOON)
    at(server, "DATA")  # the server has the whole text, and takes it
    with pytest.raises(KeyboardInterrupt):
        send(store, server)
    assert states(store) == ["sending", "pending"]
    assert send(store, server, LATER) == Sent(sent=1, refused=0, uncertain=1, left=0)
    assert states(store) == ["uncertain", "sent"]
    assert teams(server.answers).count("T001") <= 1


class Breaking:
    """A connection, and Ctrl-C at the moment before, or after, it is given its nth message."""

    def __init__(self, inner: smtp.Connection, nth: int, *, after: bool) -> None:
        self.inner, self.left, self.after = inner, nth, after

    @property
    def begun(self) -> bool:
        return self.inner.begun

    def send(self, recipient: str, content: bytes) -> smtp.Outcome:
        self.left -= 1
        if self.left == 0 and not self.after:
            raise KeyboardInterrupt
        outcome = self.inner.send(recipient, content)
        if self.left == 0:
            raise KeyboardInterrupt
        return outcome


def breaking(server: Server, nth: int, *, after: bool) -> Callable[[], Any]:
    @contextmanager
    def connect() -> Iterator[Breaking]:
        with smtp.connect(server.mail) as inner:
            yield Breaking(inner, nth, after=after)

    return connect


def test_where_it_is_not_known_which_mail_had_begun_it_stays_in_doubt(store: Store, server: Server) -> None:
    outbox.enqueue(store, mails(2), NOON)
    with pytest.raises(KeyboardInterrupt):
        outbox.send_due(store, breaking(server, 2, after=False), lambda: NOON)
    assert states(store) == ["sent", "sending"]  # `begun` is still that of the mail before


def test_after_a_yes_that_was_not_written_down_a_mail_stays_in_doubt(store: Store, server: Server) -> None:
    outbox.enqueue(store, mails(1), NOON)
    with pytest.raises(KeyboardInterrupt):
        outbox.send_due(store, breaking(server, 1, after=True), lambda: NOON)
    assert states(store) == ["sending"]
    assert teams(server.answers) == ["T001"]
    assert send(store, server, LATER) == Sent(sent=0, refused=0, uncertain=1, left=0)


def test_after_a_no_that_was_not_written_down_a_mail_waits(store: Store, server: Server) -> None:
    server.answers.rcpt = ["550 5.1.1 nobody here"]
    outbox.enqueue(store, mails(1), NOON)
    with pytest.raises(KeyboardInterrupt):
        outbox.send_due(store, breaking(server, 1, after=True), lambda: NOON)
    assert states(store) == ["pending"]


@pytest.mark.parametrize(("step", "state"), [("MAIL", "cancelled"), ("RCPT", "cancelled"), ("DATA", "sending")])
def test_a_test_that_is_broken_off_is_in_doubt_only_once_its_text_has_gone_out(
    store: Store, server: Server, step: str, state: str
) -> None:
    (item,) = mails(1)
    at(server, step)
    with pytest.raises(KeyboardInterrupt):
        trial.send(store, item, lambda: smtp.connect(server.mail), lambda: NOON)
    assert states(store) == [state]


def test_a_test_that_is_broken_off_before_there_is_a_connection_is_in_no_doubt(store: Store) -> None:
    def connect() -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trial.send(store, mails(1)[0], connect, lambda: NOON)
    assert states(store) == ["cancelled"]
