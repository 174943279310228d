"""Reads a PNG back into colours, with nothing of the program's own."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Picture:
    """Width, height, and the colour of each pixel by row."""

    width: int
    height: int
    rows: tuple[tuple[Colour, ...], ...]

    def at(self, x: float, y: float, scale: int = 2) -> Colour:
        """The colour at a place in drawn units."""
        return self.rows[round(y * scale)][round(x * scale)]

    def darkest(self, left: float, top: float, right: float, bottom: float, scale: int = 2) -> int:
        """The least sum of red, green and blue in a box of drawn units: 765 where all of it is white."""
        rows = self.rows[max(0, int(top * scale)) : int(bottom * scale)]
        return min(sum(colour) for row in rows for colour in row[max(0, int(left * scale)) : int(right * scale)])

    def colours(self) -> set[Colour]:
        """Every colour in it."""
        return {colour for row in self.rows for colour in row}


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each chunk. AssertionError where a check sum is wrong."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at = 8
    while at < len(png):
        (long,) = struct.unpack(">I", png[at : at + 4])
        name, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + long]
        assert struct.unpack(">I", png[at + 8 + long : at + 12 + long]) == (zlib.crc32(name + body),)
        yield name, body
        at += 12 + long


def read(png: bytes) -> Picture:
    """The picture in an 8-bit palette PNG whose rows are not filtered."""
    parts = dict(chunks(png))
    width, height, depth, kind, *_ = struct.unpack(">IIBBBBB", parts[b"IHDR"])
    assert (depth, kind) == (8, 3)
    flat = parts[b"PLTE"]
    palette = [(flat[n], flat[n + 1], flat[n + 2]) for n in range(0, len(flat), 3)]
    raw = zlib.decompress(parts[b"IDAT"])
    assert len(raw) == height * (width + 1)
    assert not any(raw[:: width + 1])
    rows = (raw[n * (width + 1) + 1 : (n + 1) * (width + 1)] for n in range(height))
    return Picture(width, height, tuple(tuple(palette[index] for index in row) for row in rows))
