"""Text to tree. Nothing but a tree or LogicInvalid comes out, whatever the text."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import cast

from lark import Lark
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from breakthrough.logic.builder import Builder
from breakthrough.logic.problems import Misread, invalid, unexpected
from breakthrough.logic.tree import Node, depth

DEEPEST = 200  # levels; lookup tables of nested if() reach about 80 in the wild


def parse(text: str) -> Node:
    """The tree of a branching logic, calculation, filter, @CALCTEXT(…) or @CALCDATE(…).

    Raises LogicInvalid, which points at the character. That fields and events exist is `unknown`'s question.
    """
    try:
        tree = cast("Node", _parser().parse(text))  # the builder's, in place of Lark's own
    except Misread as misread:
        raise invalid(text, misread.at, misread.sentence, code=misread.code) from None
    except UnexpectedInput as surprise:
        raise unexpected(text, _place(surprise, text), _terminals(surprise)) from None
    if depth(tree) > DEEPEST:
        raise invalid(text, 0, f"This logic is nested more than {DEEPEST} levels deep. Split it up.", code="too-deep")
    return tree


@cache  # built once a process, at the first text: reading the grammar takes some 30 ms
def _parser() -> Lark:
    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="contextual", transformer=Builder(), maybe_placeholders=False)


def _place(surprise: UnexpectedInput, text: str) -> int:
    if isinstance(surprise, UnexpectedToken) and surprise.token.type == "$END":
        return len(text.rstrip())
    return len(text) if surprise.pos_in_stream is None else surprise.pos_in_stream


def _terminals(surprise: UnexpectedInput) -> set[str]:
    if isinstance(surprise, UnexpectedToken):
        return set(surprise.accepts or surprise.expected)
    if isinstance(surprise, UnexpectedCharacters):
        return set(surprise.allowed or ())
    return set(surprise.expected) if isinstance(surprise, UnexpectedEOF) else set()
