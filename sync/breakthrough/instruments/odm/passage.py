"""Text that was cut out of a file and still knows which lines of the file it had."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """Parts of a file joined by line breaks.

    `parts` says for each at which byte of the text it begins, and how many lines to add there; `breaks` at which bytes
    the file has a line break (inside an attribute) and the text has none.
    """

    text: str
    file: str
    parts: tuple[tuple[int, int], ...] = ()
    breaks: Sequence[int] = ()

    def line(self, line: int, offset: int) -> int:
        """The line of the file for what is at that line of the text, counted from 1, and that byte of it."""
        part = bisect.bisect_right(self.parts, (offset, 1 << 62)) - 1
        added = self.parts[part][1] if part >= 0 else 0
        return line + added + bisect.bisect_left(self.breaks, offset)
