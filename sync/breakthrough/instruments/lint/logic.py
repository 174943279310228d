"""L: logic that cannot be read, functions that are not there, and spellings that mislead."""

from __future__ import annotations

import re
from collections.abc import Iterator

from breakthrough.errors import LogicInvalid
from breakthrough.instruments.lint.expressions import CALCULATION, Expression
from breakthrough.instruments.lint.finding import Finding, quoted
from breakthrough.instruments.lint.subject import Subject
from breakthrough.logic.signatures import MODULE_FUNCTIONS
from breakthrough.logic.tree import (
    Arithmetic,
    Call,
    Comparison,
    Junction,
    Node,
    Number,
    Reference,
    Signed,
    Text,
    Today,
)
from breakthrough.logic.values import plain_number

_UNITS = frozenset({"y", "M", "d", "h", "m", "s"})
_TEXTUAL = frozenset({"left", "right", "mid", "concat", "concat_ws", "upper", "lower", "trim", "replace_text"})
_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"", re.DOTALL)
_COMMENT = re.compile(r"^\s*(?://|#)[^\r\n]*", re.MULTILINE)
_SCRIPT = re.compile(r"\$\(|\bjQuery\b|\bdocument\.|\bwindow\.")


def findings(subject: Subject) -> Iterator[Finding]:
    """What is wrong with logic in itself, whatever it refers to."""
    for expression in subject.expressions:
        if expression.fault:
            yield _unread(expression, expression.fault)
        elif expression.tree:
            yield from _spellings(expression)
            yield from _calls(expression)
            yield from _comparisons(expression)
            if expression.what == CALCULATION:
                yield from _calculation(expression, expression.tree)


def _unread(expression: Expression, fault: LogicInvalid) -> Finding:
    word = _WORD.match(expression.text, fault.position)
    end = word.end() if word else fault.position + 1
    # A full stop ends the problem: what follows is advice.
    reason, _, advice = fault.reason.rstrip(".?").partition(". ")
    if expression.column == "field_annotation":
        code, remedy = "A008", advice or "Correct it there"
    elif _SCRIPT.search(expression.text):
        code, remedy = "L022", "Older versions ran it in the browser; write logic"
    elif fault.code == "unknown-function":
        module = word is not None and word[0].lower() in MODULE_FUNCTIONS
        code = "L003" if module else "L002"
        remedy = advice or "Use one of REDCap's functions"
    elif fault.code == "too-deep":
        code, remedy = "L021", advice
    else:
        code, remedy = "L001", advice or "Correct it there"
    return _finding(code, expression, f"{_fault(expression)}: {reason}", remedy, fault.position, end)


def _fault(expression: Expression) -> str:
    """What is wrong as people see it; the parser's own sentence says what it met, which may be much further on."""
    bare = _QUOTED.sub("", _COMMENT.sub("", expression.text))
    if "'" in bare or '"' in bare:
        return f"a quote in its {expression.what} is never closed"
    for opening, closing in ("()", "[]"):
        if bare.count(opening) != bare.count(closing):
            return f"the brackets {opening}{closing} in its {expression.what} do not match"
    return f"its {expression.what} cannot be read"


def _spellings(expression: Expression) -> Iterator[Finding]:
    for node in expression.nodes:
        if isinstance(node, Junction) and not {word.lower() for word in node.spelt} <= {"and", "or"}:
            problem = f"'{node.spelt[0]}' joins conditions in its {expression.what}, which REDCap's help does not know"
            yield _finding("L013", expression, problem, f"Write {node.word}", node.at)
        elif isinstance(node, Comparison) and node.spelt == "===":
            problem = f"'===' compares in its {expression.what}, which REDCap's help does not know"
            yield _finding("L013", expression, problem, "Write =", node.at, node.at + 3)
        elif isinstance(node, Arithmetic):
            yield from _powers(expression, node)


def _powers(expression: Expression, node: Arithmetic) -> Iterator[Finding]:
    text = expression.text
    for step in node.steps:
        if step.operator != "^":
            continue
        before, after = text[: step.at].rstrip(), text[step.at + 1 :].lstrip()
        if not (before.endswith(")") and after.startswith("(")):
            problem = f"^ in its {expression.what} stands without brackets, and REDCap may not calculate it"
            yield _finding("L014", expression, problem, "Write (base)^(exponent)", step.at)


def _calls(expression: Expression) -> Iterator[Finding]:
    for node in expression.nodes:
        if not (isinstance(node, Call) and node.name == "datediff"):
            continue
        unit = node.arguments[2]
        if isinstance(unit, Text) and unit.value not in _UNITS:
            problem = f"datediff in its {expression.what} knows no unit {quoted(unit.value)}, so the result is blank"
            remedy = "Write y, M (months), d, h, m (minutes) or s"
            yield _finding("L016", expression, problem, remedy, unit.at, unit.at + len(unit.value) + 2)


def _comparisons(expression: Expression) -> Iterator[Finding]:
    guarded = {node.field for node in _guards(expression)}
    for node in expression.nodes:
        if not isinstance(node, Comparison) or node.operator not in {"<", "<=", ">", ">="}:
            continue
        yield from _quoted_numbers(expression, node)
        smaller, other = (node.left, node.right) if node.operator in {"<", "<="} else (node.right, node.left)
        asked = isinstance(smaller, Reference) and smaller.code is None and smaller.field not in guarded
        if asked and isinstance(smaller, Reference) and _is_number(other):
            problem = (
                f"its {expression.what} asks whether [{smaller.field}] is less; what a blank gives is not documented"
            )
            remedy = f"Add: and [{smaller.field}] <> ''"
            yield _finding("L012", expression, problem, remedy, smaller.at, smaller.end)


def _quoted_numbers(expression: Expression, node: Comparison) -> Iterator[Finding]:
    for side in (node.left, node.right):
        if isinstance(side, Text) and plain_number(side.value) is not None:
            problem = f"its {expression.what} orders against the quoted number '{side.value}', to some versions a text"
            remedy = f"Write {side.value}, without quotes"
            yield _finding("L011", expression, problem, remedy, side.at, side.at + len(side.value) + 2)


def _guards(expression: Expression) -> Iterator[Reference]:
    """References that another comparison of the same logic makes sure are not blank, or asks whether they are."""
    for node in expression.nodes:
        if isinstance(node, Comparison):
            larger = node.left if node.operator in {">", ">=", "=", "<>"} else node.right
            for side in (larger, node.right if node.operator in {"=", "<>"} else larger):
                if isinstance(side, Reference):
                    yield side
        elif isinstance(node, Call) and node.name.startswith("isblank") and isinstance(node.arguments[0], Reference):
            yield node.arguments[0]


def _is_number(node: Node) -> bool:
    if isinstance(node, Signed):
        return _is_number(node.operand)
    return isinstance(node, Number) or (isinstance(node, Text) and plain_number(node.value) is not None)


def _calculation(expression: Expression, tree: Node) -> Iterator[Finding]:
    for node in _results(tree):
        if (isinstance(node, Text) and node.value.strip() and plain_number(node.value) is None) or (
            isinstance(node, Call) and node.name in _TEXTUAL
        ):
            problem = "its calculation can give text, and a calculated field stores numbers only"
            yield _finding("L015", expression, problem, "Use a text field with @CALCTEXT(…)", node.at)
            break
    for node in expression.nodes:
        word = node.word if isinstance(node, Today) else node.value if isinstance(node, Text) else ""
        if word in {"today", "now"}:
            problem = f"its calculation uses {word}, so its value changes whenever the form is saved"
            yield _finding(
                "L017",
                expression,
                problem,
                "Take a date field instead, unless that is meant",
                node.at,
                node.at + len(word),
            )
            break


def _results(tree: Node) -> Iterator[Node]:
    """The nodes that the value of the whole may come from: the branches of every if()."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Call) and node.name == "if":
            waiting += node.arguments[1:]
        else:
            yield node


def _finding(code: str, expression: Expression, problem: str, remedy: str, start: int, end: int = -1) -> Finding:
    last = len(expression.text)  # where something is missing at the end, the place is behind the last character
    span = expression.span(min(start, last), min(max(end, start + 1), last))
    return Finding(code, expression.field, problem, remedy, expression.column, span)
