"""Words beside what they name, where nothing else stands; and strokes that are not straight, in dashes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from breakthrough.reporting.charts.plot import crosses
from breakthrough.reporting.draw.scene import Line, Mark, Place, Text, Weight
from breakthrough.reporting.draw.text import Box, box

_CLEAR = 1.5


def beside(words: str, at: Place, reach: float, size: float, colour: str, weight: Weight = 400) -> Iterator[Text]:
    """Where the name of a dot may stand, the best first: right, left, above, under it. `reach` clears the dot."""
    x, y = at
    level = y + size * 0.36
    for right, left, up in ((reach, -reach, 0.0), (reach, -reach, size * 0.8), (reach, -reach, -size * 0.8)):
        yield Text(x + right, level - up, words, size, colour, weight)
        yield Text(x + left, level - up, words, size, colour, weight, "end")
    yield Text(x, y - reach - 2, words, size, colour, weight, "middle")
    yield Text(x, y + reach + size * 0.8, words, size, colour, weight, "middle")


def free(
    candidates: Iterable[Text], taken: Sequence[Box], strokes: Iterable[Sequence[Place]], frame: Box
) -> Text | None:
    """The first that lies inside the frame, clear of what is there and of the strokes; None where none does."""
    lines = list(strokes)
    for text in candidates:
        room = box(text)
        inside = frame.left <= room.left and room.right <= frame.right
        inside = inside and frame.top <= room.top and room.bottom <= frame.bottom
        clear = Box(room.left - _CLEAR, room.top - _CLEAR, room.right + _CLEAR, room.bottom + _CLEAR)
        if inside and not any(clear.touches(one) for one in taken) and not any(crosses(clear, one) for one in lines):
            return text
    return None


def dashed(stroke: Sequence[Place], colour: str, width: float, dash: tuple[float, float]) -> list[Mark]:
    """A stroke from place to place in dashes of that length with gaps of that length, all the way round its bends."""
    drawn: list[Mark] = []
    ink, (on, off) = 0.0, dash
    for (x1, y1), (x2, y2) in pairwise(stroke):
        long, at = math.dist((x1, y1), (x2, y2)), 0.0
        while at < long - 1e-9:
            step = min(long - at, on - ink if ink < on else on + off - ink)
            if ink < on and step > 0.05:
                a, b = at / long, (at + step) / long
                drawn.append(
                    Line(x1 + (x2 - x1) * a, y1 + (y2 - y1) * a, x1 + (x2 - x1) * b, y1 + (y2 - y1) * b, colour, width)
                )
            at += step
            ink = ink + step if ink + step < on + off - 1e-9 else 0.0
    return drawn
