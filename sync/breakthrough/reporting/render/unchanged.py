"""What is made of a file, made once for as long as the file stays what it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_Maker = Callable[Concatenate[Path, P], T]


def kept(most: int) -> Callable[[_Maker[P, T]], _Maker[P, T]]:
    """Has what a function makes of a file kept, that of `most` files; one that was written since is read anew."""

    def keeping(make: _Maker[P, T]) -> _Maker[P, T]:
        @lru_cache(maxsize=most)
        def made(path: Path, changed: int, /, *more: P.args, **named: P.kwargs) -> T:  # noqa: ARG001 - tells a new file
            return make(path, *more, **named)

        @wraps(make)
        def current(path: Path, /, *more: P.args, **named: P.kwargs) -> T:
            return made(path, path.stat().st_mtime_ns, *more, **named)  # type: ignore[arg-type]  # all have a hash

        return current

    return keeping
