"""Evaluates logic for all rows of a frame at once: measures counted from case rows.

Whatever a rule says of single values is worked out once for each distinct text of a column; the rest is arithmetic on
arrays. A DataFrame or a mapping of columns may stand in for a `Table` of REDCap's own structure columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from breakthrough.logic import columns, vectors
from breakthrough.logic.columns import Column, Doubles, Flags
from breakthrough.logic.functions.dates import calcdate
from breakthrough.logic.setting import Setting
from breakthrough.logic.table import Table
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

__all__ = ["Frame", "Table", "holds", "numbers", "results"]

Data = Table | pd.DataFrame | Mapping[str, Any]


def holds(tree: Node, data: Data, setting: Setting) -> Flags:
    """Whether the logic is true, a bool a row."""
    table = _table(data)
    return np.broadcast_to(Frame(table, setting).truth(tree), len(table)).copy()


def numbers(tree: Node, data: Data, setting: Setting) -> Doubles:
    """The results as numbers, a double a row; NaN where a result is blank or no number."""
    table = _table(data)
    return np.broadcast_to(columns.numbers(Frame(table, setting).value(tree), setting), len(table)).copy()


def results(tree: Node, data: Data, setting: Setting) -> NDArray[np.object_]:
    """The results as REDCap's texts, a str a row, as `row.result` gives them."""
    table = _table(data)
    return columns.texts(Frame(table, setting).value(tree), len(table))


def _table(data: Data) -> Table:
    return data if isinstance(data, Table) else Table(data)


@dataclass(frozen=True, slots=True)
class Frame:
    """A table that logic is evaluated for."""

    table: Table
    setting: Setting

    def value(self, node: Node) -> Column:
        """The values of a node."""
        match node:
            case Number() | Text():
                return columns.constant(node.value)
            case Today():
                return columns.constant(self.setting.shown(node.word))
            case Reference():
                return self.table.column(node, self.setting)
            case Smart():
                return self.table.smart(node)
            case Call(name="if"):
                condition, yes, no = node.arguments
                return columns.chosen(self.truth(condition), self.value(yes), self.value(no))
            case Call():
                return vectors.call(node.name, self.setting, [self.value(one) for one in node.arguments])
            case CalcDate():
                parts = [self.value(one) for one in (node.source, node.amount, node.unit)]
                return columns.lifted(partial(calcdate, self.setting), parts)
            case Signed():
                found = self._numbers(node.operand)
                return -found if node.operator == "-" else found
            case Arithmetic():
                found = self._numbers(node.first)
                for step in node.steps:
                    found = vectors.calculate(step.operator, found, self._numbers(step.operand))
                return found
            case Comparison() | Junction() | Denied():
                return self.truth(node)

    def truth(self, node: Node) -> Flags:
        """Where a node is true."""
        match node:
            case Comparison():
                return vectors.compare(node.operator, self.value(node.left), self.value(node.right), self.setting)
            case Junction():
                join = np.logical_and if node.word == "and" else np.logical_or
                found = self.truth(node.conditions[0])
                for condition in node.conditions[1:]:
                    found = np.asarray(join(found, self.truth(condition)))
                return found
            case Denied():
                return np.logical_not(self.truth(node.condition))
            case _:
                return columns.truths(self.value(node), self.setting)

    def _numbers(self, node: Node) -> Doubles:
        return columns.numbers(self.value(node), self.setting)
