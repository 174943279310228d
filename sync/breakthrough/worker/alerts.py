"""Mails about the schedule itself: one when a job keeps failing, one when it is well again, one after a long silence.

A job that fails is in the log each time; people are told once an outage. What is over before its mail went out is not
told at all. That mails cannot be sent is told when they can be again, as no mail could have told it before.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence

from breakthrough.delivery import compose, outbox
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import Item
from breakthrough.delivery.withdrawn import withdraw
from breakthrough.month import Month
from breakthrough.reporting import render
from breakthrough.reporting.views.alert import Failing, News, Over, Silent, alert_report
from breakthrough.store import Store, marks
from breakthrough.worker import outages
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.outages import Outage
from breakthrough.worker.tick import Tried

log = logging.getLogger(__name__)

RAN = "ran"  # the mark of when anything was last done here
_SEND = "send"


def tell(here: Deployment, store: Store, tried: Tried, now: dt.datetime) -> None:
    """Puts mails in the outbox about the jobs that have failed for long enough, and those that are well again."""
    with store.begin() as connection:
        failing, well = outages.note(connection, tried.took, tried.why, now)
    patience = dt.timedelta(minutes=here.settings.schedule.alert_after_minutes)
    for one in failing:
        if not one.told and one.tries > 1 and now - one.since >= patience:
            _open(here, store, one, tried.why[one.job], now)
    for one in well:
        _close(here, store, one, now, long=now - one.since >= patience)


def tell_silence(here: Deployment, store: Store, now: dt.datetime) -> None:
    """Puts one mail in the outbox where nothing has run for too long; from now on, it has run now."""
    with store.read() as connection:
        last = marks.at(connection, RAN)
    silent = last is not None and now - last > dt.timedelta(hours=here.settings.schedule.silent_hours)
    items = [_item(here, Silent(last, now), "silent", last, now)] if last is not None and silent else []
    with store.begin() as connection:
        outbox.put(connection, items, now)
        marks.put(connection, RAN, now)
    if items:
        log.warning("nothing had run since %s", last)


def ran(store: Store, now: dt.datetime) -> None:
    """Notes that something has run now."""
    with store.begin() as connection:
        marks.put(connection, RAN, now)


def _open(here: Deployment, store: Store, outage: Outage, why: str, now: dt.datetime) -> None:
    items: Sequence[Item] = ()
    if outage.job != _SEND:
        news = Failing(outage.job, outage.since, outage.tries, why, here.settings.schedule.every_minutes)
        items = [_item(here, news, outage.job, outage.since, now)]
    with store.begin() as connection:
        outbox.put(connection, items, now)
        outages.told(connection, outage, now)
    log.error("outage: job=%s since=%s tries=%d", outage.job, outage.since.isoformat(timespec="minutes"), outage.tries)


def _close(here: Deployment, store: Store, outage: Outage, now: dt.datetime, *, long: bool) -> None:
    told = outage.told or (outage.job == _SEND and long)
    items: Sequence[Item] = ()
    if told:
        items = [_item(here, Over(outage.job, outage.since, now), f"{outage.job}-over", outage.since, now)]
    with store.begin() as connection:
        before = str(_key(here, outage.job, outage.since))
        if withdraw(connection, before, "over before it could be sent") or (told and outage.job == _SEND):
            outbox.put(connection, items, now)
        outages.end(connection, outage)
    if told:
        log.info("outage over: job=%s", outage.job)


def _item(here: Deployment, news: News, about: str, since: dt.datetime, now: dt.datetime) -> Item:
    key = _key(here, about, since)
    with here.speaking():
        rendered = render.alert(alert_report(news, here.collaborative, key.month, now), here.content)
    head = here.letterhead()
    own = here.settings.schedule.alerts_to is None
    name = here.collaborative.coordinator.name if own else ""
    return compose.item(rendered, key, name, key.recipient, head, now, about="schedule")


def _key(here: Deployment, about: str, since: dt.datetime) -> Key:
    """The key of that mail: the same for the same outage, whoever finds it."""
    to = here.settings.schedule.alerts_to or here.collaborative.coordinator.email
    subject = f"{about}-{since.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    return Key(here.code, "alert", subject, Month.of(here.today(since)), 0, to)
