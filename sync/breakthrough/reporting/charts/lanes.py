"""What stands over the plot: brackets that name stretches of months, and the flags of sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from breakthrough.collaborative import Event
from breakthrough.reporting.charts import signs
from breakthrough.reporting.charts.columns import Columns
from breakthrough.reporting.draw.colours import SLATE, STONE
from breakthrough.reporting.draw.scene import Line, Mark, Polyline, Text
from breakthrough.reporting.draw.text import width

_SIZE = 11.5
_ROW = 20.0
_OVERHANG = 12.0
_FLAGGED = {"learning_session", "congress"}


@dataclass(frozen=True, slots=True)
class Bracket:
    """A stretch of months with its name, from the longest wording to the shortest."""

    left: float
    right: float
    names: tuple[str, ...]
    bare: bool = False  # words alone, without the bracket


@dataclass(frozen=True, slots=True)
class Flag:
    """A session: where its pole stands, and the words beside it, '' where there is no room."""

    x: float
    words: str
    style: str  # "cloth": a flag with words beside it; "words": words over the pole; "bare": a flag alone


@dataclass(frozen=True, slots=True)
class Lanes:
    """The rows over the plot: brackets with the names chosen for them, and flags, in one row where they do not meet."""

    brackets: tuple[tuple[Bracket, str], ...]
    flags: tuple[Flag, ...]
    rows: int

    @property
    def high(self) -> float:
        """How far down the plot begins."""
        return {0: 10.0, 1: 28.0, 2: 28.0 + _ROW}[self.rows]


def laid(brackets: Sequence[Bracket], events: Sequence[Event], columns: Columns, edge: float) -> Lanes:
    """Brackets with a name that fits, and flags for the sessions within the months shown; words end before `edge`."""
    flags = _flags(events, columns, edge)
    shared = _named(brackets, [_begin(flag) for flag in flags])
    ends = [(_begin(flag) - 4, _end(flag) + 4) for flag in flags]
    over = [(bracket.left, bracket.right) for bracket, name in shared if name or not bracket.bare]
    meet = any(left < right_end and left_end < right for left, right in ends for left_end, right_end in over)
    named = _named(brackets, []) if meet else shared
    return Lanes(tuple(named), tuple(flags), (2 if meet else 1) if brackets or flags else 0)


def marks(lanes: Lanes) -> list[Mark]:
    """Names, brackets and flags, from the top of the picture."""
    drawn: list[Mark] = []
    for bracket, name in lanes.brackets:
        drawn += _bracket(bracket, name)
    top = 8.0 + (_ROW if lanes.rows == 2 else 0)
    for flag in lanes.flags:
        drawn += _flag(flag, top)
    return drawn


def poles(lanes: Lanes, bottom: float) -> list[Mark]:
    """The dotted lines from the flags down to the axis."""
    top = 20.0 + (_ROW if lanes.rows == 2 else 0)
    return [Line(flag.x, top, flag.x, bottom, STONE, 1, (1.5, 3)) for flag in lanes.flags]


def _named(brackets: Sequence[Bracket], flags: Sequence[float]) -> list[tuple[Bracket, str]]:
    """Each bracket with the longest name that keeps clear of its neighbours and of the flags that begin at those x."""
    named: list[tuple[Bracket, str]] = []
    taken = 0.0
    for n, bracket in enumerate(brackets):
        after = [one.left for one in brackets[n + 1 : n + 2]] + [x - 8 for x in flags if x > _middle(bracket)]
        name = _name(bracket, taken, min(after, default=bracket.right + _OVERHANG))
        named.append((bracket, name))
        taken = max(taken, _middle(bracket) + width(name, _SIZE) / 2 + 6)
    return named


def _name(bracket: Bracket, low: float, high: float) -> str:
    """The longest name that fits over its bracket, hanging over a little where it can; '' if none does."""
    middle, hang = _middle(bracket), 0 if bracket.bare else _OVERHANG
    low, high = max(low, bracket.left - hang), min(high, bracket.right + hang)
    fits = (name for name in bracket.names if width(name, _SIZE) / 2 <= min(middle - low, high - middle))
    return next(fits, "")


def _middle(bracket: Bracket) -> float:
    return (bracket.left + bracket.right) / 2


def _bracket(bracket: Bracket, name: str) -> list[Mark]:
    left, right = bracket.left, bracket.right
    words = [Text(_middle(bracket), 14, name, _SIZE, SLATE, anchor="middle")] if name else []
    if bracket.bare:
        return [*words]
    return [Polyline(((left, 25), (left, 20), (right, 20), (right, 25)), STONE, 1), *words]


def _flag(flag: Flag, top: float) -> list[Mark]:
    if flag.style == "words":
        return [] if not flag.words else [Text(flag.x, top + 8, flag.words, _SIZE, SLATE, anchor="middle")]
    words = [Text(flag.x + 12, top + 9, flag.words, _SIZE, SLATE)] if flag.words else []
    return [*signs.flag(flag.x, top), *words]


def _flags(events: Sequence[Event], columns: Columns, edge: float) -> list[Flag]:
    shown = sorted((e for e in events if e.kind in _FLAGGED and columns.holds(e.date)), key=lambda e: (e.date, e.code))
    places, codes = [columns.day(event.date) for event in shown], [event.code for event in shown]
    short = _shortened(codes)
    for style, words in (("cloth", codes), ("cloth", short), ("words", short)):
        flags = [Flag(x, word, style) for x, word in zip(places, words, strict=True)]
        if _apart(flags, edge):
            return flags
    return _thinned([Flag(x, word, "words") for x, word in zip(places, short, strict=True)], edge)


def _shortened(codes: Sequence[str]) -> list[str]:
    """LS1, 2, 3: the letters of a series stand once."""
    seen: set[str] = set()
    short = []
    for code in codes:
        letters = code.rstrip("0123456789")
        number = code[len(letters) :]
        short.append(number if number and letters in seen else code)
        seen.add(letters)
    return short


def _begin(flag: Flag) -> float:
    return flag.x - width(flag.words, _SIZE) / 2 if flag.style == "words" else flag.x


def _end(flag: Flag) -> float:
    if flag.style == "words":
        return flag.x + width(flag.words, _SIZE) / 2
    return flag.x + (12 + width(flag.words, _SIZE) if flag.words else 9)


def _apart(flags: Sequence[Flag], edge: float) -> bool:
    inside = all(_begin(flag) >= 0 and _end(flag) <= edge for flag in flags)
    return inside and all(_end(a) + 4 <= _begin(b) for a, b in pairwise(flags))


def _thinned(flags: Sequence[Flag], edge: float) -> list[Flag]:
    """The same, with words only where they fit; the others keep their dotted line."""
    kept: list[Flag] = []
    end = -4.0
    for flag in flags:
        fits = _begin(flag) >= max(end + 4, 0) and _end(flag) <= edge
        kept.append(flag if fits else Flag(flag.x, "", "words"))
        end = _end(flag) if fits else end
    return kept
