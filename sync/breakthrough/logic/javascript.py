"""Compiles logic to JavaScript for form pages. The page includes `runtime()` once."""

from __future__ import annotations

import json
from pathlib import Path

from breakthrough.logic.tree import (
    Arithmetic,
    CalcDate,
    Call,
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
)


def compiled(tree: Node) -> str:
    """A JavaScript function expression, for `redcapLogic.text(…, values)` and `redcapLogic.holds(…, values)`.

    It may stand in a script within a page as it is: no text in it can end the script.
    """
    return f"(c, r) => {_value(tree)}"


def runtime() -> str:
    """The JavaScript that compiled logic calls; it defines `redcapLogic` and nothing else."""
    return Path(__file__).with_name("runtime.js").read_text(encoding="utf-8")


def _value(node: Node) -> str:
    match node:
        case Number():
            return _number(node.value)
        case Text():
            return _quoted(node.value)
        case Today():
            return f"c.{node.word}"
        case Reference():
            return f"r.reference(c, {_listed(node.field, node.code, node.event, node.instance)})"
        case Smart():
            arguments = f"[{', '.join(map(_quoted, node.arguments))}]"
            return f"r.smart(c, {_quoted(node.name)}, {arguments}, {_listed(node.event, node.instance)})"
        case Call(name="if"):
            condition, yes, no = node.arguments
            return f"({_condition(condition)} ? {_value(yes)} : {_value(no)})"
        case Call():
            return f"r.functions.{node.name}({', '.join(('c', *map(_value, node.arguments)))})"
        case CalcDate():
            return f"r.functions.calcdate(c, {_value(node.source)}, {_value(node.amount)}, {_value(node.unit)})"
        case Signed():
            return f"r.signed(c, {_quoted(node.operator)}, {_value(node.operand)})"
        case Arithmetic():
            steps = (f"{_quoted(step.operator)}, {_value(step.operand)}" for step in node.steps)
            return f"r.arithmetic(c, {', '.join((_value(node.first), *steps))})"
        case Comparison() | Junction() | Denied():
            return f"r.flag({_condition(node)})"


def _condition(node: Node) -> str:
    match node:
        case Comparison():
            return f"r.compare(c, {_quoted(node.operator)}, {_value(node.left)}, {_value(node.right)})"
        case Junction():
            joint = " && " if node.word == "and" else " || "
            return f"({joint.join(map(_condition, node.conditions))})"
        case Denied():
            return f"!{_condition(node.condition)}"
        case _:
            return f"r.truth(c, {_value(node)})"


def _number(value: float) -> str:
    shown = str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return f"({shown})" if value < 0 else shown


def _listed(*parts: str | None) -> str:
    """Arguments of a call; those at the end that say nothing are left out."""
    given = list(parts)
    while len(given) > 1 and given[-1] is None:
        given.pop()
    return ", ".join("null" if part is None else _quoted(part) for part in given)


def _quoted(text: str) -> str:
    """A JavaScript string in ASCII, in which < > & are escaped, so that it cannot close a script element."""
    escaped = json.dumps(text)
    for character in "<>&":
        escaped = escaped.replace(character, f"\\u{ord(character):04x}")
    return escaped
