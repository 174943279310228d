"""The catalogue holds everything that reports say, and nothing that people type can enter it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tests.house import wording

_FUNCTIONS = {"say": 1, "message": 1, "says": 2, "worded": 2, "say_as": 2, "message_as": 2}


def test_the_catalogue_is_the_one_that_code_and_templates_make() -> None:
    stands = wording.TEMPLATE.read_text(encoding="utf-8")
    assert stands == wording.written(), "reports/wording/messages.pot is stale. Run: make wording"


def test_it_is_the_same_whenever_it_is_made() -> None:
    assert wording.written() == wording.written()
    assert "POT-Creation-Date" not in wording.written()


@pytest.mark.parametrize("room", wording.ROOMS)
def test_no_message_is_put_together(root: Path, room: str) -> None:
    """A message is a literal, or stands in a table of marked ones: text that people typed is never one."""
    for path in sorted((root / "sync" / "breakthrough" / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
                for text in node.args[: _FUNCTIONS[node.func.id]]:
                    made = isinstance(text, ast.JoinedStr | ast.BinOp | ast.Call)
                    assert not made, f"{path.relative_to(root)}, line {node.lineno}: the message is put together"


@pytest.mark.parametrize("room", wording.ROOMS)
def test_no_message_hides_within_another_string(root: Path, room: str) -> None:
    """What is said within an f-string is not found when the catalogue is drawn."""
    for path in sorted((root / "sync" / "breakthrough" / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                said = [
                    one
                    for one in ast.walk(node)
                    if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id in _FUNCTIONS
                ]
                found = [one for one in said if isinstance(one.args[0], ast.Constant)]
                assert not found, f"{path.relative_to(root)}, line {node.lineno}: name it before"
