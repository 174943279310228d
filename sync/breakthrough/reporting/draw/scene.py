"""A picture as plain values: marks in drawn units (CSS pixels, y downwards), painted in the order they are listed.

A report has hundreds of marks, so they are named tuples, which cost a quarter of what frozen dataclasses do. No two
kinds have the same number of fields, so that marks of two kinds are never equal.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple, Self

from breakthrough.reporting.draw.colours import PAPER

Anchor = Literal["start", "middle", "end"]
Weight = Literal[400, 600]
Place = tuple[float, float]


class Line(NamedTuple):
    """A straight stroke. `dash` is lengths of ink and gap in turn; empty for a solid stroke. Ends are square."""

    x1: float
    y1: float
    x2: float
    y2: float
    colour: str
    width: float = 1
    dash: tuple[float, ...] = ()


class Polyline(NamedTuple):
    """Strokes from place to place with round joins and ends."""

    places: tuple[Place, ...]
    colour: str
    width: float = 1


class Rect(NamedTuple):
    """A box, its corners rounded by `radius`; filled, framed or both."""

    x: float
    y: float
    width: float
    height: float
    fill: str | None = None
    stroke: str | None = None
    stroke_width: float = 1
    radius: float = 0
    opacity: float = 1


class Circle(NamedTuple):
    """A disc, a ring, or both."""

    x: float
    y: float
    radius: float
    fill: str | None = None
    stroke: str | None = None
    stroke_width: float = 1


class Polygon(NamedTuple):
    """A closed shape through its places."""

    places: tuple[Place, ...]
    fill: str | None = None
    stroke: str | None = None
    stroke_width: float = 1
    opacity: float = 1


class _Text(NamedTuple):
    x: float
    y: float
    string: str
    size: float
    colour: str
    weight: Weight = 400
    anchor: Anchor = "start"
    rotation: float = 0


class Text(_Text):
    """One line of words: `x` is its start, middle or end by `anchor`, `y` its baseline, `rotation` in degrees.

    The string is kept composed (NFC) and free of control characters, so that every writer can take it as it is.
    Sizes are whole or half units: at twice the drawn size the raster font knows whole pixels only.
    """

    __slots__ = ()

    def __new__(
        cls,
        x: float,
        y: float,
        string: str,
        size: float,
        colour: str,
        weight: Weight = 400,
        anchor: Anchor = "start",
        rotation: float = 0,
    ) -> Self:
        """The words, their string made plain."""
        return super().__new__(cls, x, y, plain(string), size, colour, weight, anchor, rotation)


Mark = Line | Polyline | Rect | Circle | Polygon | Text


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture of that width and height, on an opaque ground. No mark hides words that are listed before it."""

    width: float
    height: float
    marks: tuple[Mark, ...]
    ground: str = PAPER

    @property
    def texts(self) -> tuple[Text, ...]:
        """The words in it, in the order painted."""
        return tuple(mark for mark in self.marks if isinstance(mark, Text))


# Controls, direction overrides and joiners, and halves of surrogate pairs: unseen, and XML refuses most of them.
_UNSEEN = {"Cc", "Cf", "Cs"}


_JOINERS = "\u200c\u200d"
_VIRAMA = 9  # the combining class of the sign that takes an Indic letter's vowel away


@lru_cache(maxsize=4096)  # the same labels come in every chart, and are measured, drawn and written each time
def plain(text: str) -> str:
    """The same words in composed form, each run of white space as one space, without characters that cannot be seen.

    A joiner stays where it is a matter of spelling: after an Arabic letter, and after the virama of Indic scripts (as
    RFC 5892 allows it in names of domains).
    """
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    if spaced.isascii() and spaced.isprintable():
        return spaced
    return "".join(letter for letter, before in zip(spaced, f" {spaced}", strict=False) if _seen(letter, before))


def _seen(letter: str, before: str) -> bool:
    if letter in _JOINERS:
        return unicodedata.bidirectional(before) == "AL" or unicodedata.combining(before) == _VIRAMA
    return unicodedata.category(letter) not in _UNSEEN and letter not in "\ufffe\uffff"
