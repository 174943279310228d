"""Whether two pictures are the same to an eye: not pixel by pixel, as no two programs smooth an edge alike.

A pixel is explained where its colour lies within what the other picture shows one pixel around it: edges smoothed
otherwise and letters set half a pixel aside are. What is left, in either direction, is a difference that can be seen:
a mark that is not there, another colour, words elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]

BLOCK = 16  # pixels: 8 by 8 drawn units, of which the worst one counts
# So many of a block's 256 pixels may be off by more than so much of 255. The faintest line of a chart (#CFD7DD on white,
# half a unit wide) is 32 pixels of a block and 17 to 24 off, its faintest ground (#F4F7F9) all of a block and 6 to 11;
# letters that one program smooths otherwise leave up to 9 pixels that are off by 24, and up to 22 by 8.
MOST = ((24, 12), (12, 28), (5, 48))


@dataclass(frozen=True)
class Likeness:
    """How near the worst block comes to what an eye would see, 1 for just seen; and where it is, in pixels."""

    worst: float
    x: int
    y: int

    @property
    def same(self) -> bool:
        """Whether an eye would take the two for the same picture."""
        return self.worst <= 1


def read(png: bytes) -> Pixels:
    """Red, green and blue: shape (height, width, 3)."""
    with Image.open(BytesIO(png)) as image:
        return np.asarray(image.convert("RGB"))


def compared(one: Pixels, other: Pixels) -> Likeness:
    """The two pictures compared, both ways. AssertionError where they differ in size."""
    assert one.shape == other.shape, (
        f"{one.shape[1]} by {one.shape[0]} pixels, not {other.shape[1]} by {other.shape[0]}"
    )
    off = np.maximum(_unexplained(one, other), _unexplained(other, one))
    high, wide = (-(-size // BLOCK) for size in off.shape)
    padded = np.zeros((high * BLOCK, wide * BLOCK), off.dtype)
    padded[: off.shape[0], : off.shape[1]] = off
    blocks = padded.reshape(high, BLOCK, wide, BLOCK)
    seen = np.max([(blocks > by).sum(axis=(1, 3)) / most for by, most in MOST], axis=0)
    row, column = np.unravel_index(int(seen.argmax()), seen.shape)
    return Likeness(float(seen.max()), int(column) * BLOCK, int(row) * BLOCK)


def _unexplained(one: Pixels, other: Pixels) -> npt.NDArray[np.int16]:
    """How far each pixel is outside of the range of its neighbourhood in the other picture: the worst channel."""
    around = np.pad(other, ((1, 1), (1, 1), (0, 0)), mode="edge").astype(np.int16)
    high, wide = one.shape[:2]
    shifted = [around[y : y + high, x : x + wide] for y in range(3) for x in range(3)]
    low, top = np.minimum.reduce(shifted), np.maximum.reduce(shifted)
    here = one.astype(np.int16)
    away: npt.NDArray[np.int16] = np.maximum(low - here, here - top).max(axis=2)
    return away
