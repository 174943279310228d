"""`breakthrough send`."""

from __future__ import annotations

import datetime as dt
import sys

import click

from breakthrough.cli.options import deployment, moment, running
from breakthrough.cli.progress import step
from breakthrough.worker import jobs
from breakthrough.worker.calendar import next_reports, reportable
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.loop import Stop


@click.command(short_help="Email the reports of the month; what has gone out is not sent again.")
@deployment
@moment
def command(here: Deployment, now: dt.datetime) -> None:
    """Email the reports of the newest month that is due. What has gone out already is not sent again.

    Every message of the month is put in the outbox at once, then handed to the mail server one by one. Exit 1 where a
    message was refused for good, or may or may not have arrived.

    \b
    Example:
      breakthrough send
    """
    with here.store() as store, Stop() as stop:
        jobs.require_pulled(here, store, now)
        work = jobs.due(here, store, now, hour=0)
        new: tuple[str, ...] = ()
        if work:
            press = jobs.press(here, store, work[0].key.month, now)
            with step(f"Reports for {work[0].key.month.label}", len(work)) as advance:
                new = jobs.issue(store, jobs.made(press, store, work, advance), now)
        with step("Send", len(new)) as advance:
            sent = jobs.send(here, store, running(now), advance, stop)
    click.echo(f"{sent.sent} sent, {sent.refused} refused, {sent.uncertain} uncertain, {sent.left} waiting.")
    if not new and not sent.sent:
        click.echo(_why_nothing(here, now), err=True)
    if sent.uncertain or sent.refused:
        click.echo("See them with: breakthrough outbox list --state uncertain --state refused", err=True)
        sys.exit(1)


def _why_nothing(here: Deployment, now: dt.datetime) -> str:
    month = reportable(here.collaborative, now, 0)
    if month:
        return f"Everything for {month.label} has gone out already."
    coming = next_reports(here.collaborative, now, here.settings.schedule.hour)
    return (
        f"No month is due yet; the first is {coming[0].label}, on {coming[1]:%d %B %Y}."
        if coming
        else "No month is due."
    )
