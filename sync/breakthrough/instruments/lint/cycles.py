"""L: calculations that need each other's results, so that none of them ever settles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from breakthrough.instruments.lint.expressions import BRANCHING, Expression
from breakthrough.instruments.lint.finding import Finding
from breakthrough.instruments.lint.subject import Subject
from breakthrough.logic.tree import Reference

Uses = Mapping[str, Mapping[str, tuple[Expression, Reference]]]


def findings(subject: Subject) -> Iterator[Finding]:
    """Circles of calculations, and fields whose branching asks for their own value."""
    uses = _uses(subject)
    reported: set[str] = set()
    for name in uses:
        if name in reported:
            continue
        circle = _circle(name, uses)
        if circle:
            reported.update(circle)
            expression, node = uses[name][circle[1] if len(circle) > 1 else name]
            shown = " → ".join(f"[{one}]" for one in [*circle, circle[0]])
            problem = f"its {expression.what} needs its own result: {shown}"
            remedy = "Break the circle: let one of them be entered, or worked out from the others' inputs"
            span = expression.span(node.at, node.end)
            yield Finding("L018", expression.field, problem, remedy, expression.column, span)
    yield from _own_branching(subject)


def _uses(subject: Subject) -> Uses:
    """For each calculated field the calculated fields it needs, of the same event and instance."""
    computed = {expression.field.field_name: expression for expression in subject.expressions if expression.computes}
    found: dict[str, dict[str, tuple[Expression, Reference]]] = {name: {} for name in computed}
    for expression in subject.expressions:
        if not expression.computes:
            continue
        for node in expression.nodes:
            if isinstance(node, Reference) and node.field in computed and not node.event and not node.instance:
                found[expression.field.field_name].setdefault(node.field, (expression, node))
    return found


def _circle(start: str, uses: Uses) -> list[str]:
    """The shortest way from a field back to itself, or nothing."""
    came_from: dict[str, str] = {}
    layer = [start]
    while layer:
        following: list[str] = []
        for name in layer:
            for needed in uses[name]:
                if needed == start:
                    return _way(start, name, came_from)
                if needed not in came_from:
                    came_from[needed] = name
                    following.append(needed)
        layer = following
    return []


def _way(start: str, end: str, came_from: Mapping[str, str]) -> list[str]:
    way = [end]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]


def _own_branching(subject: Subject) -> Iterator[Finding]:
    for expression in subject.expressions:
        if expression.what != BRANCHING:
            continue
        for node in expression.nodes:
            own = isinstance(node, Reference) and node.field == expression.field.field_name.lower()
            if own and isinstance(node, Reference) and not node.event and not node.instance:
                problem = "its branching logic asks for its own value"
                remedy = "Ask for another field's value"
                span = expression.span(node.at, node.end)
                yield Finding("L019", expression.field, problem, remedy, expression.column, span)
                break
