"""Points at logic that REDCap takes, but that may not do what was meant. The linter shows them as warnings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from breakthrough.logic.moments import UNITS
from breakthrough.logic.tree import (
    Arithmetic,
    Call,
    Comparison,
    Denied,
    Junction,
    Node,
    Reference,
    Text,
    walk,
)
from breakthrough.logic.values import plain_number

_ORDERS = frozenset({"<", "<=", ">", ">="})


@dataclass(frozen=True)
class Caution:
    """Something to look at twice: a stable code, the place in the text from 0, and a sentence."""

    code: str
    position: int
    sentence: str


def cautions(text: str, tree: Node) -> tuple[Caution, ...]:
    """What to look at twice in the logic, in the order of places. `text` is what `tree` was parsed from."""
    guarded = {
        side
        for node in walk(tree)
        if isinstance(node, Comparison) and Text("") in (node.left, node.right)
        for side in (node.left, node.right)
    }
    found = [caution for node in walk(tree) for look in _LOOKS for caution in look(node, text)]
    found += [caution for node in walk(tree) for caution in _unguarded(node, guarded)]
    return tuple(sorted(found, key=lambda caution: (caution.position, caution.code)))


def _spelling(node: Node, _text: str) -> Iterator[Caution]:
    if isinstance(node, Junction) and any(word in {"&&", "||"} for word in node.spelt):
        yield Caution("symbols", node.at, "REDCap's help knows the words and, or; not && and ||.")
    if isinstance(node, Comparison) and node.spelt == "===":
        yield Caution("triple-equals", node.at, "REDCap's help knows = only, not ===.")
    if isinstance(node, Denied):
        yield Caution("not", node.at, "REDCap's help has no 'not': turn the comparison round, with <> for =.")
    if isinstance(node, Call) and node.spelt != node.name:
        yield Caution("capitals", node.at, f"REDCap's help writes this function {node.name}.")


def _power(node: Node, text: str) -> Iterator[Caution]:
    for step in node.steps if isinstance(node, Arithmetic) else ():
        before, after = text[: step.at].rstrip()[-1:], text[step.at + 1 :].lstrip()[:1]
        if step.operator == "^" and (before != ")" or after != "("):
            sentence = "REDCap raises to a power only where both sides are in parentheses: ([height])^(2)."
            yield Caution("power", step.at, sentence)


def _ordering(node: Node, _text: str) -> Iterator[Caution]:
    if not isinstance(node, Comparison):
        return
    words = [side.value for side in (node.left, node.right) if isinstance(side, Text)]
    if node.operator in _ORDERS and any(plain_number(word) is not None for word in words):
        yield Caution("quoted-number", node.at, "Some versions misread a number in quotes here: write it bare.")
    if any(word in {"today", "now"} for word in words):
        sentence = "In quotes, today is a date to date functions only; here it is the text. Use datediff(…)."
        yield Caution("quoted-today", node.at, sentence)


def _calls(node: Node, _text: str) -> Iterator[Caution]:
    if not isinstance(node, Call) or node.name != "datediff":
        return
    unit = node.arguments[2]
    if isinstance(unit, Text) and unit.value not in UNITS:
        sentence = f"datediff knows the units {', '.join(UNITS)}, and their case matters: the result is always blank."
        yield Caution("unit", unit.at, sentence)


def _modifiers(node: Node, _text: str) -> Iterator[Caution]:
    if isinstance(node, Reference) and any(word != "value" for word in node.modifiers):
        sentence = "Logic reads the stored code whatever follows the colon; a label cannot be compared."
        yield Caution("modifier", node.at, sentence)


def _unguarded(node: Node, guarded: set[Node]) -> Iterator[Caution]:
    """A field asked to be under a number, with nothing said of its being blank: servers have differed here."""
    if not isinstance(node, Comparison) or node.operator not in _ORDERS:
        return
    under = node.left if node.operator in {"<", "<="} else node.right
    if isinstance(under, Reference) and under.code is None and under not in guarded:
        sentence = f"Say what a blank means here: add and [{under.field}]<>''. Old servers took it for 0."
        yield Caution("blank-below", node.at, sentence)


_LOOKS: tuple[Callable[[Node, str], Iterator[Caution]], ...] = (_spelling, _power, _ordering, _calls, _modifiers)
