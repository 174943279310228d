"""Places at which a pull can be made to die, as if the power had failed: for tests of what is left behind.

With BREAKTHROUGH_FAILPOINT=NAME in the environment the process is killed the first time it reaches the place of that
name; with NAME:N when it does so in the N-th chunk, counted from 0. Without the variable nothing happens.
"""

from __future__ import annotations

import os
import signal
from typing import Literal, get_args

VARIABLE = "BREAKTHROUGH_FAILPOINT"

Place = Literal[
    "after-start",  # the run is noted
    "after-probe",  # project, version and dictionary are noted
    "before-chunk",  # a chunk is answered, and not in the store
    "in-chunk",  # it is in the store, not committed
    "after-chunk",  # it is committed
    "before-finish",  # every chunk is committed; nothing has gone
    "in-finish",  # what has gone has, the cursor has moved; not committed
    "after-finish",  # it is committed
    "in-proof",  # a reconciliation is noted, not committed
]
PLACES: tuple[Place, ...] = get_args(Place)


def reach(place: Place, n: int | None = None) -> None:
    """Kills this process (SIGKILL: nothing is cleaned up) where the environment names the place; `n` is the chunk's."""
    named = os.environ.get(VARIABLE)
    if named and named in {place, f"{place}:{n}"}:
        os.kill(os.getpid(), signal.SIGKILL)
