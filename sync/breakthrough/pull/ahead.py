"""Lets the server work on the next question while we write down its last answer."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def one_ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items in the same order, each in the making while the one before it is being used.

    They are all made by one other thread, one at a time, and by it alone until they are at an end or the iterator is
    closed: whatever they are made with may be used again by this one after that. What making one raises is raised in
    its place.
    """
    with ThreadPoolExecutor(1, "ahead") as other:
        coming: Future[tuple[T, ...]] = other.submit(_next, items)
        while found := coming.result():
            coming = other.submit(_next, items)
            yield found[0]


def _next(items: Iterator[T]) -> tuple[T, ...]:
    """The next item, alone; nothing at the end."""
    for item in items:
        return (item,)
    return ()
