"""The colours a chart PNG may hold, and the quickest way from a pixel to the nearest of them.

The palette is built, not derived from a picture: one derived from pixels turned a white ground pale blue-grey.
"""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from breakthrough.reporting.draw.colours import (
    BLUE,
    BRAND,
    FOG,
    HAZE,
    INK,
    MIST,
    PAPER,
    PEBBLE,
    PLUM,
    RUST,
    SLATE,
    STONE,
    rgb,
)

Colours = npt.NDArray[np.uint8]

# Anti-aliased edges run from a mark's colour to what lies under it: paper nearly always, else fog, haze or ink. Four
# steps look the same as eight at two pixels a unit, and make smaller files.
_BLENDS = (
    *((colour, PAPER, 5) for colour in (INK, SLATE, BLUE, RUST, PLUM)),
    *((colour, PAPER, 4) for colour in (STONE, PEBBLE)),
    *((colour, ground, 4) for colour in (INK, SLATE) for ground in (FOG, HAZE)),
    (MIST, PAPER, 2),
)


@cache
def colours() -> Colours:
    """The palette: shape (n, 3), n at most 256, white first and each brand colour as it is."""
    steps = [rgb(colour) for colour in BRAND]
    for colour, ground, parts in _BLENDS:
        a, b = np.array(rgb(colour)), np.array(rgb(ground))
        mixed = [np.rint(a + (b - a) * part / parts).astype(int) for part in range(1, parts)]
        steps += [(int(red), int(green), int(blue)) for red, green, blue in mixed]
    return np.array(list(dict.fromkeys(steps)), dtype=np.uint8)


STRENGTHS = 64  # steps of ink, from none to all; between two colours the palette has five


@lru_cache(maxsize=64)
def inked(colour: str) -> Colours:
    """The palette index of each palette colour under each strength of ink of that colour: shape (n, STRENGTHS)."""
    under, strength = colours().astype(float)[:, None], np.linspace(0, 1, STRENGTHS)[:, None]
    mixed = np.rint(under + (np.array(rgb(colour)) - under) * strength).astype(int)
    index: Colours = nearest()[(mixed >> 3) @ (1 << 10, 1 << 5, 1)]
    return index


@cache
def nearest() -> Colours:
    """The palette index for each of the 32,768 colours of five bits a channel: shape (32768,), red in the high bits."""
    codes = np.arange(1 << 15, dtype=np.int32)
    channels = np.stack([(codes >> shift & 31) * 8 + 4 for shift in (10, 5, 0)], axis=1)
    palette = colours().astype(np.int32)
    distances = (channels**2).sum(1)[:, None] - 2 * channels @ palette.T + (palette**2).sum(1)[None, :]
    index: Colours = distances.argmin(axis=1).astype(np.uint8)
    for place, colour in reversed(list(enumerate(BRAND))):  # a brand colour is itself; white wins over its neighbours
        red, green, blue = (channel >> 3 for channel in rgb(colour))
        index[red << 10 | green << 5 | blue] = place
    return index
