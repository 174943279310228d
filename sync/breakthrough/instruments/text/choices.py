"""Choices and slider labels: `1, One | 2, Two, or more`.

`parse(cell)`, `sliders(cell)`, `joined(choices)`, `duplicates(choices)`, `collisions(choices)`, `suffix(code)`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

# A bar in REDCap's files, a line break in its designer.
_PART = re.compile(r"[^|\r\n]+")
_ODD = re.compile(r"[^a-z0-9_]")


def _place() -> int:
    return field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """A code, which is what REDCap stores, and the label people see. Equal when both are, wherever they stand.

    `coded` is False where the cell has a label alone: its code is then its position, as REDCap makes it on upload.
    """

    code: str
    label: str
    start: int = _place()
    end: int = _place()
    coded: bool = field(default=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Label:
    """A slider's label. `text` may be blank: `low | | high` has nothing in its middle."""

    text: str
    start: int = _place()
    end: int = _place()


def parse(cell: str) -> tuple[Choice, ...]:
    """The choices in that cell, in order: parted at each bar or line break, then at the first comma of each part.

    Parts without any letter are passed over. Codes are kept as texts: `02` is not `2`.
    """
    return tuple(_choice(part, position) for position, part in enumerate(_parts(cell), start=1))


def sliders(cell: str) -> tuple[Label, ...]:
    """The labels of a slider: left, middle, right, as many as there are (REDCap shows three)."""
    if not cell.strip():
        return ()
    labels: list[Label] = []
    start = 0
    for part in cell.split("|"):
        text = part.strip()
        place = start + part.index(text)
        labels.append(Label(text, place, place + len(text)))
        start += len(part) + 1
    return tuple(labels)


def joined(listed: Iterable[Choice]) -> str:
    """Choices as the cell that REDCap's own download writes."""
    return " | ".join(f"{choice.code}, {choice.label}" for choice in listed)


def suffix(code: str) -> str:
    """What REDCap makes of a checkbox's code in the name of its export column: small letters, all else as `_`."""
    return _ODD.sub("_", code.lower())


def duplicates(listed: Sequence[Choice]) -> tuple[tuple[Choice, ...], ...]:
    """The choices that share a code, in groups of two or more."""
    return tuple(group for group in _grouped(listed, lambda choice: choice.code) if len(group) > 1)


def collisions(listed: Sequence[Choice]) -> tuple[tuple[Choice, ...], ...]:
    """The choices whose codes differ and yet become one export column, as `A` and `a` do in a checkbox, in groups."""
    groups = _grouped(listed, lambda choice: suffix(choice.code))
    return tuple(group for group in groups if len({choice.code for choice in group}) > 1)


def _parts(cell: str) -> Iterator[tuple[str, int]]:
    for match in _PART.finditer(cell):
        text = match[0].strip()
        if text:
            yield text, match.start() + match[0].index(text)


def _choice(part: tuple[str, int], position: int) -> Choice:
    text, start = part
    code, comma, label = text.partition(",")
    end = start + len(text)
    if comma:
        return Choice(code.strip(), label.strip(), start, end)
    return Choice(str(position), text, start, end, coded=False)


def _grouped(listed: Iterable[Choice], key: Callable[[Choice], str]) -> list[tuple[Choice, ...]]:
    groups: dict[str, list[Choice]] = defaultdict(list)
    for choice in listed:
        groups[key(choice)].append(choice)
    return [tuple(group) for group in groups.values()]
