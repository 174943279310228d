"""`breakthrough run`."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import click

from breakthrough.cli.options import deployment, moment, running
from breakthrough.delivery import unsubscribe
from breakthrough.portal.wired import portal
from breakthrough.reporting import render
from breakthrough.store import Store
from breakthrough.worker import loop, write_back
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.notify import notify
from breakthrough.worker.rounds import Rounds


@click.command(short_help="Keep pulling, reporting and sending by the calendar.")
@click.option("--once", is_flag=True, help="Look once and end: for cron or another scheduler.")
@deployment
@moment
def command(here: Deployment, now: dt.datetime, *, once: bool) -> None:
    """Keep pulling, reporting and sending by the calendar, until stopped.

    What is due is worked out anew each time from the calendar and the outbox: a restart, or a second start, sends
    nothing twice. What it does is in breakthrough.heartbeat and in `breakthrough status`; with `portal` in
    breakthrough.yaml it also answers /healthz and /metrics on this computer.

    \b
    Example:
      breakthrough run --once
    """
    clock, alone = running(now), here.folder / "breakthrough.run.lock"
    here.mail()
    render.tell(here.content)
    write_back.require(here)
    with here.store() as store, loop.Stop() as stop:
        rounds = Rounds(here, store, clock, stop, follow=not once)
        if not once:
            every = dt.timedelta(minutes=here.settings.schedule.every_minutes)
            loop.run(rounds.round, every, stop, alone, partial(_beside, here, store, clock, rounds))
            return
        done = loop.once(rounds.round, alone)
    click.echo(f"{done.enqueued} messages made, {done.sent.sent if done.sent else 0} sent.")
    if done.failed:
        click.echo(f"These did not work and are tried again next time: {', '.join(done.failed)}.", err=True)
        sys.exit(1)


@contextmanager
def _beside(
    here: Deployment, store: Store, clock: Callable[[], dt.datetime], rounds: Rounds
) -> Iterator[Callable[[], bool]]:
    """What goes on beside the rounds; gives what is done between two of them."""
    with portal(here, store, clock, _unsubscribed(here, store, clock)) as between:
        notify(here.environment, "READY=1")

        def look() -> bool:
            between()
            return rounds.look()

        try:
            yield look
        finally:
            notify(here.environment, "STOPPING=1")


def _unsubscribed(here: Deployment, store: Store, clock: Callable[[], dt.datetime]) -> Callable[[str], bool] | None:
    """Acts on a link to unsubscribe and says whether it is one of ours; None where there are no such links."""
    mail, _ = here.mail()
    if not mail.unsubscribe_url or not mail.unsubscribe_key:
        return None
    key = here.secret(mail.unsubscribe_key)
    return lambda token: unsubscribe.accept(store, key, token, clock())
