"""How this process gives memory back to the system."""

from __future__ import annotations

import ctypes
import sys

_THRESHOLD = -3  # M_MMAP_THRESHOLD in glibc's malloc.h
_LARGE = 128 * 1024  # bytes: glibc's own value at the start of a process


def give_back_large() -> bool:
    """Whether what is large goes back as soon as it is let go of; False where the system has nothing to be told.

    Left to itself, glibc keeps more and more of it: each time a larger piece is let go of, it takes all pieces of up to
    that size out of one heap, which has holes by the end. A thousand mails of half a megabyte left 24 MiB of them.
    """
    if not sys.platform.startswith("linux"):
        return False
    tell = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none, and needs none
    return bool(tell and tell(_THRESHOLD, _LARGE))
