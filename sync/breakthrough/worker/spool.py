"""Finished reports set aside in a file until all of a month are there: a thousand of them are half a gigabyte."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Generic, TypeVar

_IN_MEMORY = 16 * 2**20  # bytes up to which no file is needed

T = TypeVar("T")


class Spool(Generic[T]):
    """What was set aside, in order, as often as it is asked for; one at a time in memory.

    What many of them share is kept here once and is the same object in each.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._shared: dict[int, object] = {}

    def put(self, one: T, shared: object) -> None:
        """Sets it aside; `shared` is what it has in common with others."""
        self._file.seek(0, 2)
        self._shared[id(shared)] = shared
        pickler = pickle.Pickler(self._file, pickle.HIGHEST_PROTOCOL)
        pickler.persistent_id = lambda value: id(value) if value is shared else None  # type: ignore[method-assign]
        pickler.dump(one)

    def __iter__(self) -> Iterator[T]:
        end, at = self._file.seek(0, 2), 0
        while at < end:
            self._file.seek(at)
            unpickler = pickle.Unpickler(self._file)  # noqa: S301 - written just now, by ourselves
            unpickler.persistent_load = self._shared.__getitem__  # type: ignore[method-assign, assignment]
            one: T = unpickler.load()
            at = self._file.tell()
            yield one
