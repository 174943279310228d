"""Which way text runs: Hebrew and Arabic from right to left, numbers and Latin words inside them from left to right.

Unicode's bidirectional algorithm (UAX #9) for one line, without its embedding marks and paired brackets.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby

_RIGHT = frozenset({"R", "AL"})
_STRONG = _RIGHT | {"L"}
_WEAK = frozenset({"EN", "AN"})  # numbers; all else is neutral here, embedding marks too
# Words that readers of PDF know to turn round, with blanks and punctuation inside, but none at either end.
_WORD = "[\u0591-\u05f4\u0608\u060b\u060d\u061b-\u065f\u066e-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefe]"
_TURNED = re.compile(rf"{_WORD}(?:[ -/:-@\u2010-\u2027]*{_WORD})*")


def has_right_to_left(text: str) -> bool:
    """Whether any letter of the text is read from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(letter) in {*_RIGHT, "AN"} for letter in text)


def is_right_to_left(text: str) -> bool:
    """Whether the first letter that has a direction is read from right to left, and so the paragraph (rules P2, P3)."""
    if text.isascii():
        return False
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((way in _RIGHT for way in directions if way in _STRONG), False)


def levels(line: str, base: int) -> list[int]:
    """The level of each letter of a line: odd ones run to the left. `base` is its paragraph's, 0 or 1."""
    ways = _numbers(line, "R" if base else "L")
    resolved = _neutrals(ways, "R" if base else "L")
    found = [_level(way, base) for way in resolved]
    for place in range(len(line) - 1, -1, -1):  # L1: blanks at the end stand where the paragraph ends
        if not line[place].isspace():
            break
        found[place] = base
    return found


def order(found: list[int]) -> list[int]:
    """The places of a line's letters as they stand from left to right (rule L2)."""
    places = list(range(len(found)))
    for level in range(max(found, default=0), 0, -1):
        moved: list[int] = []
        for reach, run in groupby(places, key=lambda place: found[place] >= level):
            turned = list(run)
            moved += reversed(turned) if reach else turned
        places = moved
    return places


def runs(line: str, found: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The runs of a line in reading order, from and to: words that run to the left as a whole, all else by letters."""
    place = 0
    for level, run in groupby(found):
        end = place + len(list(run))
        while place < end:
            word = _TURNED.match(line, place, end) if level % 2 else None
            after = word.end() if word else place + 1
            yield place, after
            place = after


def _numbers(line: str, base: str) -> list[str]:
    """Each letter as L, R, EN, AN or neutral (N): rules W1 to W7."""
    ways, before = list[str](), list[str]()
    strong = last = base
    for letter in line:
        way = unicodedata.bidirectional(letter) or "L"  # a letter without a class is not assigned
        if way == "NSM":
            way = last
        if way in _STRONG:
            strong = way
        if way == "EN" and strong == "AL":
            way = "AN"
        last = way
        ways.append("R" if way == "AL" else way)
        before.append(strong)
    for place, way in enumerate(ways):
        if way in {"ES", "CS"} and 0 < place < len(ways) - 1:  # W4: a sign between two numbers of a kind
            left, right = ways[place - 1], ways[place + 1]
            if left == right and (left == "EN" or (left == "AN" and way == "CS")):
                ways[place] = left
    for places in (range(len(ways)), range(len(ways) - 2, -1, -1)):  # W5: currency and percent signs beside a number
        beside = 1 if places.step < 0 else -1
        for place in places:
            if ways[place] == "ET" and place + beside >= 0 and ways[place + beside] == "EN":
                ways[place] = "EN"
    ways = ["L" if way == "EN" and strong == "L" else way for way, strong in zip(ways, before, strict=True)]
    return [way if way in {"L", "R", *_WEAK} else "N" for way in ways]


def _neutrals(ways: list[str], base: str) -> list[str]:
    """Blanks and punctuation with the direction of both their neighbours, else of the paragraph: rules N1 and N2."""
    resolved: list[str] = []
    runs = [(way, len(list(run))) for way, run in groupby(ways)]
    for place, (way, length) in enumerate(runs):
        if way == "N":
            before = _side(runs[place - 1][0]) if place else base
            after = _side(runs[place + 1][0]) if place + 1 < len(runs) else base
            way = before if before == after else base  # noqa: PLW2901  (resolved here)
        resolved += [way] * length
    return resolved


def _side(way: str) -> str:
    return "L" if way == "L" else "R"  # numbers count as R: those in Latin text are L already


def _level(way: str, base: int) -> int:
    if base:
        return 1 if way == "R" else 2
    return {"L": 0, "R": 1}.get(way, 2)
