"""What a piece of logic reads: fields, events, instances, choices, smart variables, functions, the clock."""

from __future__ import annotations

from dataclasses import dataclass

from breakthrough.logic.tree import CalcDate, Call, Node, Reference, Smart, Text, Today, children, walk

DATE_FUNCTIONS = frozenset({"datediff", "age_at_date", "dayoftheweek", "year", "month", "day"})


@dataclass(frozen=True)
class References:
    """What logic reads. `every` holds the field references in their order, each with its place."""

    every: tuple[Reference, ...]
    smart: frozenset[str]
    functions: frozenset[str]
    clock: bool

    @property
    def fields(self) -> frozenset[str]:
        """Names of fields, of whatever event."""
        return frozenset(one.field for one in self.every)

    @property
    def codes(self) -> frozenset[tuple[str, str]]:
        """Checkbox choices: field and code, as written."""
        return frozenset((one.field, one.code) for one in self.every if one.code is not None)

    @property
    def events(self) -> frozenset[str]:
        """Events before fields: unique names, and words such as previous-event-name."""
        return frozenset(one.event for one in self.every if one.event is not None)

    @property
    def instances(self) -> frozenset[str]:
        """Instances after fields: numbers as text, and words such as last-instance."""
        return frozenset(one.instance for one in self.every if one.instance is not None)


def references(tree: Node) -> References:
    """What the logic reads."""
    nodes = tuple(walk(tree))
    return References(
        every=tuple(node for node in nodes if isinstance(node, Reference)),
        smart=frozenset(node.name for node in nodes if isinstance(node, Smart)),
        functions=frozenset(node.name for node in nodes if isinstance(node, Call)),
        clock=any(_reads_clock(node) for node in nodes),
    )


def _reads_clock(node: Node) -> bool:
    if isinstance(node, Today):
        return True
    if isinstance(node, CalcDate) or (isinstance(node, Call) and node.name in DATE_FUNCTIONS):
        below = (inner for child in children(node) for inner in walk(child))
        return any(isinstance(inner, Text) and inner.value in {"today", "now"} for inner in below)
    return False
