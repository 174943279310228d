"""A storage that can also be read as it was some seconds ago, as through a replica that lags behind."""

from __future__ import annotations

import copy
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import monotonic

from redcap_sandbox.store.storage import Storage

_GRAIN = 50  # a past that lasted less than this part of the lag is not kept: readers get the one before


@dataclass
class _Past:
    """A snapshot of what writes have since replaced; `ended` is when the last of them did, `first` the first."""

    db: sqlite3.Connection
    held: ExitStack
    first: float
    ended: float
    readers: int = 0
    over: bool = False


class _History:
    """The pasts that are kept, oldest first."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._pasts: list[_Past] = []
        self._lock = Lock()

    def covers(self, grain: float) -> bool:
        """Whether the newest past is young enough to stand for the present, too, once that is over."""
        with self._lock:
            return bool(self._pasts) and self._now() - self._pasts[-1].first < grain

    def end(self, replaced: tuple[sqlite3.Connection, ExitStack] | None) -> None:
        """Files the past that has just ended; without one, the newest has lasted until now."""
        now = self._now()
        with self._lock:
            if replaced is not None:
                self._pasts.append(_Past(*replaced, first=now, ended=now))
            elif self._pasts:
                self._pasts[-1].ended = now

    def taken(self, lag: float) -> _Past | None:
        """The past of `lag` seconds ago, to be given back; None if that is still the present."""
        wanted = self._now() - lag
        with self._lock:
            past = next((past for past in self._pasts if past.ended > wanted), None)
            if past is not None:
                past.readers += 1
            return past

    def give_back(self, past: _Past) -> None:
        """Ends the reading of a past."""
        with self._lock:
            past.readers -= 1
            _close_unread(past)

    def forget(self, depth: float) -> None:
        """Lets go of every past that ended `depth` seconds ago or earlier, once nobody reads it."""
        wanted = self._now() - depth
        with self._lock:
            for past in self._pasts:
                past.over = past.ended <= wanted
                _close_unread(past)
            self._pasts = [past for past in self._pasts if not past.over]


def _close_unread(past: _Past) -> None:
    if past.over and not past.readers:
        past.held.close()


class Replicated(Storage):
    """A storage that keeps a snapshot from before every write for as long as a lagging reader may want it.

    The snapshots are SQLite's: read transactions held open. They cost nothing while no lag is asked for.
    """

    def __init__(self, folder: Path, longest_lag: Callable[[], float], now: Callable[[], float] = monotonic) -> None:
        """Opens the storage of the folder, as Storage does; `longest_lag` says how many seconds are to be kept."""
        super().__init__(folder)
        self._longest_lag = longest_lag
        self._history = _History(now)
        self._order = Lock()  # pasts are filed in the order of their writes
        self._lag = 0.0

    def lagging(self, seconds: float) -> Replicated:
        """The same storage, read as it was that many seconds ago (or up to a fiftieth more) and written as it is."""
        view = copy.copy(self)
        view._lag = seconds  # noqa: SLF001  (its own kind)
        return view

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A snapshot of everything committed until the lag began."""
        past = self._history.taken(self._lag) if self._lag else None
        if past is None:
            with super().reading() as db:
                yield db
            return
        try:
            yield past.db
        finally:
            self._history.give_back(past)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The one writable transaction, as Storage has it; what it replaces becomes a past."""
        depth = self._longest_lag()
        self._history.forget(depth)
        if not depth:
            with super().writing() as db:
                yield db
            return
        with self._order, ExitStack() as held:
            with super().writing() as db:
                snapshot = None if self._history.covers(depth / _GRAIN) else self._snapshot(held)
                yield db
            self._history.end(None if snapshot is None else (snapshot, held.pop_all()))

    def close(self) -> None:
        """Closes the file and whatever is kept of its past."""
        self._history.forget(0)
        super().close()

    def _snapshot(self, held: ExitStack) -> sqlite3.Connection:
        db = held.enter_context(super().reading())
        db.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # the first look is what takes the snapshot
        return db
