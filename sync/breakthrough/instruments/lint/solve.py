"""Whether a condition can be true at all, for any values its fields can hold. Where it cannot tell, it says yes.

The condition is taken apart into ways to make it true; in each, every field is tried with the values that could matter,
by the evaluator itself. That is complete for a choice field, and for comparisons of one field with constants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from breakthrough.logic.decimals import spelled
from breakthrough.logic.record import Record
from breakthrough.logic.row import Row
from breakthrough.logic.setting import Setting
from breakthrough.logic.tree import (
    Comparison,
    Denied,
    Junction,
    Node,
    Number,
    Reference,
    Signed,
    Smart,
    Text,
    Today,
    walk,
)
from breakthrough.logic.values import plain_number

MOST_WAYS = 300
_ANY_DAY = Setting.at(datetime(2026, 1, 1))  # noqa: DTZ001 - conditions on the day are not looked at
_LOWEST, _HIGHEST = "\x01", "\U0010ffff"

Key = tuple[str, str | None, str | None, str | None]
Domain = Callable[[Reference], Sequence[str] | None]


@dataclass(frozen=True, slots=True)
class Atom:
    """A condition without and, or, not inside, and whether it has to hold or has to fail."""

    node: Node
    holds: bool


@dataclass(frozen=True)
class _Supposed(Record):
    """A record in which every reference reads the same value."""

    supposed: str = ""

    def value(self, reference: Reference) -> str:  # noqa: ARG002 - whichever it is
        return self.supposed

    def smart(self, smart: Smart) -> str:  # noqa: ARG002
        return ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one way asks of one field: a reference to it, and the conditions on it that can be decided."""

    reference: Reference
    atoms: tuple[Atom, ...]


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways to make a condition true, each with what it asks of every field; None where they are too many."""

    options: tuple[tuple[Asked, ...], ...] | None

    def can_hold(self, domain: Domain) -> bool:
        """False only where no values make the condition true.

        `domain` gives all values that a reference can read, or None where it can read anything.
        """
        if self.options is None:
            return True
        return any(all(_has_value(asked, domain) for asked in option) for option in self.options)


def ways(tree: Node | None) -> Ways:
    """The condition taken apart; no condition holds always."""
    found = None if tree is None else _ways(tree, holds=True)
    if found is None:
        return Ways(None)
    asked = (_asked(way) for way in found)
    return Ways(tuple(option for option in asked if option is not None))


def _ways(node: Node, *, holds: bool) -> list[tuple[Atom, ...]] | None:
    """The ways to make the node true (or false), each a row of atoms; None where there are too many."""
    if isinstance(node, Denied):
        return _ways(node.condition, holds=not holds)
    if not isinstance(node, Junction):
        return [(Atom(node, holds),)]
    parts = [_ways(condition, holds=holds) for condition in node.conditions]
    if (node.word == "or") == holds:
        return _either(parts)
    return _together(parts)


def _either(parts: Iterable[list[tuple[Atom, ...]] | None]) -> list[tuple[Atom, ...]] | None:
    found: list[tuple[Atom, ...]] = []
    for part in parts:
        if part is None or len(found) + len(part) > MOST_WAYS:
            return None
        found += part
    return found


def _together(parts: Iterable[list[tuple[Atom, ...]] | None]) -> list[tuple[Atom, ...]] | None:
    found: list[tuple[Atom, ...]] = [()]
    for part in parts:
        if part is None or len(found) * len(part) > MOST_WAYS:
            return None
        found = [(*one, *other) for one in found for other in part]
    return found


def _asked(way: Sequence[Atom]) -> tuple[Asked, ...] | None:
    """What the way asks of each field, or None where one of its constant conditions is false."""
    by_key: dict[Key, tuple[Reference, list[Atom]]] = {}
    for atom in way:
        nodes = tuple(walk(atom.node))
        references = [node for node in nodes if isinstance(node, Reference)]
        if any(isinstance(node, (Smart, Today)) or _is_clock(node) for node in nodes):
            continue  # not to be decided here
        if not references:
            if Row(_Supposed({}), _ANY_DAY).truth(atom.node) != atom.holds:
                return None
        elif len({_key(reference) for reference in references}) == 1:
            by_key.setdefault(_key(references[0]), (references[0], []))[1].append(atom)
    return tuple(Asked(reference, tuple(atoms)) for reference, atoms in by_key.values())


def _key(reference: Reference) -> Key:
    return reference.field, reference.code, reference.event, reference.instance


def _is_clock(node: Node) -> bool:
    return isinstance(node, Text) and node.value in {"today", "now"}


def _has_value(asked: Asked, domain: Domain) -> bool:
    """Whether some one value of the field satisfies all of it."""
    values = domain(asked.reference)
    atoms = asked.atoms
    if values is None:
        atoms = tuple(atom for atom in atoms if _literal_of(atom.node) is not None)
        values = tuple(_candidates(text for atom in atoms if (text := _literal_of(atom.node)) is not None))
    rows = (Row(_Supposed({}, supposed=value), _ANY_DAY) for value in values)
    return not atoms or any(all(row.truth(atom.node) == atom.holds for atom in atoms) for row in rows)


def _literal_of(node: Node) -> str | None:
    """The constant that a bare reference is compared with, or None where the node is anything else."""
    if not isinstance(node, Comparison):
        return None
    for side, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(side, Reference):
            return _constant(other)
    return None


def _constant(node: Node) -> str | None:
    if isinstance(node, Text):
        return node.value
    if isinstance(node, Number):
        return spelled(node.value)
    if isinstance(node, Signed) and isinstance(node.operand, Number) and node.operator == "-":
        return spelled(-node.operand.value)
    return None


def _candidates(literals: Iterable[str]) -> Iterator[str]:
    """Values at, between and beyond the constants, and blank: one of each kind that comparisons can tell apart."""
    texts = sorted(set(literals))
    numbers = sorted({number for text in texts if (number := plain_number(text)) is not None})
    yield from ("", _LOWEST, "x", _HIGHEST)
    for text in texts:
        yield from (text, text + _LOWEST)
    for place, number in enumerate(numbers):
        yield spelled(number - 1)
        yield spelled((number + numbers[place + 1]) / 2 if place + 1 < len(numbers) else number + 1)
