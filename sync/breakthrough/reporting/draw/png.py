"""A scene as a palette PNG for mail: small, opaque, and the same bytes for the same scene every time."""

from __future__ import annotations

import struct
import zlib

import numpy as np

from breakthrough.reporting.draw.palette import Colours, colours, nearest
from breakthrough.reporting.draw.raster import pixels
from breakthrough.reporting.draw.scene import Scene

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_DOTS_PER_METRE = 3780  # 96 dots an inch, the CSS pixel


def png(scene: Scene, scale: int = 2) -> bytes:
    """A whole PNG file with `scale` pixels to a drawn unit: 8 bits a pixel, palette, no transparency."""
    # One little-endian word a pixel, red lowest: five bits of each channel make the index.
    words = pixels(scene, scale).view("<u4")[:, :, 0]
    five = (words << 7 & 0x7C00) | (words >> 6 & 0x03E0) | (words >> 19 & 0x001F)
    return _file(nearest()[five], colours(), scale)


def _file(indices: Colours, palette: Colours, scale: int) -> bytes:
    high, wide = indices.shape
    rows = np.zeros((high, wide + 1), np.uint8)  # each row begins with its filter: 0, none, which suits palettes
    rows[:, 1:] = indices
    density = _DOTS_PER_METRE * scale
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 3, 0, 0, 0)),
            _chunk(b"pHYs", struct.pack(">IIB", density, density, 1)),
            _chunk(b"PLTE", palette.tobytes()),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), 6)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
