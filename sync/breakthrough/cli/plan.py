"""`breakthrough plan`."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from breakthrough.cli.options import deployment, moment
from breakthrough.cli.progress import step
from breakthrough.errors import TokenMissing
from breakthrough.instruments import plan
from breakthrough.instruments.plan import Plan
from breakthrough.redcap.client import Client
from breakthrough.reporting.views.drift import Change
from breakthrough.settings import MAIN, secret
from breakthrough.worker import drift, planning
from breakthrough.worker.deployment import Deployment

CHANGES = 20  # the exit code where there is something to do
_MOST_LINES = 20


def codes(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """The codes of teams that were named, or click's usage error."""
    for code in given:
        if not planning.TEAM.fullmatch(code):
            raise click.BadParameter(
                f"'{code}' is no code of a team. Write letters and digits, such as T001.", context, option
            )
    return given


def of_a_project(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command `--project` and `--team`; it gets `name` and `teams`."""
    for option in (
        click.option(
            "--team",
            "teams",
            multiple=True,
            callback=codes,
            help="Record of a team that is to have a group, such as T001, besides those that have one. Repeatable.",
        ),
        click.option(
            "--project",
            "name",
            default=MAIN,
            show_default=True,
            help="Which REDCap project: a key of 'projects' in breakthrough.yaml, with a folder instruments/NAME.",
        ),
    ):
        command = option(command)
    return command


@click.command(short_help="Say what deploy would change in REDCap, step by step, and what it would cost.")
@of_a_project
@click.option("--json", "as_json", is_flag=True, help="For a program.")
@click.option("--markdown", is_flag=True, help="For a pull request.")
@click.option("--check", is_flag=True, help="Also say who worked on the project in REDCap since it was deployed.")
@deployment
@moment
@click.pass_context
def command(
    context: click.Context,
    here: Deployment,
    now: dt.datetime,
    name: str,
    teams: tuple[str, ...],
    *,
    as_json: bool,
    markdown: bool,
    check: bool,
) -> None:
    """Say what deploy would change in REDCap, step by step, and what it would cost. Nothing is changed.

    Every step is safe, to be reviewed, or loses data, with the evidence. Exits 0 when there is nothing to do, 20 when
    there is.

    \b
    Example:
      breakthrough plan
      breakthrough plan --markdown > plan.md
    """
    if as_json and markdown:
        raise click.UsageError("Name one of --json and --markdown.", context)
    planning.require_defined(here, name)
    client = reader(here, name)
    with step("Look at the project in REDCap"):
        if check:
            found = drift.find(here, client, name, now, teams)
            made, title, changes = found.plan, found.title, found.changes
        else:
            prospect = planning.look(here, client, name, here.today(now), teams)
            made, title, changes = prospect.plan, prospect.live.settings.get("project_title", ""), ()
    if as_json:
        said = {"project": name, "title": title, **plan.as_json(made)}
        click.echo(json.dumps(said | ({"changes": _as_data(changes)} if check else {}), indent=2, ensure_ascii=False))
    elif markdown:
        click.echo(plan.markdown(made, f"What would change in REDCap: {title}"), nl=False)
    else:
        click.echo(plan.words(made))
    if check and not as_json:
        for line in _told(made, changes):
            click.echo(line)
    if made.steps:
        sys.exit(CHANGES)


def reader(here: Deployment, name: str) -> Client:
    """A client that reads: with the deploy token where there is one, which sees more, else with the worker's.

    A deploy token that is there and wrong is an error, as whoever has it believes to see everything: TokenMissing.
    """
    known = here.settings.redcap_projects().get(name)
    if known and known.deploy_token:
        try:
            return here.client(name, deploying=True)
        except TokenMissing as absent:
            if not _absent(known.deploy_token, here):
                raise
            click.echo(f"Read with the worker's token, which sees less. {absent}", err=True)
    return here.client(name)


def _absent(reference: str, here: Deployment) -> bool:
    """Whether nothing is at that reference, rather than something that is no token or may not be read."""
    kind, _, place = reference.partition(":")
    if kind == "env":
        return not here.environment.get(place, "").strip()
    if kind in {"file", "cred"}:
        folder = here.folder if kind == "file" else Path(here.environment.get("CREDENTIALS_DIRECTORY") or os.devnull)
        return not os.path.lexists(folder / place)
    try:
        secret(reference, here.folder, here.environment)
    except TokenMissing:
        return True
    return False


def _told(made: Plan, changes: Sequence[Change] | None) -> Iterator[str]:
    if changes is None:
        yield "Who changed it is not known: the token's user has no right to the project's log."
    elif changes:
        yield "Who worked on the project since it was deployed, newest first:"
        yield from (f"  {one.at:%Y-%m-%d %H:%M}  {one.who}  {one.what}" for one in changes[:_MOST_LINES])
        if len(changes) > _MOST_LINES:
            yield f"  … and {len(changes) - _MOST_LINES} lines before"
    elif made.steps:
        yield "The project's log names no change since it was deployed."


def _as_data(changes: Sequence[Change] | None) -> list[dict[str, str]] | None:
    if changes is None:
        return None
    return [{"at": f"{one.at:%Y-%m-%dT%H:%M}", "who": one.who, "what": one.what} for one in changes]
