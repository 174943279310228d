"""`breakthrough outbox`."""

from __future__ import annotations

import json

import click

from breakthrough.cli.options import deployment, month_option
from breakthrough.delivery import outbox, suppressions
from breakthrough.delivery.key import Key
from breakthrough.errors import MailError
from breakthrough.month import Month
from breakthrough.store import archive
from breakthrough.worker.deployment import Deployment

STATES = ("pending", "sending", "sent", "uncertain", "refused", "cancelled")


@click.group(short_help="List messages; show, resend or cancel one.")
def command() -> None:
    """List messages, and settle those that need a person.

    \b
    Example:
      breakthrough outbox list --state uncertain
    """


@command.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these. Repeatable.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@month_option
@deployment
def list_(here: Deployment, month: Month | None, states: tuple[outbox.State, ...], *, as_json: bool) -> None:
    """List messages: state, key, when sent, what the mail server said.

    \b
    Example:
      breakthrough outbox list --month 2026-03
    """
    with here.store() as store:
        lines = outbox.listing(store, states=states, month=month)
    if as_json:
        click.echo(
            json.dumps(
                [{"key": one.key, "state": one.state, "note": one.note, "attempts": one.attempts} for one in lines],
                indent=1,
            )
        )
        return
    for one in lines:
        sent = f"{one.sent_at.astimezone(here.collaborative.zone):%d %b %H:%M}" if one.sent_at else ""
        click.echo(f"{one.state:<10} {sent:<13} {one.key}" + (f"  ({one.note})" if one.note else ""))
    click.echo(f"{len(lines)} messages", err=True)


@command.command()
@click.argument("key")
@deployment
def show(here: Deployment, key: str) -> None:
    """Print a message as it was put in the outbox, byte for byte, from the archive.

    \b
    Example:
      breakthrough outbox show KEY > message.eml
    """
    with here.store() as store, store.read() as connection:
        content = archive.mail(connection, key)
    if content is None:
        raise MailError(
            "No mail of that key is archived: it could never be written, it was purged, or there is none. See the keys "
            "with: breakthrough outbox list"
        )
    click.echo(content, nl=False)


@command.command()
@click.argument("key")
@deployment
def resend(here: Deployment, key: str) -> None:
    """Put a message that is uncertain, refused or cancelled back among those to be sent.

    \b
    Example:
      breakthrough outbox resend KEY
    """
    with here.store() as store:
        outbox.resend(store, key)
    click.echo("It will go out with the next: breakthrough send")


@command.command()
@click.argument("key")
@deployment
def cancel(here: Deployment, key: str) -> None:
    """Make sure that a message which waits, is uncertain or was refused is never sent.

    \b
    Example:
      breakthrough outbox cancel KEY
    """
    with here.store() as store:
        outbox.cancel(store, key)
    click.echo("It will not be sent.")


@command.command()
@click.argument("key")
@deployment
def allow(here: Deployment, key: str) -> None:
    """Let mail go again to the reader of that message, after mail came back or the reader unsubscribed.

    A corrected address needs no such step. KEY is one of `outbox list`, or an address.

    \b
    Example:
      breakthrough outbox allow KEY
    """
    try:
        address = Key.read(key).recipient
    except ValueError:
        address = key
    with here.store() as store, store.begin() as connection:
        lifted = suppressions.lift(connection, here.code, address)
    if not lifted:
        raise MailError(
            "Nothing keeps mail from that address, so nothing was changed. See the keys with: breakthrough outbox list"
        )
    click.echo("Mail goes to that address again. One that was held back: breakthrough outbox resend KEY")
