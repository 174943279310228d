"""A lock that one process of this computer holds, and that the system frees when the process ends, however it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from breakthrough.errors import StoreLocked

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def held(path: Path, what: str) -> Iterator[None]:
    """Holds the lock at `path` until the block ends; `what` says in the error what is going on there.

    Raises StoreLocked when another process, or another thread of this one, holds it.
    """
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            _take(descriptor)
        except OSError as taken:
            raise StoreLocked(f"{what} is already going on. Nothing was done. Try again when it has ended.") from taken
        yield
    finally:
        os.close(descriptor)
