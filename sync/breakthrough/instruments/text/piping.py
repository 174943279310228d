"""Piping: `[field]`, `[event][field]`, `[field][instance]`, `[field:label]`, `[field(code)]`, smart variables.

`found(text, events=())`. A label may hold brackets that are prose; which names are fields only the caller knows.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from breakthrough.instruments.text.smart import EVENTS, INSTANCES, SMART

# What may stand after a colon behind a field's name.
MODIFIERS = frozenset(
    {
        "value", "label", "checked", "unchecked", "hideunderscore", "field-label", "ampm", "link", "inline", "amount",
    }
)  # fmt: skip
_BRACKET = re.compile(
    r"\[(?P<name>[A-Za-z][A-Za-z0-9_-]*|[0-9]{1,6})(?:\((?P<code>[^()\[\]\r\n]*)\))?(?P<after>(?::[^:\[\]\r\n]*)*)\]"
)
_MODIFIER = re.compile(r"[A-Za-z0-9_-]+")
_UNIQUE_EVENT = re.compile(r"[a-z0-9_]*_arm_[0-9]+[a-z]?")


@dataclass(frozen=True, slots=True)
class Pipe:
    """One thing to be piped. `name` is a field's, or a smart variable's where `smart`, in lower case.

    `code` is that of `[field(code)]`, `modifiers` are what follows colons: `label`, or a smart variable's arguments.
    """

    name: str
    start: int
    end: int
    event: str = ""
    instance: str = ""
    code: str | None = None
    modifiers: tuple[str, ...] = ()
    smart: bool = False

    @property
    def certain(self) -> bool:
        """Whether it can be nothing but piping; a bare `[word]` may be prose unless there is a field of that name."""
        known = any(modifier.lower() in MODIFIERS for modifier in self.modifiers)
        return (self.smart and self.name in SMART) or bool(self.event or self.instance) or known


@dataclass(frozen=True, slots=True)
class _Bracket:
    name: str
    start: int
    end: int
    code: str | None
    modifiers: tuple[str, ...]

    @property
    def is_bare(self) -> bool:
        return self.code is None and not self.modifiers

    @property
    def is_instance(self) -> bool:
        return self.is_bare and (self.name.isdigit() or self.name in INSTANCES)


def found(text: str, events: Container[str] = ()) -> tuple[Pipe, ...]:
    """Everything in the text that has the form of piping, in order; `events` are the project's unique event names.

    Left alone as prose: brackets with blanks or other signs, numbers, and names with a dash that are no smart variable
    (unless an event, an instance or a colon shows that one was meant). Without `events`, `[x_arm_1]` is one.
    """
    if "[" not in text:
        return ()
    pipes: list[Pipe] = []
    for run in _runs(text):
        pipes += _pipes(run, events)
    return tuple(pipes)


def _runs(text: str) -> Iterator[list[_Bracket]]:
    """Brackets with nothing between them; a blank between two parts them for REDCap, too."""
    run: list[_Bracket] = []
    for match in _BRACKET.finditer(text):
        if run and run[-1].end != match.start():
            yield run
            run = []
        modifiers = tuple(part.strip() for part in match["after"].split(":")[1:])
        run.append(_Bracket(match["name"].lower(), match.start(), match.end(), match["code"], modifiers))
    if run:
        yield run


def _pipes(run: list[_Bracket], events: Container[str]) -> Iterator[Pipe]:
    place = 0
    while place < len(run):
        event = run[place] if place + 1 < len(run) and _is_event(run[place], run[place + 1], events) else None
        middle = run[place + 1] if event else run[place]
        place += 2 if event else 1
        instance = run[place] if place < len(run) and run[place].is_instance and not middle.is_instance else None
        place += 1 if instance else 0
        pipe = _pipe(event, middle, instance)
        if pipe:
            yield pipe


def _is_event(bracket: _Bracket, following: _Bracket, events: Container[str]) -> bool:
    if not bracket.is_bare or following.is_instance:
        return False
    return bracket.name in EVENTS or bracket.name in events or _UNIQUE_EVENT.fullmatch(bracket.name) is not None


def _pipe(event: _Bracket | None, middle: _Bracket, instance: _Bracket | None) -> Pipe | None:
    smart = "-" in middle.name
    meant = event or instance or middle.modifiers
    if middle.name.isdigit() or (smart and middle.name not in SMART and not meant):
        return None
    if not smart and not all(_MODIFIER.fullmatch(modifier) for modifier in middle.modifiers):
        return None  # [Note: see below]
    return Pipe(
        middle.name,
        (event or middle).start,
        (instance or middle).end,
        event.name if event else "",
        instance.name if instance else "",
        None if middle.code is None else middle.code.strip(),
        middle.modifiers,
        smart,
    )
