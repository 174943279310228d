"""The steps of a month, wired to a deployment: what the command line, the schedule and the demonstration all call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from breakthrough import teams
from breakthrough.delivery import outbox, smtp
from breakthrough.delivery.outbox import Sent
from breakthrough.errors import NothingToReport
from breakthrough.month import Month
from breakthrough.settings import MAIN
from breakthrough.store import Store, View, archive
from breakthrough.worker import (
    alerts,
    drift,
    fitness,
    footing,
    holding,
    outdated,
    previewing,
    reminders,
    returns,
    revising,
    write_back,
)
from breakthrough.worker import due as dues
from breakthrough.worker import press as presses
from breakthrough.worker.calendar import months, newest, next_reports
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.due import Work
from breakthrough.worker.edition import Edition, edition
from breakthrough.worker.figures import projects_of
from breakthrough.worker.permitted import Permitted
from breakthrough.worker.press import Made, Press, issue
from breakthrough.worker.pulls import any_due, pull, pull_due
from breakthrough.worker.tick import Jobs

__all__ = [
    "due",
    "held",
    "issue",
    "jobs",
    "made",
    "measured",
    "month_due",
    "press",
    "pull",
    "require_pulled",
    "send",
]

Now = Callable[[], dt.datetime]
Advance = Callable[[int], object]


def require_pulled(here: Deployment, store: Store, now: dt.datetime) -> None:
    """Raises NothingToReport where no records were ever pulled, FieldsMissing where they lack what reports rest on."""
    footing.require(held(here, store, now), here.collaborative, MAIN)


def month_due(here: Deployment, now: dt.datetime, month: Month | None = None) -> Month:
    """The month asked for, else the newest whose report day has come. Raises NothingToReport before the first."""
    calendar = here.collaborative.calendar
    found = month or newest(here.collaborative, now)
    if found is None:
        coming = next_reports(here.collaborative, now, here.settings.schedule.hour)
        when = f" The first are due on {coming[1]:%d %B %Y}, for {coming[0].label}." if coming else ""
        raise NothingToReport(f"No month is due to be reported on yet.{when} Name one with --month.")
    if found.first > here.today(now):
        raise NothingToReport(
            f"{found.label} has not begun, so there is nothing to report for it. Name another --month."
        )
    if not calendar.first <= found <= calendar.last:
        raise NothingToReport(
            f"{found} is outside the collaborative's months, {calendar.first} to {calendar.last}. Name another --month."
        )
    return found


def held(here: Deployment, store: Store, now: dt.datetime) -> View:
    """The store as it was after the newest complete pulls: what figures and reports are made of.

    Raises NothingToReport where the collaborative's own project was never pulled to the end.
    """
    found = store.newest(projects_of(here.collaborative), now)
    if MAIN not in found.snapshot.runs:
        raise NothingToReport(
            "No records have been pulled yet, so there is nothing to work with. Run: breakthrough pull"
        )
    return found


def measured(here: Deployment, store: Store, month: Month, now: dt.datetime) -> Edition:
    """Everything that month's reports need, worked out once."""
    with here.speaking():
        return edition(held(here, store, now), here.collaborative, month, now, code=here.code)


def press(here: Deployment, store: Store, month: Month, now: dt.datetime, *, anyway: bool = False) -> Press:
    """The same, set up to make that month's reports for their readers.

    Raises RecordsUnfit where the records are too old or not whole, unless they are to go out `anyway`.
    """
    found = held(here, store, now)
    if not anyway:
        fitness.require(found, here.collaborative, now)
    return presses.press(here, found, month, now)


def due(here: Deployment, store: Store, now: dt.datetime, *, hour: int | None = None) -> tuple[Work, ...]:
    """The mails that are due now and not in the outbox. `hour` 0 is at any hour."""
    found = store.newest([MAIN], now)
    if MAIN not in found.snapshot.runs:
        return ()  # nobody is known yet
    roster = teams.read_roster(found, here.collaborative, here.today(now))
    told = months(here.collaborative, now)
    done = frozenset().union(*(outbox.keys(store, here.code, month) for month in told))
    with store.read() as connection:
        archived = [
            one for month in told for one in archive.listing(connection, collaborative=here.code, period=str(month))
        ]
    revisions = {(one.kind, one.subject, one.period): one.revision for one in archived}  # in order: the newest stays
    at = here.settings.schedule.hour if hour is None else hour
    return dues.due(here.collaborative, roster, done, now, hour=at, code=here.code, revisions=revisions)


def made(of: Press, store: Store, work: Sequence[Work], advance: Advance) -> Iterator[Made]:
    """The reports of that work with their mails; each is made once for all its readers."""
    readers = groupby(sorted(work, key=lambda one: one.about), key=lambda one: one.about)
    for make in presses.reports(of, store, [tuple(some) for _, some in readers]):
        one = make()
        advance(len(one.items))
        yield one
        del one, make  # a report and its mails are megabytes, and the next may take a while


def send(here: Deployment, store: Store, now: Now, advance: Advance, stop: Callable[[], bool]) -> Sent:
    """What became of the mails that wait in the outbox."""
    mail, password = here.mail()
    pace = outbox.Pace(mail.per_minute, mail.per_hour)
    readers = Permitted(here, store, now())
    return outbox.send_due(
        store,
        lambda: smtp.connect(mail, password),
        now,
        why_not=readers.why_not,
        pace=pace,
        advance=advance,
        stop=stop,
    )


def jobs(here: Deployment, store: Store, now: Now) -> Jobs[Press, Made]:
    """The steps of one tick of the schedule."""
    return Jobs(
        due=lambda: due(here, store, now()),
        stale=lambda _: _stale(here, store, now()) or any_due(here, store, now()),
        pull=lambda: pull_due(here, store, now(), main=_stale(here, store, now())),
        measure=lambda month: press(here, store, month, now()),
        reports=lambda of, every: presses.reports(of, store, every),
        issue=lambda reports: issue(store, reports, now()),
        send=lambda stop: send(here, store, now, lambda _: None, stop),
        drift=lambda: drift.tell(here, store, now()),
        remind=lambda: (outdated.take_back(here, store, now()), reminders.tell(here, store, now())),
        preview=lambda: previewing.tell(here, store, now()),
        renew=lambda: holding.renew(here, store, now()),
        revise=lambda: revising.revise(here, store, now()),
        write_back=lambda stop: write_back.run(here, store, now, stop),
        alerts=lambda tried: alerts.tell(here, store, tried, now()),
        returns=lambda: returns.see_to(here, store, now()),
    )


def _stale(here: Deployment, store: Store, now: dt.datetime) -> bool:
    return dues.stale(_pulled(here, store), now, work=_work(here, store, now))


def _work(here: Deployment, store: Store, now: dt.datetime) -> bool:
    """Whether anything is to be made of records now."""
    kinds = (due, reminders.due, outdated.waiting, revising.due, holding.going)
    return any(kind(here, store, now) for kind in kinds)


def _pulled(here: Deployment, store: Store) -> dt.datetime | None:
    """When records were pulled that can be used; None asks for a pull, which succeeds when the lost fields are back."""
    run = store.last_run(MAIN)
    usable = run and run.state == "complete" and not footing.missing(store, here.collaborative, MAIN)
    return run.finished_at if run and usable else None
