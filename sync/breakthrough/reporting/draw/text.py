"""How much room words take in the bundled font, so that labels can be placed before anything is drawn."""

from __future__ import annotations

import logging
import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

from breakthrough.content import Content
from breakthrough.reporting.draw.scene import Text, Weight, plain

log = logging.getLogger(__name__)

# The stack for writers that leave the drawing of letters to the reader's machine. Ours is a subset of Inter.
FAMILY = "'Breakthrough Sans', Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
STAND_IN = "□"

_FILES = {400: "BreakthroughSans-Regular.otf", 600: "BreakthroughSans-SemiBold.otf"}
# Heights of the letters over the baseline and below it, in ems: of Å, of b, d, l and á, of g, p and q.
_THINNEST = 0.2  # no letter takes less of an em
_RISE_CAPITAL, _RISE, _DROP = 0.985, 0.79, 0.22


@dataclass(frozen=True, slots=True)
class Face:
    """One weight of the font: where its file is, and how far each code point moves the pen, in ems."""

    path: Path
    advances: Mapping[int, float]

    def advance(self, letter: str) -> float:
        """In ems. A letter the font lacks is given a whole em, which is as wide as letters get."""
        return self.advances.get(ord(letter), 1.0)


@dataclass(frozen=True, slots=True)
class Box:
    """The room that a mark takes."""

    left: float
    top: float
    right: float
    bottom: float

    def touches(self, other: Box, gap: float = 0) -> bool:
        """Whether less than `gap` is left between the two on both axes."""
        return (
            self.left < other.right + gap
            and other.left < self.right + gap
            and self.top < other.bottom + gap
            and other.top < self.bottom + gap
        )


@cache
def face(weight: Weight) -> Face:
    """The bundled font of that weight, read once. Raises ContentMissing."""
    path = Content().find(f"reports/static/fonts/{_FILES[weight]}")
    with TTFont(path, lazy=True) as font:
        em, widths = font["head"].unitsPerEm, font["hmtx"]
        return Face(path, {code: widths[glyph][0] / em for code, glyph in font.getBestCmap().items()})


def width(string: str, size: float, weight: Weight = 400) -> float:
    """Drawn units from the first letter's start to the last one's end."""
    return size * _ems(string, weight)


@lru_cache(maxsize=4096)  # the same few labels are measured again and again while a chart is laid out
def _ems(string: str, weight: Weight) -> float:
    advance = face(weight).advance
    return sum(advance(letter) for letter in plain(string))


def shown(string: str, weight: Weight = 400) -> str:
    """The same words with a box for every letter the font lacks; which alphabets those are is logged once each."""
    known = face(weight).advances
    lacking = [letter for letter in string if ord(letter) not in known]
    for letter in lacking:
        _report(unicodedata.name(letter, "UNNAMED").split()[0])
    return "".join(STAND_IN if ord(letter) not in known else letter for letter in string) if lacking else string


@cache
def _report(alphabet: str) -> None:
    log.warning(
        "The chart font has no letters of the kind %s. Charts in mail show a box for each; web pages are not affected.",
        alphabet,
    )


def box(text: Text) -> Box:
    """The room that a line of words takes, turned as it is."""
    long = width(text.string, text.size, text.weight)
    start = text.x - {"start": 0, "middle": long / 2, "end": long}[text.anchor]
    accents = any(letter.isupper() and not letter.isascii() for letter in text.string)
    rise = (_RISE_CAPITAL if accents else _RISE) * text.size
    corners = [(x, y) for x in (start, start + long) for y in (text.y - rise, text.y + _DROP * text.size)]
    turned = [_turned(x - text.x, y - text.y, text.rotation) for x, y in corners]
    across, down = [x + text.x for x, _ in turned], [y + text.y for _, y in turned]
    return Box(min(across), min(down), max(across), max(down))


def _turned(x: float, y: float, degrees: float) -> tuple[float, float]:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return x * cos - y * sin, x * sin + y * cos


def cut(string: str, limit: float, size: float, weight: Weight = 400) -> str:
    """As much of the words as fits in `limit`, ending in an ellipsis where something was left off."""
    whole = plain(string)
    if len(whole) * size * _THINNEST <= limit and width(whole, size, weight) <= limit:
        return whole
    room = limit - width("…", size, weight)
    used, kept = 0.0, []
    for letter in whole:
        used += size * face(weight).advance(letter)
        if used > room:
            break
        kept.append(letter)
    return _at_a_word("".join(kept), whole).rstrip(" ,;:–-(") + "…"


def _at_a_word(head: str, whole: str) -> str:
    """The head of some words without the piece of a word at its end, unless that is half of it."""
    space = head.rfind(" ")
    broken = not whole[len(head) : len(head) + 1].isspace()
    return head[:space] if broken and space > len(head) / 2 else head


def lines(string: str, limit: float, size: float, weight: Weight = 400, most: int = 3) -> tuple[str, ...]:
    """The words broken at spaces into lines no longer than `limit`; the last is cut where `most` are not enough."""
    broken: list[str] = []
    for word in plain(string).split(" "):
        if broken and (len(broken) > most or width(f"{broken[-1]} {word}", size, weight) <= limit):
            broken[-1] = f"{broken[-1]} {word}"
        else:
            broken.append(word)
    kept = [*broken[: most - 1], " ".join(broken[most - 1 :])] if len(broken) > most else broken
    return tuple(cut(line, limit, size, weight) for line in kept)


def balanced(string: str, limit: float, size: float, weight: Weight = 400, most: int = 3) -> tuple[str, ...]:
    """The words in as many lines as `limit` asks for, the lines as even as they can be."""
    broken = lines(string, limit, size, weight, most)
    low, high = 0.0, limit
    while high - low > 2:
        middle = (low + high) / 2
        tried = lines(string, middle, size, weight, most)
        if len(tried) == len(broken) and not any(line.endswith("…") for line in tried):
            broken, high = tried, middle
        else:
            low = middle
    return broken
