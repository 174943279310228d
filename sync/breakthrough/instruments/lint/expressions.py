"""The logic in a dictionary's cells, each piece parsed once, with its place in the cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from breakthrough.errors import LogicInvalid
from breakthrough.instruments.field import Field
from breakthrough.instruments.text import tags
from breakthrough.instruments.text.tags import Tag
from breakthrough.logic.parse import parse
from breakthrough.logic.tree import Node, walk

BRANCHING = "branching logic"
CALCULATION = "calculation"

_Parsed = tuple[Node | None, LogicInvalid | None, tuple[Node, ...]]


@dataclass(frozen=True, slots=True)
class Expression:
    """A piece of logic: `what` it is, `text` and the place where it begins in the cell of that column.

    Either `tree` or, where it cannot be read, `fault`.
    """

    field: Field
    what: str
    column: str
    text: str
    start: int
    tree: Node | None
    fault: LogicInvalid | None
    nodes: tuple[Node, ...] = ()  # every node of the tree, parents before children

    @property
    def computes(self) -> bool:
        """Whether the field's own value comes from it."""
        return self.what in {CALCULATION, "@CALCTEXT", "@CALCDATE"}

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A place in the text as a place in the cell."""
        return self.start + start, self.start + end


def expressions(fields: Sequence[Field], found: Mapping[int, tuple[Tag, ...]]) -> tuple[Expression, ...]:
    """All logic of the fields, in order. `found` holds each field's action tags by its identity.

    A text that comes again is parsed once: branching is often the same on many rows.
    """
    parsed: dict[str, _Parsed] = {}
    result: list[Expression] = []
    for field in fields:
        for what, column, text, start in _pieces(field, found.get(id(field), ())):
            if text not in parsed:
                parsed[text] = _parsed(text)
            result.append(Expression(field, what, column, text, start, *parsed[text]))
    return tuple(result)


def _pieces(field: Field, found: Sequence[Tag]) -> Iterator[tuple[str, str, str, int]]:
    if field.branching_logic.strip():
        yield BRANCHING, "branching_logic", field.branching_logic, 0
    equation = field.select_choices_or_calculations
    if field.field_type == "calc" and equation.strip():
        yield CALCULATION, "select_choices_or_calculations", equation, 0
    for tag in found:
        if not tag.function or tag.problem:
            continue
        if tag.name == "@CALCTEXT" and tag.argument and tag.argument.strip():
            yield "@CALCTEXT", "field_annotation", tag.argument, tag.argument_start
        elif tag.name == "@CALCDATE":
            yield "@CALCDATE", "field_annotation", field.field_annotation[tag.start : tag.end], tag.start
        elif tag.name == "@IF":
            parts = tags.arguments(field.field_annotation, tag)
            if len(parts) > 1 and parts[0].text:
                yield "@IF condition", "field_annotation", parts[0].text, parts[0].start


def _parsed(text: str) -> _Parsed:
    try:
        tree = parse(text)
    except LogicInvalid as fault:
        return None, fault, ()
    return tree, None, tuple(walk(tree))
