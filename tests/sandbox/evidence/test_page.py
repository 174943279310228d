"""The page about the sandbox's behaviour, and these tests: each number is in both."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__)
PAGE = HERE.parents[3] / "docs" / "sandbox-behaviour.md"


def cited() -> set[str]:
    """The numbers in the tests' comments."""
    texts = [path.read_text(encoding="utf-8") for path in HERE.parent.glob("test_*.py") if path != HERE]
    return {number for text in texts for number in re.findall(r"^\s*# ([A-Z]\d+)\b", text, re.MULTILINE)}


def rows() -> list[list[str]]:
    """The rows of the page's tables: number, behaviour, source."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines if line.startswith("| ") and "| # |" not in line]
    return [[cell.strip() for cell in row] for row in cells]


def test_every_number_of_the_page_is_tested_and_every_test_is_on_the_page() -> None:
    numbers = [row[0] for row in rows() if row[0] != "–"]
    assert len(numbers) == len(set(numbers))
    assert set(numbers) == cited()


def test_every_behaviour_has_a_source_or_is_called_assumed() -> None:
    unsure = [row for row in rows() if len(row) != 3 or not row[1] or not row[2]]
    assert unsure == []
    assert all("**assumed**" in row[2] for row in rows() if row[0] == "–" and "[" not in row[2])
