"""How much room words take in the bundled font, so that labels can be placed before anything is drawn."""

from __future__ import annotations

import logging
import math
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from fontTools.ttLib import TTFont

from breakthrough.content import Content
from breakthrough.reporting.draw import alphabets
from breakthrough.reporting.draw.scene import Text, Weight, plain

log = logging.getLogger(__name__)

# The stack for writers that leave the drawing of letters to the reader's machine. Ours is a subset of Inter.
FAMILY = "'Breakthrough Sans', Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
STAND_IN = "□"

_FILES = {400: "BreakthroughSans-Regular.otf", 600: "BreakthroughSans-SemiBold.otf"}
# Heights of the letters over the baseline and below it, in ems: of Å, of b, d, l and á, of g, p and q.
_THINNEST = 0.2  # no letter of the bundled font takes less of an em
# Letters of other fonts are measured as they stand by themselves, in the regular weight; joined they may be wider, and
# in the heavier weight they are.
_SLACK = {400: 1.03, 600: 1.1}
_RISE_CAPITAL, _RISE, _DROP = 0.985, 0.79, 0.22
_RISE_OTHER, _DROP_OTHER = 1.0, 0.4  # of the letters and signs of other alphabets


@dataclass(frozen=True, slots=True)
class Face:
    """One weight of the font: where its file is, and how far each code point moves the pen, in ems."""

    path: Path
    advances: Mapping[int, float]
    slack: float = 1.0

    def advance(self, letter: str) -> float:
        """In ems. A letter the font lacks is measured in one that has it; where none has, it is a whole em wide."""
        own = self.advances.get(ord(letter))
        if own is not None:
            return own
        other = alphabets.advances().get(ord(letter))
        return 1.0 if other is None else other * self.slack

    def among_others(self, letter: str) -> float:
        """The same in words of which this font lacks a letter: there another font may take those that it has, too."""
        other = alphabets.advances().get(ord(letter), 0.0)
        return max(self.advance(letter), other * self.slack)


class Box(NamedTuple):
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


def font_file(weight: Weight) -> Path:
    """Where the bundled font of that weight is. Raises ContentMissing."""
    return Content().find(f"reports/static/fonts/{_FILES[weight]}")


@cache
def face(weight: Weight) -> Face:
    """The bundled font of that weight, read once. Raises ContentMissing."""
    path = font_file(weight)
    with TTFont(path, lazy=True) as font:
        em, widths = font["head"].unitsPerEm, font["hmtx"]
        advances = {code: widths[glyph][0] / em for code, glyph in font.getBestCmap().items()}
    return Face(path, advances, _SLACK[weight])


def width(string: str, size: float, weight: Weight = 400) -> float:
    """Drawn units from the first letter's start to the last one's end."""
    return size * _ems(string, weight)


@lru_cache(maxsize=4096)  # the same few labels are measured again and again while a chart is laid out
def _ems(string: str, weight: Weight) -> float:
    letters = plain(string)
    return sum(map(_advance(letters, weight), letters))


def _advance(string: str, weight: Weight) -> Callable[[str], float]:
    """What measures each letter of those words."""
    known = face(weight)
    own = string.isascii() or all(ord(letter) in known.advances for letter in string)
    return known.advance if own else known.among_others


@lru_cache(maxsize=4096)
def spaced(string: str, weight: Weight) -> tuple[tuple[str, float], ...]:
    """Each letter of a line with the ems before it; blanks, which leave no mark, are left out."""
    found, at = [], 0.0
    for letter in string:
        if letter != " ":
            found.append((letter, at))
        at += face(weight).advance(letter)
    return tuple(found)


def shown(string: str, weight: Weight = 400) -> str:
    """The same words with a box for every letter that no font has; which alphabets those are is logged once each."""
    known = face(weight).advances
    lacking = {letter for letter in string if ord(letter) not in known}
    lacking = {letter for letter in lacking if ord(letter) not in alphabets.advances()} if lacking else lacking
    for letter in sorted(lacking):
        _report(unicodedata.name(letter, "UNNAMED").split()[0])
    return "".join(STAND_IN if letter in lacking else letter for letter in string) if lacking else string


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
    rise, drop = (size * text.size for size in _reach(text))
    corners = [(x, y) for x in (start, start + long) for y in (text.y - rise, text.y + drop)]
    turned = [_turned(x - text.x, y - text.y, text.rotation) for x, y in corners]
    across, down = [x + text.x for x, _ in turned], [y + text.y for _, y in turned]
    return Box(min(across), min(down), max(across), max(down))


def line_high(string: str, size: float, weight: Weight = 400) -> float:
    """From line to line, so that no letter touches the next line's: with the baseline `size` under the line's top."""
    other = _reach(Text(0, 0, string, size, "#000000", weight)) == (_RISE_OTHER, _DROP_OTHER)
    return math.ceil(size * (_RISE_OTHER + _DROP_OTHER if other else 1 + _DROP))


def _reach(text: Text) -> tuple[float, float]:
    """How far the letters reach over the baseline and below it, in ems."""
    if text.string.isascii():
        return _RISE, _DROP
    known = face(text.weight).advances
    others = [letter for letter in text.string if ord(letter) not in known]
    if not all(map(alphabets.level, others)):
        return _RISE_OTHER, _DROP_OTHER
    accents = bool(others) or any(letter.isupper() and not letter.isascii() for letter in text.string)
    return (_RISE_CAPITAL if accents else _RISE), _DROP


def _turned(x: float, y: float, degrees: float) -> tuple[float, float]:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return x * cos - y * sin, x * sin + y * cos


def cut(string: str, limit: float, size: float, weight: Weight = 400) -> str:
    """As much of the words as fits in `limit`, ending in an ellipsis where something was left off."""
    whole = plain(string)
    short = len(whole) * size * _THINNEST <= limit or not whole.isascii()  # marks over and under letters take no room
    if short and width(whole, size, weight) <= limit:
        return whole
    used, kept, advance = 0.0, [], _advance(whole, weight)
    room = limit - size * advance("…")
    for letter in whole:
        used += size * advance(letter)
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
