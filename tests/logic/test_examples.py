"""All recorded examples of REDCap's logic, in each of the three backends."""

from __future__ import annotations

from typing import Any

import pytest
from tests.logic.backends import JavaScript, examples, expected, frame_result, row_result

from breakthrough.logic import parse


@pytest.mark.parametrize("example", examples())
def test_an_example_holds_for_one_row(example: dict[str, Any]) -> None:
    assert row_result(parse(example["expression"]), example["values"]) == expected(example)


@pytest.mark.parametrize("example", examples())
def test_an_example_holds_for_a_frame(example: dict[str, Any]) -> None:
    assert frame_result(parse(example["expression"]), example["values"]) == expected(example)


@pytest.mark.parametrize("example", examples())
def test_an_example_holds_in_javascript(example: dict[str, Any], node: JavaScript) -> None:
    assert node.results(parse(example["expression"]), [example["values"]]) == [expected(example)]
