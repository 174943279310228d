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
from breakthrough.store import Store, View
from breakthrough.worker import drift, footing, returns
from breakthrough.worker import due as dues
from breakthrough.worker import press as presses
from breakthrough.worker.calendar import next_reports, reportable
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.due import Work
from breakthrough.worker.edition import PROJECT, Edition, edition
from breakthrough.worker.figures import projects_of
from breakthrough.worker.press import Made, Press, issue
from breakthrough.worker.pulls import others_due, pull, pull_due
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
    footing.require(held(here, store, now), here.collaborative, PROJECT)


def month_due(here: Deployment, now: dt.datetime, month: Month | None = None) -> Month:
    """The month asked for, else the newest whose report day has come. Raises NothingToReport before the first."""
    calendar = here.collaborative.calendar
    found = month or reportable(here.collaborative, now, 0)
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
    if PROJECT not in found.snapshot.runs:
        raise NothingToReport(
            "No records have been pulled yet, so there is nothing to work with. Run: breakthrough pull"
        )
    return found


def measured(here: Deployment, store: Store, month: Month, now: dt.datetime) -> Edition:
    """Everything that month's reports need, worked out once."""
    with here.speaking():
        return edition(held(here, store, now), here.collaborative, month, now, code=here.code)


def press(here: Deployment, store: Store, month: Month, now: dt.datetime) -> Press:
    """The same, set up to make that month's reports for their readers."""
    return presses.press(here, held(here, store, now), month, now)


def due(here: Deployment, store: Store, now: dt.datetime, *, hour: int | None = None) -> tuple[Work, ...]:
    """The mails that are due now and not in the outbox. `hour` 0 is at any hour."""
    found = store.newest([PROJECT], now)
    if PROJECT not in found.snapshot.runs:
        return ()  # nobody is known yet
    portfolio = teams.read(found, here.collaborative, here.today(now))
    month = reportable(here.collaborative, now, 0)
    done = outbox.keys(store, here.code, month) if month else frozenset()
    at = here.settings.schedule.hour if hour is None else hour
    return dues.due(here.collaborative, portfolio, done, now, hour=at, code=here.code)


def made(of: Press, store: Store, work: Sequence[Work], advance: Advance) -> Iterator[Made]:
    """The reports of that work with their mails; each is made once for all its readers."""
    readers = groupby(sorted(work, key=lambda one: one.about), key=lambda one: one.about)
    for make in presses.reports(of, store, [tuple(some) for _, some in readers]):
        one = make()
        advance(len(one.items))
        yield one


def send(here: Deployment, store: Store, now: Now, advance: Advance, stop: Callable[[], bool]) -> Sent:
    """What became of the mails that wait in the outbox."""
    mail, password = here.mail()
    return outbox.send_due(store, lambda: smtp.connect(mail, password), now, advance=advance, stop=stop)


def jobs(here: Deployment, store: Store, now: Now) -> Jobs[Press, Made]:
    """The steps of one tick of the schedule."""
    return Jobs(
        due=lambda: due(here, store, now()),
        stale=lambda work: dues.stale(_pulled(here, store), now(), work) or others_due(here, store, now()),
        pull=lambda: pull_due(here, store, now(), main=_stale(here, store, now())),
        measure=lambda month: press(here, store, month, now()),
        reports=lambda of, every: presses.reports(of, store, every),
        issue=lambda reports: issue(store, reports, now()),
        send=lambda stop: send(here, store, now, lambda _: None, stop),
        drift=lambda: drift.tell(here, store, now()),
        returns=lambda: returns.see_to(here, store, now()),
    )


def _stale(here: Deployment, store: Store, now: dt.datetime) -> bool:
    return dues.stale(_pulled(here, store), now, due(here, store, now))


def _pulled(here: Deployment, store: Store) -> dt.datetime | None:
    """When records were pulled that can be used; None asks for a pull, which succeeds when the lost fields are back."""
    run = store.last_run(PROJECT)
    usable = run and run.state == "complete" and not footing.missing(store, here.collaborative, PROJECT)
    return run.finished_at if run and usable else None
