"""The outbox on both databases: of many senders at once, one sends each mail."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import nullcontext
from pathlib import Path

import pytest
from tests.delivery.crashing import ROOT, mail, office
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

    begun = True

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


class Counting(Taking):
    """A transport that takes anything."""

    def send(self, recipient: str, content: bytes) -> Outcome:
        self.taken[recipient] += 1
        return Outcome("accepted", "250 ok")


class Late(Taking):
    """A transport that sleeps through its lease; meanwhile a person has the mail sent again. Then it is put off."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store

    def send(self, recipient: str, content: bytes) -> Outcome:
        later = NOW + outbox.LEASE + dt.timedelta(minutes=1)
        assert outbox.send_due(self.store, lambda: nullcontext(self), lambda: later).uncertain == 1
        outbox.resend(self.store, outbox.listing(self.store)[0].key)
        other = Taking()
        outbox.send_due(self.store, lambda: nullcontext(other), lambda: later)
        self.taken += other.taken
        return Outcome("temporary", "put off")


def late_and_afterwards(store: Store) -> list[int]:
    """How often each mail was taken, when all is over."""
    put(store, 1)
    transport, after = Late(store), Counting()
    outbox.send_due(store, lambda: nullcontext(transport), lambda: NOW)
    outbox.send_due(store, lambda: nullcontext(after), lambda: NOW + dt.timedelta(days=1))
    return list((transport.taken + after.taken).values())


def test_a_sender_that_comes_back_after_its_lease_overwrites_nothing(home: Home) -> None:
    with home.open() as store:
        assert late_and_afterwards(store) == [1]
        assert [line.state for line in outbox.listing(store)] == ["sent"]


def test_without_a_look_at_the_lease_the_same_mail_would_go_twice(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "_OURS", sending._ROW)
    with home.open() as store:
        assert late_and_afterwards(store) == [2]


# --- two workers, started by mistake ---------------------------------------------------------------------------------

WORKER = Path(__file__).with_name("working.py")


def test_two_workers_that_put_in_and_send_the_same_month_send_each_mail_once(home: Home, tmp_path: Path) -> None:
    # Real processes: each puts in the whole month, waits for the other to be ready, and sends what is due.
    with office(tmp_path) as taking:
        command = [sys.executable, str(WORKER), home.url, str(taking.port), "60"]
        environment = {**home.environment, "PYTHONPATH": f"{ROOT}:{ROOT / 'sync'}"}
        workers = [
            subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        with home.open() as store:
            for one in workers:
                assert one.stdout is not None
                assert one.stdout.readline() == "ready\n"
            told = [json.loads(one.communicate("go\n", timeout=120)[0]) for one in workers]
            assert sum(one["new"] for one in told) == 60
            assert sum(one["sent"] for one in told) == 60
            assert taking.taken() == {mail(n).message_id: 1 for n in range(60)}
            assert {line.state for line in outbox.listing(store)} == {"sent"}
