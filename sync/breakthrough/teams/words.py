"""How evidence counts things."""

from __future__ import annotations


def many(number: int, one: str) -> str:
    """`1 day`, `13 days`."""
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"
