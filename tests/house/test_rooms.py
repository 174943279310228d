from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakthrough import errors
from breakthrough.cli import _COMMANDS, group


def test_a_room_imports_only_from_lower_rooms(root: Path) -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", list(_COMMANDS))
def test_every_command_has_help_with_an_example(name: str) -> None:
    shown = CliRunner().invoke(group, [name, "--help"])
    assert shown.exit_code == 0, shown.output
    assert f"breakthrough {name}" in shown.output.split("Usage:")[1].split("\n", 1)[1], "no example to copy"


def test_every_error_has_an_exit_code_of_its_own() -> None:
    found = [
        one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.BreakthroughError)
    ]
    codes = [one.exit_code for one in found if one not in {errors.BreakthroughError, errors.TryAgain}]
    assert len(set(codes)) == len(codes)
    assert all(30 <= code < 100 for code in codes)


def test_the_hierarchy_drawn_at_the_top_of_errors_is_the_one_in_force() -> None:
    drawn = errors.__doc__ or ""
    for name, one in vars(errors).items():
        if isinstance(one, type) and issubclass(one, errors.BreakthroughError) and one is not errors.TryAgain:
            assert name in drawn, f"{name} is not in the drawing"
            star = f"{name}*" in drawn
            assert star == issubclass(one, errors.TryAgain), f"the star of {name} is wrong"
