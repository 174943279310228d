"""`breakthrough pull`."""

from __future__ import annotations

import datetime as dt

import click

from breakthrough import pull
from breakthrough.cli.options import deployment, moment
from breakthrough.cli.progress import step
from breakthrough.worker.deployment import Deployment


@click.command(short_help="Bring the records from REDCap into the local store.")
@moment
@deployment
def command(here: Deployment, now: dt.datetime) -> None:
    """Bring the records from REDCap into the local store. Pulling twice changes nothing.

    \b
    Example:
      breakthrough pull
    """
    with here.store() as store, step("Pull records") as advance:
        run = pull.pull(store, here.client(), now=now, advance=advance)
    click.echo(
        f"{run.records} records: {run.tally.inserted} rows new, {run.tally.updated} changed, {run.tally.deleted} gone, "
        f"{run.tally.unchanged} as they were."
    )
