"""`breakthrough send`."""

from __future__ import annotations

import datetime as dt
import sys
from itertools import groupby

import click

from breakthrough.cli import moments
from breakthrough.cli.options import deployment, moment, running
from breakthrough.cli.progress import step
from breakthrough.delivery import addresses, outbox
from breakthrough.errors import MailError
from breakthrough.store import Store
from breakthrough.worker import jobs, trial
from breakthrough.worker.calendar import newest, next_reports
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.loop import Stop
from breakthrough.worker.reports import KINDS

_ANSWERED = {
    "accepted": "has taken it",
    "permanent": "refuses it",
    "temporary": "puts it off",
    "unknown": "did not say whether it has taken it",
}
_AGAIN = {
    "permanent": "If the address is right, show that answer to the administrator of the mail server.",
    "temporary": "A test is not tried again by itself: many servers want a second try after ten minutes.",
    "unknown": "Look whether it has arrived before you test again.",
}


@click.command(short_help="Email the reports of the month; what has gone out is not sent again.")
@click.option("--anyway", is_flag=True, help="Also of records that are old or not whole; the reports then say so.")
@click.option("--test", "to", metavar="ADDRESS", help="Send one test to this address alone, and nothing else.")
@click.option("--kind", type=click.Choice(tuple(KINDS)), help="With --test: which report (else: the first there is).")
@click.option("--subject", metavar="CODE", help="With --test: about which team or coach, such as T001.")
@deployment
@moment
def command(
    here: Deployment, now: dt.datetime, to: str | None, kind: str | None, subject: str | None, *, anyway: bool
) -> None:
    """Email the reports of the newest month that is due. What has gone out already is not sent again.

    Every message of the month is put in the outbox at once, then handed to the mail server one by one. Exit 1 where a
    message was refused for good, or may or may not have arrived.

    With --test, one message goes to the address given and nowhere else: the newest report that can be made, marked as a
    test, or a few words where there is none yet. The month's own messages are left alone.

    \b
    Example:
      breakthrough send
      breakthrough send --test you@example.org --kind team --subject T001
    """
    if to is not None:
        _test(here, now, to, kind, subject)
        return
    if kind or subject:
        raise click.UsageError("--kind and --subject go with --test. Reports of the month go out all together.")
    clock = running(now)
    with here.store() as store, Stop() as stop:
        jobs.require_pulled(here, store, now)
        new = _issued(here, store, now, anyway=anyway)
        with step("Send", len(new)) as advance:
            sent = jobs.send(here, store, clock, advance, stop)
        first = outbox.moments(store)
    also = "".join(
        f", {number} {what}" for number, what in ((sent.cancelled, "cancelled"), (sent.held, "held")) if number
    )
    click.echo(f"{sent.sent} sent, {sent.refused} refused, {sent.uncertain} uncertain, {sent.left} waiting{also}.")
    if sent.limited:
        click.echo(
            "As many went out as mail.per_minute and mail.per_hour allow; the others go out with the next run.",
            err=True,
        )
    zone = here.collaborative.zone
    if sent.left and (again := first.get("pending")) and again > clock():
        click.echo(
            f"Of those waiting, the first may go out from {moments.told(again, zone)}: breakthrough send",
            err=True,
        )
    if sent.held:
        until = first.get("held")
        theirs = f"their time, the first until {moments.told(until, zone)}, or for" if until else "a person"
        click.echo(f"Held ones wait for {theirs}: breakthrough outbox release", err=True)
    if not new and not sent.sent and not sent.left and not sent.held:
        click.echo(_why_nothing(here, now), err=True)
    if sent.uncertain or sent.refused:
        click.echo("See them with: breakthrough outbox list --state uncertain --state refused", err=True)
        sys.exit(1)


def _issued(here: Deployment, store: Store, now: dt.datetime, *, anyway: bool) -> tuple[str, ...]:
    """The keys of the mails that are new in the outbox: of each month all at once."""
    new: tuple[str, ...] = ()
    due = sorted(jobs.due(here, store, now, hour=0), key=lambda one: one.key.month)
    for month, some in groupby(due, key=lambda one: one.key.month):
        work = tuple(some)
        press = jobs.press(here, store, month, now, anyway=anyway)
        with step(f"Reports for {month.label}", len(work)) as advance:
            new += jobs.issue(store, jobs.made(press, store, work, advance), now)
    return new


def _test(here: Deployment, now: dt.datetime, to: str, kind: str | None, subject: str | None) -> None:
    """Sends the test and says what the server answered. What was typed as an address is not repeated."""
    try:
        address = addresses.canonical(to)
    except MailError:
        raise click.BadParameter(
            "that is not one address that can be written to. Nothing was sent. Write one such as name@example.org, "
            "without a name or a second address.",
            param_hint="--test",
        ) from None
    with here.store() as store, step("Send a test"):
        tried = trial.send(here, store, address, running(now), kind=kind, subject=subject)
    outcome = tried.outcome
    click.echo(f"Test: {tried.what}, to the address you gave and to nobody else.")
    click.echo(f"The mail server {_ANSWERED[outcome.kind]} ({outcome.note}).")
    if outcome.kind != "accepted":
        click.echo(_AGAIN[outcome.kind], err=True)
        sys.exit(1)


def _why_nothing(here: Deployment, now: dt.datetime) -> str:
    month = newest(here.collaborative, now)
    if month:
        return f"Everything for {month.label} has gone out already."
    coming = next_reports(here.collaborative, now, here.settings.schedule.hour)
    return (
        f"No month is due yet; the first is {coming[0].label}, on {coming[1]:%d %B %Y}."
        if coming
        else "No month is due."
    )
