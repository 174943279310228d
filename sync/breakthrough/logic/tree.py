"""The typed tree that every backend reads. Places (`at`, `end`) are for messages and do not count in `==`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Comparator = Literal["=", "<>", "<", "<=", ">", ">="]
Operator = Literal["+", "-", "*", "/", "^"]


def _place() -> int:
    return field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Number:
    """A bare number, or true and false as 1 and 0."""

    value: float
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Text:
    """A text in quotes, without them and with its escapes undone."""

    value: str
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Today:
    """The bare word today or now, which stands for a date. In quotes it is a text, which date functions understand."""

    word: Literal["today", "now"]
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Reference:
    """[event][field(code):modifier][instance]. Names in lower case; `code` as it was written, for a checkbox's choice.

    `event` is a unique event name or one of `event-name`, `first-`, `last-`, `previous-`, `next-event-name`; `instance`
    a number as text or `current-`, `previous-`, `next-`, `first-`, `last-instance`.
    """

    field: str
    code: str | None = None
    event: str | None = None
    instance: str | None = None
    modifiers: tuple[str, ...] = ()
    at: int = _place()
    end: int = _place()


@dataclass(frozen=True, slots=True)
class Smart:
    """A smart variable, such as [user-dag-name] or [survey-link:form:text]."""

    name: str
    arguments: tuple[str, ...] = ()
    event: str | None = None
    instance: str | None = None
    at: int = _place()
    end: int = _place()


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments. `name` is in lower case, `spelt` as it was written."""

    name: str
    arguments: tuple[Node, ...]
    at: int = _place()
    spelt: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Signed:
    """Minus before a value, or a plus that asks for a number."""

    operator: Literal["+", "-"]
    operand: Node
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Step:
    """One further operand of a chain, with the operator before it."""

    operator: Operator
    operand: Node
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Operands joined by operators of one level, from left to right."""

    first: Node
    steps: tuple[Step, ...]
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values compared. `spelt` is the operator as it was written."""

    operator: Comparator
    left: Node
    right: Node
    at: int = _place()
    spelt: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Junction:
    """Conditions joined by and, or by or. `spelt` holds the words as they were written."""

    word: Literal["and", "or"]
    conditions: tuple[Node, ...]
    at: int = _place()
    spelt: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Denied:
    """not, before a condition."""

    condition: Node
    at: int = _place()


@dataclass(frozen=True, slots=True)
class CalcDate:
    """@CALCDATE(source, amount, unit): a date so much later."""

    source: Node
    amount: Node
    unit: Node
    at: int = _place()


Node = (
    Number | Text | Today | Reference | Smart | Call | Signed | Arithmetic | Comparison | Junction | Denied | CalcDate
)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below, from left to right."""
    match node:
        case Call():
            return node.arguments
        case Signed():
            return (node.operand,)
        case Arithmetic():
            return (node.first, *(step.operand for step in node.steps))
        case Comparison():
            return (node.left, node.right)
        case Junction():
            return node.conditions
        case Denied():
            return (node.condition,)
        case CalcDate():
            return (node.source, node.amount, node.unit)
        case _:
            return ()


def walk(tree: Node) -> Iterator[Node]:
    """Every node, parents before children, left before right. Without recursion: no tree is too deep."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


def depth(tree: Node) -> int:
    """Levels of the tree; a single value has one."""
    level, layers = [tree], 0
    while level:
        layers += 1
        level = [child for node in level for child in children(node)]
    return layers
