"""Values set aside until the last of them is there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from breakthrough.worker import spool


def test_values_come_back_in_their_order_when_all_have_been_made() -> None:
    made: list[int] = []

    def every() -> Iterator[tuple[int, bytes]]:
        for number in range(3):
            made.append(number)
            yield number, bytes(number)

    with spool.set_aside(every()) as kept:
        assert made == [0, 1, 2]
        assert list(kept) == [(0, b""), (1, b"\0"), (2, b"\0\0")]


def test_what_making_them_raises_is_raised_before_any_comes_back() -> None:
    def every() -> Iterator[int]:
        yield 1
        raise ValueError("the second cannot be made")

    with pytest.raises(ValueError, match="the second"), spool.set_aside(every()) as kept:
        pytest.fail(f"{list(kept)} came back")
