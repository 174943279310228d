"""`breakthrough run`."""

from __future__ import annotations

import datetime as dt
import sys

import click

from breakthrough.cli.options import deployment, moment, running
from breakthrough.reporting import render
from breakthrough.worker import jobs, loop, write_back
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.tick import tick


@click.command(short_help="Keep pulling, reporting and sending by the calendar.")
@click.option("--once", is_flag=True, help="Look once and end: for cron or another scheduler.")
@deployment
@moment
def command(here: Deployment, now: dt.datetime, *, once: bool) -> None:
    """Keep pulling, reporting and sending by the calendar, until stopped.

    What is due is worked out anew each time from the calendar and the outbox: a restart, or a second start, sends
    nothing twice.

    \b
    Example:
      breakthrough run --once
    """
    clock, alone = running(now), here.folder / "breakthrough.run.lock"
    here.mail()
    render.tell(here.content)
    write_back.require(here)
    with here.store() as store, loop.Stop() as stop:
        steps = jobs.jobs(here, store, clock)
        if not once:
            loop.run(lambda: tick(steps, stop), dt.timedelta(minutes=here.settings.schedule.every_minutes), stop, alone)
            return
        done = loop.once(lambda: tick(steps, stop), alone)
    click.echo(f"{done.enqueued} messages made, {done.sent.sent if done.sent else 0} sent.")
    if done.failed:
        click.echo(f"These did not work and are tried again next time: {', '.join(done.failed)}.", err=True)
        sys.exit(1)
