"""One round of work: pull, measure, report, put in the outbox, look for drift, send, write back. Here only in order."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick did. `failed` names the jobs that raised; each is in the log, and the next tick tries it again."""

    pulled: bool
    enqueued: int
    sent: Sent | None
    failed: tuple[str, ...]


def tick(jobs: Jobs[M, R], stop: Callable[[], bool]) -> Ticked:
    """What was done. A job that fails is logged and stops only what builds on it; mails that wait are sent regardless.

    Reports are made of fresh records or not at all: where the pull fails, they wait for the next tick.
    """
    failed: list[str] = []
    pulled, work = _prepare(jobs, failed)
    enqueued = 0 if stop() else _report(jobs, work, failed)
    if not stop() and "pull" not in failed:
        _try("preview", jobs.preview, failed)
        _try("renew", jobs.renew, failed)
        _try("revise", jobs.revise, failed)
        _try("remind", jobs.remind, failed)  # of what is missing in records just pulled, or not at all
    if not stop():
        _try("drift", jobs.drift, failed)
    sent = None if stop() else _try("send", lambda: jobs.send(stop), failed)
    if not stop():  # after the mails: what has just gone out goes back with this tick
        _try("write back", lambda: jobs.write_back(stop), failed)
    log.info(
        "tick: pulled=%s enqueued=%d sent=%d left=%d failed=%s",
        "yes" if pulled else "no",
        enqueued,
        sent.sent if sent else 0,
        sent.left if sent else 0,
        ",".join(failed) or "none",
    )
    return Ticked(pulled, enqueued, sent, tuple(failed))


def _prepare(jobs: Jobs[M, R], failed: list[str]) -> tuple[bool, Sequence[Work]]:
    work = _try("due", jobs.due, failed)
    if work is None:
        return False, ()
    if not jobs.stale(work):
        return False, work
    if _try("pull", lambda: (jobs.pull(),), failed) is None:
        return False, ()
    return True, _try("due", jobs.due, failed) or ()


def _report(jobs: Jobs[M, R], work: Sequence[Work], failed: list[str]) -> int:
    """How many mails went into the outbox: all of a month's at once, so that no crash leaves half a month.

    A report that cannot be made holds up its own readers alone.
    """
    return sum(
        _report_month(jobs, month, tuple(some), failed)
        for month, some in groupby(sorted(work, key=_month), key=_month)  # the older first, which the newer refers to
    )


def _report_month(jobs: Jobs[M, R], month: Month, work: Sequence[Work], failed: list[str]) -> int:
    measured = _try("measure", lambda: (jobs.measure(month),), failed)
    if measured is None:
        return 0
    every = [tuple(readers) for _, readers in groupby(sorted(work, key=_about), key=_about)]
    made = _made(jobs, measured[0], every, failed)
    first = tuple(islice(made, 1))
    new = _try("issue", lambda: jobs.issue(chain(first, made)), failed) if first else ()
    return len(new or ())


def _month(work: Work) -> Month:
    return work.key.month


def _made(jobs: Jobs[M, R], measured: M, every: Sequence[Sequence[Work]], failed: list[str]) -> Iterator[R]:
    """Each report that can be made, when it is asked for. It raises nothing: what fails is in `failed`."""
    makes = _try("reports", lambda: iter(jobs.reports(measured, every)), failed) or iter(())
    for work in every:
        make = _try("reports", lambda: tuple(islice(makes, 1)), failed)
        if not make:
            return
        yield from _try(f"report {'/'.join(work[0].about)}", partial(_alone, make[0]), failed) or ()


def _alone(make: Callable[[], R]) -> tuple[R]:
    return (make(),)


def _about(work: Work) -> tuple[str, str]:
    return work.about


def _try(job: str, do: Callable[[], T], failed: list[str]) -> T | None:
    try:
        return do()
    except Exception as error:  # noqa: BLE001 (one job that fails must not stop the others)
        faults.record(log, job, error)
        failed.append(job)
        return None
