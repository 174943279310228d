"""Values set aside in a file until the last of them is there: a month's thousand reports are half a gigabyte."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def set_aside(every: Iterable[T]) -> Iterator[Iterator[T]]:
    """The same values, when all of them have been made, one at a time in memory.

    The file has no name, so that nobody else can open it and no crash leaves it behind. Raises what making them raises.
    """
    with TemporaryFile(prefix="breakthrough-") as file:
        many = 0
        for one in every:
            pickle.dump(one, file, pickle.HIGHEST_PROTOCOL)
            many += 1
        file.seek(0)
        yield (pickle.load(file) for _ in range(many))  # noqa: S301 - written just now, by ourselves
