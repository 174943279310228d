"""`breakthrough instruments codes`."""

from __future__ import annotations

import datetime as dt
import sys

import click

from breakthrough.cli.options import deployment, moment
from breakthrough.english import many
from breakthrough.errors import CodesChanged
from breakthrough.instruments import codes
from breakthrough.instruments import project as projects
from breakthrough.worker import deployed
from breakthrough.worker.deployment import Deployment


@click.command(short_help="Check that no code is reused, renumbered or gone.")
@click.option("--write", is_flag=True, help="Add the codes that codes.csv does not have yet.")
@deployment
@moment
def command(here: Deployment, now: dt.datetime, *, write: bool) -> None:
    """Hold the codes in use against codes.csv, the ledger of all codes that REDCap may have stored.

    One line a problem: file, row, remedy. Codes are those of coaches, drivers, events, ideas, measures and counts in
    collaborative.yaml, and of the choices in the instruments. Exit 0: none reused or gone; 1: some are;
    45: rows are gone from codes.csv that were there at the last deploy.

    \b
    Example:
      breakthrough instruments codes --write
    """
    path = here.folder / codes.FILE
    used = codes.used(
        here.collaborative, projects.every(here.content, here.collaborative, here.settings.redcap_projects())
    )
    ledger = codes.read(path)
    if gone := codes.lost(ledger, deployed.ledger(here.folder)):
        raise CodesChanged(gone)
    if found := codes.problems(ledger, used):
        click.echo("\n".join(found))
        sys.exit(1)
    if write:
        added = codes.record(path, used, here.today(now))
        click.echo(f"{codes.FILE}: {many(len(added), 'code')} added. Commit it." if added else _whole(len(used.codes)))
        return
    if new := codes.new(ledger, used):
        told = f"{many(len(new), 'code')} not in {codes.FILE} yet. A deploy adds them, and so does --write."
        click.echo(f"No code is reused or gone; {told}")
    else:
        click.echo(_whole(len(used.codes)))


def _whole(number: int) -> str:
    return f"{codes.FILE}: no code is reused or gone; {many(number, 'code')} in use, all recorded."
