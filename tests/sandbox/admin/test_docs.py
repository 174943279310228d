"""docs/sandbox.md: its examples run as they stand, and its tables leave nothing out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from redcap_sandbox import Sandbox, serve
from redcap_sandbox.__main__ import serve_command
from redcap_sandbox.client import Administrator

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs" / "sandbox.md").read_text("utf-8")

needs_shell = pytest.mark.skipif(
    not all(map(shutil.which, ("bash", "curl", "openssl"))), reason="the examples call bash, curl and openssl"
)


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.+?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def run(*command: str, **environment: str) -> str:
    done = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@dataclass(frozen=True)
class Session:
    """A reader at work: the server he has started, and the tokens in his shell."""

    sandbox: Sandbox
    token: str

    def here(self, example: str) -> str:
        """The example with the address of this server."""
        return example.replace("http://127.0.0.1:8080/", self.sandbox.url.removesuffix("api/"))

    def shell(self, script: str) -> str:
        return run(
            "bash", "-eo", "pipefail", "-c", self.here(script), REDCAP_SANDBOX_SUPER_TOKEN=self.sandbox.super_token
        )


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    start, first, _ = examples("bash")
    export = start.splitlines()[0]
    super_token = run("bash", "-c", f'{export}; printf %s "$REDCAP_SANDBOX_SUPER_TOKEN"')
    with serve(tmp_path_factory.mktemp("data"), super_token) as sandbox:
        token = Session(sandbox, "").shell(f'{first}\nprintf %s "$TOKEN"')[-32:]
        yield Session(sandbox, token)


@needs_shell
def test_curl_makes_a_project_and_fills_it(session: Session) -> None:
    _, first, _ = examples("bash")
    told = session.shell(first)
    assert told == '2{"count":1}record_id,weight,visit_complete\n1,70,0\n'


@needs_shell
def test_pycap_imports_and_exports(session: Session) -> None:
    script, _ = examples("python")
    assert run(sys.executable, "-c", session.here(script), TOKEN=session.token) == (
        "[{'record_id': '1', 'weight': '70', 'visit_complete': '0'}, "
        "{'record_id': '2', 'weight': '81', 'visit_complete': '0'}]\n"
    )


def test_the_tests_pass(tmp_path: Path) -> None:
    _, script = examples("python")
    (tmp_path / "test_example.py").write_text(script, "utf-8")
    path = os.pathsep.join(str(ROOT / folder) for folder in ("sync", "sandbox"))
    told = run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path), PYTHONPATH=path)
    assert "1 passed" in told


@needs_shell
def test_curl_moves_the_clock(session: Session) -> None:
    *_, last = examples("bash")
    assert session.shell(last) == '{"now":"2026-02-27 10:00:00"}'


def test_the_start_and_every_option_are_the_commands_own() -> None:
    options = {option for parameter in serve_command.params for option in parameter.opts}
    told = set(re.findall(r"^\| `(--[a-z-]+)", TEXT, re.MULTILINE))
    assert told == options
    start, *_ = examples("bash")
    command = start.splitlines()[1].split()
    assert command[:2] == ["redcap-sandbox", "serve"]
    assert set(command[2::2]) <= options


def test_every_action_has_its_place_in_the_table() -> None:
    methods = {name for name in vars(Administrator) if not name.startswith("_")} - {"call"}
    table = TEXT.partition("## What people do")[2].partition("Methods that take")[0]
    told = {
        name for row in re.findall(r"^\| (`.+?`) \|", table, re.MULTILINE) for name in re.findall(r"`([a-z_]+)`", row)
    }
    assert told == methods


def test_every_page_that_it_names_is_there() -> None:
    pages = re.findall(r"\]\(([^)]+)\)", TEXT)
    assert pages
    assert [page for page in pages if not (ROOT / "docs" / page).is_file()] == []
