"""`breakthrough check`."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from breakthrough.cli.options import MomentType, folder_option, running
from breakthrough.cli.progress import step
from breakthrough.english import many
from breakthrough.worker import checks
from breakthrough.worker.checks import CHECKS, Finding, Level

_WORDS: dict[Level, str] = {"good": "ok", "advice": "advice", "wrong": "WRONG", "unknown": "unknown"}
_COLOURS: dict[Level, str] = {"good": "blue", "advice": "yellow", "wrong": "magenta", "unknown": "cyan"}
_WIDE = 100


@click.command(short_help="Say what is wrong with settings, tokens, store, mail and more, and what to do.")
@click.option("--only", multiple=True, type=click.Choice(tuple(CHECKS)), help="Just this subject. Repeatable.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option(
    "--now",
    type=MomentType(),
    envvar="BREAKTHROUGH_NOW",
    help="Take it to be this moment, for rehearsals; in the collaborative's time zone (env: BREAKTHROUGH_NOW).",
)
@folder_option
def command(home: Path, now: dt.datetime | None, only: tuple[str, ...], *, as_json: bool) -> None:
    """Look at everything that this deployment rests on, and say what is wrong with it and what to do.

    Nothing is changed and no mail is sent. It asks REDCap what the token may do, and the mail server whether it takes
    the sender. Exit 0 where nothing is wrong, 1 where something is. No token, address or value is shown.

    \b
    Example:
      breakthrough check
    """
    found: list[Finding] = []
    for subject, some in _found(home, now, only):
        found += some
        if not as_json:
            _show(subject, some)
    wrong = sum(one.level == "wrong" for one in found)
    if as_json:
        click.echo(json.dumps({"wrong": wrong, "findings": [asdict(one) for one in found]}, indent=1))
    else:
        advice = sum(one.level == "advice" for one in found)
        click.echo(f"\n{many(wrong, 'thing')} wrong, {many(advice, 'piece')} of advice.")
    if wrong:
        sys.exit(1)


def _found(folder: Path, now: dt.datetime | None, only: Sequence[str]) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    here, broken = checks.opened(folder, os.environ)
    if here is None:
        yield "settings", broken
        return
    moment = now or dt.datetime.now(dt.UTC)
    clock = running(moment if moment.tzinfo else moment.replace(tzinfo=here.collaborative.zone))
    with step("Check", len(only) or len(CHECKS)) as advance:
        for subject, found in checks.each(here, clock, only):
            advance(1)
            yield subject, found


def _show(subject: str, found: Sequence[Finding]) -> None:
    click.echo(f"\n{click.style(subject, bold=True)}")
    for one in found:
        word = click.style(f"{_WORDS[one.level]:<8}", fg=_COLOURS[one.level], bold=one.level == "wrong")
        click.echo(f"  {word}{_wrapped(one.said)}")
        if one.remedy:
            click.echo(f"          → {_wrapped(one.remedy, 12)}")


def _wrapped(told: str, indent: int = 10) -> str:
    """The text in lines that fit, without its first line's indent; a path or an address is never broken."""
    lines = [
        line
        for part in told.splitlines()
        for line in textwrap.wrap(part, _WIDE - indent, break_long_words=False, break_on_hyphens=False) or [""]
    ]
    return f"\n{' ' * indent}".join(lines)
