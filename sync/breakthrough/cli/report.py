"""`breakthrough report`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from breakthrough.cli.options import deployment, moment, month_option
from breakthrough.cli.progress import step
from breakthrough.errors import NothingToReport
from breakthrough.month import Month
from breakthrough.worker import jobs
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.edition import rendered, subjects
from breakthrough.worker.pages import write


@click.command(short_help="Write the reports of a month as web pages, to look at before they go out.")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default="reports-out",
    show_default=True,
    help="Folder to write to.",
)
@click.option("--only", "subject", help="Only this team or coach, by its code.")
@month_option
@deployment
@moment
def command(here: Deployment, now: dt.datetime, month: Month | None, folder: Path, subject: str | None) -> None:
    """Write the reports of a month as web pages and pictures. Nothing is sent.

    \b
    Example:
      breakthrough report --month 2026-03 --only T001
    """
    wanted = jobs.month_due(here, now, month)
    with here.store() as store:
        edition = jobs.measured(here, store, wanted, now)
    everyone = subjects(edition, subject)
    if not everyone:
        who = f"no team or coach '{subject}'" if subject else "no team that takes part, and so no team or coach"
        raise NothingToReport(f"There is {who} with a report for {wanted.label}.")
    written: list[Path] = []
    with step(f"Reports for {wanted.label}", len(everyone)) as advance:
        for report, code in everyone:
            written += write(rendered(edition, report, code, here.content), folder, pictures=False)
            advance(1)
    for path in written:
        click.echo(path)
