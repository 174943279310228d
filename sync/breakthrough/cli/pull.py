"""`breakthrough pull`."""

from __future__ import annotations

import datetime as dt

import click

from breakthrough.cli.options import deployment, moment
from breakthrough.cli.progress import step
from breakthrough.english import many
from breakthrough.worker import jobs
from breakthrough.worker.deployment import Deployment


@click.command(short_help="Bring the records from REDCap into the local store.")
@deployment
@moment
def command(here: Deployment, now: dt.datetime) -> None:
    """Bring the records from REDCap into the local store. Pulling twice changes nothing.

    \b
    Example:
      breakthrough pull
    """
    with here.store() as store, step("Pull records") as advance:
        run = jobs.pull(here, store, now, advance)
    tally = run.tally
    click.echo(
        f"{many(run.records, 'record')}: {many(tally.inserted, 'row')} new, {tally.updated} changed, "
        f"{tally.deleted} gone, {tally.unchanged} as they were."
    )
