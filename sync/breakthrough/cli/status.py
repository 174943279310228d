"""`breakthrough status`."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter

import click

from breakthrough.cli.options import deployment, moment
from breakthrough.delivery import outbox
from breakthrough.worker import jobs
from breakthrough.worker.calendar import next_reports
from breakthrough.worker.deployment import Deployment


@click.command(short_help="Show when records were last pulled, what is held, and what is due.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@deployment
@moment
def command(here: Deployment, now: dt.datetime, *, as_json: bool) -> None:
    """Show when records were last pulled, how many rows are held of each instrument, and what is due.

    \b
    Example:
      breakthrough status
    """
    with here.store() as store:
        run = store.last_run("main")
        held = Counter(entry.key.instrument for entry in store.entries("main"))
        mails = Counter(line.state for line in outbox.listing(store))
        due = jobs.due(here, store, now) if run else ()
    coming = next_reports(here.collaborative, now, here.settings.schedule.hour)
    facts = {
        "collaborative": here.collaborative.name,
        "last_pull": run.finished_at.isoformat() if run and run.finished_at else None,
        "last_pull_state": run.state if run else None,
        "rows": dict(sorted(held.items())),
        "outbox": dict(sorted(mails.items())),
        "mails_due": len(due),
        "next_report": coming[1].isoformat() if coming else None,
        "next_report_month": str(coming[0]) if coming else None,
    }
    if as_json:
        click.echo(json.dumps(facts, indent=1))
        return
    zone = here.collaborative.zone
    click.echo(here.collaborative.name)
    if run and run.finished_at:
        click.echo(f"Last pull     {run.finished_at.astimezone(zone):%d %B %Y, %H:%M} ({run.state})")
    else:
        click.echo("Last pull     never. Run: breakthrough pull")
    for instrument, number in sorted(held.items()):
        click.echo(f"  {instrument:<20}{number:>7,}")
    click.echo(
        "Outbox        " + (", ".join(f"{number} {state}" for state, number in sorted(mails.items())) or "empty")
    )
    click.echo(f"Due now       {len(due)} messages" + (". Run: breakthrough send" if due else ""))
    if coming:
        click.echo(f"Next reports  {coming[1]:%d %B %Y}, for {coming[0].label}")
