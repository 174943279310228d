"""What a value of a report is composed of."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import lru_cache


@lru_cache(maxsize=256)
def of(kind: type) -> tuple[str, ...]:
    """The names of its fields, in the order in which they are read; none of what is no dataclass."""
    return tuple(one.name for one in fields(kind)) if is_dataclass(kind) else ()
