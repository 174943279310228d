"""`breakthrough lint`."""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args

import click

from breakthrough.errors import BreakthroughError
from breakthrough.instruments.lint import SEVERITIES, Finding, looks, rendering
from breakthrough.instruments.lint.codes import Severity
from breakthrough.instruments.lint.looks import Look

Format = Literal["text", "json", "github"]
UNREADABLE = 2
_FAULT = (
    "{path}: lint itself failed on this file ({kind}), which is a fault of breakthrough's and not of the file. "
    "Please report it with the file, or with a part of it that shows the fault."
)


@click.command(short_help="Say what is wrong with a data dictionary, instrument ZIP or project XML.")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--instrument", is_flag=True, help="The file is one instrument; its logic may name fields of others.")
@click.option(
    "--format", "form", type=click.Choice(get_args(Format)), default="text", show_default=True, help="How to tell it."
)
@click.option(
    "--least",
    type=click.Choice(SEVERITIES),
    default="note",
    show_default=True,
    help="Tell findings of this severity and above.",
)
def command(paths: tuple[Path, ...], form: Format, least: Severity, *, instrument: bool) -> None:
    """Say what is wrong with a data dictionary (CSV), an instrument ZIP, a project XML, or a folder with project.yaml.

    Errors are what REDCap refuses or what breaks at run time. What was looked at and accepted goes, with its reason,
    into lint-accepted.yaml beside the file. Exit 0: no errors; 1: errors; 2: not readable as a dictionary.

    \b
    Example:
      breakthrough lint instruments
    """
    found, problems = _looks(paths, instrument=instrument)
    shown = [replace(look, findings=_least(look, least)) for look in found]
    if form == "json":
        _say(rendering.as_json(shown, Path.cwd()))
    elif any(look.findings for look in shown):
        _say(rendering.text(shown, Path.cwd()) if form == "text" else rendering.github(shown, Path.cwd()))
    for problem in problems:
        click.echo(f"Error: {problem}", err=True)
    if found:
        click.echo(_summary(found), err=True)
    sys.exit(UNREADABLE if problems else int(any(look.errors for look in found)))


def _looks(paths: tuple[Path, ...], *, instrument: bool) -> tuple[tuple[Look, ...], list[str]]:
    """What was found, and a sentence for each path that could not be read."""
    found: list[Look] = []
    problems: list[str] = []
    for path in paths:
        try:
            found += looks.at(path, instrument=instrument)
        except BreakthroughError as refused:
            problems.append(str(refused))
        except Exception as fault:  # noqa: BLE001 - whatever is in a file, other files are still looked at
            problems.append(_FAULT.format(path=path, kind=type(fault).__name__))
    try:
        return looks.silenced(found), problems
    except BreakthroughError as refused:
        return tuple(found), [*problems, str(refused)]


def _least(look: Look, least: Severity) -> tuple[Finding, ...]:
    wanted = SEVERITIES[: SEVERITIES.index(least) + 1]
    return tuple(finding for finding in look.findings if finding.severity in wanted)


def _say(text: str) -> None:
    """To the standard output, whatever letters it can show, and however soon its reader has had enough."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        click.echo(text.encode(encoding, "replace").decode(encoding))
    except BrokenPipeError:  # the exit code still tells what was found
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _summary(found: tuple[Look, ...]) -> str:
    counts = Counter(finding.severity for look in found for finding in look.findings)
    told = ", ".join(_many(counts[severity], severity) for severity in SEVERITIES)
    accepted = sum(len(look.accepted) for look in found)
    fields = sum(look.fields for look in found)
    files = sum(look.mode != "accepted" for look in found)
    tail = f"; {accepted} accepted" if accepted else ""
    return f"{told} in {_many(fields, 'field')} of {_many(files, 'dictionary')}{tail}."


def _many(number: int, what: str) -> str:
    plural = what.removesuffix("y") + "ies" if what.endswith("y") else f"{what}s"
    return f"{number:,} {what if number == 1 else plural}"
