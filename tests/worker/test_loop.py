"""The schedule itself: it survives bad ticks and changed clocks, runs once at a time, and stops with the mail in hand."""

from __future__ import annotations

import datetime as dt
import logging
import os
import signal
import subprocess
import sys
import types
from collections.abc import Callable
from contextlib import nullcontext
from itertools import pairwise
from pathlib import Path

import pytest
import schedule
from tests.delivery.answering import Server

from breakthrough.delivery import outbox
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import Item
from breakthrough.errors import StoreLocked
from breakthrough.month import Month
from breakthrough.store import Store
from breakthrough.worker import loop

TEN = dt.timedelta(minutes=10)
NOON = dt.datetime(2026, 4, 15, 12, 0, tzinfo=dt.UTC)


class Clock:
    """Time that passes only by waiting; `shown` is what the wall clock says, which somebody may set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.passed = dt.timedelta()
        self.offset = dt.timedelta()
        outer = self

        class Shown(dt.datetime):
            @classmethod
            def now(cls, tz: dt.tzinfo | None = None) -> Shown:
                return cls(2026, 10, 24, 12, 0) + outer.passed + outer.offset

        names = dict(vars(dt)) | {"datetime": Shown}
        monkeypatch.setattr(schedule, "datetime", types.SimpleNamespace(**names))


class Patience(loop.Stop):
    """A Stop whose waiting moves the clock, and which says stop when the time is over."""

    def __init__(self, clock: Clock, until: dt.timedelta, at: Callable[[Clock], None] = lambda _: None) -> None:
        super().__init__()
        self.clock, self.until, self.at = clock, until, at

    def wait(self, seconds: float) -> None:
        self.clock.passed += dt.timedelta(seconds=max(seconds, 0.001))
        self.at(self.clock)
        if self.clock.passed >= self.until:
            self.set()


def ticks(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    hours: float,
    at: Callable[[Clock], None] = lambda _: None,
    tick: Callable[[], object] = lambda: None,
) -> list[float]:
    """Minutes after the start at which the tick came, every ten of them, over so many hours."""
    clock = Clock(monkeypatch)
    found: list[float] = []

    def noted() -> None:
        found.append(round(clock.passed.total_seconds() / 60, 1))
        tick()

    loop.run(noted, TEN, Patience(clock, dt.timedelta(hours=hours), at), tmp_path / "run.lock")
    return found


def test_it_ticks_at_once_and_every_ten_minutes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ticks(tmp_path, monkeypatch, 1) == [0, 10, 20, 30, 40, 50]


def test_a_tick_that_raises_is_logged_and_the_next_one_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)

    def broken() -> None:
        raise ValueError("rachel@b.org")

    assert ticks(tmp_path, monkeypatch, 0.55, tick=broken) == [0, 10, 20, 30]
    assert caplog.text.count("tick failed unexpectedly") == 4
    assert "rachel" not in caplog.text


@pytest.mark.parametrize("change", [dt.timedelta(hours=-1), dt.timedelta(hours=1), dt.timedelta(days=-3)])
def test_a_wall_clock_that_is_set_delays_no_tick(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dt.timedelta
) -> None:
    def at(clock: Clock) -> None:
        if clock.passed >= dt.timedelta(minutes=25):
            clock.offset = change

    found = ticks(tmp_path, monkeypatch, 2, at)
    gaps = [later - earlier for earlier, later in pairwise(found)]
    assert max(gaps) <= 10
    assert len(found) in {12, 13}, "one more tick at the change, and no storm of them"


def looking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, look: Callable[[Clock], bool]) -> list[float]:
    """Minutes at which the tick came within an hour, where that is looked at between two."""
    clock = Clock(monkeypatch)
    found: list[float] = []
    loop.run(
        lambda: found.append(round(clock.passed.total_seconds() / 60, 1)),
        TEN,
        Patience(clock, dt.timedelta(hours=1)),
        tmp_path / "run.lock",
        lambda: nullcontext(lambda: look(clock)),
    )
    return found


def test_a_look_between_two_ticks_brings_the_next_one_forward_and_the_one_after_it_comes_as_usual(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool] = []

    def look(clock: Clock) -> bool:
        if clock.passed < dt.timedelta(minutes=23) or told:
            return False
        told.append(True)
        return True

    assert looking(tmp_path, monkeypatch, look) == [0, 10, 20, 23, 33, 43, 53]


def test_a_look_that_raises_stops_nothing_and_is_logged_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def look(clock: Clock) -> bool:
        raise ValueError("rachel@b.org")

    assert looking(tmp_path, monkeypatch, look) == [0, 10, 20, 30, 40, 50]
    assert caplog.text.count("the look between two rounds failed unexpectedly") == 1
    assert "rachel" not in caplog.text


def test_the_schedule_alone_would_be_late_by_the_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    # Why the loop looks for a clock that was set back.
    clock = Clock(monkeypatch)
    scheduler = schedule.Scheduler()
    scheduler.every(10).minutes.do(lambda: None)
    clock.offset = dt.timedelta(hours=-1)
    assert scheduler.idle_seconds == 70 * 60


def test_a_second_one_in_the_same_folder_is_turned_away(tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"

    def second() -> str:
        with pytest.raises(StoreLocked, match="already going on"):
            loop.once(lambda: "ran", lock)
        return "first"

    assert loop.once(second, lock) == "first"
    assert loop.once(lambda: "ran", lock) == "ran"


def test_what_a_single_tick_raises_goes_through_and_frees_the_lock(tmp_path: Path) -> None:
    def broken() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        loop.once(broken, tmp_path / "run.lock")
    assert loop.once(lambda: 1, tmp_path / "run.lock") == 1


def waiting(folder: Path, number: int) -> None:
    with Store.open(f"sqlite:///{folder}/store.sqlite") as store:
        found = []
        for n in range(1, number + 1):
            key = Key("ne", "team", f"T{n:03d}", Month("2026-03"), 0, "a@b.org")
            found.append(Item(key, "a@b.org", key.message_id("b.org"), b"Subject: x\r\n\r\nx\r\n"))
        outbox.enqueue(store, found, NOON)


def states(folder: Path) -> list[str]:
    with Store.open(f"sqlite:///{folder}/store.sqlite") as store:
        return [line.state for line in outbox.listing(store)]


def worker(folder: Path, server: Server) -> subprocess.Popen[str]:
    script = Path(__file__).with_name("running.py")
    return subprocess.Popen(
        [sys.executable, str(script), str(folder), str(server.mail.port)], stdout=subprocess.PIPE, text=True
    )


@pytest.mark.skipif(os.name != "posix", reason="SIGTERM is POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_finishes_the_mail_in_hand_and_ends_well(
    tmp_path: Path, server: Server, number: signal.Signals
) -> None:
    waiting(tmp_path, 4)
    running = worker(tmp_path, server)
    # while the server has the second mail's text and the worker waits for the answer
    server.answers.during = lambda: running.send_signal(number) if len(server.answers.taken) == 1 else None
    printed, _ = running.communicate(timeout=30)
    assert printed == "Sent(sent=2, refused=0, uncertain=0, left=2, cancelled=0, held=0, limited=False)\n"
    assert running.returncode == 0
    assert states(tmp_path) == ["sent", "sent", "pending", "pending"]
    assert len(server.answers.taken) == 2


@pytest.mark.skipif(os.name != "posix", reason="SIGTERM is POSIX")
def test_a_restart_goes_on_where_it_stopped_and_sends_nothing_twice(tmp_path: Path, server: Server) -> None:
    waiting(tmp_path, 3)
    first = worker(tmp_path, server)
    server.answers.during = lambda: first.send_signal(signal.SIGTERM)
    first.communicate(timeout=30)
    server.answers.during = None
    second = worker(tmp_path, server)
    assert second.stdout is not None
    printed = [second.stdout.readline() for _ in range(2)]
    second.send_signal(signal.SIGTERM)
    second.communicate(timeout=30)
    assert printed == [
        f"Sent(sent={n}, refused=0, uncertain=0, left=0, cancelled=0, held=0, limited=False)\n" for n in (2, 0)
    ]
    assert states(tmp_path) == ["sent"] * 3
    assert len(server.answers.taken) == 3
