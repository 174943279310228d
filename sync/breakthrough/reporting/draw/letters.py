"""Words as ink: which pixels they darken, and by how much. Each letter is drawn once, wherever it stands.

Letters are the slowest part of a picture, and every chart of a month has the same few. So they are drawn by themselves,
kept, and laid over the picture. Words begin at whole pixels and letters at quarters of one, which at two pixels a unit
nobody sees.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import aggdraw
import numpy as np
import numpy.typing as npt

from breakthrough.reporting.draw.palette import STRENGTHS, Colours, inked
from breakthrough.reporting.draw.scene import Anchor, Text, Weight
from breakthrough.reporting.draw.text import face, spaced, width

Whole = npt.NDArray[np.int32]
Near = npt.NDArray[np.int16]  # of words, kept by the thousand: half as much

_CLEAR, _BLACK = 255, 0
_PARTS = 4  # of a pixel, at which a letter may begin
_BEYOND = 32_000  # pixels: pictures are a tenth of that
_FURTHEST = 2  # no letter reaches further from where it begins, in ems


@dataclass(frozen=True, slots=True)
class Ink:
    """The pixels that letters darken: how far below and to the right of their anchor, and in how many STRENGTHS."""

    down: Near
    across: Near
    strength: Colours


def over(picture: Colours, texts: Sequence[Text], scale: int) -> None:
    """Lays words over a picture of palette indices; what falls outside of it is cut off.

    A pixel on which the ink of two texts falls has that of the later one.
    """
    high, wide = picture.shape
    inks = [_ink(text.string, text.weight, text.size * scale, text.anchor, text.rotation) for text in texts]
    long = [len(ink.strength) for ink in inks]
    colours = list(dict.fromkeys(text.colour for text in texts))
    tones = np.stack([inked(colour) for colour in colours])

    def each(of_text: list[int]) -> Whole:
        return np.repeat(np.array(of_text, np.int32), long)

    down = np.concatenate([ink.down for ink in inks]) + each([round(text.y * scale) for text in texts])
    across = np.concatenate([ink.across for ink in inks]) + each([round(text.x * scale) for text in texts])
    tone = np.concatenate([ink.strength for ink in inks]) + each(
        [colours.index(text.colour) * tones[0].size for text in texts]
    )
    inside = (down.view(np.uint32) < high) & (across.view(np.uint32) < wide)  # what is below zero is beyond, unsigned
    if not inside.all():
        down, across, tone = down[inside], across[inside], tone[inside]
    at, flat = down.astype(np.intp) * wide + across, picture.ravel()  # numpy looks up by words of its own size fastest
    flat[at] = tones.ravel()[flat[at] * np.intp(STRENGTHS) + tone]


@lru_cache(maxsize=1024)  # about 5 kB each
def _ink(string: str, weight: Weight, size: float, anchor: Anchor, rotation: float) -> Ink:
    """Those words, `size` pixels high, about the place that they are anchored at."""
    long = width(string, size, weight)
    start = {"start": 0.0, "middle": -long / 2, "end": -long}[anchor]
    cos, sin = math.cos(math.radians(rotation)), math.sin(math.radians(rotation))
    down, across, strength = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)], [np.zeros(0, np.uint8)]
    for letter, ems in spaced(string, weight):
        y, x = (round((start + ems * size) * turn * _PARTS) for turn in (sin, cos))
        ink = _letter(letter, weight, size, rotation, y % _PARTS, x % _PARTS)
        down.append(ink.down + np.int32(y // _PARTS))
        across.append(ink.across + np.int32(x // _PARTS))
        strength.append(ink.strength)
    return Ink(_near(np.concatenate(down)), _near(np.concatenate(across)), np.concatenate(strength))


def _near(far: Whole) -> Near:
    """The same; what no picture reaches stays beyond every picture."""
    return far.clip(-_BEYOND, _BEYOND).astype(np.int16)


@lru_cache(maxsize=4096)  # about 1 kB each
def _letter(letter: str, weight: Weight, size: float, rotation: float, down: int, across: int) -> Ink:
    """One letter that begins so many parts of a pixel below its place and to the right of it."""
    reach = math.ceil(_FURTHEST * size)
    sheet = aggdraw.Draw("L", (2 * reach, 2 * reach), _CLEAR)
    cos, sin = math.cos(math.radians(rotation)), math.sin(math.radians(rotation))
    # Under a transform letters are drawn as outlines at fractions of a pixel; without one they snap to pixels.
    # In aggdraw's order: x' = ax + by + c, y' = dx + ey + f.
    sheet.settransform((cos, -sin, reach + across / _PARTS, sin, cos, reach + down / _PARTS))
    font = _font(face(weight).path, size)
    sheet.text((0, -font.ascent), letter, font)
    drawn = _CLEAR - np.frombuffer(sheet.tobytes(), np.uint8).reshape(2 * reach, 2 * reach)
    strength = drawn // (256 // STRENGTHS)
    rows, columns = np.nonzero(strength)
    return Ink((rows - reach).astype(np.int16), (columns - reach).astype(np.int16), strength[rows, columns])


@lru_cache(maxsize=64)
def _font(path: Path, size: float) -> aggdraw.Font:
    return aggdraw.Font(_BLACK, str(path), size)
