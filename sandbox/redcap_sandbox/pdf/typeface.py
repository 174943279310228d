"""Arimo, the typeface that forms are printed in: how wide its letters are, and the part of it that a PDF embeds.

It has the widths of Arial, which REDCap prints in, and Latin, Greek, Cyrillic and Hebrew letters.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

NO_GLYPH, BLANK = ".notdef", "space"  # a box, and nothing
_UNREAD = ("GDEF", "GPOS", "GSUB", "HVAR", "STAT", "gasp")  # not for PDF, and slow to read
_KEPT = ("glyf", "head", "hhea", "hmtx", "loca", "maxp", "cvt ", "fpgm", "prep")  # all that a PDF wants


@dataclass(frozen=True, slots=True)
class Weight:
    """One weight of the typeface. Widths are in thousandths of the letters' size, as PDF has them."""

    number: int
    glyphs: Mapping[str, str]
    widths: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Part:
    """The glyphs that a document uses, as a TrueType file; `places` tells where in it each of them is."""

    name: str
    data: bytes
    places: Mapping[str, int]
    box: tuple[int, ...]
    ascent: int
    descent: int


@cache
def weight(number: int) -> Weight:
    """The typeface at that weight, 400 to 700, read once."""
    with _opened() as font:
        scale = 1000 / font["head"].unitsPerEm
        drawn = font.getGlyphSet(location={"wght": number}, normalized=False)
        glyphs = {chr(code): glyph for code, glyph in font.getBestCmap().items()}
        widths = {glyph: round(drawn[glyph].width * scale) for glyph in {*glyphs.values(), NO_GLYPH}}
        return Weight(number, glyphs, widths)


def part(number: int, glyphs: Sequence[str]) -> Part:
    """These glyphs of the typeface at that weight, .notdef first."""
    from fontTools.subset import Options, Subsetter  # noqa: PLC0415  (slow to load, and few calls print)
    from fontTools.varLib.instancer import instantiateVariableFont  # noqa: PLC0415

    options = Options(layout_features=[], notdef_outline=True, hinting=False, recalc_timestamp=False)
    with _opened() as font:
        for table in _UNREAD:
            del font[table]
        subsetter = Subsetter(options)
        subsetter.populate(glyphs=[NO_GLYPH, *glyphs])
        subsetter.subset(font)
        instantiateVariableFont(font, {"wght": number}, inplace=True)
        scale = 1000 / font["head"].unitsPerEm
        head, lines = font["head"], font["hhea"]
        box = tuple(round(edge * scale) for edge in (head.xMin, head.yMin, head.xMax, head.yMax))
        places = dict(font.getReverseGlyphMap())
        ascent, descent = round(lines.ascent * scale), round(lines.descent * scale)
        for table in set(font.keys()) - {*_KEPT, "GlyphOrder"}:
            del font[table]
        file = io.BytesIO()
        font.save(file)
    return Part(_name(number, places), file.getvalue(), places, box, ascent, descent)


def _opened() -> TTFont:
    from fontTools.ttLib import TTFont  # noqa: PLC0415  (as above)

    file = files("fontpkg_arimo") / "files" / "Arimo[wght].ttf"
    return TTFont(io.BytesIO(file.read_bytes()), recalcTimestamp=False)


def _name(number: int, places: Mapping[str, int]) -> str:
    """The name of such a part: six letters that tell it from other parts of the same typeface."""
    digest = hashlib.sha256(f"{number} {' '.join(places)}".encode()).digest()
    letters = "".join(chr(ord("A") + byte % 26) for byte in digest[:6])
    return f"{letters}+Arimo-{'Bold' if number > 500 else 'Regular'}"
