from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from tests.logic.backends import row_result

from breakthrough.logic import SIGNATURES, parse

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "logic.md").read_text(encoding="utf-8")


def rows() -> Iterator[list[str]]:
    for line in PAGE.splitlines():
        if line.startswith("|") and not line.startswith(("|---", "| #", "| function |")):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def test_every_rule_is_marked_as_evidenced_or_assumed() -> None:
    marks = [row[-1] for row in rows()]
    assert len(marks) > 60
    assert [mark for mark in marks if not re.match(r"evidenced(:| )|assumed|ours", mark)] == []


def test_every_source_that_is_named_is_explained() -> None:
    explained = set(re.findall(r"\*\*(\w+)\*\*", PAGE))
    named = {
        word for row in rows() for word in re.findall(r"\b(RS|BG|IU|RR|PC|KB|FAQ|RDCRN|CCHMC|CCTS|TX|wild)\b", row[-1])
    }
    assert named <= explained


def test_every_function_is_in_the_table() -> None:
    first = " ".join(row[0] for row in rows())
    assert [name for name in SIGNATURES if f"`{name}`" not in first and f"`{name}(" not in first] == []


@pytest.mark.parametrize(
    ("rule", "expression", "values", "result"),
    [
        ("C1", "[x] = '2.70'", {"x": "2.7"}, "1"),
        ("C6", "[x] < 5", {"x": ""}, "0"),
        ("C8", "[x] > 5", {"x": "abc"}, "0"),
        ("O7", "-2^(2)", {}, "4"),
        ("O8", "(0)^(0)", {}, "1"),
        ("R5", "[f][1]", {"f": "x"}, "x"),
        ("round", "round(1.005, 2)", {}, "1.01"),
        ("log", "log(1000, 10)", {}, "3"),
    ],
)
def test_an_assumption_that_is_written_down_is_the_one_in_force(
    rule: str, expression: str, values: dict[str, str], result: str
) -> None:
    assert rule in PAGE
    assert row_result(parse(expression), values) == result


def test_the_example_of_the_page_runs_and_gives_what_its_comments_say() -> None:
    example = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    lines = [line for line in example[1].splitlines() if line]
    names: dict[str, object] = {"export": pd.DataFrame([{"age": "19", "seen": "2026-03-01"}])}
    shown = []
    for line in lines:
        if re.match(r"(from|\w+ =)", line):
            exec(line, names)  # noqa: S102 - our own page
        else:
            shown.append(eval(line, names))  # noqa: S307
    fields, problems, cautious, held, rows_held, compiled = shown
    assert fields == {"age", "seen"}
    assert "There is no field 'seen'. Did you mean 'sen'?" in str(problems)
    assert cautious == ()
    assert held is True
    assert rows_held.tolist() == [True]
    assert str(compiled).startswith("(c, r) => ")
