"""Sends a test to one address: the newest report that can be made or, where there is none, a few words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from secrets import token_hex

from breakthrough.delivery import compose, smtp, trial
from breakthrough.delivery.key import Key
from breakthrough.delivery.smtp import Outcome
from breakthrough.errors import NothingToReport
from breakthrough.month import Month
from breakthrough.reporting import render
from breakthrough.reporting.values import Rendered
from breakthrough.reporting.views import trial_message
from breakthrough.settings import MAIN
from breakthrough.store import Store
from breakthrough.worker import jobs
from breakthrough.worker.calendar import reportable
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.reports import rendered, subjects

_TOLD = 8


@dataclass(frozen=True, slots=True)
class Tried:
    """What was sent as a test, under which key of the outbox, and what the mail server said."""

    what: str
    key: Key
    outcome: Outcome


def send(
    here: Deployment,
    store: Store,
    address: str,
    now: Callable[[], dt.datetime],
    *,
    kind: str | None = None,
    subject: str | None = None,
) -> Tried:
    """What became of a test to that address, and to nobody else. It is marked as one, and archived as no report.

    `kind` and `subject` choose a report, such as `team` and `T001`. Raises NothingToReport where there is none such,
    MailError where the address cannot be written to or the mail server lets us not in.
    """
    moment = now()
    mail, password = here.mail()
    head = here.letterhead()
    with here.speaking():
        what, page = _page(here, store, moment, kind, subject)
        page = render.marked(page)
    # under a collaborative of its own, so that no report counts it among the month's mails
    about = f"{page.kind}-{page.subject_code}-{moment.astimezone(dt.UTC):%Y%m%dT%H%M%S}-{token_hex(4)}"
    key = Key(f"test-{here.code}", "test", about, Month(page.month), 0, address)
    item = compose.item(page, key, "", address, head, moment, about="test")
    return Tried(what, key, trial.send(store, item, partial(smtp.connect, mail, password), now))


def _page(
    here: Deployment, store: Store, now: dt.datetime, kind: str | None, subject: str | None
) -> tuple[str, Rendered]:
    """What is sent, in words, and itself."""
    month = reportable(here.collaborative, now, 0)
    pulled = MAIN in store.newest([MAIN], now).snapshot.runs
    if month is None or not pulled:
        if kind or subject:
            jobs.require_pulled(here, store, now)
            jobs.month_due(here, now)
        plain = trial_message(here.collaborative, Month.of(here.today(now)), now)
        return "a message without a report, as there is none yet", render.trial(plain, here.content)
    edition = jobs.measured(here, store, month, now)
    every = [about for about in subjects(edition, subject) if kind in {None, about[0]}]
    if not every:
        known = [code for name, code in subjects(edition) if kind in {None, name}]
        named = ", ".join(known[:_TOLD]) + (" …" if len(known) > _TOLD else "")
        raise NothingToReport(
            f"There is no {kind or 'report'}{' report' if kind else ''} about '{subject}' for {month.label}. "
            f"There are some about: {named or 'nobody'}. Nothing was sent."
        )
    name, code = every[0]
    return f"the {name} report about {code} for {month.label}", rendered(edition, name, code, here.content)
