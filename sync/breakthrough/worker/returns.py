"""Reads what came back to the envelope sender, and tells the coordinator once of each reader who gets no more mails."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from breakthrough import teams
from breakthrough.delivery import addresses, compose, outbox, suppressions
from breakthrough.delivery.bounces import imap, maildir, settle
from breakthrough.delivery.bounces.settle import Box, Read
from breakthrough.delivery.key import Key
from breakthrough.delivery.suppressions import Suppression
from breakthrough.month import Month
from breakthrough.reporting import render
from breakthrough.reporting.views import Reader, returned_report
from breakthrough.settings import MAIN, Bounces
from breakthrough.store import Store
from breakthrough.worker.deployment import Deployment


def see_to(here: Deployment, store: Store, now: dt.datetime) -> Read:
    """What was in the box, where the settings name one; who was not yet told of goes to the coordinator's outbox.

    The coordinator is told even where the box cannot be read. Raises MailError, SettingInvalid, TokenMissing.
    """
    try:
        return _emptied(here, store, now)
    finally:
        tell(here, store, now)


def tell(here: Deployment, store: Store, now: dt.datetime) -> int:
    """How many readers one mail to the coordinator names, which is put into the outbox with the note that it does."""
    with store.read() as connection:
        untold = suppressions.of(connection, here.code, untold=True)
    if not untold or here.settings.mail is None:
        return 0
    month = Month.of(here.today(now))
    coordinator = here.collaborative.coordinator
    code = _code(untold)
    with here.speaking():
        report = returned_report(_readers(here, store, untold, now), here.collaborative, month, now, code)
        rendered = render.returned(report, here.content)
    head = here.letterhead()
    key = Key(here.code, "returned", code, month, 0, coordinator.email)
    item = compose.item(rendered, key, coordinator.name, coordinator.email, head, now, about="all")
    with store.begin() as connection:
        outbox.put(connection, [item], now)
        for one in untold:
            suppressions.told(connection, one, now)
    return len(untold)


def _emptied(here: Deployment, store: Store, now: dt.datetime) -> Read:
    mail = here.settings.mail
    if mail is None or mail.bounces is None:
        return Read()
    key = here.secret(mail.unsubscribe_key) if mail.unsubscribe_key else None
    with opened(here, mail.bounces, mail.timeout) as box:
        return settle.empty(store, box, now, key)


@contextmanager
def opened(here: Deployment, bounces: Bounces, timeout: float) -> Iterator[Box]:
    """The mailbox that what cannot be delivered comes back to. Raises MailError, SettingInvalid, TokenMissing."""
    if bounces.maildir is not None:
        yield maildir.Box(here.folder / bounces.maildir)
    elif bounces.imap is not None:
        bundle = str(here.folder / bounces.imap.ca_bundle) if bounces.imap.ca_bundle else None
        settings = bounces.imap.model_copy(update={"ca_bundle": bundle})
        with imap.opened(settings, here.secret(settings.password), timeout) as box:
            yield box


def _readers(here: Deployment, store: Store, untold: Sequence[Suppression], now: dt.datetime) -> list[Reader]:
    """Who they are by name: everybody who has that address, as it may stand in two teams."""
    named: dict[str, list[tuple[str, str]]] = {}
    found = store.newest([MAIN], now)
    if MAIN in found.snapshot.runs:
        roster = teams.read_roster(found, here.collaborative, here.today(now))
        of = {team.code: team.name for team in roster.teams}
        for person in roster.people:
            named.setdefault(addresses.same(person.email), []).append((person.name, of.get(person.team, person.team)))
    coordinator, sponsor = here.collaborative.coordinator, here.collaborative.sponsor
    others: list[tuple[str, str | None]] = [(coach.name, coach.email) for coach in here.collaborative.coaches]
    others += [(coordinator.name, coordinator.email), *([(sponsor.name, sponsor.email)] if sponsor else [])]
    for name, address in others:
        if address:
            named.setdefault(addresses.same(address), []).append((name, ""))
    return [
        Reader(name, team, "" if one.reason == "bounced" else one.report, one.note)
        for one in untold
        for name, team in dict.fromkeys(named.get(one.address, [("", "")]))
    ]


def _code(untold: Sequence[Suppression]) -> str:
    """The same for the same readers, and without their addresses."""
    said = [part for one in untold for part in (one.address, one.report, one.since.isoformat())]
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:12]
