"""Whatever the text, there comes a tree or LogicInvalid; whatever the tree, there comes a result."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.logic.backends import JavaScript

from breakthrough.logic import (
    Known,
    LogicInvalid,
    Node,
    Record,
    Setting,
    cautions,
    frame,
    javascript,
    parse,
    references,
    row,
    unknown,
)

SETTING = Setting.at(datetime(2026, 3, 10), frozenset({"UNK"}))  # noqa: DTZ001
PIECES = st.sampled_from(
    [
        *("[", "]", "(", ")", ",", "'", '"', ".", ":", "\\", "\n", "\r", "\t", "\x00", "\u00a0", "é", "🙂", "²"),
        *("=", "==", "<>", "<", ">=", "+", "-", "*", "/", "^", "//", "#", "and", "or", "not", "&&", "||"),
        *("a", "age", "1", "2.5", ".5", "1e9", "'d'", "''", "'x'", "today", "true", "@CALCTEXT(", "@CALCDATE(", "@IF("),
        *("[age]", "[a(1)]", "[a][2]", "[e_arm_1][a]", "[user-name]", "if(", "sum(", "round(", "datediff("),
        *("[", "]", "(", ")", ",", "and", "or", "=", "[age]", "1", "'x'"),  # again, so that more of it is logic
    ]
)
SOUP = st.lists(PIECES, max_size=25).map("".join) | st.lists(PIECES, max_size=25).map(" ".join)
QUICK = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def parsed(text: str) -> Node | LogicInvalid:
    try:
        return parse(text)
    except LogicInvalid as error:
        return error


def survives(text: str) -> bool:
    """Whether the text is logic. Everything that can be asked of it is asked."""
    found = parsed(text)
    if isinstance(found, LogicInvalid):
        assert 0 <= found.position <= len(text)
        assert found.excerpt.splitlines()[1].index("^") == 4 + min(found.column - 1, 50)
        return False
    tree = found
    references(tree)
    cautions(text, tree)
    unknown(text, tree, Known(["age"], {"a": ["1"]}, ["e_arm_1"]))
    javascript.compiled(tree)
    values = {"age": "30", "a(1)": "1"}
    assert frame.results(tree, pd.DataFrame([values]), SETTING).tolist() == [row.result(tree, Record(values), SETTING)]
    return True


@QUICK
@given(st.text(max_size=200))
def test_any_text_is_logic_or_refused(text: str) -> None:
    survives(text)


@QUICK
@given(SOUP)
def test_any_heap_of_pieces_is_logic_or_refused(text: str) -> None:
    survives(text)


@QUICK
@given(st.binary(max_size=200))
def test_any_bytes_read_as_text_are_logic_or_refused(raw: bytes) -> None:
    survives(raw.decode("utf-8", "surrogateescape"))
    survives(raw.decode("cp1252", "replace"))


@pytest.mark.parametrize("text", ["[" * 20_000, "(" * 20_000, "'" * 9_999, "if(" * 5_000, "1+" * 20_000, "\x00" * 99])
def test_endless_repetition_is_refused_quickly(text: str) -> None:
    assert not survives(text)


@pytest.mark.parametrize(
    "text",
    ["if([age]=1,2," * 190 + "0" + ")" * 190, "abs(" * 195 + "1" + ")" * 195, "(not (" * 190 + "1" + "))" * 190],
)
def test_the_deepest_logic_that_is_taken_is_worked_out_by_all(text: str, node: JavaScript) -> None:
    assert survives(text)
    assert node.results(parse(text), [{"age": "30"}]) == [row.result(parse(text), Record({"age": "30"}), SETTING)]


def test_long_chains_are_worked_out_by_all(node: JavaScript) -> None:
    text = " + ".join(["[a]"] * 3000)
    assert row.result(parse(text), Record({"a": "2"}), SETTING) == "6000"
    assert frame.results(parse(text), {"a": ["2"]}, SETTING).tolist() == ["6000"]
    assert node.results(parse(text), [{"a": "2"}]) == ["6000"]
