"""Reads from the store what a coordinator has to see to: mails, comparisons with REDCap, records that do not come."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from breakthrough.collaborative import Collaborative
from breakthrough.delivery import outbox
from breakthrough.delivery.key import Key
from breakthrough.measures.health import Tally
from breakthrough.month import Month
from breakthrough.reporting.desk import Compared, Desk, Mails, Unanswered
from breakthrough.settings import MAIN
from breakthrough.store import Store, View, deletions, marks, quarantine, refusals, write_backs
from breakthrough.teams.health import health
from breakthrough.worker import analysis, footing
from breakthrough.worker.edition import Edition
from breakthrough.worker.figures import projects_of

_OPEN = frozenset({"refused", "uncertain", "held", "pending", "sending"})


def desk(of: Edition, view: View) -> Desk:
    """What is to be seen to as the edition goes out, of everything in its store up to that moment."""
    collaborative, occasion, store = of.collaborative, of.occasion, view.store
    projects = projects_of(collaborative)
    with store.read() as connection:
        looked = {name: marks.at(connection, f"drift looked {name}") for name in marks.named(connection, _LOOKED)}
        compared = tuple(
            Compared(name, at, marks.counted(connection, f"drift found {name}")) for name, at in looked.items() if at
        )
        held_back = {name: quarantine.of(connection, name) for name in projects}
        gone = {name: deletions.of(connection, name) for name in projects}
        shut = {name: refusals.of(connection, name) for name in projects}
        unwritten = len(write_backs.stuck(connection, by=occasion.now))
    since = _since(collaborative, occasion.month)
    return Desk(
        since=since,
        mails=mails(store, collaborative, of.code, since, occasion.now),
        compared=compared,
        unanswered=tuple(Unanswered(name, one.record, one.since) for name, found in held_back.items() for one in found),
        vanished=tuple((name, len(found)) for name, found in gone.items() if found),
        shut=tuple((name, one.since) for name, one in shut.items() if one),
        lacking=footing.missing(view, collaborative, MAIN),
        health=_health(of, view),
        unwritten=unwritten,
    )


_LOOKED = "drift looked "


def mails(store: Store, collaborative: Collaborative, code: str, since: dt.date, now: dt.datetime) -> tuple[Mails, ...]:
    """How many mails stand where, by kind: those put into the outbox from that day on, and older ones still open."""
    found: dict[str, Counter[str]] = {}
    for line in outbox.listing(store):
        fresh = line.created_at.astimezone(collaborative.zone).date() >= since
        if line.created_at <= now and (fresh or line.state in _OPEN) and Key.read(line.key).collaborative == code:
            found.setdefault(line.report, Counter())[line.state] += 1
    return tuple(
        Mails(
            kind,
            sent=states["sent"],
            waiting=states["pending"] + states["sending"],
            refused=states["refused"],
            uncertain=states["uncertain"],
            cancelled=states["cancelled"],
            held=states["held"],
            superseded=states["superseded"],
        )
        for kind, states in found.items()
    )


def _since(collaborative: Collaborative, month: Month) -> dt.date:
    """The report day of the month in session before that one, or the month's own first day before the first."""
    calendar = collaborative.calendar
    before = (
        [one for one in calendar.start.to(month + -1) if calendar.in_session(one)] if month > calendar.start else []
    )
    return calendar.report_on(before[-1]) if before else month.first


def _health(of: Edition, view: View) -> tuple[Tally, ...]:
    frame = of.frame
    received = analysis.received(frame, analysis.submitted(view))
    sent = analysis.sent(view.store, of.collaborative, of.code)
    occasion = of.occasion
    today = occasion.today(of.collaborative)
    return health(of.portfolio, frame, of.collaborative, occasion.month, today, received=received, sent=sent)
