from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.logic.backends import SERVE, JavaScript

from breakthrough.logic import javascript


@pytest.fixture(scope="session")
def node() -> Iterator[JavaScript]:
    found = shutil.which("node")
    if not found:
        pytest.skip("THE JAVASCRIPT BACKEND WAS NOT RUN: there is no node on this computer. Install Node.js to run it.")
    runtime = str(Path(javascript.__file__).with_name("runtime.js"))
    with subprocess.Popen(
        [found, "-e", SERVE, runtime],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        yield JavaScript(process)
        assert process.stdin is not None
        process.stdin.close()
