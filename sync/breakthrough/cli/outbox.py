"""`breakthrough outbox`."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import click

from breakthrough.cli.options import deployment, moment, month_option
from breakthrough.delivery import outbox, suppressions
from breakthrough.delivery.key import Key
from breakthrough.english import many
from breakthrough.errors import BreakthroughError, MailError
from breakthrough.month import Month
from breakthrough.store import Store, archive
from breakthrough.worker.deployment import Deployment

_WHEN = {"held": "until", "pending": "from", "sent": "at"}  # what the moment of a mail in that state means


@click.group(short_help="List messages; show, release, resend or cancel some.")
def command() -> None:
    """List messages, and settle those that need a person.

    \b
    Example:
      breakthrough outbox list --state uncertain
    """


@command.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(outbox.STATES), help="Only these. Repeatable.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@month_option
@deployment
def list_(here: Deployment, month: Month | None, states: tuple[outbox.State, ...], *, as_json: bool) -> None:
    """List messages: state, when sent or to be sent, key, what the mail server said.

    \b
    Example:
      breakthrough outbox list --month 2026-03
    """
    with here.store() as store:
        lines = outbox.listing(store, states=states, month=month)
    if as_json:
        click.echo(json.dumps([_facts(one) for one in lines], indent=1))
        return
    zone = here.collaborative.zone
    for one in lines:
        at = one.lease_until if one.state in {"held", "pending"} else one.sent_at
        when = f"{_WHEN.get(one.state, 'at')} {at.astimezone(zone):%d %b %H:%M}" if at else ""
        click.echo(f"{one.state:<10} {when:<18} {one.key}" + (f"  ({one.note})" if one.note else ""))
    counted = Counter(one.state for one in lines)
    told = ", ".join(f"{counted[state]} {state}" for state in outbox.STATES if counted[state])
    click.echo(many(len(lines), "message") + (f": {told}" if told else ""), err=True)


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
@click.argument("keys", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every held message.")
@click.option("--json", "as_json", is_flag=True, help="As JSON: the keys.")
@month_option
@deployment
@moment
def release(
    here: Deployment, now: dt.datetime, month: Month | None, keys: tuple[str, ...], *, everything: bool, as_json: bool
) -> None:
    """Let held messages go: those of these keys, of a month, or all of them.

    \b
    Example:
      breakthrough outbox release --month 2026-03
    """
    if bool(keys) + bool(month) + everything != 1:
        raise click.UsageError("Say which: their KEYs, or --month for those of a month, or --all.")
    with here.store() as store:
        released = outbox.release(store, now, *keys, month=month)
    _told(released, "released", as_json=as_json)
    if not as_json:
        click.echo(
            "They go out with the next: breakthrough send"
            if released
            else "Nothing is held there. See what is where with: breakthrough outbox list",
            err=True,
        )


@command.command()
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@click.option("--json", "as_json", is_flag=True, help="As JSON: the keys.")
@deployment
@moment
def resend(here: Deployment, now: dt.datetime, keys: tuple[str, ...], *, as_json: bool) -> None:
    """Put messages that are uncertain, refused or cancelled back among those to be sent.

    It says which of them are to be cancelled again, as they must not go out or are of no more use.

    \b
    Example:
      breakthrough outbox resend KEY
    """
    with here.store() as store:
        outbox.resend(store, *keys)
        barred = _barred(here, store, keys, now)
    _told(keys, "to be sent again", as_json=as_json)
    for why, number in Counter(barred.values()).items():
        click.echo(f"But as things stand, expect {many(number, 'message')} to be cancelled again: {why}", err=True)
    if not as_json and len(barred) < len(set(keys)):
        click.echo("They go out with the next: breakthrough send", err=True)


@command.command()
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@click.option("--json", "as_json", is_flag=True, help="As JSON: the keys.")
@deployment
def cancel(here: Deployment, keys: tuple[str, ...], *, as_json: bool) -> None:
    """Make sure that messages which wait, are held, are uncertain or were refused are never sent.

    \b
    Example:
      breakthrough outbox cancel KEY
    """
    with here.store() as store:
        outbox.cancel(store, *keys)
    _told(keys, "cancelled", as_json=as_json)


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


def _barred(here: Deployment, store: Store, keys: Sequence[str], now: dt.datetime) -> Mapping[str, str]:
    """Why some will be cancelled again. They are among those to be sent by then, so this fails nothing."""
    from breakthrough.worker import permitted  # noqa: PLC0415 (it brings all reports along; the others start without)

    try:
        return permitted.barred(here, store, keys, now)
    except BreakthroughError as error:
        click.echo(f"Whether they may go out cannot be told now, and is looked at as they go: {error}", err=True)
        return {}


def _told(keys: Sequence[str], what: str, *, as_json: bool) -> None:
    click.echo(json.dumps(list(keys), indent=1) if as_json else f"{many(len(keys), 'message')} {what}.")


def _facts(one: outbox.Line) -> dict[str, Any]:
    return {
        "key": one.key,
        "state": one.state,
        "note": one.note,
        "attempts": one.attempts,
        "created_at": one.created_at.isoformat(),
        "sent_at": one.sent_at.isoformat() if one.sent_at else None,
        "held_until": one.lease_until.isoformat() if one.state == "held" and one.lease_until else None,
        "message_id": one.message_id,
    }
