"""Branching logic in words, as far as words say it well: `“Did it help?” is “Yes”`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from breakthrough.errors import LogicInvalid
from breakthrough.instruments.field import Field
from breakthrough.instruments.preview.markup import piping_out
from breakthrough.instruments.text.html import plain
from breakthrough.logic.parse import parse
from breakthrough.logic.tree import (
    Arithmetic,
    Call,
    Comparison,
    Denied,
    Junction,
    Node,
    Number,
    Reference,
    Signed,
    Text,
    Today,
)

_LONGEST = 70  # characters of a label that still read as part of a sentence
_ORDERED = {"<": "is less than", "<=": "is at most", ">": "is more than", ">=": "is at least"}
_DATED = {"<": "is before", "<=": "is not after", ">": "is after", ">=": "is not before"}
_SPANS = {"y": "years", "M": "months", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_JOINED = {"+": "plus", "-": "less", "*": "times", "/": "divided by", "^": "to the power of"}


def condition(logic: str, fields: Mapping[str, Field]) -> str:
    """The condition in words; where it has more than words tell well, or is not sound, the logic as it stands."""
    if not logic.strip():
        return ""
    try:
        return _Words(fields).condition(parse(logic))
    except (LogicInvalid, _Unsaid):
        return " ".join(logic.split())


class _Unsaid(Exception):
    """There are no good words for this."""


class _Words:
    def __init__(self, fields: Mapping[str, Field]) -> None:
        self._fields = fields

    def condition(self, node: Node) -> str:
        match node:
            case Junction():
                return self._junction(node)
            case Denied():
                return f"not ({self.condition(node.condition)})"
            case Comparison():
                subject, verb, value = self._comparison(node)
                return " ".join(part for part in (subject, verb, value) if part)
            case Reference():
                return f"{self._value(node)} is answered, and not with 0"
            case _:
                raise _Unsaid

    def _junction(self, node: Junction) -> str:
        same = self._gathered(node)
        if same:
            return same
        told = self._told_in_turn(node)
        return f"{', ' if len(told) > 2 else ' '}{node.word} ".join([", ".join(told[:-1]), told[-1]])

    def _told_in_turn(self, node: Junction) -> list[str]:
        """Each condition; one about the same thing as that before it does not name it again."""
        told: list[str] = []
        before = ""
        for one in node.conditions:
            subject = self._comparison(one)[0] if isinstance(one, Comparison) else ""
            words = self.condition(one)
            if isinstance(one, Junction) and one.word != node.word:
                words = f"({words})"
            told.append(words.removeprefix(f"{subject} ") if subject and subject == before else words)
            before = subject
        return told

    def _gathered(self, node: Junction) -> str:
        """`“X” is “a”, “b” or “c”` where all conditions ask the same thing of one field."""
        if not all(isinstance(one, Comparison) for one in node.conditions):
            return ""
        parts = [self._comparison(one) for one in node.conditions if isinstance(one, Comparison)]
        if len({part[:2] for part in parts}) > 1 or not all(part[2] for part in parts):
            return ""
        values = [part[2] for part in parts]
        return f"{parts[0][0]} {parts[0][1]} {', '.join(values[:-1])} {node.word} {values[-1]}"

    def _comparison(self, node: Comparison) -> tuple[str, str, str]:
        left, right, operator = node.left, node.right, node.operator
        if isinstance(left, Number | Text | Today) and not isinstance(right, Number | Text | Today):
            left, right = right, left
            turned = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
            return self._compared(left, turned.get(operator, operator), right)
        return self._compared(left, operator, right)

    def _compared(self, left: Node, operator: str, right: Node) -> tuple[str, str, str]:
        literal = _literal(right)
        if isinstance(left, Reference) and left.code is not None and literal in {"0", "1"} and operator in {"=", "<>"}:
            ticked = (literal == "1") == (operator == "=")
            return self._field(left), "includes" if ticked else "does not include", self._choice(left, left.code)
        subject = self._value(left)
        if literal == "" and operator in {"=", "<>"}:
            return subject, "is blank" if operator == "=" else "is answered", ""
        if operator in {"=", "<>"}:
            said = self._choice(left, literal) if isinstance(left, Reference) and literal else self._value(right)
            return subject, "is" if operator == "=" else "is not", said
        if isinstance(left, Reference) and literal is not None and self._codes(left):
            return subject, *self._range(left, operator, literal)
        return subject, (_DATED if isinstance(right, Today) else _ORDERED)[operator], self._value(right)

    def _range(self, field: Reference, operator: str, bound: str) -> tuple[str, str]:
        """`is` and the choices that are meant by `> 1`, which a reader cannot know by their codes."""
        try:
            limit = float(bound)
            kept = {"<": float.__lt__, "<=": float.__le__, ">": float.__gt__, ">=": float.__ge__}[operator]
            meant = [self._choice(field, code) for code in self._codes(field) if kept(float(code), limit)]
        except ValueError:
            raise _Unsaid from None
        if not meant:
            raise _Unsaid
        return "is", " or ".join(filter(None, (", ".join(meant[:-1]), meant[-1])))

    def _value(self, node: Node) -> str:
        match node:
            case Reference(code=None):
                return self._field(node)
            case Number() | Text():
                return _literal(node) or "blank"
            case Today():
                return "today" if node.word == "today" else "now"
            case Signed(operator="-"):
                return f"minus {self._value(node.operand)}"
            case Arithmetic():
                steps = (f" {_JOINED[step.operator]} {self._value(step.operand)}" for step in node.steps)
                return self._value(node.first) + "".join(steps)
            case Call(name="datediff"):
                return self._apart(node)
            case _:
                raise _Unsaid

    def _apart(self, call: Call) -> str:
        """`the number of days from “A” to “B”`; between them, where it does not matter which comes first."""
        word = _SPANS.get(_literal(call.arguments[2]) or "") if len(call.arguments) > 2 else None
        if not word:
            raise _Unsaid
        first, second, _, *more = call.arguments
        signed = any(_literal(one) in {"true", "1"} for one in more)
        start, end = ("from", "to") if signed else ("between", "and")
        return f"the number of {word} {start} {self._value(first)} {end} {self._value(second)}"

    def _field(self, node: Reference) -> str:
        field = self._fields.get(node.field)
        if field is None or node.event or node.instance or node.modifiers:
            raise _Unsaid
        label = piping_out(plain(field.field_label), self._fields) or node.field
        return f"“{label if len(label) <= _LONGEST else _cut(label)}”"

    def _codes(self, node: Reference) -> Sequence[str]:
        return self._fields[node.field].codes if node.field in self._fields else ()

    def _choice(self, node: Reference, code: str) -> str:
        field = self._fields.get(node.field)
        label = next((plain(one.label) for one in field.choices if one.code == code), "") if field else ""
        return f"“{label if len(label) <= _LONGEST else _cut(label)}”" if label else code


def _literal(node: Node) -> str | None:
    match node:
        case Text():
            return node.value
        case Number():
            return f"{node.value:g}"
        case _:
            return None


def _cut(label: str) -> str:
    return label[: _LONGEST - 1].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"
