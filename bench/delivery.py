"""Messages of 200 kB through the outbox to a real mail server on this computer, a second, over one connection.

    python bench/delivery.py [--messages 100] [--rounds 8] [--readers 10000]

Three figures, each of the same number of messages: bytes that are ready, straight into the connection; the same through
the outbox, each claimed before it is handed over and settled after, on a SQLite file; and the whole way, with building,
archiving and putting in. The server is Exim, unpacked by `make tools`, with STARTTLS and a login, its queue on disk
as always; it delivers from there later, so that what is measured is the handing over. Without it, aiosmtpd in a process
of its own takes its place, in the clear. One connection is one client: it is begun anew after each hundred messages, as
always. The bare connection stands beside the outbox, as disk and processor decide over both. Then a list of readers of
one report, put in and handed to a transport that takes everything: seconds for its first and its last tenth, which are
alike where nothing grows with the list, and memory. The last line is one JSON object. Exit status 1 if the outbox hands
over fewer than 100 a second.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import importlib.util
import json
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.delivery import answering, crashing

from breakthrough.delivery import addresses, compose, outbox, smtp
from breakthrough.delivery.compose import Letterhead
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import Item
from breakthrough.month import Month
from breakthrough.reporting.values import Picture, Rendered
from breakthrough.settings import Mail
from breakthrough.store import Store

AIM = 100.0  # messages a second
Rate = dict[str, float]
NOON = dt.datetime(2026, 4, 15, 12, 0, tzinfo=dt.UTC)


@contextmanager
def server(folder: Path) -> Iterator[tuple[str, Mail, str | None]]:
    """Its name, the settings that reach it, and the password."""
    if importlib.util.find_spec("tests.delivery.exim") and shutil.which("openssl"):
        exim = importlib.import_module("tests.delivery.exim")
        if program := exim.program():
            certificate = answering.made(folder, "IP:127.0.0.1")
            with exim.running(program, certificate, more="queue_only") as running:
                yield "exim", running.mail(), exim.PASSWORD
            return
    print("Exim is not here: aiosmtpd takes its place. `make tools` unpacks Exim")
    with crashing.office(folder) as office:
        yield (
            "aiosmtpd",
            Mail(host="127.0.0.1", port=office.port, security="none", sender="reports@example.org"),
            None,
        )


def rendered(chance: random.Random) -> Rendered:
    """A report as large as a team's: eight pictures and 40 kB of HTML."""
    pictures = tuple(Picture(f"p{n}", chance.randbytes(14_000), 620, 300, "A chart") for n in range(8))
    shown = "".join(f'<img src="cid:{one.cid}" alt="{one.alt}">\n' for one in pictures)
    html = "<p>The figures of the month stand here.</p>\n" * 900 + shown
    return Rendered("team", "T003", "2026-03", "Your team in March 2026", html, "The figures.\n" * 200, pictures, html)


def items(number: int, month: str, chance: random.Random) -> Iterator[Item]:
    head = Letterhead(addresses.sender("Reports <reports@example.org>"), addresses.sender("c@example.org"), "example")
    for n in range(number):
        key = Key("bench", "team", f"T{n:04}", Month(month), 0, f"reader{n}@example.net")
        yield compose.item(rendered(chance), key, "A reader", key.recipient, head, NOON)


def rate(number: int, work: Callable[[], object]) -> Rate:
    """So many a second, and the milliseconds of our own processor time each: these depend less on what else runs."""
    begun, worked = time.perf_counter(), time.process_time()
    work()
    taken, used = time.perf_counter() - begun, time.process_time() - worked
    return {"a_second": round(number / taken, 1), "processor_ms": round(1000 * used / number, 1)}


def measured(number: int, rounds: int, folder: Path, mail: Mail, password: str | None) -> dict[str, Any]:
    """Each figure's best round: they take turns, and a computer that others use as well only ever takes longer."""
    with Store.open(f"sqlite:///{folder / 'store.sqlite'}") as store:
        told = [measured_once(store, number, chance, mail, password) for chance in range(rounds)]
    return {what: max((one[what] for one in told), key=lambda found: found["a_second"]) for what in told[0]}


def measured_once(store: Store, number: int, round_: int, mail: Mail, password: str | None) -> dict[str, Rate]:
    chance = random.Random(round_)
    ready = list(items(number, f"{2000 + round_}-03", chance))

    def bare() -> None:
        with smtp.connect(mail, password) as connection:
            for item in ready:
                assert connection.send(item.recipient, item.payload).kind == "accepted"

    def put(new: list[Item]) -> None:
        assert len(outbox.enqueue(store, new, NOON)) == number

    def send() -> None:
        assert outbox.send_due(store, lambda: smtp.connect(mail, password), lambda: NOON).sent == number

    def whole() -> None:
        put(list(items(number, f"{2000 + round_}-04", chance)))
        send()

    return {
        "connection": rate(number, bare),
        "put": rate(number, lambda: put(ready)),
        "outbox": rate(number, send),
        "with_building": rate(number, whole),
    }


class _Taking:
    """Takes every message at once."""

    begun = True

    def send(self, recipient: str, content: bytes) -> smtp.Outcome:
        """Takes it."""
        del recipient, content
        return smtp.Outcome("accepted", "250")


def listed(number: int, folder: Path) -> dict[str, Any]:
    """A report of 20 kB to so many readers."""
    text = b"The figures of the month.\r\n" * 750

    def readers() -> Iterator[Item]:
        for n in range(number):
            key = Key("bench", "team", "T001", Month("2026-03"), 0, f"reader{n}@example.net")
            yield Item(key, key.recipient, key.message_id("example.org"), f"To: {n}\r\n".encode() + text)

    moments: list[float] = []
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with Store.open(f"sqlite:///{folder / 'many.sqlite'}") as store:
        begun = time.perf_counter()
        assert len(outbox.enqueue(store, readers(), NOON)) == number
        put = time.perf_counter() - begun
        moments.append(time.perf_counter())
        done = outbox.send_due(
            store,
            lambda: nullcontext(_Taking()),
            lambda: NOON,
            advance=lambda _: moments.append(time.perf_counter()),
        )
        assert (done.sent, done.left) == (number, 0)
        begun = time.perf_counter()
        assert len(outbox.keys(store, "bench", Month("2026-03"))) == number
        keys = time.perf_counter() - begun
    tenth = number // 10
    return {
        "readers": number,
        "put_seconds": round(put, 1),
        "sent_seconds": round(moments[-1] - moments[0], 1),
        "first_tenth": round(moments[tenth] - moments[0], 2),
        "last_tenth": round(moments[-1] - moments[-1 - tenth], 2),
        "keys_seconds": round(keys, 3),
        "mib_more": round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024),
    }


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, default=100, help="in a round")
    options.add_argument("--rounds", type=int, default=8)
    options.add_argument("--readers", type=int, default=10_000)
    asked = options.parse_args()
    number = asked.messages
    with tempfile.TemporaryDirectory() as place:
        many = listed(asked.readers, Path(place))
        with server(Path(place)) as (name, mail, password):
            told = measured(number, asked.rounds, Path(place), mail, password)
    print(
        f"{many['readers']:,} readers: put in {many['put_seconds']} s, sent {many['sent_seconds']} s (the first tenth "
        f"{many['first_tenth']} s, the last {many['last_tenth']} s), {many['mib_more']} MiB more"
    )
    print(f"{number} messages of 200 kB to {name}, a second, the best of {asked.rounds} rounds:")
    for what, of in (
        ("ready, the bare connection", "connection"),
        ("put into the outbox", "put"),
        (f"ready, through the outbox (aim: {AIM:.0f})", "outbox"),
        ("with building and putting in", "with_building"),
    ):
        print(f"  {what:40} {told[of]['a_second']:6.1f}   {told[of]['processor_ms']:5.1f} ms of our processor each")
    met = told["outbox"]["a_second"] >= AIM
    print(
        json.dumps(
            {
                "delivery": {"messages": number, "rounds": asked.rounds, "server": name}
                | told
                | {"list": many}
                | {"met": met}
            }
        )
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
