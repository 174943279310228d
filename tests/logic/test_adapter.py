from __future__ import annotations

from typing import Any

import pytest
from tests.logic.backends import examples, expected
from tests.reference import logic_adapter

from breakthrough.logic import LogicInvalid


@pytest.mark.parametrize("example", examples())
def test_the_adapter_answers_an_example(example: dict[str, Any]) -> None:
    assert logic_adapter.evaluate(example["expression"], example["values"]) == expected(example)


def test_the_adapter_answers_true_and_false_as_1_and_0_and_blank_as_nothing() -> None:
    assert logic_adapter.evaluate("[age] >= 18", {"age": "18"}) == "1"
    assert logic_adapter.evaluate("[age] >= 18", {"age": "17"}) == "0"
    assert logic_adapter.evaluate("[age] + 1", {"age": ""}) == ""


def test_the_adapter_knows_the_time_without_being_told() -> None:
    assert logic_adapter.evaluate("datediff('now', 'now', 's')", {}) == "0"
    assert int(logic_adapter.evaluate("year('today')", {})) >= 2026


def test_an_expression_that_redcap_refuses_raises_our_error() -> None:
    with pytest.raises(LogicInvalid, match="single '='"):
        logic_adapter.evaluate("[age] == 18", {"age": "18"})
