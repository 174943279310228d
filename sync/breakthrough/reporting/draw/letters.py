"""Words as ink: which pixels they darken, and by how much. The same words are drawn once, wherever they stand.

Letters are the slowest part of a picture, and its axes say the same in every chart of a month. So words are drawn by
themselves, kept, and laid over the picture; they begin at whole pixels, which at two pixels a unit nobody sees.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import aggdraw
import numpy as np
import numpy.typing as npt

from breakthrough.reporting.draw.colours import INK, rgb
from breakthrough.reporting.draw.scene import Anchor, Text, Weight
from breakthrough.reporting.draw.text import box, face, spaced, width

Words = npt.NDArray[np.uint32]  # pixels of a picture, one little-endian word each, red lowest: shape (height, width)
Whole = npt.NDArray[np.signedinteger[Any]]

_CLEAR, _BLACK = 255, 0


@dataclass(frozen=True, slots=True)
class Ink:
    """The pixels that words darken: how far below and to the right of their anchor, and by how many 255ths.

    `offset` is the same as a distance in the flattened picture; `reach` is the least and the most of `down` and
    `across`, or beyond.
    """

    down: Whole
    across: Whole
    offset: Whole
    strength: npt.NDArray[np.uint8]
    reach: tuple[int, int, int, int]

    def at(self, y: int, x: int, high: int, wide: int) -> tuple[Whole, npt.NDArray[np.uint8]]:
        """Where that is in the flattened picture with the anchor there; what falls outside is cut off."""
        top, bottom, left, right = self.reach
        places = self.offset + (y * wide + x)
        if y + top >= 0 and y + bottom < high and x + left >= 0 and x + right < wide:
            return places, self.strength
        down, across = self.down + y, self.across + x
        inside = (down >= 0) & (down < high) & (across >= 0) & (across < wide)
        return places[inside], self.strength[inside]


def over(picture: Words, texts: Sequence[Text], scale: int) -> tuple[Whole, Words]:
    """Where in the flattened picture ink falls, and what those pixels are with it.

    A pixel on which the ink of two texts falls is there twice: the later one counts.
    """
    high, wide = picture.shape
    fallen = [
        _ink(text.string, text.weight, text.size * scale, text.anchor, text.rotation, wide).at(
            round(text.y * scale), round(text.x * scale), high, wide
        )
        for text in texts
    ]
    at = np.concatenate([places for places, _ in fallen])
    strong = np.concatenate([strength for _, strength in fallen]).astype(np.uint32)
    colours = np.array([rgb(text.colour) for text in texts], np.uint32).T
    long = [len(strength) for _, strength in fallen]
    under = picture.ravel()[at]
    made = np.zeros(len(at), np.uint32)
    for colour, shift in zip(colours, (0, 8, 16), strict=True):
        below = under >> shift & 0xFF
        made |= (np.repeat(colour, long) * strong + below * (255 - strong) + 127) // 255 << shift
    return at, made


@lru_cache(maxsize=1024)  # about 3 kB each
def _ink(string: str, weight: Weight, size: float, anchor: Anchor, rotation: float, wide: int) -> Ink:
    """Those words, `size` pixels high, about the place that they are anchored at, in a picture `wide` pixels wide."""
    room = box(Text(0, 0, string, size, INK, weight, anchor, rotation))
    left, top = math.floor(room.left - size), math.floor(room.top - size)
    across, down = math.ceil(room.right + size) - left, math.ceil(room.bottom + size) - top
    sheet = aggdraw.Draw("L", (across, down), _CLEAR)
    # Under a transform letters are drawn as outlines at fractions of a pixel; without one they snap to pixels.
    sheet.settransform(_about(-left, -top, rotation))
    font, long = _font(face(weight).path, size), width(string, size, weight)
    start = -left - {"start": 0, "middle": long / 2, "end": long}[anchor]
    for letter, ems in spaced(string, weight):
        # letter by letter: aggdraw rounds each letter's advance to a whole pixel, so that a line would drift
        sheet.text((start + ems * size, -top - font.ascent), letter, font)
    drawn = _CLEAR - np.frombuffer(sheet.tobytes(), np.uint8).reshape(down, across)
    rows, columns = np.nonzero(drawn)
    strength = drawn[rows, columns]
    rows, columns = (rows + top).astype(np.int32), (columns + left).astype(np.int32)
    return Ink(rows, columns, rows * wide + columns, strength, (top, top + down - 1, left, left + across - 1))


@lru_cache(maxsize=64)
def _font(path: Path, size: float) -> aggdraw.Font:
    return aggdraw.Font(_BLACK, str(path), size)


def _about(x: float, y: float, degrees: float) -> tuple[float, ...]:
    """The turn about (x, y) in aggdraw's order: x' = ax + by + c, y' = dx + ey + f."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return cos, -sin, x - cos * x + sin * y, sin, cos, y - sin * x - cos * y
