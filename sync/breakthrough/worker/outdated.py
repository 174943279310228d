"""Mails that wait, as the mail server was not there, until what they say is of no more use: they go to nobody.

Reports need none of this, as a newer one takes the place of an older that waits. A reminder has no newer one once its
team has reported or its day is over, nor has a preview once the reports that it shows are out.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection

from sqlalchemy import Connection, select

from breakthrough.delivery import outbox
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import Line
from breakthrough.delivery.withdrawn import withdraw
from breakthrough.settings import MAIN
from breakthrough.store import Store, marks, tables
from breakthrough.worker import reminders
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.reminders import Round

log = logging.getLogger(__name__)

ANSWERED = "not sent: what it asks for is there by now."
_LOOKED = "reminders looked through"


def why_not(here: Deployment, connection: Connection, key: Key, today: dt.date) -> str:
    """Why that mail is of no more use on that day, in words that name nobody; '' where it is, or is of another kind."""
    if key.report in reminders.KINDS:
        on = any(_of(one, key) for one in reminders.rounds(here, today))
        return "" if on else "not sent: what it reminds of is over by now."
    if key.report == "preview":
        held = (tables.outbox.c[name] for name in ("collaborative", "period", "state"))
        of = [column == value for column, value in zip(held, (key.collaborative, str(key.month), "held"), strict=True)]
        waits = connection.execute(select(tables.outbox.c.key).where(*of).limit(1)).first()
        return "" if waits else "not sent: the reports that it shows wait no more."
    return ""


def waiting(here: Deployment, store: Store, now: dt.datetime) -> tuple[Round, ...]:
    """The rounds of reminders that are on, and of which some are in the outbox and have not gone out."""
    lines = _lines(here, store)
    if not lines:
        return ()
    keys = [Key.read(one.key) for one in lines]
    return tuple(one for one in reminders.rounds(here, here.today(now)) if any(_of(one, key) for key in keys))


def take_back(here: Deployment, store: Store, now: dt.datetime) -> int:
    """How many reminders that wait were cancelled, as those who get them have done by now what they ask for.

    Looked through again only where records were pulled since. Raises what making an edition raises.
    """
    rounds = waiting(here, store, now)
    run = store.last_run(MAIN)
    with store.read() as connection:
        looked = marks.at(connection, _LOOKED)
    if not rounds or run is None or run.finished_at is None or (looked and looked >= run.finished_at):
        return 0
    number = 0
    for one in rounds:
        owing = {str(item.key) for item in reminders.made(here, store, one, now) or ()}
        number += _withdrawn(store, [line.key for line in _lines(here, store) if _of(one, Key.read(line.key))], owing)
    with store.begin() as connection:
        marks.put(connection, _LOOKED, run.finished_at)
    return number


def answered(here: Deployment, store: Store, keys: Collection[Key], now: dt.datetime) -> Collection[str]:
    """Those of the keys whose mails remind of what is there by now, as records were pulled last."""
    found: list[str] = []
    for one in reminders.rounds(here, here.today(now)):
        if asked := [str(key) for key in keys if _of(one, key)]:
            owing = {str(item.key) for item in reminders.made(here, store, one, now) or ()}
            found += [key for key in asked if key not in owing]
    return found


def _lines(here: Deployment, store: Store) -> list[Line]:
    lines = outbox.listing(store, states=["pending"])
    return [one for one in lines if one.report in reminders.KINDS and Key.read(one.key).collaborative == here.code]


def _of(one: Round, key: Key) -> bool:
    return (one.kind, one.month, one.day.day) == (key.report, key.month, key.revision)


def _withdrawn(store: Store, keys: Collection[str], owing: Collection[str]) -> int:
    done = [key for key in keys if key not in owing]
    with store.begin() as connection:
        for key in done:
            withdraw(connection, key, ANSWERED)
    if done:
        log.info("reminders taken back: mails=%d", len(done))
    return len(done)
