"""A ledger of mails, a mail server and senders that are killed, each in a process of its own; and who judges it all."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from breakthrough.delivery import outbox
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import LEASE, Item
from breakthrough.month import Month
from breakthrough.store import Store

NOON = dt.datetime(2026, 4, 15, 12, 0, tzinfo=dt.UTC)
ROOT = Path(__file__).resolve().parents[2]
PLACES = ("verdict", "settled", "claimed", "before DATA", "after DATA")


def mail(number: int) -> Item:
    """A mail whose first line is its Message-ID."""
    key = Key("absenteeism", "team", f"T{number:04}", Month("2026-03"), 0, "rachel@example.org")
    identifier = key.message_id("reports.example.org")
    return Item(key, key.recipient, identifier, f"Message-ID: {identifier}\r\n\r\nThe report\r\n".encode())


@dataclass
class Office:
    """A mail server in another process: where it listens, and what it has taken."""

    port: int
    path: Path

    def taken(self) -> Counter[str]:
        """How often it has taken each Message-ID."""
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        return Counter(line.removeprefix("Message-ID: ") for line in lines)


class Senders:
    """Processes that send, one at a time, and may be killed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(
        self,
        url: str,
        office: Office,
        now: dt.datetime,
        *,
        place: str = "",
        nth: int = 1,
        after: float | None = None,
        defect: str = "",
        password: str | None = None,
    ) -> bool:
        """Whether it was killed: at that place of its nth mail, or `after` so many seconds, however far it was."""
        order: dict[str, Any] = {"url": url, "password": password, "port": office.port, "now": now.isoformat()}
        order |= {"place": place, "nth": nth, "defect": defect, "after": after}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        assert code in {0, -signal.SIGKILL}, "the sender failed: see what it printed"
        return code != 0


class World:
    """A ledger that is sent from and killed at, until every lease is over."""

    def __init__(self, store: Store, url: str, office: Office, senders: Senders, defect: str = "") -> None:
        self.store, self.url, self.office, self.senders, self.defect = store, url, office, senders, defect
        self.now, self.mails, self.kills = NOON, 0, 0

    def put(self, number: int) -> None:
        items = [mail(self.mails + n) for n in range(number)]
        assert len(outbox.enqueue(self.store, items, self.now)) == number
        self.mails += number

    def run(self, *, place: str = "", nth: int = 1, after: float | None = None) -> None:
        """One sender; after it so long nothing happens that its lease is over."""
        self.kills += self.senders.run(
            self.url, self.office, self.now, place=place, nth=nth, after=after, defect=self.defect
        )
        self.now += LEASE + dt.timedelta(minutes=1)

    def waiting(self) -> int:
        return len(outbox.listing(self.store, states=["pending"]))

    def settle(self) -> None:
        """The next runs, up to when nothing waits; a defect may keep them from it."""
        for _ in range(4):
            self.run()

    def faults(self) -> list[str]:
        """What is wrong with ledger and arrivals together, once all is over."""
        taken, states = self.office.taken(), {}
        for line in outbox.listing(self.store):
            states[line.message_id] = line.state
        found = [f"{line} arrived {number} times" for line, number in taken.items() if number > 1]
        found += [f"{mail(n).key.edition} is lost" for n in range(self.mails) if mail(n).message_id not in states]
        found += [f"{one} arrived and nobody knows it" for one in taken if one not in states]
        for one, state in states.items():
            if state == "sent" and not taken[one]:
                found.append(f"{one} is said to be sent and never arrived")
            if state not in {"sent", "uncertain"}:
                found.append(f"{one} is {state} although everything was tried")
        return found

    def uncertain(self) -> int:
        return len(outbox.listing(self.store, states=["uncertain"]))


@contextmanager
def office(folder: Path, *, unsure: bool = False) -> Iterator[Office]:
    """A mail server that takes everything; an `unsure` one breaks the line now and then, before or after."""
    path = folder / "taken.txt"
    with _python("tests.delivery.office", str(path), "unsure" if unsure else "sure") as process:
        assert process.stdout is not None
        yield Office(int(process.stdout.readline()), path)


@contextmanager
def senders() -> Iterator[Senders]:
    """Another process that sends."""
    with _python("tests.delivery.dying") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Senders(process)


@contextmanager
def _python(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "sync")])}
    with ExitStack() as ending:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            cwd=ROOT,
        )
        ending.enter_context(process)
        ending.callback(process.kill)
        yield process
