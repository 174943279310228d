"""Branching: which fields of a form are hidden. Imports pay it no heed; people's forms and survey pages do.

Action tags such as @HIDDEN keep a field from being shown, too, but that is no branching: such a field keeps its value.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from breakthrough.errors import LogicInvalid
from breakthrough.logic import Node, Setting, parse, row
from breakthrough.logic import Record as Seen
from redcap_sandbox.design.dictionary import Dictionary, Field


@dataclass(frozen=True)
class Rule:
    """A field and the logic that must hold for it to be shown."""

    field: Field
    tree: Node


def rules(dictionary: Dictionary, form: str) -> tuple[Rule, ...]:
    """The rules of the form's fields, in order. A field whose logic cannot be read is always shown (assumed)."""
    fields = (field for field in dictionary.fields if field.form == form and field.name != dictionary.record_id)
    return tuple(rule for field in fields if (rule := _rule(field)))


def _rule(field: Field) -> Rule | None:
    logic = field.cells["branching_logic"].strip()
    if not logic:
        return None
    try:
        return Rule(field, parse(logic))
    except LogicInvalid:
        return None


def hidden(of: Iterable[Rule], seen: Seen, setting: Setting) -> frozenset[str]:
    """The names of the fields that are hidden from who sees these values: their logic does not hold."""
    return frozenset(rule.field.name for rule in of if not row.holds(rule.tree, seen, setting))
