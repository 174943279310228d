"""How this process gives memory back to the system."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

_THRESHOLD, _HEAPS = -3, -8  # M_MMAP_THRESHOLD and M_ARENA_MAX in glibc's malloc.h
_LARGE = 64 * 1024  # bytes: half of glibc's own value at the start of a process


def give_back_large() -> bool:
    """Whether what is large goes back as soon as it is let go of; False where the system has nothing to be told.

    Left to itself, glibc keeps more and more of it: each time a larger piece is let go of, it takes all pieces of up to
    that size out of one heap, which has holes by the end, and each thread has a heap of its own. A thousand mails of
    half a megabyte left 25 MiB of them.
    """
    tell = _of_glibc("mallopt")
    return bool(tell and tell(_THRESHOLD, _LARGE) and tell(_HEAPS, 1))


def give_back() -> bool:
    """Whether what is free now has gone back; False where the system has nothing to be told."""
    trim = _of_glibc("malloc_trim")
    return bool(trim and trim(0))


def _of_glibc(name: str) -> Callable[..., int] | None:
    """That function; None on other systems, and where another library is there, as musl is, which needs none."""
    if not sys.platform.startswith("linux"):
        return None
    found: Callable[..., int] | None = getattr(ctypes.CDLL(None), name, None)
    return found
