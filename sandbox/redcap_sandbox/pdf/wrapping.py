"""Text in lines of a width: broken at blanks, and inside a word only where a line can't hold it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

Measure = Callable[[str], float]

_JOINED = frozenset({"Mn", "Me", "Mc", "Cf"})  # accents, and signs that are not seen
_JOINER = "\u200d"  # what makes one emoji of several


def wrapped(text: str, measure: Measure, width: float) -> list[str]:
    """The lines of a text, none wider than `width` but single letters that are; [] for a text of blanks."""
    lines: list[str] = []
    line, used, blank = "", 0.0, measure(" ")
    for word in text.split():
        wide = measure(word)
        if line and used + blank + wide <= width:
            line, used = f"{line} {word}", used + blank + wide
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, measure, width) if wide > width else (word,)
        lines += full
        used = measure(line)
    return [*lines, line] if line else lines


def _pieces(word: str, measure: Measure, width: float) -> Iterator[str]:
    """A long word in pieces that fit, never parted between a letter and its accents."""
    piece, used = "", 0.0
    for cluster in _clusters(word):
        wide = measure(cluster)
        if piece and used + wide > width:
            yield piece
            piece, used = "", 0.0
        piece, used = piece + cluster, used + wide
    yield piece


def _clusters(word: str) -> Iterator[str]:
    cluster = ""
    for letter in word:
        if cluster and unicodedata.category(letter) not in _JOINED and not cluster.endswith(_JOINER):
            yield cluster
            cluster = ""
        cluster += letter
    yield cluster
