"""No more mails a minute and an hour than settings allow, however often the program starts; on both databases."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from dataclasses import dataclass, field

from tests.store.conftest import Home
from tests.store.test_deciding import mail

from breakthrough.delivery import outbox
from breakthrough.delivery.outbox import Pace, Sent
from breakthrough.delivery.smtp import Outcome
from breakthrough.store import Store

NOON = dt.datetime(2026, 4, 15, 12, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


@dataclass
class World:
    """A clock that goes on only while somebody waits or a mail is handed over, and when each mail arrived."""

    now: dt.datetime = NOON
    each: dt.timedelta = SECOND  # that a mail takes
    arrived: list[dt.datetime] = field(default_factory=list)

    begun = True

    def send(self, recipient: str, content: bytes) -> Outcome:
        self.now += self.each
        self.arrived.append(self.now)
        return Outcome("accepted", "250")

    def run(self, store: Store, pace: Pace) -> Sent:
        return outbox.send_due(store, lambda: nullcontext(self), lambda: self.now, pace=pace, pause=self.wait)

    def wait(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)

    def most(self, within: dt.timedelta) -> int:
        """The most that arrived in any such time."""
        return max(sum(start <= one < start + within for one in self.arrived) for start in self.arrived)


def put(store: Store, number: int) -> None:
    outbox.enqueue(store, [mail(f"T{n:03}") for n in range(number)], NOON)


def test_over_the_minutes_number_it_waits_and_goes_on(store: Store) -> None:
    put(store, 25)
    world = World()
    assert world.run(store, Pace(per_minute=10)) == Sent(25, 0, 0, 0)
    assert world.most(dt.timedelta(minutes=1)) == 10
    assert world.now - NOON < dt.timedelta(minutes=3)


def test_over_the_hours_number_it_ends_and_a_later_run_goes_on_where_there_is_room(home: Home) -> None:
    world = World()
    runs = []
    for tick in range(25):  # every ten minutes the program starts anew
        world.now = max(world.now, NOON + tick * dt.timedelta(minutes=10))
        with home.open() as store:
            if not tick:
                put(store, 90)
            runs.append(world.run(store, Pace(per_hour=30)))
    assert runs[0] == Sent(30, 0, 0, left=60, limited=True)
    assert runs[1] == Sent(0, 0, 0, left=60, limited=True)
    assert [tick for tick, one in enumerate(runs) if one.sent] == [0, 7, 14]
    assert (len(world.arrived), world.most(dt.timedelta(hours=1))) == (90, 30)


def test_a_limit_holds_back_no_lease_and_no_mail_looks_as_if_it_had_been_tried(store: Store) -> None:
    put(store, 3)
    World().run(store, Pace(per_hour=1))
    assert [(one.state, one.attempts) for one in outbox.listing(store)] == [("sent", 1), ("pending", 0), ("pending", 0)]


def test_a_mail_that_the_server_may_have_taken_counts_and_one_that_it_refused_does_not(store: Store) -> None:
    class Wavering(World):
        def send(self, recipient: str, content: bytes) -> Outcome:
            super().send(recipient, content)
            return Outcome("unknown" if len(self.arrived) % 2 else "permanent", "")

    put(store, 12)
    world = Wavering(each=dt.timedelta())
    assert world.run(store, Pace(per_hour=4)) == Sent(0, refused=3, uncertain=4, left=5, limited=True)


def test_a_clock_that_stands_still_or_a_stop_ends_the_waiting(store: Store) -> None:
    put(store, 3)
    world = World(each=dt.timedelta())
    waits: list[float] = []
    pace = Pace(per_minute=1)

    def run(stop_after: int) -> Sent:
        waits.clear()
        return outbox.send_due(
            store,
            lambda: nullcontext(world),
            lambda: NOON,
            pace=pace,
            pause=waits.append,
            stop=lambda: len(waits) == stop_after,
        )

    assert run(999) == Sent(1, 0, 0, left=2, limited=True)
    assert 60 <= sum(waits) <= 120
    assert run(3) == Sent(0, 0, 0, left=2, limited=True)
    assert len(waits) == 3


def test_a_clock_that_was_set_back_lets_no_more_out_and_one_that_was_a_year_ahead_stops_nothing(store: Store) -> None:
    put(store, 3)
    world = World(now=NOON + dt.timedelta(minutes=30))
    world.run(store, Pace(per_hour=1))
    world.now = NOON
    assert world.run(store, Pace(per_hour=1)).sent == 0
    world.now = NOON + dt.timedelta(days=365)
    world.run(store, Pace(per_hour=1))
    world.now = NOON + dt.timedelta(days=2)
    assert world.run(store, Pace(per_hour=1)).sent == 1
