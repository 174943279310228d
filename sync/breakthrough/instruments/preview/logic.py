"""The logic of a form in JavaScript: what each field's own cells and tags ask, compiled once, called by the page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from breakthrough.errors import LogicInvalid
from breakthrough.instruments.field import Field
from breakthrough.instruments.text import tags
from breakthrough.logic.javascript import compiled
from breakthrough.logic.parse import parse

_CALCULATED = ("@CALCTEXT", "@CALCDATE")


def branching(field: Field) -> str:
    """The field's branching logic; blank where there is none."""
    return field.branching_logic.strip()


def calculation(field: Field) -> str:
    """What the field works out: the equation of a calc field, or @CALCTEXT(…) or @CALCDATE(…) of a text field."""
    if field.field_type == "calc":
        return field.select_choices_or_calculations.strip()
    for tag in tags.found(field.field_annotation):
        if tag.name in _CALCULATED and not tag.problem:
            return f"{tag.name}({tag.argument})"
    return ""


def logic_of(field: Field) -> Iterator[str]:
    """Every piece of logic that the page runs for the field."""
    yield from filter(None, (branching(field), calculation(field)))


def script(fields: Iterable[Field]) -> str:
    """JavaScript that defines `formLogic`: for each field that has any, `shown` and `worked` as compiled functions.

    What is no sound logic is left out: such a field is shown, and says that its logic cannot be read.
    """
    shown: list[str] = []
    worked: list[str] = []
    unread: list[str] = []
    for field in fields:
        for source, kept in ((branching(field), shown), (calculation(field), worked)):
            try:
                if source:
                    kept.append(f"{_safe(json.dumps(field.field_name))}: {compiled(parse(source))}")
            except LogicInvalid:
                unread.append(field.field_name)
    return (
        f'"use strict";\nconst formLogic = {{\nshown: {{\n{_lines(shown)}}},\nworked: {{\n{_lines(worked)}}},\n'
        f"unread: {_safe(json.dumps(sorted(set(unread))))},\n}};\n"
    )


def _lines(entries: list[str]) -> str:
    return "".join(f"{entry},\n" for entry in entries)


def _safe(text: str) -> str:
    return text.replace("<", "\\u003c")
