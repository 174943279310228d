"""`breakthrough lint` as it is run: what it prints, where, and its exit code."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from tests.lint.planted import ID, shown, text

from breakthrough.cli.lint import command
from breakthrough.content import shipped
from breakthrough.instruments import dictionary
from breakthrough.instruments.lint import looks


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    dictionary.write(tmp_path / "clean.csv", [ID, text("x")])
    dictionary.write(tmp_path / "warned.csv", [ID, text("x" * 27)])
    dictionary.write(tmp_path / "bad.csv", [ID, text("x", field_label="a\nb"), shown("y", "[x] = 1 and\n[xx] = 2")])
    (tmp_path / "none.csv").write_bytes(b"\x00\xff")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["clean.csv"], 0),
        (["warned.csv"], 0),
        (["bad.csv"], 1),
        (["clean.csv", "bad.csv"], 1),
        (["none.csv"], 2),
        (["absent.csv"], 2),
        (["bad.csv", "none.csv"], 2),
        (["."], 2),
        ([], 2),
        (["--format", "html", "clean.csv"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
@pytest.mark.usefixtures("folder")
def test_exit_codes(arguments: list[str], code: int) -> None:
    result = run(*arguments)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output


@pytest.mark.usefixtures("folder")
def test_text_tells_file_row_field_column_the_place_and_the_remedy() -> None:
    result = run("bad.csv")
    assert result.stdout == (
        "bad.csv, row 4, field y, column L (Branching Logic (Show field only if...)): error L004: "
        "its branching logic refers to [xx], which is not there.\n"
        "    | [xx] = 2\n"
        "    | ^^^^\n"
        "    Name a field of this project.\n"
    )
    assert result.stderr == "1 error, 0 warnings, 0 notes in 3 fields of 1 dictionary.\n"


@pytest.mark.usefixtures("folder")
def test_a_clean_file_prints_nothing_but_the_count() -> None:
    result = run("clean.csv")
    assert result.stdout == ""
    assert result.stderr == "0 errors, 0 warnings, 0 notes in 2 fields of 1 dictionary.\n"


@pytest.mark.usefixtures("folder")
def test_json_holds_every_fact_of_a_finding() -> None:
    result = run("--format", "json", "clean.csv", "bad.csv")
    told: dict[str, Any] = json.loads(result.stdout)
    assert [one["path"] for one in told["files"]] == ["clean.csv", "bad.csv"]
    assert told["counts"] == {"error": 1, "warning": 0, "note": 0, "accepted": 0}
    assert told["files"][1]["findings"] == [
        {
            "code": "L004",
            "severity": "error",
            "title": "a field that is not there",
            "file": "bad.csv",
            "row": 4,
            "line": 5,
            "field": "y",
            "form": "a",
            "column": "branching_logic",
            "header": "Branching Logic (Show field only if...)",
            "letter": "L",
            "excerpt": {"text": "[xx] = 2", "line": 2, "column": 1, "start": 0, "length": 4},
            "problem": "its branching logic refers to [xx], which is not there",
            "remedy": "Name a field of this project",
        }
    ]


@pytest.mark.usefixtures("folder")
def test_json_stays_json_when_there_is_nothing_to_tell_or_to_read() -> None:
    assert json.loads(run("--format", "json", "clean.csv").stdout)["files"][0]["findings"] == []
    assert json.loads(run("--format", "json", "none.csv").stdout)["files"] == []


@pytest.mark.usefixtures("folder")
def test_github_annotations_stand_at_the_line_of_the_text_file() -> None:
    result = run("--format", "github", "bad.csv")
    assert result.stdout == (
        "::error file=bad.csv,line=5,title=L004 a field that is not there::"
        "Field y: its branching logic refers to [xx], which is not there. Name a field of this project.\n"
    )


def test_nothing_in_a_dictionary_can_begin_a_workflow_command_or_steer_a_terminal(folder: Path) -> None:
    hostile = "x\r\n::add-mask::y%0A::stop-commands::\x1b[2J\u202e"
    fields = [ID, text(hostile), text("y", field_type=hostile), shown("z", f"[{hostile}] = 1")]
    dictionary.write(folder / "hostile.csv", fields)
    told = run("--format", "github", "hostile.csv").stdout
    assert len(told.splitlines()) == len(
        re.findall(r"^::(?:error|warning|notice) file=hostile.csv,", told, re.MULTILINE)
    )
    for result in (told, run("hostile.csv").stdout):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", result)
        assert not re.search(r"^\s*::(?:add-mask|stop)", result, re.MULTILINE)


@pytest.mark.usefixtures("folder")
def test_least_leaves_lesser_findings_out_and_the_exit_code_as_it_is() -> None:
    assert "N004" in run("--least", "warning", "warned.csv").stdout
    assert run("--least", "error", "warned.csv").stdout == ""
    assert run("--least", "error", "bad.csv").exit_code == 1


def test_an_accepted_error_is_no_error(folder: Path) -> None:
    entry = "accepted:\n  - {code: L004, field: y, reason: another project has it}\n"
    (folder / "lint-accepted.yaml").write_text(entry, encoding="utf-8")
    result = run("--format", "json", "bad.csv")
    assert result.exit_code == 0
    (accepted,) = json.loads(result.stdout)["files"][0]["accepted"]
    assert (accepted["code"], accepted["reason"]) == ("L004", "another project has it")
    assert "1 accepted" in run("bad.csv").stderr


def test_a_broken_list_of_accepted_findings_is_unreadable(folder: Path) -> None:
    (folder / "lint-accepted.yaml").write_text("accepted: 5", encoding="utf-8")
    result = run("clean.csv")
    assert result.exit_code == 2
    assert "lint-accepted.yaml" in result.stderr


@pytest.mark.usefixtures("folder")
def test_a_fault_of_lints_own_is_told_as_one_and_other_files_are_still_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = looks.at

    def failing(path: Path, *, instrument: bool = False) -> tuple[looks.Look, ...]:
        if path.name == "clean.csv":
            raise ZeroDivisionError("secret")
        return real(path, instrument=instrument)

    monkeypatch.setattr(looks, "at", failing)
    result = run("clean.csv", "bad.csv")
    assert result.exit_code == 2
    assert "L004" in result.stdout
    assert "clean.csv: lint itself failed on this file (ZeroDivisionError)" in result.stderr
    assert "secret" not in result.output


def test_the_shipped_instruments_are_clean_from_the_command_line() -> None:
    result = run(str(shipped() / "instruments"))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("0 errors, 0 warnings, 0 notes in ")


def test_a_reader_that_has_seen_enough_changes_neither_the_exit_code_nor_prints_a_traceback(folder: Path) -> None:
    dictionary.write(folder / "long.csv", [ID, *(text(f"{number}x") for number in range(3000))])
    code = "import sys; from breakthrough.cli import main; sys.argv[1:] = ['lint', 'long.csv']; main()"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    assert process.stderr
    process.stdout.read(10)
    process.stdout.close()
    told = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) == 1
    assert told == b"3,000 errors, 0 warnings, 0 notes in 3,001 fields of 1 dictionary.\n"


def test_the_command_is_listed_with_a_runnable_example() -> None:
    told = click.Context(command, info_name="lint").get_help()
    assert "breakthrough lint instruments" in told
    assert "Exit 0: no errors; 1: errors; 2: not readable" in " ".join(told.split())
