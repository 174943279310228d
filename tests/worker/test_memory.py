"""Large pieces of memory go back to the system where it is glibc that would keep them."""

from __future__ import annotations

import ctypes
import platform
import subprocess
import sys

import pytest

from breakthrough.worker import memory

# A large piece is let go of, then many of half its size beside small ones that stay: told in MiB that this left behind.
GONE = """
import sys
from breakthrough.worker import memory
def held():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096 / 2**20
if sys.argv[1] == "told":
    assert memory.give_back_large()
large = bytearray(2**22)
del large
before = held()
pieces = [(bytes([1]) * 2**19, bytes([at % 256]) * 2000) for at in range(80)]
small = [one for _, one in pieces]
del pieces
print(held() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps it")
def test_what_is_large_goes_back_as_soon_as_it_is_let_go_of() -> None:
    kept, given_back = (
        float(subprocess.run([sys.executable, "-c", GONE, how], capture_output=True, check=True).stdout)
        for how in ("untold", "told")
    )
    assert given_back < 2 < kept


def test_a_system_that_has_nothing_to_be_told_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(ctypes, "CDLL", None)
    assert not memory.give_back_large()
