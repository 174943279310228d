"""Looks once through the reports of a month that have gone out, and makes those anew whose own figures are others now.

Counts come late and are put right; whoever has had the wrong figure gets the right one, and nobody else a second mail.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Iterator
from functools import partial

from breakthrough.delivery import recipients
from breakthrough.delivery.key import Key
from breakthrough.month import Month
from breakthrough.store import Report, Store, marks, materials
from breakthrough.worker import again, fitness, ledger
from breakthrough.worker import press as presses
from breakthrough.worker.calendar import mailing_day, revising
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.due import Work
from breakthrough.worker.edition import Edition
from breakthrough.worker.figures import projects_of
from breakthrough.worker.press import Made, Press
from breakthrough.worker.reports import KINDS

log = logging.getLogger(__name__)


def due(here: Deployment, store: Store, now: dt.datetime) -> Month | None:
    """The month whose reports are to be looked through now; None where there is none, or it was done."""
    today = mailing_day(here.collaborative, now, here.settings.schedule.hour)
    month = revising(here.collaborative, today) if today else None
    with store.read() as connection:
        return month if month and marks.at(connection, _mark(month)) is None else None


def revise(here: Deployment, store: Store, now: dt.datetime) -> int:
    """How many mails with a revised report are new in the outbox. The month is marked as looked through with them.

    Raises what a press raises; nothing is sent then, and it is tried again.
    """
    month = due(here, store, now)
    if month is None:
        return 0
    view = store.newest(projects_of(here.collaborative), now)
    fitness.require(view, here.collaborative, now)
    sent = [one for one in again.sent(here, store, month, now) if not KINDS[one.kind].momentary]
    made: list[Made] = []
    for revised, some in again.corrected(store, sent):
        of = presses.press(here, view, month, now, revised=revised)
        made += renewed(of, store, [one for one in some if changed(of.edition, store, one)])
    new = presses.issue(store, made, now)
    with store.begin() as connection:
        marks.put(connection, _mark(month), now)
    log.info("revision: month=%s reports=%d mails=%d", month, len(made), len(new))
    return len(new)


def changed(of: Edition, store: Store, report: Report) -> bool:
    """Whether a figure of the report's own teams is another now than in the archived report.

    One of which a record was purged is left as it is: what it said is not to be compared with any more.
    """
    if report.unreproducible_since or not report.figures:
        return False
    kind = KINDS[report.kind]
    if report.subject not in kind.subjects(of):
        return False
    with store.read() as connection:
        then = materials.read(connection, report.figures)
    own = kind.own(of, report.subject)
    restated = ledger.restated(then, ledger.written(kind.behind(of, report.subject)))
    return any(team in own for team, _, _ in restated)


def renewed(of: Press, store: Store, wrong: Iterable[Report]) -> Iterator[Made]:
    """Those reports made anew under their next revision, with a mail to each who is to have it now."""
    what, portfolio = of.here.collaborative, of.edition.portfolio
    readers = recipients.of(what, portfolio, of.edition.occasion.today(what), of.here.code)
    every = []
    for one in wrong:
        mine = [reader for reader in readers if (reader.report, reader.subject) == (one.kind, one.subject)]
        month = of.edition.occasion.month
        key = partial(Key, of.here.code, one.kind, one.subject, month, one.revision + 1)
        work = [Work(key(to.address), to) for to in mine]
        if work:
            every.append(work)
    for make in presses.reports(of, store, every):
        yield make()


def _mark(month: Month) -> str:
    return f"revised {month}"
