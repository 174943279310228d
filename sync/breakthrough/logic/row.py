"""Evaluates logic for one row of one record: the sandbox's branching and calculations."""

from __future__ import annotations

from dataclasses import dataclass

from breakthrough.logic.functions import FUNCTIONS
from breakthrough.logic.functions.dates import calcdate
from breakthrough.logic.record import Record
from breakthrough.logic.setting import Setting
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
from breakthrough.logic.values import (
    Value,
    answer,
    calculate,
    compare,
    flag,
    number,
    text,
    truth,
    with_dot,
)


def holds(tree: Node, record: Record, setting: Setting) -> bool:
    """Whether the logic is true for the row."""
    return Row(record, setting).truth(tree)


def result(tree: Node, record: Record, setting: Setting) -> str:
    """The result as REDCap's text: "" for blank, "1" and "0" for true and false, numbers at 14 digits."""
    return text(Row(record, setting).value(tree))


@dataclass(frozen=True, slots=True)
class Row:
    """A row that logic is evaluated for."""

    record: Record
    setting: Setting

    def value(self, node: Node) -> Value:
        """The value of a node."""
        match node:
            case Number():
                return node.value
            case Text():
                return node.value
            case Today():
                return self.setting.shown(node.word)
            case Reference():
                found = self.record.value(node)
                return with_dot(found) if self.setting.has_comma(node.field) else found
            case Smart():
                return self.record.smart(node)
            case Call(name="if"):
                condition, yes, no = node.arguments
                return self.value(yes if self.truth(condition) else no)
            case Call():
                return FUNCTIONS[node.name](self.setting, *map(self.value, node.arguments))
            case Signed() | Arithmetic():
                return answer(self._number(node))
            case CalcDate():
                return calcdate(self.setting, self.value(node.source), self.value(node.amount), self.value(node.unit))
            case Comparison() | Junction() | Denied():
                return flag(self.truth(node))

    def truth(self, node: Node) -> bool:
        """Whether a node is true. Stops at the first condition that settles it."""
        match node:
            case Comparison():
                return compare(node.operator, self.value(node.left), self.value(node.right), self.setting)
            case Junction():
                settled = node.word == "or"
                for condition in node.conditions:
                    if self.truth(condition) is settled:
                        return settled
                return not settled
            case Denied():
                return not self.truth(node.condition)
            case _:
                return truth(self.value(node), self.setting)

    def _number(self, node: Signed | Arithmetic) -> float | None:
        if isinstance(node, Signed):
            found = number(self.value(node.operand), self.setting)
            return found if found is None or node.operator == "+" else -found
        found = number(self.value(node.first), self.setting)
        for step in node.steps:
            found = calculate(step.operator, found, number(self.value(step.operand), self.setting))
        return found
