"""`breakthrough write-back`."""

from __future__ import annotations

import datetime as dt
import json
from typing import get_args

import click

from breakthrough.cli.options import deployment, moment
from breakthrough.english import many
from breakthrough.store import write_backs
from breakthrough.store.write_backs import State
from breakthrough.worker import write_back
from breakthrough.worker.deployment import Deployment

_WHAT = click.argument("what", type=click.Choice(("html", "pdf", "log")))


@click.group(short_help="List what went back into REDCap; settle what needs a person.")
def command() -> None:
    """List what went back into REDCap, and settle what needs a person.

    \b
    Example:
      breakthrough write-back list
    """


@command.command("list")
@click.option("--state", "states", multiple=True, type=click.Choice(get_args(State)), help="Only these. Repeatable.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@deployment
def list_(here: Deployment, states: tuple[State, ...], *, as_json: bool) -> None:
    """List each report's files and rows: state, key, what, and why it is not written.

    \b
    Example:
      breakthrough write-back list --state uncertain
    """
    with here.store() as store, store.read() as connection:
        lines = [one for one in write_backs.lines(connection).values() if not states or one.state in states]
    if as_json:
        told = [{"key": one.key, "what": one.what, "state": one.state, "note": one.note} for one in lines]
        click.echo(json.dumps(told, indent=1))
        return
    for one in lines:
        click.echo(f"{one.state:<10} {one.key} {one.what}" + (f"  ({one.note})" if one.note else ""))
    click.echo(many(len(lines), "thing"), err=True)


@command.command()
@click.argument("key")
@_WHAT
@deployment
@moment
def again(here: Deployment, now: dt.datetime, key: str, what: str) -> None:
    """Have a file or row that is uncertain, refused or gone from REDCap looked for, and written if it is not there.

    \b
    Example:
      breakthrough write-back again KEY html
    """
    with here.store() as store:
        write_back.again(store, key, what, now)
    click.echo("It is looked for in REDCap, and written where it is not there, with the next: breakthrough run --once")


@command.command()
@click.argument("key")
@_WHAT
@deployment
@moment
def done(here: Deployment, now: dt.datetime, key: str, what: str) -> None:
    """Say that a file or row that is uncertain or refused stands in REDCap, or need not: it is not written any more.

    \b
    Example:
      breakthrough write-back done KEY html
    """
    with here.store() as store, store.begin() as connection:
        write_backs.decide(connection, key, what, "written", now)
    click.echo("It counts as written.")
