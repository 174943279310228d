"""L: logic that refers to fields, choices, events or smart variables that are not there, or so that it gets nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from breakthrough.instruments.lint.expressions import Expression
from breakthrough.instruments.lint.finding import Finding, quoted
from breakthrough.instruments.lint.spelling import nearest
from breakthrough.instruments.lint.subject import Subject
from breakthrough.instruments.text.smart import EVENTS, SMART
from breakthrough.logic.decimals import spelled
from breakthrough.logic.tree import Comparison, Node, Number, Reference, Smart, Text
from breakthrough.logic.values import equal

_OF_RECORD = frozenset({"redcap_repeat_instance"})


def findings(subject: Subject) -> Iterator[Finding]:
    """What is wrong with what logic refers to."""
    elsewhere: dict[str, Expression] = {}
    for expression in subject.expressions:
        for node in expression.nodes:
            if isinstance(node, Reference):
                if not subject.whole and not subject.has(node.field):
                    elsewhere.setdefault(node.field, expression)
                yield from _event(expression, node, subject)
                yield from _reference(expression, node, subject)
            elif isinstance(node, Smart):
                yield from _smart(expression, node)
            elif isinstance(node, Comparison):
                yield from _compared(expression, node, subject)
    if elsewhere:
        yield _others(elsewhere)


def _others(elsewhere: dict[str, Expression]) -> Finding:
    names = ", ".join(sorted(elsewhere)[:10]) + (" …" if len(elsewhere) > 10 else "")
    first = next(iter(elsewhere.values()))
    problem = f"logic here needs fields that this instrument does not have: {names}"
    return Finding("L005", first.field, problem, "Make sure that the project has them", first.column)


def _event(expression: Expression, node: Reference, subject: Subject) -> Iterator[Finding]:
    if node.event and subject.events is not None and node.event not in subject.events and node.event not in EVENTS:
        near = nearest(node.event, subject.events)
        remedy = f"Did you mean [{near}]" if near else "Use an event's unique name"
        problem = f"its {expression.what} refers to the event [{node.event}], which is not there, so it reads a blank"
        yield _finding("L009", expression, problem, remedy, node)


def _reference(expression: Expression, node: Reference, subject: Subject) -> Iterator[Finding]:
    name = node.field
    if not subject.has(name):
        if subject.whole and name not in _OF_RECORD:
            near = subject.nearest(name)
            problem = f"its {expression.what} refers to [{name}], which is not there"
            yield _finding(
                "L004", expression, problem, f"Did you mean [{near}]" if near else "Name a field of this project", node
            )
        return
    field = subject.named.get(name)
    is_checkbox = field is not None and field.field_type == "checkbox"
    if node.code is None:
        if is_checkbox and not {"checked", "unchecked"} & set(node.modifiers):
            problem = f"its {expression.what} refers to the checkbox [{name}] without a code, which has no value"
            yield _finding(
                "L007", expression, problem, f"Name a box, such as [{name}({_some(subject, name)})] = '1'", node
            )
    elif not is_checkbox:
        problem = f"its {expression.what} refers to [{name}({node.code})], but {name} is no checkbox"
        yield _finding("L008", expression, problem, f"Write [{name}] = '{node.code}'", node)
    elif node.code not in (subject.codes_of(name) or ()) and node.code not in subject.missing_codes:
        problem = f"its {expression.what} refers to [{name}({node.code})], a choice that is not there"
        yield _finding(
            "L006", expression, problem, _code_remedy(node.code, subject.codes_of(name) or frozenset()), node
        )


def _some(subject: Subject, name: str) -> str:
    return next(iter(sorted(subject.codes_of(name) or ())), "1")


def _code_remedy(code: str, codes: frozenset[str]) -> str:
    same = next((other for other in sorted(codes) if other.lower() == code.lower()), "")
    if same:
        return f"Write {same}: capitals count"
    known = ", ".join(sorted(codes)[:12])
    return f"Use a code of that field: {known}" if known else "Use a code of that field"


def _smart(expression: Expression, node: Smart) -> Iterator[Finding]:
    if node.name not in SMART:
        near = nearest(node.name, SMART)
        problem = f"REDCap has no smart variable [{node.name}]"
        remedy = f"Did you mean [{near}]" if near else "Make sure that a module of your server adds it"
        span = expression.span(node.at, node.end)
        yield Finding("L020", expression.field, problem, remedy, expression.column, span)


def _compared(expression: Expression, node: Comparison, subject: Subject) -> Iterator[Finding]:
    """A choice field that is compared with something that is none of its codes: the outcome is settled beforehand."""
    for side, other in ((node.left, node.right), (node.right, node.left)):
        literal = _literal(other)
        if not isinstance(side, Reference) or literal is None or node.operator not in {"=", "<>"}:
            continue
        codes = frozenset({"0", "1"}) if side.code is not None else subject.codes_of(side.field)
        field = subject.named.get(side.field)
        if codes is None or (side.code is None and field is not None and field.field_type == "checkbox"):
            continue
        if (
            side.modifiers
            or literal == ""
            or literal in subject.missing_codes
            or any(equal(literal, code) for code in codes)
        ):
            continue
        problem = f"its {expression.what} compares [{_shown(side)}] with {quoted(literal)}, which it can never be"
        span = expression.span(other.at, other.at + len(literal))
        yield Finding("L010", expression.field, problem, _code_remedy(literal, codes), expression.column, span)


def _literal(node: Node) -> str | None:
    if isinstance(node, Text):
        return node.value
    if isinstance(node, Number):
        return spelled(node.value)
    return None


def _shown(node: Reference) -> str:
    return node.field if node.code is None else f"{node.field}({node.code})"


def _finding(code: str, expression: Expression, problem: str, remedy: str, node: Reference) -> Finding:
    span = expression.span(node.at, node.end)
    return Finding(code, expression.field, re.sub(r"\s+", " ", problem), remedy, expression.column, span)
