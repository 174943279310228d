"""The outbox on both databases: of many senders at once, one sends each mail."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import Counter
from contextlib import nullcontext

from tests.store.conftest import Home

from breakthrough.delivery import outbox
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import Item, sending
from breakthrough.delivery.smtp import Outcome
from breakthrough.month import Month
from breakthrough.store import Store

NOW = dt.datetime(2026, 4, 15, 12, 0, tzinfo=dt.UTC)


class Taking:
    """A transport that takes every mail."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    def send(self, recipient: str, content: bytes) -> Outcome:
        time.sleep(0.002)
        assert content == b"To: " + recipient.encode()
        self.taken[recipient] += 1
        return Outcome("accepted", "250 ok")


def put(store: Store, number: int) -> list[str]:
    people = [f"reader{n:02}@example.org" for n in range(number)]
    items = [
        Item(Key("absenteeism", "team", "T001", Month("2026-03"), 0, one), one, f"<{one}>", b"To: " + one.encode())
        for one in people
    ]
    assert len(outbox.enqueue(store, items, NOW)) == number
    assert outbox.enqueue(store, items, NOW) == ()
    return people


def test_several_senders_at_once_send_each_mail_once(home: Home) -> None:
    with home.open() as store:
        people = put(store, 24)
        transport = Taking()

        def send() -> None:
            with home.open() as mine:
                outbox.send_due(mine, lambda: nullcontext(transport), lambda: NOW)

        threads = [threading.Thread(target=send) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert transport.taken == dict.fromkeys(people, 1)
        assert {line.state for line in outbox.listing(store)} == {"sent"}
        assert {line.sent_at for line in outbox.listing(store, month=Month("2026-03"))} == {NOW}


def test_what_a_sender_left_half_done_is_uncertain_and_left_to_a_person(home: Home) -> None:
    with home.open() as store:
        put(store, 2)
        sending._claim(store, NOW, lambda _, __: "", outbox.Pace())  # and then its process dies

        later = NOW + outbox.LEASE + dt.timedelta(seconds=1)
        transport = Taking()
        done = outbox.send_due(store, lambda: nullcontext(transport), lambda: later)

        assert (done.sent, done.uncertain, done.left) == (1, 1, 0)
        uncertain = outbox.listing(store, states=["uncertain"])[0]
        outbox.resend(store, uncertain.key)
        assert outbox.send_due(store, lambda: nullcontext(transport), lambda: later).sent == 1
        assert sorted(transport.taken.values()) == [1, 1]
