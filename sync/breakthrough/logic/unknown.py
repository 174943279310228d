"""Finds what logic names and the project does not have: fields, choices, events, smart variables."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from breakthrough.errors import LogicInvalid
from breakthrough.logic.builder import EVENTS
from breakthrough.logic.problems import invalid, nearest
from breakthrough.logic.tree import Node, Reference, Smart, walk

# What the names of REDCap's smart variables begin with, before the first dash. External modules add others.
SMART_FAMILIES = frozenset(
    {
        *("record", "user", "event", "arm", "instrument", "form", "survey", "project", "redcap", "is", "dag", "app"),
        *("previous", "next", "first", "last", "current", "new", "instance"),
        *("aggregate", "stats", "scatter", "line", "bar", "pie", "donut", "table"),
        *("rand", "randomization", "mycap", "calendar", "file", "data"),
    }
)


@dataclass(frozen=True)
class Known:
    """What a project has. `choices` gives the codes of checkbox fields; `events` is None where they are not known."""

    fields: Collection[str]
    choices: Mapping[str, Collection[str]] = field(default_factory=dict)
    events: Collection[str] | None = None


def unknown(text: str, tree: Node, known: Known) -> tuple[LogicInvalid, ...]:
    """An error, not raised, for each name the project does not have, in the order of their places in the text.

    Their codes: `unknown-field`, `unknown-event`, `unknown-choice`, `no-checkbox` (a code after another kind of field),
    `checkbox-without-code` (REDCap takes it, and reads a blank), `unknown-smart` (a module may have added it).
    """
    found = [problem for node in walk(tree) for problem in _problems(text, node, known)]
    return tuple(sorted(found, key=lambda problem: problem.position))


def _problems(text: str, node: Node, known: Known) -> Iterator[LogicInvalid]:
    if isinstance(node, Smart) and node.name.split("-")[0] not in SMART_FAMILIES:
        yield invalid(text, node.at, f"REDCap itself has no smart variable [{node.name}].", code="unknown-smart")
    if isinstance(node, Reference | Smart) and (problem := _event(text, node, known)):
        yield problem
    if isinstance(node, Reference) and (problem := _field(text, node, known)):
        yield problem


def _event(text: str, node: Reference | Smart, known: Known) -> LogicInvalid | None:
    if node.event is None or known.events is None or node.event in EVENTS or node.event in known.events:
        return None
    sentence = f"There is no event '{node.event}'.{nearest(node.event, known.events)}"
    return invalid(text, node.at + 1, sentence, code="unknown-event")


def _field(text: str, node: Reference, known: Known) -> LogicInvalid | None:
    at = text.lower().find(f"[{node.field}", node.at, node.end)
    at = node.at + 1 if at < 0 else at + 1
    if node.field not in known.fields:
        sentence = f"There is no field '{node.field}'.{nearest(node.field, known.fields)}"
        return invalid(text, at, sentence, code="unknown-field")
    codes = known.choices.get(node.field)
    if codes is None and node.code is not None:
        sentence = f"'{node.field}' is no checkbox: write [{node.field}] = '{node.code}'."
        return invalid(text, at, sentence, code="no-checkbox")
    if codes is not None and node.code is None:
        sentence = f"'{node.field}' is a checkbox and has no value as a whole: write [{node.field}(code)] = '1'."
        return invalid(text, at, sentence, code="checkbox-without-code")
    if codes is not None and node.code not in codes:
        sentence = f"'{node.field}' has no choice '{node.code}'.{nearest(node.code or '', codes)}"
        return invalid(text, at, sentence, code="unknown-choice")
    return None
