"""Words that must be shaped, or whose letters the bundled font lacks, as pixels: they go through SVG.

A scene is painted letter by letter, which is right for the letters of the bundled font and for no others: Arabic ones
join, Hindi ones change places. Such words become an SVG of their own, which resvg draws with the fonts of `alphabets`,
and are laid over the picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO

import numpy as np
import numpy.typing as npt
import resvg_py
from PIL import Image

from breakthrough.reporting.draw import alphabets
from breakthrough.reporting.draw.scene import Scene, Text
from breakthrough.reporting.draw.svg import svg
from breakthrough.reporting.draw.text import box, face, shown

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Sprite:
    """Words in colour on nothing: red, green, blue, alpha; and where its upper left pixel belongs."""

    pixels: Pixels
    left: int
    top: int


def needed(text: Text) -> bool:
    """Whether some words have a letter that the bundled font lacks."""
    if text.string.isascii():
        return False
    known = face(text.weight).advances
    return any(ord(letter) not in known for letter in text.string)


def sprite(text: Text, scale: int) -> Sprite:
    """The words drawn, `scale` pixels to a drawn unit; for letters that no font has, a box."""
    room, slack = box(text), text.size
    left, top = math.floor(room.left - slack), math.floor(room.top - slack)
    wide, high = math.ceil(room.right + slack) - left, math.ceil(room.bottom + slack) - top
    moved = text._replace(x=text.x - left, y=text.y - top, string=shown(text.string, text.weight))
    drawn = _drawn(moved, wide, high, scale)
    return replace(drawn, left=left * scale + drawn.left, top=top * scale + drawn.top)


@lru_cache(maxsize=512)  # a team's name stands in many pictures at the same place
def _drawn(text: Text, wide: int, high: int, scale: int) -> Sprite:
    picture = svg(Scene(wide, high, (text,), ground="none"), title="", description="")
    fonts = [str(face(weight).path) for weight in (400, 600)] + [str(path) for path in alphabets.paths()]
    made = resvg_py.svg_to_bytes(svg_string=picture, skip_system_fonts=True, font_files=fonts, zoom=scale)
    with Image.open(BytesIO(made)) as image:
        pixels = np.asarray(image.convert("RGBA"))
    down, across = (np.flatnonzero(pixels[..., 3].any(axis=axis)) for axis in (1, 0))
    if not len(down):
        return Sprite(pixels[:0, :0], 0, 0)
    kept = pixels[down[0] : down[-1] + 1, across[0] : across[-1] + 1].copy()
    return Sprite(kept, int(across[0]), int(down[0]))


def laid(over: Pixels, sprites: list[Sprite]) -> Pixels:
    """The picture with those words over it; what would stand outside of it is cut off."""
    picture = over.copy()
    for one in sprites:
        high, wide = picture.shape[:2]
        top, left = max(one.top, 0), max(one.left, 0)
        bottom, right = min(one.top + one.pixels.shape[0], high), min(one.left + one.pixels.shape[1], wide)
        if top >= bottom or left >= right:
            continue
        words = one.pixels[top - one.top : bottom - one.top, left - one.left : right - one.left].astype(np.uint16)
        under = picture[top:bottom, left:right, :3].astype(np.uint16)
        alpha = words[..., 3:]
        picture[top:bottom, left:right, :3] = (words[..., :3] * alpha + under * (255 - alpha) + 127) // 255
    return picture
