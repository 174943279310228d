"""`breakthrough deploy`."""

from __future__ import annotations

import re

import click

from breakthrough.cli.options import deployment
from breakthrough.cli.progress import step
from breakthrough.english import many
from breakthrough.redcap.deploy import deploy
from breakthrough.worker.deployment import Deployment

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,99}")  # what REDCap keeps as it is in a record's and a group's name


def _codes(context: click.Context, option: click.Parameter, codes: tuple[str, ...]) -> tuple[str, ...]:
    for code in codes:
        if not _CODE.fullmatch(code):
            raise click.BadParameter(
                f"'{code}' is no code of a team. Write letters and digits, such as T001.", context, option
            )
    return codes


@click.command(short_help="Bring the REDCap project in line with the definitions.")
@click.option(
    "--team",
    "teams",
    multiple=True,
    callback=_codes,
    help="Record of a team that is to have a group, such as T001. Repeatable.",
)
@click.option("--allow-removals", is_flag=True, help="Let fields that hold data be removed.")
@deployment
def command(here: Deployment, teams: tuple[str, ...], *, allow_removals: bool) -> None:
    """Bring the REDCap project's instruments, repeating setup and data access groups in line with the definitions.

    Every team that has a record, and every --team, gets a data access group. A second deploy finds nothing to do.

    \b
    Example:
      breakthrough deploy --team T001 --team T002
    """
    client = here.client(deploying=True)
    project = here.project
    known = set(client.record_ids()) if client.metadata() else set()
    with step("Deploy") as advance:
        done = deploy(client, project, sorted(known | set(teams)), allow_removals=allow_removals, advance=advance)
    for one in done:
        click.echo(str(one))
    click.echo("Nothing to do." if not done else f"{many(len(done), 'step')} done; REDCap now equals the definitions.")
