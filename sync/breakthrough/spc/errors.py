"""What this package refuses: input that no chart can be drawn from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class InputError(ValueError):
    """A point, mask or option cannot be what it says it is. The text names the place, never the value."""


def refuse_where(bad: NDArray[np.bool_], what: str) -> None:
    """Nothing, or raise InputError naming the first place where `bad` is True, counted from 0."""
    if not bad.any():
        return
    *series, period = (int(index) for index in np.argwhere(bad)[0])
    place = f"period {period}" + (f" of series {', '.join(map(str, series))}" if series else "")
    raise InputError(f"{what} First found at {place}, counted from 0; {int(bad.sum())} in all.")
