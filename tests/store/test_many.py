"""A long list of readers: each mail costs the same few statements, and what waits is never all in memory."""

from __future__ import annotations

import datetime as dt
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from sqlalchemy import event
from sqlalchemy.engine import Engine
from tests.store.conftest import Home
from tests.store.test_deciding import NOON, Taking, mail

from breakthrough.delivery import outbox
from breakthrough.delivery.outbox import Item, Pace
from breakthrough.delivery.smtp import Outcome
from breakthrough.month import Month
from breakthrough.store import Store

MANY = 500
SIZE = 40_000  # bytes of a mail here: the list is 20 MB, and what is measured must stay far under it


def readers(number: int, month: str = "2026-03") -> Iterator[Item]:
    """Mails on one report to so many readers, each made as it is asked for."""
    for n in range(number):
        item = mail(month=Month(month), recipient=f"reader{n}@example.org")
        yield Item(item.key, item.recipient, item.message_id, f"{month}{n:05}".encode() * (SIZE // 12))


@contextmanager
def statements(store: Store) -> Iterator[Counter[str]]:
    """How many statements of each kind the store is given."""
    counted: Counter[str] = Counter()

    def count(_: object, __: object, statement: str, *___: object) -> None:
        counted[statement.split(maxsplit=1)[0].upper()] += 1

    engine: Engine = store.backend.engine
    event.listen(engine, "before_cursor_execute", count)
    yield counted
    event.remove(engine, "before_cursor_execute", count)


def test_many_readers_are_put_in_and_served_without_being_held_in_memory(file: Home) -> None:
    class Counting(Taking):
        number = 0

        def send(self, recipient: str, content: bytes) -> Outcome:
            self.number += 1
            return Outcome("accepted", "250")

    server = Counting()
    with file.open() as store:
        tracemalloc.start()
        # a tenth is sent, as of the whole only the number of rows is left to tell: see the statements below
        assert len(outbox.enqueue(store, readers(MANY), NOON)) == MANY
        done = outbox.send_due(
            store, lambda: nullcontext(server), lambda: NOON, stop=lambda: server.number == MANY // 10
        )
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (done.sent, done.left) == (MANY // 10, MANY - MANY // 10)
        assert most < MANY * SIZE / 4
        assert len(outbox.keys(store, "absenteeism", Month("2026-03"))) == MANY


def test_each_mail_costs_as_many_statements_however_many_there_are(home: Home) -> None:
    def cost(store: Store, number: int, month: str) -> dict[str, int]:
        with statements(store) as counted:
            outbox.enqueue(store, readers(number, month), NOON)
            outbox.send_due(
                store, lambda: nullcontext(Taking()), lambda: NOON + dt.timedelta(hours=9), pace=Pace(10_000, 10_000)
            )
        return dict(counted)

    with home.open() as store:
        few, more, many = cost(store, 10, "2026-01"), cost(store, 20, "2026-02"), cost(store, 40, "2026-03")
    assert {kind: many[kind] - more[kind] for kind in many} == {kind: 2 * (more[kind] - few[kind]) for kind in many}


def test_a_month_for_many_readers_supersedes_the_one_before_in_one_statement(home: Home) -> None:
    with home.open() as store:
        outbox.enqueue(store, readers(200, "2026-02"), NOON)
        with statements(store) as counted:
            outbox.enqueue(store, readers(200), NOON)
        assert counted["UPDATE"] == 1
        assert Counter(one.state for one in outbox.listing(store)) == {"superseded": 200, "pending": 200}
