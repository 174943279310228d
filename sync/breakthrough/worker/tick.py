"""One round of work: pull, measure, report, put in the outbox, look for drift, send, write back. Here only in order."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, groupby, islice
from typing import Generic, TypeVar

from breakthrough.delivery.outbox import Sent
from breakthrough.month import Month
from breakthrough.worker import faults
from breakthrough.worker.due import Work

log = logging.getLogger(__name__)

M = TypeVar("M")
R = TypeVar("R")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tried:
    """What was tried in a tick, or in a part of it: seconds by job, and why jobs failed, in words fit to be told.

    A report is the job `report`, whoever it is for: it failed where any of them did.
    """

    took: Mapping[str, float]
    why: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Jobs(Generic[M, R]):
    """The steps of a tick, as the command line wires them.

    M is whatever measuring a month yields and reports need, R a report with its mails.
    """

    due: Callable[[], Sequence[Work]]  # from calendar, people and outbox as they are held now
    stale: Callable[[Sequence[Work]], bool]  # whether to pull before that work
    pull: Callable[[], object]
    measure: Callable[[Month], M]
    reports: Callable[[M, Sequence[Sequence[Work]]], Iterable[Callable[[], R]]]  # what makes each, for all its readers
    issue: Callable[[Iterable[R]], Sequence[str]]  # into outbox and archive, in one transaction; the keys that are new
    send: Callable[[Callable[[], bool]], Sent]  # what is pending, until told to stop
    drift: Callable[[], object] = lambda: None  # compares REDCap with the definition where that is due; mails go out
    remind: Callable[[], object] = lambda: None  # those who owe something, where their day has come
    preview: Callable[[], object] = lambda: None  # to the coordinator, of reports that have begun to wait
    renew: Callable[[], object] = lambda: None  # held reports that are about to go, where something is other by now
    revise: Callable[[], object] = lambda: None  # reports whose figures are others now, where that day has come
    # what went out, into REDCap, until told to stop
    write_back: Callable[[Callable[[], bool]], object] = lambda _: None
    alerts: Callable[[Tried], object] = lambda _: None  # tells of what keeps failing, before mails go out and after
    returns: Callable[[], object] = lambda: None  # reads bounces, and tells of readers who get no more mails


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick did. `failed` names the jobs that raised; each is in the log, and the next tick tries it again.

    `took` has the seconds of each job that was tried.
    """

    pulled: bool
    enqueued: int
    sent: Sent | None
    failed: tuple[str, ...]
    took: Mapping[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class _Book:
    """What a tick has tried so far."""

    failed: list[str] = field(default_factory=list)
    took: dict[str, float] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)

    def note(self, job: str, seconds: float, error: Exception | None = None) -> None:
        kind = job.partition(" ")[0]
        self.took[kind] = self.took.get(kind, 0.0) + seconds
        if error is not None:
            self.failed.append(job)
            self.why[kind] = faults.said(error)

    def of(self, *jobs: str) -> Tried:
        """What there is of those jobs; of none: all that was tried."""
        kinds = [job for job in (jobs or self.took) if job in self.took]
        return Tried({job: self.took[job] for job in kinds}, {job: self.why[job] for job in kinds if job in self.why})


def tick(jobs: Jobs[M, R], stop: Callable[[], bool]) -> Ticked:
    """What was done. A job that fails is logged and stops only what builds on it; mails that wait are sent regardless.

    Reports are made of fresh records or not at all: where the pull fails, they wait for the next tick.
    """
    book = _Book()
    pulled, work = _prepare(jobs, book)
    enqueued = 0 if stop() else _report(jobs, work, book)
    if not stop() and "pull" not in book.failed:
        _try("preview", jobs.preview, book)
        _try("renew", jobs.renew, book)
        _try("revise", jobs.revise, book)
        _try("remind", jobs.remind, book)  # of what is missing in records just pulled, or not at all
    if not stop():
        _try("drift", jobs.drift, book)
        _try("returns", jobs.returns, book)
    # before mails go out, so that what is over by now is not told as if it were going on
    _try("alerts", lambda: jobs.alerts(book.of()), book)
    sent = None if stop() else _try("send", lambda: jobs.send(stop), book)
    if not stop():  # after the mails: what has just gone out goes back with this tick
        _try("write-back", lambda: jobs.write_back(stop), book)
    _try("alerts", lambda: jobs.alerts(book.of("send", "write-back")), book)
    log.info(
        "tick: pulled=%s enqueued=%d sent=%d left=%d failed=%s",
        "yes" if pulled else "no",
        enqueued,
        sent.sent if sent else 0,
        sent.left if sent else 0,
        ",".join(book.failed) or "none",
    )
    return Ticked(pulled, enqueued, sent, tuple(book.failed), book.took)


def _prepare(jobs: Jobs[M, R], book: _Book) -> tuple[bool, Sequence[Work]]:
    work = _try("due", jobs.due, book)
    if work is None:
        return False, ()
    stale = _try("due", lambda: jobs.stale(work), book)
    if stale is None:
        return False, ()
    if not stale:
        return False, work
    if _try("pull", lambda: (jobs.pull(),), book) is None:
        return False, ()
    return True, _try("due", jobs.due, book) or ()


def _report(jobs: Jobs[M, R], work: Sequence[Work], book: _Book) -> int:
    """How many mails went into the outbox: all of a month's at once, so that no crash leaves half a month.

    A report that cannot be made holds up its own readers alone.
    """
    return sum(
        _report_month(jobs, month, tuple(some), book)
        for month, some in groupby(sorted(work, key=_month), key=_month)  # the older first, which the newer refers to
    )


def _report_month(jobs: Jobs[M, R], month: Month, work: Sequence[Work], book: _Book) -> int:
    measured = _try("measure", lambda: (jobs.measure(month),), book)
    if measured is None:
        return 0
    every = [tuple(readers) for _, readers in groupby(sorted(work, key=_about), key=_about)]
    made = _made(jobs, measured[0], every, book)
    first = tuple(islice(made, 1))
    new = _try("issue", lambda: jobs.issue(chain(first, made)), book) if first else ()
    return len(new or ())


def _month(work: Work) -> Month:
    return work.key.month


def _made(jobs: Jobs[M, R], measured: M, every: Sequence[Sequence[Work]], book: _Book) -> Iterator[R]:
    """Each report that can be made, when it is asked for. It raises nothing: what fails is in `failed`."""
    makes = _try("reports", lambda: iter(jobs.reports(measured, every)), book) or iter(())
    for work in every:
        make = _try("reports", lambda: tuple(islice(makes, 1)), book)
        if not make:
            return
        yield from _try(f"report {'/'.join(work[0].about)}", partial(_alone, make[0]), book) or ()


def _alone(make: Callable[[], R]) -> tuple[R]:
    return (make(),)


def _about(work: Work) -> tuple[str, str]:
    return work.about


def _try(job: str, do: Callable[[], T], book: _Book) -> T | None:
    begun = time.monotonic()
    try:
        done = do()
    except Exception as error:  # noqa: BLE001 (one job that fails must not stop the others)
        faults.record(log, job, error)
        book.note(job, time.monotonic() - begun, error)
        return None
    book.note(job, time.monotonic() - begun)
    return done
