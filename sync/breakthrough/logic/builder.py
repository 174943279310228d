"""Turns what the parser recognised into the typed tree, and refuses what the grammar alone cannot see."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from lark import Token, Transformer, v_args

from breakthrough.logic.problems import Misread, nearest
from breakthrough.logic.signatures import MODULE_FUNCTIONS, SIGNATURES
from breakthrough.logic.tree import (
    Arithmetic,
    CalcDate,
    Call,
    Comparator,
    Comparison,
    Denied,
    Junction,
    Node,
    Number,
    Operator,
    Reference,
    Signed,
    Smart,
    Step,
    Text,
    Today,
)

INSTANCES = ("current-instance", "previous-instance", "next-instance", "first-instance", "last-instance")
EVENTS = ("event-name", "previous-event-name", "next-event-name", "first-event-name", "last-event-name")
_OPERATORS: dict[str, Operator] = {"+": "+", "-": "-", "*": "*", "/": "/", "^": "^"}
_COMPARATORS: dict[str, Comparator] = {
    "=": "=",
    "===": "=",
    "<>": "<>",
    "!=": "<>",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
}
_FIELD = re.compile(r"[a-z][a-z0-9_]*")
_NUMBER = re.compile(r"[0-9]+")
_EVENT = re.compile(r"[a-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Bracket:
    """One pair of square brackets, before it is known what it names."""

    name: str
    code: str | None
    modifiers: tuple[str, ...]
    at: int
    end: int

    @property
    def is_instance(self) -> bool:
        """Whether it names an instance: a number, or current-instance and its like."""
        return self.is_number or self.name.endswith("-instance")

    @property
    def is_number(self) -> bool:
        """Whether it is a number."""
        return _NUMBER.fullmatch(self.name) is not None

    @property
    def is_bare(self) -> bool:
        """Whether it holds a name and nothing else."""
        return self.code is None and not self.modifiers


@v_args(inline=True)
class Builder(Transformer[Token, Node]):
    """Called by the parser for each rule. Holds nothing, so that one parser serves every text."""

    def whole(self, node: Node) -> Node:
        """Logic that stands alone."""
        return node

    def calctext(self, _tag: Token, node: Node) -> Node:
        """@CALCTEXT(…): what is within, which may be a text."""
        return node

    def calcdate(self, tag: Token, source: Node, amount: Node, unit: Node) -> Node:
        """@CALCDATE(source, amount, unit)."""
        return CalcDate(source, amount, unit, _start(tag))

    def bracketed(self, node: Node, _close: Token) -> Node:
        """(…): what is within."""
        return node

    def number(self, token: Token) -> Node:
        """A number; refuses one that no double holds."""
        value = float(token)
        if not math.isfinite(value):
            raise Misread(_start(token), "This number is too large.", "number")
        return Number(value, _start(token))

    def text(self, token: Token) -> Node:
        """A text in either quotes."""
        # A backslash makes a quote or another backslash itself; elsewhere it is an ordinary character.
        return Text(re.sub(r"\\(['\"\\])", r"\1", token[1:-1]), _start(token))

    def word(self, token: Token) -> Node:
        """A bare word: true, false, today and now. Any other was meant to be a field, a text or a function."""
        lower = token.lower()
        if lower in {"true", "false"}:
            return Number(float(lower == "true"), _start(token))
        if lower in {"today", "now"}:
            return Today("now" if lower == "now" else "today", _start(token))
        if lower in SIGNATURES:
            raise Misread(_start(token), f"'{token}' is a function: write {token}({SIGNATURES[lower].arguments}).")
        if lower in {"and", "or"}:
            raise Misread(_start(token), f"'{token}' joins two conditions, and one of them is missing.")
        raise Misread(
            _start(token),
            f"'{token}' is neither a field nor a text: write [{lower}] for a field, '{token}' for a text.",
            "bare-word",
        )

    def call(self, token: Token, *rest: Any) -> Node:
        """A function with its arguments; refuses unknown names and wrong numbers of arguments."""
        name, arguments = token.lower(), rest[:-1]  # the last is the closing bracket
        if name in {"and", "or", "not"}:
            raise Misread(_start(token), f"'{token}' cannot stand here: put what it belongs to in parentheses.")
        if name not in SIGNATURES:
            raise Misread(_start(token), _no_function(str(token)), "unknown-function")
        signature = SIGNATURES[name]
        if not signature.least <= len(arguments) <= signature.most:
            many = len(arguments)
            raise Misread(
                _start(token) if many < signature.least else arguments[signature.most].at,
                f"{name}({signature.arguments}) takes {signature.wants()}, and has {many}.",
                "arguments",
            )
        return Call(name, arguments, _start(token), str(token))

    def signed(self, sign: Token, operand: Node) -> Node:
        """A sign before a value; a negative number is one number."""
        if isinstance(operand, Number) and sign == "-" and operand.value:
            return Number(-operand.value, _start(sign))
        return Signed("-" if sign == "-" else "+", operand, _start(sign))

    def arithmetic(self, first: Node, *rest: Any) -> Node:
        """A chain of + and -, of * and /, or of ^."""
        pairs = zip(rest[::2], rest[1::2], strict=True)
        return Arithmetic(first, tuple(Step(_OPERATORS[sign], node, _start(sign)) for sign, node in pairs), first.at)

    def compared(self, left: Node, operator: Token, right: Node) -> Node:
        """Two values and what stands between them."""
        return Comparison(_COMPARATORS[operator], left, right, _start(operator), str(operator))

    def denied(self, word: Token, condition: Node) -> Node:
        """Not, before a condition."""
        return Denied(condition, _start(word))

    def junction(self, first: Node, *rest: Any) -> Node:
        """Conditions with and, or with or, between them."""
        words = tuple(str(token) for token in rest[::2])
        word: Literal["and", "or"] = "or" if words[0].lower() in {"or", "||"} else "and"
        return Junction(word, (first, *rest[1::2]), first.at, words)

    def modifier(self, *argument: Token) -> str:
        """What follows a colon within brackets."""
        return str(argument[0]).strip() if argument else ""

    def bracket(self, opening: Token, name: Token, *rest: Any) -> Bracket:
        """One pair of square brackets."""
        code = next((str(part).strip() for part in rest if isinstance(part, Token) and part.type == "CODE"), None)
        modifiers = tuple(part for part in rest if not isinstance(part, Token))
        return Bracket(str(name).lower(), code, modifiers, _start(opening), _start(rest[-1]) + 1)

    def reference(self, *brackets: Bracket) -> Node:
        """A field or smart variable, with the event before it and the instance after it."""
        for one, following in pairwise(brackets):
            if one.end != following.at:
                raise Misread(
                    following.at,
                    "Expected an operator. If the two belong together, nothing may stand between ']' and '['.",
                )
        event, middle, instance = _parts(brackets)
        if "-" in middle.name and middle.code is None:
            return Smart(middle.name, middle.modifiers, event, instance, brackets[0].at, brackets[-1].end)
        if not _FIELD.fullmatch(middle.name):
            raise Misread(middle.at + 1, f"'{middle.name}' cannot be a field's name: those begin with a letter.")
        if instance == "new-instance":
            raise Misread(brackets[-1].at, "[new-instance] belongs to links, never to a field.", "instance")
        return Reference(middle.name, middle.code, event, instance, middle.modifiers, brackets[0].at, brackets[-1].end)


def _parts(brackets: Sequence[Bracket]) -> tuple[str | None, Bracket, str | None]:
    """Which bracket is the event, which the field, which the instance. Raises Misread where none fits."""
    rest = list(brackets)
    instance = rest.pop() if len(rest) > 1 and rest[-1].is_instance and rest[-1].is_bare else None
    event = rest.pop(0) if len(rest) > 1 else None
    if len(rest) > 1:
        raise Misread(rest[1].at, f"'{rest[1].name}' is no instance: those are a number or {', '.join(INSTANCES)}.")
    if instance and not (instance.is_number or instance.name in {*INSTANCES, "new-instance"}):
        raise Misread(instance.at + 1, f"There is no [{instance.name}].{nearest(instance.name, INSTANCES)}", "instance")
    if instance and instance.is_number and len(instance.name) > 15:
        raise Misread(instance.at + 1, "No instance has so high a number.", "instance")
    if event and not (event.is_bare and (event.name in EVENTS or _EVENT.fullmatch(event.name))):
        raise Misread(event.at + 1, f"'{event.name}' cannot be an event.{nearest(event.name, EVENTS)}", "event")
    return event.name if event else None, rest[0], _numbered(instance) if instance else None


def _numbered(instance: Bracket) -> str:
    return str(int(instance.name)) if instance.is_number else instance.name


def _no_function(name: str) -> str:
    if name.lower() in MODULE_FUNCTIONS:
        return (
            f"'{name}' is no function of REDCap's own: the external module \"Extra Calculation Functions\" adds one "
            "of that name. It works only on servers that have the module."
        )
    return f"REDCap has no function '{name}'.{nearest(name.lower(), SIGNATURES)}"


def _start(token: Token) -> int:
    return token.start_pos or 0
