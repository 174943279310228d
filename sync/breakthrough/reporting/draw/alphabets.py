"""The letters that the bundled font lacks: which other fonts have them, and how much room they take.

Greek, Cyrillic, Hebrew and Vietnamese are Arimo's, Arabic and Devanagari are Noto's: each a package of its own, under
the OFL. Nothing is looked for on the computer that draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont

# Package, file, and the name that the font goes by.
_FONTS = (
    ("fontpkg_arimo", "Arimo[wght].ttf", "Arimo"),
    ("fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf", "Noto Sans Arabic"),
    ("fontpkg_noto_sans_devanagari", "NotoSansDevanagari[wdth,wght].ttf", "Noto Sans Devanagari"),
)
_ARABIC = 0x600  # where it begins, after the alphabets whose letters stand in line; Vietnamese begins at 1E00
_SIGN = 0.2
FAMILIES = tuple(name for _, _, name in _FONTS)


@cache
def paths() -> tuple[Path, ...]:
    """Where the fonts' files are, in the order in which a letter is looked for in them."""
    return tuple(Path(str(files(package).joinpath("files", name))) for package, name, _ in _FONTS)


def level(letter: str) -> bool:
    """Whether a letter reaches no higher and no lower than a Latin one with its accents, as in Greek or Cyrillic."""
    code = ord(letter)
    return (code < _ARABIC or 0x1E00 <= code < 0x2000) and code in advances()


@cache
def advances() -> Mapping[int, float]:
    """How far each code point that one of them has moves the pen, in ems: as the letter stands by itself.

    Signs over and under letters count a little, as some of them make their letter wider (रु).
    """
    found: dict[int, float] = {}
    for path in paths():
        with TTFont(path, lazy=True) as font:
            em, widths = font["head"].unitsPerEm, font["hmtx"]
            for code, glyph in font.getBestCmap().items():
                found.setdefault(code, max(widths[glyph][0] / em, _SIGN))
    return found
