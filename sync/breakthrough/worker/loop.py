"""The schedule: a tick every few minutes until somebody says stop. What is due is the tick's own affair."""

from __future__ import annotations

import datetime as dt
import logging
import signal
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self, TypeVar

import schedule

from breakthrough.store.lock import held
from breakthrough.worker import faults

log = logging.getLogger(__name__)

T = TypeVar("T")

_WHAT = "A breakthrough run in this folder"
_LOOK = 5.0  # seconds: how long a clock that was set forward, or a hint, can go unnoticed


class Stop:
    """Becomes true on SIGTERM or Ctrl-C while inside `with`; whoever works asks it between two mails, and ends."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._before: dict[signal.Signals, signal._HANDLER] = {}

    def __call__(self) -> bool:
        """Whether to stop."""
        return self._event.is_set()

    def set(self) -> None:
        """Says stop."""
        self._event.set()

    def wait(self, seconds: float) -> None:
        """Sleeps that long, or until somebody says stop."""
        self._event.wait(seconds)

    def __enter__(self) -> Self:
        for number in (signal.SIGTERM, signal.SIGINT):
            self._before[number] = signal.signal(number, self._signalled)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        del frame
        log.info("stopping, with the mail in hand finished: %s", signal.Signals(number).name)
        self._event.set()


def once(tick: Callable[[], T], alone: Path) -> T:
    """What one tick answers. Raises StoreLocked when another process ticks here; what the tick raises goes through."""
    with held(alone, _WHAT):
        return tick()


def run(
    tick: Callable[[], object],
    every: dt.timedelta,
    stop: Stop,
    alone: Path,
    beside: Callable[[], AbstractContextManager[Callable[[], bool]]] = lambda: nullcontext(lambda: False),
) -> None:
    """Ticks at once and then every so often, and returns when told to stop. After a tick that fails the next one comes.

    `beside` is entered once it is certain that no other process runs here. What it gives is called every few seconds
    between two ticks, and brings the next one forward where it says so.

    `alone` is the lock file that lets one process at a time run here. Raises StoreLocked when another one does.
    """
    with held(alone, _WHAT), beside() as look:
        _loop(tick, every, stop, _quietly(look))


def _loop(tick: Callable[[], object], every: dt.timedelta, stop: Stop, look: Callable[[], bool]) -> None:
    # `schedule` lets exceptions through `run_pending`, so none may reach it. It also counts in local wall-clock time:
    # when that is set back, as each autumn, the next tick would be an hour late, so it is brought forward.
    scheduler = schedule.Scheduler()
    scheduler.every(max(1, round(every.total_seconds()))).seconds.do(_surely, tick)
    scheduler.run_all()
    while not stop():
        idle = scheduler.idle_seconds or 0.0
        if idle > every.total_seconds() + 1:
            scheduler.run_all()
            continue
        stop.wait(max(0.0, min(idle, _LOOK)))
        if not stop() and look():
            scheduler.run_all()
        elif not stop():
            scheduler.run_pending()


def _surely(tick: Callable[[], object]) -> None:
    try:
        tick()
    except Exception as error:  # noqa: BLE001 (a schedule that dies of one bad tick sends nothing for months)
        faults.record(log, "tick", error)


def _quietly(look: Callable[[], bool]) -> Callable[[], bool]:
    """The look, which then raises nothing: what goes wrong is logged once, not every few seconds."""
    wrong = False

    def looked() -> bool:
        nonlocal wrong
        try:
            found = look()
        except Exception as error:  # noqa: BLE001 (a schedule that dies of it sends nothing for months)
            if not wrong:
                faults.record(log, "the look between two rounds", error)
            wrong = True
            return False
        wrong = False
        return found

    return looked
