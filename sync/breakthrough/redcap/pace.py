"""How often a server is asked: one request at a time, a pause between two, rest when it asks for rest.

REDCap counts the requests of an address, and bans one that asks too often (600 a minute by default) until an
administrator lifts the ban; and a server in trouble is not helped by being asked again. So all clients of a process
that talk to one server share its `Host`.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from breakthrough.errors import Busy

LONGEST_WAIT = 120.0  # seconds; a server that asks for more is left to the worker's next round
_LONGEST_REST = 3600.0  # what a server says beyond that is more likely a mistake than a wish
_REPEATS = 12.0  # repeats in store for a server; each answer gives a tenth back
_GIVEN_BACK = 0.1
_UNEVEN = 0.25  # the longest part of a pause that is added to it at random


class Hosts:
    """The servers this process talks to. `sleep` and `clock` count seconds; `jitter` draws from 0 to 1."""

    def __init__(
        self,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._sleep, self._clock, self._jitter = sleep, clock, jitter
        self._lock = threading.Lock()
        self._known: dict[str, Host] = {}

    def host(self, url: str) -> Host:
        """The server of that address, the same one each time it is asked for."""
        name = urlsplit(url).netloc.lower()
        with self._lock:
            return self._known.setdefault(name, Host(self._sleep, self._clock, self._jitter))


class Host:
    """One server, as all clients of this process share it."""

    def __init__(self, sleep: Callable[[float], None], clock: Callable[[], float], jitter: Callable[[], float]) -> None:
        self._sleep, self._clock, self._jitter = sleep, clock, jitter
        self._lock = threading.Lock()  # held by the request under way
        self._notes = threading.Lock()
        self._free_at = float("-inf")
        self._repeats = _REPEATS

    @contextmanager
    def turn(self, pause: float) -> Iterator[None]:
        """Lets one request through: not before the last one has ended and its pause is over.

        At least `pause` seconds pass from here to the next request. Raises Busy where the server has asked for a longer
        rest than is worth waiting for.
        """
        with self._lock:
            ahead = self._free_at - self._clock()
            if ahead > LONGEST_WAIT:
                raise Busy(
                    f"The server has asked to be left alone for another {ahead:.0f} seconds, so it was not asked. Try "
                    "again later.",
                    ahead,
                )
            if ahead > 0:
                self._sleep(ahead)
            try:
                yield
            finally:
                if pause:
                    self.rest(pause * (1 + _UNEVEN * self._jitter()))

    def rest(self, seconds: float) -> None:
        """Keeps the next request, whoever's it is, from starting before so many seconds, at most an hour, are over."""
        with self._notes:
            self._free_at = max(self._free_at, self._clock() + min(seconds, _LONGEST_REST))

    def backoff(self, attempt: int) -> float:
        """Seconds to wait after a failure: 2, 4, 8 … of which the second half is random, so that none march in step."""
        longest = 2.0**attempt
        return longest / 2 + longest / 2 * self._jitter()

    def answered(self) -> None:
        """Notes that the server does answer."""
        with self._notes:
            self._repeats = min(_REPEATS, self._repeats + _GIVEN_BACK)

    def may_repeat(self) -> bool:
        """Whether a failed question may be asked again; if so, it counts. A server that only fails is spared."""
        with self._notes:
            if self._repeats < 1:
                return False
            self._repeats -= 1
            return True
